"""Bare threads: made once, each takes its whole share of every map from a queue of its own, as a pool's workers live on."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from study.bench.backends import Backend, in_order, shares_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from study.bench.backends import Task

    Order = tuple[Task, Sequence[int]]
    Done = tuple[int, list[object] | BaseException]


class ThreadsBackend(Backend):
    """One `threading.Thread` per worker."""

    can_be_made = True

    def __init__(self, start_method: str, workers: int) -> None:
        """Refuse a default that the library does not have."""
        super().__init__(start_method, workers)
        if workers < 1:
            raise UnsupportedCellError("bare threads have no default number of workers; give workers = 1 or more")
        self._orders: list[SimpleQueue[Order | None]] = [SimpleQueue() for _ in range(workers)]
        self._done: SimpleQueue[Done] = SimpleQueue()

    def __enter__(self) -> Self:
        """Start the threads."""
        self._threads = [threading.Thread(target=self._work, args=(index,)) for index in range(self.workers)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Tell the threads that no more comes, and wait for them."""
        for orders in self._orders:
            orders.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self, index: int) -> None:
        while (order := self._orders[index].get()) is not None:
            task, share = order
            try:
                self._done.put((index, [task(argument) for argument in share]))
            except Exception as error:  # noqa: BLE001 - whatever it is, who asked for the work is told
                self._done.put((index, error))

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer; each thread takes its whole share at once."""
        if chunksize:
            raise UnsupportedCellError("bare threads take their share at once; chunksize must be 0")
        shares = shares_of(arguments, self.workers)
        for orders, share in zip(self._orders, shares, strict=False):  # more threads than tasks: some have none
            orders.put((task, share))
        answers: list[Sequence[object]] = [()] * len(shares)
        failed: list[tuple[int, BaseException]] = []
        for _ in shares:
            index, found = self._done.get()
            if isinstance(found, BaseException):
                failed.append((index, found))
            else:
                answers[index] = found
        if failed:
            index, error = min(failed, key=lambda failure: failure[0])
            raise WorkerFailedError(f"thread {index + 1} of {len(shares)} did not do its share: {error}") from error
        return in_order(answers, self.workers, len(arguments))
