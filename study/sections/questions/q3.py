"""Q3: what one process costs, by start method, beside a thread and beside what the operating system alone asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.reports import Record
from study.sections.build import average_text, log_axis, place_of, point, rows
from study.sections.ways import ANYONE, kind_of
from study.things import BACKENDS, START_METHODS
from study.things.backends import PROCESSES, THREADS
from study.things.variants import FIRST_OF_ALL

if TYPE_CHECKING:
    from study.blocks import Panel, PanelPoint
    from study.evidence import CellData, Evidence

RECORD = Record(
    order=203,
    name="Q3",
    title="How is a process created with the multiprocessing module?",
    reader="Which start method?",
    programs=("q3_process.py",),
    always=True,
    part="Answers",
)
_MOMENTS = {
    "start": "start() returns",
    "first": "the child, or the thread, runs",
    "join": "join() returns: the whole life",
}
"""Part of a life -> the moment at which it ends."""
_KINDS = ("thread", "process", "floor")
"""In which order they are shown; others after them."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Three groups of rows on one log axis: the same process seen at three moments of its life; and the first of a program."""
    lives = [
        (moment, data)
        for part, moment in _MOMENTS.items()
        for data in sorted(evidence.find("process_lifecycle", question=RECORD.name, part=part, **ANYONE), key=_place)
    ]
    shown = [point(data, moment, _name(data)) for moment, data in lives]
    return rows(
        evidence,
        "q3-lifecycle",
        [*shown, *_first_of_program(evidence)] if shown else [],
        about="One process from start() to the end of join(), by start method",
        finding=lambda: _finding(evidence),
        side_by_side="nothing",
        subtitle="Average time since the call of start(), log scale, lower is better",
        heads=("moment", "who is started"),
        missing="no life of a process was measured",
        **log_axis("time since the call of start()"),
    )


def _first_of_program(evidence: Evidence) -> list[PanelPoint]:
    """Under a start method with a server the first process of a program starts that too."""
    first = (
        evidence.one(
            "program_lifecycle",
            backend=PROCESSES.name,
            start_method=method.name,
            variant=FIRST_OF_ALL.name,
            part="join",
        )
        for method in START_METHODS.values()
        if method.has_server
    )
    return [
        point(data, _MOMENTS["join"], f"{data.cell.start_method}, the first of a program")
        for data in first
        if data is not None
    ]


def _place(data: CellData) -> tuple[int, int, str]:
    kind = kind_of(data)
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS), place_of(data)[1], data.cell.text


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
    costs = [f"{average_text(data, reason=False)} under {method}" for method, data in lives.items()]
    thread = evidence.one("process_lifecycle", backend=THREADS.name, part="join")
    beside = f"; one thread {average_text(thread, reason=False)}" if thread else ""
    return f"From start to end of join, one process takes {', '.join(costs)}{beside}"
