"""A function of the reader's as a kernel: what one task of a cell `kernel=own` does. Timed, like the bench.

Which function, which items and where modules are looked for stand in the environment of the process, and come with the
target (`study.targets.own`). Where none is named, an example stands for it, so that the kernel is one like any other.
"""

from __future__ import annotations

import os
import sys

from study.bench.kernels import Kernel, indices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FUNCTION, ITEMS, PATHS = "STUDY_FUNCTION", "STUDY_ITEMS", "STUDY_PATHS"
"""Variables: "module:function"; "module:items"; folders that modules are looked for in, the reader's own first."""


class Whatever:
    """Equal to every answer: what is right nobody but the reader knows. Arrays and tables leave the comparison to it."""

    __slots__ = ()
    __array_ufunc__ = None
    __pandas_priority__ = 10_000

    def __eq__(self, other: object) -> bool:
        """Whatever it is."""
        return True

    def __hash__(self) -> int:
        """All are one."""
        return 0


WHATEVER = Whatever()


def example(index: int) -> int:
    """Add up some numbers: what is done where no function is named."""
    return sum(range(1000 + index))


def named(place: str) -> Any:  # noqa: ANN401 - whatever the reader has there
    """What stands at "module:name" or "module:name.name"; the module is imported as the reader's program would."""
    from importlib import import_module

    folder, *others = os.environ.get(PATHS, "").split(os.pathsep)
    if folder and folder not in sys.path:
        sys.path.insert(0, folder)
    sys.path += [path for path in others if path not in sys.path]
    module, _, names = place.partition(":")
    found = import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    return found


def items_of(place: str) -> list[Any]:
    """The items at a place: a list, or what a function returns."""
    found = named(place)
    return list(found() if callable(found) else found)


class Own(Kernel):
    """The function that the environment names, itself: nothing of ours is called with an item."""

    __slots__ = ()

    def __init__(self) -> None:
        """Nothing is imported before it is asked for."""

    @property
    def task(self) -> Callable[[Any], object]:  # type: ignore[override]
        """The function."""
        place = os.environ.get(FUNCTION)
        return named(place) if place else example

    @property
    def has_length(self) -> bool:  # type: ignore[override]
        """A task is as long as it is."""
        return False

    @property
    def expected(self) -> Callable[[Any], object]:  # type: ignore[override]
        """Whatever the function returns is taken for right."""
        return lambda _item: WHATEVER

    def arguments(self, tasks: int, spins: int = 0) -> list[Any]:
        """The items, from the first to so many."""
        if spins:
            from study.bench.errors import UnsupportedCellError

            raise UnsupportedCellError("a function of your own has a length of its own; leave spins out")
        self.task  # noqa: B018 - its module is imported where forked children find it imported
        place = os.environ.get(ITEMS)
        found = items_of(place) if place else indices(tasks, 0)
        if len(found) < tasks:
            from study.bench.errors import UnsupportedCellError

            raise UnsupportedCellError(f"there are {len(found)} items now, and {tasks} when the run was planned")
        return found[:tasks]


KERNEL = Own()
