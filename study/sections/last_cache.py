"""Whether what kernels go through lies beyond the machine's last cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.things import KERNELS
from study.things.patterns import CAPACITY
from study.units import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from study.cell import Cell

TIMES = 2
"""A working set of less than so many last caches may partly lie in one from task to task."""


def left_open(cells: Iterable[Cell], machine: Mapping[str, Any]) -> str:
    """Why nothing may be concluded of the memory from these cells, or ''; where the cache is not known, nothing is against it."""
    held = machine.get("l3_bytes")
    if not isinstance(held, int):
        return ""
    sets = (_working_set(cell) for cell in cells)
    least = min((bytes_ for bytes_ in sets if bytes_), default=0)
    if not 0 < least < TIMES * held:
        return ""
    return f"the arrays of a process are {size(least)}, and the last cache holds {size(held)}: this is not the memory alone"


def _working_set(cell: Cell) -> int:
    return KERNELS[cell.kernel].working_set_bytes if cell.pattern == CAPACITY.name else 0


def sizes(cells: Iterable[Cell], machine: Mapping[str, Any]) -> tuple[str, ...]:
    """What the kernels of these cells go through beside what the last cache holds, in a sentence; none where none does."""
    kernels = (KERNELS[cell.kernel] for cell in cells)
    sets = {kernel.words: kernel.working_set_bytes for kernel in kernels if kernel.working_set_bytes}
    if not sets:
        return ()
    held = machine.get("l3_bytes")
    holds = size(held) if isinstance(held, int) else "an unknown number of bytes"
    through = ", ".join(f"{words} {size(bytes_)}" for words, bytes_ in sets.items())
    return (f"Each process goes through arrays of its own: {through}. The last cache here holds {holds}.",)
