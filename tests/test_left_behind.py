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
from study.supervise import RUN_ID, Supervisor, end_leftovers, shared, temporary, temporary_folder

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


# Shared memory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the folder that shows shared memory."""
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(shared, "FOLDER", folder)
    return folder


MAKER = """
import os, pathlib, sys, time
memory = pathlib.Path(sys.argv[1])
(memory / f"sem.loky-{os.getpid()}-a1b2c3").touch()
(memory / f"joblib_memmapping_folder_{os.getpid()}_ab_cd").mkdir()
(memory / f"joblib_memmapping_folder_{os.getpid()}_ab_cd" / "array.pkl").touch()
print("made", flush=True)
time.sleep(600)
"""
PARENT = """
import pathlib, subprocess, sys, time
maker = subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
while not pathlib.Path(sys.argv[3]).exists():
    time.sleep(0.001)
maker.kill()
maker.wait()
"""


def maker(memory: Path, run_id: str) -> subprocess.Popen[str]:
    """A process with this mark, that has made its things."""
    environment = {**os.environ, RUN_ID: run_id}
    command = [sys.executable, "-c", MAKER, str(memory)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "made\n"
    return process


def gone(process: subprocess.Popen[str]) -> int:
    """Its number, after its end."""
    process.kill()
    process.communicate()
    return process.pid


def test_what_a_program_that_a_cell_itself_killed_left_in_shared_memory_is_removed_and_nothing_else(
    tmp_path: Path, memory: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = f"sem.loky-{gone(maker(memory, mark))}-a1b2c3"  # of a process of ours, but there before this one began
    look = shared.Shared.look
    others: list[str] = []

    def seen(self: shared.Shared) -> None:
        if not others:
            stranger = gone(maker(memory, "another study"))
            others.extend([f"sem.loky-{stranger}-a1b2c3", "sem.mp-a1b2c3d4", f"psm_{stranger}", "somebody's"])
            for name in others:
                (memory / name).touch()
        look(self)
        if self._ours:
            (tmp_path / "seen").touch()

    monkeypatch.setattr(shared.Shared, "look", seen)
    with Supervisor() as supervisor:
        outcome = supervisor.run(
            [sys.executable, "-c", PARENT, MAKER, str(memory), str(tmp_path / "seen")],
            environment={**os.environ, RUN_ID: mark}, cwd=ROOT, deadline_s=60.0, log=tmp_path / "log.txt",
        )  # fmt: skip
    assert (outcome.state, outcome.reason) == ("ok", "")
    kept = {path.name for path in memory.iterdir() if path.is_file()}
    assert kept == {before, *others}
    assert len([path for path in memory.iterdir() if path.is_dir()]) == 2  # of the stranger, and from before


def test_what_a_child_that_is_ended_for_its_deadline_has_in_shared_memory_is_removed(
    tmp_path: Path, memory: Path, mark: str
) -> None:
    with Supervisor() as supervisor:
        outcome = supervisor.run(
            [sys.executable, "-c", MAKER, str(memory)],
            environment={**os.environ, RUN_ID: mark}, cwd=ROOT, deadline_s=3.0, log=tmp_path / "log.txt",
        )  # fmt: skip
    assert (outcome.state, outcome.last_lines) == ("timed out", "made")
    assert list(memory.iterdir()) == []


MAPPER = """
import mmap, pathlib, sys, time
memory = pathlib.Path(sys.argv[1])
maps = []
for name in sys.argv[2:]:
    with open(memory / name, "a+b") as file:
        file.truncate(4096)
        maps.append(mmap.mmap(file.fileno(), 4096))
print("made", flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a process has in its memory")
def test_of_names_of_chance_those_go_that_a_process_of_ours_had_in_its_memory_when_it_was_killed(
    tmp_path: Path, memory: Path, mark: str
) -> None:
    for name in ("sem.mp-somebodys", "psm_before"):
        (memory / name).touch()
    with Supervisor() as supervisor:
        outcome = supervisor.run(
            [sys.executable, "-c", MAPPER, str(memory), "sem.mp-a1b2c3d4", "psm_12ab34cd", "psm_before", "not ours"],
            environment={**os.environ, RUN_ID: mark}, cwd=ROOT, deadline_s=3.0, log=tmp_path / "log.txt",
        )  # fmt: skip
    assert (outcome.state, outcome.last_lines) == ("timed out", "made")
    assert {path.name for path in memory.iterdir()} == {"sem.mp-somebodys", "psm_before", "not ours"}


def test_what_is_of_a_process_that_lives_stays(memory: Path, mark: str) -> None:
    found = shared.Shared(mark)
    process = maker(memory, mark)
    found.look()
    found.remove()
    assert len(list(memory.iterdir())) == 2
    gone(process)
    found.remove()
    assert list(memory.iterdir()) == []


def test_what_was_there_before_stays_even_if_a_process_of_ours_has_its_number(memory: Path, mark: str) -> None:
    process = maker(memory, mark)
    before = shared.names()
    found = shared.Shared(mark, besides=before)
    (memory / f"sem.loky-{process.pid}-z9y8x7").touch()
    found.look()
    gone(process)
    found.remove()
    assert shared.names() == before


def test_a_process_that_nobody_has_reaped_yet_is_gone(memory: Path, mark: str) -> None:
    found = shared.Shared(mark)
    process = maker(memory, mark)
    found.look()
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    found.remove()
    assert list(memory.iterdir()) == []
    gone(process)


def test_where_shared_memory_is_not_shown_nothing_is_removed(memory: Path, mark: str) -> None:
    memory.rmdir()
    found = shared.Shared(mark, besides=shared.names())
    found.look()
    found.remove()


def test_after_a_kill_of_the_harness_shared_memory_of_what_it_left_is_freed(memory: Path, mark: str) -> None:
    ours, stranger = maker(memory, mark), maker(memory, "another study")
    gone_before = gone(maker(memory, "another study"))
    assert end_leftovers(mark) == 1
    left = {path.name.split("_")[3] for path in memory.iterdir() if path.is_dir()}
    assert left == {str(stranger.pid), str(gone_before)}
    gone(stranger)
    gone(ours)


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
    assert "ended 1 processes" in capsys.readouterr().out


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
