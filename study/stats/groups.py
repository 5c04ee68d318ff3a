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

    Statistic = Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]

_RESAMPLES = 1000
_SEED = 1


def over_groups(
    groups: Sequence[ArrayLike],
    statistic: Statistic,
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
        Of the numbers, shape (N,), and how often each is there, shape (R, N): R results, in `unit`. Such are `medians`, `means`.
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
    size = len(known)
    point = float(statistic(every, np.ones((1, every.size), dtype=np.int64))[0])
    found = Estimate(
        point=point, low=None, high=None, n=every.size, unit=unit, estimand=estimand, confidence=confidence,
        method="groups drawn whole, with replacement",
    )  # fmt: skip
    if size < inputs.MIN_FOR_T:
        return replace(found, reason=f"{size} groups are too few for an interval: {inputs.MIN_FOR_T} are needed")
    times = np.random.default_rng(_SEED).multinomial(size, [1.0 / size] * size, size=_RESAMPLES)
    drawn = statistic(every, np.repeat(times, [group.size for group in known], axis=1))
    far = quantiles.t_quantile(0.5 + confidence / 2.0, size - 1) * math.sqrt(size / (size - 1))
    tail = NormalDist().cdf(-far)
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    if low == high:
        return replace(found, reason="all groups agree: how far others are apart cannot be told from them")
    return replace(found, low=min(float(low), point), high=max(float(high), point))


def medians(values: NDArray[np.float64], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Take the median of values, shape (N,), each as often as `times` says, shape (R, N): R medians."""
    order = np.argsort(values)
    reached = np.cumsum(times[:, order], axis=1)
    whole = reached[:, -1:]
    lower, upper = (np.argmax(reached > place, axis=1) for place in ((whole - 1) // 2, whole // 2))
    return np.asarray((values[order][lower] + values[order][upper]) / 2.0)


def means(values: NDArray[np.float64], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Take the mean of values, shape (N,), each as often as `times` says, shape (R, N): R means."""
    return np.asarray(times @ values / times.sum(axis=1))
