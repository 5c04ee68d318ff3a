"""Name -> kernel, backend and pattern, where its record says it is; only what a cell names is imported."""

from __future__ import annotations

from importlib import import_module

from study.bench.errors import UnsupportedCellError
from study.things import BACKENDS, KERNELS, PATTERNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.bench.backends import Backend
    from study.bench.kernels import Kernel
    from study.bench.patterns import Session
    from study.cell import Cell

RUNNERS: Mapping[str, str] = {backend.name: backend.module for backend in BACKENDS.values() if backend.runs_tasks}
"""Backends that can run tasks -> where they are. Of the others `process_lifecycle` times the workers."""


def imported(place: str) -> Any:  # noqa: ANN401 - whatever a record names
    """What stands at "module:attribute"."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def _found(kind: str, places: Mapping[str, str], name: str) -> Any:  # noqa: ANN401 - as above
    if name not in places:
        raise UnsupportedCellError(f"{kind} {name!r} is unknown; possible: {', '.join(places)}")
    return imported(places[name])


def kernel_of(cell: Cell) -> Kernel:
    """The kernel that the cell names."""
    places = {kernel.name: kernel.module for kernel in KERNELS.values()}
    kernel: Kernel = _found("kernel", places, cell.kernel)
    return kernel


def backend_of(cell: Cell) -> Backend:
    """The backend that the cell names, with the cell's start method and workers."""
    kind: type[Backend] = _found("backend", RUNNERS, cell.backend)
    return kind(cell.start_method, cell.workers)


def session_of(cell: Cell) -> Session:
    """A session of the cell's pattern, not yet set up."""
    places = {pattern.name: pattern.module for pattern in PATTERNS.values()}
    kind: type[Session] = _found("pattern", places, cell.pattern)
    return kind(cell)
