"""What sharing costs: locks, shared values and managers between workers, and objects between threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import stats
from study.analyse.topics.build import average_of, first, point, processes, ratio_text, rows
from study.table import paired
from study.units import with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel

_KERNELS = {"count_private": "objects of their own", "count_shared": "one object for all"}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (*_contended(evidence), *_objects(evidence))


def _contended(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="contend")
    between = [data for data in cells if data.cell.backend == "processes"]
    lock = first(between, lambda data: data.cell.variant == "value")
    manager = first(between, lambda data: data.cell.variant == "manager")

    def finding() -> str:
        if lock is None or manager is None:
            return ""
        value = with_interval(average_of(lock))
        return f"An increment through a Manager costs {ratio_text(manager, lock)} one of a locked Value ({value})"

    return rows(
        evidence,
        "sharing-contended",
        [point(data, (data.cell.backend + (f", {data.cell.start_method}" if data.cell.start_method else ""), data.cell.variant),
               series=f"{data.cell.workers} {data.cell.backend}") for data in cells],
        about="What one increment costs that others want too",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time of one increment while all workers increment, {processes(cells)}, log scale, lower is better",
        heads=("workers are", "what is shared"),
        y_label="time of an increment (log scale)",
        log_y=True,
    )  # fmt: skip


def _objects(evidence: Evidence) -> tuple[Panel, ...]:
    points = []
    texts = []
    for data in evidence.find(pattern="map", kernel=tuple(_KERNELS), backend="threads"):
        base = first(evidence.find(pattern="map", kernel=data.cell.kernel, backend="call", tasks=data.cell.tasks), bool)
        if base is None or data.cell.workers < 2:
            continue
        speedup = stats.ratio_of_averages_paired(*paired(base, data))
        texts.append(f"{with_interval(speedup)} with {_KERNELS[data.cell.kernel]}")
        points.append(
            point(data, (_KERNELS[data.cell.kernel], f"{data.cell.workers} threads"), estimate=speedup, thing="threads")
        )
    return rows(
        evidence,
        "sharing-objects",
        points,
        about="Speedup of threads over the plain loop, by what they work on",
        side_by_side="gains",
        finding="Speedup of threads over the plain loop: " + ", ".join(texts),
        subtitle="Time of the plain loop over time on threads, the same tasks; higher is better",
        heads=("threads work on", "threads"),
        y_label="speedup",
        references=(("the plain loop", 1.0),),
    )
