"""Where the next sitting of a machine finds a number: by how much the sittings that are stored moved.

An interval from the rounds of one run speaks of that sitting alone. Here the sittings are the unit: one level each, on the
logarithmic scale, of the number as it is printed (an average of a cell, or a ratio inside a run).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from study.findings import Unit

FEWEST_SITTINGS = 4
"""Below, how much a machine moves is not known."""
NOT_KNOWN = "how much another sitting moves is not known here"

_METHOD = (
    "prediction interval of the next sitting: Student's t on logarithms of the sittings' levels, their variance shrunk"
    " towards that of its class (empirical Bayes)"
)
_NEXT_TO_NOTHING = 1e-5
"""Of the class's median variance: a cell that moved less by accident has this; a logarithm needs more than nothing."""


def squeezed(levels: ArrayLike, errors: ArrayLike) -> NDArray[np.float64]:
    """How much each cell of a class moves from sitting to sitting: its own variance, shrunk towards that of the class.

    Parameters
    ----------
    levels, errors : array_like, shape (K, C)
        Logarithms of C cells' levels in K sittings, and the squared standard errors of these logarithms.

    Returns
    -------
    ndarray, shape (C,)
        Variance of a cell's level over sittings, its scatter inside them included; never below what that scatter alone
        makes of it.

    Raises
    ------
    ValueError
        for unequal or other shapes, fewer than two sittings, numbers that are not finite, a negative error.

    Notes
    -----
    Smyth (2004), as in limma's squeezeVar: variances of a class follow a scaled inverse χ², fitted by the mean and the
    variance of their logarithms. With few sittings a cell's own variance is hardly known, that of its class is.
    """
    m, v = np.asarray(levels, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if m.ndim != 2 or m.shape != v.shape or m.shape[0] < 2:
        raise ValueError(f"expected two tables of sittings × cells, two sittings at least, got {m.shape} and {v.shape}")
    if not bool(np.isfinite(m).all() and np.isfinite(v).all() and (v >= 0.0).all()):
        raise ValueError("levels and errors must be finite, and errors not negative")
    own, inside = m.var(axis=0, ddof=1), v.mean(axis=0)
    df = m.shape[0] - 1.0
    middle = float(np.median(own))
    if own.size < 2 or middle == 0.0:
        return np.asarray(np.maximum(own, inside), dtype=np.float64)
    logs = np.log(np.maximum(own, _NEXT_TO_NOTHING * middle)) - quantiles.digamma(df / 2.0) + math.log(df / 2.0)
    excess = float(logs.var(ddof=1)) - quantiles.trigamma(df / 2.0)
    if excess <= 0.0:  # the cells of the class move alike
        shrunk = np.full_like(own, float(own.mean()))
    else:
        prior = 2.0 * quantiles.trigamma_inverse(excess)
        usual = math.exp(float(logs.mean()) + quantiles.digamma(prior / 2.0) - math.log(prior / 2.0))
        shrunk = (prior * usual + df * own) / (prior + df)
    return np.asarray(np.maximum(shrunk, inside), dtype=np.float64)


def next_sitting(levels: ArrayLike, moves: float, unit: Unit, *, confidence: float = 0.95) -> Estimate:
    """Where this machine has the number, and where the next sitting finds it.

    Parameters
    ----------
    levels : array_like, shape (K,)
        Logarithms of the number in K sittings of equal code on one machine in one state.
    moves : float
        Variance of a level from `squeezed`.
    unit : Unit
        Of the number itself.

    Returns
    -------
    Estimate
        exp of the mean level ± t(K − 1) · sqrt(moves · (1 + 1/K)); without a number below four sittings.

    Raises
    ------
    ValueError
        for another shape, numbers that are not finite, a negative variance.

    Notes
    -----
    The variance has more degrees of freedom than K − 1 if the cells of a class move each for itself. They do not: a
    machine moves most of its cells at once, so that they are worth little more than one.
    """
    m = np.asarray(levels, dtype=np.float64)
    if m.ndim != 1 or not bool(np.isfinite(m).all()):
        raise ValueError(f"shape {m.shape}: expected one finite level for each sitting")
    inputs.nonnegative(moves, "moves")
    sittings = m.size
    if sittings < FEWEST_SITTINGS:
        told = "one sitting" if sittings == 1 else f"{sittings} sittings"
        return _estimate(None, None, sittings, unit, confidence, f"{told}; {NOT_KNOWN}")
    reach = quantiles.t_quantile(0.5 + confidence / 2.0, sittings - 1.0) * math.sqrt(moves * (1.0 + 1.0 / sittings))
    middle = float(m.mean())
    ends = (math.exp(middle - reach), math.exp(middle + reach))
    return replace(_estimate(math.exp(middle), ends, sittings, unit, confidence, ""), moves=math.sqrt(moves))


def held_where_still(rounds: int, *, confidence: float = 0.95) -> float:
    """Share of sittings whose mean lies in the interval of another of as many rounds, where nothing moves between them.

    Parameters
    ----------
    rounds : int
        Of each; two or more.
    confidence : float
        Of the interval, which is that of Student's t.

    Raises
    ------
    ValueError
        for fewer rounds, a confidence outside (0, 1).

    Notes
    -----
    Two means scatter, and not one: their difference by √2 as much. Of many rounds 83 % (Cumming & Maillardet, Psychological
    Methods 11, 2006).
    """
    if rounds < 2:
        raise ValueError(f"{rounds} rounds have no interval")
    df = rounds - 1.0
    reach = quantiles.t_quantile(0.5 + inputs.probability(confidence, "confidence") / 2.0, df)
    return 1.0 - quantiles.t_two_sided_p(reach / math.sqrt(2.0), df)


def _estimate(
    point: float | None, ends: tuple[float, float] | None, n: int, unit: Unit, confidence: float, reason: str
) -> Estimate:
    low, high = ends or (None, None)
    return Estimate(
        point=point,
        low=low,
        high=high,
        n=n,
        unit=unit,
        estimand="next sitting",
        method=_METHOD,
        confidence=confidence,
        reason=reason,
        holds_for="this machine",
    )
