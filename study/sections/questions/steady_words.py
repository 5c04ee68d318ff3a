"""What a reader is told of warming up: in how many cells every process settles, or that in none it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections.questions import steady
from study.sections.said import unless_open
from study.units import count, counted

if TYPE_CHECKING:
    from study.evidence import Evidence

_ABOUT = "Whether processes warm up"


def answer(evidence: Evidence) -> str:
    """Whether a warm time can be told at all."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _settled(evidence))


def _settled(evidence: Evidence) -> str:
    found = steady.classified(evidence)
    if not found:
        return ""
    settled = sum(steady.settles(classified) for _, classified in found)
    if not settled:
        jobs = counted(len(found), "job")
        return f"No warm time can be told: in none of {jobs} measured from cold do all processes settle alike"
    return f"In {count(settled)} of {counted(len(found), 'job')} measured from cold all processes settle alike"


def lede(evidence: Evidence) -> str:
    """Nothing more: the figure has the times."""
    del evidence
    return ""
