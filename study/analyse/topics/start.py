"""What it costs to begin: threads, processes and pools, by start method, parent's size and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.analyse.topics.build import average_of, curves, first, point, processes, ratio_text, rows
from study.analyse.topics.evidence import aligned
from study.analyse.topics.modes import modes_of
from study.units import size, with_interval

if TYPE_CHECKING:
    from study.analyse.topics.evidence import Evidence
    from study.findings import Panel
    from study.table import CellData

_BACKENDS = {
    "threads": "a thread",
    "interpreters": "an interpreter",
    "os_fork": "os.fork alone",
    "posix_spawn": "posix_spawn alone",
}
_VARIANTS = {
    "first_of_all": "the first of a program",
    "bare": "a later one, the main module imports nothing",
    "main_stdlib": "the main module imports much of the library",
    "main_numpy": "the main module imports NumPy",
    "preload": "it imports NumPy, and the server has preloaded that",
}


GIB = 1 << 30


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every panel of the topic."""
    return (*_lives(evidence), *_modes(evidence), *_variants(evidence), *_parents(evidence), *_pools(evidence))


def _who(data: CellData) -> str:
    cell = data.cell
    return _BACKENDS.get(cell.backend) or f"a process under {cell.start_method}"


def _lives(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="process_lifecycle", variant="", parent_bytes=0, part=("first", "join"))
    named = {"first": "until its first instruction", "join": "until join() returns"}
    fork = first(cells, lambda data: data.cell.start_method == "fork" and data.cell.part == "join")
    thread = first(cells, lambda data: data.cell.backend == "threads" and data.cell.part == "join")

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
    cells = [
        data
        for data in evidence.find(pattern="process_lifecycle", variant="", parent_bytes=0, part="join")
        if data.cell.backend in {"processes", "threads", "interpreters"}
    ]
    return modes_of(evidence, "start-modes", cells, _who, side_by_side="nothing")


def _variants(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find(pattern="program_lifecycle", part="join")
    base = first(cells, lambda data: data.cell.start_method == "spawn" and data.cell.variant == "bare")
    heavy = first(cells, lambda data: data.cell.start_method == "spawn" and data.cell.variant == "main_numpy")

    def finding() -> str:
        if base is None or heavy is None:
            return ""
        return f"Under spawn a main module that imports NumPy makes a process cost {ratio_text(heavy, base)} as much"

    return rows(
        evidence,
        "start-variants",
        [
            point(data, (data.cell.start_method, _VARIANTS[data.cell.variant]), series=data.cell.start_method)
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
    cells = [
        data
        for data in evidence.find(pattern="process_lifecycle", part="join", variant=("", "frozen"))
        if data.cell.backend in {"processes", "os_fork"}
    ]
    grown = {(data.cell.backend, data.cell.start_method) for data in cells if data.cell.parent_bytes}
    cells = [data for data in cells if (data.cell.backend, data.cell.start_method) in grown]
    forked = [data for data in cells if data.cell.start_method == "fork" and not data.cell.variant]

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
                (_who(data) + (", gc.freeze" if data.cell.variant else ""), size(data.cell.parent_bytes)),
                series=_who(data) + (", gc.freeze" if data.cell.variant else ""),
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


def _growth(evidence: Evidence, cells: list[CellData]) -> tuple[Panel, ...]:
    """What each GiB of the parent adds to a start, and what is left at none."""
    workers: dict[str, list[CellData]] = {}
    for data in cells:
        workers.setdefault(_who(data) + (", gc.freeze" if data.cell.variant else ""), []).append(data)
    points = []
    told = ""
    for name, several in sorted(workers.items()):
        found = scaling.growth(
            [data.cell.parent_bytes for data in several], aligned(several), "s", per=GIB, weighted=True
        )
        points.append(point(several[0], (name, "for each GiB"), series=name, estimate=found.step))
        points.append(point(several[0], (name, "from an empty parent, by the line"), series=name, estimate=found.base))
        cell = several[0].cell
        if cell.start_method == "fork" and cell.backend == "processes" and not cell.variant and found.step.point:
            told = f"Each GiB that the parent holds adds {with_interval(found.step)} to a fork"
            told += f" of {with_interval(found.base)}"
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
    cells = [data for data in evidence.find(pattern="pool_lifecycle", part="total", chunksize=0) if data.cell.workers]
    many = {data.cell.workers for data in cells}

    def name(data: CellData) -> str:
        cell = data.cell
        words = {"pool": "Pool", "process_executor": "ProcessPoolExecutor", "thread_executor": "ThreadPoolExecutor"}
        return words.get(cell.backend, cell.backend) + (f", {cell.start_method}" if cell.start_method else "")

    largest = max(many, default=0)
    pools = [data for data in cells if data.cell.backend == "pool" and data.cell.workers == largest]
    slow = first(pools, lambda data: data.cell.start_method == "spawn")
    quick = first(pools, lambda data: data.cell.start_method == "fork")

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
            point(data, (name(data), f"{data.cell.workers} workers"), series=f"{data.cell.workers} workers")
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
