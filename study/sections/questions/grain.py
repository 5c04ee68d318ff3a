"""How long a task must be: efficiency over the grain, and METG(50 %)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from study import scaling, stats
from study.blocks import Record, Reference
from study.evidence import ANY, aligned
from study.sections.build import curves, point, processes, rows
from study.sections.questions.grain_costs import break_even, costs_of, law
from study.sections.ways import kind_of, pool_name, way_look
from study.things.kernels import SPIN
from study.units import count, counted, seconds, with_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from study.blocks import Panel, PanelPoint
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=303,
    name="Grain",
    title="How long must a task be?",
    reader="From which task length on does a pool pay?",
)
HALF = 0.5
_HOW = "Useful work is measured by the plain loop in the same rounds; isotonic fit, bootstrap over rounds."


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Efficiency curves, the grain at which each reaches one half, and what the costs of a task foretell."""
    serial = {data.cell.spins: data for data in evidence.find("map", kernel=SPIN.name, spins=ANY, tasks=ANY)}
    courses = _courses(evidence, serial)
    efficient: list[PanelPoint] = []
    reached: list[PanelPoint] = []
    for name, cells in courses.items():
        grain_s, efficiency = _efficiency(cells, [serial[data.cell.spins] for data in cells])
        for index, data in enumerate(cells):
            useful_s = float(grain_s[:, index].mean())
            estimate = stats.average(efficiency[:, index], "share")
            names = (name, seconds(useful_s))
            efficient.append(point(data, names, series=name, x=useful_s, look=way_look(data), estimate=estimate))
        metg = scaling.metg(grain_s, efficiency, level=HALF)
        reached.append(point(cells[0], (name,), look=way_look(cells[0]), estimate=metg))
    costs = costs_of(courses, serial)
    return (
        *curves(
            evidence,
            "grain-efficiency",
            efficient,
            about="What the workers' time is spent on, by the length of a task",
            side_by_side="costs",
            finding="",
            subtitle="Efficiency: useful work over the time of all workers,"
            f" {processes([data for cells in courses.values() for data in cells])}, higher is better",
            heads=("pool", "useful work of a task"),
            y_label="efficiency",
            x_label="useful work of one task (log scale)",
            x_unit="s",
            log_x=True,
            references=(Reference(label="half", at=HALF),),
        ),
        *_metg(evidence, reached),
        *law(evidence, costs, {drawn.names[0]: drawn.estimate for drawn in reached}),
        *break_even(evidence, costs),
    )


def _courses(evidence: Evidence, serial: dict[int, CellData]) -> dict[str, list[CellData]]:
    """Name of a pool -> its cells by rising grain, as far as the plain loop was measured with it."""
    courses: dict[str, list[CellData]] = {}
    for data in evidence.find(
        "map",
        kernel=SPIN.name,
        backend=ANY,
        start_method=ANY,
        workers=ANY,
        tasks=ANY,
        chunksize=ANY,
        spins=lambda spins: spins in serial,
    ):
        if kind_of(data) != "loop":
            courses.setdefault(_name(data), []).append(data)
    return {name: sorted(cells, key=lambda data: data.cell.spins) for name, cells in courses.items()}


def _metg(evidence: Evidence, reached: list[PanelPoint]) -> tuple[Panel, ...]:
    known = [drawn for drawn in reached if drawn.estimate.point is not None]
    finding = "Workers spend half of their time on tasks of " + ", ".join(
        f"{with_interval(drawn.estimate)} ({drawn.names[0]})" for drawn in known[:3]
    )
    return rows(
        evidence,
        "grain-metg",
        reached,
        about="The grain at which workers spend half of their time on tasks",
        side_by_side="costs",
        finding=finding if known else "",
        subtitle="METG(50 %): useful work of a task at which half of the workers' time is work, log scale, lower is better",
        heads=("pool",),
        y_label="useful work of one task (log scale)",
        log_y=True,
        notes=(_HOW,),
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
