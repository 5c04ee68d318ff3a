"""Pools and executors as the reader's program would make them.

How one is made comes in the order, as "module:attribute"; of what shape it is, as one word:
`loop` nobody is handed anything; `map` a pool with `map(function, items, chunksize)` and a context it is made from;
`executor` an executor with a context; `alone` an executor without one; `batches` joblib's.
"""

from __future__ import annotations

import importlib
import multiprocessing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LOOP, MAP, EXECUTOR, ALONE, BATCHES = "loop", "map", "executor", "alone", "batches"


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
