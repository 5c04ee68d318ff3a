"""Studies that might have been: rounds and single times drawn again, and ends widened for how few they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats as distributions

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resampled(t: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Mean times of resampled studies: what a round does to all of its times alike and the rest are drawn apart.

    Parameters
    ----------
    t : ndarray, shape (G, L)
        Times above 0, a row per round.
    resamples : int
    rng : Generator

    Returns
    -------
    ndarray, shape (resamples, L)

    Notes
    -----
    Ten whole rounds alone are few: their intervals hold the truth in 92 to 95 % of simulated studies, these in 95 to 97 %.
    """
    rounds, levels = t.shape
    logs = np.log(t) - np.log(t).mean(axis=0)
    together = logs.mean(axis=1)
    left = (logs - together[:, np.newaxis]) * math.sqrt(levels / (levels - 1.0))  # taking the mean off made it smaller
    common, rest = np.exp(together), np.exp(left)
    drawn = common[rng.integers(rounds, size=(resamples, rounds))][:, :, np.newaxis] * np.take_along_axis(
        rest[np.newaxis], rng.integers(rounds, size=(resamples, rounds, levels)), axis=1
    )
    return np.asarray(drawn.mean(axis=1) * t.mean(axis=0) / (common.mean() * rest.mean(axis=0)))


def t_for_few(rounds: int, confidence: float) -> float:
    """Student's t with what the variance of a resampled mean lacks, √(G/(G − 1)) (Hesterberg, Am. Stat. 69, 2015)."""
    return float(distributions.t.ppf(0.5 + confidence / 2.0, rounds - 1)) * math.sqrt(rounds / (rounds - 1))


def ends_as_far_out(drawn: NDArray[np.float64], rounds: int, confidence: float) -> tuple[float, float]:
    """Percentiles as far out as few rounds ask for."""
    tail = float(distributions.norm.cdf(-t_for_few(rounds, confidence)))
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return float(low), float(high)


def ends_stretched(drawn: NDArray[np.float64], point: float, rounds: int, confidence: float) -> tuple[float, float]:
    """Percentiles of numbers of 0 or more, stretched on logarithms away from the point, as few rounds ask for."""
    tail = (1.0 - confidence) / 2.0
    ends = np.quantile(drawn, [tail, 1.0 - tail], method="nearest")
    more = t_for_few(rounds, confidence) / -float(distributions.norm.ppf(tail))
    with np.errstate(divide="ignore"):
        low, high = point * np.exp(more * np.log(ends / point))
    return min(float(low), point), max(float(high), point)
