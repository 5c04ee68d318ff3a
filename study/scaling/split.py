"""Where the efficiency of a pool goes: hardware, granularity, imbalance, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.scaling.mapping import at_least_one
from study.scaling.products import ratio_of_products
from study.stats import inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from study.findings import Estimate

_METHOD = "ratio of averages, delta method on logarithms, Student's t on rounds − 1"


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


def of_capacity(
    *,
    serial_s: ArrayLike,
    elapsed_s: ArrayLike,
    alone_s: ArrayLike,
    together_s: ArrayLike,
    workers: int,
    confidence: float = 0.95,
) -> Estimate:
    """Speedup ÷ capacity: (serial ÷ elapsed) ÷ (p · alone ÷ together), all measured in the same rounds.

    Parameters
    ----------
    serial_s, elapsed_s : array_like, shape (G,)
        One task in a plain loop, and of the job of `workers` workers, seconds.
    alone_s, together_s : array_like, shape (G,)
        Independent processes: busy time of one alone, and of each while `workers` run, seconds.
    workers : int
        p, at least 1.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        1 where nothing but what the machine has to give limits the speedup. Below five rounds a point only.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, negative or non-finite numbers, fewer than one worker.
    """
    at_least_one(workers)
    serial, elapsed = inputs.series(serial_s, "times"), inputs.series(elapsed_s, "times")
    alone, together = inputs.series(alone_s, "times"), inputs.series(together_s, "times")
    return ratio_of_products(
        (serial, together),
        (elapsed, alone),
        factor=1.0 / workers,
        unit="ratio",
        method=_METHOD,
        confidence=confidence,
    )


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
        return ratio_of_products(above, below, factor=factor, unit="share", method=_METHOD, confidence=confidence)

    return Split(
        total=ratio((serial,), (many,), 1.0 / workers),
        hardware=ratio((alone,), (together,)),
        granularity=ratio((serial,), (one,)),
        balance=ratio((together,), (makespan,)),
        rest=ratio((one, makespan), (many, alone), 1.0 / workers),
    )
