"""How many modes a sample shows on the log scale, and their shares."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats import inputs
from study.stats.shares import share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from study.findings import Estimate

MOST_MODES = 4
FEWEST_VALUES = 10
SMALLEST_SHARE = 0.05
"""A mode holds at least this share of the sample, and two values: a single outlier is none."""

_VALLEY = 0.5
"""Between two modes the density falls below this share of the lower one's peak."""

_SMALLEST_SD = 0.001


class Mode(NamedTuple):
    """One mode: its median, smallest and largest value (unit of the sample), and its share of the sample."""

    median: float
    low: float
    high: float
    share: Estimate


def modes(values: ArrayLike, *, confidence: float = 0.95) -> tuple[Mode, ...]:
    """Modes of a sample, smallest first.

    Parameters
    ----------
    values : array_like, shape (G,)
        One number per process, above 0. Single events of *one* process may be given too, but then the intervals of the
        shares hold for that process only: events of several processes must not be pooled.
    confidence : float
        Of each share's exact interval (Clopper & Pearson); `n` of a share is G.

    Returns
    -------
    tuple of Mode
        One to four. One where the sample has fewer than ten values, too few to tell; none where it is empty.

    Raises
    ------
    ValueError
        for another shape, numbers that are not finite and above 0.

    Notes
    -----
    Own choice. For every number of modes k the split of the sorted logarithms with the smallest sum of squares is found
    exactly (dynamic programming). k is chosen by G·ln(sum of squares / G) + 2·G·(entropy of the shares) + 4·k·ln G, the
    classification likelihood of k normal modes of one width with a BIC-like penalty: it does not split a normal, nor a
    uniform distribution, however large the sample. Skewed ones it might, so a split must also show a valley: a kernel
    estimate of the density falls between neighbours below half of the lower peak. The shares' intervals take the split
    as given.
    """
    x = np.sort(inputs.series(values, "values"))
    if x.size and x[0] == 0.0:
        raise ValueError("values: a zero has no logarithm")
    if x.size == 0:
        return ()
    bounds = _split(np.log(x)) if x.size >= FEWEST_VALUES else (0, x.size)
    return tuple(
        Mode(
            float(np.median(x[start:end])),
            float(x[start]),
            float(x[end - 1]),
            share(end - start, x.size, confidence=confidence),
        )
        for start, end in itertools.pairwise(bounds)
    )


def _split(logs: NDArray[np.float64]) -> tuple[int, ...]:
    """Bounds of the modes in sorted logarithms: 0, …, size."""
    size = logs.size
    smallest = max(2, math.ceil(SMALLEST_SHARE * size))
    found = []
    for inside, bounds in _best_splits(logs, smallest):
        shares = np.diff(bounds) / size
        entropy = -math.fsum((shares * np.log(shares)).tolist())
        width = max(inside / size, _SMALLEST_SD**2)
        count = len(bounds) - 1
        found.append((size * (math.log(width) + 2.0 * entropy) + 4.0 * count * math.log(size), bounds, width))
    return next(bounds for _, bounds, width in sorted(found) if _has_valleys(logs, bounds, math.sqrt(width)))


def _best_splits(logs: NDArray[np.float64], smallest: int) -> list[tuple[float, tuple[int, ...]]]:
    """For 1 … 4 groups of at least `smallest`: the least sum of squares inside groups, and the bounds."""
    size = logs.size
    centred = logs - inputs.mean(logs)
    total = np.concatenate(([0.0], np.cumsum(centred)))
    squares = np.concatenate(([0.0], np.cumsum(centred**2)))
    best = np.full(size + 1, math.inf)
    best[0] = 0.0
    steps: list[NDArray[np.int64]] = []
    found = []
    for groups in range(1, min(MOST_MODES, size // smallest) + 1):
        after, last = np.full(size + 1, math.inf), np.zeros(size + 1, dtype=np.int64)
        for end in range(groups * smallest, size + 1):
            starts = np.arange(end - smallest + 1)
            inside = squares[end] - squares[starts] - (total[end] - total[starts]) ** 2 / (end - starts)
            costs = best[starts] + np.maximum(inside, 0.0)
            last[end] = int(np.argmin(costs))
            after[end] = costs[last[end]]
        best = after
        steps.append(last)
        bounds = [size]
        for step in reversed(steps):
            bounds.append(int(step[bounds[-1]]))
        found.append((float(best[size]), tuple(reversed(bounds))))
    return found


def _has_valleys(logs: NDArray[np.float64], bounds: tuple[int, ...], width: float) -> bool:
    """Whether the density dips between each two neighbouring groups."""
    if len(bounds) == 2:
        return True
    band = 1.06 * width * logs.size**-0.2
    groups = list(itertools.pairwise(bounds))
    for (start, middle), (_, end) in itertools.pairwise(groups):
        left, right = float(np.median(logs[start:middle])), float(np.median(logs[middle:end]))
        grid = np.linspace(left, right, 41)
        density = np.array([inputs.mean(np.exp(-0.5 * ((logs - at) / band) ** 2)) for at in grid])
        lowest = int(np.argmin(density))
        if density[lowest] >= _VALLEY * min(density[: lowest + 1].max(), density[lowest:].max()):
            return False
    return True
