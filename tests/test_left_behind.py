"""Nothing stays behind: temporary files, what lies in shared memory, processes; and nobody else's is touched."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from study import cli, store, targets
from study.errors import LockedError, ResultsError
from study.progress import Progress
from study.run import Wishes, prepared
from study.run.runner import BenchRunner, environment_of
from study.supervise import RUN_ID, temporary, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.targets.arms import Arm

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no lock and has no shared folder")
JOB = {"seed": 1, "environment": {}, "cells": ["map"]}
LISTENER = Path("pymp-xxxxxxxx", "listener-xxxxxxxx")
"""As long a name as multiprocessing gives a socket of its servers."""


@pytest.fixture
def mark() -> str:
    return secrets.token_hex(4)


# Temporary files


def test_what_is_started_meanwhile_makes_its_temporary_files_in_a_folder_that_goes_with_them(
    mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "as it was")
    with temporary_folder(mark) as folder:
        assert (folder.stat().st_mode & 0o777, list(folder.iterdir())) == (0o700, [])
        make = "import tempfile; print(tempfile.mkdtemp(), tempfile.mkstemp()[1])"
        command, environment = [sys.executable, "-c", make], environment_of(JOB, "run")
        left = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
        assert [Path(path).parent for path in left] == [folder] * 2
    assert not folder.exists()
    assert os.environ["TMPDIR"] == "as it was"


def test_without_the_variable_there_is_none_afterwards(mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    with temporary_folder(mark):
        pass
    assert "TMPDIR" not in os.environ


def test_an_interruption_leaves_no_folder(mark: str) -> None:
    seen: list[Path] = []

    def interrupted() -> None:
        with temporary_folder(mark) as folder:
            seen.append(folder)
            (folder / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not seen[0].exists()


def test_what_a_killed_run_left_is_removed_by_the_next_one_of_its_mark_and_no_others(mark: str) -> None:
    other = secrets.token_hex(4)
    program = (
        "import os, pathlib, signal, sys; from study.supervise import temporary_folder\n"
        "with temporary_folder(sys.argv[1]) as folder:\n"
        "    (folder / 'sub').mkdir(); (folder / 'sub' / 'file').touch(); print(folder, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program]
    left, others = (
        Path(subprocess.run([*command, it], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip())
        for it in (mark, other)
    )
    assert (left / "sub" / "file").exists()
    with temporary_folder(mark) as folder:
        assert (folder, list(folder.iterdir())) == (left, [])
        assert (others / "sub" / "file").exists()
    assert not left.exists()
    with temporary_folder(other):
        pass
    assert not others.exists()


@pytest.mark.parametrize("length", [20, temporary.LONGEST_BASE, temporary.LONGEST_BASE + 1, 100])
def test_a_server_of_multiprocessing_finds_room_for_its_socket_however_long_the_usual_folders_name_is(
    mark: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="t") as made:
        base = Path(made, "b" * (length - len(made) - 1))
        base.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(base))
        with temporary_folder(mark) as folder, socket.socket(socket.AF_UNIX) as server:
            assert (folder.parent == base) == (len(str(base)) <= temporary.LONGEST_BASE)
            assert len(str(folder / LISTENER)) < 104
            (folder / LISTENER).parent.mkdir()
            server.bind(str(folder / LISTENER))
        assert not folder.exists()


def test_a_link_in_its_place_stays_and_is_named(tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(temporary, "LONGEST_BASE", 4096)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (tmp_path / f"{temporary.PREFIX}{mark}").symlink_to(tmp_path / "precious")
    with pytest.raises(ResultsError, match=rf"{mark}: .*not ours to remove.*TMPDIR"), temporary_folder(mark):
        pass
    assert (tmp_path / "precious" / "file").exists()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_in_its_place_stays_and_is_named(
    tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(temporary, "LONGEST_BASE", 4096)
    theirs = tmp_path / f"{temporary.PREFIX}{mark}"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    with pytest.raises(ResultsError, match="not ours to remove"), temporary_folder(mark):
        pass
    assert theirs.exists()


# Whose a process is, and whose results


def asked_for(results: Path, lock: Path) -> Wishes:
    options = ["run", "--machine", "made-up", "--results", str(results), "--lock", str(lock)]
    return cli._wishes(cli._parser().parse_args(options))


@pytest.fixture
def without_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"start_methods": ["spawn"], "has_fork": False, "has_posix_spawn": False, "numpy_version": None}

    def prepare(arm: Arm, **_: Any) -> targets.Target:
        return targets.Target(name="one", python=arm.python, facts=MappingProxyType(facts))

    monkeypatch.setattr(targets, "prepare", prepare)


@pytest.fixture
def marked_process() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that the test starts; none outlives it."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def alive(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


@pytest.mark.usefixtures("without_environments")
def test_a_study_ends_what_a_killed_one_of_its_results_left_and_nothing_of_another_with_the_same_path(
    tmp_path: Path, marked_process: list[subprocess.Popen[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    # Two roots give two folders one path; here the first folder makes room for the second.
    results, elsewhere = tmp_path / "results", tmp_path / "elsewhere"
    with prepared(asked_for(results, tmp_path), Progress()) as made:
        assert isinstance(made.runner, BenchRunner)
        environment = {**os.environ, RUN_ID: made.runner.run_id}
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env=environment)
    marked_process.append(process)
    results.rename(elsewhere)
    with prepared(asked_for(results, tmp_path), Progress()):
        assert alive(process)
    with prepared(asked_for(elsewhere, tmp_path), Progress()):
        assert not alive(process)
    assert "ended 1 process that" in capsys.readouterr().out


@pytest.mark.usefixtures("without_environments")
@pytest.mark.parametrize("ends", [None, KeyboardInterrupt])
def test_a_run_has_a_folder_for_temporary_files_of_the_mark_that_its_processes_carry(
    tmp_path: Path, ends: type[BaseException] | None
) -> None:
    seen: list[Path] = []
    try:
        with prepared(asked_for(tmp_path / "results", tmp_path), Progress()) as made:
            assert isinstance(made.runner, BenchRunner)
            seen.append(Path(environment_of(JOB, "run")["TMPDIR"]))
            assert seen[0].is_dir()
            assert seen[0].name.removeprefix(temporary.PREFIX) == made.runner.run_id.removeprefix("study-")
            (seen[0] / "file").touch()
            if ends is not None:
                raise ends
    except KeyboardInterrupt:
        assert ends is not None
    assert not seen[0].exists()


def test_the_mark_of_results_is_the_folders_own_and_stays(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    marks = []
    for name in ("one", "other", "link", "one"):
        with store.alone_in(tmp_path / name) as mark:
            marks.append(mark)
    assert marks[0] == marks[2] == marks[3] != marks[1]


def test_two_studies_of_one_results_folder_are_refused_whatever_lock_of_the_machine_each_has(tmp_path: Path) -> None:
    results, lock = tmp_path / "r", tmp_path / "lock"
    scratch = results / "made-up" / ".scratch"
    scratch.mkdir(parents=True)
    command = [sys.executable, "-m", "study", "run", "--machine", "made-up", "--results", str(results)]
    with store.alone_in(results):
        command += ["--lock", str(lock)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        with pytest.raises(LockedError, match=r"at work in these results.*--results"), store.alone_in(results):
            pass
    assert ran.returncode == 3
    assert f"another study is at work in these results (process {os.getpid()}" in " ".join(ran.stderr.split())
    assert "--results DIR" in ran.stderr
    assert "--lock" not in ran.stderr
    assert scratch.exists()


@pytest.mark.usefixtures("without_environments")
def test_whoever_measures_holds_the_results_for_as_long(tmp_path: Path) -> None:
    results = tmp_path / "results"
    with (
        prepared(asked_for(results, tmp_path), Progress()),
        pytest.raises(LockedError, match="at work in these results"),
        store.alone_in(results),
    ):
        pass
    with store.alone_in(results):
        pass


def test_what_is_no_lock_in_a_folder_of_results_is_named_with_the_remedy_that_helps(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("somebody's notes", encoding="utf-8")
    with pytest.raises(ResultsError, match="not a file of this study") as raised, store.alone_in(tmp_path):
        pass
    assert "--results DIR" in str(raised.value)
    assert "--lock" not in str(raised.value)
