"""Tasks that carry data: what an argument and an answer cost by size and way, and how the same data reach all tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.cell import chunksize_of
from study.evidence import ANY, CellData, Evidence
from study.names import chunks_name, size_name
from study.reports import Record
from study.sections import build
from study.sections.ways import METHODS, way_look, way_name
from study.things import BACKENDS, FORMS
from study.things.backends import POOL
from study.things.carrying import PAYLOAD_MAP, SAME_DATA
from study.things.variants import INITIALIZER
from study.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.blocks import Panel

RECORD = Record(
    order=315,
    name="Payload",
    title="What does the data of a task cost?",
    reader="Send the data with each task, which pool, which chunk size; or bring them once?",
)
_CARRIED: dict[str, Any] = {"backend": ANY, "start_method": ANY, "workers": ANY, "tasks": ANY, "chunksize": ANY}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_by_size(evidence),
        *_by_chunk(evidence),
        *_back(evidence),
        *_forms(evidence),
        *_same_data(evidence),
    )


def _way(data: CellData) -> str:
    """Who carries the data, and in which chunks where that can be chosen."""
    return (
        f"{way_name(data)}, {chunks_name(data.cell)}" if BACKENDS[data.cell.backend].chunks_itself else way_name(data)
    )


def _pool_one_by_one(cells: Iterable[CellData]) -> list[CellData]:
    """Those of a pool in chunks of one."""
    return [data for data in cells if data.cell.backend == POOL.name and chunksize_of(data.cell) == 1]


def _by_bytes(evidence: Evidence) -> list[CellData]:
    """Tasks with an argument, by who carries it."""
    sent: dict[str, Any] = {**_CARRIED, "start_method": METHODS, "payload_bytes": lambda sent: sent > 0}
    return evidence.find(PAYLOAD_MAP.name, **sent)


def largest(evidence: Evidence) -> tuple[CellData | None, CellData | None]:
    """Tasks with the largest argument: through a pool one by one, and through threads; None where not measured."""
    cells = _by_bytes(evidence)
    single = _pool_one_by_one(cells)
    large = build.ends(single, "payload_bytes")[1] if single else None
    threads = (data for data in cells if BACKENDS[data.cell.backend].kind == "thread")
    shared = (data for data in threads if large and data.cell.payload_bytes == large.cell.payload_bytes)
    return large, next(shared, None)


def _by_size(evidence: Evidence) -> tuple[Panel, ...]:
    cells, (large, shared) = _by_bytes(evidence), largest(evidence)

    def finding(large: CellData) -> str:
        beside = f", and {build.task_text(shared)} through {way_name(shared)}" if shared else ""
        return (
            f"A task with an argument of {size_name(large.cell.payload_bytes)} costs {build.task_text(large)} through"
            f" {_way(large)}{beside}"
        )

    return build.curves(
        evidence,
        "payload-sizes",
        [
            build.task_point(data, _way(data), size_name(data.cell.payload_bytes), x=float(data.cell.payload_bytes))
            for data in cells
        ],
        about="What a task costs, by the bytes of its argument and who carries it",
        side_by_side="costs",
        finding=build.told(finding, large),
        subtitle=f"Average time per task that does nothing with its data, {build.processes(cells)}, log scales, lower is better",
        heads=("carried by", "argument"),
        **build.log_axis("time per task"),
        **build.swept("bytes of the argument", "byte", log=True),
    )


def _pairs(evidence: Evidence) -> list[tuple[CellData, CellData]]:
    """A pool's own chunks beside chunks of one, the same tasks."""
    bytes_: dict[str, Any] = {"payload_bytes": ANY, "result_bytes": ANY, "form": ANY}
    cells = evidence.find(PAYLOAD_MAP.name, **_CARRIED, **bytes_)
    single = {replace(data.cell, chunksize=0): data for data in cells if data.cell.chunksize == 1}
    pairs = [(data, single[data.cell]) for data in cells if data.cell in single]
    return sorted(pairs, key=lambda pair: (pair[0].cell.form, pair[0].cell.result_bytes, pair[0].cell.payload_bytes))


def _by_chunk(evidence: Evidence) -> tuple[Panel, ...]:
    pairs = _pairs(evidence)
    bare = next((pair for pair in pairs if not pair[0].cell.payload_bytes + pair[0].cell.result_bytes), None)
    sent = [pair for pair in pairs if pair[0].cell.payload_bytes and not pair[0].cell.form]

    def finding() -> str:
        own, single = max(sent, key=lambda pair: pair[0].cell.payload_bytes)
        less = f"; without data {build.ratio_text(*bare)}" if bare else ""
        return (
            f"With arguments of {size_name(own.cell.payload_bytes)} a map through {_way(own)}, takes"
            f" {build.ratio_text(own, single)} as long as in chunks of one{less}"
        )

    return build.rows(
        evidence,
        "payload-chunks",
        [
            build.point(own, way_name(own), _carries(own), estimate=build.ratio_of(own, single), look=way_look(own))
            for own, single in pairs
        ],
        about="A pool's own chunks against chunks of one, by what the tasks carry",
        side_by_side="costs",
        finding=finding if sent else "",
        subtitle=f"Time of a map in the pool's own chunks over that in chunks of one, {build.processes(own for own, _ in pairs)}",
        heads=("pool", "each task carries"),
        y_label="own chunks over chunks of one",
        include=(0.0, 1.0),
    )


