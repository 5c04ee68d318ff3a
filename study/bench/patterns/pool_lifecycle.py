"""Q5: a pool or executor made, a few numbers mapped, closed and joined; part by part, and exactly as it stands."""

from __future__ import annotations

import multiprocessing
import os
import time

from study.bench import registry
from study.bench.children import answerer
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.patterns import Session, compare, seconds
from study.cell import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.bench.backends import Backend
    from study.cell import Cell


MAPS_BETWEEN = 5
"""Maps of the same tasks before the warm one."""
FIRST_PAUSE_US, LONGEST_PAUSE_US, MOST_ATTEMPTS = 500, 50_000, 100
"""How long a worker that has answered stays busy, so that the next task goes to another: twice as long each time."""


class PoolLifecycle(Session):
    """Parts `create`, `first_map`, `second_map`, `warm_map`, `close_join`; `total` is the event with its first map alone.

    Workers still begin, and copy what they write to first, while the second map runs. The warm one comes after every worker
    has been seen to answer and some more maps have passed, which is in no part.

    Outcomes of `trials` events: `right_in_order`.
    """

    def set_up(self) -> None:
        """Make the arguments; the pool itself is part of the event."""
        self._kernel = registry.kernel_of(self.cell)
        self._arguments = self._kernel.arguments(self.cell.tasks)

    def event(self, loops: int) -> dict[str, float]:
        """Make a pool, map, close and join, `loops` times; all answers are looked at."""
        create_ns = first_map_ns = second_map_ns = warm_map_ns = close_join_ns = 0
        task, arguments = self._kernel.task, self._arguments
        chunksize = self.cell.chunksize
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            with registry.backend_of(self.cell) as pool:
                created_ns = time.perf_counter_ns()
                first = pool.map(task, arguments, chunksize)
                first_mapped_ns = time.perf_counter_ns()
                second = pool.map(task, arguments, chunksize)
                second_mapped_ns = time.perf_counter_ns()
                self._warm(pool)
                warming_ns = time.perf_counter_ns()
                warm = pool.map(task, arguments, chunksize)
                warm_mapped_ns = time.perf_counter_ns()
            joined_ns = time.perf_counter_ns()
            create_ns += created_ns - begun_ns
            first_map_ns += first_mapped_ns - created_ns
            second_map_ns += second_mapped_ns - first_mapped_ns
            warm_map_ns += warm_mapped_ns - warming_ns
            close_join_ns += joined_ns - warm_mapped_ns
            for answers in (first, second, warm):
                compare(self.cell, self._kernel, arguments, answers)
            self.count("trials")
            self.count("right_in_order")
        return seconds(
            create=create_ns,
            first_map=first_map_ns,
            second_map=second_map_ns,
            warm_map=warm_map_ns,
            close_join=close_join_ns,
            total=create_ns + first_map_ns + close_join_ns,
        )

    def _warm(self, pool: Backend) -> None:
        """Wait until every worker has answered, then let some maps pass."""
        seen: set[object] = set()
        for attempt in range(MOST_ATTEMPTS):
            pause_us = min(FIRST_PAUSE_US << attempt, LONGEST_PAUSE_US)
            seen.update(pool.map(answerer, [pause_us] * (self.cell.workers or 1), 0))
            if len(seen) >= self.cell.workers:
                break
        else:
            raise WorkerFailedError(
                f"{self.cell.text!r}: of {self.cell.workers} workers only {len(seen)} ever answered"
            )
        for _ in range(MAPS_BETWEEN):
            pool.map(self._kernel.task, self._arguments, self.cell.chunksize)


ONE_CPU, QUOTA_ONE_CPU = "one_cpu", "quota_one_cpu"


class PoolAsShipped(Session):
    """The program of Q5 with every default: `Pool()`, one map, close, join. Outcomes as above.

    `pool_workers` is how many workers `Pool()` made, `usable_cpus` how many CPUs it may use; in the variant `one_cpu`
    the affinity is one CPU, in `quota_one_cpu` a control group gives the time of one. The forkserver, where it is the
    default, was started by the check: what is timed is every pool but the first.
    """

    _usable_cpus = 0

    def __init__(self, cell: Cell) -> None:
        """Refuse any choice: as shipped means none is made."""
        super().__init__(cell)
        if cell.start_method != DEFAULT or cell.workers:
            raise UnsupportedCellError(f"{cell.text!r}: as shipped means start_method = {DEFAULT!r} and workers = 0")

    def set_up(self) -> None:
        """Make the arguments."""
        self._kernel = registry.kernel_of(self.cell)
        self._arguments = self._kernel.arguments(self.cell.tasks)
        if not hasattr(os, "sched_getaffinity"):
            if self.cell.variant:
                raise UnsupportedCellError(f"{self.cell.text!r}: this system does not let a process choose its CPUs")
            return
        allowed = os.sched_getaffinity(0)
        if self.cell.variant == ONE_CPU:
            self.resources.callback(os.sched_setaffinity, 0, allowed)
            os.sched_setaffinity(0, {min(allowed)})
        self._usable_cpus = len(os.sched_getaffinity(0))
        if self.cell.variant == QUOTA_ONE_CPU:
            from study.bench.quota import cpu_quota

            self.resources.enter_context(cpu_quota(1.0))
            self._usable_cpus = 1

    def event(self, loops: int) -> dict[str, float]:
        """Make a pool, map once, close and join, `loops` times; all answers are looked at."""
        total_ns = 0
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            pool = multiprocessing.Pool()
            try:
                answers = pool.map(self._kernel.task, self._arguments)
                workers = pool._processes  # type: ignore[attr-defined]  # noqa: SLF001 - nothing else tells
                pool.close()
                pool.join()
                total_ns += time.perf_counter_ns() - begun_ns
            finally:
                pool.terminate()
                pool.join()
            compare(self.cell, self._kernel, self._arguments, answers)
            self.count("trials")
            self.count("right_in_order")
            if self._usable_cpus:
                self.count("pool_workers", workers)
                self.count("usable_cpus", self._usable_cpus)
        return seconds(total=total_ns)
