"""Averages multiplied and divided, with one interval for the whole."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from study.findings import Unit


def ratio_of_products(
    above: Sequence[NDArray[np.float64]],
    below: Sequence[NDArray[np.float64]],
    *,
    factor: float,
    unit: Unit,
    method: str,
    confidence: float,
) -> Estimate:
    """Factor × product of averages ÷ product of averages, all of the same rounds.

    Parameters
    ----------
    above, below : sequence of ndarray, shape (G,) each
        Process means round by round, 0 or more.
    factor : float
        Above 0.
    unit, method, confidence
        Of the estimate.

    Returns
    -------
    Estimate
        Below five rounds a point only; `None` where an average is 0.

    Notes
    -----
    Delta method on the logarithm of the averages, with their covariances over rounds, Student's t on G − 1.
    """
    rounds = above[0].size
    start = Estimate(
        point=None,
        low=None,
        high=None,
        n=rounds,
        unit=unit,
        estimand="ratio of averages",
        method=method,
        confidence=confidence,
        reason="no rounds were measured",
    )
    if rounds == 0 or not all(each.any() for each in (*above, *below)):
        return replace(start, reason="an average is zero") if rounds else start
    tops, bottoms = ([inputs.mean(each) for each in side] for side in (above, below))
    point = factor * math.prod(tops) / math.prod(bottoms)
    if rounds < inputs.MIN_FOR_T:
        return replace(start, point=point, reason=f"{rounds} rounds are too few for an interval")
    residual = np.zeros(rounds)
    for each, mean in zip(above, tops, strict=True):
        residual += each / mean
    for each, mean in zip(below, bottoms, strict=True):
        residual -= each / mean
    half = quantiles.t_quantile(0.5 + inputs.probability(confidence, "confidence") / 2.0, rounds - 1)
    half *= math.sqrt(inputs.variance(residual) / rounds)
    return replace(start, point=point, low=point * math.exp(-half), high=point * math.exp(half), reason="")
