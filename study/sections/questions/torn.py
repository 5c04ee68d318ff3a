"""Lines that were torn where the same program of printing processes was put elsewhere in the same run: a counterexample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.things.pasted import PASTED, UNBUFFERED_PIPE
from study.things.patterns import FOUR_PRINTERS
from study.things.programs import PASTED_PROGRAM
from study.things.variants import UNBUFFERED
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.cell import Cell
    from study.evidence import CellData, Evidence

_TORN, _PROGRAM = "torn", "q6"
_SECTION = "Pasted"


def elsewhere(evidence: Evidence, cell: Cell) -> str:
    """`in 4 of 6 trials as a script, unbuffered, into a pipe (Pasted)`; '' where no line was torn there.

    Parameters
    ----------
    cell : printing processes; what was pasted speaks of those with its start method, and with a buffer or without as it.
    """
    torn = _torn(evidence, [cell])
    said = [f"{_times([data])} {PASTED[data.cell.variant].place.words}" for data in torn]
    return f"{' and '.join(said)} ({_SECTION})" if said else ""


def together(evidence: Evidence, cells: Sequence[Cell]) -> str:
    """`in 9 of 24 trials in the places where any was (Pasted)`, of the places where a line was torn; '' where none was."""
    torn = _torn(evidence, cells)
    where = " in the places where any was" if len(torn) > 1 else ""
    return f"{_times(torn)}{where} ({_SECTION})" if torn else ""


def _torn(evidence: Evidence, cells: Sequence[Cell]) -> list[CellData]:
    wanted = {(cell.start_method, cell.variant) for cell in cells if cell.pattern == FOUR_PRINTERS.name}
    tried = evidence.find(PASTED_PROGRAM.name, start_method=ANY, variant=ANY, backend=ANY)
    return [data for data in tried if data.totals.get(_TORN) and _like(data.cell) in wanted]


def _like(cell: Cell) -> tuple[str, str]:
    """Start method and variant of the printing processes that it stands beside; of another program none."""
    pasted = PASTED[cell.variant]
    variant = UNBUFFERED.name if pasted.place == UNBUFFERED_PIPE else ""
    return (cell.start_method, variant) if pasted.program == _PROGRAM else ("", "")


def _times(torn: Sequence[CellData]) -> str:
    trials = sum(data.totals.get("trials", 0) for data in torn)
    return f"in {count(sum(data.totals[_TORN] for data in torn))} of {counted(trials, 'trial')}"
