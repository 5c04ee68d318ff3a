"""The same act without Python's machinery: what the operating system alone asks for a process."""

from __future__ import annotations

import os
from pathlib import Path

from study.bench.errors import UnsupportedCellError, WorkerFailedError

TRIVIAL_PROGRAMS = ("/bin/true", "/usr/bin/true")


def trivial_program() -> str | None:
    """A program that only ends, or `None` where this system has none."""
    return next((path for path in TRIVIAL_PROGRAMS if Path(path).exists()), None)


def can_fork() -> bool:
    """Whether `os.fork` exists here."""
    return hasattr(os, "fork")


def can_posix_spawn() -> bool:
    """Whether `os.posix_spawn` and a trivial program exist here."""
    return hasattr(os, "posix_spawn") and trivial_program() is not None


def fork_and_wait(_program: str) -> None:
    """Fork, end the child at once, wait for it."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    _wait(pid)


def spawn_and_wait(program: str) -> None:
    """Start the trivial program with an empty environment, wait for it."""
    _wait(os.posix_spawn(program, [program], {}))


def _wait(pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    if status:
        raise WorkerFailedError(f"the floor's child process ended with exit code {os.waitstatus_to_exitcode(status)}")


def program_for(backend: str) -> str:
    """The program that a floor starts ('' for `os_fork`), or an error where the floor does not exist."""
    if backend == "posix_spawn" and can_posix_spawn():
        return trivial_program() or ""
    if backend == "os_fork" and can_fork():
        return ""
    raise UnsupportedCellError(f"backend {backend!r} does not exist on this system")


FLOORS = {"os_fork": fork_and_wait, "posix_spawn": spawn_and_wait}
"""Backends of `process_lifecycle` that are floors."""
