"""What a reader is told of the number of workers: whether more than there are CPUs help, and how many a pool makes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.sections.compare import NO_CLEAR_DIFFERENCE, UNDECIDED
from study.sections.said import beside, by_decision, no_sooner, sentences, unless_open
from study.sections.speedups import speedups
from study.sections.ways import ANY_JOB, METHODS
from study.things import DEFAULT, KERNELS
from study.things.backends import POOL
from study.things.kernels import FANNKUCH, MATMUL
from study.things.variants import ONE_CPU, QUOTA_ONE_CPU
from study.units import brief, count, counted, multiple, spelled

if TYPE_CHECKING:
    from study.evidence import Evidence
    from study.sections.speedups import Scaling

_ABOUT = "Whether more workers than CPUs help work that computes"

_WHERE = {
    ONE_CPU.name: "a process that may use one CPU",
    QUOTA_ONE_CPU.name: "a container limited to the time of one CPU",
}
"""Variant of the program of Q5 -> where it runs."""


def answer(evidence: Evidence) -> str:
    """Of more workers than there are CPUs, for work that computes; where that was not measured, of a quota."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _beyond(evidence)) or _limits(evidence)[0]


def _beyond(evidence: Evidence) -> str:
    """Of one worker for each CPU, and of the fewest that are more."""
    pool = [row for row in _known(evidence) if row.kernel == FANNKUCH.name]
    full = next((row for row in pool if row.workers == evidence.usable_cpus), None)
    more = next((row for row in pool if full and row.oversubscribed and row.start_method == full.start_method), None)
    if full is None or more is None:
        return ""
    fewer, who = count(full.workers), spelled(more.workers, "worker")
    times = f"{who} on {counted(full.workers, 'CPU')} are {multiple(more.speedup)} as fast as a plain loop, {fewer}"
    times = f"{times} {'is' if full.workers == 1 else 'are'} {multiple(full.speedup)}"
    longer = beside(evidence, full.shared, more.shared).longer
    if longer == UNDECIDED and no_sooner(evidence, full.job, more.job):
        longer = NO_CLEAR_DIFFERENCE
    none = f"More workers than CPUs do not help work that computes: {times}"
    return by_decision(
        longer,
        more=f"More workers than CPUs help even work that computes: {times}",
        less=none,
        same=none,
        unknown=f"{_ABOUT} cannot be decided here: {times}",
    )


def _known(evidence: Evidence) -> list[Scaling]:
    """A pool's speedups under the start method that copies its parent, the fewest workers first."""
    rows = (row for row in speedups(evidence) if row.backend == POOL.name and row.start_method in METHODS)
    return [row for row in rows if row.speedup.point is not None]


def lede(evidence: Evidence) -> str:
    """Of work that waits, which gains from more; of library threads; and what the library makes of a quota.

    Where few CPUs may be used it makes as many workers, which surprises nobody: told where no thread of a library multiplies.
    """
    told = answer(evidence)
    libraries = _libraries(evidence)
    limits = [limit for limit in _limits(evidence)[: 1 if libraries else None] if limit != told]
    return sentences((_waiting(evidence), libraries, *limits))


def _libraries(evidence: Evidence) -> str:
    """What a thread for each CPU in each worker costs, and what sets their number; '' where it is not clearly more."""
    if evidence.left_open("gains"):
        return ""
    cpus = evidence.usable_cpus
    job: dict[str, Any] = {
        **ANY_JOB,
        "kernel": MATMUL.name,
        "backend": POOL.name,
        "start_method": METHODS,
        "workers": cpus,
    }
    many, one = (evidence.one("map", **job, library_threads=threads) for threads in (cpus, (0, 1)))
    if many is None or one is None or many is one:
        return ""
    found = beside(evidence, many, one)
    if found.longer != "supported":
        return ""
    return (
        f"a {KERNELS[MATMUL.name].words} with {counted(cpus, 'library thread')} in each of {counted(cpus, 'worker')} takes"
        f" {brief(found.ratio)} as long as with one: set OMP_NUM_THREADS=1"
    )


def _waiting(evidence: Evidence) -> str:
    """The most workers of which work that waits gains."""
    rows = [] if evidence.left_open("gains") else [row for row in _known(evidence) if KERNELS[row.kernel].waits]
    more = [row for row in rows if row.oversubscribed and beside(evidence, row.base, row.shared).longer == "supported"]
    if not more:
        return ""
    most = max(more, key=lambda row: row.workers)
    return f"work that waits gains from more: {brief(most.speedup)} with {spelled(most.workers, 'worker')}"


def _limits(evidence: Evidence) -> tuple[str, ...]:
    """How many workers the library makes under a quota, which nobody tells it of, and where few CPUs may be used."""
    return _made(evidence, QUOTA_ONE_CPU.name), _made(evidence, ONE_CPU.name)


def _made(evidence: Evidence, variant: str) -> str:
    """How many workers there were in every run, or from how many to how many; '' where they were not counted."""
    shipped = {**ANY_JOB, "backend": POOL.name, "start_method": DEFAULT, "workers": 0, "variant": variant}
    data = evidence.one("pool_as_shipped", **shipped)
    pairs = (
        [] if data is None else [(counts.get("pool_workers", 0), counts.get("trials", 0)) for counts in data.outcomes]
    )
    if not pairs or not all(workers and trials for workers, trials in pairs):
        return ""
    numbers = sorted({workers // trials for workers, trials in pairs})
    made = counted(numbers[0], "worker")
    if len(numbers) > 1:
        made = f"{made} to {counted(numbers[-1], 'worker')}"
    runs = counted(sum(trials for _, trials in pairs), "run")
    return f"in {_WHERE[variant]} Pool() made {made}, in each of {runs}"
