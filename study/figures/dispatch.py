"""Q4: what handing out one task costs, through a pool or with a process each, and what the chunk size changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study import units
from study.cell import START_METHODS
from study.figures.compose import View, drawn_rows
from study.figures.drawn import Drawn, NotDrawn
from study.figures.rows import Group, Row, Rows
from study.figures.style import THINGS

if TYPE_CHECKING:
    from study.findings import CellFinding, Estimate

QUESTION = "Q4"
ID_PER_TASK = "q4-per-task"
ID_CHUNKS = "q4-chunks"
ABOUT_PER_TASK = "One task that does nothing: through a pool that lives on, and with a process of its own"
ABOUT_CHUNKS = "One task that does nothing, by chunk size"
_POOLS = ("pool", "process_executor", "thread_executor", "processes", "threads")


def per_task(estimate: Estimate, tasks: int) -> Estimate:
    """The estimate of a whole event, for each of its tasks."""
    ends = (estimate.point, estimate.low, estimate.high)
    point, low, high = (None if end is None else end / tasks for end in ends)
    return replace(estimate, point=point, low=low, high=high)


def _row(finding: CellFinding, label: str, thing: str) -> Row:
    tasks = finding.cell.tasks
    means = tuple(mean / tasks for mean in finding.process_means_s)
    return Row(label=label, thing=thing, estimate=per_task(finding.average, tasks), means=means)


def draw_per_task(view: View, identity: str = ID_PER_TASK) -> Drawn | NotDrawn:
    """The cost of one empty task, by what carries it."""
    alone = _by_method(view.find(QUESTION, pattern="process_per_task", kernel="noop"))
    sizes = {finding.cell.tasks for finding in alone}
    pooled = _by_method(
        finding
        for finding in view.find(QUESTION, pattern="map", kernel="noop", backend="pool", chunksize=1)
        if not sizes or finding.cell.tasks in sizes
    )
    groups = [
        Group(
            title=title,
            rows=tuple(_row(finding, finding.cell.start_method, finding.cell.start_method) for finding in cells),
        )
        for title, cells in (("a process for each task", alone), ("a pool that lives on, one task a message", pooled))
        if cells
    ]
    if not groups:
        reason = "no empty task was sent through a pool or a process of its own"
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_PER_TASK, reason=reason)
    finding = ""
    if alone and pooled:
        first, second = (
            units.with_interval(per_task(cells[0].average, cells[0].cell.tasks)) for cells in (pooled, alone)
        )
        methods = [cells[0].cell.start_method for cells in (pooled, alone)]
        finding = (
            f"An empty task costs {first} through a living pool ({methods[0]}) and {second} with a process of its own"
            f" ({methods[1]})"
        )
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_PER_TASK, finding, side_by_side="costs"),
        subtitle=f"Average time per task of {_tasks([*alone, *pooled])}, log scale, lower is better",
        heads=("what carries the task", "start method"),
        rows=Rows(groups=tuple(groups), unit="s", axis_label="time per task (log scale)", log=True),
    )


def draw_chunks(view: View, identity: str = ID_CHUNKS) -> Drawn | NotDrawn:
    """The cost of one empty task, by pool and chunk size; the library's own choice is a row of its own."""
    cells = view.find(QUESTION, pattern="map", kernel="noop")
    swept = [
        finding
        for finding in cells
        if len({other.cell.chunksize for other in cells if _same_but_chunk(finding, other)}) > 1
    ]
    groups = []
    for backend in _POOLS:
        for method in ("", *START_METHODS):
            found = [one for one in swept if (one.cell.backend, one.cell.start_method) == (backend, method)]
            found.sort(key=lambda one: (one.cell.chunksize == 0, one.cell.chunksize))
            rows = tuple(_row(finding, _chunk(finding.cell.chunksize), backend) for finding in found)
            if rows:
                groups.append(Group(title=THINGS[backend].label + (f", {method}" if method else ""), rows=rows))
    if not groups:
        reason = "no pool was measured at more than one chunk size"
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_CHUNKS, reason=reason)
    first = groups[0]
    finding = f"{first.title}: an empty task costs " + ", ".join(
        f"{units.with_interval(row.estimate, reason=False)} ({row.label})" for row in (first.rows[0], first.rows[-2])
    )
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_CHUNKS, finding, side_by_side="costs"),
        subtitle=f"Average time per task of {_tasks(swept)}, log scale, lower is better",
        heads=("pool", "chunk size"),
        rows=Rows(groups=tuple(groups), unit="s", axis_label="time per task (log scale)", log=True),
    )


def _same_but_chunk(one: CellFinding, other: CellFinding) -> bool:
    return replace(one.cell, chunksize=0) == replace(other.cell, chunksize=0)


def _by_method(findings: object) -> list[CellFinding]:
    order = {method: index for index, method in enumerate(START_METHODS)}
    found: list[CellFinding] = list(findings)  # type: ignore[call-overload]
    return sorted(found, key=lambda finding: (order.get(finding.cell.start_method, len(order)), finding.cell.text))


def _chunk(chunksize: int) -> str:
    return f"chunks of {units.count(chunksize)}" if chunksize else "library's default"


def _tasks(findings: list[CellFinding]) -> str:
    sizes = sorted({finding.cell.tasks for finding in findings})
    return " or ".join(units.count(size) for size in sizes) + " tasks"
