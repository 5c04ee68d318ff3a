"""A fleet on this machine, with Dask's own scheduler and workers: three addresses of the loopback, encrypted."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.errors import ResultsError
from study.fleet import quiet
from study.fleet.engine import RefusedError, Task, WorkerLostError
from study.store.bundles import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed (nox -s fleet)"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has 127.0.0.2 without being told"),
]
SIDES = """
import pathlib, sys
from distributed import Security

made = Security.temporary()
for name, text in (("ca", made.tls_ca_file), ("cert", made.tls_client_cert), ("key", made.tls_client_key)):
    pathlib.Path(sys.argv[1], f"{name}.pem").write_text(text, encoding="ascii")
"""
SETTINGS = """
import json
from distributed.config import defaults
print(json.dumps(defaults["distributed"]))
"""
SHORT = ("--simulated", "--only", "q3-process")


def test_the_quiet_settings_are_settings_that_dask_has_and_has_otherwise() -> None:
    found = subprocess.run([sys.executable, "-c", SETTINGS], capture_output=True, text=True, check=True)
    usual = json.loads(found.stdout)
    everywhere = (*quiet.AT_THE_SCHEDULER, *quiet.AT_A_WORKER)
    assert set(quiet.wanted()) == set(everywhere)
    assert quiet.apart(quiet.wanted(), everywhere) == []
    flat = quiet._flat(quiet.wanted())
    known = quiet._flat(usual)
    assert flat.keys() <= known.keys()
    assert {key for key, value in flat.items() if known[key] == value} == set()
    assert "scheduler.allowed-failures" in quiet.apart(usual, quiet.AT_THE_SCHEDULER)
    assert "worker.profile.enabled" in quiet.apart(usual, quiet.AT_A_WORKER)
    assert "scheduler.allowed-failures" not in quiet.apart(usual, quiet.AT_A_WORKER)


class Ended:
    """What Dask has of a task that ended: how, and what it raises whoever asks for its result."""

    def __init__(self, status: str, error: Exception) -> None:
        self.status, self.error = status, error

    def result(self, *, timeout: float) -> object:
        assert timeout > 0
        raise self.error


def test_a_disk_that_is_full_on_a_host_is_not_a_worker_that_does_not_answer() -> None:
    """It would be asked again, and again."""
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(RefusedError, match=r"OSError: .*No space left on device"):
        Task(Ended("error", full), "a:1").result()


def test_what_the_study_says_on_a_host_is_told_whole_and_without_its_kind() -> None:
    said = "node-a.study: cannot be read: " + "such a long folder/" * 20
    with pytest.raises(RefusedError, match=f"^{said}$"):
        Task(Ended("error", ResultsError(said)), "a:1").result()


def test_a_connection_that_breaks_is_a_worker_that_does_not_answer() -> None:
    for status in ("pending", "finished", "lost"):
        for error in (TimeoutError(), ConnectionResetError()):
            with pytest.raises(WorkerLostError, match="does not answer"):
                Task(Ended(status, error), "a:1").result()


class Cluster:
    """A scheduler and its workers, each a process; and coordinators that ask them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-c", SIDES, str(folder)], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.running: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.starts("scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", str(self.port))

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    def starts(self, side: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        files = [f"--tls-{name}={self.folder / path}" for name, path in self.files.items()]
        command = [sys.executable, "-m", "dask", side, *words, "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
        with (self.folder / f"{side}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *files],
                cwd=ROOT,
                env={**os.environ, "DASK_CONFIG": str(quiet.SETTINGS), **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(process)
        return process

    @property
    def files(self) -> dict[str, str]:
        return {"ca-file": "ca.pem", "cert": "cert.pem", "key": "key.pem"}

    def host(self, number: int, name: str) -> subprocess.Popen[bytes]:
        words = f"{self.address} --name {name} --host 127.0.0.{number} --nworkers 1 --nthreads 1 --no-nanny --memory-limit 0"
        home = self.folder / f"host-{number}"
        return self.starts(
            "worker", *words.split(), "--local-directory", str(home / "work"), STUDY_SPOOL=str(home / "spool")
        )

    def command(self, *words: str) -> list[str]:
        tls = [word for name in ("ca", "cert", "key") for word in (f"--tls-{name}", str(self.folder / f"{name}.pem"))]
        folders = ["--results", str(self.folder / "results"), "--journal", str(self.folder / "journal")]
        return [
            sys.executable,
            "-m",
            "study",
            "fleet",
            "--scheduler",
            self.address,
            *tls,
            *folders,
            "--budget",
            "1m",
            *words,
            "--",
            *SHORT,
        ]

    def asks(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            self.command(*words), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return done.returncode, done.stdout

    def runs(self) -> list[str]:
        return sorted(path.parent.parent.name for path in (self.folder / "results").glob("*/*/contributed.json"))

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.end()


def until(true: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


@pytest.mark.slow
def test_every_host_is_measured_once_whoever_is_killed_meanwhile(cluster: Cluster) -> None:
    cluster.host(2, "node-a")
    cluster.host(3, "node-b")
    cluster.host(3, "node-b-again")
    said = cluster.folder / "said.txt"
    with said.open("wb") as out:
        killed = subprocess.Popen(cluster.command(), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        until(lambda: b"asked to measure" in said.read_bytes() or killed.poll() is not None)
        killed.kill()
        killed.wait()
    code, text = cluster.asks()
    assert code == 0, text
    assert re.search(r"node-b(-again)?: is on the host of node-b(-again)?, where one study at a time", text), text
    assert "2 of 2 hosts added" in text
    assert "Traceback" not in text
    assert len(cluster.runs()) == 2
    spools = sorted(cluster.folder.glob("host-*/spool/*/results/*/*/manifest.json"))
    assert len(spools) == 2
    bundles = [opened(path) for path in cluster.folder.glob("host-*/spool/*/bundle/*.study")]
    assert sorted(bundle.machine for bundle in bundles) == cluster.runs()
    assert cluster.asks("--collect")[0] == 0
    assert len(cluster.runs()) == 2


@pytest.mark.slow
def test_a_worker_that_does_not_stand_in_the_project_is_told_of(cluster: Cluster) -> None:
    home = cluster.folder / "elsewhere"
    home.mkdir()
    files = [f"--tls-{name}={cluster.folder / path}" for name, path in cluster.files.items()]
    words = f"{cluster.address} --name lost --host 127.0.0.4 --nworkers 1 --nthreads 1 --no-nanny --no-dashboard"
    command = [sys.executable, "-m", "dask", "worker", *words.split(), *files]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        code, text = cluster.asks()
        worker.kill()
    assert code == 2, text
    assert "lost: cannot be used: it does not find the study: start it in the project's folder" in text
