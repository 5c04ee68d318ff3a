"""The decisions a reader takes, each with what this run says about it: computed, or a sentence why it says nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study import gate, units
from study.cell import START_METHODS
from study.figures.compose import View
from study.figures.dispatch import per_task
from study.figures.style import THINGS
from study.report.tables import Item, Table, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.findings import CellFinding, Estimate, RunFindings, Scaling, SideBySide


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision: what is asked, the short answer, the numbers it rests on, what else to know, where the evidence is.

    `side_by_side` says what the answer speaks of: where the gate leaves that open, the numbers stand without advice.
    """

    asked: str
    answer: str
    numbers: Table | None
    notes: tuple[str, ...]
    href: str
    side_by_side: SideBySide


def choices(run: RunFindings, target: str) -> tuple[Choice, ...]:
    """The decisions, in the order in which they are met."""
    view = View(run, target)
    found = (
        _worth_it(view),
        _workers(view),
        _threads_or_processes(view),
        _start_method(view),
        _pool(view),
        _chunk_size(view),
        _break_even(view),
    )
    return tuple(_gated(choice, run) for choice in found)


def _gated(choice: Choice, run: RunFindings) -> Choice:
    """The choice without its advice where others took the CPUs."""
    why = gate.left_open(choice.side_by_side, run.usable_cpus, run.foreign_cpus)
    return replace(choice, answer=f"No advice from this run: {why}", notes=()) if why and choice.numbers else choice


def _unknown(asked: str, href: str) -> Choice:
    return Choice(asked, "This run cannot say: it was not measured", None, (), href, "nothing")


def _table(asked: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Estimate | None]]]) -> Table:
    """A small table: names in its first column, numbers above their intervals in the others."""
    return Table(
        id="",
        caption="",
        label=asked,
        heads=tuple((text, "num" if index else "text") for index, text in enumerate(heads)),
        rows=tuple(
            (Item(name), *(Item("–", "num") if one is None else number(one) for one in estimates))
            for name, estimates in rows
        ),
    )


def apart(one: Estimate, other: Estimate, floor: float | None) -> bool:
    """Whether the intervals do not touch and the points differ by more than equal cells do (`floor`, relative)."""
    ends = (one.point, one.low, one.high, other.point, other.low, other.high)
    if any(end is None for end in ends):
        return False
    point, low, high, other_point, other_low, other_high = (end for end in ends if end is not None)
    if not (high < other_low or other_high < low):
        return False
    least, most = sorted((point, other_point))
    return most > least * (1.0 + (floor or 0.0))


def _gains(speedup: Estimate, view: View) -> bool:
    """Whether something is faster than the plain loop by more than equal cells differ."""
    beyond = 1.0 + (view.run.floors.get("compute") or 0.0)
    return (speedup.low or 0.0) > 1.0 and (speedup.point or 0.0) > beyond


def _said(estimate: Estimate) -> str:
    return units.with_interval(estimate, reason=False)


def _lowest(found: Sequence[tuple[str, Estimate]], floor: float | None) -> str:
    """Which is the lowest, in words that claim no more than the intervals bear."""
    ranked = sorted(found, key=lambda one: one[1].point or 0.0)
    (name, estimate), *others = ranked
    near = [other for other, its in others if not apart(estimate, its, floor)]
    if near:
        return f"No clear difference between {', '.join([name, *near[:-1]])} and {near[-1]}"
    return name


def _at_all_cpus(view: View, *backends: str) -> list[Scaling]:
    return [
        one
        for one in view.run.scaling
        if one.target == view.target
        and one.backend in backends
        and one.workers == view.run.usable_cpus
        and one.speedup.point is not None
    ]


def _worth_it(view: View) -> Choice:
    asked, href = "Is it worth it for my work?", "#q1"
    first: dict[str, Scaling] = {}
    for one in _at_all_cpus(view, "pool"):
        first.setdefault(one.kernel, one)
    if not first:
        return _unknown(asked, href)
    gains = [one for one in first.values() if _gains(one.speedup, view)]
    workers = units.counted(view.run.usable_cpus, "process", "processes")
    rows = [(one.kernel, (one.base_s, one.elapsed_s, one.speedup)) for one in first.values()]
    kinds = "kind of work is" if len(first) == 1 else "kinds of work are"
    answer = f"{len(gains)} of {len(first)} {kinds} faster with {workers}"
    if view.run.usable_cpus == 1:
        waits = _beyond_one_cpu(view, "pool")
        answer = "Not for work that computes: with one usable CPU workers take turns"
        answer = f"Only with more workers than the one usable CPU, for {waits}" if waits else answer
    numbers = _table(asked, ("Work", "Plain loop", f"{workers}", "Speedup"), rows)
    return Choice(asked, answer, numbers, (), href, "costs")


