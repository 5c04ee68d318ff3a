"""How long a task must be: efficiency over the grain, METG(50 %), and what the two costs of a task foretell of both."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import scaling, stats
from study.blocks import Panel, PanelPoint, Reference
from study.evidence import ANY, CellData, Evidence, aligned
from study.reports import Record
from study.sections.build import average_of, curves, grouped, log_axis, point, processes, rows, swept
from study.sections.capacity import capacity_of
from study.sections.ways import ANY_JOB, OVERHEAD, kind_of, pool_name, way_look
from study.things.kernels import FANNKUCH, SPIN
from study.units import count, counted, seconds, with_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from study.cell import Cell
    from study.findings import Estimate

RECORD = Record(
    order=303,
    name="Grain",
    title="How long must a task be?",
    reader="From which task length on does a pool pay?",
)
HALF = 0.5
FEWEST = 16
"""Tasks of a grain, whatever its length."""
TASK_LENGTHS_S = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
_HOW = (
    "Useful work is measured by the plain loop in the same rounds, and averages are divided. Between the grains max(c, o + s·w)"
    " where that fits, else a straight line; bootstrap over rounds."
)
_FROM = (
    "From the time to make and close the pool, both costs of a task and the measured capacity; it takes all workers to be"
    " busy to the end."
)
_COSTS = (
    "o_d is the time per task at the shortest grain; the measured METG is twice the useful work.",
    "o_w is what one worker adds to the plain loop at the shortest grain that is longer than o_d.",
    (
        "The law gives who hands out a CPU of its own. With as many workers as CPUs it has none, and a task costs the workers'"
        " CPUs o_w + o_d; o_d may hold time of the workers, so this is the law at its highest. What is measured above it is a"
        " cost that the law does not know."
    ),
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Efficiency curves, the grain at which each reaches one half, and what the costs of a task foretell."""
    serial = _serial(evidence)
    both = _courses(evidence)
    courses = {name: course for name, (course, _) in both.items()}
    efficient: list[PanelPoint] = []
    reached: dict[str, PanelPoint] = {}
    for name, (course, loops) in both.items():
        grain_s, granularity_s = _granularity(course, loops)
        for index, data in enumerate(course):
            useful_s = float(grain_s[:, index].mean())
            ratio = stats.ratio_of_averages_paired(grain_s[:, index], granularity_s[:, index])
            share = replace(ratio, unit="share")
            efficient.append(point(data, name, seconds(useful_s), x=useful_s, look=way_look(data), estimate=share))
        metg = scaling.metg(grain_s, granularity_s, level=HALF)
        reached[name] = point(course[0], name, look=way_look(course[0]), estimate=metg)
    costs = _costs_of(courses, serial)
    return (
        *curves(
            evidence,
            "grain-efficiency",
            efficient,
            about="What the workers' time is spent on, by the length of a task",
            side_by_side="costs",
            finding="",
            subtitle="Efficiency: average useful work over average time of all workers,"
            f" {processes(chain.from_iterable(courses.values()))}, higher is better",
            heads=("pool", "useful work of a task"),
            y_label="efficiency",
            **swept("useful work of one task", "s", log=True),
            references=(Reference(label="half", at=HALF),),
        ),
        *_metg(evidence, list(reached.values())),
        *_law(evidence, costs, {name: drawn.estimate for name, drawn in reached.items()}),
        *_break_even(evidence, costs),
    )


def _serial(evidence: Evidence) -> dict[int, CellData]:
    """Length of a task -> the plain loop over many of them."""
    return {data.cell.spins: data for data in evidence.find("map", kernel=SPIN.name, spins=ANY, tasks=_many)}


def _courses(evidence: Evidence) -> dict[str, tuple[list[CellData], list[CellData]]]:
    """Name of a way -> its jobs, the shortest tasks first, and the plain loop over the same tasks beside each."""
    serial = _serial(evidence)
    alike = {(spins, data.cell.tasks) for spins, data in serial.items()}
    grains = {**ANY_JOB, "kernel": SPIN.name, "chunksize": ANY, "spins": ANY}
    cells = [
        data
        for data in evidence.find("map", **grains)
        if kind_of(data) != "loop" and (data.cell.spins, data.cell.tasks) in alike
    ]
    found = {}
    for name, several in grouped(cells, _name).items():
        course = sorted(several, key=lambda data: data.cell.spins)
        found[name] = course, [serial[data.cell.spins] for data in course]
    return found


def _many(tasks: int) -> bool:
    """Whether it is the tasks that are swept, and not the length of a job of a few."""
    return tasks >= FEWEST


def _name(data: CellData) -> str:
    return f"{pool_name(data)}, {counted(data.cell.workers, 'worker')}, {chunks_of(data.cell)}"


def chunks_of(cell: Cell) -> str:
    """In which chunks its tasks are handed out, in words."""
    return f"chunks of {count(cell.chunksize)}" if cell.chunksize else "own chunks"


