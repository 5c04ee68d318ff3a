"""The same reads of an attribute and a list item: of an object that only this task has, and of one that all share.

Every read takes and gives up a reference. Without the GIL a thread does that cheaply on its own objects, and with
atomic operations on one cache line that all threads fight for where the object belongs to another thread. With the GIL
both take turns alike; in processes each has its own copy. Nothing is written: increments of a shared number by several
threads would have no answer that is known.
"""

from __future__ import annotations

from study.bench.kernels import Kernel

READS = 100_000
EVERY = 3
"""The item that is read; the answer is so many times the number of reads."""


class Tally:
    """An ordinary object with an ordinary list, neither of them immortal or a constant of the code."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        """Make a list of its own."""
        self.items = [EVERY]


_SHARED = Tally()


def add_up(tally: Tally, reads: int) -> int:
    """Read the item of the tally's list `reads` times, and give the sum."""
    total = 0
    for _ in range(reads):
        total += tally.items[0]
    return total


def count_private(_index: int) -> int:
    """Read an object made by this task."""
    return add_up(Tally(), READS)


def count_shared(_index: int) -> int:
    """Read the one object of the module, like every other task of the process."""
    return add_up(_SHARED, READS)


KERNEL_PRIVATE = Kernel(count_private, lambda _index: READS * EVERY)
KERNEL_SHARED = Kernel(count_shared, lambda _index: READS * EVERY)
