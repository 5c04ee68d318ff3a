"""What killed processes had in shared memory goes with them; what lay there before, or is somebody else's, stays."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from study.supervise import RUN_ID, Supervisor, end_leftovers, shared

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such folder")


@pytest.fixture
def mark() -> str:
    return secrets.token_hex(4)


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