def _beyond_one_cpu(view: View, backend: str) -> str:
    """The kinds of work that gain from more workers than the one CPU: those that wait."""
    more = [
        one.kernel
        for one in view.run.scaling
        if (one.target, one.backend) == (view.target, backend) and one.oversubscribed and _gains(one.speedup, view)
    ]
    return ", ".join(dict.fromkeys(more))


def _workers(view: View) -> Choice:
    asked, href = "How many workers?", "#q1"
    courses: dict[str, dict[int, Scaling]] = {}
    methods: dict[str, str] = {}
    for one in view.run.scaling:
        usable = one.target == view.target and one.backend == "pool" and one.speedup.point is not None
        if usable and methods.setdefault(one.kernel, one.start_method) == one.start_method:
            courses.setdefault(one.kernel, {})[one.workers] = one
    courses = {kernel: course for kernel, course in courses.items() if len(course) > 1}
    if not courses:
        return _unknown(asked, href)
    cpus = view.run.usable_cpus
    gains: list[str] = []
    flat: list[str] = []
    more: list[str] = []
    for kernel, course in courses.items():
        least, most = course[min(course)], course[max(course)]
        full = course.get(cpus)
        if full is None or (full is least and cpus > 1):
            continue  # nothing is known of fewer
        if most.oversubscribed and _faster(most, full, view):
            more.append(kernel)
        else:
            (gains if full is not least and _faster(full, least, view) else flat).append(kernel)
    parts = [
        f"{units.count(cpus)}, one for each usable CPU, for {', '.join(gains)}" if gains else "",
        f"more than there are CPUs for {', '.join(more)}" if more else "",
        f"more than one brings nothing clear for {', '.join(flat)}" if flat else "",
    ]
    counts = sorted({count for course in courses.values() for count in course})
    rows = [
        (kernel, [course[count].speedup if count in course else None for count in counts])
        for kernel, course in courses.items()
    ]
    heads = ("Speedup with", *(units.counted(count, "worker") for count in counts))
    answer = "; ".join(part for part in parts if part) or "See the numbers"
    answer = f"{answer[:1].upper()}{answer[1:]}"
    return Choice(asked, answer, _table(asked, heads, rows), _notes(view.run.scaling_limits), href, "costs")


def _faster(one: Scaling, other: Scaling, view: View) -> bool:
    differ = apart(one.speedup, other.speedup, view.run.floors.get("compute"))
    return differ and (one.speedup.point or 0.0) > (other.speedup.point or 0.0)


