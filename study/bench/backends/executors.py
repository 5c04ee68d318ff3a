"""The executors of `concurrent.futures`: made once, used for every map, shut down at the end."""

from __future__ import annotations

import sys

from study.bench.backends import Backend
from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from types import TracebackType
    from typing import Self

    from study.bench.backends import Task

MENDED = (3, 14, 7)
"""From here on an executor whose workers end after a number of tasks replaces them all: before it waits for ever."""
LIBRARY_CHUNKSIZE = 1
"""What `ProcessPoolExecutor.map` takes when no chunksize is given."""


class _ExecutorBackend(Backend):
    """What the executors share."""

    APIS = ("", "submit")
    can_be_made = True
    _executor: Executor

    def _make(self) -> Executor:
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Make the executor; its workers start with the first tasks."""
        self._executor = self._make()
        self._executor.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the workers finish and wait for them."""
        self._executor.__exit__(kind, error, traceback)

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, through `Executor.map`, which ignores a chunksize but for processes."""
        if chunksize:
            raise UnsupportedCellError("only processes are sent several tasks at a time; chunksize must be 0")
        return list(self._executor.map(task, arguments))

    def submit(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Through `Executor.submit`, all handed out before the first answer is asked for."""
        if chunksize:
            raise UnsupportedCellError("submit hands out one task at a time; chunksize must be 0")
        handed = [self._executor.submit(task, argument) for argument in arguments]
        return [each.result() for each in handed]


class ThreadExecutorBackend(_ExecutorBackend):
    """`ThreadPoolExecutor`."""

    def _make(self) -> Executor:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self.workers or None)


class ProcessExecutorBackend(_ExecutorBackend):
    """`ProcessPoolExecutor`."""

    in_this_process = False
    tasks_per_child: int | None = None
    """After so many messages a worker ends and another is started; `None`: workers live as long as the executor."""

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, through `ProcessPoolExecutor.map`."""
        return list(self._executor.map(task, arguments, chunksize=chunksize or LIBRARY_CHUNKSIZE))

    def _make(self) -> Executor:
        if self.tasks_per_child is not None:
            self._refuse_recycling()
        from concurrent.futures import ProcessPoolExecutor

        from study.bench.contexts import context_of
        from study.things import DEFAULT

        chosen = None if self.start_method == DEFAULT else context_of(self.start_method)
        return ProcessPoolExecutor(self.workers or None, mp_context=chosen, max_tasks_per_child=self.tasks_per_child)

    def _refuse_recycling(self) -> None:
        if self.start_method == "fork":
            raise UnsupportedCellError("ProcessPoolExecutor refuses max_tasks_per_child under fork")
        if sys.version_info < MENDED:
            raise UnsupportedCellError(
                "with max_tasks_per_child this ProcessPoolExecutor stops for ever once its workers have ended (CPython issue"
                " 115634, mended in 3.14.7)"
            )


class InterpreterExecutorBackend(_ExecutorBackend):
    """`InterpreterPoolExecutor` (CPython 3.14)."""

    in_this_process = True

    def _make(self) -> Executor:
        from concurrent import futures

        kind = getattr(futures, "InterpreterPoolExecutor", None)
        if kind is None:
            raise UnsupportedCellError("this Python has no InterpreterPoolExecutor; CPython 3.14 has")
        executor: Executor = kind(self.workers or None)
        return executor
