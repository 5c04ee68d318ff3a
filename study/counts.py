"""What a cell counts beside its times and sizes, as data: the names that claims may give as outcomes."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import FLOOR_PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.cell import Cell

OUTCOMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "process_lifecycle": (
            "trials",
            "start_returned_before_child",
            "child_done_before_join_returned",
            "child_change_seen",
        ),
        "program_lifecycle": ("trials", "preloaded"),
        "pool_lifecycle": ("trials", "right_in_order"),
        "pool_as_shipped": ("trials", "right_in_order", "pool_workers", "usable_cpus"),
        "four_printers": (
            "trials",
            "closing_line_last",
            "lines_whole",
            "torn_events",
            "in_order",
            *(f"order_{''.join(order)}" for order in itertools.permutations("1234")),
        ),
        "map": ("cpu_time_us", "elapsed_us"),
        "capacity": ("trials", "late_starts"),
    }
)
"""Pattern -> what it counts beside its times; the others count nothing."""
IN_ONE_PROCESS = ("call", "threads", "thread_executor", "interpreter_executor")
"""Backends whose CPU time `map` can count."""


def outcomes_of(cell: Cell) -> tuple[str, ...]:
    """The names that the cell's counts can have."""
    if cell.backend in FLOOR_PARTS:
        return ("trials",)
    if cell.pattern == "map" and cell.backend not in IN_ONE_PROCESS:
        return ()
    if cell.pattern == "program_lifecycle" and cell.variant != "preload":
        return ("trials",)
    return OUTCOMES.get(cell.pattern, ())
