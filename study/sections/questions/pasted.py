"""The programs of Q3, Q5 and Q6 where people put them: what comes of each, by place and start method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Item, Table
from study.evidence import ANY
from study.reports import Record
from study.sections.build import grouped
from study.sections.tables import row
from study.things import DEFAULT, START_METHODS
from study.things.pasted import ENDS, PASTED, Pasted
from study.things.programs import PASTED_PROGRAM
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel
    from study.evidence import CellData, Evidence

RECORD = Record(
    order=323,
    name="Pasted",
    title="What becomes of the programs of Q3, Q5 and Q6 where people put them?",
    reader="Does it work where I paste it, and do I need the guard?",
    programs=("q3_process.py", "q5_pool.py", "q6_print.py"),
)
_WORKS = "works"


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """No figure: what comes of a program is a word."""
    del evidence
    return ()


def tables(evidence: Evidence) -> tuple[Table, ...]:
    """A table for each program: a row for each place, a column for each start method."""
    tried = evidence.find(PASTED_PROGRAM.name, start_method=ANY, variant=ANY, backend=ANY)
    tried.sort(key=lambda data: list(PASTED).index(data.cell.variant))
    by_program = grouped(tried, lambda data: _pasted(data).program)
    return tuple(_table(program, by_program[program]) for program in sorted(by_program))


def _pasted(data: CellData) -> Pasted:
    return PASTED[data.cell.variant]


def _table(program: str, tried: Sequence[CellData]) -> Table:
    methods = [name for name in (*START_METHODS, DEFAULT) if any(data.cell.start_method == name for data in tried)]
    places = grouped(tried, lambda data: _place(_pasted(data)))
    by_place = {place: {data.cell.start_method: data for data in there} for place, there in places.items()}
    return Table(
        id=f"pasted-{program}",
        caption=f"{program.upper()}, {_finding(tried)}",
        label=f"What becomes of the program of {program.upper()}",
        heads=(("Where it is put", "text"), *((method, "text") for method in methods)),
        rows=tuple(
            row(place, *(Item(value=ends_of(there.get(method))) for method in methods))
            for place, there in by_place.items()
        ),
        notes=(_definitions(),),
    )


def _place(pasted: Pasted) -> str:
    return pasted.place.words + ("" if pasted.guarded else ", without the guard")


def ends_of(data: CellData | None) -> str:
    """In words what came of a program, and of how many trials where it was not always the same; '–' where nobody tried."""
    if data is None:
        return "–"
    seen = {words: data.totals.get(outcome, 0) for outcome, words in ENDS.items()}
    seen = dict(sorted(((words, times) for words, times in seen.items() if times), key=lambda pair: -pair[1]))
    trials = data.totals.get("trials", 0)
    if len(seen) == 1:
        return next(iter(seen))
    return ", ".join(f"{words} in {times} of {trials}" for words, times in seen.items()) or "–"


def _finding(tried: Sequence[CellData]) -> str:
    """How many places it works in under each start method, and what else it does."""
    parts = []
    for method, cells in grouped(tried, lambda data: data.cell.start_method).items():
        works = sum(1 for data in cells if ends_of(data) == ENDS[_WORKS])
        other: dict[str, list[str]] = {}
        for data in cells:
            if (ends := ends_of(data)) not in {ENDS[_WORKS], "–"}:
                other.setdefault(ends, []).append(_place(_pasted(data)))
        more = "".join(f"; {ends} {', '.join(places)}" for ends, places in sorted(other.items()))
        parts.append(f"under {method}: works in {works} of {counted(len(cells), 'place')}{more}")
    return ". ".join(parts)


def _definitions() -> str:
    return (
        "hangs: it was ended when its time was over, or when nobody could answer any more. runs twice: a line came more often"
        " than it is printed. works: every line came once and whole, its closing line last. tears lines: every letter came, but"
        " not in whole lines. dies: it ended with an error, or without its closing line. prints nothing: it ended as though"
        " all were well, and lines of its children are missing. The first that fits."
    )
