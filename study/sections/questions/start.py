"""What it costs to begin: threads, processes and pools, by start method, parent's size and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import scaling
from study.evidence import ANY, CellData, Evidence, aligned
from study.reports import Record
from study.sections import build
from study.sections.modes import modes_of
from study.sections.ways import ANY_JOB, ANYONE, OVERHEAD, kind_of, pool_name
from study.things import BACKENDS
from study.things.backends import POOL
from study.things.start_methods import FORK, SPAWN
from study.things.variants import PRELOAD_LAZILY, PRELOAD_LIBRARY
from study.units import size, with_interval

if TYPE_CHECKING:
    from study.blocks import Panel

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
    "main_heavy": "the program weighs as much as with pandas",
    "preload": "it imports NumPy, and the server has preloaded that",
    "preload_library": "the server has preloaded much of the library",
    "preload_lazily": "the same, with lazy imports throughout",
}

_LAZY = (PRELOAD_LIBRARY.name, PRELOAD_LAZILY.name)
_HOW_HELD = {"": "", "frozen": ", gc.freeze", "mapped": ", in mappings of 64 KiB"}
"""Variant of a parent that holds memory -> in words."""


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """Every figure of one target."""
    return (
        *_lives(evidence),
        *_modes(evidence),
        *_variants(evidence),
        *_lazy(evidence),
        *_parents(evidence),
        *_pools(evidence),
    )


def _who(data: CellData) -> str:
    """One worker and how it is started."""
    kind = kind_of(data)
    if kind == "floor":
        return f"{BACKENDS[data.cell.backend].words} alone"
    return _WORKERS.get(kind, kind) + (f" under {data.cell.start_method}" if data.cell.start_method else "")


def _lives(evidence: Evidence) -> tuple[Panel, ...]:
    named = {"first": "until its first instruction", "join": "until join() returns"}
    cells = evidence.find("process_lifecycle", **ANYONE, part=tuple(named))
    return build.rows(
        evidence,
        "start-lives",
        [build.point(data, _who(data), named[data.cell.part], series=named[data.cell.part]) for data in cells],
        about="What one worker costs, by how it is started",
        side_by_side="nothing",
        finding=build.told(
            lambda fork, thread: (
                f"A forked process costs {build.average_text(fork)} from start to join, {build.ratio_text(fork, thread)} what"
                " a thread costs"
            ),
            build.first(cells, start_method=FORK.name, part="join"),
            build.first([data for data in cells if kind_of(data) == "thread"], part="join"),
        ),
        subtitle=f"Average time from just before start(), {build.processes(cells)}, log scale, lower is better",
        heads=("worker", "until"),
        **build.log_axis("time"),
    )


def _modes(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("process_lifecycle", **ANYONE, part="join")
    workers = [data for data in cells if kind_of(data) != "floor"]
    return modes_of(evidence, "start-modes", workers, _who, side_by_side="nothing")


def _variants(evidence: Evidence) -> tuple[Panel, ...]:
    variants = tuple(variant for variant in _VARIANTS if variant not in _LAZY)
    cells = evidence.find("program_lifecycle", **ANYONE, variant=variants, part="join")
    named = [(data.cell.start_method, _VARIANTS.get(data.cell.variant, data.cell.variant), data) for data in cells]
    return build.rows(
        evidence,
        "start-variants",
        [build.point(data, method, variant) for method, variant, data in named],
        about="What the first process, and what the main module's imports add",
        side_by_side="nothing",
        finding=lambda: _imported(cells),
        subtitle=(
            f"Average time from start() to the end of join(), programs begun with -m, {build.processes(cells)}, log scale,"
            " lower is better"
        ),
        heads=("start method", "which"),
        **build.log_axis("time"),
    )


def _imported(cells: list[CellData]) -> str:
    """What NumPy in the main module adds under spawn, which imports it again, and what a heavy program adds under fork."""
    texts = []
    for method, variant, words in (
        (SPAWN.name, "main_numpy", "Under spawn a main module that imports NumPy"),
        (FORK.name, "main_heavy", "under fork a program that weighs as much as with pandas"),
    ):
        heavy, base = (build.first(cells, start_method=method, variant=name) for name in (variant, "bare"))
        if heavy is not None and base is not None:
            texts.append(f"{words} makes a process cost {build.ratio_text(heavy, base)} as much")
    told = "; ".join(texts)
    return told[:1].upper() + told[1:]


def _lazy(evidence: Evidence) -> tuple[Panel, ...]:
    cells = evidence.find("program_lifecycle", **ANYONE, variant=_LAZY, part=("first", "join"))
    named = {"first": "until its first instruction", "join": "until join() returns"}
    return build.rows(
        evidence,
        "start-lazy",
        [build.point(data, _VARIANTS[data.cell.variant], named[data.cell.part]) for data in cells],
        about="What lazy imports make of a preloaded forkserver",
        side_by_side="nothing",
        finding=build.told(
            lambda lazy, ordinary: (
                "With lazy imports throughout, a child that uses what its server was told to preload costs"
                f" {build.ratio_text(lazy, ordinary)} what it costs with ordinary imports"
            ),
            *(
                build.first(cells, variant=variant, part="join")
                for variant in (PRELOAD_LAZILY.name, PRELOAD_LIBRARY.name)
            ),
        ),
        subtitle=f"Average time from just before start(), {build.processes(cells)}, log scale, lower is better",
        heads=("child", "until"),
        notes=("Each child uses the preloaded part of the library after its first instruction.",),
        **build.log_axis("time"),
    )


def _parents(evidence: Evidence) -> tuple[Panel, ...]:
    every = evidence.find("process_lifecycle", **ANYONE, variant=tuple(_HOW_HELD), parent_bytes=ANY, part="join")
    grown = {(data.cell.backend, data.cell.start_method) for data in every if data.cell.parent_bytes}
    cells = [data for data in every if (data.cell.backend, data.cell.start_method) in grown]
    forked = [data for data in cells if data.cell.start_method == FORK.name and not data.cell.variant]

    def finding() -> str:
        small, large = build.ends(forked, "parent_bytes")
        held = small.cell.parent_bytes
        beside = f"one that holds {size(held)} more than nothing" if held else "a bare one"
        costs = f"a fork costs {build.ratio_text(large, small)} what it costs from {beside}"
        return f"From a parent that holds {size(large.cell.parent_bytes)} {costs}"

    drawn = build.curves(
        evidence,
        "start-parents",
        [
            build.point(data, _held(data), size(data.cell.parent_bytes), x=float(data.cell.parent_bytes))
            for data in cells
        ],
        about="What the size of the parent adds",
        side_by_side="nothing",
        finding=finding if len(forked) > 1 else "",
        subtitle="Average time from start() to the end of join() by memory the parent has touched,"
        f" {build.processes(cells)}",
        heads=("worker", "parent holds"),
        **build.log_axis("time"),
        **build.swept("memory that the parent holds", "byte"),
    )
    return (*drawn, *_growth(evidence, cells))


def _held(data: CellData) -> str:
    """One worker of a parent that holds memory."""
    return _who(data) + _HOW_HELD[data.cell.variant]


def _growth(evidence: Evidence, cells: list[CellData]) -> tuple[Panel, ...]:
    """What each GiB of the parent adds to a start, and what is left at none."""
    points = []
    told = ""
    for name, sizes in sorted(build.grouped(cells, _held).items()):
        held = [data.cell.parent_bytes for data in sizes]
        line = scaling.growth(held, aligned(sizes), "s", per=GIB, weighted=True)
        points.append(build.point(sizes[0], name, "for each GiB", estimate=line.step))
        points.append(build.point(sizes[0], name, "from an empty parent, by the line", estimate=line.base))
        if sizes[0].cell.start_method == FORK.name and not sizes[0].cell.variant and line.step.point:
            added, base = with_interval(line.step), with_interval(line.base)
            told = f"Each GiB that the parent holds adds {added} to a fork of {base}"
    return build.rows(
        evidence,
        "start-growth",
        points,
        about="What each GiB of the parent adds to a start",
        side_by_side="nothing",
        finding=told,
        subtitle="Line over the memory that the parent has touched, start to end of join,"
        f" {build.processes(cells)}, lower is better",
        heads=("worker", "what"),
        y_label="time",
        notes=(
            "Relative least squares in each round, then mean and Student's t over rounds; it takes a straight line.",
        ),
    )


def _pools(evidence: Evidence) -> tuple[Panel, ...]:
    made = {**ANY_JOB, "kernel": OVERHEAD, "workers": lambda workers: workers > 0}
    cells = evidence.find("pool_lifecycle", **made, part="total")
    named = [(pool_name(data), f"{data.cell.workers} workers", data) for data in cells]
    largest = max((data.cell.workers for data in cells), default=0)
    return build.rows(
        evidence,
        "start-pools",
        [build.point(data, pool, workers, series=workers) for pool, workers, data in named],
        about="What a pool costs that is made for a handful of tasks",
        side_by_side="costs",
        finding=build.told(
            lambda quick, slow: (
                f"A Pool of {largest} for a handful of tasks costs {build.average_text(quick)} under fork;"
                f" under spawn {build.ratio_text(slow, quick)} as much"
            ),
            *(
                build.first(cells, backend=POOL.name, workers=largest, start_method=method.name)
                for method in (FORK, SPAWN)
            ),
        ),
        subtitle=f"Average time to make it, map once and close it, {build.processes(cells)}, log scale, lower is better",
        heads=("pool", "workers"),
        **build.log_axis("time"),
    )
