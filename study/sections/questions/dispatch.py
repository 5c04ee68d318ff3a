"""What handing out tasks costs: by call, chunk size, and where tasks are uneven."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from study.blocks import Record
from study.evidence import ANY
from study.sections.build import average_of, curves, first, point, processes, ratio_text, rows
from study.sections.modes import modes_of
from study.sections.ways import POOLS, PROCESS_POOLS, pool_name, way_look
from study.things import BACKENDS
from study.things.backends import POOL, PROCESS_EXECUTOR, PROCESSES
from study.things.kernels import RAGGED
from study.things.start_methods import FORK
from study.units import count, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Panel, PanelPoint
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=302,
    name="Dispatch",
    title="What does handing out a task cost?",
    reader="Which call, which pool, which chunk size?",
)
MANY_TASKS = 64
"""From so many tasks on the time of a map is that of handing them out."""
FEW = 2
"""So many points are no curve."""
ONE_BY_ONE = frozenset({"apply", "apply_async", "submit"})
"""Calls that hand out one task a message, whatever the chunk size."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_calls(evidence),
        *_peers(evidence),
        *_recycled(evidence),
        *_chunks(evidence),
        *_uneven(evidence),
        *_modes(evidence),
    )


def _per_task(data: CellData, names: Sequence[str], *, series: str = "", x: float | None = None) -> PanelPoint:
    """What one task of a map costs."""
    return point(data, names, series=series, x=x, per=data.cell.tasks, look=way_look(data))


def _calls(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "map",
        backend=POOLS,
        start_method=ANY,
        workers=evidence.usable_cpus,
        tasks=lambda tasks: tasks >= MANY_TASKS,
        chunksize=(0, 1),
        api=ANY,
    )
    single = [data for data in cells if data.cell.chunksize == 1 or data.cell.api in ONE_BY_ONE]
    pool = first(single, lambda data: data.cell.backend == POOL.name and not data.cell.api)
    executor = first(single, lambda data: data.cell.backend == PROCESS_EXECUTOR.name and not data.cell.api)

    def finding() -> str:
        if pool is None:
            return ""
        each = with_interval(average_of(pool, per=pool.cell.tasks))
        more = f"; ProcessPoolExecutor.map {ratio_text(executor, pool)} as much" if executor else ""
        return f"Handing out an empty task of its own through Pool.map costs {each}{more}"

    return rows(
        evidence,
        "dispatch-calls",
        [_per_task(data, (pool_name(data), data.cell.api or "map"), series=pool_name(data)) for data in single],
        about="What handing out one task costs, by call",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time per empty task, one task a message, {processes(single)}, log scale, lower is better",
        heads=("pool", "call"),
        y_label="time per task (log scale)",
        log_y=True,
    )


def _peers(evidence: Evidence) -> tuple[Panel, ...]:
    """Other libraries beside the standard one, each with the batches it makes itself."""
    cells = evidence.find("map", backend=PROCESS_POOLS, start_method=ANY, workers=evidence.usable_cpus, tasks=512)
    others = [data for data in cells if BACKENDS[data.cell.backend].package]
    if not others:
        return ()
    pool = first(cells, lambda data: data.cell.backend == POOL.name and data.cell.start_method == FORK.name)

    def finding() -> str:
        if pool is None:
            return ""
        return "An empty task costs " + ", ".join(
            f"through {pool_name(data)} {ratio_text(data, pool)} what it costs through Pool.map" for data in others
        )

    return rows(
        evidence,
        "dispatch-peers",
        [_per_task(data, (pool_name(data), "its own batches")) for data in cells],
        about="What an empty task costs through other libraries",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time per empty task, as each library hands tasks out by itself, {processes(cells)}, log scale",
        heads=("library", "batches"),
        y_label="time per task (log scale)",
        log_y=True,
    )


def _recycled(evidence: Evidence) -> tuple[Panel, ...]:
    """A worker that ends after a task, beside a pool that lives on and a process for each task."""
    words = {"": "Pool, workers live on", "one_task_per_child": "Pool, maxtasksperchild = 1"}
    eight = {"start_method": FORK.name, "workers": evidence.usable_cpus, "tasks": 8}
    pools = evidence.find("map", backend=POOL.name, chunksize=1, variant=tuple(words), **eight)
    single = evidence.find("process_per_task", backend=PROCESSES.name, **eight)
    recycled = first(pools, lambda data: bool(data.cell.variant))
    kept = first(pools, lambda data: not data.cell.variant)
    if recycled is None or kept is None:
        return ()
    return rows(
        evidence,
        "dispatch-recycled",
        [
            *(_per_task(data, (words[data.cell.variant], "8 tasks")) for data in pools),
            *(_per_task(data, ("a process for each task", "8 tasks")) for data in single),
        ],
        about="What an empty task costs where workers end after one",
        side_by_side="costs",
        finding=(
            f"With maxtasksperchild = 1 an empty task costs {ratio_text(recycled, kept)} what it costs in a pool that lives on"
        ),
        subtitle=f"Average time per empty task, eight tasks, {processes([*pools, *single])}, log scale, lower is better",
        heads=("workers", "tasks"),
        y_label="time per task (log scale)",
        log_y=True,
    )


