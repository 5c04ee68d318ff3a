"""The tasks that the probe gives to workers.

A worker that copies nothing compiles this module before it is ready, and a reader's worker does not: so it is short.
"""

from __future__ import annotations

import importlib
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CARRIED_S = 1e-3
"""What a task works that gets bytes."""
IN_CHUNK = 12_500
"""Numbers of a large chunk."""

_ready: list[float] = []


def stamp() -> None:
    """A worker's initializer: when it was ready, by the clock that all processes of a machine share."""
    _ready.append(time.monotonic())


def touched(task: tuple[str, float]) -> tuple[int, float, float, float, int]:
    """Import a module, then work for a while: this process, when it was ready and when this began, the import, private bytes."""
    task_s, began_s = (
        time.monotonic(),
        time.perf_counter(),
    )  # the first is shared by all processes, and coarse on some systems
    module, seconds = task
    if module:
        importlib.import_module(module)
    imported_s = time.perf_counter() - began_s
    until_s = began_s + seconds
    while time.perf_counter() < until_s:
        pass
    from .memory import private_bytes

    return os.getpid(), _ready[0] if _ready else 0.0, task_s, imported_s, private_bytes()


def nothing(number: int) -> tuple[int, float]:
    """A task that does nothing but say what CPU time its process has used so far."""
    del number
    return os.getpid(), time.process_time()


def given_back(number: int) -> Any:  # noqa: ANN401 - of the first of a chunk this process and its CPU time, else the number
    """A task that gives back what it got; the first of a large chunk says which process this is, and its CPU time so far."""
    return number if number % IN_CHUNK else (os.getpid(), time.process_time())


def brief(seconds: float) -> tuple[int, float]:
    """A task that computes for so long."""
    until_s = time.perf_counter() + seconds
    while time.perf_counter() < until_s:
        pass
    return os.getpid(), time.process_time()


def computing(seconds: float) -> tuple[int, float]:
    """A task that needs so much CPU time, however long that takes."""
    until_s = time.process_time() + seconds
    while time.process_time() < until_s:
        pass
    return os.getpid(), time.process_time()


def counted(steps: int) -> int:
    """A task of so many steps of pure Python, however long they take."""
    found = 0
    for step in range(steps):
        found += step & 3
    return found


def carried(data: bytes) -> tuple[int, float, float]:
    """A task that gets bytes and computes for `CARRIED_S`: this process, when it began and ended."""
    began_s = time.monotonic()
    del data
    until_s = began_s + CARRIED_S
    while time.monotonic() < until_s:
        pass
    return os.getpid(), began_s, time.monotonic()
