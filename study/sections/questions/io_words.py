"""What a reader is told of waiting: what waiting for many things at once saves, and how late a thread is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections.frame import panel_of
from study.sections.questions import io
from study.sections.said import beside, by_decision, cost, sentences, unless_open

if TYPE_CHECKING:
    from study.evidence import Evidence

_ABOUT = "What waiting for many things at once saves"


def answer(evidence: Evidence) -> str:
    """Of the most requests: the way that takes least, beside one after the other."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _at_once(evidence))


def _at_once(evidence: Evidence) -> str:
    found = io.quickest(evidence)
    if found is None:
        return ""
    job, loop, least = found
    times = f"{job}: {cost(least)} ({io.way(least)}), one after the other {cost(loop)}"
    return by_decision(
        beside(evidence, loop, least).longer,
        more=f"Wait for many at once: {times}",
        less=f"Waiting for many at once takes longer here: {times}",
        same=f"Waiting for many at once makes no clear difference: {times}",
        unknown=f"{_ABOUT} cannot be decided here: {times}",
    )


def lede(evidence: Evidence) -> str:
    """How late a byte reaches a thread beside others that compute, as the figure of it has it."""
    shown = None if evidence.left_open("costs") else panel_of(evidence, io.panels, "io-latency")
    return "" if shown is None or shown.reason else sentences((shown.title,))
