"""Lines that were torn where the same program of printing processes was put elsewhere in the same run: a counterexample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.things.pasted import MODULE, PASTED, SCRIPT, STDIN, UNBUFFERED_PIPE
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
_PIPED = (MODULE, SCRIPT, STDIN, UNBUFFERED_PIPE)
"""Places where a program prints into a pipe, as the printing processes do."""


def elsewhere(evidence: Evidence, cells: Sequence[Cell], *, named: bool = True) -> str:
    """`in 4 of 6 trials as a script, unbuffered, into a pipe (Pasted)`; '' where no line was torn anywhere.

    Parameters
    ----------
    cells : printing processes; what was pasted speaks of those with its start method, and with a buffer or without as it. Of
        the places where a line was torn every trial counts, with each of these start methods.
    named : whether the places are named.
    """
    tried = _tried(evidence, cells)
    where = list(dict.fromkeys(data.cell.variant for data in tried if data.totals.get(_TORN)))
    if not where:
        return ""
    known = [data for data in tried if data.cell.variant in where]
    trials = sum(data.totals.get("trials", 0) for data in known)
    hits = sum(data.totals.get(_TORN, 0) for data in known)
    places = f" {' and '.join(dict.fromkeys(PASTED[variant].place.words for variant in where))}" if named else ""
    return f"in {count(hits)} of {counted(trials, 'trial')}{places} ({_SECTION})"


def into_a_pipe(evidence: Evidence, cell: Cell) -> int:
    """Trials in which a line was torn that was printed just as by these processes, into a pipe."""
    return sum(
        data.totals.get(_TORN, 0) for data in _tried(evidence, [cell]) if PASTED[data.cell.variant].place in _PIPED
    )


def _tried(evidence: Evidence, cells: Sequence[Cell]) -> list[CellData]:
    wanted = {(cell.start_method, cell.variant) for cell in cells if cell.pattern == FOUR_PRINTERS.name}
    tried = evidence.find(PASTED_PROGRAM.name, start_method=ANY, variant=ANY, backend=ANY)
    return [data for data in tried if _like(data.cell) in wanted]


def _like(cell: Cell) -> tuple[str, str]:
    """Start method and variant of the printing processes that it stands beside; of another program none."""
    pasted = PASTED[cell.variant]
    variant = UNBUFFERED.name if pasted.place == UNBUFFERED_PIPE else ""
    return (cell.start_method, variant) if pasted.program == _PROGRAM else ("", "")
