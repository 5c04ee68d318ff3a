"""Strong scaling: every way to share out a work against the plain loop over the same tasks, in the same rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import scaling
from study.evidence.summaries import absent
from study.sections.build import average_of, loop_beside
from study.sections.capacity import capacity_of
from study.sections.ways import ANY_JOB, WORK
from study.table import paired
from study.things import BACKENDS

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence
    from study.findings import Estimate

NO_CAPACITY = "what independent processes achieve together was not measured for this kernel and this many workers"


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
    shared = evidence.find("map", **{**ANY_JOB, "kernel": WORK, "backend": lambda name: BACKENDS[name].kind != "loop"})
    rows = [_scaling(evidence, base, data) for data in shared if (base := loop_beside(evidence, data)) is not None]
    return tuple(sorted(rows, key=lambda row: (row.kernel, row.backend, row.start_method, row.workers)))


def _scaling(evidence: Evidence, base: CellData, data: CellData) -> StrongScaling:
    cell, cpus = data.cell, evidence.usable_cpus
    speed = scaling.speedup(*paired(base, data)).ratio
    oversubscribed = cell.workers > cpus
    nothing = absent("share", f"{cell.workers} workers share {cpus} CPUs: a number per worker means nothing there")
    return StrongScaling(
        kernel=cell.kernel,
        backend=cell.backend,
        start_method=cell.start_method,
        workers=cell.workers,
        oversubscribed=oversubscribed,
        base_s=average_of(base),
        elapsed_s=average_of(data),
        speedup=speed,
        efficiency=nothing if oversubscribed else scaling.efficiency(speed, cell.workers),
        karp_flatt=nothing if oversubscribed else scaling.karp_flatt(speed, cell.workers),
        capacity=capacity_of(evidence, cell.kernel, cell.workers) or absent("ratio", NO_CAPACITY),
        base=base,
        shared=data,
    )
