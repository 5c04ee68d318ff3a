"""Two cells: ratios and differences of averages and of typical processes, paired by round where they share rounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study.findings import Estimate
from study.stats import inputs, quantiles
from study.stats.single import median_estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from study.findings import Unit

_ZERO_BASE = "unbounded: the average of the base cannot be told from zero"


def ratio_of_averages_paired(a: ArrayLike, b: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Ratio of the averages of two cells measured in the same rounds, with Fieller's interval for paired data.

    Parameters
    ----------
    a, b : array_like, shape (G,)
        Process means of both cells, round by round, same unit, 0 or more.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        mean(a) / mean(b) and every θ that a t test of a − θ·b on G − 1 does not reject. Where the average of `b` cannot
        be told from zero the interval is unbounded: an infinite end with the reason. Below five rounds a point only.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, negative or non-finite numbers.

    Notes
    -----
    Fieller, JRSS B 16 (1954); Kalibera & Jones, ISMM 2013. The ratio of averages and not the average of ratios: only it
    says how two total costs compare (Hoefler & Belli, SC 2015, rule 4).
    """
    first, second = inputs.pair(a, b)
    method = "ratio of averages, Fieller's interval for pairs of the same round, Student's t on rounds − 1"
    if first.size < inputs.MIN_FOR_T or inputs.mean(second) == 0.0:
        return _ratio_without_interval(first, second, method, confidence, "rounds")
    ratio = inputs.mean(first) / inputs.mean(second)
    residual = first - ratio * second
    return _fieller(
        ratio,
        inputs.mean(second),
        (
            inputs.variance(residual) / first.size,
            inputs.covariance(residual, second) / first.size,
            inputs.variance(second) / first.size,
        ),
        first.size - 1.0,
        Estimate(
            point=ratio,
            low=None,
            high=None,
            n=first.size,
            unit="ratio",
            estimand="ratio of averages",
            method=method,
            confidence=confidence,
        ),
    )


