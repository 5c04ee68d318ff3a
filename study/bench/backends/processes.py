"""Bare processes: each does its share and sends the answers back through a simplex pipe; started anew for every map."""

from __future__ import annotations

from study.bench.backends import Backend, in_order, shares_of
from study.bench.children import do_share
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.bench.backends import Task


class ProcessesBackend(Backend):
    """One `multiprocessing.Process` per worker."""

    in_this_process = False

    def __init__(self, start_method: str, workers: int) -> None:
        """Refuse a default that the library does not have."""
        super().__init__(start_method, workers)
        if workers < 1:
            raise UnsupportedCellError("bare processes have no default number of workers; give workers = 1 or more")
        self._context = context_of(start_method)

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer; each process takes its whole share at once."""
        if chunksize:
            raise UnsupportedCellError("bare processes take their share at once; chunksize must be 0")
        shares = shares_of(arguments, self.workers)
        started = []
        for share in shares:
            reader, writer = self._context.Pipe(duplex=False)
            process = self._context.Process(target=do_share, args=(task, share, writer))  # type: ignore[attr-defined]
            process.start()
            writer.close()
            started.append((process, reader))
        answers: list[list[object]] = []
        failures = []
        for number, (process, reader) in enumerate(started, 1):
            try:
                answers.append(reader.recv())
            except EOFError:
                failures.append(number)
            reader.close()
            process.join()
            process.close()
        if failures:
            raise WorkerFailedError(f"processes {failures} of {len(shares)} ended before they sent their answers")
        return in_order(answers, self.workers, len(arguments))
