"""Q1, Q2, Q4: a number of tasks of one kernel over a backend. Pools are made before and live on."""

from __future__ import annotations

import time

from study.bench import registry
from study.bench.errors import UnsupportedCellError
from study.bench.patterns import Session, compare, seconds

ONE_TASK_PER_CHILD = "one_task_per_child"
QUOTAS = {"quota_1_events": 1.0, "quota_1_5_events": 1.5}
"""Variant -> CPUs whose time this process and its workers may use."""


class MapTasks(Session):
    """`tasks` tasks of the kernel; the event is one map.

    Outcomes, where this process does all the work: `cpu_time_us` (of all its threads) and `elapsed_us`.
    """

    def set_up(self) -> None:
        """Make the arguments and enter the backend."""
        self._kernel = registry.kernel_of(self.cell)
        self._arguments = self._kernel.arguments(self.cell.tasks, self.cell.spins)
        if self.cell.variant in QUOTAS:
            from study.bench.quota import cpu_quota

            self.resources.enter_context(cpu_quota(QUOTAS[self.cell.variant]))
        backend = registry.backend_of(self.cell)
        if number := self._tasks_per_child():
            if not hasattr(backend, "tasks_per_child"):
                raise UnsupportedCellError(f"{self.cell.text!r}: only a pool's workers end after a number of tasks")
            backend.tasks_per_child = number
        self._backend = self.resources.enter_context(backend)
        self._call = self._backend.caller(self.cell.api)

    def _tasks_per_child(self) -> int:
        """After so many messages a worker ends; 0: it lives on."""
        if self.cell.variant != ONE_TASK_PER_CHILD:
            return self.cell.tasks_per_child
        if self.cell.tasks_per_child or self.cell.backend != "pool":
            raise UnsupportedCellError(f"{self.cell.text!r}: the variant is that of a pool whose workers end after one")
        return 1

    def event(self, loops: int) -> dict[str, float]:
        """Map, `loops` times; the last answers are looked at."""
        run, task, arguments, chunksize = self._call, self._kernel.task, self._arguments, self.cell.chunksize
        answers: list[object] = []
        cpu_begun_ns = time.process_time_ns()
        begun_ns = time.perf_counter_ns()
        for _ in range(loops):
            answers = run(task, arguments, chunksize)
        elapsed_ns = time.perf_counter_ns() - begun_ns
        cpu_ns = time.process_time_ns() - cpu_begun_ns
        compare(self.cell, self._kernel, arguments, answers)
        if self._backend.in_this_process:
            self.count("cpu_time_us", round(cpu_ns / 1000))
            self.count("elapsed_us", round(elapsed_ns / 1000))
        return seconds(total=elapsed_ns)
