"""Which figure for a wall belongs to which lesson."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.sections.wall import costs, over_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.evidence import Evidence
    from study.forms import WallBars, WallLines

WALLS: Mapping[str, Callable[[Evidence], WallBars | WallLines | None]] = MappingProxyType(
    {
        "wall-lock": over_time.turns,
        "wall-life": over_time.life,
        "wall-pool": over_time.pool,
        "wall-grain": costs.task_length,
        "wall-speedup": costs.speedup,
        "wall-messages": costs.messages_by_size,
        "wall-copied": costs.copied,
        "wall-orders": costs.orders,
    }
)
"""Id of a figure -> what makes it of the evidence of one interpreter."""
