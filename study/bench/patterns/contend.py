"""Sharing: what one increment costs while every worker wants the same lock, value or object."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from study.bench.children import increment
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.patterns import Session, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 200
"""Increments of each worker in one event, so that starting them is a small part of it."""


class Contend(Session):
    """`workers` workers start, each makes 200 increments, all are joined; the part is the time of one increment.

    That is the elapsed time of the event over all increments of all workers, their start included. Variants: `lock` (a lock
    around nothing, counted by each worker), `value` (`Value` with its own lock; between threads a list under a lock),
    `manager` (a manager's list and lock behind proxies), `private` (no sharing: what the rest costs).
    """

    def set_up(self) -> None:
        """Make what is shared."""
        variant = self.cell.variant
        if self.cell.workers < 1:
            raise UnsupportedCellError(f"{self.cell.text!r}: there is no default here; give workers = 1 or more")
        self._make: Callable[..., Any]
        if self.cell.backend == "threads":
            if variant == "manager":
                raise UnsupportedCellError(f"{self.cell.text!r}: threads need no manager")
            import threading

            self._make = threading.Thread
            self._lock: Any = threading.Lock()
            self._shared: Any = [0]
            return
        context = context_of(self.cell.start_method)
        self._make = context.Process  # type: ignore[attr-defined]
        if variant == "manager":
            server = self.resources.enter_context(context.Manager())
            self._shared, self._lock = server.list([0]), server.Lock()
        else:
            value = context.Value("q", 0)
            self._shared, self._lock = value, value.get_lock()

    def event(self, loops: int) -> dict[str, float]:
        """Count together, `loops` times; the sum is looked at."""
        elapsed_ns = 0
        expected = BATCH * self.cell.workers if self.cell.variant in {"value", "manager"} else 0
        for _ in range(loops):
            self._set(0)
            workers = [
                self._make(target=increment, args=(self.cell.variant, self._shared, self._lock, BATCH))
                for _ in range(self.cell.workers)
            ]
            begun_ns = time.perf_counter_ns()
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            elapsed_ns += time.perf_counter_ns() - begun_ns
            if any(getattr(worker, "exitcode", 0) for worker in workers):
                raise WorkerFailedError(f"{self.cell.text!r}: a worker ended with an exit code other than 0")
            if self._get() != expected:
                raise WrongAnswerError(f"{self.cell.text!r}: the count is {self._get()}; right is {expected}")
        return seconds(total=elapsed_ns // (BATCH * self.cell.workers))

    def _set(self, number: int) -> None:
        if hasattr(self._shared, "value"):
            self._shared.value = number
        else:
            self._shared[0] = number

    def _get(self) -> int:
        return int(self._shared.value if hasattr(self._shared, "value") else self._shared[0])
