"""What comes of programs that are tried, by the law: as documentation and source say of CPython on this start method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.things import BACKENDS, DEFAULT, START_METHODS
from study.things.broken import BAD_ARGUMENT, BAD_RESULT, KILLED
from study.things.pasted import HANDED_OUT, PASTED

if TYPE_CHECKING:
    from study.cell import Cell
    from study.lab.simulate.law import Law


def pasted(cell: Cell, law: Law) -> str:
    """A child that begins as a copy needs no main module; another looks for it, and does it again where there is no guard."""
    program = PASTED[cell.variant]
    name = law.default_start_method if cell.start_method == DEFAULT else cell.start_method
    if START_METHODS[name].copies_parent or (program.place.main_can_be_imported and program.guarded):
        return "works"
    return "hangs" if program.program == HANDED_OUT else "prints_nothing"


def broken(cell: Cell, _law: Law) -> str:
    """A pool of multiprocessing waits for the task that went with its worker; threads pickle nothing."""
    backend, case = BACKENDS[cell.backend], cell.variant
    if backend.kind == "thread" and case in {BAD_RESULT.name, BAD_ARGUMENT.name}:
        return "goes_on"
    return "hangs" if case == KILLED.name and backend.chunks_itself and not backend.package else "raises"
