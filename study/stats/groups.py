"""A statistic of numbers that lie in groups, where those of one group are alike: the group is the unit."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from study.findings import Estimand, Unit

_RESAMPLES = 1000
_SEED = 1


def over_groups(
    groups: Sequence[ArrayLike],
    statistic: Callable[[NDArray[np.float64]], float],
    unit: Unit,
    estimand: Estimand,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a statistic of all numbers together; its interval is over other groups of this kind.

    Parameters
    ----------
    groups : sequence of array_like, each of shape (V,)
        The numbers of each of G groups, V of at least 1 and of any sign; V may differ.
    statistic : callable
        Of all numbers, shape (N,), in any order; in `unit`.
    unit, estimand : of what it gives.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        `n` is N. Percentiles of the statistic where G groups are drawn whole, with replacement, a thousand times, as far out as
        Student's t on G − 1 asks for. Below five groups no interval; the seed is fixed.

    Raises
    ------
    ValueError
        without a group, and as `inputs.series`.

    Notes
    -----
    Field & Welsh, J. R. Statist. Soc. B 69 (2007): groups drawn whole, nothing drawn inside them. How far out: Hesterberg, Am.
    Stat. 69 (2015).
    """
    known = [inputs.series(group, "groups", signed=True) for group in groups]
    if not known:
        raise ValueError("there is no group")
    inputs.probability(confidence, "confidence")
    every = np.concatenate(known)
    point, size = float(statistic(every)), len(known)
    found = Estimate(
        point=point, low=None, high=None, n=every.size, unit=unit, estimand=estimand, confidence=confidence,
        method="groups drawn whole, with replacement",
    )  # fmt: skip
    if size < inputs.MIN_FOR_T:
        return replace(found, reason=f"{size} groups are too few for an interval: {inputs.MIN_FOR_T} are needed")
    chosen = np.random.default_rng(_SEED).integers(size, size=(_RESAMPLES, size))
    drawn = [statistic(np.concatenate([known[group] for group in row])) for row in chosen]
    far = quantiles.t_quantile(0.5 + confidence / 2.0, size - 1) * math.sqrt(size / (size - 1))
    tail = NormalDist().cdf(-far)
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return replace(found, low=min(float(low), point), high=max(float(high), point))
