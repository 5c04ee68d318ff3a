"""What a reader is told of the length of a job: from which on a running pool pays, and one that is made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.config.numbers import TASKS_PER_WORKER
from study.sections.frame import panel_of
from study.sections.pays_back import scaled
from study.sections.questions import length
from study.sections.said import joined, sentences, unless_open
from study.units import brief, counted

if TYPE_CHECKING:
    from study.blocks import PanelPoint
    from study.evidence import Evidence

_ABOUT = "From which length of a job on a pool pays"


def answer(evidence: Evidence) -> str:
    """Of every way that pays at some length that was measured, the soonest first."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _pays(evidence))


def _pays(evidence: Evidence) -> str:
    known = sorted(
        (drawn for drawn in _points(evidence) if drawn.estimate.point is not None),
        key=lambda drawn: drawn.estimate.point or 0.0,
    )
    told = [f"{brief(scaled(drawn.estimate, evidence.usable_cpus))} ({drawn.names[0]})" for drawn in known]
    shared = f"{counted(TASKS_PER_WORKER, 'task')} for each worker"
    return f"A pool pays, with {shared}, when all together take a plain loop {joined(told, 'or')}" if told else ""


def _points(evidence: Evidence) -> tuple[PanelPoint, ...]:
    shown = panel_of(evidence, length.panels, "length-break-even")
    return () if shown is None else shown.points


def lede(evidence: Evidence) -> str:
    """The ways that never did, or always."""
    if evidence.left_open("gains"):
        return ""
    return sentences(
        f"{drawn.names[0]}: {drawn.estimate.reason}" for drawn in _points(evidence) if drawn.estimate.point is None
    )
