"""What independent processes achieve side by side: the cells that measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import scaling
from study.evidence import ANY, CellData, Evidence
from study.sections.ways import METHODS
from study.table import paired
from study.things.backends import PROCESSES

if TYPE_CHECKING:
    from study.findings import Estimate


def independent(evidence: Evidence, *, kernel: object, workers: object, part: object = "busy") -> list[CellData]:
    """The cells of processes that work side by side and have nothing to do with each other."""
    who: dict[str, Any] = {"backend": PROCESSES.name, "start_method": METHODS}
    return evidence.find("capacity", kernel=kernel, workers=workers, part=part, tasks=ANY, **who)


def capacity_of(evidence: Evidence, kernel: str, workers: int) -> Estimate | None:
    """What as many independent processes achieve together, of one alone; None where that was not measured."""
    alone, together = (independent(evidence, kernel=kernel, workers=number) for number in (1, workers))
    if workers == 1 or not alone or not together:
        return None
    return scaling.capacity(*paired(alone[0], together[0]), workers)
