"""What handing out tasks costs: by call, chunk size, and where tasks are uneven."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from study.cell import chunksize_of
from study.evidence import ANY, CellData, Evidence
from study.names import chunks_name
from study.reports import Record
from study.sections import build
from study.sections.modes import modes_of
from study.sections.ways import POOLED, POOLS, pool_name, way_look
from study.things import APIS, BACKENDS
from study.things.backends import POOL, PROCESS_EXECUTOR, PROCESSES
from study.things.kernels import RAGGED, RAGGED_FALLING, RAGGED_RISING
from study.things.start_methods import FORK
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.blocks import Panel

RECORD = Record(
    order=302,
    name="Dispatch",
    title="What does handing out a task cost?",
    reader="Which call, which pool, which chunk size?",
)
ORDERS = {RAGGED_RISING.name: "shortest first", RAGGED.name: "in no order", RAGGED_FALLING.name: "longest first"}
"""Kernels of uneven tasks -> the order in which these come, the worst for large chunks first."""
MANY_TASKS = 64
"""From so many tasks on the time of a map is that of handing them out."""
FEW = 2
"""So many points are no curve."""


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


def one_by_one(evidence: Evidence) -> list[CellData]:
    """Many empty tasks, each in a message of its own."""
    cpus, many = evidence.usable_cpus, lambda tasks: tasks >= MANY_TASKS
    cells = evidence.find("map", **POOLED, workers=cpus, tasks=many, chunksize=(0, 1), api=ANY)
    return [data for data in cells if chunksize_of(data.cell) == 1 or _hands_out_one(data)]


def _calls(evidence: Evidence) -> tuple[Panel, ...]:
    single = one_by_one(evidence)

    def finding(pool: CellData) -> str:
        executor = build.first(single, backend=PROCESS_EXECUTOR.name, api="")
        more = f"; ProcessPoolExecutor.map {build.ratio_text(executor, pool)} as much" if executor else ""
        return f"Handing out an empty task of its own through Pool.map costs {build.task_text(pool)}{more}"

    return build.rows(
        evidence,
        "dispatch-calls",
        [build.task_point(data, pool_name(data), data.cell.api or "map") for data in single],
        about="What handing out one task costs, by call",
        side_by_side="costs",
        finding=build.told(finding, build.first(single, backend=POOL.name, api="")),
        subtitle=f"Average time per empty task, one task a message, {build.processes(single)}, log scale, lower is better",
        heads=("pool", "call"),
        **build.log_axis("time per task"),
    )


def _hands_out_one(data: CellData) -> bool:
    """Whether the call hands out one task a message, whatever the chunk size."""
    if BACKENDS[data.cell.backend].hands_out and not BACKENDS[data.cell.backend].takes_chunksize:
        return True
    return data.cell.api in APIS and APIS[data.cell.api].one_at_a_time


def _peers(evidence: Evidence) -> tuple[Panel, ...]:
    """Other libraries beside the standard one, each with the batches it makes itself."""
    pools = tuple(name for name in POOLS if BACKENDS[name].kind == "process")
    cells = evidence.find("map", backend=pools, start_method=ANY, workers=evidence.usable_cpus, tasks=512)
    at_address = tuple(name for name in pools if BACKENDS[name].at_address)
    elsewhere = evidence.find("map", backend=at_address, workers=_beyond(evidence.usable_cpus), tasks=512)
    cells += elsewhere
    others = [data for data in cells if BACKENDS[data.cell.backend].package]

    def finding(pool: CellData) -> str:
        costs = [f"through {pool_name(data)} {build.ratio_text(data, pool)}" for data in others]
        return "An empty task costs " + ", ".join(f"{cost} what it costs through Pool.map" for cost in costs)

    return build.rows(
        evidence,
        "dispatch-peers",
        [build.task_point(data, pool_name(data), "its own batches", series="") for data in cells if others],
        about="What an empty task costs through other libraries",
        side_by_side="costs",
        finding=build.told(finding, build.first(cells, backend=POOL.name, start_method=FORK.name)),
        subtitle=f"Average time per empty task, as each library hands tasks out by itself, {build.processes(cells)}, log scale",
        heads=("library", "batches"),
        **build.log_axis("time per task"),
    )


def _beyond(cpus: int) -> Callable[[int], bool]:
    """Whether a number of workers is another than that of the CPUs here: a cluster has as many as it has."""
    return lambda workers: workers != cpus


def _recycled(evidence: Evidence) -> tuple[Panel, ...]:
    """Workers that end after a number of tasks, beside those that live on and a process for each task."""
    shared: dict[str, Any] = {"start_method": ANY, "workers": evidence.usable_cpus, "tasks": ANY}
    every = evidence.find("map", backend=POOLS, chunksize=1, tasks_per_child=ANY, **shared)
    jobs = {replace(data.cell, tasks_per_child=0) for data in every if data.cell.tasks_per_child}
    pools = [data for data in every if replace(data.cell, tasks_per_child=0) in jobs]
    ends_after_one = build.first(pools, backend=POOL.name, start_method=FORK.name, tasks_per_child=1)
    kept = ends_after_one and evidence.get(replace(ends_after_one.cell, tasks_per_child=0))
    if ends_after_one is None or kept is None:
        return ()
    tasks = tuple({cell.tasks for cell in jobs})
    methods = tuple({cell.start_method for cell in jobs})
    single = evidence.find(
        "process_per_task", backend=PROCESSES.name, **{**shared, "start_method": methods, "tasks": tasks}
    )
    cost = build.ratio_text(ends_after_one, kept)
    named = [(_lives(data), data) for data in sorted(pools, key=_by_life)]
    named += [("a process for each task", data) for data in single]
    return build.rows(
        evidence,
        "dispatch-recycled",
        [
            build.task_point(data, name, f"{pool_name(data)}, {count(data.cell.tasks)} tasks", series="")
            for name, data in named
        ],
        about="What an empty task costs where workers end after a number of tasks",
        side_by_side="costs",
        finding=f"Where workers end after every task an empty task costs {cost} what it costs in a pool that lives on",
        subtitle=f"Average time per empty task, one a message, {build.processes([*pools, *single])}, log scale, lower is better",
        heads=("workers", "pool"),
        **build.log_axis("time per task"),
    )


def _by_life(data: CellData) -> tuple[tuple[int, int], int, int]:
    return build.place_of(data), data.cell.tasks, data.cell.tasks_per_child


def _lives(data: CellData) -> str:
    """How long a worker lives, in words."""
    tasks = data.cell.tasks_per_child
    return f"end after {counted(tasks, 'task')}" if tasks else "live on"


def _chunks(evidence: Evidence) -> tuple[Panel, ...]:
    streaming, set_sizes = ("", "imap", "imap_unordered"), lambda size: size > 0
    cells = evidence.find("map", **POOLED, workers=ANY, tasks=ANY, chunksize=set_sizes, api=streaming)
    found = build.grouped(cells, lambda data: (_chunked(evidence, data), data.cell.tasks))
    courses = {key: course for key, course in found.items() if len(course) > FEW}
    several = len({tasks for _, tasks in courses}) > 1
    shown = list(chain.from_iterable(courses.values()))
    usual = (POOL.name, FORK.name, evidence.usable_cpus, "")
    pool = [
        data for data in shown if (data.cell.backend, data.cell.start_method, data.cell.workers, data.cell.api) == usual
    ]

    def finding() -> str:
        small, large = (choose(pool, key=lambda data: chunksize_of(data.cell)) for choose in (min, max))
        return (
            f"In chunks of {count(chunksize_of(large.cell))} an empty task costs {build.task_text(large)}, one by one"
            f" {build.task_text(small)} ({pool_name(small)})"
        )

    return build.curves(
        evidence,
        "dispatch-chunks",
        [
            build.task_point(
                data,
                f"{name}, {count(tasks)} tasks" if several else name,
                count(chunksize_of(data.cell)),
                x=float(chunksize_of(data.cell)),
            )
            for (name, tasks), course in courses.items()
            for data in course
        ],
        about="What an empty task costs, by chunk size",
        side_by_side="costs",
        finding=finding if pool else "",
        subtitle=f"Average time per empty task by chunk size, {build.processes(shown)}, log scales, lower is better",
        heads=("pool", "chunk size"),
        **build.log_axis("time per task"),
        **build.swept("chunk size", "count", log=True),
    )


def _chunked(evidence: Evidence, data: CellData) -> str:
    """A curve over chunk sizes in words."""
    workers = "" if data.cell.workers == evidence.usable_cpus else f"{data.cell.workers} workers"
    return ", ".join(filter(None, (pool_name(data), workers, data.cell.api)))


def _uneven(evidence: Evidence) -> tuple[Panel, ...]:
    ragged: dict[str, Any] = {"kernel": tuple(ORDERS), "tasks": ANY, "chunksize": ANY, "spins": ANY}
    cells = evidence.find("map", **POOLED, workers=evidence.usable_cpus, **ragged)
    cells.sort(key=lambda data: (list(ORDERS).index(data.cell.kernel), chunksize_of(data.cell)))
    worst = next((kernel for kernel in ORDERS if build.first(cells, backend=POOL.name, kernel=kernel)), "")
    return build.rows(
        evidence,
        "dispatch-uneven",
        [build.point(data, ORDERS[data.cell.kernel], chunks_name(data.cell), look=way_look(data)) for data in cells],
        about="Uneven tasks, by their order and by chunk size",
        side_by_side="gains",
        finding=build.told(
            lambda own, single: (
                f"With uneven tasks, {ORDERS[own.cell.kernel]}, Pool.map's own chunk size"
                f" takes {build.ratio_text(own, single)} as long as chunks of one"
            ),
            build.first(cells, backend=POOL.name, kernel=worst, chunksize=0),
            build.first(cells, backend=POOL.name, kernel=worst, chunksize=1),
        ),
        subtitle=f"Average time of one map over the same uneven tasks, {build.processes(cells)}, lower is better",
        heads=("tasks come", "chunk size"),
        y_label="time of one map",
    )


def _modes(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("map", **POOLED, workers=evidence.usable_cpus, tasks=ANY, chunksize=1)
    return modes_of(evidence, "dispatch-modes", cells, _tasks_name, side_by_side="costs")


def _tasks_name(data: CellData) -> str:
    return f"{pool_name(data)}, {count(data.cell.tasks)} tasks"
