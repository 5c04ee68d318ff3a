"""What one task does: one file each, written from the problem statement, with the right answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def indices(tasks: int) -> list[int]:
    """0, 1, 2, …: the argument of a task that only needs to know which one it is."""
    return list(range(tasks))


class Kernel:
    """A task, what it is called with, and what it must answer.

    Attributes
    ----------
    task : a picklable function of one whole number.
    expected : argument -> the right answer, known without running the task.
    arguments : number of tasks -> the argument of each.
    """

    __slots__ = ("arguments", "expected", "task")

    def __init__(
        self,
        task: Callable[[int], object],
        expected: Callable[[int], object],
        arguments: Callable[[int], list[int]] = indices,
    ) -> None:
        """Bind the three functions together."""
        self.task = task
        self.expected = expected
        self.arguments = arguments
