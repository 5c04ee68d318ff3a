"""Processes that help: what they give is what is given here, and none that ends, at whatever moment, is waited for."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study.report import beside
from study.report import helpers as module
from study.report.helpers import Helpers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = os.getpid()
PATIENCE_S = 25

LARGE = 3 << 20
"""Bytes: what no pipe holds."""
pytestmark = pytest.mark.skipif(not beside.spare_cpus(), reason="with one CPU, or off Linux, nobody helps")


class TooLong(BaseException):
    """Nothing on its way takes it for an error of the work."""


@pytest.fixture(autouse=True)
def _nobody_waits_for_ever() -> Iterator[None]:
    def too_long(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(PATIENCE_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def two() -> Iterator[Helpers]:
    helping = Helpers(2, nothing)
    yield helping
    helping.end()


def nothing() -> None:
    """What they do first."""


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def given(number: int) -> tuple[int, int]:
    return number, os.getpid()


def large(what: bytes) -> bytes:
    return what * LARGE


def of_no_help(why: str) -> int:
    if os.getpid() == HERE:
        return HERE
    if why == "ended":
        os.kill(os.getpid(), signal.SIGKILL)
    if why == "refused":
        raise MemoryError
    unsendable: Any = lambda: 0  # noqa: E731
    return unsendable  # type: ignore[no-any-return]


def stopped(process: int) -> None:
    """It is, when this ends: until then it may take a work."""
    os.kill(process, signal.SIGSTOP)
    while Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2][0] != "T":
        time.sleep(0.001)


def asked(helping: Helpers, work: Callable[..., Any], *arguments: object) -> Callable[[], Any]:
    return helping.ask(partial(work, *arguments), work, *arguments)


def test_works_are_done_by_others_and_each_gives_what_it_gave(two: Helpers) -> None:
    waiting = [asked(two, given, number) for number in range(300)]
    found = [wait() for wait in reversed(waiting)]
    assert [number for number, _ in found] == list(reversed(range(300)))
    assert HERE not in {process for _, process in found}


def test_they_look_for_garbage_among_what_they_make_alone_and_hear_no_ctrl_c(two: Helpers) -> None:
    assert asked(two, gc.isenabled)() is True
    assert asked(two, gc.get_freeze_count)() > gc.get_freeze_count()
    assert signal.SIGINT in asked(two, signal.pthread_sigmask, signal.SIG_BLOCK, ())()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_what_is_larger_than_a_pipe_goes_both_ways_while_nobody_listens(two: Helpers) -> None:
    waiting = [asked(two, large, letter * 2) for letter in (b"a", b"b", b"c", b"d")]
    long = asked(two, len, b"x" * LARGE)
    assert long() == LARGE
    assert [wait() == letter * 2 * LARGE for wait, letter in zip(waiting, (b"a", b"b", b"c", b"d"), strict=True)] == [
        True
    ] * 4


@pytest.mark.parametrize("why", ["ended", "refused", "unsendable"])
def test_what_they_cannot_give_is_made_here_and_what_was_given_stays(two: Helpers, why: str) -> None:
    first = asked(two, given, 1)
    assert first()[1] != HERE
    done, failing = asked(two, given, 2), asked(two, of_no_help, why)
    later = [asked(two, given, number) for number in range(3, 40)]
    assert failing() == HERE
    assert done()[0] == 2
    assert [wait()[0] for wait in later] == list(range(3, 40))


@pytest.mark.parametrize("moment_s", [0.0, 0.002, 0.01, 0.05])
@pytest.mark.parametrize("which", [0, 1])
def test_a_process_that_is_killed_at_any_moment_is_not_waited_for(two: Helpers, moment_s: float, which: int) -> None:
    waiting = [asked(two, large, b"a") for _ in range(8)]
    time.sleep(moment_s)
    two._processes[which].kill()
    assert all(wait() == b"a" * LARGE for wait in waiting)
    assert asked(two, given, 5)()[0] == 5


def test_what_one_has_done_is_not_done_again_where_another_is_ended(two: Helpers, tmp_path: Path) -> None:
    idle, busy = two._processes
    stopped(idle.pid or 0)
    waiting = [asked(two, given, number) for number in range(20)]
    asked(two, (tmp_path / "all are done").touch)
    while not (tmp_path / "all are done").exists():
        time.sleep(0.01)
    process = busy.pid
    idle.kill()
    idle.join()
    assert [wait() for wait in waiting] == [(number, process) for number in range(20)]


def test_one_that_is_killed_before_it_tells_what_it_has_made_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = module._write

    def half(file: int, data: bytes, begin: int) -> None:
        if os.getpid() != HERE:
            write(file, data[: len(data) // 2], begin)
            os.kill(os.getpid(), signal.SIGKILL)
        write(file, data, begin)

    monkeypatch.setattr(module, "_write", half)
    helping = Helpers(1, nothing)
    assert asked(helping, given, 7)() == (7, HERE)
    helping.end()


def test_what_cannot_be_sent_or_comes_when_no_pipe_has_room_is_done_here(two: Helpers) -> None:
    assert two.ask(os.getpid, lambda: 0)() == HERE
    for process in two._processes:
        stopped(process.pid or 0)
    waiting = [asked(two, given, number) for number in range(5000)]
    for process in two._processes:
        os.kill(process.pid or 0, signal.SIGCONT)
    found = [wait() for wait in waiting]
    assert [number for number, _ in found] == list(range(5000))
    assert HERE in {process for _, process in found}


def test_what_was_given_can_be_had_twice(two: Helpers) -> None:
    wait = asked(two, given, 3)
    assert wait() == wait()


UNTOLD = """
import os, signal
from study.report.helpers import Helpers
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
helping = Helpers(1, os.getpid)
print(helping.ask(int, os.getpid)() != os.getpid(), flush=True)
helping.end()
"""


def test_they_end_where_nobody_can_tell_that_a_child_has_ended() -> None:
    found = subprocess.run(
        [sys.executable, "-c", UNTOLD], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "True\n", "")


def test_an_end_that_is_interrupted_is_carried_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    helping = Helpers(2, nothing)
    last = helping._processes[-1]
    with monkeypatch.context() as interrupting:
        interrupting.setattr(last, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            helping.end()
    helping.end()
    assert not multiprocessing.active_children()


def interrupted() -> None:
    raise KeyboardInterrupt


def test_at_the_end_nobody_and_no_file_is_left_whatever_they_do() -> None:
    files = open_files()
    helping = Helpers(2, nothing)
    waiting = asked(helping, time.sleep, 60.0)
    helping.end()
    helping.end()
    assert not multiprocessing.active_children()
    assert open_files() == files
    assert callable(waiting)
