"""A function of the reader's: what the same items take in every way of the standard library, beside the plain loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Panel, Reference
from study.errors import printable
from study.evidence import ANY, CellData, Evidence
from study.reports import Record
from study.sections.build import (
    curves,
    grouped,
    loop_beside,
    place_of,
    point,
    processes,
    rows,
    speedup_by_task,
    swept,
)
from study.sections.ways import kind_of, way_look, way_name
from study.things.handed_in import FUNCTION, REPEAT
from study.things.kernels import OWN
from study.things.variants import MADE, PLAIN
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.findings import Estimate

RECORD = Record(
    order=15,
    name="Your function",
    title="What does your function gain?",
    reader="Which way for my function on this machine?",
    part="Your loop",
)
_NOTES = (
    "Measured of a function of yours, which is no part of the study: what it returns was taken for right.",
    "An item's argument and answer travel as they do in a program of yours; workers import its module as theirs would.",
)

_Row = tuple[CellData, "Estimate"]


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """How many times as fast as the loop each way is with all CPUs; the same by workers; and the times themselves."""
    cells = evidence.find(
        "map",
        kernel=OWN.name,
        backend=ANY,
        start_method=ANY,
        workers=ANY,
        tasks=ANY,
        variant=(PLAIN.name, MADE.name),
    )
    cells.sort(key=lambda data: (place_of(data), data.cell.variant, data.cell.workers))
    known = [
        (data, speedup_by_task(loop, data))
        for data in cells
        if kind_of(data) != "loop" and (loop := loop_beside(evidence, data)) is not None
    ]
    return *_speedups(evidence, known), *_by_workers(evidence, known), *_times(evidence, cells)


def _how(data: CellData) -> str:
    return "made for the job" if data.cell.variant == MADE.name else "already running"


def _way(data: CellData) -> str:
    return f"{way_name(data)}, {_how(data)}"


def _speedups(evidence: Evidence, known: list[_Row]) -> tuple[Panel, ...]:
    full = [row for row in known if row[0].cell.workers == evidence.usable_cpus]
    best = {how: max(ways, key=lambda row: row[1].point or 0.0) for how, ways in grouped(full, _how_of).items()}
    told = "; ".join(f"{how}, {way_name(data)}: {with_interval(ratio)} as fast" for how, (data, ratio) in best.items())
    return rows(
        evidence,
        "yours-speedups",
        [point(data, _how(data), way_name(data), look=way_look(data), estimate=ratio) for data, ratio in full],
        about="Your function over the ways to run it",
        side_by_side="gains",
        finding=f"With {counted(evidence.usable_cpus, 'worker')}, fastest of those {told}" if full else "",
        subtitle=(
            f"Time of the plain loop over that of each way, {_items(evidence, full)},"
            f" {processes(data for data, _ in full)},"
            " higher is better"
        ),
        heads=("workers are", "way"),
        y_label="times as fast as the plain loop",
        references=(Reference(label="plain loop", at=1.0),),
        notes=_NOTES,
    )


def _how_of(row: _Row) -> str:
    return _how(row[0])


def _items(evidence: Evidence, known: list[_Row]) -> str:
    """The function's name, and how many items it is called with."""
    facts = next(target.facts for target in evidence.run.manifest.targets if target.name == evidence.target)
    given = facts.get("variables")
    given = given if isinstance(given, dict) else {}
    named = str(given.get(FUNCTION) or "")
    items = counted(known[0][0].cell.tasks, "call" if REPEAT in given else "item") if known else ""
    return " of ".join(filter(None, (items, printable(named, 80))))


def _by_workers(evidence: Evidence, known: list[_Row]) -> tuple[Panel, ...]:
    made = [row for row in known if row[0].cell.variant == MADE.name]
    if len({data.cell.workers for data, _ in made}) < len(("one", "more")):
        return ()
    return curves(
        evidence,
        "yours-workers",
        [
            point(
                data,
                way_name(data),
                count(data.cell.workers),
                x=float(data.cell.workers),
                look=way_look(data),
                estimate=ratio,
            )
            for data, ratio in made
        ],
        about="Your function by the number of workers",
        side_by_side="gains",
        finding="",
        subtitle=f"Times as fast as the plain loop, workers made for the job, {_items(evidence, made)}, higher is better",
        heads=("way", "workers"),
        y_label="times as fast as the plain loop",
        include=(0.0,),
        references=(Reference(label="plain loop", at=1.0),),
        **swept("workers", "count"),
    )


def _times(evidence: Evidence, cells: list[CellData]) -> tuple[Panel, ...]:
    shown = [data for data in cells if kind_of(data) == "loop" or data.cell.workers == evidence.usable_cpus]
    return rows(
        evidence,
        "yours-times",
        [
            point(data, "plain loop" if kind_of(data) == "loop" else _how(data), way_name(data), look=way_look(data))
            for data in shown
        ],
        about="What all items of your function take",
        side_by_side="costs",
        finding="",
        subtitle=f"Average time of one pass over all items, {processes(shown)}, lower is better",
        heads=("workers are", "way"),
        y_label="time of all items",
    )
