"""What a reader is told of programs that are pasted: in how many places they work under each start method, and what else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.build import grouped
from study.sections.questions.pasted import ends_of
from study.sections.said import joined, sentences
from study.things import START_METHODS
from study.things.pasted import ENDS
from study.things.programs import PASTED_PROGRAM
from study.units import count, counted

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

_WORKS = ENDS["works"]


def answer(evidence: Evidence) -> str:
    """Of each start method, in how many of the places where the programs were put they work."""
    by_method = grouped(_tried(evidence), lambda data: data.cell.start_method)
    methods = [method for method in START_METHODS if method in by_method]
    if not methods:
        return ""
    told = [
        f"{count(sum(ends_of(data) == _WORKS for data in by_method[method]))} of"
        f" {counted(len(by_method[method]), 'place')} under {method}"
        for method in methods
    ]
    return f"The programs work in {joined(told)}"


def _tried(evidence: Evidence) -> list[CellData]:
    """A cell for each program and place."""
    return evidence.find(PASTED_PROGRAM.name, start_method=ANY, variant=ANY, backend=ANY)


def lede(evidence: Evidence) -> str:
    """What becomes of them elsewhere, the most frequent first."""
    ends = Counter(words for data in _tried(evidence) if (words := ends_of(data)) in {*ENDS.values()} - {_WORKS})
    told = [f"{words} in {count(times)}" for words, times in ends.most_common()]
    return sentences((f"elsewhere a program {joined(told)}" if told else "",))
