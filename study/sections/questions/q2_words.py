"""What a reader is told of Q2: whether threads help, where they do, and what a thread and a process are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.blocks import Marked
from study.sections.build import average_of
from study.sections.questions.q1_words import at_all_cpus
from study.sections.said import beside, by_decision, cost, joined, no_sooner, sentences, unless_open
from study.sections.together import ran_together
from study.sections.ways import METHODS
from study.things import KERNELS
from study.things.backends import PROCESSES, THREADS
from study.things.kernels import FANNKUCH
from study.units import brief, multiple, size, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import CellData, Evidence
    from study.sections.speedups import Scaling

LEAD = ("q2-busy", "q2-costs")
_ABOUT = "Whether threads help pure Python"
_SHORT_BYTES = 64
_MOST_KINDS = 4
"""Kinds of work of which it is said what threads gain."""


def answer(evidence: Evidence) -> str:
    """Of pure Python on a thread for each CPU: both times, and what they differ by."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _help(evidence))


def _help(evidence: Evidence) -> str:
    row = at_all_cpus(evidence, THREADS, FANNKUCH.name)
    if row is None:
        return ""
    loop, shared = _alike(row)
    who, times = spelled(row.workers, "thread"), f"{_three(shared)} instead of {_three(loop)}"
    found = beside(evidence, shared, loop)
    what = f"pure Python ({KERNELS[FANNKUCH.name].words})"
    if found.longer != "supported" and no_sooner(evidence, loop, shared):
        much = "hardly" if found.longer == "refuted" else "do not"
        return f"{who} {much} help {what}: {times}"
    return by_decision(
        found.longer,
        more=f"{who} do not help {what}: {times}",
        less=f"{who} help {what}: {times}, {multiple(row.speedup)} as fast",
        same=f"{who} do not help {what}: {times}, no clear difference",
        unknown=f"Whether {who} help {what} cannot be decided here: {times}",
    )


def _alike(row: Scaling) -> tuple[CellData, CellData]:
    """The loop and the threads: their jobs where these are of the same tasks, else one task of each."""
    same = row.loop.cell.tasks == row.job.cell.tasks
    return (row.loop, row.job) if same else (row.base, row.shared)


def _three(data: CellData) -> str:
    """The average in as many digits as are told of a time."""
    return brief(average_of(data), 3)


def lede(evidence: Evidence) -> str:
    """Where threads gain, and what they cost to start and to talk to beside a process."""
    return sentences((_gains(evidence), _starts(evidence), _messages(evidence)))


def _gains(evidence: Evidence) -> str:
    """Of code that releases the lock, and of what waits; not of what is sooner done by threads that took turns.

    Nothing where load leaves it open.
    """
    if evidence.left_open("gains"):
        return ""
    rows = [row for kernel in KERNELS if (row := at_all_cpus(evidence, THREADS, kernel)) is not None]
    sooner = [row for row in rows if beside(evidence, row.base, row.shared).longer == "supported"]
    where = "with" if _has_lock(evidence) is False else "where the lock is released:"
    gains = [row for row in sooner if ran_together(row.job)]
    return f"threads gain {where} {_named(gains)}" if gains else ""


def _named(rows: Sequence[Scaling]) -> str:
    """The first kinds of work with what threads gain, and how many there are beyond them."""
    told = [f"{KERNELS[row.kernel].words} {brief(row.speedup)}" for row in rows[:_MOST_KINDS]]
    rest = len(rows) - len(told)
    return joined([*told, *([f"{spelled(rest, 'kind of work', 'kinds of work')} more"] if rest else [])])


def _starts(evidence: Evidence) -> str:
    thread = evidence.one("process_lifecycle", backend=THREADS.name, part="join")
    process = evidence.one("process_lifecycle", backend=PROCESSES.name, start_method=METHODS, part="join")
    if thread is None or process is None:
        return ""
    times = brief(beside(evidence, process, thread).ratio)
    method = process.cell.start_method
    return (
        f"a thread costs {cost(thread)} from start to join, a process under {method} {cost(process)}, {times} as much"
    )


def _messages(evidence: Evidence) -> str:
    """A short message there and back."""
    sent: dict[str, Any] = {"payload_bytes": _SHORT_BYTES}
    thread = evidence.one("ping_pong", backend=THREADS.name, **sent)
    process = evidence.one("ping_pong", backend=PROCESSES.name, start_method=METHODS, **sent)
    if thread is None or process is None:
        return ""
    return (
        f"a message of {size(_SHORT_BYTES)} there and back takes {cost(thread)} between threads and {cost(process)} between"
        " processes"
    )


def plain(evidence: Evidence) -> tuple[str, ...]:
    """What the lock does to threads, and when it is released."""
    return (
        (
            "Threads are cheap: they live in the process that starts them and see its objects. Where there is a GIL, the thread"
            " that runs Python code holds it, and the others wait. What is drawn is CPU time over elapsed time: 1 means that"
            " the threads together kept one CPU busy, as a single one would have."
        ),
        *_of_this_build(evidence),
        Marked(
            "Code written in C may release the lock while it works on memory of its own: hashing or packing a large buffer,"
            " much of NumPy. Waiting releases it too: a thread in `recv()`, `read()` or `sleep()` keeps nobody from computing."
        ),
    )


def _has_lock(evidence: Evidence) -> bool | None:
    """Whether this interpreter has the lock; None where it did not tell."""
    facts = next((target.facts for target in evidence.run.manifest.targets if target.name == evidence.target), {})
    enabled = facts.get("gil_enabled")
    return None if enabled is None else bool(enabled)


def _of_this_build(evidence: Evidence) -> tuple[str, ...]:
    """Whether this interpreter has the lock, where it told."""
    enabled = _has_lock(evidence)
    if enabled is None:
        return ()
    return (f"The interpreter measured here runs {'with' if enabled else 'without'} the GIL.",)
