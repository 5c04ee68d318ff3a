"""Where the efficiency of a pool goes: hardware, granularity, imbalance, and what is left."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.scaling.mapping import at_least_one
from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Efficiency of p workers as a product; every factor is 1 where nothing is lost.

    Attributes
    ----------
    total : serial time ÷ (p · time with p workers).
    hardware : measured capacity ÷ p, what the machine itself loses when p independent processes run.
    granularity : serial time ÷ time with one worker, what handing out the tasks costs.
    balance : busy time of a worker ÷ time of all from the first start to the last end.
    rest : total ÷ product of the three: what more workers cost beyond that, the runtime's own limits first.
    """

    total: Estimate
    hardware: Estimate
    granularity: Estimate
    balance: Estimate
    rest: Estimate


def efficiency_split(  # noqa: PLR0913 - six times of the same rounds
    *,
    serial_s: ArrayLike,
    one_worker_s: ArrayLike,
    elapsed_s: ArrayLike,
    alone_s: ArrayLike,
    together_s: ArrayLike,
    makespan_s: ArrayLike,
    workers: int,
    confidence: float = 0.95,
) -> Split:
    """Split the efficiency of a parallel run into factors that were measured apart, in the same rounds.

    Parameters
    ----------
    serial_s, one_worker_s, elapsed_s : array_like, shape (G,)
        The same tasks as a plain loop, by one worker and by `workers` of them, seconds.
    alone_s, together_s, makespan_s : array_like, shape (G,)
        Independent processes: busy time of one alone, of each while `workers` run, and from the first start to the last
        end, seconds.
    workers : int
        p, at least 1.
    confidence : float
        Of each interval.

    Returns
    -------
    Split
        Below five rounds points only; `None` where an average is zero.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, negative or non-finite numbers, fewer than one worker.

    Notes
    -----
    Ratios of averages; intervals by the delta method on their logarithms with the covariances over rounds, Student's t
    on G − 1. The product of the four factors is the total by construction: `rest` is measured as what is left over.
    """
    at_least_one(workers)
    serial, one, many = (inputs.series(each, "times") for each in (serial_s, one_worker_s, elapsed_s))
    alone, together, makespan = (inputs.series(each, "times") for each in (alone_s, together_s, makespan_s))
    if len({each.size for each in (serial, one, many, alone, together, makespan)}) != 1:
        raise ValueError("times: each needs a number for every round")

    def ratio(above: Sequence[np.ndarray], below: Sequence[np.ndarray], factor: float = 1.0) -> Estimate:
        return _ratio_of_products(above, below, factor, confidence)

    return Split(
        total=ratio((serial,), (many,), 1.0 / workers),
        hardware=ratio((alone,), (together,)),
        granularity=ratio((serial,), (one,)),
        balance=ratio((together,), (makespan,)),
        rest=ratio((one, makespan), (many, alone), 1.0 / workers),
    )


def _ratio_of_products(
    above: Sequence[np.ndarray], below: Sequence[np.ndarray], factor: float, confidence: float
) -> Estimate:
    """Product of averages over product of averages, with the interval of its logarithm."""
    rounds = above[0].size

    def made(point: float | None, low: float | None, high: float | None, reason: str) -> Estimate:
        return Estimate(
            point=point, low=low, high=high, n=rounds, unit="share", estimand="average",
            method="ratio of averages, delta method on logarithms, Student's t on rounds − 1", confidence=confidence,
            reason=reason,
        )  # fmt: skip

    if rounds == 0 or not all(each.any() for each in (*above, *below)):
        return made(None, None, None, "an average is zero" if rounds else "no rounds were measured")
    tops, bottoms = ([inputs.mean(each) for each in side] for side in (above, below))
    point = factor * math.prod(tops) / math.prod(bottoms)
    if rounds < inputs.MIN_FOR_T:
        return made(point, None, None, f"{rounds} rounds are too few for an interval")
    residual = np.zeros(rounds)
    for each, mean in zip(above, tops, strict=True):
        residual += each / mean
    for each, mean in zip(below, bottoms, strict=True):
        residual -= each / mean
    half = quantiles.t_quantile(0.5 + inputs.probability(confidence, "confidence") / 2.0, rounds - 1)
    half *= math.sqrt(inputs.variance(residual) / rounds)
    return made(point, point * math.exp(-half), point * math.exp(half), "")
