"""Every way to share out work against the plain loop in the same rounds: how many times as many tasks it finishes a second."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import scaling
from study.evidence.summaries import absent
from study.sections.build import average_of, loop_by_task
from study.sections.capacity import capacity_of, within_capacity
from study.sections.ways import ANY_JOB, WORK
from study.table import paired, per_task
from study.things import BACKENDS

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence, Run
    from study.findings import Estimate

NO_CAPACITY = "what independent processes achieve together was not measured for this kernel and this many workers"
_MOST_KEPT = 64
"""Runs and interpreters whose speedups are kept: many sections ask for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """One kernel on one backend with so many workers.

    Attributes
    ----------
    oversubscribed : whether there are more workers than usable CPUs: a number per worker means nothing then.
    base_s : time of the plain loop by the number of its tasks; `elapsed_s` with the workers, `speedup` the one over the
        other. The loop has the same tasks, or one worker's share of them.
    efficiency, karp_flatt : speedup per worker; the share of the work that would have to be serial to explain it.
    capacity : what as many independent processes achieve together, of one alone: the measured upper bound.
    within : speedup ÷ capacity, in the rounds of all four cells.
    loop, job : what was measured of the plain loop, and with the workers.
    base, shared : the same of one task: decisions compare these.
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
    within: Estimate
    loop: CellData
    job: CellData
    base: CellData
    shared: CellData


def speedups(evidence: Evidence) -> tuple[Scaling, ...]:
    """Of every kernel that does work, by kernel, backend, start method and number of workers."""
    return _of(evidence.run, evidence.target)


@functools.lru_cache(maxsize=_MOST_KEPT)
def _of(run: Run, target: str) -> tuple[Scaling, ...]:
    evidence = run.of(target)
    shared = evidence.find("map", **{**ANY_JOB, "kernel": WORK, "backend": lambda name: BACKENDS[name].kind != "loop"})
    rows = [_scaling(evidence, base, data) for data in shared if (base := loop_by_task(evidence, data)) is not None]
    return tuple(sorted(rows, key=lambda row: (row.kernel, row.backend, row.start_method, row.workers)))


def _scaling(evidence: Evidence, loop: CellData, workers: CellData) -> Scaling:
    base, data = per_task(loop), per_task(workers)
    cell, cpus = data.cell, evidence.usable_cpus
    speed = scaling.speedup(*paired(base, data)).ratio
    oversubscribed = cell.workers > cpus
    nothing = absent("share", f"{cell.workers} workers share {cpus} CPUs: a number per worker means nothing there")
    return Scaling(
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
        within=within_capacity(evidence, base, data) or absent("ratio", NO_CAPACITY),
        loop=loop,
        job=workers,
        base=base,
        shared=data,
    )
