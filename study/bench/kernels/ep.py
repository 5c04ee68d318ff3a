"""Pairs of Gaussian numbers tallied ("embarrassingly parallel"): NumPy over arrays, the GIL released in the loops.

The problem (NAS Parallel Benchmarks, kernel EP): the sequence x' = 5^13 x mod 2^46 begun at 271828183 gives numbers
x / 2^46 in (0, 1), taken two at a time as a point of the square (-1, 1)². A point with t = u² + v² <= 1 gives the two
Gaussian numbers u √(-2 ln t / t) and v √(-2 ln t / t). Wanted are their sums, and how many pairs have the larger one,
without sign, in [0, 1), [1, 2), … Task k does the k-th 2^16 pairs, jumping to their place in the sequence.
"""

from __future__ import annotations

from functools import cache
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from study.bench.kernels import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

MULTIPLIER = 5**13
SEED = 271_828_183
BITS = 46
BATCH_BITS = 16
RINGS = 10
KNOWN = (
    (51_285, "77.723215", "27.905540"),
    (51_371, "-12.653313", "-162.077172"),
    (51_435, "220.401615", "-113.702366"),
    (51_367, "-98.151619", "-131.866835"),
    (51_593, "-61.140935", "-93.100434"),
    (51_341, "44.479945", "-165.729377"),
    (51_612, "42.611128", "106.004684"),
    (51_445, "164.375464", "548.828729"),
    (51_523, "160.131784", "-165.424010"),
    (51_477, "-164.423000", "-102.296877"),
    (51_544, "-41.551103", "329.157214"),
    (51_458, "146.341237", "-168.903309"),
    (51_627, "-87.397329", "-183.556225"),
    (51_414, "-173.766223", "50.897100"),
    (51_588, "402.627768", "74.305213"),
    (51_481, "54.556437", "-1.255859"),
)
"""(Pairs in the circle, sum of u, sum of v) of the first batches. The sums of the first 1, 4 and 16 are published."""


class Tally(NamedTuple):
    """Sums of both Gaussian numbers, and pairs in each ring."""

    sum_x: float
    sum_y: float
    rings: tuple[int, ...]

    @property
    def pairs(self) -> int:
        """Pairs inside the circle."""
        return sum(self.rings)


@cache
def _powers() -> Any:  # noqa: ANN401 - an array; numpy is not imported for a name
    """MULTIPLIER^1 … MULTIPLIER^(2 · 2^16) mod 2^46, unsigned 64-bit: their products wrap around at a multiple of 2^46."""
    import numpy as np

    powers = np.array([MULTIPLIER], dtype=np.uint64)
    while len(powers) < 2 << BATCH_BITS:
        powers = np.concatenate([powers, powers * powers[-1] & np.uint64((1 << BITS) - 1)])
    return powers


def batch(number: int) -> Tally:
    """Tally the batch of 2^16 pairs with this number."""
    import numpy as np

    begin = SEED * pow(MULTIPLIER, number * (2 << BATCH_BITS), 1 << BITS) % (1 << BITS)
    uniform = (_powers() * np.uint64(begin) & np.uint64((1 << BITS) - 1)).astype(np.float64)
    uniform *= 2.0 ** (1 - BITS)
    uniform -= 1.0
    u, v = uniform[0::2], uniform[1::2]
    t = u * u + v * v
    inside = t <= 1.0
    u, v, t = u[inside], v[inside], t[inside]
    stretch = np.sqrt(-2.0 * np.log(t) / t)
    u *= stretch
    v *= stretch
    rings = np.bincount(np.maximum(np.abs(u), np.abs(v)).astype(np.intp), minlength=RINGS)
    return Tally(float(u.sum()), float(v.sum()), tuple(rings.tolist()))


def together(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    every = list(tallies)
    rings = tuple(sum(ring) for ring in zip(*(tally.rings for tally in every), strict=True))
    return Tally(fsum(tally.sum_x for tally in every), fsum(tally.sum_y for tally in every), rings)


def ep(index: int) -> tuple[int, str, str]:
    """(Pairs, both sums to six digits) of one of the first 16 batches: the seventeenth task does the first again."""
    tally = batch(index % len(KNOWN))
    return tally.pairs, f"{tally.sum_x:.6f}", f"{tally.sum_y:.6f}"


KERNEL = Kernel(ep, lambda index: KNOWN[index % len(KNOWN)], prepare=_powers)
