"""What sharing costs: locks, shared values and managers between workers, and objects between threads."""

from __future__ import annotations

from typing import Any

from study.blocks import Panel, Record, Reference
from study.evidence import ANY, Evidence
from study.sections.build import average_text, first, log_axis, point, processes, ratio_of, ratio_text, rows, told
from study.sections.ways import ANYONE, kind_of
from study.things.backends import THREADS
from study.things.kernels import COUNT_PRIVATE, COUNT_SHARED
from study.units import with_interval

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
    cells = evidence.find("contend", **ANYONE, workers=ANY, variant=ANY)
    between = [data for data in cells if kind_of(data) == "process"]
    points = []
    for data in cells:
        cell = data.cell
        workers = cell.backend + (f", {cell.start_method}" if cell.start_method else "")
        points.append(point(data, workers, cell.variant, series=f"{cell.workers} {cell.backend}"))
    return rows(
        evidence,
        "sharing-contended",
        points,
        about="What one increment costs that others want too",
        side_by_side="costs",
        finding=told(
            lambda manager, lock: (
                f"An increment through a Manager costs {ratio_text(manager, lock)} one of a locked Value"
                f" ({average_text(lock)})"
            ),
            *(first(between, variant=variant) for variant in ("manager", "value")),
        ),
        subtitle=f"Average time of one increment while all workers increment, {processes(cells)}, log scale, lower is better",
        heads=("workers are", "what is shared"),
        **log_axis("time of an increment"),
    )


def _objects(evidence: Evidence) -> tuple[Panel, ...]:
    counting: dict[str, Any] = {
        "kernel": tuple(_OBJECTS),
        "backend": THREADS.name,
        "workers": lambda workers: workers > 1,
        "tasks": ANY,
    }
    points, texts = [], []
    for data in evidence.find("map", **counting):
        base = evidence.one("map", kernel=data.cell.kernel, tasks=data.cell.tasks)
        if base is not None:
            objects, speedup = _OBJECTS[data.cell.kernel], ratio_of(base, data)
            texts.append(f"{with_interval(speedup)} with {objects}")
            points.append(point(data, objects, f"{data.cell.workers} threads", series="", estimate=speedup))
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
