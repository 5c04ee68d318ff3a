"""Q4: what handing out one task costs, through a pool or with a process each, and what the chunk size changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Record
from study.evidence import ANY
from study.sections.build import average_of, place, point, rows
from study.things import BACKENDS
from study.things.backends import POOL
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.findings import Estimate
    from study.table import CellData

RECORD = Record(
    order=204,
    name="Q4",
    title="What is a multiprocessing pool, and why is it used?",
    reader="Pool or not, and which chunk size?",
    always=True,
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """One task that does nothing: by what carries it, and by the number of tasks in a message."""
    return *_by_carrier(evidence), *_by_chunk(evidence)


def _by_carrier(evidence: Evidence) -> tuple[Panel, ...]:
    """Through a pool that lives on, and with a process of its own."""
    alone = evidence.find(
        "process_per_task", question=RECORD.name, backend=ANY, start_method=ANY, workers=ANY, tasks=ANY
    )
    sizes = {data.cell.tasks for data in alone}
    pooled = evidence.find(
        "map",
        question=RECORD.name,
        backend=POOL.name,
        start_method=ANY,
        workers=ANY,
        tasks=lambda tasks: not sizes or tasks in sizes,
        chunksize=1,
    )
    alone.sort(key=_place)
    pooled.sort(key=_place)
    return rows(
        evidence,
        "q4-per-task",
        [
            point(data, (carrier, data.cell.start_method), series=carrier, per=data.cell.tasks)
            for carrier, cells in (
                ("a process for each task", alone),
                ("a pool that lives on, one task a message", pooled),
            )
            for data in cells
        ],
        about="One task that does nothing: through a pool that lives on, and with a process of its own",
        finding=lambda: _both(pooled[0], alone[0]) if pooled and alone else "",
        side_by_side="costs",
        subtitle=f"Average time per task of {_tasks([*alone, *pooled])}, log scale, lower is better",
        heads=("what carries the task", "start method"),
        missing="no empty task was sent through a pool or a process of its own",
        y_label="time per task (log scale)",
        log_y=True,
    )


def _place(data: CellData) -> tuple[tuple[int, int], str]:
    return place(data.cell.backend, data.cell.start_method), data.cell.text


def _both(pooled: CellData, alone: CellData) -> str:
    return (
        f"An empty task costs {with_interval(_per_task(pooled))} through a living pool ({pooled.cell.start_method}) and"
        f" {with_interval(_per_task(alone))} with a process of its own ({alone.cell.start_method})"
    )


def _per_task(data: CellData) -> Estimate:
    return average_of(data, per=data.cell.tasks)


def _by_chunk(evidence: Evidence) -> tuple[Panel, ...]:
    """By pool and chunk size; the library's own choice is a row of its own."""
    cells = evidence.find(
        "map", question=RECORD.name, backend=ANY, start_method=ANY, workers=ANY, tasks=ANY, chunksize=ANY
    )
    sizes: dict[str, set[int]] = {}
    for data in cells:
        sizes.setdefault(_without_chunks(data), set()).add(data.cell.chunksize)
    swept = sorted((data for data in cells if len(sizes[_without_chunks(data)]) > 1), key=_chunks_in_order)
    return rows(
        evidence,
        "q4-chunks",
        [
            point(
                data,
                (_pool(data), _chunk(data.cell.chunksize)),
                series=_pool(data),
                look=BACKENDS[data.cell.backend].look,
                per=data.cell.tasks,
            )
            for data in swept
        ],
        about="One task that does nothing, by chunk size",
        finding=lambda: _smallest_and_largest(swept),
        side_by_side="costs",
        subtitle=f"Average time per task of {_tasks(swept)}, log scale, lower is better",
        heads=("pool", "chunk size"),
        missing="no pool was measured at more than one chunk size",
        y_label="time per task (log scale)",
        log_y=True,
    )


def _without_chunks(data: CellData) -> str:
    return replace(data.cell, chunksize=0).text


def _chunks_in_order(data: CellData) -> tuple[tuple[int, int], bool, int]:
    chunksize = data.cell.chunksize
    return place(data.cell.backend, data.cell.start_method), chunksize == 0, chunksize


def _pool(data: CellData) -> str:
    label, method = BACKENDS[data.cell.backend].look.label, data.cell.start_method
    return f"{label}, {method}" if method else label


def _smallest_and_largest(swept: Sequence[CellData]) -> str:
    """What the first pool's chunks change: the smallest against the largest, the library's choice where only one was asked."""
    first = [data for data in swept if _pool(data) == _pool(swept[0])]
    asked = [data for data in first if data.cell.chunksize]
    told = (asked[0], asked[-1]) if len(asked) > 1 else first[:2]
    costs = [f"{with_interval(_per_task(data), reason=False)} ({_chunk(data.cell.chunksize)})" for data in told]
    return f"{_pool(swept[0])}: an empty task costs {', '.join(costs)}"


def _chunk(chunksize: int) -> str:
    return f"chunks of {count(chunksize)}" if chunksize else "library's default"


def _tasks(cells: Sequence[CellData]) -> str:
    return " or ".join(count(tasks) for tasks in sorted({data.cell.tasks for data in cells})) + " tasks"
