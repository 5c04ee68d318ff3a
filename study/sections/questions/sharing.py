"""What sharing costs: locks, shared values and managers between workers, and objects between threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import stats
from study.blocks import Record, Reference
from study.evidence import ANY
from study.sections.build import average_of, first, point, processes, ratio_text, rows
from study.sections.ways import kind_of
from study.table import paired
from study.things.backends import THREADS
from study.things.kernels import COUNT_PRIVATE, COUNT_SHARED
from study.units import with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence

RECORD = Record(
    order=308,
    name="Sharing",
    title="What does sharing cost?",
    reader="A lock, a value, a manager, or nothing shared at all?",
)
_OBJECTS = {COUNT_PRIVATE.name: "objects of their own", COUNT_SHARED.name: "one object for all"}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (*_contended(evidence), *_objects(evidence))


def _contended(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("contend", backend=ANY, start_method=ANY, workers=ANY, variant=ANY)
    between = [data for data in cells if kind_of(data) == "process"]
    lock = first(between, lambda data: data.cell.variant == "value")
    manager = first(between, lambda data: data.cell.variant == "manager")

    def finding() -> str:
        if lock is None or manager is None:
            return ""
        value = with_interval(average_of(lock))
        return f"An increment through a Manager costs {ratio_text(manager, lock)} one of a locked Value ({value})"

    points = []
    for data in cells:
        cell = data.cell
        workers = cell.backend + (f", {cell.start_method}" if cell.start_method else "")
        points.append(point(data, (workers, cell.variant), series=f"{cell.workers} {cell.backend}"))
    return rows(
        evidence,
        "sharing-contended",
        points,
        about="What one increment costs that others want too",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time of one increment while all workers increment, {processes(cells)}, log scale, lower is better",
        heads=("workers are", "what is shared"),
        y_label="time of an increment (log scale)",
        log_y=True,
    )


def _objects(evidence: Evidence) -> tuple[Panel, ...]:
    points = []
    texts = []
    for data in evidence.find(
        "map", kernel=tuple(_OBJECTS), backend=THREADS.name, workers=lambda workers: workers > 1, tasks=ANY
    ):
        base = evidence.one("map", kernel=data.cell.kernel, tasks=data.cell.tasks)
        if base is None:
            continue
        objects = _OBJECTS[data.cell.kernel]
        speedup = stats.ratio_of_averages_paired(*paired(base, data))
        texts.append(f"{with_interval(speedup)} with {objects}")
        points.append(point(data, (objects, f"{data.cell.workers} threads"), estimate=speedup))
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
        references=(Reference(label="the plain loop", at=1.0),),
    )
