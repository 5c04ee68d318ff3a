"""Q5: the parts of a pool's life for five squares, beside the plain loop; and how long a task must be to break even."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import scaling
from study.cell import chunksize_of
from study.names import cell_name, who
from study.reports import Record
from study.sections.build import average_of, average_text, log_axis, look_of, loop_beside, place_of, point, rows
from study.sections.files import columns, data_file
from study.sections.ways import ANY_JOB, OVERHEAD, way_look, way_name
from study.things import BACKENDS
from study.things.backends import CALL, POOL, PROCESSES
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.blocks import Panel, PanelPoint
    from study.cell import Cell
    from study.evidence import CellData, Evidence, Study
    from study.findings import Estimate
    from study.reports import DataFile

RECORD = Record(
    order=205,
    name="Q5",
    title="How is a pool of worker processes created?",
    reader="When does the pool pay back?",
    programs=("q5_pool.py",),
    always=True,
    part="Answers",
)
_WHOLE = "total"
_PARTS = {
    "create": "making the pool",
    "first_map": "its first map",
    "second_map": "its second map",
    "warm_map": "a map once all workers are warm",
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
_KINDS = ("process", "interpreter")
"""Who may take the plain loop's place."""
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
                    **columns(row.cell, "tasks workers"),
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
    lives: list[CellData] = []
    for part, words in _PARTS.items():
        lives = evidence.find("pool_lifecycle", question=RECORD.name, part=part, **ANY_JOB)
        lives.sort(key=place_of)
        points += [_drawn(data, words) for data in lives]
    shipped = evidence.find("pool_as_shipped", part=_WHOLE, **ANY_JOB)
    points += [point(data, _PARTS[_WHOLE], "as shipped", look=POOL.look) for data in shipped]
    whole = next(iter(lives), None)
    loop = whole and loop_beside(evidence, whole)
    if loop is not None:
        points.append(point(loop, "the same squares without a pool", CALL.look.label))
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
        **log_axis("time"),
    )


def _drawn(data: CellData, words: str) -> PanelPoint:
    """A Pool's life by its start method, that of another pool by its name."""
    if data.cell.backend == POOL.name:
        return point(data, words, data.cell.start_method)
    return point(data, words, way_name(data), look=way_look(data))


def _life(whole: CellData | None, loop: CellData | None) -> str:
    if whole is None:
        return ""
    beside = f", the plain loop {average_text(loop, reason=False)}" if loop else ""
    life = average_text(whole, reason=False)
    return f"A pool's life for five squares takes {life} under {whole.cell.start_method}{beside}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """How long one task must be before a way to run tasks is as fast as a plain loop: a lower bound, see `ASSUMPTION`.

    Attributes
    ----------
    data : of tasks that do nothing, whose time is the way's overhead; `name` is the way in words.
    """

    data: CellData
    name: str
    grain_s: Estimate

    @property
    def cell(self) -> Cell:
        """The cell of these tasks."""
        return self.data.cell


def break_evens(evidence: Evidence) -> tuple[BreakEven, ...]:
    """Of every pool that was made or is running, and of a process per task; those of other libraries apart.

    No more workers than there are usable CPUs share the work, however many there are.
    """
    found = []
    own = tuple(backend.name for backend in BACKENDS.values() if backend.kind in _KINDS and not backend.package)
    empty = {**ANY_JOB, "kernel": OVERHEAD, "backend": own, "workers": lambda workers: workers > 0, "chunksize": (0, 1)}
    for pattern in _WAYS:
        for data in evidence.find(pattern, **empty):
            workers = min(data.cell.workers, evidence.usable_cpus)
            grain_s = scaling.break_even_grain(average_of(data), data.cell.tasks, workers)
            found.append(BreakEven(data=data, name=_name(data), grain_s=grain_s))
    return tuple(found)


def soonest_first(rows: Iterable[BreakEven]) -> list[BreakEven]:
    """Those that pay back: the least grain first, equal ones in the order of the records."""
    known = (row for row in rows if row.grain_s.point is not None)
    return sorted(known, key=lambda row: (row.grain_s.point or 0.0, _by_tasks_and_way(row)))


def _name(data: CellData) -> str:
    way = _WAYS[data.cell.pattern]
    if way == _RUNNING:
        return f"{way}: {cell_name(data.cell)}"
    return f"{way}, {counted(data.cell.tasks, 'task')}, {_under(data)}"


def _under(data: CellData) -> str:
    """How it is started, and what it is where that is not multiprocessing's own: 'ProcessPoolExecutor under fork'."""
    method = data.cell.start_method
    label = "" if data.cell.backend in _OWN else way_look(data).label
    return " ".join(filter(None, (label, f"under {method}" if method else "")))


def _pays_back(evidence: Evidence) -> tuple[Panel, ...]:
    """A row for each way to run tasks: the grain from which on it is as fast as a plain loop."""
    every = break_evens(evidence)
    known = soonest_first(every)
    reasons = "; ".join(dict.fromkeys(row.grain_s.reason for row in every if row.grain_s.reason))
    return rows(
        evidence,
        "q5-break-even",
        map(_point, sorted(known, key=_by_tasks_and_way)),
        about="How long one task must be before a pool is as fast as a plain loop",
        finding=lambda: (
            f"Break-even at best at {with_interval(known[0].grain_s, reason=False)} a task: {known[0].name}"
        ),
        side_by_side="costs",
        subtitle="Length of one task from which on the parallel way is as fast as a plain loop (a lower bound), log scale",
        heads=("tasks", "way"),
        missing=f"no break-even was found: {reasons or 'the cells it is made of were not measured'}",
        **log_axis("length of one task"),
    )


def _by_tasks_and_way(row: BreakEven) -> tuple[int, int, tuple[int, int], int, int]:
    cell = row.cell
    way = (_MADE, _RUNNING, _EACH).index(_WAYS[cell.pattern])
    return cell.tasks, way, place_of(row.data), cell.workers, chunksize_of(cell)


def _point(row: BreakEven) -> PanelPoint:
    data, way = row.data, _WAYS[row.cell.pattern]
    label = _under(data)
    if way == _RUNNING:
        label = who(data.cell) + (f", chunks of {count(data.cell.chunksize)}" if data.cell.chunksize else "")
    # A start method's look says enough of multiprocessing's own.
    look = look_of(data) if data.cell.backend in _OWN else way_look(data)
    return point(data, f"{counted(data.cell.tasks, 'task')}, {way}", label, look=look, estimate=row.grain_s)
