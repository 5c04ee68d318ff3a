"""Q1, Q2, Q4: a number of tasks of one kernel over a backend. Pools are made before and live on, or made for the job."""

from __future__ import annotations

import time

from study.bench import registry
from study.bench.cpu_time import cpu_time, used_ns
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.patterns import Session, compare, seconds
from study.things import APIS, BACKENDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.bench.backends import Task

ONE_TASK_PER_CHILD, MADE = "one_task_per_child", "made"
QUOTAS = {"quota_1_events": 1.0, "quota_1_5_events": 1.5}
"""Variant -> CPUs whose time this process and its workers may use."""
FIRST_TASKS = 4
"""Of each worker, before anything is timed: a long job need not be done twice for its workers to be warm."""
LONGEST_START_S = 30.0


class MapTasks(Session):
    """`tasks` tasks of the kernel; the event is one map over workers of which each has answered before.

    In `one_task_per_child` a worker of the pool ends after a chunk; in `made` the event also makes the workers and ends them.
    Outcomes, where the system tells of all that do the work: `cpu_time_us` and `elapsed_us`.
    """

    def set_up(self) -> None:
        """Make the arguments, enter the backend and wait for every worker."""
        self._kernel = registry.kernel_of(self.cell)
        self._arguments = self._kernel.arguments(self.cell.tasks, self.cell.spins)
        if self.cell.variant in QUOTAS:
            from study.bench.quota import cpu_quota

            self.resources.enter_context(cpu_quota(QUOTAS[self.cell.variant]))
        backend = registry.backend_of(self.cell)
        self._kind, self._call = type(backend), backend.caller(self.cell.api)
        if self.cell.variant == MADE:
            if not backend.can_be_made:
                raise UnsupportedCellError(f"{self.cell.text!r}: this backend has no workers that live on")
            self._call = self._made_for_it
            return
        if number := self._tasks_per_child():
            if not hasattr(backend, "tasks_per_child"):
                raise UnsupportedCellError(
                    f"{self.cell.text!r}: these workers cannot be made to end after a number of tasks"
                )
            backend.tasks_per_child = number
        self._backend = self.resources.enter_context(backend)
        if BACKENDS[self.cell.backend].hands_out and not backend.in_this_process and not number:
            self._wait_for_workers()

    def _wait_for_workers(self) -> None:
        """Hand out waits until as many processes as there are workers have answered."""
        from study.bench.children import who_am_i

        waits = list(range(self.cell.workers))
        seen: set[object] = set()
        begun_s = time.monotonic()
        while len(seen) < len(waits):
            seen.update(self._backend.map(who_am_i, waits, 1 if BACKENDS[self.cell.backend].takes_chunksize else 0))
            if time.monotonic() - begun_s > LONGEST_START_S:
                raise WorkerFailedError(f"{self.cell.text!r}: {len(seen)} of {len(waits)} workers have answered")

    def check(self) -> None:
        """Look at the answers of the first tasks of each worker; those of all are looked at with every value."""
        each = FIRST_TASKS if self.look_first else 1
        self._do(1, self._arguments[: each * self.cell.workers or len(self._arguments)])

    def _tasks_per_child(self) -> int:
        """After so many messages a worker ends; 0: it lives on."""
        if self.cell.variant != ONE_TASK_PER_CHILD:
            return self.cell.tasks_per_child
        if self.cell.tasks_per_child or self.cell.backend != "pool":
            raise UnsupportedCellError(f"{self.cell.text!r}: the variant is that of a pool whose workers end after one")
        return 1

    def event(self, loops: int) -> dict[str, float]:
        """Map, `loops` times; the last answers are looked at."""
        before = cpu_time()
        elapsed_ns = self._do(loops, self._arguments)
        if BACKENDS[self.cell.backend].counts_cpu_time:
            used = used_ns(before, cpu_time(), alone=self._kind.in_this_process)
            if used is not None:
                self.count("cpu_time_us", round(used / 1000))
                self.count("elapsed_us", round(elapsed_ns / 1000))
        return seconds(total=elapsed_ns)

    def _do(self, loops: int, arguments: Sequence[int]) -> int:
        """Nanoseconds of `loops` maps."""
        run, task, chunksize = self._call, self._kernel.task, self.cell.chunksize
        answers: list[object] = []
        begun_ns = time.perf_counter_ns()
        for _ in range(loops):
            answers = run(task, arguments, chunksize)
        elapsed_ns = time.perf_counter_ns() - begun_ns
        compare(self.cell, self._kernel, arguments, answers, in_order=APIS[self.cell.api].keeps_order)
        return elapsed_ns

    def _made_for_it(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Make the workers, map, and end them."""
        with self._kind(self.cell.start_method, self.cell.workers) as backend:
            return backend.caller(self.cell.api)(task, arguments, chunksize)
