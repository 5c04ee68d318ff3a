"""Objects made, put into a list and a dictionary, and looked up again: allocation and reference counts.

The GIL is held throughout; without it, every object belongs to the thread that made it.
"""

from __future__ import annotations

from study.bench.kernels import Kernel

ITEMS = 10_000


class Item:
    """A small ordinary object."""

    __slots__ = ("number", "square")

    def __init__(self, number: int) -> None:
        """Hold a number and its square."""
        self.number = number
        self.square = number * number


def look_up(items: int) -> tuple[int, int]:
    """(Length, sum of the squares) of a dictionary by number of `items` objects from a list."""
    objects = [Item(number) for number in range(items)]
    by_number = {item.number: item for item in objects}
    return len(by_number), sum(by_number[number].square for number in range(items))


def dictionary(_index: int) -> tuple[int, int]:
    """Make and look up 10 000 objects."""
    return look_up(ITEMS)


KERNEL = Kernel(dictionary, lambda _index: (ITEMS, (ITEMS - 1) * ITEMS * (2 * ITEMS - 1) // 6))
