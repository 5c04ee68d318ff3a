"""Q4: what handing out one task costs, through a pool or with a process each, and what the chunk size changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.cell import chunksize_of
from study.evidence import ANY, CellData, Evidence
from study.names import chunks_name
from study.reports import Record
from study.sections.build import grouped, log_axis, place_of, point, rows, task_text
from study.sections.ways import ANYONE, way_look, way_name
from study.things import BACKENDS
from study.things.backends import POOL
from study.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.blocks import Panel

RECORD = Record(
    order=204,
    name="Q4",
    title="What is a multiprocessing pool, and why is it used?",
    reader="Pool or not, and which chunk size?",
    always=True,
    part="Answers",
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """One task that does nothing: by what carries it, and by the number of tasks in a message."""
    return *_by_carrier(evidence), *_by_chunk(evidence)


def _by_carrier(evidence: Evidence) -> tuple[Panel, ...]:
    """Through a pool that lives on, and with a process of its own."""
    tasks = {**ANYONE, "workers": ANY, "tasks": ANY}
    alone = evidence.find("process_per_task", question=RECORD.name, **tasks)
    sizes = {data.cell.tasks for data in alone}
    pooled = [
        data
        for data in evidence.find("map", question=RECORD.name, **{**tasks, "backend": POOL.name}, chunksize=1)
        if not sizes or data.cell.tasks in sizes
    ]
    alone.sort(key=place_of)
    pooled.sort(key=place_of)
    carried = [(f"a process for each task, {count(data.cell.workers)} at a time", data) for data in alone]
    carried += [("a pool that lives on, one task a message", data) for data in pooled]

    def finding() -> str:
        return (
            f"One of {_tasks(pooled[:1])} that do nothing costs {task_text(pooled[0])} through a living pool"
            f" ({pooled[0].cell.start_method}) and {task_text(alone[0])} with a process of its own ({alone[0].cell.start_method})"
        )

    return rows(
        evidence,
        "q4-per-task",
        [point(data, carrier, data.cell.start_method, per=data.cell.tasks) for carrier, data in carried],
        about="One task that does nothing: through a pool that lives on, and with a process of its own",
        finding=finding if pooled and alone else "",
        side_by_side="costs",
        subtitle=f"Average time per task of {_tasks(data for _, data in carried)}, log scale, lower is better",
        heads=("what carries the task", "start method"),
        missing="no empty task was sent through a pool or a process of its own",
        **log_axis("time per task"),
    )


def _by_chunk(evidence: Evidence) -> tuple[Panel, ...]:
    """By pool and chunk size; the library's own choice is a row of its own."""
    cells = evidence.find("map", question=RECORD.name, **ANYONE, workers=ANY, tasks=ANY, chunksize=ANY)
    jobs = grouped(cells, lambda data: replace(data.cell, chunksize=0))
    swept = [data for data in cells if len(jobs[replace(data.cell, chunksize=0)]) > 1 and _takes(data)]
    swept.sort(key=lambda data: (place_of(data), chunksize_of(data.cell)))
    return rows(
        evidence,
        "q4-chunks",
        [
            point(data, way_name(data), chunks_name(data.cell), look=way_look(data), per=data.cell.tasks)
            for data in swept
        ],
        about="One task that does nothing, by chunk size",
        finding=lambda: _smallest_and_largest(swept),
        side_by_side="costs",
        subtitle=f"Average time per task of {_tasks(swept)}, log scale, lower is better",
        heads=("pool", "chunk size"),
        missing="no pool was measured at more than one chunk size",
        **log_axis("time per task"),
    )


def _takes(data: CellData) -> bool:
    """Whether who hands out heeds a chunk size; an older bench asked others too."""
    return BACKENDS[data.cell.backend].takes_chunksize


def _smallest_and_largest(swept: list[CellData]) -> str:
    """What the first pool's chunks change: the smallest against the largest, one of which may be the library's own."""
    first = [data for data in swept if way_name(data) == way_name(swept[0])]
    costs = [f"{task_text(data, reason=False)} ({chunks_name(data.cell)})" for data in (first[0], first[-1])]
    return f"{way_name(swept[0])}: an empty task costs {', '.join(costs)}"


def _tasks(cells: Iterable[CellData]) -> str:
    return " or ".join(count(tasks) for tasks in sorted({data.cell.tasks for data in cells})) + " tasks"
