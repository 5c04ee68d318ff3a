"""What cells are about, as people tell them apart: the kinds that a comparison sums up by. Never one number over them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from study.cell import Cell, noise_class, unit_of
from study.things import BACKENDS, PATTERNS
from study.things.kernels import SLEEP

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["start", "threads", "interpreters", "pools", "loop", "messages", "memory"]
KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        "loop": "plain loop",
        "start": "process start",
        "threads": "threads",
        "interpreters": "interpreters",
        "pools": "pools and maps",
        "messages": "messages",
        "memory": "memory",
    }
)
"""Kind, as it is typed -> in words."""
_MOST_KEPT = 2**14
_TRIED = "trial"
"""The simulated law of patterns whose outcome counts, and not their time."""
_NO_LENGTH = "skew"
"""A part that may be next to nothing."""


@lru_cache(maxsize=_MOST_KEPT)
def kind_of(cell: Cell) -> Kind:
    """What a cell is about: memory, messages, or who does the work of it."""
    about, who = noise_class(cell), BACKENDS[cell.backend]
    if about == "memory" or unit_of(cell) == "byte":
        return "memory"
    if about == "message":
        return "messages"
    if who.kind == "thread":
        return "threads"
    if who.kind == "interpreter":
        return "interpreters"
    if about == "start" and not who.hands_out:
        return "start"
    return "loop" if who.kind == "loop" else "pools"


@lru_cache(maxsize=_MOST_KEPT)
def is_paced(cell: Cell) -> bool:
    """Whether the pace of the machine moves it: work takes longer on a slow one, a size is no larger, and a sleep as long.

    A server's answer waits for work of the server: in stored runs of two machines it follows the pace, as sleep does not.
    """
    return unit_of(cell) != "byte" and cell.kernel != SLEEP.name


def is_plain_loop(cell: Cell) -> bool:
    """Whether the tasks are done one after the other."""
    return cell.pattern == "map" and BACKENDS[cell.backend].kind == "loop"


def per_task(cell: Cell) -> Cell:
    """A plain loop whatever its number of tasks, which depends on the CPUs."""
    return replace(cell, tasks=1)


@lru_cache(maxsize=_MOST_KEPT)
def can_be_compared(cell: Cell) -> bool:
    """Whether its time speaks of itself: no second arm of an A/A pair, no outcome, no part that is next to nothing."""
    return not cell.label and PATTERNS[cell.pattern].law != _TRIED and cell.part != _NO_LENGTH
