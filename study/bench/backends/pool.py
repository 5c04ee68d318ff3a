"""`multiprocessing.Pool`: made once, used for every map, closed and joined at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.bench.backends import Backend
from study.bench.contexts import context_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.pool import Pool
    from types import TracebackType
    from typing import Self

    from study.bench.backends import Task


class PoolBackend(Backend):
    """A pool that lives on."""

    in_this_process = False
    _pool: Pool

    def __enter__(self) -> Self:
        """Make the pool."""
        self._pool = context_of(self.start_method).Pool(self.workers or None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the workers finish and wait for them."""
        self._pool.close()
        self._pool.join()

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, through `Pool.map`."""
        return self._pool.map(task, arguments, chunksize or None)
