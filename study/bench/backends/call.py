"""A plain loop: the baseline."""

from __future__ import annotations

from study.bench.backends import Backend
from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.bench.backends import Task


class CallBackend(Backend):
    """Calls the task in a loop."""

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, one after the other."""
        if chunksize:
            raise UnsupportedCellError("a plain loop hands nothing out; chunksize must be 0")
        return [task(argument) for argument in arguments]
