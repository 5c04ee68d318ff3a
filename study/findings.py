"""What is found: numbers with their intervals, decisions, checks. Types only: no file, no clock, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["s", "ratio", "share", "count", "CPU", "byte"]
"""Of a number: seconds, a ratio of two like quantities, a share between 0 and 1, a count, CPUs kept busy, bytes."""

SideBySide = Literal["nothing", "costs", "gains"]
"""What a sentence says of things that run at once: nothing, what they cost (one CPU shows it too), or what they gain from
several CPUs. `study.loaded` says when the last two are left open."""

HoldsFor = Literal["this sitting", "this machine", "these runs", "simulated studies"]
"""What an interval holds: what endless rounds of this run would find, the next run's number, what other sets of such runs
or endless simulated studies would find."""

Estimand = Literal[
    "average",
    "typical",
    "share",
    "ratio of averages",
    "ratio of geometric means",
    "fitted",
    "noise floor",
    "calibration ratio",
    "next sitting",
    "p50",
    "p90",
    "p99",
    "max",
]
"""What an estimate is an estimate of. An 'average' is the arithmetic mean of one number of each process; so a ratio is a
'ratio of averages', and an 'average' whose unit is that of a ratio would be an average of ratios."""

Limit = Literal["", "at least", "at most"]
"""Which end of an interval is one: both (''), or the lower or the upper alone, as of what lies at the end of a scale."""

Decision = Literal["supported", "refuted", "no clear difference", "cannot be decided here"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval, or `None` and the reason why it cannot be had.

    Attributes
    ----------
    point, low, high : in `unit`; all three `None` together when the number cannot be had. `low`/`high` alone may be
        infinite where an interval is unbounded (Fieller), and `None` where only a range can be given.
    confidence : of the interval, such as 0.95.
    n : independent processes (or trials, for a share) behind it.
    estimand : what it is an estimate of, see `Estimand`.
    method : how the interval was made, for the report's small print.
    reason : '' or why there is no number or no interval.
    holds_for : where the interval says that the next number is found, see `HoldsFor`.
    limit : which end is known; the other one says nothing (0, 1 or infinite). With the point at it, only the limit is known.
    moves : by what part of itself the number moves from sitting to sitting (a standard deviation); None where that is not
        known. No digit finer than that is shown.
    """

    point: float | None
    low: float | None
    high: float | None
    n: int
    unit: Unit
    estimand: Estimand
    method: str
    confidence: float = 0.95
    reason: str = ""
    holds_for: HoldsFor = "this sitting"
    limit: Limit = ""
    moves: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A named check before, during or after measuring."""

    name: str
    passed: bool
    message: str
    threshold: str
    source: str
    remedy: str
