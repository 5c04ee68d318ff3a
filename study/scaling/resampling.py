"""Studies that might have been: rounds and single times drawn again, and ends widened for how few they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit  # not scipy.stats: the same functions, a fifth of the import

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resampled(t: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Mean times of resampled studies: what a round does to all of its times alike and the rest are drawn apart.

    Parameters
    ----------
    t : ndarray, shape (S, G, L)
        Times above 0 of S studies, a row per round. In all studies the same rounds are drawn.
    resamples : int
    rng : Generator

    Returns
    -------
    ndarray, shape (L, resamples, S)

    Notes
    -----
    Ten whole rounds alone are few: their intervals hold the truth in 92 to 95 % of simulated studies, these in 95 to 97 %.
    """
    _, rounds, levels = t.shape
    logs = np.log(t)
    logs -= logs.mean(axis=1, keepdims=True)
    together = logs.mean(axis=2, keepdims=True)
    left = (logs - together) * math.sqrt(levels / (levels - 1.0))  # taking the mean off made it smaller
    common, rest = np.exp(together[:, :, 0]), np.exp(left)
    common, rest = common / common.sum(axis=1, keepdims=True), rest / rest.sum(axis=1, keepdims=True)
    drawn = _how_often(rounds, (levels, resamples), rng) @ rest.transpose(2, 1, 0)
    drawn *= _how_often(rounds, (resamples,), rng) @ common.T
    drawn *= t.mean(axis=1).T[:, np.newaxis]
    return np.asarray(drawn)


def _how_often(rounds: int, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each round is drawn where as many are drawn as there are; shape (*shape, rounds), whole numbers."""
    draws = math.prod(shape)
    places = rng.integers(rounds, size=(draws, rounds)) + rounds * np.arange(draws)[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=draws * rounds).reshape(*shape, rounds).astype(np.float64)


def t_for_few(rounds: int, confidence: float) -> float:
    """Student's t with what the variance of a resampled mean lacks, √(G/(G − 1)) (Hesterberg, Am. Stat. 69, 2015)."""
    return float(stdtrit(rounds - 1, 0.5 + confidence / 2.0)) * math.sqrt(rounds / (rounds - 1))


def ends_as_far_out(drawn: NDArray[np.float64], rounds: int, confidence: float) -> NDArray[np.float64]:
    """Percentiles of each row as far out as few rounds ask for: shape (S, resamples) gives (2, S)."""
    tail = float(ndtr(-t_for_few(rounds, confidence)))
    return np.asarray(np.quantile(drawn, [tail, 1.0 - tail], axis=-1, method="nearest"))


def ends_stretched(drawn: NDArray[np.float64], point: float, rounds: int, confidence: float) -> tuple[float, float]:
    """Percentiles of numbers of 0 or more, stretched on logarithms away from the point, as few rounds ask for."""
    tail = (1.0 - confidence) / 2.0
    ends = np.quantile(drawn, [tail, 1.0 - tail], method="nearest")
    more = t_for_few(rounds, confidence) / -float(ndtri(tail))
    with np.errstate(divide="ignore"):
        low, high = point * np.exp(more * np.log(ends / point))
    return min(float(low), point), max(float(high), point)
