"""How many workers: more than there are CPUs, library threads times processes, and what the library makes of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import stats
from study.blocks import Panel, Reference
from study.evidence import ANY, CellData, Evidence
from study.reports import Record
from study.sections.build import (
    curves,
    ends,
    first,
    grouped,
    log_axis,
    point,
    processes,
    quotient,
    ratio_text,
    rows,
    swept,
    told,
)
from study.sections.ways import ANY_JOB, METHODS, REAL_JOB, kind_of, way_look, work_name
from study.things import DEFAULT
from study.things.backends import POOL
from study.things.kernels import FANNKUCH, MATMUL
from study.things.variants import FREE_EVENTS, QUOTA_1_5_EVENTS, QUOTA_1_EVENTS
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.findings import Estimand

RECORD = Record(
    order=307,
    name="Workers",
    title="How many workers?",
    reader="What to give to Pool(), and how many library threads?",
)
FEW = 2
"""So many numbers of workers are no curve."""
_LIMITS = {"": "no limit", "one_cpu": "affinity of one CPU", "quota_one_cpu": "a quota of one CPU"}

_QUANTILES: tuple[tuple[Estimand, str], ...] = (("p50", "50 %"), ("p99", "99 %"))
_QUOTAS = {
    FREE_EVENTS.name: "all CPUs",
    QUOTA_1_5_EVENTS.name: "the time of 1.5 CPUs",
    QUOTA_1_EVENTS.name: "the time of one CPU",
}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (*_beyond(evidence), *_libraries(evidence), *_defaults(evidence), *_quotas(evidence))


def _quotas(evidence: Evidence) -> tuple[Panel, ...]:
    """Single maps by two workers: what is usual, and what the slowest hundredth takes."""
    cells = evidence.find("map", **REAL_JOB, workers=ANY, chunksize=ANY, variant=tuple(_QUOTAS))
    free, limited = (first(cells, variant=variant.name) for variant in (FREE_EVENTS, QUOTA_1_EVENTS))
    quantiles = {data.cell.text: stats.event_quantiles(data.values, "s") for data in cells}

    def finding(free: CellData, limited: CellData) -> str:
        tails = [with_interval(quantiles[data.cell.text]["p99"], reason=False) for data in (limited, free)]
        usual = with_interval(quantiles[limited.cell.text]["p50"], reason=False)
        return (
            f"Under a quota of one CPU {counted(limited.cell.workers, 'worker')} do half of the maps in {usual} or less, and"
            f" the slowest hundredth take {tails[0]}, without one {tails[1]}"
        )

    return rows(
        evidence,
        "workers-quota",
        [
            point(
                data,
                _QUOTAS[data.cell.variant],
                f"{share} of the maps",
                estimate=quantiles[data.cell.text][name],
                look=way_look(data),
            )
            for data in cells
            for name, share in _QUANTILES
        ],
        about="Single maps under a quota: quantiles",
        side_by_side="gains",
        finding=told(finding, free, limited),
        subtitle=f"Quantile of single maps in each process, averaged over processes, {processes(cells)}, log scale",
        heads=("allowed", "quantile"),
        **log_axis("time of one map"),
        notes=("A quota is counted over 100 ms: who has used it up stands still until the next.",),
    )


def _beyond(evidence: Evidence) -> tuple[Panel, ...]:
    found = evidence.find("map", **REAL_JOB, workers=lambda workers: workers >= evidence.usable_cpus)
    jobs = grouped(found, lambda data: (data.cell.kernel, data.cell.backend, data.cell.tasks))
    cells = [data for job in jobs.values() for data in job if len(job) > FEW]
    pool = [data for data in cells if (data.cell.kernel, data.cell.backend) == (FANNKUCH.name, POOL.name)]

    def finding() -> str:
        few, many = ends(pool, "workers")
        workers, cpus = count(many.cell.workers), counted(evidence.usable_cpus, "CPU")
        return f"With {workers} workers on {cpus} the same work takes {ratio_text(many, few)} as long"

    return curves(
        evidence,
        "workers-beyond",
        [
            point(
                data,
                work_name(data),
                way_look(data).label,
                count(data.cell.workers),
                series=f"{work_name(data)}, {way_look(data).label}",
                x=float(data.cell.workers),
                look=way_look(data),
            )
            for data in cells
        ],
        about="More workers than CPUs",
        side_by_side="costs",
        finding=finding if pool else "",
        subtitle=f"Average time of the same tasks by number of workers, {processes(cells)}, lower is better",
        heads=("kernel", "workers are", "workers"),
        **log_axis("time"),
        **swept("workers", "count", log=True),
    )


def _libraries(evidence: Evidence) -> tuple[Panel, ...]:
    products = {**ANY_JOB, "kernel": MATMUL.name, "start_method": METHODS, "library_threads": ANY}
    cells, cpus = evidence.find("map", **products), evidence.usable_cpus
    wide = [data for data in cells if data.cell.workers == cpus]
    single = [data for data in wide if data.cell.library_threads in {0, 1} and kind_of(data) != "loop"]
    elsewhere = ", as elsewhere" if first(cells, library_threads=1) else ""
    points = []
    for data in cells:
        workers, threads = f"{count(data.cell.workers)} workers", data.cell.library_threads
        each = f"{count(threads)} each" if threads else f"1 each{elsewhere}"
        points.append(
            point(data, way_look(data).label, workers, each, series=workers, look=way_look(data), per=data.cell.tasks)
        )
    return rows(
        evidence,
        "workers-libraries",
        points,
        about="Threads of the numerical library times workers",
        side_by_side="gains",
        finding=told(
            lambda both, one: (
                f"{count(cpus)} workers with {count(cpus)} library threads each take {ratio_text(both, one)} as long as with"
                " one thread each"
            ),
            first(wide, library_threads=cpus),
            first(single),
        ),
        subtitle=f"Average time of the job by the number of its matrix products, {processes(cells)}, lower is better",
        heads=("workers are", "workers", "library threads"),
        y_label="time of a product",
    )


def _defaults(evidence: Evidence) -> tuple[Panel, ...]:
    usual = {**ANY_JOB, "backend": POOL.name, "start_method": DEFAULT, "workers": 0, "variant": ANY}
    points, texts = [], []
    for data in evidence.find("pool_as_shipped", **usual):
        made = [(outcome.get("pool_workers"), outcome.get("usable_cpus")) for outcome in data.outcomes]
        if made and all(workers and cpus for workers, cpus in made):
            workers, cpus = zip(*made, strict=True)
            estimate = quotient(workers, cpus, "count")
            limit = _LIMITS.get(data.cell.variant, data.cell.variant)
            texts.append(f"{with_interval(estimate)} ({limit})")
            points.append(point(data, limit, estimate=estimate))
    return rows(
        evidence,
        "workers-defaults",
        points,
        about="Workers that Pool() makes for each CPU it may use",
        side_by_side="nothing",
        finding="Pool() makes so many workers for each CPU that it may use: " + ", ".join(texts),
        subtitle="Workers that Pool() made over usable CPUs; 1: as many as those",
        heads=("limit",),
        y_label="workers per usable CPU",
        references=(Reference(label="one each", at=1.0),),
        null=all(drawn.estimate.low == drawn.estimate.high == 1.0 for drawn in points),
    )
