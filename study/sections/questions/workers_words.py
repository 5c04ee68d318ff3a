"""What a reader is told of the number of workers: how many a pool makes by itself where few CPUs are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections.said import sentences
from study.sections.ways import ANY_JOB
from study.things import DEFAULT
from study.things.backends import POOL
from study.things.variants import ONE_CPU, QUOTA_ONE_CPU
from study.units import counted

if TYPE_CHECKING:
    from study.evidence import Evidence

_WHERE = {
    ONE_CPU.name: "a process that may use one CPU",
    QUOTA_ONE_CPU.name: "a container limited to the time of one CPU",
}
"""Variant of the program of Q5 -> where it runs."""


def answer(evidence: Evidence) -> str:
    """Under a quota, which nobody tells the library of."""
    return sentences((_made(evidence, QUOTA_ONE_CPU.name),)).rstrip(".")


def lede(evidence: Evidence) -> str:
    """Where the system says which CPUs may be used."""
    return sentences((_made(evidence, ONE_CPU.name),))


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
    return f"in {_WHERE[variant]} Pool() made {made} in {runs}"
