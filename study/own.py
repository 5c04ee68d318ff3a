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
LINES, LINES_CRC, REPEAT = "STUDY_ITEMS_FILE", "STUDY_ITEMS_FILE_CRC", "STUDY_REPEAT"
"""Variables in place of "module:items": a file with a line of JSON for each item, and its CRC-32; a number of calls."""


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


def lines_of(path: str, crc: str) -> list[Any]:
    """The items of a file, a line of JSON each; empty lines are none. One that has changed meanwhile is refused."""
    import binascii
    import io
    import json

    from study.bench.errors import UnsupportedCellError

    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib would be loaded for it
            content = file.read()
    except OSError as error:  # whose words name the path, which is not kept
        raise UnsupportedCellError(f"the file of the items cannot be read any more: {error.strerror}") from None
    if f"{binascii.crc32(content):08x}" != crc:
        raise UnsupportedCellError("the file of the items has changed since the run was planned")
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")
    return [json.loads(line) for line in lines if line.strip()]


class Repeated:
    """A function without arguments, called once for each number. It can be pickled where the function can."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], object]) -> None:
        """Keep the function."""
        self.function = function

    def __call__(self, item: object) -> object:
        """Call it; the number of the call is not handed on."""
        del item
        return self.function()


class Own(Kernel):
    """The function that the environment names, itself: nothing of ours is called with an item, but for calls without one."""

    __slots__ = ()

    def __init__(self) -> None:
        """Nothing is imported before it is asked for."""

    @property
    def task(self) -> Callable[[Any], object]:  # type: ignore[override]
        """The function."""
        place = os.environ.get(FUNCTION)
        if not place:
            return example
        return Repeated(named(place)) if REPEAT in os.environ else named(place)

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
        found = _found(tasks)
        if len(found) < tasks:
            from study.bench.errors import UnsupportedCellError

            raise UnsupportedCellError(f"there are {len(found)} items now, and {tasks} when the run was planned")
        return found[:tasks]


def _found(tasks: int) -> list[Any]:
    """All items that there are; of calls without one their numbers."""
    if place := os.environ.get(ITEMS):
        return items_of(place)
    if path := os.environ.get(LINES):
        return lines_of(path, os.environ.get(LINES_CRC, ""))
    return indices(int(os.environ.get(REPEAT, tasks)), 0)


KERNEL = Own()
