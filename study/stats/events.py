"""Quantiles of single events, with the process as the unit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.stats import inputs
from study.stats.single import average

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from study.findings import Estimand, Unit

_QUANTILES: dict[Estimand, float] = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def event_quantiles(events: ArrayLike, unit: Unit, *, confidence: float = 0.95) -> dict[Estimand, Estimate]:
    """Median, 90th and 99th percentile and largest of the events of a fresh process, on average over processes.

    Parameters
    ----------
    events : array_like, shape (G, V)
        V single events (never averages of loops) of each of G processes, in `unit`, 0 or more.
    unit : Unit
        Of the numbers.
    confidence : float
        Of the t intervals over processes.

    Returns
    -------
    dict of Estimand to Estimate
        Under 'p50', 'p90', 'p99' and 'max', the estimand too: the quantile of each process, averaged over processes; n
        is G. Below five processes points only; `None` with a reason where a process has too few events to have an event
        above the quantile (10 for p90, 100 for p99). 'max' is that of V events and grows with V, which its method tells.

    Raises
    ------
    ValueError
        for another shape, negative or non-finite numbers.

    Notes
    -----
    Events of several processes are never pooled: they are not independent. Median-unbiased quantiles (Hyndman & Fan, The
    American Statistician 50, 1996, definition 8).
    """
    table = inputs.table(events, "events")
    inputs.probability(confidence, "confidence")
    processes, count = table.shape
    found: dict[Estimand, Estimate] = {}
    for name, probability in _QUANTILES.items():
        if count * (1.0 - probability) < 1.0 - 1e-9:
            found[name] = Estimate(
                point=None,
                low=None,
                high=None,
                n=processes,
                unit=unit,
                estimand=name,
                method="quantile of each process, averaged over processes",
                confidence=confidence,
                reason=f"{count} events of each process are too few for its {name}",
            )
            continue
        each = np.quantile(table, probability, axis=1, method="median_unbiased")
        found[name] = _over_processes(each, name, "quantile", unit, confidence)
    found["max"] = _over_processes(table.max(axis=1), "max", f"largest of {count} events", unit, confidence)
    return found


def _over_processes(each: ArrayLike, name: Estimand, what: str, unit: Unit, confidence: float) -> Estimate:
    """Average over processes of one number of each."""
    estimate = average(each, unit, confidence=confidence)
    return replace(estimate, estimand=name, method=f"{what} of each process; {estimate.method}")
