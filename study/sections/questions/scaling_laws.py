"""What the times allow to be said of the law of scaling, and where the efficiency goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.blocks import Reference
from study.evidence import ANY, aligned
from study.sections.build import point, processes, rows
from study.sections.capacity import independent
from study.sections.ways import METHODS, WAYS, WORK, way_look, work_name
from study.things import KERNELS
from study.units import count, counted, percent, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel, PanelPoint
    from study.evidence import Evidence
    from study.table import CellData

_REST = (
    "Hardware × granularity × balance × rest is the efficiency. The rest holds what no factor explains: under the GIL"
    " threads take turns, and this is where it shows."
)
_FACTORS = {
    "total": "efficiency in all",
    "hardware": "hardware: capacity of independent processes",
    "granularity": "granularity: one worker beside the loop",
    "balance": "balance: busy time of the whole window",
    "rest": "the rest: runtime and all else",
}


def laws(evidence: Evidence) -> tuple[Panel, ...]:
    """A fitted law for every kernel and way that was measured over worker counts, or why there is none."""
    jobs: dict[tuple[str, str, int], list[CellData]] = {}
    for data in evidence.find(
        "map",
        kernel=tuple(name for name in WORK if not KERNELS[name].waits),
        backend=WAYS,
        start_method=METHODS,
        workers=lambda workers: workers > 0,
        tasks=ANY,
    ):
        jobs.setdefault((data.cell.kernel, data.cell.backend, data.cell.tasks), []).append(data)
    points: list[PanelPoint] = []
    told: list[str] = []
    refusals: list[str] = []
    for _, cells in sorted(jobs.items()):
        if len(cells) == 1:
            continue
        ordered = sorted(cells, key=lambda data: data.cell.workers)
        backend = ordered[0].cell.backend
        name = f"{work_name(ordered[0])}, {backend}"
        fit = scaling.fit_models([data.cell.workers for data in ordered], aligned(ordered), evidence.usable_cpus)
        if fit.refusal:
            refusals.append(fit.refusal)
            continue
        for what, estimate in (("serial fraction", fit.serial_fraction), ("growth per worker", fit.growth)):
            if estimate is not None:
                look = way_look(ordered[0])
                points.append(point(ordered[0], (name, what), series=name, look=look, estimate=estimate))
        told.append(_told(name, fit))
    return rows(
        evidence,
        "scaling-laws",
        points,
        about="The law of scaling" if points else "No law of scaling is fitted here",
        side_by_side="gains",
        finding=told[0] if told else "",
        subtitle="Fraction of the time of one worker; weighted least squares, bootstrap over rounds and counts",
        heads=("work", "parameter"),
        y_label="fraction of the time of one worker",
        found=told[1:],
        missing=refusals[0] if refusals else "",
        beside=True,
    )


def _told(name: str, fit: scaling.ModelFit) -> str:
    """A fit in a sentence: the law, how it may be read, how sure the choice is."""
    words = f"{name}: the law is {fit.law}"
    if fit.power is not None:
        words += f", chosen again in {percent(fit.power)} of studies simulated from it"
    if fit.lack_of_fit_p is not None:
        words += f", lack of fit p = {fit.lack_of_fit_p:.2g}"
    if fit.peak is not None and fit.peak.point is not None:
        words += f", least time at {with_interval(fit.peak)} workers"
    return f"{words}. {fit.note}" if fit.note else f"{words}."


def split(evidence: Evidence) -> tuple[Panel, ...]:
    """Efficiency of a job on all CPUs as a product of factors that were measured apart."""
    cpus = evidence.usable_cpus
    points: list[PanelPoint] = []
    told: list[str] = []
    shown: list[CellData] = []
    for kernel in WORK:
        for backend in WAYS:
            needed = _needed(evidence, kernel, backend, cpus)
            if needed is None:
                continue
            columns = aligned(needed).T
            parts = scaling.efficiency_split(
                serial_s=columns[0],
                one_worker_s=columns[1],
                elapsed_s=columns[2],
                alone_s=columns[3],
                together_s=columns[4],
                makespan_s=columns[5],
                workers=cpus,
            )
            shown += needed
            together = needed[2]
            name = f"{work_name(together)}, {counted(cpus, 'worker')}, {backend}"
            told.append(f"{with_interval(parts.total)} ({name})")
            for factor, words in _FACTORS.items():
                estimate = getattr(parts, factor)
                points.append(point(together, (name, words), series=name, look=way_look(together), estimate=estimate))
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
    """(Serial, one worker, all workers, alone, together, makespan) of a job, or None where no job has them all."""
    if cpus < 2:
        return None
    parts = ((1, "busy"), (cpus, "busy"), (cpus, "makespan"))
    hardware = [independent(evidence, kernel=kernel, workers=workers, part=part) for workers, part in parts]
    if not all(hardware):
        return None
    for many in evidence.find("map", kernel=kernel, backend=backend, start_method=METHODS, workers=cpus, tasks=ANY):
        job = {"kernel": kernel, "tasks": many.cell.tasks}
        serial = evidence.one("map", **job)
        single = evidence.one("map", backend=backend, start_method=many.cell.start_method, workers=1, **job)
        if serial is not None and single is not None:
            return [serial, single, many, *(cells[0] for cells in hardware)]
    return None
