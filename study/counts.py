"""What a cell counts beside its times and sizes: the names that claims may give as outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.cell import variant_of
from study.things import BACKENDS, PATTERNS
from study.things.patterns import CPU_TIME

if TYPE_CHECKING:
    from study.cell import Cell

OF_A_FLOOR = ("trials",)


def outcomes_of(cell: Cell) -> tuple[str, ...]:
    """The names that the cell's counts can have."""
    backend, variant = BACKENDS[cell.backend], variant_of(cell)
    if backend.kind == "floor":
        return OF_A_FLOOR
    names = PATTERNS[cell.pattern].outcomes + (variant.outcomes if variant else ())
    return tuple(name for name in names if backend.counts_cpu_time or name not in CPU_TIME)
