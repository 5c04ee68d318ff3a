"""What one way takes: seconds, CPU seconds, memory, and where the seconds go. How wrong that may be is said in `intervals`."""

from __future__ import annotations

import itertools
import math

from study.advise.model.bounds import closed_form, cpu_s
from study.advise.model.figures import figures_of, lacks, start_of
from study.advise.model.job import NOTHING, Bound, Constants, Job, Predicted, Shares, Way
from study.advise.model.pipeline import simulated
from study.things import BACKENDS

FULL = 0.7
"""Of the time that CPUs would need alone: where threads take no more than that beyond it, CPUs hold them up."""
_CHUNKS_HELD = 2
"""Of each worker at one time, as objects and as pickles: what came or what goes."""


def predict(job: Job, way: Way, constants: Constants) -> Predicted:
    """One way, without intervals.

    Raises
    ------
    ValueError
        where something is lacking that it needs, see `figures.lacks`.
    """
    if lacking := lacks(job, way, constants):
        raise ValueError(f"{way}: it is not known {lacking}")
    kind = BACKENDS[way.backend].kind
    if kind == "loop":
        return _loop(job, way)
    return _threads(job, way, constants) if kind == "thread" else _workers(job, way, constants)


def roughly_s(job: Job, way: Way, constants: Constants) -> float:
    """Seconds by the closed form: soon had, for choosing what is simulated."""
    kind = BACKENDS[way.backend].kind
    if kind == "loop":
        return job.loop_s
    if kind == "thread":
        return _threads(job, way, constants).seconds
    return closed_form(figures_of(job, way, constants)).seconds


def _loop(job: Job, way: Way) -> Predicted:
    return Predicted(
        way=way,
        seconds=job.loop_s,
        cpu_s=job.loop_s * (1.0 - job.waits),
        memory_bytes=_of_program(job),
        shares=Shares(work_s=job.loop_s),
        bound="workers",
    )


def _threads(job: Job, way: Way, constants: Constants) -> Predicted:
    """As much of the loop's time as was measured with so many threads, and handing out each item."""
    start = start_of(way, constants)
    more = way.workers - start.workers
    start_s = max(0.0, start.made_s.value + more * start.each_made_s.value)
    end_s = max(0.0, start.end_s.value + more * start.each_end_s.value)
    part = with_threads(job, way.workers)
    rounds_s = math.ceil(job.items / way.workers) * job.mean_s
    handed_s, work_s = job.items * job.thread_s, max(job.loop_s * part, rounds_s)
    computed_s = job.loop_s * (1.0 - job.waits)
    takes_turns = part > (1.0 + 1.0 / way.workers) / 2.0 or handed_s > work_s
    shared: Bound = "CPUs" if computed_s / constants.cpus > FULL * work_s else "workers"
    return Predicted(
        way=way,
        seconds=start_s + handed_s + work_s + end_s,
        cpu_s=start_s + handed_s + computed_s * max(1.0, part) + end_s,
        memory_bytes=_of_program(job),
        shares=Shares(start_s=start_s + end_s, dispatch_s=handed_s, work_s=work_s),
        bound="parent" if takes_turns and way.workers > 1 else shared,
    )


def with_threads(job: Job, workers: int) -> float:
    """Time with so many threads ÷ time of the loop: between measured numbers of threads on a line over 1 ÷ threads.

    Beyond the most that were tried only what waits goes on to be shared.
    """
    known = sorted({1: 1.0, **job.threads}.items())
    most, part = known[-1]
    if workers >= most:
        least = min(part, 1.0 - job.waits)
        return max(least, part * most / workers)
    (fewer, slower), (more, faster) = next(pair for pair in itertools.pairwise(known) if workers < pair[1][0])
    place = (1.0 / fewer - 1.0 / workers) / (1.0 / fewer - 1.0 / more)
    return slower + (faster - slower) * place


def _workers(job: Job, way: Way, constants: Constants) -> Predicted:
    """Processes, or interpreters with a GIL of their own."""
    figures = figures_of(job, way, constants)
    found = simulated(job, way, figures)
    idle_bytes = constants.worker_bytes.get(way.start_method, NOTHING).value
    carried_bytes = _CHUNKS_HELD * figures.chunk * (job.argument.size_bytes + job.result.size_bytes)
    return Predicted(
        way=way,
        seconds=found.seconds,
        cpu_s=cpu_s(figures),
        memory_bytes=_of_program(job) + way.workers * (idle_bytes + job.worker_bytes + carried_bytes),
        shares=found.shares,
        bound=closed_form(figures).bound,
    )


def _of_program(job: Job) -> float:
    """Memory of the program with all results."""
    return job.parent_bytes + job.items * job.result.size_bytes
