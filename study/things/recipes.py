"""How a reader writes what was measured: for each backend the code that hands out the items of a loop.

Braces hold what a cell says: {n} the number of workers, {method} the start method as an argument, {chunks} a chunk size. `f` and
`items` are the reader's own.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.backends import (
    CALL,
    INTERPRETER_EXECUTOR,
    POOL,
    PROCESS_EXECUTOR,
    PROCESSES,
    THREAD_EXECUTOR,
    THREADS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

RECIPES: Mapping[str, str] = MappingProxyType(
    {
        CALL.name: "results = [f(item) for item in items]",
        POOL.name: (
            "with multiprocessing.get_context({method}).Pool({n}) as pool:\n    results = pool.map(f, items{chunks})"
        ),
        PROCESS_EXECUTOR.name: (
            "with ProcessPoolExecutor({n}, mp_context=multiprocessing.get_context({method})) as pool:\n"
            "    results = list(pool.map(f, items{chunks}))"
        ),
        THREAD_EXECUTOR.name: "with ThreadPoolExecutor({n}) as pool:\n    results = list(pool.map(f, items))",
        INTERPRETER_EXECUTOR.name: (
            "with InterpreterPoolExecutor({n}) as pool:\n    results = list(pool.map(f, items{chunks}))"
        ),
        PROCESSES.name: "{n} × multiprocessing.get_context({method}).Process, each with its share of the items",
        THREADS.name: "{n} × threading.Thread, each with its share of the items",
    }
)
"""Backend -> the code; one that is not named here is told in words alone."""
