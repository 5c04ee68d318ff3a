"""What can be counted of "easier": what is written for one job, and what a worker can be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Table
from study.evidence import ANY
from study.reports import Record
from study.sections.build import grouped, place_of
from study.sections.tables import row
from study.sections.ways import ANYONE, way_name
from study.things.handed import THINGS
from study.things.programs import HANDED_OVER, WRITTEN, WRITTEN_PROGRAM
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel
    from study.evidence import CellData, Evidence

RECORD = Record(
    order=325,
    name="Easier",
    title="Which is easier to write?",
    reader="What do I write, and what can I give to a worker?",
)
_TRIALS, _ARRIVED = "trials", "arrived"


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """No figure: these are counts, and the same in each round."""
    del evidence
    return ()


def tables(evidence: Evidence) -> tuple[Table, ...]:
    """What is written for the same job; and for each thing who takes it."""
    written = sorted(evidence.find(WRITTEN_PROGRAM.name, **ANYONE), key=place_of)
    handed = sorted(evidence.find(HANDED_OVER.name, **ANYONE, variant=ANY), key=place_of)
    return *_written(written), *_handed(handed)


def each(data: CellData, outcome: str) -> int:
    """Of one program: every trial counts the same source."""
    return round(data.totals.get(outcome, 0) / max(1, data.totals.get(_TRIALS, 0)))


def _written(found: Sequence[CellData]) -> tuple[Table, ...]:
    if not found:
        return ()
    lines = WRITTEN[0]
    ranked = sorted(found, key=lambda data: each(data, lines))
    fewest, most = ranked[0], ranked[-1]
    return (
        Table(
            id="easier-written",
            caption=(
                f"The same job takes from {counted(each(fewest, lines), 'line')} ({way_name(fewest)}) to"
                f" {counted(each(most, lines), 'line')} ({way_name(most)})"
            ),
            label="What is written for the same job",
            heads=(("With", "text"), *((f"{what.capitalize()}", "num") for what in WRITTEN)),
            rows=tuple(row(way_name(data), *(each(data, what) for what in WRITTEN)) for data in found),
            notes=(
                (
                    "Counted in the source of programs that this study has, each of which prints the same number: lines that hold"
                    " code, calls, and different names taken from threading, queue, multiprocessing and concurrent.futures. What"
                    " is easier for a person no count can say."
                ),
            ),
        ),
    )


def _handed(found: Sequence[CellData]) -> tuple[Table, ...]:
    ways = grouped(found, way_name)
    if not ways:
        return ()
    by_thing = {name: {data.cell.variant: data for data in cells} for name, cells in ways.items()}
    takes = {name: sum(map(arrives, cells)) for name, cells in ways.items()}
    return (
        Table(
            id="easier-handed-over",
            caption="Things that a worker takes: "
            + ", ".join(f"{name} {count(times)} of {count(len(ways[name]))}" for name, times in takes.items()),
            label="What can be handed over to a worker",
            heads=(("Handed over", "text"), *((name, "text") for name in ways)),
            rows=tuple(row(thing.words, *(_word(by_thing[name].get(thing.name)) for name in ways)) for thing in THINGS),
            notes=("To threads and processes as the argument of their target, to a Pool as that of a task.",),
        ),
    )


def arrives(data: CellData) -> bool:
    """Whether it arrived, whenever it was handed over."""
    return 0 < data.totals.get(_ARRIVED, 0) == data.totals.get(_TRIALS, 0)


def _word(data: CellData | None) -> str:
    if data is None:
        return "–"
    arrived, trials = data.totals.get(_ARRIVED, 0), data.totals.get(_TRIALS, 0)
    return "arrives" if arrives(data) else "is refused" if not arrived else f"arrives in {arrived} of {trials}"
