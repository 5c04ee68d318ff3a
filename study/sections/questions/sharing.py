"""What sharing costs: locks, shared values and managers between workers, and objects between threads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.blocks import Panel, Reference
from study.cell import variant_of
from study.evidence import ANY, CellData, Evidence
from study.names import who
from study.reports import Record
from study.sections import build
from study.sections.ways import ANYONE, kind_of
from study.things.backends import THREADS
from study.things.kernels import COUNT_PRIVATE, COUNT_SHARED, SHA256_8MIB, SMALL_UFUNC
from study.things.variants import MANAGER, OWN, VALUE
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RECORD = Record(
    order=308,
    name="Sharing",
    title="What does sharing cost?",
    reader="A lock, a value, a manager, or nothing shared at all?",
)
MOST_TOLD = 3
"""So many ratios are told in a title."""
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
    """One step of each worker, alone and while all do the same; and how much more it is then."""
    cells = evidence.find("contend", **ANYONE, workers=ANY, variant=ANY)
    between = [data for data in cells if kind_of(data) == "process" and data.cell.workers > 1]
    value, manager = (build.first(between, variant=name) for name in (VALUE.name, MANAGER.name))
    together = [(data, alone) for data in cells if (alone := _alone(evidence, data)) is not None]

    def finding() -> str:
        if manager is None or value is None:
            return ""
        return (
            f"An increment through a Manager that {count(manager.cell.workers)} processes want costs"
            f" {build.ratio_text(manager, value)} one of a locked Value ({build.average_text(value)})"
        )

    def slowed() -> str:
        shared = [pair for pair in together if pair[0].cell.variant != OWN.name]
        told = [f"{_what(data)} {build.ratio_text(data, alone)}" for data, alone in (shared or together)[:MOST_TOLD]]
        return "What a step costs together over what it costs alone: " + ", ".join(told)

    return (
        *build.rows(
            evidence,
            "sharing-contended",
            [build.point(data, _what(data), who(data.cell), series=who(data.cell)) for data in cells],
            about="What one small step costs a worker, alone and while others want the same",
            side_by_side="costs",
            finding=finding,
            subtitle="Average time of one step, timed inside the workers from a common start,"
            f" {build.processes(cells)}, log scale, lower is better",
            heads=("each step is", "workers"),
            **build.log_axis("time of a step"),
        ),
        *build.rows(
            evidence,
            "sharing-together",
            [
                build.point(data, _what(data), who(data.cell), series="", estimate=build.ratio_of(data, alone))
                for data, alone in together
            ],
            about="How much longer a step takes where others do the same at once",
            side_by_side="costs",
            finding=slowed,
            subtitle="Time of one step together over the time alone; 1 where workers do not disturb each other, as many as"
            " there are workers where one waits for all others",
            heads=("each step is", "workers"),
            y_label="together over alone",
            references=(Reference(label="as alone", at=1.0),),
        ),
    )


def _alone(evidence: Evidence, data: CellData) -> CellData | None:
    """The same step of a single worker."""
    return evidence.get(replace(data.cell, workers=1)) if data.cell.workers > 1 else None


def _what(data: CellData) -> str:
    """What is done in each step."""
    variant = variant_of(data.cell)
    return variant.words if variant else data.cell.variant


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
        base = build.loop_by_task(evidence, data)
        if base is not None:
            objects, speedup = objects_of[data.cell.kernel], build.speedup_by_task(base, data)
            texts.append(f"{with_interval(speedup)} {word} {objects}")
            points.append(build.point(data, objects, f"{data.cell.workers} threads", series="", estimate=speedup))
    return build.rows(
        evidence,
        id_,
        points,
        about="Speedup of threads over the plain loop, by what they work on",
        side_by_side="gains",
        finding="Speedup of threads over the plain loop: " + ", ".join(texts),
        subtitle="Speedup: tasks a second on threads over those of the plain loop, higher is better",
        heads=("threads work on", "threads"),
        y_label="speedup",
        references=(Reference(label="the plain loop", at=1.0),),
    )
