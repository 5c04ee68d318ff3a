"""What a reader is told of what is easier: the lines that one job takes, and what a worker can be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.build import grouped, place_of
from study.sections.questions import easier
from study.sections.said import joined, sentences, under
from study.sections.ways import ANYONE
from study.things import BACKENDS
from study.things.programs import HANDED_OVER, WRITTEN, WRITTEN_PROGRAM
from study.units import count, counted

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence


def answer(evidence: Evidence) -> str:
    """The same job written with each: its lines, the fewest first."""
    found = sorted(evidence.find(WRITTEN_PROGRAM.name, **ANYONE), key=place_of)
    by_lines = grouped(found, lambda data: easier.each(data, WRITTEN[0]))
    told = [
        f"{counted(lines, 'line')} with {joined([_who(data) for data in by_lines[lines]], 'or')}"
        for lines in sorted(by_lines)
    ]
    return f"The same job takes {'; '.join(told)}" if told else ""


def lede(evidence: Evidence) -> str:
    """Of the things that one may want to hand over, how many each takes; those that take as many are named together."""
    every = sorted(evidence.find(HANDED_OVER.name, **ANYONE, variant=ANY), key=place_of)
    ways = grouped(every, lambda data: f"{_who(data)}{under(data)}")
    takes = grouped(ways, lambda way: (sum(map(easier.arrives, ways[way])), len(ways[way])))
    return sentences(
        f"{count(times)} of {counted(tried, 'kind of thing', 'kinds of things')} arrive with {joined(takes[times, tried])}"
        for times, tried in sorted(takes, reverse=True)
    )


def _who(data: CellData) -> str:
    return BACKENDS[data.cell.backend].look.label
