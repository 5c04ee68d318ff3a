"""Who runs the tasks: a plain loop, threads, processes, pools, executors. One class per way, one file per library."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    Task = Callable[[int], object]
    Caller = Callable[[Task, Sequence[int], int], list[object]]


class Backend:
    """A way to run tasks; entered before it is used, left after.

    Attributes
    ----------
    in_this_process : all work is done in this process, so that its CPU time is seen by this process' clock.
    can_be_made : it has workers that live on, which a program may make for one job.
    """

    in_this_process = True
    can_be_made = False

    APIS: tuple[str, ...] = ("",)
    """Calls that hand tasks out; '' is the one that the library calls map."""

    def __init__(self, start_method: str, workers: int) -> None:
        """Remember what was asked for; `workers` 0 is the library's own default."""
        self.start_method = start_method
        self.workers = workers

    def caller(self, api: str) -> Caller:
        """The call that hands tasks out: (task, arguments, chunksize) -> answers, in order but where the call has none."""
        if api not in self.APIS:
            from study.bench.errors import UnsupportedCellError

            possible = ", ".join(map(repr, self.APIS))
            raise UnsupportedCellError(f"api {api!r} does not exist for {type(self).__name__}; possible: {possible}")
        call: Caller = getattr(self, api or "map")
        return call

    def __enter__(self) -> Self:
        """Make what lives longer than one map."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End every process and thread this backend started, and wait for them."""

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, in the order of the arguments; `chunksize` 0 is the library's own default."""
        raise NotImplementedError


def shares_of(arguments: Sequence[int], workers: int) -> list[Sequence[int]]:
    """The arguments dealt out like cards: worker i gets the i-th and every `workers`-th after it; no share is empty."""
    return [share for first in range(workers) if (share := arguments[first::workers])]


def in_order(shares: Sequence[Sequence[object]], workers: int, tasks: int) -> list[object]:
    """The answers of `shares_of` put back into the order of the arguments."""
    answers: list[object] = [None] * tasks
    for first, share in enumerate(shares):
        answers[first::workers] = share
    return answers
