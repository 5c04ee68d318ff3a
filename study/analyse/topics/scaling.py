"""How work scales: measured capacity, weak scaling, and what the pool makes of the capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling, stats
from study.analyse.topics import scaling_laws
from study.analyse.topics.build import first, point, processes, rows
from study.gate import OVERHEAD_KERNELS
from study.names import KERNEL_WORDS
from study.table import paired
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData


_WAYS = ("pool", "threads", "process_executor", "interpreter_executor")
_CEILING = (
    "This is what the machine has to give; a pool cannot give more. Kernels differ by what they share: arithmetic units,"
    " caches, memory."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (
        *_capacity(evidence),
        *_kernels(evidence),
        *_skew(evidence),
        *scaling_laws.split(evidence),
        *scaling_laws.laws(evidence),
        *_weak(evidence),
    )


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
        about="What independent processes achieve together, of one alone",
        side_by_side="gains",
        finding="Independent processes achieve together, of one alone: " + ", ".join(texts[:4]),
        subtitle=f"Capacity: rate of all over the rate of one, started together, {processes(cells)}, higher is better",
        heads=("kernel", "processes"),
        y_label="times the rate of one process",
        notes=(_CEILING,),
    )


def _kernels(evidence: Evidence) -> tuple[Panel, ...]:
    """Speedup of every kernel on all CPUs, by who does the work."""
    points = []
    texts: list[str] = []
    for data in evidence.find(pattern="map", variant="", api="", chunksize=0, library_threads=0, spins=0):
        cell = data.cell
        if cell.backend not in _WAYS or cell.workers != evidence.usable_cpus or cell.start_method not in {"", "fork"}:
            continue
        base = first(
            evidence.find(pattern="map", kernel=cell.kernel, backend="call", tasks=cell.tasks, variant="",
                          library_threads=0, spins=0),
            lambda _: True,
        )  # fmt: skip
        if base is None or cell.kernel in OVERHEAD_KERNELS:
            continue
        name = KERNEL_WORDS.get(cell.kernel, cell.kernel)
        estimate = stats.ratio_of_averages_paired(*paired(base, data))
        points.append(point(data, (name, cell.backend), series=name, thing=cell.backend, estimate=estimate))
        if cell.backend == "threads" and estimate.low is not None and estimate.low > 1.0:
            texts.append(name)
    gain = f"threads gain with {', '.join(texts)}" if texts else "threads gain with no kind of work"
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
        references=(("plain loop", 1.0),),
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
        data for data in evidence.find(pattern="map", variant="", api="", chunksize=0)
        if data.cell.backend in {"pool", "threads", "interpreter_executor"} and data.cell.tasks == 4 * data.cell.workers
    ]  # fmt: skip
    bases = {(data.cell.kernel, data.cell.backend): data for data in cells if data.cell.workers == 1}
    points, serial = [], []
    for data in cells:
        base = bases.get((data.cell.kernel, data.cell.backend))
        if base is None or data.cell.workers == 1 or data.cell.workers > evidence.usable_cpus:
            continue
        name = KERNEL_WORDS.get(data.cell.kernel, data.cell.kernel)
        names = (name, data.cell.backend, count(data.cell.workers))
        weak = stats.ratio_of_averages_paired(*paired(base, data))
        points.append(point(data, names, series=name, estimate=weak, thing=data.cell.backend))
        serial.append(
            point(data, names, series=name, estimate=scaling.gustafson_fraction(weak, data.cell.workers),
                  thing=data.cell.backend)
        )  # fmt: skip
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
        references=(("perfect", 1.0),),
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
            references=(("perfect", 0.0),),
            notes=(
                "It holds all that grows with the workers, what the hardware shares included, not serial code alone.",
            ),
        ),
    )
