"""What a reader is told of the length of a task: from which on workers spend half of their time on work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study.sections.frame import panel_of
from study.sections.questions import grain
from study.sections.said import sentences, unless_open
from study.units import brief, with_interval

if TYPE_CHECKING:
    from study.blocks import PanelPoint
    from study.evidence import Evidence
    from study.findings import Estimate

_ABOUT = "How long a task must be"


def answer(evidence: Evidence) -> str:
    """Of the way that needs the shortest tasks."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _least(evidence))


def _least(evidence: Evidence) -> str:
    known = _reached(evidence)
    if not known:
        return ""
    return f"From tasks of {brief(known[0].estimate)} on half of the workers' time is work ({known[0].names[0]})"


def _reached(evidence: Evidence) -> list[PanelPoint]:
    """The ways by the length of task that they need, the shortest first."""
    shown = panel_of(evidence, grain.panels, "grain-metg")
    points = () if shown is None else shown.points
    known = (drawn for drawn in points if _is_bounded(drawn.estimate))
    return sorted(known, key=lambda drawn: drawn.estimate.point or 0.0)


def _is_bounded(estimate: Estimate) -> bool:
    """Whether it is known to lie between two lengths: a way that loses half and never more has none."""
    low, high = estimate.low, estimate.high
    return estimate.point is not None and low is not None and high is not None and low > 0.0 and math.isfinite(high)


def lede(evidence: Evidence) -> str:
    """The way that needs the longest tasks."""
    known = [] if evidence.left_open("costs") else _reached(evidence)
    if len(known) < 2:
        return ""
    last = known[-1]
    return sentences((f"{last.names[0]} needs the longest ones: {with_interval(last.estimate, reason=False)}",))
