"""What a reader is told of everyday jobs: how many of them processes finish sooner, and which of them threads do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections.compare import UNDECIDED
from study.sections.questions.q1_words import at_all_cpus
from study.sections.said import beside, joined, sentences, unless_open
from study.things.backends import POOL, THREADS
from study.things.kernels import EVERYDAY
from study.units import brief, count, spelled

if TYPE_CHECKING:
    from study.evidence import Evidence
    from study.findings import Decision
    from study.sections.speedups import Scaling
    from study.things import Backend

_ABOUT = "What everyday jobs gain"


def answer(evidence: Evidence) -> str:
    """Of processes, one for each CPU, in a pool that is already running."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _processes(evidence))


def _decided(evidence: Evidence, backend: Backend) -> list[tuple[str, Scaling, Decision]]:
    """Each job in words, with what it gains and whether it does."""
    rows = ((kernel.words, at_all_cpus(evidence, backend, kernel.name)) for kernel in EVERYDAY)
    return [(words, row, beside(evidence, row.base, row.shared).longer) for words, row in rows if row is not None]


def _processes(evidence: Evidence) -> str:
    every = _decided(evidence, POOL)
    if not every:
        return ""
    gains = sorted((row.speedup.point or 0.0, brief(row.speedup)) for _, row, longer in every if longer == "supported")
    who = spelled(evidence.usable_cpus, "process", "processes")
    jobs = spelled(len(every), "everyday job")
    if not gains:
        return f"{who} finish none of {jobs} clearly sooner than a plain loop"
    (_, least), (_, most) = gains[0], gains[-1]
    times = least if least == most else f"{least} to {most}"
    share = f"all {jobs}" if len(gains) == len(every) > 1 else f"{count(len(gains))} of {jobs}"
    return f"{who} finish {share} sooner than a plain loop: {times} as fast"


def lede(evidence: Evidence) -> str:
    """Of threads: the jobs that gain, and those of which it is not known."""
    every = [] if evidence.left_open("gains") else _decided(evidence, THREADS)
    gain = [f"{words} ({brief(row.speedup)})" for words, row, longer in every if longer == "supported"]
    unknown = [words for words, _, longer in every if longer == UNDECIDED]
    return sentences(
        (
            f"threads finish sooner {joined(gain)}"
            if gain
            else "threads finish none of them clearly sooner"
            if every
            else "",
            f"it cannot be decided for {joined(unknown)}" if unknown else "",
        )
    )
