"""How work scales: measured capacity, weak scaling, and what the pool makes of the capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.blocks import Record, Reference
from study.evidence import ANY
from study.sections.build import point, processes, rows
from study.sections.capacity import capacity_of, independent
from study.sections.questions import scaling_laws
from study.sections.ways import METHODS, WAYS, WORK, kind_of, way_look, work_name
from study.table import paired
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=305,
    name="Scaling",
    title="What does the machine have to give?",
    reader="How much of it can more workers still bring?",
)
TASKS_PER_WORKER = 4
"""Of weak scaling."""
_CEILING = (
    "This is what the machine has to give; a pool cannot give more. Kernels differ by what they share: arithmetic units,"
    " caches, memory."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_capacity(evidence),
        *_kernels(evidence),
        *_skew(evidence),
        *scaling_laws.split(evidence),
        *scaling_laws.laws(evidence),
        *_weak(evidence),
    )


def _capacity(evidence: Evidence) -> tuple[Panel, ...]:
    cells = independent(evidence, kernel=ANY, workers=_more_than_one, part="busy")
    points = []
    texts = []
    for data in cells:
        pair = capacity_of(evidence, data.cell.kernel, data.cell.workers)
        if pair is not None:
            estimate = scaling.capacity(*paired(*pair), data.cell.workers)
            together = f"{count(data.cell.workers)} processes"
            texts.append(f"{with_interval(estimate)} ({work_name(data)})")
            points.append(
                point(data, (work_name(data), together), series=together, estimate=estimate, look=way_look(data))
            )
    return rows(
        evidence,
        "scaling-capacity",
        points,
        about="What independent processes achieve together, of one alone",
        side_by_side="gains",
        finding="Independent processes achieve together, of one alone: " + ", ".join(texts[:4]),
        subtitle=f"Capacity: rate of all over the rate of one, started together, {processes(cells)}, higher is better",
        heads=("kernel", "processes"),
        y_label="times the rate of one process",
        notes=(_CEILING,),
    )


def _more_than_one(workers: int) -> bool:
    return workers > 1


def _kernels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedup of every kernel on all CPUs, by who does the work."""
    points = []
    gaining: list[str] = []
    for data in evidence.find(
        "map", kernel=WORK, backend=WAYS, start_method=METHODS, workers=evidence.usable_cpus, tasks=ANY
    ):
        base = evidence.one("map", kernel=data.cell.kernel, tasks=data.cell.tasks)
        if base is None:
            continue
        name = work_name(data)
        speedup = stats.ratio_of_averages_paired(*paired(base, data))
        points.append(point(data, (name, data.cell.backend), series=name, look=way_look(data), estimate=speedup))
        if kind_of(data) == "thread" and speedup.low is not None and speedup.low > 1.0:
            gaining.append(name)
    gain = f"threads gain with {', '.join(gaining)}" if gaining else "threads gain with no kind of work"
    return rows(
        evidence,
        "scaling-kernels",
        points,
        about="Speedup on all CPUs, by kind of work",
        side_by_side="gains",
        finding=f"With {counted(evidence.usable_cpus, 'worker')} {gain}",
        subtitle="Speedup: time of the plain loop over time with one worker for each CPU, same rounds, higher is better",
        heads=("kernel", "workers are"),
        y_label="times as fast as the plain loop",
        references=(Reference(label="plain loop", at=1.0),),
    )


def _skew(evidence: Evidence) -> tuple[Panel, ...]:
    cells = independent(evidence, kernel=ANY, workers=_more_than_one, part=("skew", "makespan"))
    several = len({data.cell.workers for data in cells}) > 1

    def part(data: CellData) -> str:
        return data.cell.part + (f", {count(data.cell.workers)} processes" if several else "")

    return rows(
        evidence,
        "scaling-windows",
        [point(data, (work_name(data), part(data)), series=data.cell.part) for data in cells],
        about="How far apart workers start, and how long the whole window takes",
        side_by_side="costs",
        finding="",
        subtitle=f"Average over processes, {processes(cells)}, log scale",
        heads=("kernel", "what"),
        y_label="time (log scale)",
        log_y=True,
    )


def _weak(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data
        for data in evidence.find("map", kernel=WORK, backend=WAYS, start_method=METHODS, workers=ANY, tasks=ANY)
        if data.cell.tasks == TASKS_PER_WORKER * data.cell.workers
    ]
    bases = {(data.cell.kernel, data.cell.backend): data for data in cells if data.cell.workers == 1}
    points, serial = [], []
    for data in cells:
        base = bases.get((data.cell.kernel, data.cell.backend))
        if base is None or not 1 < data.cell.workers <= evidence.usable_cpus:
            continue
        name = work_name(data)
        names = (name, data.cell.backend, count(data.cell.workers))
        weak = stats.ratio_of_averages_paired(*paired(base, data))
        fraction = scaling.gustafson_fraction(weak, data.cell.workers)
        points.append(point(data, names, series=name, estimate=weak, look=way_look(data)))
        serial.append(point(data, names, series=name, estimate=fraction, look=way_look(data)))
    efficiency = rows(
        evidence,
        "scaling-weak",
        points,
        about="Weak scaling: four tasks for each worker, however many workers",
        side_by_side="gains",
        finding="",
        subtitle="Time with one worker over time with n, each worker with the same work; 1 is perfect, higher is better",
        heads=("kernel", "workers are", "workers"),
        y_label="weak efficiency",
        references=(Reference(label="perfect", at=1.0),),
    )
    return (
        *efficiency,
        *rows(
            evidence,
            "scaling-weak-fraction",
            serial,
            about="Weak scaling: the serial share of the time with n workers",
            side_by_side="gains",
            finding="",
            subtitle="Gustafson's serial share (1 − E) · n ÷ (n − 1), from the weak efficiency E; 0 is perfect, lower is better",
            heads=("kernel", "workers are", "workers"),
            y_label="serial share",
            references=(Reference(label="perfect", at=0.0),),
            notes=(
                "It holds all that grows with the workers, what the hardware shares included, not serial code alone.",
            ),
        ),
    )
