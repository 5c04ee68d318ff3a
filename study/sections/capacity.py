"""What independent processes achieve side by side: the cells that measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import scaling
from study.evidence import ANY, CellData, Evidence, aligned
from study.sections.ways import METHODS
from study.table import paired
from study.things.backends import PROCESSES

if TYPE_CHECKING:
    from study.findings import Estimate


def independent(
    evidence: Evidence,
    *,
    kernel: object,
    workers: object,
    part: object = "busy",
    **more: Any,  # noqa: ANN401 - other factors of a cell
) -> list[CellData]:
    """The cells of processes that work side by side and have nothing to do with each other."""
    who: dict[str, Any] = {"backend": PROCESSES.name, "start_method": METHODS}
    return evidence.find("capacity", kernel=kernel, workers=workers, part=part, tasks=ANY, **more, **who)


def capacity_of(evidence: Evidence, kernel: str, workers: int, *, spins: object = 0) -> Estimate | None:
    """What as many independent processes achieve together, of one alone; None where that was not measured."""
    both = _alone_and_together(evidence, kernel, workers, spins)
    return capacity_between(*both) if both else None


def capacity_between(alone: CellData, together: CellData) -> Estimate:
    """What these processes achieve together, of one alone."""
    return scaling.capacity(*paired(alone, together), together.cell.workers)


def within_capacity(evidence: Evidence, base: CellData, shared: CellData) -> Estimate | None:
    """Speedup ÷ capacity of as many processes: 1 where nothing but the machine limits it; None where that was not measured."""
    cell = shared.cell
    both = _alone_and_together(evidence, cell.kernel, cell.workers)
    if both is None:
        return None
    columns = dict(zip(_TIMES, aligned([base, shared, *both]).T, strict=True))
    return scaling.of_capacity(**columns, workers=cell.workers)


_TIMES = ("serial_s", "elapsed_s", "alone_s", "together_s")


def _alone_and_together(
    evidence: Evidence, kernel: str, workers: int, spins: object = 0
) -> tuple[CellData, CellData] | None:
    alone, together = (independent(evidence, kernel=kernel, workers=number, spins=spins) for number in (1, workers))
    return (alone[0], together[0]) if workers > 1 and alone and together else None
