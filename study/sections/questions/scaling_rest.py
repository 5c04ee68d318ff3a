"""Where the rest of a speedup goes: how near each is to its own capacity, the parts of the time, and efficiency as a product."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study import scaling, stats
from study.blocks import Panel, Reference
from study.evidence import ANY, CellData, Evidence, aligned
from study.sections.build import loop_by_task, point, processes, rows
from study.sections.capacity import independent
from study.sections.speedups import speedups
from study.sections.ways import METHODS, WAYS, WORK, longest, way_look, way_name, work_name
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from study.findings import Estimate
    from study.sections.speedups import Scaling

NEAR = 0.05
"""A speedup so near to its own capacity's interval has what the machine gives."""
_REST = (
    "Hardware × granularity × balance × rest is the efficiency. The rest holds what no factor explains: under the GIL"
    " threads take turns, and this is where it shows."
)
_PARTS = (
    "Each part is measured apart: the work by the plain loop, what the CPUs share by independent processes beside one alone,"
    " handing out by one worker beside the loop, waiting for the last by the window of independent processes. What is left"
    " over no part explains: of threads that hold the GIL it is the time in which they take turns. A part is a difference of"
    " averages: one a little below 0 is their scatter."
)
_WORK = "the work, as in the plain loop"
_MEASURED = ("serial_s", "one_worker_s", "elapsed_s", "alone_s", "together_s", "makespan_s")
_FACTORS = {
    "total": "efficiency in all",
    "hardware": "hardware: capacity of independent processes",
    "granularity": "granularity: one worker beside the loop",
    "balance": "balance: busy time of the whole window",
    "rest": "the rest: runtime and all else",
}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """How near speedups come to what the machine gives, and what took the rest."""
    cpus = evidence.usable_cpus
    needed = [_needed(evidence, kernel, backend, cpus) for kernel in WORK for backend in WAYS if cpus > 1]
    jobs = [cells for cells in needed if cells]
    return *_within(evidence), *_waterfall(evidence, jobs), *_split(evidence, jobs)


