"""What independent processes achieve side by side: the cells that measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.sections.ways import METHODS
from study.things.backends import PROCESSES

if TYPE_CHECKING:
    from study.evidence import Evidence
    from study.table import CellData


def independent(evidence: Evidence, **wanted: object) -> list[CellData]:
    """The cells of processes that work side by side and have nothing to do with each other."""
    return evidence.find("capacity", backend=PROCESSES.name, start_method=METHODS, tasks=ANY, **wanted)


def capacity_of(evidence: Evidence, kernel: str, workers: int) -> tuple[CellData, CellData] | None:
    """(alone, together) of the cells that measure what `workers` independent processes achieve, or None."""
    alone = independent(evidence, kernel=kernel, workers=1, part="busy")
    together = independent(evidence, kernel=kernel, workers=workers, part="busy")
    return (alone[0], together[0]) if alone and together else None