def ratio_of_averages(a: ArrayLike, b: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Ratio of the averages of two cells that share no rounds, with Fieller's interval.

    Parameters
    ----------
    a : array_like, shape (G,)
    b : array_like, shape (H,)
        Process means of both cells, same unit, 0 or more.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        As `ratio_of_averages_paired`; the degrees of freedom are Satterthwaite's at the point estimate.

    Raises
    ------
    ValueError
        for another shape, negative or non-finite numbers.

    Notes
    -----
    Fieller, JRSS B 16 (1954), with the two variances estimated apart (Welch); approximate, unlike the paired form.
    """
    first, second = inputs.series(a, "a"), inputs.series(b, "b")
    method = "ratio of averages, Fieller's interval for independent samples, Satterthwaite's degrees of freedom"
    if min(first.size, second.size) < inputs.MIN_FOR_T or inputs.mean(second) == 0.0:
        return _ratio_without_interval(first, second, method, confidence, "processes")
    ratio = inputs.mean(first) / inputs.mean(second)
    error_a = inputs.variance(first) / first.size
    error_b = inputs.variance(second) / second.size
    whole, share_b = error_a + ratio**2 * error_b, ratio**2 * error_b
    df = float(first.size + second.size - 2)
    if whole > 0.0:
        df = 1.0 / ((error_a / whole) ** 2 / (first.size - 1) + (share_b / whole) ** 2 / (second.size - 1))
    start = Estimate(
        point=ratio,
        low=None,
        high=None,
        n=min(first.size, second.size),
        unit="ratio",
        estimand="ratio of averages",
        method=method,
        confidence=confidence,
    )
    return _fieller(ratio, inputs.mean(second), (whole, -ratio * error_b, error_b), df, start)


def ratio_typical_paired(a: ArrayLike, b: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Median of the per-round ratios of two cells, with the exact order-statistic interval.

    Parameters
    ----------
    a, b : array_like, shape (G,)
        Process means or medians of both cells, round by round, same unit; `b` above 0.
    confidence : float
        At least attained; the one attained is in `method`.

    Returns
    -------
    Estimate
        Below six rounds a point only, without a round `None`.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, negative or non-finite numbers, a zero in `b`.

    Notes
    -----
    Rank intervals for a median: Le Boudec, Performance Evaluation of Computer and Communication Systems, 2.2.
    """
    return median_estimate(inputs.ratios(a, b), "ratio", confidence, "median of the ratios of each round")


def difference_paired(a: ArrayLike, b: ArrayLike, unit: Unit, *, confidence: float = 0.95) -> Estimate:
    """Difference a − b of the averages of two cells measured in the same rounds, with the paired t interval.

    Parameters
    ----------
    a, b : array_like, shape (G,)
        Process means of both cells, round by round, in `unit`. Negative numbers are allowed: they may be differences.
    unit : Unit
        Of the numbers and of the difference.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        Below five rounds a point only, without a round `None`.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, non-finite numbers.
    """
    first, second = inputs.pair(a, b, signed=True)
    gap = first - second
    low, high, reason = None, None, _too_few(gap.size, "rounds")
    point = inputs.mean(gap) if gap.size else None
    if point is not None and not reason:
        half = quantiles.t_quantile(0.5 + inputs.probability(confidence, "confidence") / 2.0, gap.size - 1)
        half *= math.sqrt(inputs.variance(gap) / gap.size)
        low, high = point - half, point + half
    return Estimate(
        point=point,
        low=low,
        high=high,
        n=gap.size,
        unit=unit,
        estimand="average",
        method="difference of averages, paired by round, Student's t on rounds − 1",
        confidence=confidence,
        reason=reason,
    )


def difference_typical_paired(a: ArrayLike, b: ArrayLike, unit: Unit, *, confidence: float = 0.95) -> Estimate:
    """Median of the per-round differences a − b; parameters and errors as in `difference_paired`, rank interval."""
    first, second = inputs.pair(a, b, signed=True)
    return median_estimate(first - second, unit, confidence, "median of the differences of each round")


def _too_few(size: int, what: str) -> str:
    """Why there is no t interval, or ''."""
    if size == 0:
        return f"no {what} were measured"
    return (
        "" if size >= inputs.MIN_FOR_T else f"{size} {what} are too few for an interval: {inputs.MIN_FOR_T} are needed"
    )


def _ratio_without_interval(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    method: str,
    confidence: float,
    what: str,
) -> Estimate:
    """Point estimate where no interval can be had, and `None` where no ratio can."""
    n = min(a.size, b.size)
    reason = _too_few(n, what)
    point = None
    if n and inputs.mean(b) == 0.0:
        reason = "the average of the base is zero"
    elif n:
        point = inputs.mean(a) / inputs.mean(b)
    return Estimate(
        point=point,
        low=None,
        high=None,
        n=n,
        unit="ratio",
        estimand="ratio of averages",
        method=method,
        confidence=confidence,
        reason=reason,
    )


def _fieller(
    ratio: float,
    base: float,
    errors: tuple[float, float, float],
    df: float,
    start: Estimate,
) -> Estimate:
    """Complete `start` with the θ = ratio + δ for which (base·δ)² ≤ t²·var(residual − δ·b).

    `errors` are the squared standard error of the residual a − ratio·b, its covariance with b, and the squared standard
    error of b, all of means. Written in δ, because then equal series give exactly [1, 1].
    """
    t2 = quantiles.t_quantile(0.5 + inputs.probability(start.confidence, "confidence") / 2.0, df) ** 2
    rr, rb, bb = (t2 * error for error in errors)
    square = base**2 - bb
    root = math.sqrt(max(0.0, rb**2 + square * rr))
    low, high, reason = 0.0, math.inf, ""
    if square > 0.0:
        low, high = ratio + (-rb - root) / square, ratio + (-rb + root) / square
    else:
        # The parabola opens downwards: the set is everything, or all but a gap that does not hold the point. A gap
        # below the point that reaches down to zero leaves a lower limit, as ratios of times are not negative.
        reason = _ZERO_BASE
        if square < 0.0 and root > 0.0 and rb < 0.0 and ratio + (-rb + root) / square <= 0.0:
            low = ratio + (-rb - root) / square
    return Estimate(
        point=start.point,
        low=max(0.0, min(low, ratio)),
        high=max(high, ratio),
        n=start.n,
        unit=start.unit,
        estimand=start.estimand,
        method=start.method,
        confidence=start.confidence,
        reason=reason,
    )
