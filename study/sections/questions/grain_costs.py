"""The two costs of a task in a pool, and what they foretell: the grain of half efficiency, and when a pool pays at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import scaling, stats
from study.evidence import ANY, aligned
from study.sections.build import average_of, point, rows
from study.sections.capacity import capacity_of
from study.sections.ways import OVERHEAD, way_look
from study.table import paired
from study.things.kernels import FANNKUCH
from study.units import seconds, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Panel
    from study.evidence import Evidence
    from study.findings import Estimate
    from study.table import CellData

TASK_LENGTHS_S = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
_FROM = (
    "From the time to make and close the pool, both costs of a task and the measured capacity; it takes all workers to be"
    " busy to the end."
)
_SHARED = (
    "The law gives who hands out a CPU of its own. With as many workers as CPUs it has none, and a task costs the workers'"
    " CPUs o_w + o_d; o_d may hold time of the workers, so this is the law at its highest. What is measured above it is a"
    " cost that the law does not know."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The two costs of a task in one pool: `worker_s` in the worker, `dispatch_s` where tasks are handed out.

    `both_s` is their sum: what a task costs the workers' CPUs at most, where who hands out has none of its own.
    """

    pool: CellData
    worker_s: Estimate
    dispatch_s: Estimate
    both_s: Estimate


def costs_of(courses: Mapping[str, Sequence[CellData]], serial: Mapping[int, CellData]) -> dict[str, Costs]:
    """Name of a course over grains -> its costs.

    Only with one task a message and more than one worker, where the course of one worker is there too.

    Parameters
    ----------
    serial : iterations of a task -> the plain loop over the same tasks.
    """
    found = {}
    for name, cells in courses.items():
        pool = cells[0]
        alone = [
            data
            for course in courses.values()
            for data in course
            if data.cell.workers == 1 and _but_workers(data) == _but_workers(pool)
        ]
        if pool.cell.chunksize != 1 or pool.cell.workers == 1 or not alone:
            continue
        shortest = min(cells, key=lambda data: data.cell.spins)
        dispatch_s = average_of(shortest, per=shortest.cell.tasks)
        least_s = dispatch_s.point or 0.0
        hidden = [data for data in alone if serial[data.cell.spins].means.mean() / data.cell.tasks > least_s]
        if not hidden:
            continue
        chosen = min(hidden, key=lambda data: data.cell.spins)
        columns = aligned([chosen, serial[chosen.cell.spins], shortest])
        own_s = np.maximum(columns[:, 0] - columns[:, 1], 0.0) / chosen.cell.tasks
        found[name] = Costs(
            pool=pool,
            worker_s=stats.average(own_s, "s"),
            dispatch_s=dispatch_s,
            both_s=stats.average(own_s + columns[:, 2] / shortest.cell.tasks, "s"),
        )
    return found


def _but_workers(data: CellData) -> object:
    """What a pool is beside its number of workers, whatever the tasks."""
    return replace(data.cell, spins=0, tasks=0, workers=0)


def law(evidence: Evidence, costs: Mapping[str, Costs], reached: Mapping[str, Estimate]) -> tuple[Panel, ...]:
    """METG(50 %) as the two costs of a task foretell it, beside the measured one.

    Parameters
    ----------
    reached : name of a course over grains -> its measured METG(50 %).
    """
    points = []
    told, again = [], []
    for name, cost in costs.items():
        workers = cost.pool.cell.workers
        shared = workers >= evidence.usable_cpus
        most = scaling.predicted_metg(cost.both_s, cost.dispatch_s, workers)
        predicted = scaling.predicted_metg(cost.worker_s, cost.dispatch_s, workers)
        checked = scaling.law_checked(predicted, reached[name])
        told.append(f"{name}: {checked.sentence}")
        if shared:
            beside = scaling.law_checked(most, reached[name]).sentence
            again.append(f"{name}, CPUs shared with handing out: {beside[:1].lower()}{beside[1:]}")
        for what, estimate in (
            ("o_w, in the worker", cost.worker_s),
            ("o_d, handing out", cost.dispatch_s),
            ("METG by the law", checked.predicted),
            *((("METG by the law, CPUs shared", most),) if shared else ()),
            ("METG measured", checked.measured),
        ):
            points.append(point(cost.pool, (name, what), series=name, look=way_look(cost.pool), estimate=estimate))
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
        notes=(
            "o_d is the time per task at the shortest grain; the measured METG is twice the useful work.",
            "o_w is what one worker adds to the plain loop at the shortest grain that is longer than o_d.",
            _SHARED,
        ),
        found=(*told[1:], *again),
    )


def break_even(evidence: Evidence, costs: Mapping[str, Costs]) -> tuple[Panel, ...]:
    """From how many tasks on a pool that has to be made first is faster than a plain loop, by length of a task."""
    points = []
    never = []
    for name, cost in costs.items():
        cell = cost.pool.cell
        life = evidence.one(
            "pool_lifecycle",
            kernel=OVERHEAD,
            backend=cell.backend,
            start_method=cell.start_method,
            workers=cell.workers,
            tasks=ANY,
            part="total",
        )
        pair = capacity_of(evidence, FANNKUCH.name, cell.workers)
        if life is None or pair is None:
            continue
        capacity = scaling.capacity(*paired(*pair), cell.workers)
        for task_s in TASK_LENGTHS_S:
            length = f"tasks of {seconds(task_s, 1)}"
            tasks = scaling.break_even_tasks(task_s, average_of(life), cost.worker_s, cost.dispatch_s, capacity)
            if tasks.point is None:
                never.append(f"{name}, {length}: {tasks.reason}.")
            points.append(point(life, (name, length), series=name, look=way_look(life), estimate=tasks))
    known = [drawn for drawn in points if drawn.estimate.point is not None]
    return rows(
        evidence,
        "grain-break-even",
        points,
        about="The least number of tasks for which a pool beats a plain loop",
        side_by_side="gains",
        finding="; ".join(
            f"{', '.join(drawn.names)}: faster from {with_interval(drawn.estimate)} on" for drawn in known[:2]
        )
        or "A pool made for these tasks is never faster than a plain loop",
        subtitle="Least number of tasks for which a pool, its start included, beats a plain loop; log scale, lower is better",
        heads=("pool", "length of a task"),
        y_label="tasks (log scale)",
        log_y=True,
        notes=(_FROM,),
        found=never,
    )
