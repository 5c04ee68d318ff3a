"""Q3: what one process costs, by start method, beside a thread and beside what the operating system alone asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Record
from study.evidence import ANY
from study.sections.build import average_of, point, rows
from study.things import BACKENDS, START_METHODS
from study.things.backends import PROCESSES, THREADS
from study.units import with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=203,
    name="Q3",
    title="How is a process created with the multiprocessing module?",
    reader="Which start method?",
    programs=("q3_process.py",),
    always=True,
)
_MOMENTS = {
    "start": "start() returns",
    "first": "the child executes its first instruction",
    "join": "join() returns: the whole life",
}
"""Part of a life -> the moment at which it ends."""
_KINDS = ("thread", "process", "floor")
"""In which order they are shown; others after them."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Three groups of rows on one log axis: the same process seen at three moments of its life."""
    lives = {
        moment: sorted(
            evidence.find("process_lifecycle", question=RECORD.name, part=part, backend=ANY, start_method=ANY),
            key=_place,
        )
        for part, moment in _MOMENTS.items()
    }
    return rows(
        evidence,
        "q3-lifecycle",
        [point(data, (moment, _name(data)), series=moment) for moment, cells in lives.items() for data in cells],
        about="One process from start() to the end of join(), by start method",
        finding=lambda: _finding(evidence),
        side_by_side="nothing",
        subtitle="Average time since the call of start(), log scale, lower is better",
        heads=("moment", "who is started"),
        missing="no life of a process was measured",
        y_label="time since the call of start() (log scale)",
        log_y=True,
    )


def _place(data: CellData) -> tuple[int, int, str]:
    kind, method = BACKENDS[data.cell.backend].kind, data.cell.start_method
    methods = list(START_METHODS)
    return (
        _KINDS.index(kind) if kind in _KINDS else len(_KINDS),
        methods.index(method) if method in methods else len(methods),
        data.cell.text,
    )


def _name(data: CellData) -> str:
    backend = BACKENDS[data.cell.backend]
    return data.cell.start_method or (f"{backend.words} + wait" if backend.kind == "floor" else backend.kind)


def _finding(evidence: Evidence) -> str:
    lives = {
        method: data
        for method in START_METHODS
        if (data := evidence.one("process_lifecycle", backend=PROCESSES.name, start_method=method, part="join"))
    }
    if not lives:
        return ""
    costs = [f"{with_interval(average_of(data), reason=False)} under {method}" for method, data in lives.items()]
    thread = evidence.one("process_lifecycle", backend=THREADS.name, part="join")
    beside = f"; one thread {with_interval(average_of(thread), reason=False)}" if thread else ""
    return f"From start to end of join, one process takes {', '.join(costs)}{beside}"
