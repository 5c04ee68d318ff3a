"""Who does the work, as panels ask for it and call it: by what it is, never by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.things import BACKENDS, KERNELS, START_METHODS

if TYPE_CHECKING:
    from study.table import CellData
    from study.things import Kind, Look

POOLS = tuple(backend.name for backend in BACKENDS.values() if backend.hands_out)
"""Backends whose workers live on."""
PROCESS_POOLS = tuple(name for name in POOLS if BACKENDS[name].kind == "process")
WAYS = tuple(
    backend.name
    for backend in BACKENDS.values()
    if backend.kind != "loop" and backend.hands_out == (backend.kind != "thread")
)
"""Ways to run a whole job: pools, and bare threads, which cost so little that a pool of them is no way of its own."""
METHODS = ("", *(method.name for method in START_METHODS.values() if method.copies_parent))
"""Start methods where the way to begin is not the point: none, or the one that begins with least work."""
WORK = tuple(kernel.name for kernel in KERNELS.values() if kernel.works)
"""Kernels whose time is work."""
OVERHEAD = tuple(kernel.name for kernel in KERNELS.values() if not kernel.works)
"""Kernels that do next to nothing: their time is that of handing them out."""


def kind_of(data: CellData) -> Kind:
    """Who does the work."""
    return BACKENDS[data.cell.backend].kind


def way_look(data: CellData) -> Look:
    """The look of who does the work, whatever carries its messages and however it is started."""
    return BACKENDS[data.cell.backend].look


def pool_name(data: CellData) -> str:
    """The pool and its start method; who is no pool is called as the factor calls it."""
    cell = data.cell
    words = BACKENDS[cell.backend].look.label if cell.backend in POOLS else cell.backend
    return words + (f", {cell.start_method}" if cell.start_method else "")


def work_name(data: CellData) -> str:
    """What one task does."""
    kernel = KERNELS.get(data.cell.kernel)
    return data.cell.kernel if kernel is None else kernel.words
