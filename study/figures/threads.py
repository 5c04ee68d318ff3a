"""Q2: what a thread and a process cost to start and to talk to, and whether two threads compute at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.figures.compose import View, drawn_rows
from study.figures.drawn import Drawn, NotDrawn
from study.figures.rows import Group, Reference, Row, Rows
from study.figures.style import thing_of

if TYPE_CHECKING:
    from study.findings import CellFinding

QUESTION = "Q2"
ID_COSTS = "q2-costs"
ID_BUSY = "q2-busy"
ABOUT_COSTS = "A thread and a process: to start, and to send a message there and back"
ABOUT_BUSY = "CPU time that threads used per second of elapsed time"


def draw_costs(view: View, identity: str = ID_COSTS) -> Drawn | NotDrawn:
    """The same act by a thread and by a process, side by side on one log axis."""
    lives = view.find("Q3", pattern="process_lifecycle", part="join")
    acts = [("from start to end of join", [one for one in lives if one.cell.backend in {"threads", "processes"}])]
    messages = view.find(QUESTION, pattern="ping_pong")
    for payload in sorted({one.cell.payload_bytes for one in messages}):
        here = [one for one in messages if one.cell.payload_bytes == payload]
        acts.append((f"{units.size(payload)} there and back", here))
    groups = [
        Group(
            title=title,
            rows=tuple(
                _row(one) for one in sorted(cells, key=lambda one: (one.cell.backend != "threads", one.cell.text))
            ),
        )
        for title, cells in acts
        if cells
    ]
    if not groups:
        reason = "neither the start of a thread or process nor a message was measured"
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_COSTS, reason=reason)
    known = [(cells, title) for title, cells in acts if {one.cell.backend for one in cells} >= {"threads", "processes"}]
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_COSTS, _title(view, known) if known else "", side_by_side="nothing"),
        subtitle="Average time, log scale, lower is better",
        heads=("act", "by whom"),
        rows=Rows(groups=tuple(groups), unit="s", axis_label="time (log scale)", log=True),
    )


def _title(view: View, acts: list[tuple[list[CellFinding], str]]) -> str:
    ratios = []
    for cells, title in acts:
        texts = {one.cell.text for one in cells}
        verdict = next(
            (
                one
                for one in view.run.verdicts
                if one.target == view.target
                and one.average.unit == "ratio"
                and one.average.point is not None
                and len(one.cells) == 2
                and set(one.cells) <= texts
            ),
            None,
        )
        if verdict is not None:
            ratios.append(f"{units.with_interval(verdict.average)} {title}")
    if ratios:
        return f"A process against a thread: {'; '.join(ratios)}"
    cells, title = acts[0]
    thread = next(one for one in cells if one.cell.backend == "threads")
    process = next(one for one in cells if one.cell.backend == "processes")
    costs = [units.with_interval(one.average, reason=False) for one in (thread, process)]
    return f"{title.capitalize()}: a thread takes {costs[0]}, a process {costs[1]}"


def _row(finding: CellFinding) -> Row:
    method = finding.cell.start_method
    label = f"process, {method}" if method else "thread"
    return Row(label=label, thing=thing_of(finding.cell), estimate=finding.average, means=finding.process_means_s)


def draw_busy(view: View, identity: str = ID_BUSY) -> Drawn | NotDrawn:
    """How many CPUs the threads of one process kept busy, by kernel."""
    found = [
        (one, one.cpus_busy)
        for one in view.find("Q1", QUESTION, pattern="map", backend="threads")
        if one.cell.workers > 1 and one.cpus_busy is not None
    ]
    groups = [
        Group(
            title=units.counted(workers, "thread"),
            rows=tuple(
                Row(label=one.cell.kernel, thing=one.cell.backend, estimate=busy)
                for one, busy in found
                if one.cell.workers == workers
            ),
        )
        for workers in sorted({one.cell.workers for one, _ in found})
    ]
    if not groups:
        reason = "CPU time of threads was not recorded"
        return NotDrawn(id=identity, question=QUESTION, title=ABOUT_BUSY, reason=reason)
    first = groups[0]
    claimed = {text for verdict in view.run.verdicts for text in verdict.cells if verdict.average.unit == "count"}
    told = [row for row, (one, _) in zip(first.rows, found, strict=False) if one.cell.text in claimed] or first.rows[:3]
    seen = ", ".join(f"{row.label} {units.with_interval(row.estimate, reason=False)}" for row in told)
    return drawn_rows(
        identity=identity,
        question=QUESTION,
        title=view.titled(ABOUT_BUSY, f"CPUs kept busy by {first.title}: {seen}", side_by_side="gains"),
        subtitle="CPU time ÷ elapsed time",
        heads=("threads", "kernel"),
        rows=Rows(
            groups=tuple(groups),
            unit="count",
            axis_label="CPU time ÷ elapsed time",
            include=(0.0, float(view.run.usable_cpus)),
            references=(Reference(label="one CPU", at=1.0),),
        ),
    )
