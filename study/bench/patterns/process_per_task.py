"""Q4: a process of its own for every task, at most `workers` of them alive at a time."""

from __future__ import annotations

import time
from multiprocessing import connection

from study.bench import registry
from study.bench.children import do_share
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError
from study.bench.patterns import Session, compare, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


class ProcessPerTask(Session):
    """`tasks` tasks of the kernel, each in a new process that sends its answer back through a simplex pipe."""

    def set_up(self) -> None:
        """Make the arguments."""
        if self.cell.workers < 1:
            raise UnsupportedCellError(f"{self.cell.text!r}: there is no default here; give workers = 1 or more")
        self._kernel = registry.kernel_of(self.cell)
        self._arguments = self._kernel.arguments(self.cell.tasks)
        self._context = context_of(self.cell.start_method)

    def event(self, loops: int) -> dict[str, float]:
        """Do all tasks, `loops` times; the last answers are looked at."""
        answers: list[object] = []
        begun_ns = time.perf_counter_ns()
        for _ in range(loops):
            answers = self._all_tasks()
        elapsed_ns = time.perf_counter_ns() - begun_ns
        compare(self.cell, self._kernel, self._arguments, answers)
        return seconds(total=elapsed_ns)

    def _all_tasks(self) -> list[object]:
        """Keep `workers` processes alive until every task is done."""
        answers: list[object] = [None] * len(self._arguments)
        alive: dict[object, tuple[int, BaseProcess]] = {}
        waiting = list(enumerate(self._arguments))[::-1]
        try:
            while waiting or alive:
                while waiting and len(alive) < self.cell.workers:
                    index, argument = waiting.pop()
                    reader, process = self._start(argument)
                    alive[reader] = (index, process)
                for ready in connection.wait(list(alive)):  # type: ignore[arg-type]
                    index, process = alive.pop(ready)
                    answers[index] = self._finish(ready, process)  # type: ignore[arg-type]
        finally:
            for _, process in alive.values():
                process.terminate()
                process.join()
        return answers

    def _start(self, argument: int) -> tuple[Connection, BaseProcess]:
        reader, writer = self._context.Pipe(duplex=False)
        process = self._context.Process(  # type: ignore[attr-defined]
            target=do_share, args=(self._kernel.task, (argument,), writer)
        )
        process.start()
        writer.close()
        return reader, process

    def _finish(self, reader: Connection, process: BaseProcess) -> object:
        try:
            (answer,) = reader.recv()
        except EOFError:
            process.join()
            message = f"{self.cell.text!r}: a process ended with exit code {process.exitcode} before it answered"
            raise WorkerFailedError(message) from None
        finally:
            reader.close()
        process.join()
        process.close()
        return answer
