"""Pools and executors as the reader's program would make them, and the tasks that the probe gives them.

How one is made comes in the order, as "module:attribute"; of what shape it is, as one word:
`loop` nobody is handed anything; `map` a pool with `map(function, items, chunksize)` and a context it is made from;
`executor` an executor with a context; `alone` an executor without one; `batches` joblib's.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LOOP, MAP, EXECUTOR, ALONE, BATCHES = "loop", "map", "executor", "alone", "batches"
CARRIED_S = 1e-3
"""What a task works that gets bytes."""
IN_CHUNK = 12_500
"""Numbers of a large chunk."""

_ready: list[float] = []


def named(place: str) -> Any:  # noqa: ANN401 - whatever has that name
    """What a text "module:attribute" names; its module is imported."""
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


def load(way: dict[str, Any]) -> None:
    """Import what a program that does it in this way imports at its top, so that no time has it."""
    if way["shape"] == MAP:
        importlib.import_module("multiprocessing.pool")
    elif way["shape"] in {EXECUTOR, ALONE}:
        named(way["made"])
    elif way["shape"] == BATCHES:
        importlib.import_module(way["made"].partition(":")[0])


def made(way: dict[str, Any], workers: int, **more: Any) -> Any:  # noqa: ANN401 - a pool, an executor
    """A pool or an executor of a way; `more` are words of its own, such as an initializer."""
    if way["shape"] not in {MAP, EXECUTOR}:
        return named(way["made"])(workers, **more)
    context = multiprocessing.get_context(way["method"] or None)
    if way["shape"] == MAP:
        return getattr(context, way["made"].partition(":")[2])(workers, **more)
    return named(way["made"])(workers, mp_context=context, **more)


def mapped(
    pool: Any,  # noqa: ANN401 - a pool, an executor
    way: dict[str, Any],
    function: Callable[[Any], Any],
    items: Sequence[Any],
    chunksize: int,
) -> list[Any]:
    """All results, in order. A chunk size of 0 is the library's own."""
    if way["shape"] == MAP:
        results: list[Any] = pool.map(function, items, chunksize or None)
        return results
    if way["shape"] == EXECUTOR and chunksize:
        return list(pool.map(function, items, chunksize=chunksize))
    return list(pool.map(function, items))


def done(way: dict[str, Any], function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """The whole job in a way, workers made and ended, as the code that is given to the reader does it."""
    if way["shape"] == LOOP:
        return [function(item) for item in items]
    if way["shape"] == BATCHES:
        joblib = importlib.import_module(way["made"].partition(":")[0])
        batch = {"batch_size": way["chunksize"]} if way["chunksize"] else {}
        results: list[Any] = joblib.Parallel(n_jobs=way["workers"], **batch)(
            joblib.delayed(function)(item) for item in items
        )
        return results
    with made(way, way["workers"]) as pool:
        return mapped(pool, way, function, items, way["chunksize"])


def stamp() -> None:
    """A worker's initializer: when it was ready, by the clock that all processes of a machine share."""
    _ready.append(time.monotonic())


def touched(task: tuple[str, float]) -> tuple[int, float, float, int]:
    """Import a module, then work for a while: this process, when it was ready, seconds of the import, private bytes."""
    from .memory import private_bytes

    module, seconds = task
    began_s = time.perf_counter()
    if module:
        importlib.import_module(module)
    imported_s = time.perf_counter() - began_s
    until_s = began_s + seconds
    while time.perf_counter() < until_s:
        pass
    return os.getpid(), _ready[0] if _ready else 0.0, imported_s, private_bytes()


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
