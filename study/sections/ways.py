"""Who does the work, as panels ask for it and call it: by what it is, never by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.evidence import ANY, CellData
from study.things import BACKENDS, KERNELS, START_METHODS
from study.things.kernels import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.cell import Cell
    from study.evidence import Evidence
    from study.things import Kind, Look

POOLS = tuple(backend.name for backend in BACKENDS.values() if backend.hands_out)
"""Backends whose workers live on."""
WAYS = tuple(
    backend.name
    for backend in BACKENDS.values()
    if backend.kind != "loop" and backend.hands_out == (backend.kind != "thread")
)
"""Ways to run a whole job: pools, and bare threads, which cost so little that a pool of them is no way of its own."""
METHODS = ("", *(method.name for method in START_METHODS.values() if method.copies_parent))
"""Start methods where the way to begin is not the point: none, or the one that begins with least work."""
WORK = tuple(kernel.name for kernel in KERNELS.values() if kernel.works and kernel is not OWN)
"""Kernels of the study whose time is work."""
OVERHEAD = tuple(kernel.name for kernel in KERNELS.values() if not kernel.works)
"""Kernels that do next to nothing: their time is that of handing them out."""

# Factors as `Evidence.find` takes them.
ANYONE: dict[str, Any] = {"backend": ANY, "start_method": ANY}
"""Whoever does the work."""
POOLED: dict[str, Any] = {"backend": POOLS, "start_method": ANY}
"""Whichever pool hands out the tasks."""
ANY_JOB: dict[str, Any] = {**ANYONE, "kernel": ANY, "workers": ANY, "tasks": ANY}
"""Whatever tasks, and whoever carries them out."""
REAL_JOB: dict[str, Any] = {"kernel": WORK, "backend": WAYS, "start_method": METHODS, "tasks": ANY}
"""Tasks that are work, by the ways to run a whole job."""


def default_method(evidence: Evidence) -> str:
    """The start method that this interpreter takes on this machine by itself; '' where it did not tell."""
    return str(_facts(evidence).get("default_start_method") or "")


def server_imports_scripts(evidence: Evidence) -> bool | None:
    """Whether a fork server imports a script's main module once, itself; None where the interpreter did not tell its version.

    Since CPython 3.13.8 and 3.14.1 (issue 126631); of a program that is begun with -m every child imports it in any version.
    """
    version = _facts(evidence).get("version_info")
    if not version:
        return None
    known = tuple(int(part) for part in version[:3])
    return known >= ((3, 14, 1) if known >= (3, 14) else (3, 13, 8))


def _facts(evidence: Evidence) -> Mapping[str, Any]:
    """What the interpreter told of itself."""
    return next((target.facts for target in evidence.run.manifest.targets if target.name == evidence.target), {})


def kind_of(data: CellData) -> Kind:
    """Who does the work."""
    return BACKENDS[data.cell.backend].kind


def longest(cells: Iterable[CellData]) -> list[CellData]:
    """Of jobs that differ in their number of tasks alone, the one with most: a speedup is of a job that lasts."""
    jobs: dict[Cell, CellData] = {}
    for data in cells:
        key = replace(data.cell, tasks=1)
        jobs[key] = max(jobs.get(key, data), data, key=lambda job: job.cell.tasks)
    return list(jobs.values())


def way_look(data: CellData) -> Look:
    """The look of who does the work, whatever carries its messages and however it is started."""
    return BACKENDS[data.cell.backend].look


def way_name(data: CellData) -> str:
    """Who does the work and how it is started."""
    return ", ".join(filter(None, (way_look(data).label, data.cell.start_method)))


def pool_name(data: CellData) -> str:
    """The pool and its start method; who is no pool is called as the factor calls it."""
    cell = data.cell
    return way_name(data) if cell.backend in POOLS else ", ".join(filter(None, (cell.backend, cell.start_method)))


def work_name(data: CellData) -> str:
    """What one task does."""
    kernel = KERNELS.get(data.cell.kernel)
    return data.cell.kernel if kernel is None else kernel.words
