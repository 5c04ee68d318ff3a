"""Q5: the parts of a pool's life for five squares, beside the plain loop; and how long a task must be to break even."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import scaling
from study.blocks import PanelPoint, Record
from study.evidence import ANY
from study.names import cell_name, who
from study.sections.build import average_of, look_of, place, point, rows
from study.sections.files import data_file
from study.things import BACKENDS, KERNELS
from study.things.backends import CALL, POOL, PROCESSES
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.blocks import DataFile, Panel
    from study.cell import Cell
    from study.evidence import Evidence, Study
    from study.findings import Estimate
    from study.table import CellData
    from study.things import Look

RECORD = Record(
    order=205,
    name="Q5",
    title="How is a pool of worker processes created?",
    reader="When does the pool pay back?",
    programs=("q5_pool.py",),
    always=True,
)
_WHOLE = "total"
_PARTS = {
    "create": "making the pool",
    "first_map": "its first map",
    "warm_map": "a later map",
    "close_join": "close and join",
    _WHOLE: "its whole life",
}
"""Part of a pool's life -> in words, in their order."""
_MADE, _RUNNING, _EACH = (
    "a pool made for the occasion and closed again",
    "a pool that is already running",
    "a process for each task",
)
_WAYS = {"map": _RUNNING, "pool_lifecycle": _MADE, "process_per_task": _EACH}
"""Pattern -> the way to run tasks that it stands for."""
_OWN = (POOL.name, PROCESSES.name)
"""Backends that are multiprocessing's own: their start method says enough."""
ASSUMPTION = "the workers share the tasks evenly and do not slow each other down: at best this soon"


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """A pool's life part by part; and from which length of a task on a pool is as fast as a plain loop."""
    return *_parts(evidence), *_pays_back(evidence)


def files(study: Study) -> tuple[DataFile, ...]:
    """All break-even points."""
    return (
        data_file(
            study,
            "break-even.csv",
            "break-even grains",
            lambda evidence: (
                {
                    "name": row.name,
                    "tasks": row.cell.tasks,
                    "workers": row.cell.workers,
                    "grain": row.grain_s,
                    "assumption": ASSUMPTION,
                }
                for row in break_evens(evidence)
            ),
        ),
    )


def _parts(evidence: Evidence) -> tuple[Panel, ...]:
    """A group for each part of the pool's life, a row for each start method."""
    points = []
    whole: CellData | None = None
    for part, words in _PARTS.items():
        lives = sorted(_lives(evidence, "pool_lifecycle", RECORD.name, part), key=_place)
        points += [point(data, (words, data.cell.start_method), series=words) for data in lives]
        if part == _WHOLE:
            whole = next(iter(lives), None)
            points += [
                point(data, (words, "as shipped"), series=words, look=POOL.look)
                for data in _lives(evidence, "pool_as_shipped", "", part)
            ]
    loop = None
    if whole is not None:
        loop = evidence.one("map", kernel=whole.cell.kernel, tasks=whole.cell.tasks)
    if loop is not None:
        group = "the same squares without a pool"
        points.append(point(loop, (group, CALL.look.label), series=group))
    return rows(
        evidence,
        "q5-parts",
        points,
        about="The parts of a short-lived pool's life, by start method, beside a plain loop",
        finding=lambda: _life(whole, loop),
        side_by_side="costs",
        subtitle="Average time, log scale, lower is better",
        heads=("part", "start method"),
        missing="no life of a pool was measured",
        y_label="time (log scale)",
        log_y=True,
    )


def _lives(evidence: Evidence, pattern: str, question: str, part: str) -> list[CellData]:
    return evidence.find(
        pattern, question=question, part=part, kernel=ANY, backend=ANY, start_method=ANY, workers=ANY, tasks=ANY
    )


def _place(data: CellData) -> tuple[int, int]:
    return place(data.cell.backend, data.cell.start_method)


