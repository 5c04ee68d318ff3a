"""Where the level of a machine's runs changes for good: steps in a short series of whole runs.

`changepoints` is for the hundred values of a process: its price of a change of level and scatter together hides 30 % in a
dozen runs of a machine that moves by 3 %.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from study.stats import inputs, quantiles
from study.stats.apart import LARGEST_LOG
from study.stats.calling import LEVEL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

FEWEST = 5
"""Runs in which a step can be told."""
_NEAR = 1
"""A step lies where something is known to have changed, if that is no more than so many runs away."""


class Step(NamedTuple):
    """From run `at` on (counted from 0) the level is `ratio` times what it was, with a 95 % interval."""

    at: int
    ratio: float
    low: float
    high: float


def steps(levels: ArrayLike, known: Collection[int] = (), *, level: float = LEVEL) -> tuple[Step, ...]:
    """Steps in the levels of runs, the oldest first.

    Parameters
    ----------
    levels : array_like, shape (K,)
        Logarithms.
    known : collection of int
        Runs from which on something about the machine is known to be another: of neighbouring places these are taken.
    level : float
        With what probability, at most, a series without a step has one.

    Returns
    -------
    tuple of Step
        In order; empty below five runs.

    Raises
    ------
    ValueError
        for another shape or numbers that are not finite.

    Notes
    -----
    Binary segmentation (Scott & Knott 1974): the split with the largest pooled t, if its p value, times the number of splits
    that were looked at, is below the level; then the same on either side. A segment has two runs at least; at the end of
    the series one, so that the newest run is told at once.
    """
    x = inputs.series(levels, "levels", signed=True)
    found = sorted(_splits(x, 0, x.size, frozenset(known), level))
    edges = [0, *found, x.size]
    return tuple(
        _step(x[before:at], x[at:after], at)
        for before, at, after in zip(edges[:-2], edges[1:-1], edges[2:], strict=True)
    )


def _splits(x: NDArray[np.float64], begin: int, end: int, known: frozenset[int], level: float) -> Iterator[int]:
    """Where one segment is cut, and what is cut off of it again."""
    last = end - 1 if end == x.size else end - 2
    places = range(begin + 2, last + 1)
    if end - begin < FEWEST or not places:
        return
    p_values = {at: _p(x[begin:at], x[at:end]) * len(places) for at in places}
    best = min(p_values, key=lambda at: (p_values[at], at))
    near = [at for at in known if at in p_values and abs(at - best) <= _NEAR and p_values[at] < level]
    at = min(near, key=lambda place: p_values[place]) if near else best
    if p_values[at] >= level:
        return
    yield at
    yield from _splits(x, begin, at, known, level)
    yield from _splits(x, at, end, known, level)


def _pooled(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float]:
    """Standard error of the difference of two means, equal variances taken for granted; and its degrees of freedom."""
    df = before.size + after.size - 2.0
    squares = math.fsum(float(((side - side.mean()) ** 2).sum()) for side in (before, after))
    variance = max(inputs.NEXT_TO_ZERO, squares / df)
    return math.sqrt(variance * (1.0 / before.size + 1.0 / after.size)), df


def _p(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    error, df = _pooled(before, after)
    return quantiles.t_two_sided_p(float(after.mean() - before.mean()) / error, df)


def _step(before: NDArray[np.float64], after: NDArray[np.float64], at: int) -> Step:
    error, df = _pooled(before, after)
    gap = float(after.mean() - before.mean())
    reach = quantiles.t_quantile(0.975, df) * error
    return Step(at, math.exp(gap), math.exp(gap - reach), math.exp(min(gap + reach, LARGEST_LOG)))