def _within(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedup over the measured capacity of the same kernel."""
    known = [
        row
        for row in speedups(evidence)
        if row.within.point is not None and row.workers == evidence.usable_cpus and row.shared.cell.backend in WAYS
    ]
    lasting = {data.cell for data in longest(row.shared for row in known)}
    known = [row for row in known if row.shared.cell in lasting]
    near = [row for row in known if _is_near(row)]
    far = ", ".join(f"{_way(row)} {with_interval(row.within)}" for row in known if row not in near)
    return rows(
        evidence,
        "scaling-within",
        [
            point(
                row.shared, work_name(row.shared), way_name(row.shared), estimate=row.within, look=way_look(row.shared)
            )
            for row in known
        ],
        about="Speedup on all CPUs over what independent processes achieve there",
        side_by_side="gains",
        finding=f"{count(len(near))} of {counted(len(known), 'speedup')} {'lies' if len(known) == 1 else 'lie'} on average"
        f" within {percent(NEAR)} of the kernel's own capacity" + (f"; not {far}" if far else ""),
        subtitle="Speedup ÷ capacity of the same kernel, same rounds; 1 is all that the machine gives",
        heads=("kernel", "workers are"),
        y_label="speedup ÷ capacity",
        references=(Reference(label="all the machine gives", at=1.0),),
    )


def _way(row: Scaling) -> str:
    return f"{work_name(row.shared)} ({way_name(row.shared)})"


def _is_near(row: Scaling) -> bool:
    """Whether the speedup lies in the interval of its capacity, or beside it by less than `NEAR`."""
    speed, bound = row.speedup.point, row.capacity
    if speed is None or bound.low is None or bound.high is None:
        return False
    return (1.0 - NEAR) * bound.low <= speed <= (1.0 + NEAR) * bound.high


def _waterfall(evidence: Evidence, jobs: Sequence[list[CellData]]) -> tuple[Panel, ...]:
    """The time of a worker's share in parts that were measured apart."""
    points, told = [], []
    for cells in jobs:
        data = cells[2]
        parts = _parts(_times(cells), data.cell.workers, data.cell.tasks / data.cell.workers)
        added = {part: estimate for part, estimate in parts.items() if part != _WORK}
        seen = {part: estimate for part, estimate in added.items() if (estimate.low or 0.0) > 0.0}
        most = max(seen, key=lambda part: seen[part].point or 0.0, default="")
        what = f"{most} ({with_interval(seen[most])})" if most else "no part that can be told from nothing"
        told.append(f"{_name(data)}: {what}")
        points += [
            point(data, _name(data), part, estimate=estimate, look=way_look(data)) for part, estimate in parts.items()
        ]
    return rows(
        evidence,
        "scaling-waterfall",
        points,
        about="What a worker's share of a job takes, part by part",
        side_by_side="gains",
        finding=f"What takes most beside the work, of what can be told from nothing: {'; '.join(told[:2])}",
        subtitle="Average seconds of one worker's share on all CPUs; the parts together are the time that was measured",
        heads=("work", "part"),
        y_label="time of a share",
        notes=(_PARTS,),
        found=told[2:],
    )


def _parts(times: dict[str, NDArray[np.float64]], workers: int, share: float) -> dict[str, Estimate]:
    """Seconds of a worker's share of the tasks: what the work takes, and what is added to it."""
    serial, single, alone = share * times["serial_s"], share * times["one_worker_s"], times["alone_s"]
    together, window = serial * times["together_s"] / alone, serial * times["makespan_s"] / alone
    added = {
        "CPUs that share what is in them": (together, serial),
        "handing out, one worker beside the loop": (single, serial),
        "waiting for the last": (window, together),
        "what is left: of threads, turns for the GIL": (share * workers * times["elapsed_s"] + serial, single + window),
    }
    return {_WORK: stats.average(serial, "s")} | {
        part: stats.difference_paired(above, below, "s") for part, (above, below) in added.items()
    }


def _name(data: CellData) -> str:
    return f"{work_name(data)}, {counted(data.cell.workers, 'worker')}, {way_look(data).label}"


def _times(cells: Sequence[CellData]) -> dict[str, Any]:
    """The times of a job as `_MEASURED` names them, of one task where they are of tasks that are shared out."""
    tasks = [data.cell.tasks for data in cells[:3]] + [1] * (len(cells) - 3)
    return dict(zip(_MEASURED, (aligned(cells) / tasks).T, strict=True))


def _one_worker(evidence: Evidence, many: CellData) -> CellData | None:
    """The same by one worker: its share, or all of the tasks."""
    shares = (many.cell.tasks // many.cell.workers, many.cell.tasks)
    single = (evidence.get(replace(many.cell, workers=1, tasks=tasks)) for tasks in shares if tasks)
    return next((data for data in single if data is not None), None)


def _split(evidence: Evidence, jobs: Sequence[list[CellData]]) -> tuple[Panel, ...]:
    """Efficiency of a job on all CPUs as a product of factors that were measured apart."""
    cpus = evidence.usable_cpus
    points, told = [], []
    shown: list[CellData] = []
    for cells in jobs:
        columns = _times(cells)
        parts = scaling.efficiency_split(**columns, workers=cpus)
        shown += cells
        data = cells[2]
        name = _name(data)
        told.append(f"{with_interval(parts.total)} ({name})")
        points += [
            point(data, name, words, look=way_look(data), estimate=getattr(parts, factor))
            for factor, words in _FACTORS.items()
        ]
    return rows(
        evidence,
        "scaling-split",
        points,
        about="Where the CPUs' time goes",
        side_by_side="gains",
        finding=f"Of {count(cpus)} CPUs' time the tasks get " + ", ".join(told[:2]) + ": where the rest goes",
        subtitle=f"Efficiency and its factors, each measured apart in the same rounds; 1 loses nothing, {processes(shown)}",
        heads=("work", "factor"),
        y_label="share",
        references=(Reference(label="nothing lost", at=1.0),),
        notes=(_REST,),
    )


def _needed(evidence: Evidence, kernel: str, backend: str, cpus: int) -> list[CellData] | None:
    """The cells of a job, as `_MEASURED` names their times, or None where no job has them all."""
    parts = ((1, "busy"), (cpus, "busy"), (cpus, "makespan"))
    jobs = evidence.find("map", kernel=kernel, backend=backend, start_method=METHODS, workers=cpus, tasks=ANY)
    hardware = [independent(evidence, kernel=kernel, workers=workers, part=part) for workers, part in parts if jobs]
    for many in jobs:
        serial = loop_by_task(evidence, many)
        single = _one_worker(evidence, many)
        if serial is not None and single is not None and all(hardware):
            return [serial, single, many, *(cells[0] for cells in hardware)]
    return None
