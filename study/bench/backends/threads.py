"""Bare threads: each does its share, all are started and joined for every map."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from study.bench.backends import Backend, in_order, shares_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.bench.backends import Task


class ThreadsBackend(Backend):
    """One `threading.Thread` per worker."""

    def __init__(self, start_method: str, workers: int) -> None:
        """Refuse a default that the library does not have."""
        super().__init__(start_method, workers)
        if workers < 1:
            raise UnsupportedCellError("bare threads have no default number of workers; give workers = 1 or more")

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer; each thread takes its whole share at once."""
        if chunksize:
            raise UnsupportedCellError("bare threads take their share at once; chunksize must be 0")
        shares = shares_of(arguments, self.workers)
        answers: list[list[object]] = [[] for _ in shares]

        def work(index: int) -> None:
            answers[index] = [task(argument) for argument in shares[index]]

        threads = [threading.Thread(target=work, args=(index,)) for index in range(len(shares))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for index, share in enumerate(shares):
            if len(answers[index]) != len(share):
                raise WorkerFailedError(f"thread {index + 1} of {len(shares)} ended before its share was done")
        return in_order(answers, self.workers, len(arguments))
