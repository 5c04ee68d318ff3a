"""The child itself: how it is started, how its end is noticed, what its exit code means."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from study.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0

INHERITED_IF_IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


def start(command: Sequence[str], environment: Mapping[str, str], cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, reading nothing, its output in `log`. An `OSError` says why it cannot be."""
    try:
        output = log.open("wb")
    except OSError as error:
        raise ResultsError(f"no log can be written ({error.strerror}): make room, or the folder writable") from None
    with output, _default_signals():
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(environment),
            start_new_session=True,
            creationflags=_FLAGS,
        )


@contextlib.contextmanager
def _default_signals() -> Iterator[None]:
    """Within, no signal is ignored that a child would inherit as ignored.

    A program started in the background or under nohup ignores signals, and so would all it starts. A signal that has
    a handler is reset to its default in the child, so a handler that does nothing is enough, without `preexec_fn`.
    """

    def do_nothing(number: int, frame: FrameType | None) -> None:
        """Take the place of SIG_IGN."""

    ignored: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():  # elsewhere Python may not touch handlers
        known = [signal.Signals[name] for name in INHERITED_IF_IGNORED if name in signal.Signals.__members__]
        ignored = [number for number in known if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, do_nothing)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def call_at_end(process: subprocess.Popen[bytes], call: Callable[[], object]) -> None:
    """Wait in the kernel for its end, then call. On Linux its status is left: its number stays taken until we reap."""
    try:
        if sys.platform == "linux":
            with contextlib.suppress(ChildProcessError):  # reaped already
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        else:
            process.wait()
    finally:
        call()  # whatever happens here: who waits for the call must not wait for ever


def death(code: int | None, said: str) -> str:
    """Why a child did not end well, from its exit code and its last word."""
    if code is None:
        return "its end could not be observed"
    if code >= 0:
        return f"exit code {code}: {said}" if said else f"exit code {code}, without a word"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:  # real-time signals have no name
        return f"killed by signal {-code}"
