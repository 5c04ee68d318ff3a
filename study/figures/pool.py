"""Q5: the parts of a pool's life for five squares, beside the plain loop; and how long a task must be to break even."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study import units
from study.cell import PARTS, START_METHODS
from study.figures.compose import View, drawn_rows
from study.figures.drawn import Drawn, NotDrawn
from study.figures.rows import Group, Row, Rows

if TYPE_CHECKING:
    from study.findings import BreakEven

QUESTION = "Q5"
ID_PARTS = "q5-parts"
ID_BREAK_EVEN = "q5-break-even"
ABOUT_PARTS = "The parts of a short-lived pool's life, by start method, beside a plain loop"
ABOUT_BREAK_EVEN = "How long one task must be before a pool is as fast as a plain loop"
_NAMES = {
    "create": "making the pool",
    "first_map": "its first map",
    "warm_map": "a later map",
    "close_join": "close and join",
    "total": "its whole life",
}
_START_ORDER = {method: index for index, method in enumerate((*START_METHODS, "default"))}


def draw_parts(view: View, identity: str = ID_PARTS) -> Drawn | NotDrawn:
    """A group for each part of the pool's life, a row for each start method."""
    groups = []
    for part in PARTS["pool_lifecycle"]:
        found = sorted(
            view.find(QUESTION, pattern="pool_lifecycle", part=part),
            key=lambda one: _START_ORDER.get(one.cell.start_method, 9),
        )
        rows = [
            Row(
                label=one.cell.start_method,
                thing=one.cell.start_method,
                estimate=one.average,
                means=one.process_means_s,
            )
            for one in found
        ]
        if part == "total":
            rows += [
                Row(label="as shipped", thing="pool", estimate=one.average, means=one.process_means_s)
                for one in view.find(pattern="pool_as_shipped")
            ]
        if rows:
            groups.append(Group(title=_NAMES.get(part, part), rows=tuple(rows)))
    if not groups:
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_PARTS, reason="no life of a pool was measured")
    whole = groups[-1].rows[0]
    finding = (
        f"A pool's life for five squares takes {units.with_interval(whole.estimate, reason=False)} under {whole.label}"
    )
    loop = view.one(pattern="map", kernel="square", backend="call")
    if loop:
        row = Row(label="plain loop", thing="call", estimate=loop.average, means=loop.process_means_s)
        groups.append(Group(title="the same squares without a pool", rows=(row,)))
        finding += f", the plain loop {units.with_interval(loop.average, reason=False)}"
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_PARTS, finding, side_by_side="costs"),
        subtitle="Average time, log scale, lower is better",
        heads=("part", "start method"),
        rows=Rows(groups=tuple(groups), unit="s", axis_label="time (log scale)", log=True),
    )


def draw_break_even(view: View, identity: str = ID_BREAK_EVEN) -> Drawn | NotDrawn:
    """A row for each way to run tasks: the grain from which on it is as fast as a plain loop."""
    found = [row for row in view.run.break_even if row.target == view.target and row.grain_s.point is not None]
    if not found:
        reason = "no break-even was found: " + (_reasons(view) or "the cells it is made of were not measured")
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_BREAK_EVEN, reason=reason)
    grouped: dict[tuple[int, str], list[BreakEven]] = {}
    for row in sorted(found, key=lambda row: (row.tasks, _natural(row.name))):
        grouped.setdefault((row.tasks, _kind(row)), []).append(row)
    groups = [
        Group(
            title=f"{units.counted(tasks, 'task')}, {kind}",
            rows=tuple(Row(label=_label(row), thing=_thing(row), estimate=row.grain_s) for row in rows),
        )
        for (tasks, kind), rows in grouped.items()
    ]
    first = found[0]
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(
            ABOUT_BREAK_EVEN,
            f"Break-even at {units.with_interval(first.grain_s, reason=False)} a task: {first.name}",
            side_by_side="costs",
        ),
        subtitle="Length of one task from which on the parallel way is as fast as a plain loop (a lower bound), log scale",
        heads=("tasks", "way"),
        rows=Rows(groups=tuple(groups), unit="s", axis_label="length of one task (log scale)", log=True),
    )


def _reasons(view: View) -> str:
    return "; ".join(
        dict.fromkeys(
            row.grain_s.reason for row in view.run.break_even if row.target == view.target and row.grain_s.reason
        )
    )


def _natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts 8 before 64."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text)]


def _kind(row: BreakEven) -> str:
    """What a name says before its colon or its last comma: the kind of way that several rows share."""
    before, _, _ = row.name.partition(": ") if ": " in row.name else row.name.rpartition(", ")
    return before or row.name


def _label(row: BreakEven) -> str:
    """What a name says beyond its kind, and beyond the number of tasks that its group has in its title."""
    rest = row.name.removeprefix(_kind(row)).lstrip(":, ")
    work, _, way = rest.partition(", ")
    return (way if way and work.startswith(f"{row.tasks} ") else rest) or row.name


def _thing(row: BreakEven) -> str:
    if "ProcessPoolExecutor" in row.name:
        return "process_executor"
    # Longest first: "fork" is part of "forkserver".
    return next((method for method in sorted(START_METHODS, key=len, reverse=True) if method in row.name), "pool")
