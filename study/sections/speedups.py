"""Strong scaling: every way to share out a work against the plain loop over the same tasks, in the same rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import scaling, stats
from study.cell import Cell
from study.evidence import ANY
from study.sections.build import absent
from study.table import paired
from study.things import BACKENDS, KERNELS
from study.things.backends import PROCESSES
from study.things.start_methods import FORK

if TYPE_CHECKING:
    from study.evidence import Evidence
    from study.findings import Estimate
    from study.table import CellData

NO_CAPACITY = "what independent processes achieve together was not measured for this kernel and this many workers"
CAPACITY_TASKS = 4
"""Tasks of each worker in the cells that measure capacity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongScaling:
    """One kernel on one backend with so many workers.

    Attributes
    ----------
    oversubscribed : whether there are more workers than usable CPUs: a number per worker means nothing then.
    base_s : time of the plain loop; `elapsed_s` with the workers, `speedup` the one over the other.
    efficiency, karp_flatt : speedup per worker; the share of the work that would have to be serial to explain it.
    capacity : what as many independent processes achieve together, of one alone: the measured upper bound.
    base, shared : what was measured of the plain loop, and with the workers: decisions compare these.
    """

    kernel: str
    backend: str
    start_method: str
    workers: int
    oversubscribed: bool
    base_s: Estimate
    elapsed_s: Estimate
    speedup: Estimate
    efficiency: Estimate
    karp_flatt: Estimate
    capacity: Estimate
    base: CellData
    shared: CellData


def speedups(evidence: Evidence) -> tuple[StrongScaling, ...]:
    """Of every kernel that does work, by kernel, backend, start method and number of workers."""
    shared = evidence.find(
        "map",
        kernel=lambda name: KERNELS[name].works,
        backend=lambda name: BACKENDS[name].kind != "loop",
        start_method=ANY,
        workers=ANY,
        tasks=ANY,
    )
    rows = []
    for data in sorted(shared, key=_order):
        base = evidence.get(Cell(pattern="map", kernel=data.cell.kernel, tasks=data.cell.tasks))
        if base is not None:
            rows.append(_scaling(evidence, base, data))
    return tuple(rows)


def _order(data: CellData) -> tuple[str, str, str, int]:
    return data.cell.kernel, data.cell.backend, data.cell.start_method, data.cell.workers


def _scaling(evidence: Evidence, base: CellData, data: CellData) -> StrongScaling:
    cell, cpus = data.cell, evidence.usable_cpus
    speed = scaling.speedup(*paired(base, data)).ratio
    oversubscribed = cell.workers > cpus
    if oversubscribed:
        why = f"{cell.workers} workers share {cpus} CPUs: a number per worker means nothing there"
        efficiency = fraction = absent("share", why)
    else:
        efficiency = scaling.efficiency(speed, cell.workers)
        fraction = scaling.karp_flatt(speed, cell.workers)
    return StrongScaling(
        kernel=cell.kernel,
        backend=cell.backend,
        start_method=cell.start_method,
        workers=cell.workers,
        oversubscribed=oversubscribed,
        base_s=stats.average(base.means, "s"),
        elapsed_s=stats.average(data.means, "s"),
        speedup=speed,
        efficiency=efficiency,
        karp_flatt=fraction,
        capacity=_capacity(evidence, cell),
        base=base,
        shared=data,
    )


def _capacity(evidence: Evidence, cell: Cell) -> Estimate:
    """What as many independent processes achieve together, of one alone."""
    alone, together = (
        evidence.get(
            Cell(
                pattern="capacity", kernel=cell.kernel, backend=PROCESSES.name, start_method=FORK.name, workers=workers,
                tasks=CAPACITY_TASKS, part="busy",
            )
        )
        for workers in (1, cell.workers)
    )  # fmt: skip
    if alone is None or together is None or cell.workers == 1:
        return absent("ratio", NO_CAPACITY)
    return scaling.capacity(*paired(alone, together), cell.workers)
