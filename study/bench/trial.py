"""A program of its own, in a session of its own: what it said, how it ended, what its processes cost. Nothing is left of it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from study.bench.errors import LeftBehindError, UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GRACE_S = 2.0
"""What those that are left get to end by themselves, then after a SIGTERM, then after a SIGKILL."""
_LOOK_EVERY_S = 0.005
_ASK_EVERY_S = 0.1
_READ_BYTES = 65536
_BECOME_SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER` of prctl(2)."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a program.

    Attributes
    ----------
    said, complained : its standard output and error; what it writes to a terminal stands in `said`.
    exit_code : None where it had to be ended.
    elapsed_ns : from just before it was started until its main process had ended, or was about to be ended.
    cpu_ns : user and system time of its main process and, on Linux, of every process it left; elsewhere of those it waited for.
    """

    said: str
    complained: str
    exit_code: int | None
    elapsed_ns: int
    cpu_ns: int


def run(  # noqa: PLR0913 - each is one thing that a place to run a program has
    command: Sequence[str],
    *,
    limit_s: float,
    cwd: Path | None = None,
    environment: Mapping[str, str | None] | None = None,
    stdin: bytes = b"",
    terminal: bool = False,
    patient: bool = True,
    given_up: Callable[[str], bool] | None = None,
) -> Trial:
    """Run it until it has ended or `limit_s` have passed, then end whatever there still is of it.

    Parameters
    ----------
    environment : variables beside those of this process; None takes one away.
    stdin : what it reads; with `terminal` this is typed.
    terminal : whether its input, output and complaints are a terminal.
    patient : whether what it leaves may end by itself first.
    given_up : asked now and then with all that was written so far; where it says yes the program is ended before its time.

    Raises
    ------
    UnsupportedCellError
        where there are no process groups, so that nobody could end all of it, or no terminal.
    """
    if not hasattr(os, "killpg"):
        raise UnsupportedCellError("a program is tried in a process group of its own, which this system does not have")
    _adopt_orphans()
    begin = _in_a_terminal if terminal else _with_pipes
    begun_ns = time.perf_counter_ns()
    variables = {**os.environ, **(environment or {})}
    present = {name: value for name, value in variables.items() if value is not None}
    process, readers = begin(command, stdin, cwd, present)
    said: dict[int, bytes] = dict.fromkeys(readers, b"")
    deadline_ns = begun_ns + round(limit_s * 1e9)
    usage_ns = [0]
    code: int | None = None
    try:
        with _ending_of(process) as ending:
            waiting = [*readers, *ending]
            while code is None and (left_s := (deadline_ns - time.perf_counter_ns()) / 1e9) > 0:
                patience_s = _LOOK_EVERY_S if not ending else left_s if given_up is None else _ASK_EVERY_S
                ready = select.select(waiting, [], [], min(left_s, patience_s))[0]
                if set(ready) & set(ending) or not ending:
                    code = _ended(process, usage_ns)
                waiting = [reader for reader in waiting if reader not in ready or _read(reader, said)]
                if given_up is not None and given_up(_text(*said.values())):
                    break
        ended_ns = time.perf_counter_ns()
    finally:
        _end_all(process, usage_ns, said, patient=patient)
        for reader in readers:
            os.close(reader)
    texts = [*map(_text, said.values()), ""]
    return Trial(texts[0], texts[1], code, ended_ns - begun_ns, sum(usage_ns))


def _with_pipes(
    command: Sequence[str], stdin: bytes, cwd: Path | None, environment: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Start it with a pipe each for what it reads, says and complains of; what it reads must fit into a pipe."""
    pipes = [os.pipe() for _ in range(3)]
    os.write(pipes[0][1], stdin)
    os.close(pipes[0][1])
    readers = [pipes[1][0], pipes[2][0]]
    theirs = (pipes[0][0], pipes[1][1], pipes[2][1])
    try:
        process = subprocess.Popen(
            list(command), stdin=theirs[0], stdout=theirs[1], stderr=theirs[2], cwd=cwd, env=dict(environment),
            start_new_session=True,
        )  # fmt: skip
    finally:
        for end in theirs:
            os.close(end)
    return process, readers


def _in_a_terminal(
    command: Sequence[str], stdin: bytes, cwd: Path | None, environment: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Start it in a new terminal, and type. What is typed is not echoed by the terminal, and comes in small pieces."""
    import pty
    import termios

    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        raise UnsupportedCellError(f"no terminal can be had here: {error}") from None
    try:
        flags = termios.tcgetattr(theirs)
        flags[3] &= ~termios.ECHO
        termios.tcsetattr(theirs, termios.TCSANOW, flags)
        process = subprocess.Popen(
            list(command), stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=dict(environment),
            start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(theirs)
    os.write(ours, stdin)
    return process, [ours]


@contextlib.contextmanager
def _ending_of(process: subprocess.Popen[bytes]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - list of one descriptor or none
    """What becomes readable when the process has ended; nothing where the system has no such thing."""
    ending = [os.pidfd_open(process.pid)] if hasattr(os, "pidfd_open") else []
    try:
        yield ending
    finally:
        for descriptor in ending:
            os.close(descriptor)


def _ended(process: subprocess.Popen[bytes], usage_ns: list[int]) -> int | None:
    """Its exit code, and what it cost, once it has ended."""
    pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    if pid == 0:
        return None
    process.returncode = os.waitstatus_to_exitcode(status)
    usage_ns.append(round((usage.ru_utime + usage.ru_stime) * 1e9))
    return process.returncode


def _read(reader: int, said: dict[int, bytes]) -> bool:
    """Whether there may come more after what was there; a terminal that nobody has any more fails instead of ending."""
    if reader not in said:
        return True
    try:
        text = os.read(reader, _READ_BYTES)
    except OSError:
        return False
    said[reader] += text
    return bool(text)


def _text(*said: bytes) -> str:
    return b"".join(said).decode(errors="replace")


def _end_all(process: subprocess.Popen[bytes], usage_ns: list[int], said: dict[int, bytes], *, patient: bool) -> None:
    """See every process of the group to its end, and read what they still say.

    SIGTERM comes first: the resource tracker of multiprocessing ignores it, ends once nobody is left, and removes the
    semaphores and the memory that nobody else will.
    """
    signals = [None] if patient and process.returncode is not None else []
    for number in (*signals, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        if _gone(process, usage_ns, said):
            return
    raise LeftBehindError(f"{process.args!r}: processes of its group {process.pid} cannot be ended")


def _gone(process: subprocess.Popen[bytes], usage_ns: list[int], said: dict[int, bytes]) -> bool:
    """Whether the whole group is gone within the grace; those that come to us are waited for, and their time counted."""
    deadline_s = time.monotonic() + GRACE_S
    open_ends = list(said)
    while True:
        ready = select.select(open_ends, [], [], 0)[0] if open_ends else []
        open_ends = [reader for reader in open_ends if reader not in ready or _read(reader, said)]
        with contextlib.suppress(ChildProcessError):
            pid, status, usage = os.wait4(-process.pid, os.WNOHANG)
            if pid:
                usage_ns.append(round((usage.ru_utime + usage.ru_stime) * 1e9))
                if pid == process.pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
                continue
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            while ready:
                ready = [reader for reader in select.select(open_ends, [], [], 0)[0] if _read(reader, said)]
            return True
        if time.monotonic() > deadline_s:
            return False
        if not ready:
            time.sleep(_LOOK_EVERY_S)


def _adopt_orphans() -> None:
    """Become the parent of what a program leaves, so that it can be waited for; on Linux only."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)
