"""What a host does for a fleet, without any engine: a study once, its bundle in the spool, and nobody beside it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import pytest

from study import store
from study.errors import LockedError, ResultsError
from study.fleet import host, tasks
from study.fleet.spool import FINISHED, VARIABLE, Spool
from study.fleet.tied import tied
from study.fleet.words import Finished, Order
from study.store.bundles import opened
from study.supervise import RUN_ID, tree

if TYPE_CHECKING:
    from pathlib import Path

FLEET = "20260131t120000z-0123abcd"
SHORT = ("--simulated", "--only", "q3-process", "--seed", "1")
ASKS = """
import pathlib, sys
import msgspec
from study.fleet import host, tasks
from tests.test_fleet_host import order

host._measured = None
print(tasks.make(msgspec.to_builtins(order(pathlib.Path(sys.argv[1])))))
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such owners nor such a lock")


def order(spool: Path, *options: str, label: str = "node-a", budget_s: float = 120.0) -> Order:
    return Order(
        fleet=FLEET, label=label, budget_s=budget_s, options=options or SHORT, simulated=True, spool=str(spool)
    )


def measured(spool: Path) -> list[Path]:
    return store.run_folders(spool / FLEET / "results")


@dataclass(frozen=True)
class Made:
    spool: Path
    first: Finished


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A spool in which one study was made; each test leaves its run as it was."""
    spool = tmp_path_factory.mktemp("hosts") / "spool"
    return Made(spool, host.made(order(spool)))


def test_a_study_leaves_a_bundle_of_the_label_in_the_spool(made: Made) -> None:
    bundle = opened(made.spool / FLEET / "bundle" / made.first.name)
    assert bundle.machine == "node-a"
    assert bundle.digest == made.first.sha256
    assert bundle.manifest.state == "finished"
    assert [path.name for path in measured(made.spool)] == [bundle.id]


def test_whoever_asks_again_gets_the_same_bundle_and_nothing_is_measured(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> str:
        raise AssertionError("something was started")

    monkeypatch.setattr(host, "_carried_out", never)
    assert host.made(order(made.spool)) == made.first
    assert tasks.make(msgspec.to_builtins(order(made.spool))) == msgspec.to_builtins(made.first)
    assert tasks.fetchable(msgspec.to_builtins(order(made.spool))) == msgspec.to_builtins(made.first)


@pytest.mark.parametrize("lost", ["what was written down", "the bundle", "a byte of the bundle"])
def test_a_finished_study_whose_bundle_is_lost_is_bundled_again_and_not_measured_again(made: Made, lost: str) -> None:
    bundle = made.spool / FLEET / "bundle" / made.first.name
    if lost == "what was written down":
        (made.spool / FLEET / FINISHED).unlink()
    elif lost == "the bundle":
        bundle.unlink()
    else:
        data = bytearray(bundle.read_bytes())
        data[len(data) // 2] ^= 1
        bundle.write_bytes(data)
    assert host.made(order(made.spool)) == made.first
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() == made.first.sha256
    assert len(measured(made.spool)) == 1


def test_a_bundle_comes_in_pieces(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.fleet.spool.CHUNK_BYTES", 1000)
    asked, told = msgspec.to_builtins(order(made.spool)), msgspec.to_builtins(made.first)
    pieces = [tasks.chunk(asked, told, offset) for offset in range(0, made.first.size, 1000)]
    assert all(len(piece) == 1000 for piece in pieces[:-1])
    assert b"".join(pieces) == (made.spool / FLEET / "bundle" / made.first.name).read_bytes()


def test_two_tasks_at_once_measure_one_after_the_other_and_the_second_finds_what_the_first_has_made(
    tmp_path: Path,
) -> None:
    found: list[Finished] = []
    threads = [threading.Thread(target=lambda: found.append(host.made(order(tmp_path / "spool")))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]
    assert len(measured(tmp_path / "spool")) == 1


@unix
def test_a_task_that_waits_too_long_for_another_says_who_it_is(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool"))
    with spool.alone(0.0), pytest.raises(LockedError, match=rf"process {os.getpid()}\b.*worker"), spool.alone(0.0):
        pass


def test_a_study_that_was_stopped_is_gone_on_with_in_the_same_run(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    place = Spool(str(spool)).place(FLEET)
    place.make()
    words = [sys.executable, "-m", "study", "run", "--machine", "node-a", "--budget", "120s"]
    with subprocess.Popen([*words, "--results", str(place.results), *SHORT], cwd=host.ROOT) as stopped:
        while not list(place.results.glob("*/*/journal.jsonl")) and stopped.poll() is None:
            time.sleep(0.01)
        stopped.terminate()
    begun = [path.name for path in measured(spool)]
    host.made(order(spool))
    assert [path.name for path in measured(spool)] == begun
    assert host._has_finished_run(place)


@unix
def test_an_orphan_of_an_earlier_task_is_ended_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(str(tmp_path / "spool"))
    mark = f"fleet-{FLEET}-{spool.host()}"
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    monkeypatch.setattr(host, "GRACE_S", 0.2)
    for program in (deaf, "print(flush=True); import time; time.sleep(600)"):
        command = [sys.executable, "-c", program]
        with subprocess.Popen(command, env={**os.environ, RUN_ID: mark}, stdout=subprocess.PIPE) as orphan:
            assert orphan.stdout is not None
            orphan.stdout.readline()
            try:
                host._end_orphans(mark)
                assert tree.marked(mark) == []
            finally:
                orphan.kill()


@linux
def test_a_study_is_told_to_end_when_the_worker_that_started_it_is_killed(tmp_path: Path) -> None:
    child = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    worker = (
        "import subprocess, sys; from study.fleet.tied import tied;"
        "subprocess.run(tied([sys.executable, '-c', sys.argv[1], sys.argv[2]]))"
    )
    told = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", worker, child, str(told)], cwd=host.ROOT) as parent:
        while not (told.exists() and told.read_text(encoding="utf-8")):
            assert parent.poll() is None
            time.sleep(0.01)
        study = int(told.read_text(encoding="utf-8"))
        parent.kill()
    deadline_s = time.monotonic() + 60
    while (status := state_of(study)) not in {"", "Z"}:
        assert time.monotonic() < deadline_s, status
        time.sleep(0.01)


def state_of(pid: int) -> str:
    """One letter, as proc(5) has it; '' for a process that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123 - it is no file of ours
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""