def _granularity(cells: list[CellData], serial: list[CellData]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(Useful seconds of a task, those of all workers), shape (G, L) each, in the rounds that all cells have."""
    tasks = np.array([data.cell.tasks for data in cells])
    both = aligned([*serial, *cells])
    grain_s, elapsed_s = both[:, : len(cells)] / tasks, both[:, len(cells) :]
    return grain_s, scaling.granularities(elapsed_s, tasks, cells[0].cell.workers)


def _metg(evidence: Evidence, reached: list[PanelPoint]) -> tuple[Panel, ...]:
    known = [
        f"{with_interval(drawn.estimate)} ({drawn.names[0]})" for drawn in reached if drawn.estimate.point is not None
    ]
    return rows(
        evidence,
        "grain-metg",
        reached,
        about="The grain at which workers spend half of their time on tasks",
        side_by_side="costs",
        finding=f"Workers spend half of their time on tasks of {', '.join(known[:3])}" if known else "",
        subtitle="METG(50 %): useful work of a task at which half of the workers' time is work, log scale, lower is better",
        heads=("pool",),
        **log_axis("useful work of one task"),
        notes=(_HOW,),
    )


class Even(NamedTuple):
    """A course over grains: its longest job in tasks, and the useful work of a task at which it takes as long as the loop."""

    pool: CellData
    grain_s: Estimate


def even(evidence: Evidence) -> list[Even]:
    """Where each course of several workers takes as long as the plain loop: its efficiency is then one worker's part."""
    found = []
    for course, serial in _courses(evidence).values():
        most = max(course, key=lambda data: data.cell.tasks)
        workers = most.cell.workers
        if workers > 1:
            grain_s, granularity_s = _granularity(course, serial)
            found.append(Even(most, scaling.metg(grain_s, granularity_s, level=1.0 / workers)))
    return found


class _Costs(NamedTuple):
    """A pool with several workers, and the costs of a task in it."""

    pool: CellData
    of_task: scaling.TaskCosts


def _costs_of(courses: dict[str, list[CellData]], serial: dict[int, CellData]) -> dict[str, _Costs]:
    """Name of a course over grains -> its costs: with one task a message, several workers, and one worker beside them."""
    found = {}
    by_pool = grouped(chain.from_iterable(courses.values()), lambda data: replace(data.cell, spins=0, tasks=0))
    for name, (shortest, *_) in courses.items():
        dispatch_s = shortest.means.mean() / shortest.cell.tasks
        longer = [
            data
            for data in by_pool.get(replace(shortest.cell, spins=0, tasks=0, workers=1), [])
            if serial[data.cell.spins].means.mean() / data.cell.tasks > dispatch_s
        ]
        if shortest.cell.chunksize != 1 or shortest.cell.workers == 1 or not longer:
            continue
        alone = longer[0]
        times = aligned([alone, serial[alone.cell.spins], shortest])
        tasks = (alone.cell.tasks, alone.cell.tasks, shortest.cell.tasks)
        found[name] = _Costs(shortest, scaling.task_costs(*(times / tasks).T))
    return found


def _law(evidence: Evidence, costs: dict[str, _Costs], reached: dict[str, Estimate]) -> tuple[Panel, ...]:
    """METG(50 %) as the two costs of a task foretell it, beside the measured one."""
    points, told, again = [], [], []
    for name, (pool, cost) in costs.items():
        workers = pool.cell.workers
        predicted = scaling.predicted_metg(cost.worker_s, cost.dispatch_s, workers)
        checked = scaling.law_checked(predicted, reached[name])
        told.append(f"{name}: {checked.sentence}")
        found = {
            "o_w, in the worker": cost.worker_s,
            "o_d, handing out": cost.dispatch_s,
            "METG by the law": checked.predicted,
        }
        if workers >= evidence.usable_cpus:
            most = scaling.predicted_metg(cost.both_s, cost.dispatch_s, workers)
            beside = scaling.law_checked(most, reached[name]).sentence
            again.append(f"{name}, CPUs shared with handing out: {beside[:1].lower()}{beside[1:]}")
            found["METG by the law, CPUs shared"] = most
        found["METG measured"] = checked.measured
        look = way_look(pool)
        points += [point(pool, name, what, look=look, estimate=estimate) for what, estimate in found.items()]
    return rows(
        evidence,
        "grain-law",
        points,
        about="The grain of half efficiency, by the law and measured",
        side_by_side="costs",
        finding=told[0].rstrip(".") if told else "",
        subtitle="METG(50 %) as granularity (useful work and overhead of a task), by the law max(2·o_w, p·o_d) and measured",
        heads=("pool", "what"),
        y_label="seconds of a task",
        notes=_COSTS,
        found=(*told[1:], *again),
    )


def _break_even(evidence: Evidence, costs: dict[str, _Costs]) -> tuple[Panel, ...]:
    """From how many tasks on a pool that has to be made first is faster than a plain loop, by length of a task."""
    points, never = [], []
    for name, (pool, cost) in costs.items():
        cell = pool.cell
        who = {"backend": cell.backend, "start_method": cell.start_method, "workers": cell.workers}
        life = evidence.one("pool_lifecycle", **{**ANY_JOB, **who, "kernel": OVERHEAD}, part="total")
        capacity = capacity_of(evidence, FANNKUCH.name, cell.workers)
        if life is None or capacity is None:
            continue
        for task_s in TASK_LENGTHS_S:
            length = f"tasks of {seconds(task_s, 1)}"
            tasks = scaling.break_even_tasks(task_s, average_of(life), cost.worker_s, cost.dispatch_s, capacity)
            if tasks.point is None:
                never.append(f"{name}, {length}: {tasks.reason}.")
            points.append(point(life, name, length, look=way_look(life), estimate=tasks))
    known = [
        f"{', '.join(drawn.names)}: faster from {with_interval(drawn.estimate)} on"
        for drawn in points
        if drawn.estimate.point is not None
    ]
    return rows(
        evidence,
        "grain-break-even",
        points,
        about="The least number of tasks for which a pool beats a plain loop",
        side_by_side="gains",
        finding="; ".join(known[:2]),
        subtitle="Least number of tasks for which a pool, its start included, beats a plain loop; log scale, lower is better",
        heads=("pool", "length of a task"),
        **log_axis("tasks"),
        notes=(_FROM,),
        found=never,
    )
