"""How many items a pool takes from a generator before its first result comes, and how long that takes."""

from __future__ import annotations

import itertools
import sys
import time

from study.bench import registry
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WrongAnswerError
from study.bench.patterns import Session, seconds
from study.things.variants import BUFFERED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

ITEMS = 10_000
BUFFERSIZE = 8
WAIT_S = 0.2
FIRST_WITH_BUFFERS = (3, 14)
APIS = ("", "imap", "imap_unordered")


class GeneratorTaken(Session):
    """The event: from the call until the first result is there; the others are taken afterwards, and counted.

    Outcomes of `trials` events over a generator of 10 000 items: `items_first`, taken when the first result was there;
    `items_later`, taken after a fifth of a second in which nobody asked for another.
    """

    def set_up(self) -> None:
        """Make the pool, which is there before the event."""
        cell = self.cell
        is_pool = cell.backend == "pool"
        if cell.workers < 1 or cell.api not in APIS:
            raise UnsupportedCellError(
                f"{cell.text!r}: workers are 1 or more, the call is one of {', '.join(APIS[1:])} or map"
            )
        if is_pool and cell.variant == BUFFERED.name:
            raise UnsupportedCellError(f"{cell.text!r}: only the map of an executor has a buffersize")
        if not is_pool and cell.api:
            raise UnsupportedCellError(f"{cell.text!r}: an executor has map alone")
        if cell.variant == BUFFERED.name and sys.version_info < FIRST_WITH_BUFFERS:
            raise UnsupportedCellError("Executor.map has no buffersize before Python 3.14")
        self._task = registry.kernel_of(self.cell).task
        if is_pool:
            self._pool: Any = context_of(cell.start_method).Pool(cell.workers)
            self.resources.callback(self._pool.join)
            self.resources.callback(self._pool.close)
        else:
            self._pool = registry.backend_of(cell)
            self.resources.enter_context(self._pool)
            self._pool = self._pool._executor  # noqa: SLF001 - its map, and not the list that the backend makes of it

    def event(self, loops: int) -> dict[str, float]:
        """Ask for the first result, `loops` times."""
        total_ns = 0
        for _ in range(loops):
            taken = itertools.count()
            begun_ns = time.perf_counter_ns()
            results = self._results(number for number in range(ITEMS) if next(taken) >= 0)
            next(results)
            total_ns += time.perf_counter_ns() - begun_ns
            first = next(taken)
            time.sleep(WAIT_S)
            later = next(taken) - 1
            rest = sum(1 for _ in results)
            if rest != ITEMS - 1:
                raise WrongAnswerError(f"{self.cell.text!r}: {rest + 1} results of {ITEMS} items")
            self.count("trials")
            self.count("items_first", first)
            self.count("items_later", later)
        return seconds(total=total_ns)

    def _results(self, items: Iterator[int]) -> Iterator[object]:
        if self.cell.variant == BUFFERED.name:
            results: Iterator[object] = self._pool.map(self._task, items, buffersize=BUFFERSIZE)
            return results
        call = getattr(self._pool, self.cell.api or "map")
        return iter(call(self._task, items))
