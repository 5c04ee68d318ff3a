"""The integer square of Q5."""

from __future__ import annotations

from study.bench.kernels import Kernel


def square(number: int) -> int:
    """Give the number's square."""
    return number**2


def _from_one(tasks: int, _spins: int) -> list[int]:
    return list(range(1, tasks + 1))


def _sum_of_odd_numbers(number: int) -> int:
    """The square in another way: the sum of the first `number` odd numbers."""
    return sum(range(1, 2 * number, 2))


KERNEL = Kernel(square, _sum_of_odd_numbers, _from_one)
