"""METG: how long a task must be before workers spend half of their time on it (Slaughter et al., SC'20)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from study.findings import Estimate
from study.scaling.dispatched import FEWEST_FOR_LAW, PARAMETERS, law_crossing
from study.scaling.resampling import ends_stretched, resampled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

RESAMPLES = 500
MIN_ROUNDS = 5
LEAST_FIT_P = 0.05
"""p of the lack of fit below which the law of a pool is not what is interpolated with."""
_BY_LAW = "max(c, o + s·w) by weighted least squares"
_BETWEEN = "straight line between two grains"
_RESAMPLED = "bootstrap over rounds and times widened to Student's t"


def granularities(elapsed_s: ArrayLike, tasks: ArrayLike, workers: int) -> NDArray[np.float64]:
    """Seconds of all workers that a task takes, useful or not.

    Parameters
    ----------
    elapsed_s : array_like, shape (G, L)
        Seconds of all tasks of a grain on the workers, round by round.
    tasks : array_like, shape (L,)
        How many tasks there are of each grain.
    workers : int
        1 or more.

    Returns
    -------
    ndarray, shape (G, L)
        workers × elapsed ÷ tasks. The average useful grain over the average of this is the efficiency.

    Raises
    ------
    ValueError
        for shapes that do not fit, times that are not above 0, fewer than one worker.
    """
    t, n = np.asarray(elapsed_s, dtype=np.float64), np.asarray(tasks, dtype=np.float64)
    if t.ndim != 2 or n.shape != t.shape[1:] or workers < 1:
        raise ValueError(f"shapes {t.shape}, {n.shape}, {workers} workers: expected rounds × grains, and grains")
    if not bool(np.all(t > 0) and np.all(n > 0)):
        raise ValueError("times and tasks must be above 0")
    return np.asarray(workers * t / n)


def metg(
    grain_s: ArrayLike, granularity_s: ArrayLike, *, level: float = 0.5, confidence: float = 0.95, seed: int = 1
) -> Estimate:
    """Smallest useful grain at which the efficiency reaches `level` for good.

    Parameters
    ----------
    grain_s : array_like, shape (G, L)
        Useful seconds of one task, measured serially in the same rounds, for L grains.
    granularity_s : array_like, shape (G, L)
        Seconds of all workers for one task, as `granularities` gives them.
    level : float
        0.5 for METG(50 %).
    seed : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        Seconds of useful work in one task; where the efficiency is above the level at every grain, or below it at the
        longest, `None` with the reason. A bound beyond the grains that were measured is 0 or infinite.

    Raises
    ------
    ValueError
        for shapes that do not fit, or times that are not above 0.

    Notes
    -----
    Efficiency is the ratio of the averages w ÷ g(w), so what is solved is w = level·g(w). g is max(c, o + s·w), what a pool
    takes whose dispatcher or whose workers limit, where that fits; else a straight line between the two grains on either
    side. An isotonic fit is worse: it lifts the end of a level stretch, and held the truth in 70 to 88 % of studies of a
    pool whose dispatcher limits. The grain is useful work alone; Task Bench's granularity includes the overhead: at 50 %
    it is twice this.
    """
    w, g = (np.asarray(times, dtype=np.float64) for times in (grain_s, granularity_s))
    if w.shape != g.shape or w.ndim != 2:
        raise ValueError(f"shapes {w.shape} and {g.shape}: expected rounds × grains of both")
    if not bool(np.all(w > 0) and np.all(g > 0)):
        raise ValueError("times must be above 0")
    order = np.argsort(w.mean(axis=0)) if w.size else np.arange(w.shape[1])
    w, g = w[:, order], g[:, order]
    rounds, grains = w.shape
    point = float(_between(w.mean(axis=0)[None], g.mean(axis=0)[None], level)[0]) if w.size else math.nan
    low = high = None
    reason, how = "", _BETWEEN
    if not w.size:
        reason = "no round was measured"
    elif math.isinf(point) or point == 0.0:
        side = "below" if point > 0 else "above"
        reason = f"the efficiency is {side} {level:.0%} at {'the longest' if point > 0 else 'every'} grain measured"
        point = math.nan
    elif rounds < MIN_ROUNDS:
        reason = f"{rounds} rounds are too few for an interval: {MIN_ROUNDS} are needed"
    else:
        drawn = resampled(np.hstack([w, g])[np.newaxis], RESAMPLES, np.random.default_rng(seed))[:, :, 0].T
        crossing = _between
        if _law_fits(w, g):
            by_law = float(law_crossing(w.mean(axis=0)[None], g.mean(axis=0)[None], level)[0][0])
            if 0.0 < by_law < math.inf:
                point, crossing, how = by_law, _by_law, _BY_LAW
        low, high = ends_stretched(crossing(drawn[:, :grains], drawn[:, grains:], level), point, rounds, confidence)
    return Estimate(
        point=point if math.isfinite(point) else None,
        low=low,
        high=high,
        n=rounds,
        unit="s",
        estimand="fitted",
        method=f"ratio of averages, {how}, {_RESAMPLED}",
        confidence=confidence,
        reason=reason,
    )


def _law_fits(w: NDArray[np.float64], g: NDArray[np.float64]) -> bool:
    """F test of the law's distance from the averages against the scatter of single times about their round and grain."""
    rounds, grains = g.shape
    if grains < FEWEST_FOR_LAW:
        return False
    squares = float(law_crossing(w.mean(axis=0)[None], g.mean(axis=0)[None], 0.5)[1][0])
    logs = np.log(g) - np.log(g).mean(axis=0)
    left = (rounds - 1) * (grains - 1)
    pure = float(np.sum((logs - logs.mean(axis=1, keepdims=True)) ** 2)) / left
    free = grains - PARAMETERS
    p = fdtrc(free, left, rounds * squares / free / max(pure, 1e-18))
    return bool(p > LEAST_FIT_P)


def _by_law(w: NDArray[np.float64], g: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    return law_crossing(w, g, level)[0]


def _between(w: NDArray[np.float64], g: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Where w − level·g last comes from below 0, by a straight line; 0 where it never is, infinite where it still is."""
    away = w - level * g
    last = w.shape[1] - 1
    below = away < 0
    at = np.where(below.any(axis=1), last - np.argmax(below[:, ::-1], axis=1), -1)
    rows, left = np.arange(len(w)), np.clip(at, 0, max(last - 1, 0))
    right = np.minimum(left + 1, last)
    rise = away[rows, right] - away[rows, left]
    step = -away[rows, left] / np.where(rise > 0, rise, 1.0)
    found = w[rows, left] + step * (w[rows, right] - w[rows, left])
    return np.where(at < 0, 0.0, np.where(at == last, np.inf, found))
