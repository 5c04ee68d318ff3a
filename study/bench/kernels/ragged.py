"""The loop of `spin` in tasks of very different lengths: some are 10 to 17 times as long as the usual one.

The lengths follow a Pareto law with α = 1.2, cut off at 30 times the shortest. They are its quantiles, not draws from
it, so that any number of tasks has the same shape. They come shuffled by a seed, the shortest first (as files sorted by
size do), or the longest first. Every backend, run and interpreter gets the same lengths in the same order.
"""

from __future__ import annotations

import random
from math import fsum

from study.bench.kernels import Kernel
from study.bench.kernels.spin import closed_form, spin

ALPHA = 1.2
LONGEST = 30.0
SEED = 20_261_122


def rising(tasks: int, mean: int) -> list[int]:
    """Iterations of each of `tasks` tasks, the shortest first; on average `mean`, but for rounding."""
    weights = [min(LONGEST, (1 - (rank + 0.5) / tasks) ** (-1 / ALPHA)) for rank in range(tasks)]
    unit = mean * tasks / fsum(weights) if weights else 0.0
    return [round(unit * weight) for weight in weights]


def falling(tasks: int, mean: int) -> list[int]:
    """The same, the longest first."""
    return rising(tasks, mean)[::-1]


def shuffled(tasks: int, mean: int) -> list[int]:
    """The same, in an order that the seed decides."""
    iterations = rising(tasks, mean)
    random.Random(SEED).shuffle(iterations)
    return iterations


KERNEL = Kernel(spin, closed_form, shuffled, has_length=True)
KERNEL_RISING = Kernel(spin, closed_form, rising, has_length=True)
KERNEL_FALLING = Kernel(spin, closed_form, falling, has_length=True)
