"""Lines that were torn where the same program of printing processes was put elsewhere in the same run: a counterexample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence import ANY
from study.things.pasted import PASTED, UNBUFFERED_PIPE
from study.things.patterns import FOUR_PRINTERS
from study.things.programs import PASTED_PROGRAM
from study.things.variants import UNBUFFERED
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.cell import Cell
    from study.evidence import Evidence

_TORN, _PROGRAM = "torn", "q6"
_SECTION = "Pasted"


def elsewhere(evidence: Evidence, cells: Sequence[Cell]) -> str:
    """`in 4 of 6 trials as a script, unbuffered, into a pipe, under forkserver (Pasted)`; '' where no line was torn there.

    Parameters
    ----------
    cells : of printing processes; what was pasted speaks of those with its start method, and with a buffer or without as it.
    """
    said = []
    tried = evidence.find(PASTED_PROGRAM.name, start_method=ANY, variant=ANY, backend=ANY)
    for data in tried:
        pasted, torn = PASTED[data.cell.variant], data.totals.get(_TORN, 0)
        variant = UNBUFFERED.name if pasted.place == UNBUFFERED_PIPE else ""
        wanted = {(cell.start_method, cell.variant) for cell in cells if cell.pattern == FOUR_PRINTERS.name}
        if torn and pasted.program == _PROGRAM and (data.cell.start_method, variant) in wanted:
            trials = counted(data.totals.get("trials", torn), "trial")
            said.append(f"in {torn} of {trials} {pasted.place.words}, under {data.cell.start_method}")
    return f"{'; '.join(said)} ({_SECTION})" if said else ""
