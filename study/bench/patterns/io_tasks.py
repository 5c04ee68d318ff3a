"""I/O: tasks that wait or read, each handed out by itself, by the ways that the library offers for them."""

from __future__ import annotations

import asyncio
import time

from study.bench import registry
from study.bench.errors import UnsupportedCellError
from study.bench.patterns import Session, compare, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from concurrent.futures import Executor

    Task = Callable[[int], object]

ONE_EACH = 1
"""Tasks in a message."""


class IoTasks(Session):
    """The event is one job: all tasks handed out at once, until the last answer is there.

    Plain, the backend's own map. `to_thread`: a coroutine for each task, `asyncio.to_thread`, on as many threads as there
    are workers; 0 is asyncio's own number. `task_group`: a coroutine for each in an `asyncio.TaskGroup`, the task given to
    an executor. `streams`: a coroutine for each that waits by itself, all in one thread.
    """

    def set_up(self) -> None:
        """Make the arguments and what lives on: an executor, or an event loop."""
        self._kernel = registry.kernel_of(self.cell)
        self._check_way()
        self._arguments = self._kernel.arguments(self.cell.tasks)
        task = self._kernel.task
        if not self.cell.variant:
            backend = self.resources.enter_context(registry.backend_of(self.cell))
            chunksize = ONE_EACH if self.cell.backend == "process_executor" else 0
            self._do: Callable[[], Sequence[object]] = lambda: backend.map(task, self._arguments, chunksize)
            return
        runner = self.resources.enter_context(asyncio.Runner())
        if self.cell.variant == "streams":
            from study.bench.kernels.request import ask_in_loop

            self._do = lambda: runner.run(_together(ask_in_loop, self._arguments))
        elif self.cell.variant == "to_thread":
            if self.cell.workers:
                runner.get_loop().set_default_executor(_threads(self.cell.workers))
            self._do = lambda: runner.run(
                _together(lambda argument: asyncio.to_thread(task, argument), self._arguments)
            )
        else:
            executor = self.resources.enter_context(self._executor())
            self._do = lambda: runner.run(_in_a_group(executor, task, self._arguments))

    def _check_way(self) -> None:
        cell = self.cell
        backends = {
            "streams": ("call",),
            "to_thread": ("thread_executor",),
            "task_group": ("thread_executor", "process_executor"),
        }.get(cell.variant, self.record.backends)
        if cell.backend not in backends:
            raise UnsupportedCellError(f"{cell.text!r}: this way is for {', '.join(backends)}")
        if cell.variant == "streams" and cell.kernel != "request":
            raise UnsupportedCellError(f"{cell.text!r}: only a request can be waited for in the event loop itself")

    def _executor(self) -> Executor:
        if self.cell.backend == "thread_executor":
            return _threads(self.cell.workers)
        from concurrent.futures import ProcessPoolExecutor

        from study.bench.contexts import context_of

        return ProcessPoolExecutor(self.cell.workers or None, mp_context=context_of(self.cell.start_method))

    def event(self, loops: int) -> dict[str, float]:
        """Do the job, `loops` times; the last answers are looked at."""
        answers: Sequence[object] = []
        begun_ns = time.perf_counter_ns()
        for _ in range(loops):
            answers = self._do()
        elapsed_ns = time.perf_counter_ns() - begun_ns
        compare(self.cell, self._kernel, self._arguments, answers)
        return seconds(total=elapsed_ns)


def _threads(workers: int) -> Executor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(workers or None)


async def _together(ask: Callable[[int], Awaitable[object]], arguments: Sequence[int]) -> list[object]:
    return await asyncio.gather(*map(ask, arguments))


async def _in_a_group(executor: Executor, task: Task, arguments: Sequence[int]) -> list[object]:
    loop = asyncio.get_running_loop()

    async def done(argument: int) -> object:
        return await loop.run_in_executor(executor, task, argument)

    async with asyncio.TaskGroup() as group:
        handed = [group.create_task(done(argument)) for argument in arguments]
    return [each.result() for each in handed]
