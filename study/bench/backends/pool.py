"""`multiprocessing.Pool`: made once, used for every map, closed and joined at the end."""

from __future__ import annotations

from study.bench.backends import Backend
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.pool import Pool
    from types import TracebackType
    from typing import Self

    from study.bench.backends import Task


class _PoolBackend(Backend):
    """What pools of processes and of threads share: a pool that lives on."""

    can_be_made = True
    APIS = ("", "imap", "imap_unordered", "starmap", "apply", "apply_async")
    _pool: Pool

    def __enter__(self) -> Self:
        """Make the pool."""
        self._pool = self._make()
        return self

    def _make(self) -> Pool:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the workers finish and wait for them."""
        self._pool.close()
        self._pool.join()

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, through `Pool.map`."""
        return self._pool.map(task, arguments, chunksize or None)

    def imap(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Through `Pool.imap`."""
        return list(self._pool.imap(task, arguments, chunksize or 1))

    def imap_unordered(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Through `Pool.imap_unordered`; answers in the order in which they come."""
        return list(self._pool.imap_unordered(task, arguments, chunksize or 1))

    def starmap(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Through `Pool.starmap`."""
        return self._pool.starmap(task, [(argument,) for argument in arguments], chunksize or None)

    def apply(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Through `Pool.apply`, one task after the other."""
        _no_chunks(chunksize)
        return [self._pool.apply(task, (argument,)) for argument in arguments]

    def apply_async(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Through `Pool.apply_async`, all handed out before the first answer is asked for."""
        _no_chunks(chunksize)
        handed = [self._pool.apply_async(task, (argument,)) for argument in arguments]
        return [result.get() for result in handed]


class PoolBackend(_PoolBackend):
    """`multiprocessing.Pool`."""

    in_this_process = False
    tasks_per_child: int | None = None
    """After so many chunks a worker ends and another is started; `None`: workers live as long as the pool."""
    initializer: Callable[[], None] | None = None
    """What each worker does before its first task."""

    def _make(self) -> Pool:
        context = context_of(self.start_method)
        return context.Pool(self.workers or None, self.initializer, maxtasksperchild=self.tasks_per_child)


class ThreadPoolBackend(_PoolBackend):
    """`multiprocessing.pool.ThreadPool`: the same calls, the workers threads."""

    def _make(self) -> Pool:
        from multiprocessing.pool import ThreadPool

        return ThreadPool(self.workers or None)


def _no_chunks(chunksize: int) -> None:
    if chunksize:
        raise UnsupportedCellError("this call hands out one task at a time; chunksize must be 0")
