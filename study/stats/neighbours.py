"""Whether rounds are like their neighbours, and how much of that so few rounds would show."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from study.stats import inputs
from study.stats.calling import LEVEL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_SERIES, _SEED = 20_000, 1


def lag_1(per_round: ArrayLike) -> float | None:
    """Correlation of a round with the one before it, without what few rounds take off it.

    Parameters
    ----------
    per_round : array_like, shape (G,)
        One number per round in order, for instance process means.

    Returns
    -------
    float or None
        About 0 where rounds are independent, of a cell alone anywhere within ±0.5: an average over many cells tells.
        `None` below five rounds, or where nothing varies.

    Raises
    ------
    ValueError
        for another shape or non-finite numbers.

    Notes
    -----
    The usual estimate is off by −(1 + 4ρ)/G (Marriott & Pope, Biometrika 41, 1954); solved for ρ.
    """
    x = inputs.series(per_round, "per_round", signed=True)
    if x.size < inputs.MIN_FOR_T or inputs.variance(x) <= inputs.NEXT_TO_ZERO:
        return None
    return float((_usual(x[np.newaxis])[0] + 1.0 / x.size) / (1.0 - 4.0 / x.size))


@lru_cache(maxsize=64)
def neighbours_power(rounds: int, correlation: float) -> float | None:
    """In how many of cells with so many rounds, correlated so from one to the next, a one-sided test at 5 % says so.

    Parameters
    ----------
    rounds : int
        G.
    correlation : float
        Of neighbours, 0 to below 1 (autoregressive).

    Returns
    -------
    float or None
        `None` below five rounds.

    Notes
    -----
    By 20 000 simulated series of normal numbers, of a seed that is always the same.
    """
    if rounds < inputs.MIN_FOR_T:
        return None
    limit = np.quantile(_usual(_series(rounds, 0.0)), 1.0 - LEVEL)
    return float(np.mean(_usual(_series(rounds, correlation)) > limit))


def _usual(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """The usual estimate of each of (K, G) series."""
    apart = series - series.mean(axis=1, keepdims=True)
    return np.asarray((apart[:, 1:] * apart[:, :-1]).sum(axis=1) / (apart**2).sum(axis=1))


def _series(rounds: int, correlation: float) -> NDArray[np.float64]:
    x = np.random.default_rng(_SEED).normal(size=(_SERIES, rounds))
    for index in range(1, rounds):
        x[:, index] = correlation * x[:, index - 1] + math.sqrt(1.0 - correlation**2) * x[:, index]
    return x
