"""What sharing costs: locks, shared values and managers between workers, and objects between threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.blocks import Panel, Record, Reference
from study.evidence import ANY, Evidence
from study.sections import build
from study.sections.ways import ANYONE, kind_of
from study.things.backends import THREADS
from study.things.kernels import COUNT_PRIVATE, COUNT_SHARED, SHA256_8MIB, SMALL_UFUNC
from study.units import with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RECORD = Record(
    order=308,
    name="Sharing",
    title="What does sharing cost?",
    reader="A lock, a value, a manager, or nothing shared at all?",
)
_OBJECTS = {COUNT_PRIVATE.name: "objects of their own", COUNT_SHARED.name: "one object for all"}
_CALLS = {SMALL_UFUNC.name: "many NumPy calls on four numbers", SHA256_8MIB.name: "one long call that releases the GIL"}
"""The second is the control, shown beside the first: where even that does not gain, no thread can be expected to."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_contended(evidence),
        *_gains(evidence, "sharing-objects", _OBJECTS, "with"),
        *(
            _gains(evidence, "sharing-arrays", _CALLS, "in")
            if evidence.find("map", **_on_threads({SMALL_UFUNC.name}))
            else ()
        ),
    )


def _contended(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("contend", **ANYONE, workers=ANY, variant=ANY)
    between = [data for data in cells if kind_of(data) == "process"]
    points = []
    for data in cells:
        cell = data.cell
        workers = cell.backend + (f", {cell.start_method}" if cell.start_method else "")
        points.append(build.point(data, workers, cell.variant, series=f"{cell.workers} {cell.backend}"))
    return build.rows(
        evidence,
        "sharing-contended",
        points,
        about="What one increment costs that others want too",
        side_by_side="costs",
        finding=build.told(
            lambda manager, lock: (
                f"An increment through a Manager costs {build.ratio_text(manager, lock)} one of a locked Value"
                f" ({build.average_text(lock)})"
            ),
            *(build.first(between, variant=variant) for variant in ("manager", "value")),
        ),
        subtitle="Average time of one increment while all workers increment,"
        f" {build.processes(cells)}, log scale, lower is better",
        heads=("workers are", "what is shared"),
        **build.log_axis("time of an increment"),
    )


def _on_threads(kernels: Iterable[str]) -> dict[str, Any]:
    """Tasks of these kernels on more threads than one."""
    return {
        "kernel": tuple(kernels),
        "backend": THREADS.name,
        "workers": lambda workers: workers > 1,
        "tasks": ANY,
    }


def _gains(evidence: Evidence, id_: str, objects_of: Mapping[str, str], word: str) -> tuple[Panel, ...]:
    """The speedup of threads for each kernel, by what the threads do there."""
    points, texts = [], []
    for data in evidence.find("map", **_on_threads(objects_of)):
        base = build.loop_beside(evidence, data)
        if base is not None:
            objects, speedup = objects_of[data.cell.kernel], build.ratio_of(base, data)
            texts.append(f"{with_interval(speedup)} {word} {objects}")
            points.append(build.point(data, objects, f"{data.cell.workers} threads", series="", estimate=speedup))
    return build.rows(
        evidence,
        id_,
        points,
        about="Speedup of threads over the plain loop, by what they work on",
        side_by_side="gains",
        finding="Speedup of threads over the plain loop: " + ", ".join(texts),
        subtitle="Time of the plain loop over time on threads, the same tasks; higher is better",
        heads=("threads work on", "threads"),
        y_label="speedup",
        references=(Reference(label="the plain loop", at=1.0),),
    )
