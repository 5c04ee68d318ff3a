"""How work scales: measured capacity, weak scaling, and what the pool makes of the capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.analyse.names import KERNEL_WORDS
from study.analyse.topics.build import first, point, processes, rows
from study.table import paired
from study.units import count, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData


_CEILING = (
    "This is what the machine has to give; a pool cannot give more. Kernels differ by what they share: arithmetic units,"
    " caches, memory."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (*_capacity(evidence), *_skew(evidence), *_weak(evidence))


def capacity_of(evidence: Evidence, kernel: str, workers: int) -> tuple[CellData, CellData] | None:
    """(alone, together) of the cells that measure what `workers` independent processes achieve, or None."""
    alone, together = (
        first(evidence.find(pattern="capacity", kernel=kernel, part="busy", backend="processes", workers=count_), bool)
        for count_ in (1, workers)
    )
    return None if alone is None or together is None else (alone, together)


def _capacity(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data for data in evidence.find(pattern="capacity", part="busy", backend="processes") if data.cell.workers > 1
    ]
    points = []
    texts = []
    for data in cells:
        pair = capacity_of(evidence, data.cell.kernel, data.cell.workers)
        if pair is not None:
            estimate = scaling.capacity(*paired(*pair), data.cell.workers)
            name = KERNEL_WORDS.get(data.cell.kernel, data.cell.kernel)
            texts.append(f"{with_interval(estimate)} ({name})")
            points.append(
                point(data, (name, f"{count(data.cell.workers)} processes"), series=f"{count(data.cell.workers)} processes",
                      estimate=estimate, thing="processes")
            )  # fmt: skip
    return rows(
        evidence,
        "scaling-capacity",
        points,
        title="Independent processes achieve together, of one alone: " + ", ".join(texts[:4]),
        subtitle=f"Capacity: rate of all over the rate of one, started together, {processes(cells)}, higher is better",
        heads=("kernel", "processes"),
        y_label="times the rate of one process",
        notes=(_CEILING,),
    )


def _skew(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="capacity", part=("skew", "makespan"))
    cells = [data for data in cells if data.cell.workers > 1]
    return rows(
        evidence,
        "scaling-windows",
        [
            point(data, (KERNEL_WORDS.get(data.cell.kernel, data.cell.kernel), data.cell.part), series=data.cell.part)
            for data in cells
        ],
        title="How far apart workers start, and how long the whole window takes",
        subtitle=f"Average over processes, {processes(cells)}, log scale",
        heads=("kernel", "what"),
        y_label="time (log scale)",
        log_y=True,
    )


def _weak(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data for data in evidence.find(pattern="map", variant="", api="", chunksize=0)
        if data.cell.backend in {"pool", "threads", "interpreter_executor"} and data.cell.tasks == 4 * data.cell.workers
    ]  # fmt: skip
    bases = {(data.cell.kernel, data.cell.backend): data for data in cells if data.cell.workers == 1}
    points = []
    for data in cells:
        base = bases.get((data.cell.kernel, data.cell.backend))
        if base is None or data.cell.workers == 1:
            continue
        name = KERNEL_WORDS.get(data.cell.kernel, data.cell.kernel)
        points.append(
            point(data, (name, data.cell.backend, count(data.cell.workers)), series=name, x=float(data.cell.workers),
                  estimate=stats.ratio_of_averages_paired(*paired(base, data)), thing=data.cell.backend)
        )  # fmt: skip
    return rows(
        evidence,
        "scaling-weak",
        points,
        title="Weak scaling: four tasks for each worker, however many workers",
        subtitle="Time with one worker over time with n, each worker with the same work; 1 is perfect, higher is better",
        heads=("kernel", "workers are", "workers"),
        y_label="weak efficiency",
        references=(("perfect", 1.0),),
    )
