"""A promise that is a rate: kept, broken, or not shown by the studies there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from study.stats import quantiles
from study.stats.shares import share

if TYPE_CHECKING:
    from study.findings import Estimate

State = Literal["kept", "broken", "not shown", "not promised"]
Side = Literal["at least", "at most"]

CONFIDENCE = 0.99
"""Of the interval that decides. Promises are tried by the hundred: at 95 % some that hold would be called broken."""
MOST_STUDIES = 10**9


def state_of(side: Side, promised: float | None, hits: int, trials: int) -> State:
    """What the studies say of a promised rate, by the whole interval of the rate.

    Parameters
    ----------
    side : 'at least' or 'at most'.
    promised : the rate, 0 to 1; None where a rate is told and nothing is promised of it. A promise of all (at least 1) or none
        (at most 0) is kept until one study breaks it.
    hits, trials : studies in which it came about, of how many.

    Raises
    ------
    ValueError
        if the counts are impossible.
    """
    rate = share(hits, trials, confidence=CONFIDENCE)
    if promised is None:
        return "not promised"
    if rate.low is None or rate.high is None:
        return "not shown"
    if promised == (1.0 if side == "at least" else 0.0):
        return "kept" if rate.point == promised else "broken"
    kept, broken = (
        (rate.low >= promised, rate.high < promised)
        if side == "at least"
        else (rate.high <= promised, rate.low > promised)
    )
    return "kept" if kept else "broken" if broken else "not shown"


def studies_to_show(promised: float, rate: Estimate) -> int | None:
    """About how many studies would tell the rate from the promised one; None where no number would.

    Parameters
    ----------
    promised : 0 to 1.
    rate : of the studies there are.

    Notes
    -----
    The number at which the half-width of the normal interval, at the rate seen, is its distance from the promised rate.
    """
    if rate.point is None:
        return None
    gap = abs(rate.point - promised)
    spread = max(rate.point * (1.0 - rate.point), promised * (1.0 - promised))
    wanted = quantiles.normal_quantile(0.5 + CONFIDENCE / 2.0) ** 2 * spread / gap**2 if gap else math.inf
    return math.ceil(wanted) if wanted < MOST_STUDIES else None


def holds(estimate: Estimate, number: float) -> bool:
    """Whether there is an interval and it holds the number."""
    return estimate.low is not None and estimate.high is not None and bool(estimate.low <= number <= estimate.high)
