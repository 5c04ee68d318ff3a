"""Where the level or the scatter of one process' series changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.stats import inputs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SHORTEST_SEGMENT = 3
PENALTY_PER_LOG = 15.0
"""Each change costs 15·ln(values), as in warmup_stats."""

_SMALLEST_SD = 0.001
"""Scatter that a segment has at least, relative."""

_LARGEST_STEP = 0.2
"""A coarser step, relative, is a change of level and not a clock's."""

_WINDOW = 21
_REACH = 3.0
_LEAST_REACH = 0.01


def changepoints(series: ArrayLike, *, shortest: int = SHORTEST_SEGMENT) -> tuple[int, ...]:
    """Indices at which a new segment begins, in a series of times of one process.

    Parameters
    ----------
    series : array_like, shape (V,)
        Times of one process in order, seconds, above 0.
    shortest : int
        Values that a segment has at least, 2 or more. A single cold value therefore opens a segment of `shortest`.

    Returns
    -------
    tuple of int
        Increasing, none is 0; empty where nothing changes or there are fewer than 2·`shortest` values.

    Raises
    ------
    ValueError
        for another shape, numbers that are not finite and above 0, segments shorter than two.

    Notes
    -----
    The segmentation with the smallest Σ n·ln(variance) + 15·ln(V) per change: normal likelihood with a mean and a
    variance for each segment, on logarithms because times are skewed. Found exactly, in V² steps (Jackson et al., IEEE
    Signal Processing Letters 12, 2005); PELT (Killick et al., JASA 107, 2012) finds the same faster. Penalty of Barrett
    et al., OOPSLA 2017.
    """
    logs = _logs(series)
    if shortest < 2:
        raise ValueError(f"shortest={shortest}: a variance needs two values")
    count = logs.size
    if count < 2 * shortest:
        return ()
    penalty, least = PENALTY_PER_LOG * math.log(count), _least_variance(logs)
    centred = logs - inputs.mean(logs)
    total = np.concatenate(([0.0], np.cumsum(centred)))
    squares = np.concatenate(([0.0], np.cumsum(centred**2)))
    best = np.full(count + 1, math.inf)
    best[0] = -penalty
    last = np.zeros(count + 1, dtype=np.int64)
    falling = np.arange(count, 0, -1)
    for end in range(shortest, count + 1):
        starts = slice(end - shortest + 1)
        sizes = falling[count - end :][starts]
        spread = (squares[end] - squares[starts]) / sizes - ((total[end] - total[starts]) / sizes) ** 2
        costs = best[starts] + penalty + sizes * np.log(np.maximum(spread, least))
        last[end] = int(np.argmin(costs))
        best[end] = costs[last[end]]
    found: list[int] = []
    at = int(last[count])
    while at > 0:
        found.append(at)
        at = int(last[at])
    return tuple(reversed(found))


def isolated_outliers(series: ArrayLike) -> NDArray[np.bool_]:
    """Mark single values that stand far from their neighbours, such as one interrupted by another program.

    Parameters
    ----------
    series : array_like, shape (V,)
        As in `changepoints`.

    Returns
    -------
    ndarray of bool, shape (V,)
        True where the logarithm lies further from the median of the 21 values around it than three times their 10–90 %
        range, and than 1 %; at the ends the first and last 21 values are the neighbours. What would be marked in one
        piece from the first value on is not: cold values are wanted. Nor is anything in a series of fewer than 21, nor
        three slow values in one window: that is no interruption.

    Raises
    ------
    ValueError
        as `changepoints`.

    Notes
    -----
    The rule of Barrett et al., OOPSLA 2017, with a shorter window.
    """
    logs = _logs(series)
    marked = np.zeros(logs.size, dtype=np.bool_)
    if logs.size < _WINDOW:
        return marked
    half = _WINDOW // 2
    windows = np.lib.stride_tricks.sliding_window_view(logs, _WINDOW)
    at = np.clip(np.arange(logs.size) - half, 0, windows.shape[0] - 1)
    low, middle, high = np.quantile(windows, (0.1, 0.5, 0.9), axis=1)
    reach = np.maximum(_REACH * (high - low), _LEAST_REACH)
    marked = np.abs(logs - middle[at]) > reach[at]
    marked[: int(np.argmin(marked))] = False
    return np.asarray(marked, dtype=np.bool_)


def _least_variance(logs: NDArray[np.float64]) -> float:
    """Variance below which a segment's is not believed: equal readings of a coarse clock hide that of the rounding."""
    steps = np.diff(np.unique(logs))
    step = min(float(steps.min()), _LARGEST_STEP) if steps.size else 0.0
    return float(max(_SMALLEST_SD**2, step**2 / 12.0))


def _logs(series: ArrayLike) -> NDArray[np.float64]:
    """Logarithms of a series of times."""
    x = inputs.series(series, "series")
    if bool((x == 0.0).any()):
        raise ValueError("series: a zero has no logarithm")
    return np.asarray(np.log(x), dtype=np.float64)
