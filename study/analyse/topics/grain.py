"""How long a task must be: efficiency over the grain, and METG(50 %)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import scaling, stats
from study.analyse.topics.build import average_of, curves, point, processes, rows
from study.analyse.topics.dispatch import pool_name
from study.analyse.topics.evidence import aligned
from study.analyse.topics.scaling import capacity_of
from study.table import paired
from study.units import count, counted, seconds, with_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from study.analyse.topics.evidence import Evidence
    from study.findings import Estimate, Panel, PanelPoint
    from study.table import CellData

HALF = 0.5
_FROM = (
    "From the time to make and close the pool, both costs of a task and the measured capacity; it takes all workers to be"
    " busy to the end."
)
TASK_LENGTHS_S = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
_SHARED = (
    "The law gives who hands out a CPU of its own. With as many workers as CPUs it has none, and a task costs the workers'"
    " CPUs o_w + o_d; o_d may hold time of the workers, so this is the law at its highest. What is measured above it is a"
    " cost that the law does not know."
)
_HOW = "Useful work is measured by the plain loop in the same rounds; isotonic fit, bootstrap over rounds."


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Efficiency curves, and the grain at which each reaches one half."""
    serial = {data.cell.spins: data for data in evidence.find(pattern="map", kernel="spin", backend="call", variant="")}
    series: dict[str, list[CellData]] = {}
    for data in evidence.find(pattern="map", kernel="spin", variant=""):
        if data.cell.backend != "call" and data.cell.spins in serial:
            series.setdefault(_name(data), []).append(data)
    efficient: list[PanelPoint] = []
    reached: list[PanelPoint] = []
    for name, cells in series.items():
        ordered = sorted(cells, key=lambda data: data.cell.spins)
        grain_s, efficiency = _efficiency(ordered, [serial[data.cell.spins] for data in ordered])
        for index, data in enumerate(ordered):
            useful_s = float(grain_s[:, index].mean())
            estimate = stats.average(efficiency[:, index], "share")
            efficient.append(
                point(
                    data, (name, seconds(useful_s)), series=name, x=useful_s, thing=data.cell.backend, estimate=estimate
                )
            )
        found = scaling.metg(grain_s, efficiency, level=HALF)
        reached.append(point(ordered[0], (name,), thing=ordered[0].cell.backend, estimate=found))
    known = [one for one in reached if one.estimate.point is not None]

    def finding() -> str:
        if not known:
            return ""
        return "Workers spend half of their time on tasks of " + ", ".join(
            f"{with_interval(one.estimate)} ({one.names[0]})" for one in known[:3]
        )

    costs = costs_of(series, serial)
    shown = [data for cells in series.values() for data in cells]
    return (
        *curves(
            evidence,
            "grain-efficiency",
            efficient,
            about="What the workers' time is spent on, by the length of a task",
            side_by_side="costs",
            finding="",
            subtitle=f"Efficiency: useful work over the time of all workers, {processes(shown)}, higher is better",
            heads=("pool", "useful work of a task"),
            y_label="efficiency",
            x_label="useful work of one task (log scale)",
            x_unit="s",
            log_x=True,
            references=(("half", HALF),),
        ),
        *rows(
            evidence,
            "grain-metg",
            reached,
            about="The grain at which workers spend half of their time on tasks",
            side_by_side="costs",
            finding=finding,
            subtitle="METG(50 %): useful work of a task at which half of the workers' time is work, log scale, lower is better",
            heads=("pool",),
            y_label="useful work of one task (log scale)",
            log_y=True,
            notes=(_HOW,),
        ),
        *_law(evidence, costs, {one.names[0]: one.estimate for one in reached}),
        *_break_even(evidence, costs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The two costs of a task in one pool: `worker_s` in the worker, `dispatch_s` where tasks are handed out.

    `both_s` is their sum: what a task costs the workers' CPUs at most, where who hands out has none of its own.
    """

    cells: list[CellData]
    worker_s: Estimate
    dispatch_s: Estimate
    both_s: Estimate


def costs_of(series: dict[str, list[CellData]], serial: dict[int, CellData]) -> dict[str, Costs]:
    """Series -> its costs; only with one task a message and more than one worker, where a series of one worker is there."""
    found = {}
    for name, cells in series.items():
        cell = cells[0].cell
        alone = [
            data
            for others in series.values()
            for data in others
            if replace(data.cell, spins=0, tasks=0, workers=0) == replace(cell, spins=0, tasks=0, workers=0)
            and data.cell.workers == 1
        ]
        if cell.chunksize != 1 or cell.workers == 1 or not alone:
            continue
        shortest = min(cells, key=lambda data: data.cell.spins)
        dispatch_s = average_of(shortest, per=shortest.cell.tasks)
        least_s = dispatch_s.point or 0.0
        hidden = [data for data in alone if serial[data.cell.spins].means.mean() / data.cell.tasks > least_s]
        if not hidden:
            continue
        chosen = min(hidden, key=lambda data: data.cell.spins)
        each = aligned([chosen, serial[chosen.cell.spins], shortest])
        own = np.maximum(each[:, 0] - each[:, 1], 0.0) / chosen.cell.tasks
        found[name] = Costs(
            cells=cells,
            worker_s=stats.average(own, "s"),
            dispatch_s=dispatch_s,
            both_s=stats.average(own + each[:, 2] / shortest.cell.tasks, "s"),
        )
    return found


def _law(evidence: Evidence, costs: dict[str, Costs], reached: dict[str, Estimate]) -> tuple[Panel, ...]:
    """METG(50 %) as the two costs of a task foretell it, beside the measured one."""
    points = []
    told, again = [], []
    for name, cost in costs.items():
        cell = cost.cells[0].cell
        shared = cell.workers >= evidence.usable_cpus
        most = scaling.predicted_metg(cost.both_s, cost.dispatch_s, cell.workers)
        predicted = scaling.predicted_metg(cost.worker_s, cost.dispatch_s, cell.workers)
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
            points.append(point(cost.cells[0], (name, what), series=name, thing=cell.backend, estimate=estimate))
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


def _break_even(evidence: Evidence, costs: dict[str, Costs]) -> tuple[Panel, ...]:
    """From how many tasks on a pool that has to be made first is faster than a plain loop, by length of a task."""
    points = []
    never = []
    for name, cost in costs.items():
        cell = cost.cells[0].cell
        start = [
            data
            for data in evidence.find(
                pattern="pool_lifecycle", part="total", backend=cell.backend, start_method=cell.start_method
            )
            if data.cell.workers == cell.workers
        ]
        pair = capacity_of(evidence, "fannkuch", cell.workers)
        if not start or pair is None:
            continue
        capacity = scaling.capacity(*paired(*pair), cell.workers)
        for task_s in TASK_LENGTHS_S:
            tasks = scaling.break_even_tasks(
                task_s, average_of(start[0]), cost.worker_s, cost.dispatch_s, capacity
            )  # fmt: skip
            if tasks.point is None:
                never.append(f"{name}, tasks of {seconds(task_s, 1)}: {tasks.reason}.")
            points.append(
                point(
                    start[0], (name, f"tasks of {seconds(task_s, 1)}"), series=name, thing=cell.backend, estimate=tasks
                )
            )
    known = [one for one in points if one.estimate.point is not None]
    return rows(
        evidence,
        "grain-break-even",
        points,
        about="The least number of tasks for which a pool beats a plain loop",
        side_by_side="gains",
        finding="; ".join(
            f"{one.names[0]}, {one.names[1]}: faster from {with_interval(one.estimate)} on" for one in known[:2]
        )
        or "A pool made for these tasks is never faster than a plain loop",
        subtitle="Least number of tasks for which a pool, its start included, beats a plain loop; log scale, lower is better",
        heads=("pool", "length of a task"),
        y_label="tasks (log scale)",
        log_y=True,
        notes=(_FROM,),
        found=never,
    )


def _name(data: CellData) -> str:
    chunks = "own chunks" if not data.cell.chunksize else f"chunks of {count(data.cell.chunksize)}"
    return f"{pool_name(data)}, {counted(data.cell.workers, 'worker')}, {chunks}"


def _efficiency(cells: list[CellData], serial: list[CellData]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(Useful seconds of a task, efficiency), shape (G, L) each, in the rounds that all cells have."""
    tasks = np.array([data.cell.tasks for data in cells])
    both = aligned([*serial, *cells])
    grain_s, elapsed_s = both[:, : len(cells)] / tasks, both[:, len(cells) :]
    return grain_s, scaling.efficiencies(grain_s, elapsed_s, tasks, cells[0].cell.workers)