def _carries(data: CellData) -> str:
    """What a task carries, in words."""
    cell = data.cell
    there = f"{size_name(cell.payload_bytes)} there" if cell.payload_bytes else ""
    back = f"{size_name(cell.result_bytes)} back" if cell.result_bytes else ""
    form = f" as {FORMS[cell.form].words}" if cell.form else ""
    return (", ".join(filter(None, (there, back))) or "nothing") + form


def _back(evidence: Evidence) -> tuple[Panel, ...]:
    """The same bytes on the way there and on the way back."""
    back = evidence.find(PAYLOAD_MAP.name, **_CARRIED, result_bytes=lambda sent: sent > 0)
    there = [evidence.get(replace(data.cell, payload_bytes=data.cell.result_bytes, result_bytes=0)) for data in back]
    both = [(to, fro) for to, fro in zip(there, back, strict=True) if to is not None]
    single = [(to, fro) for to, fro in both if _pool_one_by_one([fro])]

    def finding() -> str:
        to, fro = max(single, key=lambda pair: pair[1].cell.result_bytes)
        return (
            f"{size_name(fro.cell.result_bytes)} on the way back cost a task {build.ratio_text(fro, to)} what they cost on the"
            f" way there ({_way(fro)})"
        )

    points = [build.task_point(data, _way(data), _carries(data)) for pair in both for data in pair]
    return build.rows(
        evidence,
        "payload-back",
        points,
        about="Data on the way there, and on the way back",
        side_by_side="costs",
        finding=finding if single else "",
        subtitle=f"Average time per task, {build.processes(fro for _, fro in both)}, log scale, lower is better",
        heads=("carried by", "each task carries"),
        **build.log_axis("time per task"),
    )


def _forms(evidence: Evidence) -> tuple[Panel, ...]:
    others = evidence.find(PAYLOAD_MAP.name, **_CARRIED, payload_bytes=ANY, form=lambda form: form != "")
    plain = [evidence.get(replace(data.cell, form="")) for data in others]
    cells = list({data.cell.text: data for data in (*plain, *others) if data is not None}.values())
    single = _pool_one_by_one(others)

    def finding() -> str:
        ratios = [
            f"as {FORMS[data.cell.form].words} {build.ratio_text(data, as_bytes)}"
            for data in single
            if (as_bytes := evidence.get(replace(data.cell, form="")))
        ]
        return f"{size_name(single[0].cell.payload_bytes)} cost a task {', '.join(ratios)} what they cost as bytes"

    return build.rows(
        evidence,
        "payload-forms",
        [build.task_point(data, _way(data), FORMS[data.cell.form].words) for data in cells],
        about="What a task costs, by what its argument is made of",
        side_by_side="costs",
        finding=finding if single and all(plain) else "",
        subtitle=f"Average time per task, {build.processes(cells)}, log scale, lower is better",
        heads=("carried by", "argument"),
        **build.log_axis("time per task"),
    )


def _same_data(evidence: Evidence) -> tuple[Panel, ...]:
    variants = SAME_DATA.variants
    cells = evidence.find(
        SAME_DATA.name, backend=ANY, start_method=ANY, workers=ANY, tasks=ANY, payload_bytes=ANY, variant=ANY
    )

    def words(data: CellData) -> str:
        return variants[data.cell.variant].words or "sent with each task"

    return build.rows(
        evidence,
        "payload-same",
        [build.point(data, words(data), way_name(data)) for data in cells],
        about="The same data for all tasks, by how they are brought",
        side_by_side="costs",
        finding=build.told(
            lambda sent, given: (
                f"Given to each worker by its initializer, {size_name(sent.cell.payload_bytes)} for {count(sent.cell.tasks)}"
                f" tasks take {build.ratio_text(given, sent)} as long as sent with each ({way_name(sent)})"
            ),
            build.first(cells, variant=""),
            build.first(cells, variant=INITIALIZER.name),
        ),
        subtitle=f"Average time of a pool made, used for all tasks and ended, {build.processes(cells)}, lower is better",
        heads=("the data are", "pool"),
        y_label="time of the whole",
    )
