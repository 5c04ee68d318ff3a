"""What may be said of things that ran side by side while others loaded the machine: one rule for verdicts, advice, titles."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from study.cell import unit_of
from study.things import BACKENDS, PATTERNS
from study.units import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.cell import Cell
    from study.findings import SideBySide

MOST_FOREIGN_CPUS = 0.5
"""Beyond this, what speaks of things side by side is left open: with one of two CPUs taken, a build without the GIL was
seen to keep one CPU busy. In proportion, half a CPU hides half of that effect."""
ONE_CPU = "this machine has one usable CPU: nothing can run side by side here"


def foreign_cpus(rounds: Iterable[float | None]) -> float | None:
    """CPUs that others took, averaged over the rounds that tell; None where none does."""
    known = [taken for taken in rounds if taken is not None]
    return statistics.fmean(known) if known else None


def left_open(side_by_side: SideBySide, usable_cpus: int, taken_cpus: float | None) -> str:
    """Why a run lets nothing be concluded from what ran side by side, or '' where it may speak.

    Parameters
    ----------
    side_by_side : what the sentence speaks of; see `findings.SideBySide`.
    taken_cpus : CPUs that others took meanwhile, on average; None where nobody could tell.
    """
    if side_by_side == "gains" and usable_cpus == 1:
        return ONE_CPU
    if side_by_side != "nothing" and taken_cpus is not None and taken_cpus > MOST_FOREIGN_CPUS:
        return f"{load(taken_cpus)}, so what ran side by side is unknown"
    return ""


def load(taken_cpus: float | None) -> str:
    """What others did meanwhile, in words."""
    taken = "nobody knows how many" if taken_cpus is None else plain(round(taken_cpus, 2))
    return f"others took {taken} {'CPU' if taken == '1' else 'CPUs'} on average meanwhile"


def runs_side_by_side(cell: Cell, usable_cpus: int) -> bool:
    """Whether more than one worker wants a CPU at once while the cell's time is taken; bytes do not depend on it."""
    if unit_of(cell) != "second":
        return False
    workers = 1 if BACKENDS[cell.backend].kind == "loop" else cell.workers or usable_cpus
    return workers > 1 or cell.library_threads > 1 or PATTERNS[cell.pattern].both_sides_work


def reach(cells: Iterable[Cell], usable_cpus: int) -> int:
    """How many times as fast or as slow, beside one process, load can have made what ran side by side, at most.

    Notes
    -----
    However many CPUs others took, several workers got no less of them than one process alone, so that load slowed them down,
    beside it, by no more than the number of CPUs. The other way are workers beyond the CPUs, whose share grows with their
    number where others want the CPUs too, and what one process lost and several did not: caches, bandwidth and clock that
    others had taken already, for which no bound is known and the same is allowed.
    """
    return max(usable_cpus, *(math.ceil(cell.workers / usable_cpus) for cell in cells))
