"""The positive control: where threads are said not to scale, the same harness with work that must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.build import loop_by_task, speedup_by_task
from study.things.backends import THREADS
from study.things.kernels import SHA256_8MIB
from study.things.patterns import MAP
from study.units import counted, with_interval

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence
    from study.findings import Estimate

HALF_WAY = 0.5
"""Of the gain that is possible: this much, and the harness can show threads that run side by side (this study's choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Threads on all CPUs in C code that releases the GIL: how many times as many tasks a second as the plain loop.

    `scaled` is whether they gained half of what is possible; None where the interval leaves that open.
    """

    threads: CellData
    speedup: Estimate
    scaled: bool | None


def enough(workers: int) -> float:
    """The least speedup of a control that scaled."""
    return 1.0 + HALF_WAY * (workers - 1)


def control(evidence: Evidence) -> Control | None:
    """The control of a target; None where there is none, or nothing may be said of what ran side by side."""
    workers = evidence.usable_cpus
    if evidence.left_open("gains"):
        return None
    cells = evidence.find(MAP.name, kernel=SHA256_8MIB.name, backend=THREADS.name, workers=workers, tasks=ANY)
    pairs = [(loop, threads) for threads in cells if (loop := loop_by_task(evidence, threads)) is not None]
    if not pairs:
        return None
    loop, threads = max(pairs, key=lambda pair: pair[1].cell.tasks)  # the longest job shows most
    speedup = speedup_by_task(loop, threads)
    least, scaled = enough(workers), None
    if speedup.low is not None and speedup.low >= least:
        scaled = True
    elif speedup.high is not None and speedup.high < least:
        scaled = False
    return Control(threads=threads, speedup=speedup, scaled=scaled)


def control_sentence(evidence: Evidence) -> str:
    """What the control says of threads on all CPUs, or ''."""
    tried = control(evidence)
    if tried is None or tried.speedup.point is None:
        return ""
    who = f"{counted(tried.threads.cell.workers, 'thread')} in {SHA256_8MIB.words}, which releases the GIL,"
    rate = f"{with_interval(tried.speedup)} as many tasks a second as the plain loop"
    if tried.scaled:
        return f"For comparison: {who} finished {rate}."
    if tried.scaled is None:
        return f"Whether the control scaled is open: {who} finished {rate}."
    return (
        f"The control did not scale: {who} finished {rate}; the harness or the machine is in doubt, and with it what is said"
        " of other threads."
    )
