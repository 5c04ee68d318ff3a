"""The grain: an integer loop as long as its argument says, for tasks of any length from nothing upwards.

Nothing is made and kept while it runs: the numbers stay below 2^17, one machine digit of CPython's integers.
"""

from __future__ import annotations

from itertools import repeat

from study.bench.kernels import Kernel

STEP = 12_345
MODULUS = 65_521
"""The largest prime below 2^16: the answer tells any two lengths apart that differ by less than that."""


def spin(iterations: int) -> int:
    """Add `STEP` modulo `MODULUS`, `iterations` times."""
    value = 0
    for _ in repeat(None, iterations):
        value = (value + STEP) % MODULUS
    return value


def closed_form(iterations: int) -> int:
    """What the loop must come to."""
    return STEP * iterations % MODULUS


KERNEL = Kernel(spin, closed_form, lambda tasks, spins: [spins] * tasks, has_length=True)
