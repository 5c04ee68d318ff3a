"""How a comparison ends: one word on its last line, and the exit code of `python -m study` for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Ending = Literal["pass", "slower", "blind", "not comparable"]
EXIT: Mapping[Ending, int] = MappingProxyType({"pass": 0, "slower": 4, "blind": 5, "not comparable": 6})
