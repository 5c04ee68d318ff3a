"""What comes of programs that are tried, by the law: as documentation and source say of CPython on this start method."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things import BACKENDS, DEFAULT, START_METHODS
from study.things.backends import POOL
from study.things.broken import FAILED, KILLED, RAISED, USABLE
from study.things.pasted import HANDED_OUT, PASTED
from study.things.programs import BREAKAGE, HANDED_OVER, PASTED_PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.cell import Cell
    from study.lab.simulate.law import Law


def pasted(cell: Cell, law: Law) -> tuple[str, ...]:
    """A child that begins as a copy needs no main module; another looks for it, and does it again where there is no guard."""
    program = PASTED[cell.variant]
    name = law.default_start_method if cell.start_method == DEFAULT else cell.start_method
    if START_METHODS[name].copies_parent or (program.place.main_can_be_imported and program.guarded):
        return ("works",)
    return ("hangs",) if program.program == HANDED_OUT else ("prints_nothing",)


def broken(cell: Cell, _law: Law) -> tuple[str, ...]:
    """A pool of multiprocessing waits for the task that went with its worker; threads pickle nothing."""
    backend, case = BACKENDS[cell.backend], cell.variant
    if case == KILLED.name:
        return ("hangs",) if cell.backend == POOL.name else ("raises", f"{RAISED}BrokenProcessPool")
    if case != FAILED.name and (backend.kind == "thread" or backend.package):
        return "goes_on", USABLE
    return "raises", f"{RAISED}{'ValueError' if case == FAILED.name else 'PicklingError'}", USABLE


def handed(cell: Cell, law: Law) -> tuple[str, ...]:
    """Threads share everything, a copy of the parent has everything, and the others get what can be pickled."""
    name = law.default_start_method if cell.start_method == DEFAULT else cell.start_method
    copied = bool(name) and START_METHODS[name].copies_parent and not BACKENDS[cell.backend].hands_out
    return ("arrived",) if not name or copied or cell.variant == "number" else ()


TRIED: Mapping[str, Callable[[Cell, Law], tuple[str, ...]]] = MappingProxyType(
    {PASTED_PROGRAM.name: pasted, BREAKAGE.name: broken, HANDED_OVER.name: handed}
)
"""Pattern whose trials all end in the same way -> the outcomes of each."""