def _notes(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _threads_or_processes(view: View) -> Choice:
    asked, href = "Threads or processes?", "#q2"
    pairs: dict[str, dict[str, Scaling]] = {}
    for one in _at_all_cpus(view, "pool", "threads"):
        pairs.setdefault(one.kernel, {}).setdefault(one.backend, one)
    both = {kernel: pair for kernel, pair in pairs.items() if len(pair) > 1}
    if not both:
        return _unknown(asked, href)
    sides: dict[str, list[str]] = {"processes": [], "threads": [], "either": [], "a plain loop": []}
    rows = []
    for kernel, pair in both.items():
        pool, threads = pair["pool"].speedup, pair["threads"].speedup
        faster = "processes" if (pool.point or 0.0) > (threads.point or 0.0) else "threads"
        gains = any(_gains(one, view) for one in (pool, threads))
        side = faster if apart(pool, threads, view.run.floors.get("compute")) else "either"
        sides[side if gains else "a plain loop"].append(kernel)
        rows.append((kernel, (pool, threads)))
    answer = "; ".join(f"{side} for {', '.join(kernels)}" for side, kernels in sides.items() if kernels)
    if view.run.usable_cpus == 1:
        more = {
            side: _beyond_one_cpu(view, backend) for side, backend in (("processes", "pool"), ("threads", "threads"))
        }
        told = ", ".join(f"{side} for {kernels}" for side, kernels in more.items() if kernels)
        answer = "Neither for work that computes: with one usable CPU workers take turns"
        answer = f"Neither with one worker on the one usable CPU; with more, {told}" if told else answer
    heads = ("Speedup of", "Processes", "Threads")
    return Choice(asked, answer[:1].upper() + answer[1:], _table(asked, heads, rows), (), href, "costs")


def _start_method(view: View) -> Choice:
    asked, href = "Which start method?", "#q3"
    lives = [
        (method, cell.average)
        for method in START_METHODS
        if (cell := view.one(pattern="process_lifecycle", backend="processes", start_method=method, part="join"))
    ]
    if not lives:
        return _unknown(asked, href)
    lowest = _lowest(lives, view.run.floors.get("start"))
    rows = []
    for method, life in lives:
        first = view.one(pattern="process_lifecycle", backend="processes", start_method=method, part="first")
        rows.append((method, (first.average if first else None, life)))
    return Choice(
        asked,
        f"{lowest} costs least" if lowest in START_METHODS and len(lives) > 1 else lowest,
        _table(asked, ("One process", "To its first instruction", "To the end of join"), rows),
        (
            (
                "Cost is not the whole choice: fork copies a process whose other threads may hold locks; where threads run,"
                " forkserver and spawn are safe."
            ),
        ),
        href,
        "nothing",
    )


def _pool(view: View) -> Choice:
    asked, href = "A pool, or a process for each task?", "#q4"
    rows: list[tuple[str, Sequence[Estimate | None]]] = []
    better: list[bool] = []
    for method in START_METHODS:
        alone = view.one("Q4", pattern="process_per_task", kernel="noop", start_method=method)
        if alone is None:
            continue
        pooled = view.one(
            "Q4", pattern="map", kernel="noop", backend="pool", start_method=method, chunksize=1, tasks=alone.cell.tasks
        )
        if pooled is None:
            continue
        living, own = (per_task(one.average, one.cell.tasks) for one in (pooled, alone))
        differ = apart(living, own, view.run.floors.get("start"))
        better.append(differ and (living.point or 0.0) < (own.point or 0.0))
        rows.append((method, (living, own)))
    if not rows:
        return _unknown(asked, href)
    answer = "A pool that lives on" if all(better) else "A pool where its task costs less: see the numbers"
    heads = ("A task, under", "through a living pool", "with a process of its own")
    return Choice(asked, answer, _table(asked, heads, rows), (), href, "costs")


def _chunk_size(view: View) -> Choice:
    asked, href = "Which chunk size?", "#q4"
    swept: dict[tuple[str, str, int], dict[int, CellFinding]] = {}
    for one in view.find("Q4", pattern="map", kernel="noop"):
        swept.setdefault((one.cell.backend, one.cell.start_method, one.cell.tasks), {})[one.cell.chunksize] = one
    swept = {key: cells for key, cells in swept.items() if len(cells) > 1}
    if not swept:
        return _unknown(asked, href)
    sizes = sorted({size for cells in swept.values() for size in cells}, key=lambda size: (size == 0, size))
    answers, rows = [], []
    for (backend, _, tasks), cells in swept.items():
        costs = {size: per_task(one.average, tasks) for size, one in cells.items()}
        lowest = _lowest(
            [(_chunks(size), costs[size]) for size in sizes if size in costs], view.run.floors.get("dispatch")
        )
        label = THINGS[backend].label
        answers.append(f"{label}: {lowest[:1].lower()}{lowest[1:]}")
        rows.append((label, [costs.get(size) for size in sizes]))
    heads = ("An empty task, in", *(_chunks(size) for size in sizes))
    note = "Measured with equal tasks that do nothing; long or unequal tasks want smaller chunks."
    return Choice(asked, "; ".join(answers), _table(asked, heads, rows), (note,), href, "costs")


def _chunks(chunksize: int) -> str:
    return f"chunks of {units.count(chunksize)}" if chunksize else "the library's default"


def _break_even(view: View) -> Choice:
    asked, href = "When does a pool pay back?", "#q5"
    found = [one for one in view.run.break_even if one.target == view.target]
    known = [one for one in found if one.grain_s.point is not None]
    if not known:
        why = "; ".join(dict.fromkeys(one.grain_s.reason for one in found if one.grain_s.reason))
        return Choice(asked, f"Not here: {why}", None, (), href, "nothing") if why else _unknown(asked, href)
    # One row for each kind of way; the figure of the question has them all.
    first = {one.name.partition(":")[0]: one for one in (*reversed(found), *reversed(known))}
    rows = [(one.name, (one.grain_s,)) for one in found if one in first.values()]
    notes = [f"{units.counted(len(found) - len(rows), 'more way')} in the figure."] if len(found) > len(rows) else []
    notes += [f"Assumed: {text}." for text in dict.fromkeys(one.assumption.rstrip(".") for one in known)]
    answer = f"From {_said(known[0].grain_s)} a task on: {known[0].name}"
    return Choice(asked, answer, _table(asked, ("Way", "One task must last"), rows), tuple(notes), href, "costs")
