"""What handing out tasks costs: by call, chunk size, and where tasks are uneven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.analyse.topics.build import average_of, curves, first, point, processes, ratio_text, rows
from study.analyse.topics.modes import modes_of
from study.cell import PEERS
from study.units import count, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData

_POOLS = {
    "pool": "Pool",
    "process_executor": "ProcessPoolExecutor",
    "thread_executor": "ThreadPoolExecutor",
    "interpreter_executor": "InterpreterPoolExecutor",
    "loky": "joblib",
    "dask": "dask.distributed",
}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (
        *_calls(evidence),
        *_peers(evidence),
        *_recycled(evidence),
        *_chunks(evidence),
        *_uneven(evidence),
        *_modes(evidence),
    )


def pool_name(data: CellData) -> str:
    """The pool and its start method."""
    cell = data.cell
    return _POOLS.get(cell.backend, cell.backend) + (f", {cell.start_method}" if cell.start_method else "")


def _calls(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data
        for data in evidence.find(pattern="map", kernel="noop", variant="", chunksize=(0, 1), payload_bytes=0)
        if data.cell.backend in _POOLS and data.cell.workers == evidence.usable_cpus and data.cell.tasks >= 64
    ]
    single = [data for data in cells if data.cell.chunksize == 1 or data.cell.api in {"apply", "apply_async", "submit"}]
    pool = first(single, lambda data: data.cell.backend == "pool" and not data.cell.api)
    executor = first(single, lambda data: data.cell.backend == "process_executor" and not data.cell.api)

    def finding() -> str:
        if pool is None:
            return ""
        each = with_interval(average_of(pool, per=pool.cell.tasks))
        more = f"; ProcessPoolExecutor.map {ratio_text(executor, pool)} as much" if executor else ""
        return f"Handing out an empty task of its own through Pool.map costs {each}{more}"

    return rows(
        evidence,
        "dispatch-calls",
        [point(data, (pool_name(data), data.cell.api or "map"), series=pool_name(data), per=data.cell.tasks,
               thing=data.cell.backend)
         for data in single],
        about="What handing out one task costs, by call",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time per empty task, one task a message, {processes(single)}, log scale, lower is better",
        heads=("pool", "call"),
        y_label="time per task (log scale)",
        log_y=True,
    )  # fmt: skip


def _peers(evidence: Evidence) -> tuple[Panel, ...]:
    """Other libraries beside the standard one, each with the batches it makes itself."""
    cells = [
        data
        for data in evidence.find(pattern="map", kernel="noop", variant="", api="", chunksize=0, tasks=512)
        if data.cell.backend in {"pool", "process_executor", *PEERS} and data.cell.workers == evidence.usable_cpus
    ]
    others = [data for data in cells if data.cell.backend in PEERS]
    if not others:
        return ()
    pool = first(cells, lambda data: data.cell.backend == "pool" and data.cell.start_method == "fork")

    def finding() -> str:
        if pool is None:
            return ""
        return "An empty task costs " + ", ".join(
            f"through {pool_name(data)} {ratio_text(data, pool)} what it costs through Pool.map" for data in others
        )

    return rows(
        evidence,
        "dispatch-peers",
        [
            point(data, (pool_name(data), "its own batches"), per=data.cell.tasks, thing=data.cell.backend)
            for data in cells
        ],
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
    cells = evidence.find(pattern="map", kernel="noop", backend="pool", start_method="fork", tasks=8, chunksize=1)
    cells += evidence.find(pattern="process_per_task", kernel="noop", backend="processes", start_method="fork", tasks=8)
    words = {"": "Pool, workers live on", "one_task_per_child": "Pool, maxtasksperchild = 1"}
    cells = [data for data in cells if data.cell.variant in words]
    recycled = first(cells, lambda data: data.cell.variant == "one_task_per_child")
    kept = first(cells, lambda data: data.cell.pattern == "map" and not data.cell.variant)
    if recycled is None or kept is None:
        return ()
    return rows(
        evidence,
        "dispatch-recycled",
        [
            point(
                data,
                (words[data.cell.variant] if data.cell.pattern == "map" else "a process for each task", "8 tasks"),
                per=data.cell.tasks,
                thing=data.cell.backend,
            )
            for data in cells
        ],
        about="What an empty task costs where workers end after one",
        side_by_side="costs",
        finding=(
            f"With maxtasksperchild = 1 an empty task costs {ratio_text(recycled, kept)} what it costs in a pool that lives on"
        ),
        subtitle=f"Average time per empty task, eight tasks, {processes(cells)}, log scale, lower is better",
        heads=("workers", "tasks"),
        y_label="time per task (log scale)",
        log_y=True,
    )


def _modes(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data
        for data in evidence.find(pattern="map", kernel="noop", variant="", api="", chunksize=1)
        if data.cell.backend in _POOLS and data.cell.workers == evidence.usable_cpus
    ]
    return modes_of(
        evidence,
        "dispatch-modes",
        cells,
        lambda data: f"{pool_name(data)}, {count(data.cell.tasks)} tasks",
        side_by_side="costs",
    )


def _chunks(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [
        data
        for data in evidence.find(pattern="map", kernel="noop", api=("", "imap", "imap_unordered"), variant="")
        if data.cell.backend in _POOLS and data.cell.chunksize
    ]

    def series(data: CellData) -> str:
        workers = "" if data.cell.workers == evidence.usable_cpus else f", {data.cell.workers} workers"
        return f"{pool_name(data)}{workers}" + (f", {data.cell.api}" if data.cell.api else "")

    sizes: dict[str, set[int]] = {}
    for data in cells:
        sizes.setdefault(series(data), set()).add(data.cell.chunksize)
    cells = [data for data in cells if len(sizes[series(data)]) > 2]
    pool = [data for data in cells if series(data).startswith("Pool, fork") and not data.cell.api]

    def finding() -> str:
        if len(pool) < 2:
            return ""
        small, large = (pick(pool, key=lambda data: data.cell.chunksize) for pick in (min, max))
        return (
            f"In chunks of {count(large.cell.chunksize)} an empty task costs"
            f" {with_interval(average_of(large, per=large.cell.tasks))}, one by one"
            f" {with_interval(average_of(small, per=small.cell.tasks))} ({pool_name(small)})"
        )

    return curves(
        evidence,
        "dispatch-chunks",
        [point(data, (series(data), count(data.cell.chunksize)), series=series(data), x=float(data.cell.chunksize),
               per=data.cell.tasks, thing=data.cell.backend) for data in cells],
        about="What an empty task costs, by chunk size",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time per empty task by chunk size, {processes(cells)}, log scales, lower is better",
        heads=("pool", "chunk size"),
        y_label="time per task (log scale)",
        x_label="chunk size (log scale)",
        x_unit="count",
        log_x=True,
        log_y=True,
    )  # fmt: skip


def _uneven(evidence: Evidence) -> tuple[Panel, ...]:
    cells = [data for data in evidence.find(pattern="map", kernel="ragged") if data.cell.backend in _POOLS]
    own = first(cells, lambda data: data.cell.backend == "pool" and data.cell.chunksize == 0)
    one = first(cells, lambda data: data.cell.backend == "pool" and data.cell.chunksize == 1)

    def finding() -> str:
        if own is None or one is None:
            return ""
        return f"With uneven tasks Pool.map's own chunk size takes {ratio_text(own, one)} as long as chunks of one"

    return rows(
        evidence,
        "dispatch-uneven",
        [point(data, (pool_name(data), f"chunks of {count(data.cell.chunksize)}" if data.cell.chunksize else "library's own"),
               series=pool_name(data), thing=data.cell.backend) for data in cells],
        about="Uneven tasks, by chunk size",
        side_by_side="gains",
        finding=finding,
        subtitle=f"Average time of one map over the same uneven tasks, {processes(cells)}, lower is better",
        heads=("pool", "chunk size"),
        y_label="time of one map",
    )  # fmt: skip
