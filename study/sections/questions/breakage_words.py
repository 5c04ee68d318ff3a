"""What a reader is told of what breaks: who leaves the caller waiting, and how often the caller gets an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.build import place_of
from study.sections.said import joined, sentences
from study.sections.ways import ANY_JOB, way_name
from study.things.broken import CASES
from study.things.programs import BREAKAGE
from study.units import counted, spelled

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

_MOST_NAMED = 4
"""Ways of which it is said that they leave the caller waiting."""
_WORDS = {case.name: case.words for case in CASES}


def answer(evidence: Evidence) -> str:
    """The ways in which something can break that leave the caller waiting."""
    tried = _tried(evidence)
    if not tried:
        return ""
    hangs = [data for data in tried if data.totals.get("hangs")]
    ways = f"{counted(len(tried), 'way')} to break a pool"
    if not hangs:
        return f"None of {ways} leaves the caller waiting"
    named = [f"{way_name(data)}, where {_WORDS[data.cell.variant]}" for data in hangs[:_MOST_NAMED]]
    more = [f"{spelled(len(hangs) - len(named), 'other')}"] if len(hangs) > len(named) else []
    return f"The caller had no answer when its time was over in {len(hangs)} of {ways}: {joined([*named, *more])}"


def _tried(evidence: Evidence) -> list[CellData]:
    return sorted(evidence.find(BREAKAGE.name, **ANY_JOB, variant=ANY), key=place_of)


def lede(evidence: Evidence) -> str:
    """How often the caller was told."""
    tried = _tried(evidence)
    trials = sum(data.totals.get("trials", 0) for data in tried)
    told = sum(data.totals.get("raises", 0) for data in tried)
    return sentences((f"an exception told the caller in {told} of {counted(trials, 'trial')}" if trials else "",))