def _chunks(evidence: Evidence) -> tuple[Panel, ...]:
    found: dict[tuple[str, int], list[CellData]] = {}
    for data in evidence.find(
        "map",
        backend=POOLS,
        start_method=ANY,
        workers=ANY,
        tasks=ANY,
        chunksize=lambda size: size > 0,
        api=("", "imap", "imap_unordered"),
    ):
        found.setdefault((_chunked(evidence, data), data.cell.tasks), []).append(data)
    courses = {key: cells for key, cells in found.items() if len(cells) > FEW}
    several = len({tasks for _, tasks in courses}) > 1
    pool = [
        data
        for data in chain.from_iterable(courses.values())
        if (data.cell.backend, data.cell.start_method, data.cell.workers, data.cell.api)
        == (POOL.name, FORK.name, evidence.usable_cpus, "")
    ]

    def finding() -> str:
        if not pool:
            return ""
        small, large = (pick(pool, key=lambda data: data.cell.chunksize) for pick in (min, max))
        return (
            f"In chunks of {count(large.cell.chunksize)} an empty task costs"
            f" {with_interval(average_of(large, per=large.cell.tasks))}, one by one"
            f" {with_interval(average_of(small, per=small.cell.tasks))} ({pool_name(small)})"
        )

    points = []
    for (name, tasks), cells in courses.items():
        series = f"{name}, {count(tasks)} tasks" if several else name
        points += [
            _per_task(data, (series, count(data.cell.chunksize)), series=series, x=float(data.cell.chunksize))
            for data in cells
        ]
    return curves(
        evidence,
        "dispatch-chunks",
        points,
        about="What an empty task costs, by chunk size",
        side_by_side="costs",
        finding=finding,
        subtitle="Average time per empty task by chunk size,"
        f" {processes([*chain.from_iterable(courses.values())])}, log scales, lower is better",
        heads=("pool", "chunk size"),
        y_label="time per task (log scale)",
        x_label="chunk size (log scale)",
        x_unit="count",
        log_x=True,
        log_y=True,
    )


def _chunked(evidence: Evidence, data: CellData) -> str:
    """A curve over chunk sizes in words."""
    workers = "" if data.cell.workers == evidence.usable_cpus else f", {data.cell.workers} workers"
    return f"{pool_name(data)}{workers}" + (f", {data.cell.api}" if data.cell.api else "")


def _uneven(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "map",
        kernel=RAGGED.name,
        backend=POOLS,
        start_method=ANY,
        workers=evidence.usable_cpus,
        tasks=ANY,
        chunksize=ANY,
        spins=ANY,
    )
    own = first(cells, lambda data: data.cell.backend == POOL.name and data.cell.chunksize == 0)
    single = first(cells, lambda data: data.cell.backend == POOL.name and data.cell.chunksize == 1)

    def finding() -> str:
        if own is None or single is None:
            return ""
        return f"With uneven tasks Pool.map's own chunk size takes {ratio_text(own, single)} as long as chunks of one"

    return rows(
        evidence,
        "dispatch-uneven",
        [
            point(
                data,
                (
                    pool_name(data),
                    f"chunks of {count(data.cell.chunksize)}" if data.cell.chunksize else "library's own",
                ),
                series=pool_name(data),
                look=way_look(data),
            )
            for data in cells
        ],
        about="Uneven tasks, by chunk size",
        side_by_side="gains",
        finding=finding,
        subtitle=f"Average time of one map over the same uneven tasks, {processes(cells)}, lower is better",
        heads=("pool", "chunk size"),
        y_label="time of one map",
    )


def _modes(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("map", backend=POOLS, start_method=ANY, workers=evidence.usable_cpus, tasks=ANY, chunksize=1)
    return modes_of(
        evidence,
        "dispatch-modes",
        cells,
        lambda data: f"{pool_name(data)}, {count(data.cell.tasks)} tasks",
        side_by_side="costs",
    )
