"""Whether the machine has the CPUs that a cell is placed on: cores of several hardware threads, cores of several classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.things.payloads import CORES, FASTEST, SIBLINGS, SLOWEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from study.cell import Cell

_THREADS = frozenset({SIBLINGS.name, CORES.name})
_CLASSES = frozenset({FASTEST.name, SLOWEST.name})


def left_open(cells: Iterable[Cell], machine: Mapping[str, Any]) -> str:
    """Which CPUs the machine lacks for these cells, or that nobody knows whether it has them; '' where it has."""
    placed = {cell.placement for cell in cells}
    threads, told = machine.get("threads_per_core"), machine.get("cpu_classes")
    classes = told.split(", ") if isinstance(told, str) else ()  # as `machine.Machine` tells them
    if placed & _THREADS and not isinstance(threads, int):
        return "how many hardware threads a core of this machine has could not be read: it takes one of which that is known"
    if placed & _THREADS and threads == 1:
        return "every core of this machine has one hardware thread: it takes one whose cores have several"
    if placed & _CLASSES and not classes:
        return "of which classes the cores of this machine are could not be read: it takes one of which that is known"
    if placed & _CLASSES and len(classes) == 1:
        return "all cores of this machine are of one class: it takes one that has fast and efficient cores"
    return ""
