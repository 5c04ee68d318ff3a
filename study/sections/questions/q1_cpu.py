"""Whether the CPUs are used, and at what price: CPU seconds of all who do the work beside wall time and those of the loop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study import scaling
from study.blocks import Panel, Reference
from study.evidence.summaries import cpu_seconds, cpus_busy
from study.sections.build import place_of, point, ratio_of, rows
from study.sections.ways import way_look, way_name, work_name
from study.table import per_task
from study.things import KERNELS
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Evidence
    from study.findings import Estimate
    from study.sections.speedups import Scaling

_FEW = 3
"""Ways that a title names."""


def panels(evidence: Evidence, known: Sequence[Scaling]) -> tuple[Panel, ...]:
    """Utilisation and cost of every way to run a job on all CPUs."""
    full = [row for row in known if row.workers == evidence.usable_cpus and not KERNELS[row.kernel].waits]
    full.sort(key=lambda row: (list(KERNELS).index(row.kernel), *place_of(row.shared)))
    return *_used(evidence, full), *_cost(evidence, full)


def _used(evidence: Evidence, full: Sequence[Scaling]) -> tuple[Panel, ...]:
    cpus = evidence.usable_cpus
    busy = [(row, _share(share, cpus)) for row in full if (share := cpus_busy(row.shared)) is not None]
    told = [f"{way_name(row.shared)} {with_interval(share)}" for row, share in busy if row.kernel == busy[0][0].kernel]
    return rows(
        evidence,
        "q1-utilisation",
        [
            point(row.shared, work_name(row.shared), way_name(row.shared), look=way_look(row.shared), estimate=e)
            for row, e in busy
        ],
        about="Share of all CPUs' time that the work takes",
        side_by_side="gains",
        finding=f"Of {count(cpus)} CPUs' time {work_name(busy[0][0].shared)} takes: {', '.join(told[:_FEW])}"
        if busy
        else "",
        subtitle="Utilisation: CPU seconds of all who do the work ÷ (wall time × usable CPUs), 1 is all, higher is better",
        heads=("kernel", "pool"),
        y_label="share of the CPUs' time",
        include=(0.0, 1.0),
        references=(Reference(label="all CPUs", at=1.0),),
        beside=True,
    )


def _share(busy: Estimate, cpus: int) -> Estimate:
    """CPUs that were busy, of all."""
    return replace(scaling.efficiency(busy, cpus), unit="share")


def _cost(evidence: Evidence, full: Sequence[Scaling]) -> tuple[Panel, ...]:
    points, told = [], []
    for row in full:
        loop, workers = cpu_seconds(row.loop), cpu_seconds(row.job)
        if loop is not None and workers is not None:
            cost = ratio_of(per_task(workers), per_task(loop))
            told.append(f"{work_name(row.shared)} in {way_name(row.shared)} {with_interval(cost)}")
            points.append(
                point(row.shared, work_name(row.shared), way_name(row.shared), look=way_look(row.shared), estimate=cost)
            )
    return rows(
        evidence,
        "q1-cpu-cost",
        points,
        about="CPU seconds of a task over those in the plain loop",
        side_by_side="costs",
        finding=f"CPU seconds of a task over those in the plain loop: {', '.join(told[:_FEW])}",
        subtitle="Cost: CPU seconds of all who do the work, by the number of tasks, over those of the loop; lower is better",
        heads=("kernel", "pool"),
        y_label="times the CPU seconds of the plain loop",
        references=(Reference(label="plain loop", at=1.0),),
        beside=True,
    )
