"""What a reader is told of the machine: what processes that have nothing to do with each other achieve on all its CPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.capacity import capacity_of, independent
from study.sections.said import unless_open
from study.sections.ways import work_name
from study.units import brief, spelled

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence
    from study.findings import Estimate

_ABOUT = "What independent processes achieve together"


def answer(evidence: Evidence) -> str:
    """From the kind of work that the machine serves worst to the one it serves best."""
    return unless_open(evidence, "gains", _ABOUT, lambda: _span(evidence))


def _span(evidence: Evidence) -> str:
    known = _capacities(evidence)
    if not known:
        return ""
    (least, low), (most, high) = known[0], known[-1]
    who = f"{spelled(evidence.usable_cpus, 'independent process', 'independent processes')} achieve"
    if len(known) == 1:
        return f"{who} {brief(low)} what one does alone ({work_name(least)})"
    if brief(low) == brief(high):
        return f"{who} {brief(low)} what one does alone, with {spelled(len(known), 'kind of work', 'kinds of work')}"
    return f"{who} from {brief(low)} ({work_name(least)}) to {brief(high)} ({work_name(most)}) what one does alone"


def _capacities(evidence: Evidence) -> list[tuple[CellData, Estimate]]:
    """Of each kind of work with a process for each CPU, the least first."""
    cells = independent(evidence, kernel=ANY, workers=evidence.usable_cpus)
    found = [(data, capacity_of(evidence, data.cell.kernel, data.cell.workers)) for data in cells]
    known = [(data, estimate) for data, estimate in found if estimate is not None and estimate.point is not None]
    return sorted(known, key=lambda pair: pair[1].point or 0.0)


def lede(evidence: Evidence) -> str:
    """Nothing more: the figures say where the rest goes."""
    del evidence
    return ""
