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
_LEDE = {ENDS["prints_nothing"]: "loses the lines of its children without an error"}
"""What came of it -> in the words of a sentence, where those of the table would say that nothing at all is seen."""


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
    told = [f"{_LEDE.get(words, words)} in {count(times)}" for words, times in ends.most_common()]
    sometimes = Counter(_worst(data) for data in _tried(evidence) if ends_of(data) not in {*ENDS.values(), "–"})
    told += [
        f"{_LEDE.get(words, words)}, but not always, in {count(times)}" for words, times in sometimes.most_common()
    ]
    return sentences((f"elsewhere a program {joined(told)}" if told else "",))


def _worst(data: CellData) -> str:
    """Of a program that did now this and now that, what it did most often beside working."""
    other = {words: data.totals.get(outcome, 0) for outcome, words in ENDS.items() if words != _WORKS}
    return max(other, key=lambda words: other[words])
