"""METG: how long a task must be before workers spend half of their time on it (Slaughter et al., SC'20)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import isotonic_regression

from study.findings import Estimate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

RESAMPLES = 400
MIN_ROUNDS = 5
_METHOD = "isotonic regression of efficiency on the logarithm of the grain, percentile bootstrap over rounds"


def efficiencies(grain_s: ArrayLike, elapsed_s: ArrayLike, tasks: ArrayLike, workers: int) -> NDArray[np.float64]:
    """Share of the workers' time that is useful work, round by round.

    Parameters
    ----------
    grain_s : array_like, shape (G, L)
        Useful seconds of one task, measured serially in the same rounds, for L grains.
    elapsed_s : array_like, shape (G, L)
        Seconds of all tasks of a grain on the workers.
    tasks : array_like, shape (L,)
        How many tasks there are of each grain.
    workers : int
        1 or more.

    Returns
    -------
    ndarray, shape (G, L)
        tasks × grain ÷ (workers × elapsed); above 1 where a task is faster on a worker than in the serial loop.

    Raises
    ------
    ValueError
        for shapes that do not fit, times that are not above 0, fewer than one worker.
    """
    w, t = (np.asarray(each, dtype=np.float64) for each in (grain_s, elapsed_s))
    n = np.asarray(tasks, dtype=np.float64)
    if w.shape != t.shape or w.ndim != 2 or n.shape != w.shape[1:] or workers < 1:
        raise ValueError(f"shapes {w.shape}, {t.shape}, {n.shape}, {workers} workers: expected rounds × grains of both")
    if not bool(np.all(w > 0) and np.all(t > 0)):
        raise ValueError("times must be above 0")
    return np.asarray(n * w / (workers * t))


def metg(
    grain_s: ArrayLike, efficiency: ArrayLike, *, level: float = 0.5, confidence: float = 0.95, seed: int = 1
) -> Estimate:
    """Smallest useful grain at which the efficiency reaches `level`.

    Parameters
    ----------
    grain_s, efficiency : array_like, shape (G, L)
        Of each round and grain, as in `efficiencies`.
    level : float
        0.5 for METG(50 %).
    seed : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        Seconds of useful work in one task; where the efficiency is above the level at every grain, or below it at every
        one, `None` with the reason. A bound beyond the grains that were measured is 0 or infinite.

    Raises
    ------
    ValueError
        for shapes that do not fit.

    Notes
    -----
    Task Bench interpolates between two measured points; the isotonic fit uses all of them, because efficiency cannot fall
    as tasks grow. The grain here is useful work alone; Task Bench's granularity includes the overhead: at 50 % it is
    twice this.
    """
    w, e = (np.asarray(each, dtype=np.float64) for each in (grain_s, efficiency))
    if w.shape != e.shape or w.ndim != 2:
        raise ValueError(f"shapes {w.shape} and {e.shape}: expected rounds × grains of both")
    order = np.argsort(w.mean(axis=0)) if w.size else np.arange(w.shape[1])
    w, e = w[:, order], e[:, order]
    rounds = w.shape[0]
    point = _crossing(w.mean(axis=0), e.mean(axis=0), level) if w.size else math.nan
    low = high = None
    reason = ""
    if not w.size:
        reason = "no round was measured"
    elif math.isinf(point):
        side = "below" if point > 0 else "above"
        reason = f"the efficiency is {side} {level:.0%} at every grain measured"
    elif rounds < MIN_ROUNDS:
        reason = f"{rounds} rounds are too few for an interval: {MIN_ROUNDS} are needed"
    else:
        picks = np.random.default_rng(seed).integers(rounds, size=(RESAMPLES, rounds))
        drawn = [_crossing(w[pick].mean(axis=0), e[pick].mean(axis=0), level) for pick in picks]
        tail = (1.0 - confidence) / 2.0
        low, high = (float(end) for end in np.quantile(drawn, [tail, 1.0 - tail], method="nearest"))
        low, high = max(min(low, point), 0.0), max(high, point)
    return Estimate(
        point=point if math.isfinite(point) else None,
        low=low,
        high=high,
        n=rounds,
        unit="s",
        estimand="average",
        method=_METHOD,
        confidence=confidence,
        reason=reason,
    )


def _crossing(grain_s: NDArray[np.float64], efficiency: NDArray[np.float64], level: float) -> float:
    """The grain at which the rising fit reaches the level; infinite where it never does, −infinite where it always has."""
    rising = isotonic_regression(efficiency).x
    if rising[-1] < level:
        return math.inf
    if rising[0] >= level:
        return -math.inf
    above = int(np.argmax(rising >= level))
    step = (level - rising[above - 1]) / (rising[above] - rising[above - 1])
    logs = np.log(grain_s)
    return float(math.exp(logs[above - 1] + step * (logs[above] - logs[above - 1])))