def _life(whole: CellData | None, loop: CellData | None) -> str:
    if whole is None:
        return ""
    beside = f", the plain loop {with_interval(average_of(loop), reason=False)}" if loop else ""
    life = with_interval(average_of(whole), reason=False)
    return f"A pool's life for five squares takes {life} under {whole.cell.start_method}{beside}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """How long one task must be before a way to run tasks is as fast as a plain loop: a lower bound, see `assumption`.

    Attributes
    ----------
    cell : the tasks that do nothing whose time is the way's overhead; `name` is the way in words.
    """

    cell: Cell
    name: str
    grain_s: Estimate
    look: Look


def break_evens(evidence: Evidence) -> tuple[BreakEven, ...]:
    """Of every pool that was made or is running, and of a process per task; those of other libraries apart.

    No more workers than there are usable CPUs share the work, however many there are.
    """
    return tuple(
        BreakEven(
            cell=data.cell,
            name=_name(data.cell),
            grain_s=scaling.break_even_grain(
                average_of(data), data.cell.tasks, min(data.cell.workers, evidence.usable_cpus)
            ),
            look=_look(data),
        )
        for pattern in _WAYS
        for data in evidence.find(
            pattern,
            kernel=lambda name: not KERNELS[name].works,
            backend=lambda name: BACKENDS[name].kind in {"process", "interpreter"} and not BACKENDS[name].package,
            start_method=ANY,
            workers=lambda workers: workers > 0,
            tasks=ANY,
            chunksize=(0, 1),
        )
    )


def _name(cell: Cell) -> str:
    way = _WAYS[cell.pattern]
    return f"{way}: {cell_name(cell)}" if way == _RUNNING else f"{way}, {_under(cell)}"


def _under(cell: Cell) -> str:
    """How it is started, and what it is where that is not multiprocessing's own: 'ProcessPoolExecutor under fork'."""
    words = [] if cell.backend in _OWN else [BACKENDS[cell.backend].look.label]
    return " ".join([*words, f"under {cell.start_method}"] if cell.start_method else words)


def _look(data: CellData) -> Look:
    """That of the start method; of a pool that is not multiprocessing's its own."""
    return look_of(data) if data.cell.backend in _OWN else BACKENDS[data.cell.backend].look


def _pays_back(evidence: Evidence) -> tuple[Panel, ...]:
    """A row for each way to run tasks: the grain from which on it is as fast as a plain loop."""
    every = break_evens(evidence)
    known = [row for row in every if row.grain_s.point is not None]
    reasons = "; ".join(dict.fromkeys(row.grain_s.reason for row in every if row.grain_s.reason))
    return rows(
        evidence,
        "q5-break-even",
        [_point(row) for row in sorted(known, key=_by_tasks_and_way)],
        about="How long one task must be before a pool is as fast as a plain loop",
        finding=lambda: f"Break-even at {with_interval(known[0].grain_s, reason=False)} a task: {known[0].name}",
        side_by_side="costs",
        subtitle="Length of one task from which on the parallel way is as fast as a plain loop (a lower bound), log scale",
        heads=("tasks", "way"),
        missing=f"no break-even was found: {reasons or 'the cells it is made of were not measured'}",
        y_label="length of one task (log scale)",
        log_y=True,
    )


def _by_tasks_and_way(row: BreakEven) -> tuple[int, int, tuple[int, int], int, int]:
    cell = row.cell
    ways = (_MADE, _RUNNING, _EACH)
    return (
        cell.tasks,
        ways.index(_WAYS[cell.pattern]),
        place(cell.backend, cell.start_method),
        cell.workers,
        cell.chunksize,
    )


def _point(row: BreakEven) -> PanelPoint:
    way = _WAYS[row.cell.pattern]
    group = f"{counted(row.cell.tasks, 'task')}, {way}"
    label = _under(row.cell)
    if way == _RUNNING:
        label = who(row.cell) + (f", chunks of {count(row.cell.chunksize)}" if row.cell.chunksize else "")
    return PanelPoint(names=(group, label), look=row.look, estimate=row.grain_s, series=group)
