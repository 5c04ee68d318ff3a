"""What one task does: one file each, written from the problem statement, with the right answer beside it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def indices(tasks: int, _spins: int) -> list[int]:
    """0, 1, 2, …: the argument of a task that only needs to know which one it is."""
    return list(range(tasks))


def nothing() -> None:
    """Prepare nothing: most tasks need no input but their argument."""


class Kernel:
    """A task, what it is called with, and what it must answer.

    Attributes
    ----------
    task : a picklable function of one whole number.
    expected : argument -> the right answer, known without running the task.
    has_length : whether the length of a task is chosen, as iterations; else it is given.
    """

    __slots__ = ("_arguments", "_prepare", "expected", "has_length", "task")

    def __init__(
        self,
        task: Callable[[int], object],
        expected: Callable[[int], object],
        arguments: Callable[[int, int], list[int]] = indices,
        prepare: Callable[[], object] = nothing,
        *,
        has_length: bool = False,
    ) -> None:
        """Bind the functions together.

        Parameters
        ----------
        task, expected, has_length : as above.
        arguments : (tasks, spins) -> the argument of each task; without `has_length` spins is 0.
        prepare : makes what all tasks of a process share, such as an input or an imported library, once.
        """
        self.task = task
        self.expected = expected
        self.has_length = has_length
        self._arguments = arguments
        self._prepare = prepare

    def arguments(self, tasks: int, spins: int = 0) -> list[int]:
        """Prepare this process, and give the argument of each task. Part of a pattern's set-up: never timed.

        What was prepared here is there in the threads and forked children of this process. A child under spawn or
        forkserver prepares itself in its first task: in a warm-up where it belongs to a pool, in the timed event where
        the event starts the child, as any program that starts children for its tasks has to.

        Parameters
        ----------
        tasks : how many.
        spins : the nominal iterations of one task, where its length is chosen.

        Raises
        ------
        UnsupportedCellError
            if the task's length is given and spins is not 0: the same would be measured under two names.
        """
        if spins and not self.has_length:
            from study.bench.errors import UnsupportedCellError  # a child that only does tasks need not import it

            raise UnsupportedCellError(f"the task {self.task.__name__!r} has a length of its own; leave spins out")
        self._prepare()
        return self._arguments(tasks, spins)
