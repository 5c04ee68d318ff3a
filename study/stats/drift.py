"""Whether a run stood still: slope over time, and one half against the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MIN_FOR_SLOPE = 8
"""Below this the normal approximation of Kendall's score is too coarse for an interval."""

_SECONDS_PER_HOUR = 3600.0


def theil_sen_slope_per_hour(times_s: ArrayLike, log_residuals: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Drift of a run, robust against single bad rounds: the median slope between all pairs of rounds.

    Parameters
    ----------
    times_s : array_like, shape (G,)
        When each round was measured, seconds from any origin.
    log_residuals : array_like, shape (G,)
        For instance the mean over cells of log(process mean) − log(average of its cell), per round.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        Change of the logarithm per hour (0.02: about +2 % an hour). Below eight rounds a point only; `None` if fewer
        than two rounds differ in time.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, non-finite numbers.

    Notes
    -----
    Sen, JASA 63 (1968): ranks of the slopes from the variance of Kendall's score.
    """
    x, y = inputs.pair(times_s, log_residuals, signed=True)
    inputs.probability(confidence, "confidence")
    first, second = np.triu_indices(x.size, k=1)
    gaps = x[second] - x[first]
    apart = gaps != 0.0
    slopes = np.sort((y[second] - y[first])[apart] / gaps[apart]) * _SECONDS_PER_HOUR
    point, low, high, reason = None, None, None, ""
    if slopes.size == 0:
        reason = "fewer than two rounds at different times"
    else:
        point = float(np.median(slopes))
        reason = (
            ""
            if x.size >= MIN_FOR_SLOPE
            else f"{x.size} rounds are too few for an interval: {MIN_FOR_SLOPE} are needed"
        )
    if point is not None and not reason:
        z = quantiles.normal_quantile(0.5 + confidence / 2.0)
        spread = z * math.sqrt(x.size * (x.size - 1) * (2 * x.size + 5) / 18.0)
        last = slopes.size - 1
        low = float(slopes[max(0, math.floor((slopes.size - spread) / 2.0))])
        high = float(slopes[min(last, math.ceil((slopes.size + spread) / 2.0))])
    return Estimate(
        point=point,
        low=low,
        high=high,
        n=x.size,
        unit="ratio",
        estimand="typical",
        method="Theil–Sen slope of the logarithm per hour, Sen's interval",
        confidence=confidence,
        reason=reason,
    )


def halves_t(per_round: ArrayLike) -> float | None:
    """Welch's t between the first and the second half of a run; beyond ±4 the run did not stand still.

    Parameters
    ----------
    per_round : array_like, shape (G,)
        One number per round in order, for instance logarithms of process means; an odd middle round is left out.

    Returns
    -------
    float or None
        Positive if the second half is larger; ±infinity if only the halves differ; `None` below four rounds.

    Raises
    ------
    ValueError
        for another shape or non-finite numbers.
    """
    x = inputs.series(per_round, "per_round", signed=True)
    half = x.size // 2
    if half < 2:
        return None
    before, after = x[:half], x[-half:]
    gap = inputs.mean(after) - inputs.mean(before)
    error = math.sqrt((inputs.variance(before) + inputs.variance(after)) / half)
    if error == 0.0:
        return 0.0 if gap == 0.0 else math.copysign(math.inf, gap)
    return gap / error
