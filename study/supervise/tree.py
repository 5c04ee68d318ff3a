"""Processes that belong to a child: found through parentage and through the run id in their environment, and ended."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

RUN_ID = "STUDY_RUN_ID"
"""Environment variable that marks every process of a study."""
LONGEST_END_S = 5.0
"""How long to go on killing: only a process stuck inside the kernel survives that."""
_SHORTEST_NAP_S, _LONGEST_NAP_S = 0.001, 0.02
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37


def adopt_orphans(*, adopt: bool) -> bool:
    """Make this process the parent of its descendants' orphans, or no longer. Returns how it was before.

    Without it an orphan goes to process 1 and is found only by its run id. Linux alone has it (`prctl(2)`).
    """
    if sys.platform != "linux":
        return False
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    before = ctypes.c_int(0)
    unused = [ctypes.c_ulong(0)] * 3
    if prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), *unused) == 0:
        prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(adopt), *unused)
    return bool(before.value)


def can_be_seen() -> bool:
    """Whether the system shows its processes. Without that (Linux without /proc) only groups of processes are ended."""
    try:
        return psutil.Process().is_running()
    except (psutil.Error, OSError):
        return False


def children() -> list[psutil.Process]:
    """Our children, zombies too; none where the system does not show processes (Linux without /proc)."""
    try:
        return psutil.Process().children()
    except (psutil.Error, OSError):
        return []


def descendants(*, besides: Collection[psutil.Process] = ()) -> list[psutil.Process]:
    """Our children and all that descends from them, zombies too, except the trees of the children in `besides`."""
    found = []
    for child in children():
        if child not in besides:
            found.append(child)
            with contextlib.suppress(psutil.Error, OSError):
                found += child.children(recursive=True)
    return found


def marked(run_id: str) -> list[psutil.Process]:
    """Processes of this user that carry the run id in their environment, ourselves and our ancestors excepted.

    None where the system does not show processes (Linux without /proc).
    """
    try:
        excepted = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
        running = psutil.pids()
    except (psutil.Error, OSError):
        return []
    found = []
    for pid in running:
        if pid not in excepted and carries(pid, run_id):
            with contextlib.suppress(psutil.Error):
                found.append(psutil.Process(pid))
    return found


def carries(pid: int, run_id: str) -> bool:
    """Whether this process of ours carries the run id. A process that is gone, or another user's, does not."""
    try:
        if sys.platform != "linux":
            return psutil.Process(pid).environ().get(RUN_ID) == run_id
        environ = Path(f"/proc/{pid}/environ")  # read directly: ten times faster than through psutil
        mine = environ.stat().st_uid == os.getuid()
        return mine and f"{RUN_ID}={run_id}".encode() in environ.read_bytes().split(b"\0")
    except (OSError, psutil.Error):
        return False


def is_alive(process: psutil.Process) -> bool:
    """Whether it still exists and is more than a zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def reap(processes: Iterable[psutil.Process]) -> None:
    """Take the exit status of those of our own children among them that have ended."""
    if sys.platform == "win32":
        return
    for process in processes:
        with contextlib.suppress(ChildProcessError):  # not a child of ours, or reaped already
            os.waitpid(process.pid, os.WNOHANG)


def wait_until_gone(find: Callable[[], list[psutil.Process]], *, grace_s: float) -> list[psutil.Process]:
    """Wait until nothing is found, for at most `grace_s`. Returns what is then still there and alive."""
    return _until_gone(find, grace_s, reap)


def end_all(find: Callable[[], list[psutil.Process]]) -> list[psutil.Process]:
    """Kill and reap until nothing is found: what a dying tree starts meanwhile dies too. Returns what cannot be ended.

    SIGKILL at once: what is being ended has had its chance, and a polite signal is one more thing to wait for.
    """

    def kill(processes: Iterable[psutil.Process]) -> None:
        for process in processes:
            with contextlib.suppress(psutil.Error):
                if is_alive(process):
                    process.kill()
        reap(processes)

    return _until_gone(find, LONGEST_END_S, kill)


def _until_gone(
    find: Callable[[], list[psutil.Process]], longest_s: float, act: Callable[[list[psutil.Process]], None]
) -> list[psutil.Process]:
    deadline_s = time.monotonic() + longest_s
    nap_s = _SHORTEST_NAP_S
    while found := find():
        act(found)
        if time.monotonic() >= deadline_s:
            break
        time.sleep(nap_s)
        nap_s = min(2 * nap_s, _LONGEST_NAP_S)
    return [process for process in found if is_alive(process)]


def in_words(process: psutil.Process, session: int) -> str:
    """A process for people, without its arguments or paths: name, what it does, whether it left the cell's session."""
    try:
        name, status = process.name(), str(process.status())
        own = sys.platform != "win32" and os.getsid(process.pid) != session
    except (OSError, psutil.Error):
        return "a process that has ended meanwhile"
    return f"{name} ({status}){', in a session of its own' if own else ''}"
