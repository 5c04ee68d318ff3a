"""dask.distributed on this machine: as `peers` makes it, its tasks handed out by the client and gathered all at once."""

from __future__ import annotations

from study.bench.backends import peers
from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from study.bench.backends import Task


def gathered(client: Any, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:  # noqa: ANN401 - Dask's
    """Every task's answer, as the library's manual does it: each is a task of the scheduler's, and the answers come together.

    `pure=False`: equal calls are done again, and not answered from memory. The executor's `map` would fetch one answer after
    the other.
    """
    if chunksize:
        raise UnsupportedCellError("dask hands out one task at a time; chunksize must be 0")
    answers: list[object] = client.gather(client.map(task, arguments, pure=False))
    return answers


class DaskBackend(peers.DaskBackend):
    """A `distributed.Client` on a `LocalCluster` of single-threaded worker processes."""

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer."""
        return gathered(self._client, task, arguments, chunksize)
