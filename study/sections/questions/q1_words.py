"""What a reader is told of Q1: whether processes are worth it, for which work, and what the lock is that makes them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Marked
from study.forms import Course, Speedup, Spot
from study.sections.compare import UNDECIDED
from study.sections.said import beside, by_decision, joined, sentences, unless_open
from study.sections.speedups import speedups
from study.sections.ways import METHODS
from study.things import KERNELS
from study.things.backends import POOL, THREADS
from study.things.kernels import FANNKUCH, SHA256_8MIB
from study.units import brief, counted, multiple, spelled

if TYPE_CHECKING:
    from study.evidence import Evidence
    from study.sections.speedups import Scaling
    from study.things import Backend

LEAD = ("q1-speedup", "q1-pools")
_ABOUT = "Whether processes finish work sooner than a plain loop"
_KERNEL = "CPU-heavy Python"
_MOST_NAMED = 6
"""Kinds of work without a gain that are named."""


def answer(evidence: Evidence) -> str:
    """Of CPU-heavy Python with a worker for each CPU: processes, and threads beside them."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _gain(evidence))


def _gain(evidence: Evidence) -> str:
    pool, threads = (at_all_cpus(evidence, backend, FANNKUCH.name) for backend in (POOL, THREADS))
    if pool is None:
        return ""
    who = spelled(pool.workers, "process", "processes")
    gain = brief(pool.speedup)
    said = by_decision(
        beside(evidence, pool.base, pool.shared).longer,
        more=f"{who} finish {_KERNEL} {gain} as fast as a plain loop",
        less=f"{who} do not help {_KERNEL} here: {gain} as fast as a plain loop",
        same=f"{who} make no clear difference to {_KERNEL}: {gain} as fast as a plain loop",
        unknown=f"Whether {who} finish {_KERNEL} sooner cannot be decided here: {multiple(pool.speedup)} as fast",
    )
    return said if threads is None else f"{said}, {spelled(threads.workers, 'thread')} {brief(threads.speedup)}"


def lede(evidence: Evidence) -> str:
    """Of the other kinds of work: those that gain, and those that do not."""

    def finding() -> str:
        rows = [row for kernel in KERNELS if (row := at_all_cpus(evidence, POOL, kernel)) is not None]
        found = [(row, beside(evidence, row.base, row.shared).longer) for row in rows]
        gains = [row for row, longer in found if longer == "supported"]
        others = [KERNELS[row.kernel].words for row, longer in found if longer not in {"supported", UNDECIDED}]
        unknown = [KERNELS[row.kernel].words for row, longer in found if longer == UNDECIDED]
        ranked = sorted(gains, key=lambda row: row.speedup.point or 0.0)
        if len(rows) < 2:
            return ""
        span = ""
        if len(ranked) > 1:
            least, most = ranked[0], ranked[-1]
            low, high = brief(least.speedup), brief(most.speedup)
            span = f", from {low} ({KERNELS[least.kernel].words}) to {high} ({KERNELS[most.kernel].words})"
            span = f": {low}" if low == high else span
        kinds = counted(len(rows), "kind of work", "kinds of work")
        share = f"all {kinds}" if len(gains) == len(rows) else f"{len(gains) or 'none'} of {kinds}"
        verb = "is" if len(gains) < 2 else "are"
        left = joined(others) if len(others) <= _MOST_NAMED else counted(len(others), "kind of work", "kinds of work")
        return sentences(
            (
                f"in a pool that is already running {share} {verb} done sooner{span}",
                f"no gain is seen for {left}" if others and gains else "",
                f"it cannot be decided for {joined(unknown)}" if unknown else "",
            )
        )

    return "" if evidence.left_open("gains") else finding()


def plain(evidence: Evidence) -> tuple[str, ...]:
    """What a process is, what the lock is, and why the one gets round the other."""
    del evidence
    return (
        Marked(
            "A process is a running program with memory of its own. A thread is a line of execution inside one: a process may"
            " have many, and all see the same objects."
        ),
        Marked(
            "CPython has a lock, the GIL (global interpreter lock): the thread that holds it may run Python code, all others"
            " wait; it lets go when it has to wait itself, or 5 ms (the switch interval) after another asks."
        ),
        (
            "So threads of one process do not compute in Python at the same time, except in builds without the lock, or in"
            " interpreters of their own."
        ),
        Marked(
            "`multiprocessing` starts further processes. Each has an interpreter and a lock of its own, so they compute at the"
            " same time. The price: what one changes no other sees. What a worker needs is sent to it, and what it finds is sent"
            " back, unless it lies in shared memory."
        ),
    )


def picture(evidence: Evidence) -> Speedup | None:
    """Processes and threads over the number of workers, with Python code and with C code that releases the lock."""
    shown = [(_KERNEL, FANNKUCH.name), (KERNELS[SHA256_8MIB.name].words, SHA256_8MIB.name)]
    several = [
        (words, backend, up_to_all(evidence, backend, name)) for words, name in shown for backend in (POOL, THREADS)
    ]
    courses = tuple(
        Course(
            name=f"{backend.look.label}, {words}",
            look=backend.look,
            spots=tuple(Spot(x=float(row.workers), y=row.speedup) for row in rows),
            hollow=words != _KERNEL,
        )
        for words, backend, rows in several
        if rows
    )
    pool = several[0][2]
    if not pool or evidence.left_open("gains"):
        return None
    told = [f"{backend.look.label} {brief(rows[-1].speedup)}" for _, backend, rows in several[:2] if rows]
    return Speedup(
        id="q1-workers",
        title=f"{_KERNEL} with {counted(pool[-1].workers, 'worker')}, times as fast as a plain loop: {joined(told)}",
        caption=(
            "Tasks a second with the workers over those of the plain loop: averages over fresh processes, higher is better;"
            f" hollow: {KERNELS[SHA256_8MIB.name].words}, C code that releases the GIL."
        ),
        cpus=evidence.usable_cpus,
        courses=courses,
        capacity=tuple(Spot(x=float(row.workers), y=row.capacity) for row in pool if row.capacity.point is not None),
    )


def up_to_all(evidence: Evidence, backend: Backend, kernel: str) -> list[Scaling]:
    """The kernel with one worker to one for each CPU."""
    rows = (
        row
        for row in speedups(evidence)
        if row.backend == backend.name
        and row.kernel == kernel
        and row.workers <= evidence.usable_cpus
        and row.start_method in METHODS
        and row.speedup.point is not None
    )
    several: dict[int, Scaling] = {}
    for row in rows:
        several.setdefault(row.workers, row)
    return [several[workers] for workers in sorted(several)]


def at_all_cpus(evidence: Evidence, backend: Backend, kernel: str) -> Scaling | None:
    """The kernel with a worker for each CPU: of processes under the start method that copies its parent."""
    rows = (
        row
        for row in speedups(evidence)
        if row.backend == backend.name
        and row.kernel == kernel
        and row.workers == evidence.usable_cpus
        and row.start_method in METHODS
        and row.speedup.point is not None
    )
    return next(rows, None)
