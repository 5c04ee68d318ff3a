"""How many workers: more than there are CPUs, library threads times processes, and what the library makes of limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import stats
from study.blocks import Record, Reference
from study.evidence import ANY
from study.sections.build import curves, first, point, processes, ratio_text, rows
from study.sections.ways import METHODS, WAYS, WORK, kind_of, way_look
from study.things import DEFAULT
from study.things.backends import POOL
from study.things.kernels import FANNKUCH, MATMUL
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=307,
    name="Workers",
    title="How many workers?",
    reader="What to give to Pool(), and how many library threads?",
)
FEW = 2
"""So many numbers of workers are no curve."""
_LIMITS = {"": "no limit", "one_cpu": "affinity of one CPU", "quota_one_cpu": "a quota of one CPU"}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (*_beyond(evidence), *_libraries(evidence), *_defaults(evidence))


def _beyond(evidence: Evidence) -> tuple[Panel, ...]:
    jobs: dict[tuple[str, str, int], list[CellData]] = {}
    for data in evidence.find(
        "map",
        kernel=WORK,
        backend=WAYS,
        start_method=METHODS,
        workers=lambda workers: workers >= evidence.usable_cpus,
        tasks=ANY,
    ):
        jobs.setdefault((data.cell.kernel, data.cell.backend, data.cell.tasks), []).append(data)
    cells = [data for job in jobs.values() for data in job if len(job) > FEW]
    pool = [data for data in cells if (data.cell.kernel, data.cell.backend) == (FANNKUCH.name, POOL.name)]

    def finding() -> str:
        if not pool:
            return ""
        few, many = (pick(pool, key=lambda data: data.cell.workers) for pick in (min, max))
        cpus = counted(evidence.usable_cpus, "CPU")
        return f"With {count(many.cell.workers)} workers on {cpus} the same work takes {ratio_text(many, few)} as long"

    return curves(
        evidence,
        "workers-beyond",
        [
            point(
                data,
                (data.cell.kernel, data.cell.backend, count(data.cell.workers)),
                series=f"{data.cell.kernel}, {data.cell.backend}",
                x=float(data.cell.workers),
                look=way_look(data),
            )
            for data in cells
        ],
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
    )


def _libraries(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "map",
        kernel=MATMUL.name,
        backend=ANY,
        start_method=METHODS,
        workers=ANY,
        tasks=ANY,
        library_threads=ANY,
    )
    cpus = evidence.usable_cpus
    wide = [data for data in cells if data.cell.workers == cpus]
    both = first(wide, lambda data: data.cell.library_threads == cpus)
    single = first(wide, lambda data: data.cell.library_threads in {0, 1} and kind_of(data) != "loop")

    def threads(data: CellData) -> str:
        chosen = data.cell.library_threads
        unsaid = ", as elsewhere" if not chosen and any(other.cell.library_threads == 1 for other in cells) else ""
        return f"{count(chosen or 1)} each{unsaid}"

    def finding() -> str:
        if both is None or single is None:
            return ""
        longer = ratio_text(both, single)
        return f"{count(cpus)} workers with {count(cpus)} library threads each take {longer} as long as with one thread each"

    return rows(
        evidence,
        "workers-libraries",
        [
            point(
                data,
                (
                    data.cell.backend,
                    f"{count(data.cell.workers)} workers",
                    threads(data),
                ),
                series=f"{count(data.cell.workers)} workers",
                look=way_look(data),
            )
            for data in cells
        ],
        about="Threads of the numerical library times workers",
        side_by_side="gains",
        finding=finding,
        subtitle=f"Average time of the same matrix products, {processes(cells)}, lower is better",
        heads=("workers are", "workers", "library threads"),
        y_label="time",
    )


def _defaults(evidence: Evidence) -> tuple[Panel, ...]:
    points = []
    texts = []
    for data in evidence.find(
        "pool_as_shipped", kernel=ANY, backend=POOL.name, start_method=DEFAULT, workers=0, tasks=ANY, variant=ANY
    ):
        made = [
            outcome["pool_workers"] / outcome["usable_cpus"]
            for outcome in data.outcomes
            if outcome.get("pool_workers") and outcome.get("usable_cpus")
        ]
        if made and len(made) == len(data.outcomes):
            estimate = stats.average(made, "count")
            limit = _LIMITS.get(data.cell.variant, data.cell.variant)
            texts.append(f"{with_interval(estimate)} ({limit})")
            points.append(point(data, (limit,), estimate=estimate))
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
        references=(Reference(label="one each", at=1.0),),
    )
