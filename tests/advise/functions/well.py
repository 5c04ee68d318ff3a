"""Functions that go well: what an answer is tried on."""

from __future__ import annotations

import time


def items() -> list[int]:
    """A list that is made when it is asked for."""
    return list(range(2000))


def tiny(item: int) -> int:
    """Next to nothing."""
    return item + 1


def waits(item: int) -> int:
    """Wait, as for a server."""
    time.sleep(0.002)
    return item


def computes(item: int) -> int:
    """Some tenths of a millisecond of pure Python."""
    found = 0
    for step in range(3000 + item % 7):
        found += step & 3
    return found


def first() -> int:
    """Without an item."""
    return sum(range(1000))
