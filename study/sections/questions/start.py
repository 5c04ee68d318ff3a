"""What it costs to begin: threads, processes and pools, by start method, parent's size and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.blocks import Record
from study.evidence import ANY, aligned
from study.sections.build import average_of, curves, first, point, processes, ratio_text, rows
from study.sections.modes import modes_of
from study.sections.ways import OVERHEAD, kind_of, pool_name
from study.things import BACKENDS
from study.things.backends import POOL
from study.things.start_methods import FORK, SPAWN
from study.units import size, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.evidence import Evidence
    from study.table import CellData

RECORD = Record(
    order=301,
    name="Start-up",
    title="What does it cost to begin?",
    reader="Which start method, how large a parent, and when to fork?",
)
GIB = 1 << 30
_WORKERS = {"thread": "a thread", "interpreter": "an interpreter", "process": "a process"}
_VARIANTS = {
    "first_of_all": "the first of a program",
    "bare": "a later one, the main module imports nothing",
    "main_stdlib": "the main module imports much of the library",
    "main_numpy": "the main module imports NumPy",
    "preload": "it imports NumPy, and the server has preloaded that",
}


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (*_lives(evidence), *_modes(evidence), *_variants(evidence), *_parents(evidence), *_pools(evidence))


def _who(data: CellData) -> str:
    """One worker and how it is started."""
    kind = kind_of(data)
    if kind == "floor":
        return f"{BACKENDS[data.cell.backend].words} alone"
    return _WORKERS.get(kind, kind) + (f" under {data.cell.start_method}" if data.cell.start_method else "")


def _lives(evidence: Evidence) -> tuple[Panel, ...]:
    named = {"first": "until its first instruction", "join": "until join() returns"}
    cells = evidence.find("process_lifecycle", backend=ANY, start_method=ANY, part=tuple(named))
    fork = first(cells, lambda data: data.cell.start_method == FORK.name and data.cell.part == "join")
    thread = first(cells, lambda data: kind_of(data) == "thread" and data.cell.part == "join")

    def finding() -> str:
        if fork is None or thread is None:
            return ""
        return (
            f"A forked process costs {with_interval(average_of(fork))} from start to join, {ratio_text(fork, thread)} what"
            " a thread costs"
        )

    return rows(
        evidence,
        "start-lives",
        [point(data, (_who(data), named[data.cell.part]), series=named[data.cell.part]) for data in cells],
        about="What one worker costs, by how it is started",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time from just before start(), {processes(cells)}, log scale, lower is better",
        heads=("worker", "until"),
        y_label="time (log scale)",
        log_y=True,
    )


def _modes(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("process_lifecycle", backend=ANY, start_method=ANY, part="join")
    workers = [data for data in cells if kind_of(data) != "floor"]
    return modes_of(evidence, "start-modes", workers, _who, side_by_side="nothing")


def _variants(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("program_lifecycle", backend=ANY, start_method=ANY, variant=ANY, part="join")
    spawned = [data for data in cells if data.cell.start_method == SPAWN.name]
    base = first(spawned, lambda data: data.cell.variant == "bare")
    heavy = first(spawned, lambda data: data.cell.variant == "main_numpy")

    def finding() -> str:
        if base is None or heavy is None:
            return ""
        return f"Under spawn a main module that imports NumPy makes a process cost {ratio_text(heavy, base)} as much"

    return rows(
        evidence,
        "start-variants",
        [
            point(
                data,
                (data.cell.start_method, _VARIANTS.get(data.cell.variant, data.cell.variant)),
                series=data.cell.start_method,
            )
            for data in cells
        ],
        about="What the first process, and what the main module's imports add",
        side_by_side="nothing",
        finding=finding,
        subtitle=f"Average time from start() to the end of join(), {processes(cells)}, log scale, lower is better",
        heads=("start method", "which"),
        y_label="time (log scale)",
        log_y=True,
    )


def _parents(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "process_lifecycle",
        backend=ANY,
        start_method=ANY,
        variant=("", "frozen"),
        parent_bytes=ANY,
        part="join",
    )
    grown = {(data.cell.backend, data.cell.start_method) for data in cells if data.cell.parent_bytes}
    cells = [data for data in cells if (data.cell.backend, data.cell.start_method) in grown]
    forked = [data for data in cells if data.cell.start_method == FORK.name and not data.cell.variant]

    def finding() -> str:
        small, large = (pick(forked, key=lambda data: data.cell.parent_bytes) for pick in (min, max))
        return (
            f"From a parent that holds {size(large.cell.parent_bytes)} a fork costs {ratio_text(large, small)} what it"
            f" costs from one that holds {size(small.cell.parent_bytes)} more than nothing"
            if small.cell.parent_bytes
            else f"From a parent that holds {size(large.cell.parent_bytes)} a fork costs {ratio_text(large, small)} what"
            " it costs from a bare one"
        )

    drawn = curves(
        evidence,
        "start-parents",
        [
            point(
                data,
                (_held(data), size(data.cell.parent_bytes)),
                series=_held(data),
                x=float(data.cell.parent_bytes),
            )
            for data in cells
        ],
        about="What the size of the parent adds",
        side_by_side="nothing",
        finding=finding if len(forked) > 1 else "",
        subtitle=f"Average time from start() to the end of join() by memory the parent has touched, {processes(cells)}",
        heads=("worker", "parent holds"),
        y_label="time (log scale)",
        x_label="memory that the parent holds",
        x_unit="byte",
        log_y=True,
    )
    return (*drawn, *_growth(evidence, cells))


def _held(data: CellData) -> str:
    """One worker of a parent that holds memory."""
    return _who(data) + (", gc.freeze" if data.cell.variant else "")


def _growth(evidence: Evidence, cells: list[CellData]) -> tuple[Panel, ...]:
    """What each GiB of the parent adds to a start, and what is left at none."""
    workers: dict[str, list[CellData]] = {}
    for data in cells:
        workers.setdefault(_held(data), []).append(data)
    points = []
    told = ""
    for name, sizes in sorted(workers.items()):
        line = scaling.growth([data.cell.parent_bytes for data in sizes], aligned(sizes), "s", per=GIB, weighted=True)
        points.append(point(sizes[0], (name, "for each GiB"), series=name, estimate=line.step))
        points.append(point(sizes[0], (name, "from an empty parent, by the line"), series=name, estimate=line.base))
        if sizes[0].cell.start_method == FORK.name and not sizes[0].cell.variant and line.step.point:
            told = f"Each GiB that the parent holds adds {with_interval(line.step)} to a fork"
            told += f" of {with_interval(line.base)}"
    return rows(
        evidence,
        "start-growth",
        points,
        about="What each GiB of the parent adds to a start",
        side_by_side="nothing",
        finding=told,
        subtitle=f"Line over the memory that the parent has touched, start to end of join, {processes(cells)}, lower is better",
        heads=("worker", "what"),
        y_label="time",
        notes=(
            "Relative least squares in each round, then mean and Student's t over rounds; it takes a straight line.",
        ),
    )


def _pools(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(
        "pool_lifecycle",
        kernel=OVERHEAD,
        backend=ANY,
        start_method=ANY,
        workers=lambda workers: workers > 0,
        tasks=ANY,
        part="total",
    )
    largest = max((data.cell.workers for data in cells), default=0)
    pools = [data for data in cells if data.cell.backend == POOL.name and data.cell.workers == largest]
    slow = first(pools, lambda data: data.cell.start_method == SPAWN.name)
    quick = first(pools, lambda data: data.cell.start_method == FORK.name)

    def finding() -> str:
        if slow is None or quick is None:
            return ""
        return (
            f"A Pool of {largest} for a handful of tasks costs {with_interval(average_of(quick))} under fork;"
            f" under spawn {ratio_text(slow, quick)} as much"
        )

    return rows(
        evidence,
        "start-pools",
        [
            point(data, (pool_name(data), f"{data.cell.workers} workers"), series=f"{data.cell.workers} workers")
            for data in cells
        ],
        about="What a pool costs that is made for a handful of tasks",
        side_by_side="costs",
        finding=finding,
        subtitle=f"Average time to make it, map once and close it, {processes(cells)}, log scale, lower is better",
        heads=("pool", "workers"),
        y_label="time (log scale)",
        log_y=True,
    )
