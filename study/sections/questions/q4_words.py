"""What a reader is told of Q4: what a pool saves, whether its chunks are to be chosen, and what a pool is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.blocks import Marked
from study.cell import chunksize_of
from study.evidence import ANY
from study.sections.build import grouped
from study.sections.compare import UNDECIDED
from study.sections.said import beside, by_decision, cost, per_task, sentences, unless_open
from study.sections.ways import METHODS
from study.things import BACKENDS
from study.things.backends import POOL, PROCESSES
from study.units import brief, count, spelled

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

LEAD = ("q4-per-task", "q4-chunks")
_ABOUT = "What a pool saves"


def answer(evidence: Evidence) -> str:
    """Of a task that does nothing: through a pool that is already running, and with a process of its own."""
    return unless_open(evidence, "costs", _ABOUT, lambda: _saved(evidence))


def _saved(evidence: Evidence) -> str:
    same: dict[str, Any] = {"start_method": METHODS, "workers": ANY}
    alone = evidence.one("process_per_task", question="Q4", backend=PROCESSES.name, tasks=ANY, **same)
    tasks = 0 if alone is None else alone.cell.tasks
    pooled = evidence.one("map", question="Q4", backend=POOL.name, tasks=tasks, chunksize=1, **same)
    if alone is None or pooled is None:
        return ""
    found = beside(evidence, alone, pooled)
    who = spelled(tasks, "task that does nothing takes", "tasks that do nothing take")
    costs = f"{who} {cost(pooled)} through a running pool, with a process for each {cost(alone)}"
    return by_decision(
        found.longer,
        more=f"{costs}: {brief(found.ratio)} as long",
        less=f"{costs}: the pool saves nothing here",
        same=f"{costs}: no clear difference",
        unknown=f"{costs}: which takes less cannot be decided here",
    )


def lede(evidence: Evidence) -> str:
    """Of each pool whether its own chunks are to be left alone, with the number for either."""
    if evidence.left_open("costs"):
        return ""
    every: dict[str, Any] = dict.fromkeys(("backend", "workers", "tasks", "chunksize"), ANY)
    cells = evidence.find("map", question="Q4", start_method=METHODS, **every)
    jobs = grouped((data for data in cells if _takes(data)), lambda data: replace(data.cell, chunksize=0))
    return sentences(_chunks(evidence, job) for job in jobs.values() if len(job) > 1)


def _takes(data: CellData) -> bool:
    """Whether who hands out heeds a chunk size; an older bench asked others too."""
    return BACKENDS[data.cell.backend].takes_chunksize


def _chunks(evidence: Evidence, job: list[CellData]) -> str:
    """The same job in chunks of several sizes: the library's own against the cheapest of the others."""
    own = next((data for data in job if not data.cell.chunksize), None)
    if own is None:
        return ""
    best = min((data for data in job if data is not own), key=lambda data: float(data.means.mean()))
    who, size = BACKENDS[own.cell.backend].look.label, count(chunksize_of(own.cell))
    longer = beside(evidence, own, best).longer
    if longer == "supported":
        return (
            f"give {who} a chunk size: its own, of {size} here, costs {per_task(own)} a task, chunks of"
            f" {count(chunksize_of(best.cell))} cost {per_task(best)}"
        )
    if longer == UNDECIDED:
        return ""
    return f"leave the chunk size of {who} alone for many short tasks: its own, of {size} here, costs {per_task(own)} a task"


def plain(evidence: Evidence) -> tuple[str, ...]:
    """What a pool is, and what a chunk is."""
    del evidence
    return (
        (
            "A pool is a number of processes that are begun once and then wait for work. The parent writes each task into a pipe,"
            " a worker that wakes up takes it, and the result comes back through another pipe. So a task costs two messages, and"
            " not the life of a process."
        ),
        Marked(
            "`Pool.map` cuts a long list into about four chunks for each worker, and sends a chunk in one message. Large chunks"
            " share the cost of a message; small ones let a worker that is done early take more. What is drawn is the cost of"
            " handing out alone: the tasks do nothing."
        ),
        "Where a task takes much longer than a message, the message is not seen; few such tasks share out best in chunks of one.",
    )
