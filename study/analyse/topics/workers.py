"""How many workers: more than there are CPUs, library threads times processes, and what the library makes of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import stats
from study.analyse.topics.build import curves, first, point, processes, ratio_text, rows
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel

_LIMITS = {"": "no limit", "one_cpu": "affinity of one CPU", "quota_one_cpu": "a quota of one CPU"}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (*_beyond(evidence), *_libraries(evidence), *_defaults(evidence))


def _beyond(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data
        for data in evidence.find(pattern="map", variant="", api="", chunksize=0, library_threads=0)
        if data.cell.backend in {"pool", "threads"} and data.cell.workers >= evidence.usable_cpus
        and data.cell.kernel in {"fannkuch", "sleep", "sha256_8mib"}
    ]  # fmt: skip
    groups: dict[tuple[str, str, str, int], int] = {}
    for data in cells:
        key = (data.cell.kernel, data.cell.backend, data.cell.start_method, data.cell.tasks)
        groups[key] = groups.get(key, 0) + 1
    cells = [
        data
        for data in cells
        if groups[data.cell.kernel, data.cell.backend, data.cell.start_method, data.cell.tasks] > 2
    ]
    pool = [data for data in cells if (data.cell.kernel, data.cell.backend) == ("fannkuch", "pool")]

    def finding() -> str:
        if len(pool) < 2:
            return ""
        few, many = (pick(pool, key=lambda data: data.cell.workers) for pick in (min, max))
        cpus = counted(evidence.usable_cpus, "CPU")
        return f"With {count(many.cell.workers)} workers on {cpus} the same work takes {ratio_text(many, few)} as long"

    return curves(
        evidence,
        "workers-beyond",
        [point(data, (data.cell.kernel, data.cell.backend, count(data.cell.workers)),
               series=f"{data.cell.kernel}, {data.cell.backend}", x=float(data.cell.workers), thing=data.cell.backend)
         for data in cells],
        about="More workers than CPUs",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time of the same tasks by number of workers, {processes(cells)}, lower is better",
        heads=("kernel", "workers are", "workers"),
        y_label="time (log scale)",
        x_label="workers (log scale)",
        x_unit="count",
        log_x=True,
        log_y=True,
    )  # fmt: skip


def _libraries(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="map", kernel="matmul")
    cpus = evidence.usable_cpus
    both = first(cells, lambda data: data.cell.workers == cpus and data.cell.library_threads == cpus)
    one = first(
        cells,
        lambda data: data.cell.workers == cpus and data.cell.library_threads in {0, 1} and data.cell.backend != "call",
    )

    def finding() -> str:
        if both is None or one is None:
            return ""
        longer = ratio_text(both, one)
        return f"{count(cpus)} workers with {count(cpus)} library threads each take {longer} as long as with one thread each"

    return rows(
        evidence,
        "workers-libraries",
        [point(data,
               (data.cell.backend, f"{count(data.cell.workers)} workers", f"{count(data.cell.library_threads or 1)} each"),
               series=f"{count(data.cell.workers)} workers", thing=data.cell.backend) for data in cells],
        about="Threads of the numerical library times workers",
        side_by_side="gains",
        finding=finding,
        subtitle=f"Average time of the same matrix products, {processes(cells)}, lower is better",
        heads=("workers are", "workers", "library threads"),
        y_label="time",
    )  # fmt: skip


def _defaults(evidence: Evidence) -> tuple[Panel, ...]:
    points = []
    texts = []
    for data in evidence.find(pattern="pool_as_shipped"):
        made = [
            outcome["pool_workers"] / outcome["usable_cpus"]
            for outcome in data.outcomes
            if outcome.get("pool_workers") and outcome.get("usable_cpus")
        ]
        if len(made) == len(data.outcomes) and made:
            estimate = stats.average(made, "count")
            texts.append(f"{with_interval(estimate)} ({_LIMITS.get(data.cell.variant, data.cell.variant)})")
            points.append(
                point(data, (_LIMITS.get(data.cell.variant, data.cell.variant),), estimate=estimate, thing="pool")
            )
    return rows(
        evidence,
        "workers-defaults",
        points,
        about="Workers that Pool() makes for each CPU it may use",
        side_by_side="nothing",
        finding="Pool() makes so many workers for each CPU it may use: " + ", ".join(texts),
        subtitle="Workers that Pool() made over usable CPUs; 1 is what one would want",
        heads=("limit",),
        y_label="workers per usable CPU",
        references=(("one each", 1.0),),
    )
