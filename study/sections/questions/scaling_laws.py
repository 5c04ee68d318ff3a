"""What may be said of a law of scaling from the time of a task over worker counts, and weak scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from study import scaling
from study.blocks import Panel, Reference
from study.evidence import CellData, Evidence, aligned
from study.sections.build import grouped, point, ratio_of, rows
from study.sections.capacity import independent
from study.sections.ways import REAL_JOB, WORK, way_look, work_name
from study.things import KERNELS
from study.units import count, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FEWEST_COUNTS = 3
"""Worker counts that any law can be fitted to."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Laws, and the same share for each of ever more workers."""
    return *_laws(evidence), *_weak(evidence)


def _one_or_more(workers: int) -> bool:
    return workers > 0


def _is_share(data: CellData) -> bool:
    """Whether every worker has the same number of tasks."""
    return data.cell.tasks % data.cell.workers == 0


def _same_work(data: CellData) -> tuple[str, str, str, int]:
    return data.cell.kernel, data.cell.backend, "all", data.cell.tasks


def _same_share(data: CellData) -> tuple[str, str, str, int]:
    return data.cell.kernel, data.cell.backend, "each", data.cell.tasks // data.cell.workers


def _of_a_task(cells: Sequence[CellData]) -> NDArray[np.float64]:
    """Seconds for each task that all workers finish together, a column per cell."""
    return np.asarray(aligned(cells) / [data.cell.tasks for data in cells])


def _laws(evidence: Evidence) -> tuple[Panel, ...]:
    """A fitted law for every kernel and way that was measured over worker counts, or why there is none."""
    busy = tuple(name for name in WORK if not KERNELS[name].waits)
    cells = evidence.find("map", **{**REAL_JOB, "kernel": busy}, workers=_one_or_more)
    jobs = {**grouped(cells, _same_work), **grouped(filter(_is_share, cells), _same_share)}
    points, told, refusals = [], [], []
    for job in (jobs[key] for key in sorted(jobs) if len(jobs[key]) > 1):
        ordered = sorted(job, key=lambda data: data.cell.workers)
        data = ordered[0]
        name = f"{work_name(data)}, {way_look(data).label}"
        fit = _fit(evidence, ordered)
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
        subtitle="Fraction of the time of one worker for a task; weighted least squares, bootstrap over rounds and counts",
        heads=("work", "parameter"),
        y_label="fraction of the time of one worker",
        found=told[1:],
        missing=refusals[0][:1].lower() + refusals[0][1:].rstrip(".") if refusals else "",
        beside=True,
    )


def _fit(evidence: Evidence, ordered: list[CellData]) -> scaling.ModelFit:
    """Of the counts at which independent processes with the same kernel were measured in the same rounds, if those suffice."""
    alone = {
        data.cell.workers: beside[0]
        for data in ordered
        if data.cell.workers <= evidence.usable_cpus
        and (beside := independent(evidence, kernel=data.cell.kernel, workers=data.cell.workers))
    }
    both = [data for data in ordered if data.cell.workers in alone]
    if len(both) < FEWEST_COUNTS or both[0].cell.workers != 1:
        return scaling.fit_models([data.cell.workers for data in ordered], _of_a_task(ordered), evidence.usable_cpus)
    times = _of_a_task([*both, *(alone[data.cell.workers] for data in both)])
    workers = [data.cell.workers for data in both]
    return scaling.fit_models(workers, times[:, : len(both)], evidence.usable_cpus, busy_s=times[:, len(both) :])


def _told(name: str, fit: scaling.ModelFit) -> str:
    """A fit in a sentence: the law, how it may be read, how sure the choice is."""
    unknown = fit.law == scaling.UNKNOWN_SHAPE
    what = "overhead grows with the workers, its shape is unknown" if unknown else f"the law is {fit.law}"
    words = f"{name}: {what}"
    if fit.power is not None:
        words += f", chosen again in {percent(fit.power)} of studies simulated from it"
    if fit.lack_of_fit_p is not None:
        words += f", lack of fit p = {fit.lack_of_fit_p:.2g}"
    return f"{words}. {fit.note}" if fit.note else f"{words}."


def _weak(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [data for data in evidence.find("map", **REAL_JOB, workers=_one_or_more) if _is_share(data)]
    bases = {_same_share(data): data for data in cells if data.cell.workers == 1}
    efficiencies, fractions = [], []
    for data in cells:
        base = bases.get(_same_share(data))
        if base is not None and 1 < data.cell.workers <= evidence.usable_cpus:
            names = (work_name(data), way_look(data).label, count(data.cell.workers))
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
            about="Weak scaling: the same share for each worker, however many workers",
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
