"""What a cost grows by for each unit of a factor: a straight line in every round, and its interval over rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from study.findings import Unit

MIN_ROUNDS = 3
MIN_LEVELS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A line through a cost over a factor.

    Attributes
    ----------
    base : the cost at a factor of 0, in the cost's unit.
    step : what each `per` of the factor adds, in the cost's unit.
    misfit : largest |average cost − line| ÷ average cost over the levels; None where there is no line. With two levels
        it is 0 whatever the law.
    """

    base: Estimate
    step: Estimate
    misfit: float | None


def growth(
    factor: ArrayLike,
    cost: ArrayLike,
    unit: Unit,
    *,
    per: float = 1.0,
    weighted: bool = False,
    confidence: float = 0.95,
) -> Growth:
    """Intercept and slope of a cost over a factor.

    Parameters
    ----------
    factor : array_like, shape (L,)
        Such as bytes that a parent holds, or workers.
    cost : array_like, shape (G, L)
        Seconds or bytes, 0 or more, a row per round.
    unit : Unit
        Of the cost.
    per : float
        What of the factor the step is for: 2**30 for seconds per GiB. Above 0.
    weighted : bool
        Residuals relative to the level's average cost, where the scatter grows with the cost.
    confidence : float
        Of the intervals.

    Returns
    -------
    Growth
        Least squares in each round, mean over rounds, Student's t on G − 1. `None` with the reason below two different
        levels or three rounds.

    Raises
    ------
    ValueError
        for shapes that do not fit, numbers that are not finite, a cost below 0, `per` not above 0.

    Notes
    -----
    What is common to a round moves all of its levels: slopes of whole rounds are independent, single points are not.
    """
    x, y = np.asarray(factor, dtype=np.float64), np.asarray(cost, dtype=np.float64)
    if x.ndim != 1 or y.ndim != 2 or y.shape[1:] != x.shape:
        raise ValueError(f"shapes {x.shape} and {y.shape}: expected levels, and rounds × levels")
    if not bool(np.all(np.isfinite(x)) and np.all(np.isfinite(y)) and np.all(y >= 0)) or not per > 0:
        raise ValueError("levels and costs must be finite, costs not below 0, and per above 0")
    rounds, levels = y.shape[0], np.unique(x).size
    method = f"line by {'weighted ' if weighted else ''}least squares in each round, Student's t on rounds − 1"
    reason = ""
    if levels < MIN_LEVELS:
        reason = f"{levels} different levels are too few for a line: {MIN_LEVELS} are needed"
    elif rounds < MIN_ROUNDS:
        reason = f"{rounds} rounds are too few for an interval: {MIN_ROUNDS} are needed"
    average = y.mean(axis=0) if rounds else np.zeros_like(x)
    if not reason and weighted and not bool(np.all(average > 0)):
        reason = "a level costs nothing, so that no residual can be relative to it"

    def estimate(each: ArrayLike | None) -> Estimate:
        values = None if each is None else np.asarray(each, dtype=np.float64)
        half = point = None
        if values is not None:
            point = inputs.mean(values)
            half = quantiles.t_quantile(0.5 + inputs.probability(confidence, "confidence") / 2.0, rounds - 1)
            half *= (inputs.variance(values) / rounds) ** 0.5
        return Estimate(
            point=point,
            low=None if point is None or half is None else point - half,
            high=None if point is None or half is None else point + half,
            n=rounds,
            unit=unit,
            estimand="fitted",
            method=method,
            confidence=confidence,
            reason=reason,
        )

    if reason:
        return Growth(base=estimate(None), step=estimate(None), misfit=None)
    weights = 1.0 / average**2 if weighted else np.ones_like(x)
    weights = weights / weights.sum()
    centre = float(weights @ x)
    lever = weights * (x - centre)
    slopes = (y @ lever) / float(lever @ (x - centre))
    bases = y @ weights - slopes * centre
    line = bases.mean() + slopes.mean() * x
    away = np.abs(average - line)
    misfit = float(np.max(away / np.where(average > 0, average, 1.0)))
    return Growth(base=estimate(bases), step=estimate(slopes * per), misfit=misfit)
