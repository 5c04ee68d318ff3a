"""What was measured of what the cost model leaves out: a server's own start, uneven items, many that wait at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from study.evidence import ANY
from study.sections.build import average_of
from study.sections.questions.dispatch import ORDERS
from study.sections.said import beside, joined
from study.sections.ways import METHODS
from study.things import BACKENDS, KERNELS, START_METHODS
from study.things.backends import POOL, PROCESSES
from study.things.variants import FIRST_OF_ALL, PLAIN
from study.things.waiting import IO_TASKS
from study.units import brief, count, counted

if TYPE_CHECKING:
    from study.evidence import Evidence


class AtOnce(NamedTuple):
    """More threads than CPUs that waited: how many, and in words what they gained."""

    workers: int
    words: str


def of_servers(evidence: Evidence) -> dict[str, str]:
    """Start method with a server -> that it runs already, and what the first process takes beside a later one."""
    found = {}
    for method in START_METHODS:
        if START_METHODS[method].has_server:
            same: dict[str, Any] = {"backend": PROCESSES.name, "start_method": method, "part": "join"}
            first = evidence.one("program_lifecycle", variant=FIRST_OF_ALL.name, **same)
            later = evidence.one("process_lifecycle", **same)
            if first is None or later is None:
                found[method] = f"The server of {method} runs already: its own start is not in this time."
            else:
                found[method] = (
                    f"The server of {method} runs already: the first process of a program, which starts it, takes"
                    f" {brief(average_of(first))}, a later one {brief(average_of(later))}."
                )
    return found


def of_uneven_items(evidence: Evidence) -> str:
    """Whether chunks of one were sooner than a pool's own where items take very different times; '' where that is not known."""
    if evidence.left_open("gains"):
        return ""
    sides, jobs = [], []
    for kernel, order in ORDERS.items():
        job: dict[str, Any] = {"kernel": kernel, "backend": POOL.name, "start_method": METHODS, "spins": ANY}
        job |= {"workers": evidence.usable_cpus, "tasks": ANY}
        own, single = (evidence.one("map", chunksize=size, **job) for size in (0, 1))
        if own is not None and single is not None:
            sides.append((order, beside(evidence, own, single)))
            jobs.append(single)
    if not sides:
        return ""
    longest = brief(average_of(max(jobs, key=lambda job: float(job.means.mean()))))
    sooner = [order for order, found in sides if found.longer == "supported"]
    told = joined([f"{brief(found.ratio)} ({order})" for order, found in sides])
    if not sooner:
        said = "no gain from chunks of one was seen here"
    else:
        where = "" if len(sooner) == len(sides) else f", {joined(sooner)} alone"
        said = f"chunks of one were sooner here{where}"
    return f"with uneven items, all of them {longest} at most, {said}: its own take {told} as long"


def at_once(evidence: Evidence) -> AtOnce | None:
    """Of jobs that wait the one with most threads, where these are more than CPUs and clearly sooner than one after the other."""
    if evidence.left_open("costs"):
        return None
    kernels = tuple(kernel.name for kernel in KERNELS.values() if kernel.waits)
    every: dict[str, Any] = {"kernel": kernels, "backend": ANY, "workers": ANY, "tasks": ANY, "variant": PLAIN.name}
    found = evidence.find(IO_TASKS.name, **every)
    loops = {(data.cell.kernel, data.cell.tasks): data for data in found if BACKENDS[data.cell.backend].kind == "loop"}
    threads = [
        data
        for data in found
        if BACKENDS[data.cell.backend].kind == "thread"
        and data.cell.workers > evidence.usable_cpus
        and (data.cell.kernel, data.cell.tasks) in loops
    ]
    if not threads:
        return None
    most = max(threads, key=lambda data: (data.cell.workers, data.cell.tasks))
    job = most.cell.kernel, most.cell.tasks
    gain = beside(evidence, loops[job], most)
    if gain.longer != "supported":
        return None
    work = f"{count(most.cell.tasks)} × {KERNELS[most.cell.kernel].words}"
    words = f"{counted(most.cell.workers, 'thread')} were {brief(gain.ratio)} as fast as one after the other with {work} (I/O)"
    return AtOnce(most.cell.workers, words)
