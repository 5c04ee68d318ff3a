"""How small a difference the calling rule sees: planned, and from the data."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

_NODES = 64
"""Of the integral over the spread that a run happens to show; the result is then exact to four digits."""
_HALVINGS = 40
_SECANTS, _CLOSE = 6, 1e-10
SPARED = 0.1
"""Share of the misses that the test and the floor are spared: what is promised is the power of the whole rule, and that the
printed interval must not hold 1 and the typical process must not point to the other side costs it up to a point and a half."""


def smallest_effect_planned(
    cv: float, rounds: int, *, tests: int = 1, floor: float = 0.0, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """Smallest relative difference between two equally noisy cells that the calling rule sees in this many rounds.

    Parameters
    ----------
    cv : float
        Standard deviation of the process means of one cell, divided by their average.
    rounds : int
        Planned rounds G.
    tests : int
        That are counted together: the level is that of Holm's first, hardest, step.
    floor : float
        Relative difference that equal cells show; what is called lies beyond it.
    power, alpha : float
        Wanted chance to call the difference; level of the family of two-sided tests.

    Returns
    -------
    float or None
        Relative difference, such as 0.03; `None` below five rounds.

    Raises
    ------
    ValueError
        for a negative or non-finite `cv` or `floor`, fewer than one test, probabilities outside (0, 1).

    Notes
    -----
    The rule calls a mean log-ratio M above max(log(1 + floor), t·s/√G). The chance of that is the mean of Φ over the
    chi distribution of s on G − 1 degrees of freedom; without a floor it is the noncentral t. It is solved for 82 %, where
    80 % are wanted: so many the rest of the rule leaves (`validate` counts them). Cells are taken as
    lognormal and independent, so what rounds have in common, and pairing removes, only makes it better.
    """
    spread = math.sqrt(2.0 * math.log1p(inputs.nonnegative(cv, "cv") ** 2))
    least = math.log1p(inputs.nonnegative(floor, "floor"))
    wanted, level = inputs.probability(power, "power"), inputs.probability(alpha, "alpha")
    wanted += SPARED * (1.0 - wanted)
    if tests < 1:
        raise ValueError(f"tests={tests}: expected 1 or more")
    if rounds < inputs.MIN_FOR_T:
        return None
    if spread == 0.0:
        return floor
    error = spread / math.sqrt(rounds)
    return math.expm1(error * _standardised(rounds - 1, level / tests, round(least / error, 6), wanted))


def smallest_effect(
    process_means: ArrayLike, *, tests: int = 1, floor: float = 0.0, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """Smallest relative change against an equal cell that the rounds of this cell would show.

    Parameters
    ----------
    process_means : array_like, shape (G,)
        One mean per process, 0 or more.
    tests, floor, power, alpha
        As in `smallest_effect_planned`, which this is at the spread seen.

    Returns
    -------
    float or None
        Relative difference; `None` below five processes or with an average of zero.

    Raises
    ------
    ValueError
        for another shape, negative or non-finite numbers.
    """
    x = inputs.series(process_means, "process_means")
    if x.size < inputs.MIN_FOR_T or not x.any():
        return None
    cv = math.sqrt(inputs.variance(x)) / inputs.mean(x)
    return smallest_effect_planned(cv, x.size, tests=tests, floor=floor, power=power, alpha=alpha)


@lru_cache(maxsize=4096)
def _standardised(df: int, level: float, floor: float, power: float) -> float:
    """The effect in standard errors of the mean log-ratio; `floor` likewise."""
    spreads, weights = _spreads(df)
    bounds = np.maximum(floor, quantiles.t_quantile(1.0 - level / 2.0, df) * spreads)

    def short(at: float) -> float:
        """What the chance to see this effect lacks."""
        return power - float(weights @ quantiles.normal_cdf(at - bounds))

    begin = quantiles.normal_quantile(power) + float(weights @ bounds)
    too_small, enough = _around(short, begin)
    low, high = quantiles.normal_quantile(power) - float(bounds.max()), 2.0 * float(bounds.max()) + 10.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        small = middle < enough and (middle <= too_small or short(middle) > 0.0)
        low, high = (middle, high) if small else (low, middle)
    return max(0.0, high)


def _around(short: Callable[[float], float], at: float) -> tuple[float, float]:
    """What is known to be too small and to be enough, close together: halving then needs a third of the integrals.

    Secants lead there; where they do not, nothing is known, and every half is looked at.
    """
    before, lacked = at + 0.1, short(at + 0.1)
    for _ in range(_SECANTS):
        lacks = short(at)
        if lacks == lacked:
            break
        at, before, lacked = at - lacks * (at - before) / (lacks - lacked), at, lacks
    below, above = at - _CLOSE, at + _CLOSE
    return below if short(below) > 0.0 else -math.inf, above if short(above) <= 0.0 else math.inf


@lru_cache(maxsize=256)
def _spreads(df: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quantiles of s/σ at the nodes of Gauss and Legendre, and their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    squares = [quantiles.chi2_quantile(float(node), df) / df for node in (nodes + 1.0) / 2.0]
    return np.sqrt(squares), weights / 2.0
