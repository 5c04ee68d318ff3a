"""How work scales: measured capacity, where the CPUs' time goes, what may be said of a law, and weak scaling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from study import scaling
from study.blocks import Panel, Record, Reference
from study.config.numbers import TASKS_PER_WORKER
from study.evidence import ANY, CellData, Evidence, aligned
from study.sections.build import grouped, log_axis, loop_beside, point, processes, ratio_of, rows
from study.sections.capacity import capacity_of, independent
from study.sections.ways import METHODS, REAL_JOB, WAYS, WORK, kind_of, way_look, work_name
from study.things import KERNELS
from study.units import count, counted, percent, with_interval

RECORD = Record(
    order=305,
    name="Scaling",
    title="What does the machine have to give?",
    reader="How much of it can more workers still bring?",
)
_CEILING = (
    "This is what the machine has to give; a pool cannot give more. Kernels differ by what they share: arithmetic units,"
    " caches, memory."
)
_REST = (
    "Hardware × granularity × balance × rest is the efficiency. The rest holds what no factor explains: under the GIL"
    " threads take turns, and this is where it shows."
)
_MEASURED = ("serial_s", "one_worker_s", "elapsed_s", "alone_s", "together_s", "makespan_s")
_FACTORS = {
    "total": "efficiency in all",
    "hardware": "hardware: capacity of independent processes",
    "granularity": "granularity: one worker beside the loop",
    "balance": "balance: busy time of the whole window",
    "rest": "the rest: runtime and all else",
}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_capacity(evidence),
        *_kernels(evidence),
        *_windows(evidence),
        *_split(evidence),
        *_laws(evidence),
        *_weak(evidence),
    )


def _capacity(evidence: Evidence) -> tuple[Panel, ...]:
    cells = independent(evidence, kernel=ANY, workers=_more_than_one)
    known = [(data, capacity_of(evidence, data.cell.kernel, data.cell.workers)) for data in cells]
    points, texts = [], []
    for data, estimate in known:
        if estimate is not None:
            together = f"{count(data.cell.workers)} processes"
            texts.append(f"{with_interval(estimate)} ({work_name(data)})")
            points.append(
                point(data, work_name(data), together, series=together, estimate=estimate, look=way_look(data))
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
    points, gaining, with_threads = [], [], False
    for data in evidence.find("map", **REAL_JOB, workers=evidence.usable_cpus):
        base = loop_beside(evidence, data)
        if base is not None:
            speedup = ratio_of(base, data)
            points.append(point(data, work_name(data), data.cell.backend, look=way_look(data), estimate=speedup))
            threads = kind_of(data) == "thread"
            with_threads = with_threads or threads
            if threads and speedup.low is not None and speedup.low > 1.0:
                gaining.append(work_name(data))
    gain = f"gain with {', '.join(gaining)}" if gaining else "show no clear gain with any kind of work"
    return rows(
        evidence,
        "scaling-kernels",
        points,
        about="Speedup on all CPUs, by kind of work",
        side_by_side="gains",
        finding=f"With {counted(evidence.usable_cpus, 'worker')} threads {gain}" if with_threads else "",
        subtitle="Speedup: time of the plain loop over time with one worker for each CPU, same rounds, higher is better",
        heads=("kernel", "workers are"),
        y_label="times as fast as the plain loop",
        references=(Reference(label="plain loop", at=1.0),),
    )


def _windows(evidence: Evidence) -> tuple[Panel, ...]:
    cells = independent(evidence, kernel=ANY, workers=_more_than_one, part=("skew", "makespan"))
    several = len({data.cell.workers for data in cells}) > 1
    parts = [data.cell.part + (f", {count(data.cell.workers)} processes" if several else "") for data in cells]
    return rows(
        evidence,
        "scaling-windows",
        [point(data, work_name(data), part, series=data.cell.part) for data, part in zip(cells, parts, strict=True)],
        about="How far apart workers start, and how long the whole window takes",
        side_by_side="costs",
        finding="",
        subtitle=f"Average over processes, {processes(cells)}, log scale",
        heads=("kernel", "what"),
        **log_axis("time"),
    )


def _split(evidence: Evidence) -> tuple[Panel, ...]:
    """Efficiency of a job on all CPUs as a product of factors that were measured apart."""
    cpus = evidence.usable_cpus
    points, told = [], []
    shown: list[CellData] = []
    needed = [_needed(evidence, kernel, backend, cpus) for kernel in WORK for backend in WAYS if cpus > 1]
    for cells in filter(None, needed):
        columns: dict[str, Any] = dict(zip(_MEASURED, aligned(cells).T, strict=True))
        parts = scaling.efficiency_split(**columns, workers=cpus)
        shown += cells
        data = cells[2]
        name = f"{work_name(data)}, {counted(cpus, 'worker')}, {data.cell.backend}"
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
    hardware = [independent(evidence, kernel=kernel, workers=workers, part=part) for workers, part in parts]
    for many in evidence.find("map", kernel=kernel, backend=backend, start_method=METHODS, workers=cpus, tasks=ANY):
        serial = loop_beside(evidence, many)
        single = evidence.get(replace(many.cell, workers=1))
        if serial is not None and single is not None and all(hardware):
            return [serial, single, many, *(cells[0] for cells in hardware)]
    return None


def _laws(evidence: Evidence) -> tuple[Panel, ...]:
    """A fitted law for every kernel and way that was measured over worker counts, or why there is none."""
    busy = tuple(name for name in WORK if not KERNELS[name].waits)
    cells = evidence.find("map", **{**REAL_JOB, "kernel": busy}, workers=lambda workers: workers > 0)
    jobs = grouped(cells, lambda data: (data.cell.kernel, data.cell.backend, data.cell.tasks))
    points, told, refusals = [], [], []
    for _, job in sorted(jobs.items()):
        if len(job) == 1:
            continue
        ordered = sorted(job, key=lambda data: data.cell.workers)
        data = ordered[0]
        name = f"{work_name(data)}, {data.cell.backend}"
        fit = scaling.fit_models([data.cell.workers for data in ordered], aligned(ordered), evidence.usable_cpus)
        if fit.refusal:
            refusals.append(fit.refusal)
            continue
        told.append(_told(name, fit))
        for what, estimate in (("serial fraction", fit.serial_fraction), ("growth per worker", fit.growth)):
            if estimate is not None:
                points.append(point(data, name, what, look=way_look(data), estimate=estimate))
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


def _weak(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data
        for data in evidence.find("map", **REAL_JOB, workers=ANY)
        if data.cell.tasks == TASKS_PER_WORKER * data.cell.workers
    ]
    bases = {(data.cell.kernel, data.cell.backend): data for data in cells if data.cell.workers == 1}
    efficiencies, fractions = [], []
    for data in cells:
        base = bases.get((data.cell.kernel, data.cell.backend))
        if base is not None and 1 < data.cell.workers <= evidence.usable_cpus:
            names = (work_name(data), data.cell.backend, count(data.cell.workers))
            weak = ratio_of(base, data)
            fraction = scaling.gustafson_fraction(weak, data.cell.workers)
            efficiencies.append(point(data, *names, estimate=weak, look=way_look(data)))
            fractions.append(point(data, *names, estimate=fraction, look=way_look(data)))
    shared: dict[str, Any] = {"side_by_side": "gains", "finding": "", "heads": ("kernel", "workers are", "workers")}
    return (
        *rows(
            evidence,
            "scaling-weak",
            efficiencies,
            about=f"Weak scaling: {count(TASKS_PER_WORKER)} tasks for each worker, however many workers",
            **shared,
            subtitle="Time with one worker over time with n, each worker with the same work; 1 is perfect, higher is better",
            y_label="weak efficiency",
            references=(Reference(label="perfect", at=1.0),),
        ),
        *rows(
            evidence,
            "scaling-weak-fraction",
            fractions,
            about="Weak scaling: the serial share of the time with n workers",
            **shared,
            subtitle="Gustafson's serial share (1 − E) · n ÷ (n − 1), from the weak efficiency E; 0 is perfect, lower is better",
            y_label="serial share",
            references=(Reference(label="perfect", at=0.0),),
            notes=(
                "It holds all that grows with the workers, what the hardware shares included, not serial code alone.",
            ),
        ),
    )