@linux
def test_a_study_whose_worker_is_gone_before_it_begins_does_not_begin() -> None:
    command = tied([sys.executable, "-c", "print('begun')"])
    command[command.index(str(os.getpid()))] = "1"
    ended = subprocess.run(command, cwd=host.ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "nothing was measured" in ended.stderr


def test_why_a_study_failed_is_told_with_where_its_output_lies(tmp_path: Path) -> None:
    answer = tasks.make(msgspec.to_builtins(order(tmp_path / "spool", "--simulated", "--only", "nonsense")))
    assert "--only nonsense: no such question" in answer[tasks.FAILED]
    assert "log.txt" in answer[tasks.FAILED]
    assert tasks.fetchable(msgspec.to_builtins(order(tmp_path / "spool"))) == {
        tasks.FAILED: "no finished bundle lies in its spool"
    }


def test_what_dask_sets_for_its_worker_does_not_reach_a_study() -> None:
    found = {"PATH": "/bin", "OMP_NUM_THREADS": "1", "MALLOC_TRIM_THRESHOLD_": "65536", "PYTHONHASHSEED": "6640"}
    assert host.clean({**found, "DASK_CONFIG": "x", "__DASK_PARENT_PID": "1", "HTTPS_PROXY": "p"}) == {
        "PATH": "/bin",
        "HTTPS_PROXY": "p",
    }


def test_the_code_of_a_host_is_told_by_what_it_measures_with(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "cell.py").write_text("one\n", encoding="utf-8")
    before = host.code_digest(tmp_path)
    (tmp_path / "README.md").write_text("words\n", encoding="utf-8")
    assert host.code_digest(tmp_path) == before
    (tmp_path / "study" / "cell.py").write_text("two\n", encoding="utf-8")
    assert host.code_digest(tmp_path) != before


def test_a_host_is_told_by_its_spool_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "here" / "spool"))
    assert Spool().host() == Spool(str(tmp_path / "here" / "spool")).host()
    assert Spool(str(tmp_path / "other")).host() != Spool().host()
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["host"]


def test_a_spool_is_made_for_its_owner_alone_and_nothing_else_is_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(ResultsError, match="--spool"):
            Spool(str(tmp_path / name))
    with pytest.raises(ResultsError, match="from the root"):
        Spool("spool")
    (tmp_path / "spool").mkdir(mode=0o700)
    (tmp_path / "spool" / "host").write_text("no number", encoding="utf-8")
    with pytest.raises(ResultsError, match="not what a spool holds"):
        Spool(str(tmp_path / "spool")).host()


@unix
def test_a_full_disk_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    """Of a study whose output cannot be kept nothing is known but its exit code."""
    spool = tmp_path / "spool"
    shell = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", sys.executable, "-c", ASKS, str(spool)]
    said = subprocess.run(shell, cwd=host.ROOT, capture_output=True, text=True, check=True).stdout
    assert "cannot be written" in said
    assert "--spool" in said
    assert not measured(spool)
    assert not list((spool / FLEET).glob(".*"))


@unix
def test_a_spool_that_others_may_write_into_is_none(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool").chmod(0o777)
    with pytest.raises(ResultsError, match="open to others"):
        Spool(str(tmp_path / "spool"))
