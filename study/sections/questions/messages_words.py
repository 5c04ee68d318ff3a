"""What a reader is told of messages: a short one, a large one, and where a little more costs much more."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from study.names import size_name
from study.sections.said import beside, cost, sentences
from study.sections.ways import METHODS
from study.things.backends import PROCESSES
from study.units import multiple, ratio

if TYPE_CHECKING:
    from study.evidence import CellData, Evidence

_AT_MOST = 2.5
"""Times as many bytes: two sizes that lie so near to each other."""
_STEP = 1.2
"""Times what the bytes alone would cost: so much more is a step."""


def answer(evidence: Evidence) -> str:
    """One way through a pipe: the smallest and the largest message."""
    course = _course(evidence)
    if len(course) < 2:
        return ""
    small, large = course[0], course[-1]
    return (
        f"A message of {size_name(small.cell.payload_bytes)} takes {cost(small, per=2)} one way through a pipe, one of"
        f" {size_name(large.cell.payload_bytes)} {cost(large, per=2)}"
    )


def _course(evidence: Evidence) -> list[CellData]:
    """Round trips of bytes between processes through two pipes, by size."""
    cells = evidence.find(
        "ping_pong", backend=PROCESSES.name, start_method=METHODS, payload_bytes=lambda sent: sent > 0
    )
    return sorted(cells, key=lambda data: data.cell.payload_bytes)


def lede(evidence: Evidence) -> str:
    """The two sizes near each other of which the larger costs most beside what its bytes would."""
    near = [
        (less, more)
        for less, more in pairwise(_course(evidence))
        if more.cell.payload_bytes <= _AT_MOST * less.cell.payload_bytes
    ]
    if not near:
        return ""
    less, more = max(near, key=lambda pair: _beyond(*pair))
    found = beside(evidence, more, less)
    if found.longer != "supported" or _beyond(less, more) < _STEP:
        return ""
    return sentences(
        (
            (
                f"from {size_name(less.cell.payload_bytes)} to {size_name(more.cell.payload_bytes)} there is a step:"
                f" {multiple(found.ratio)} the time for {ratio(_bytes(less, more), 2)} as many bytes"
            ),
        )
    )


def _beyond(less: CellData, more: CellData) -> float:
    """How many times the time grows beside the bytes."""
    return float(more.means.mean() / less.means.mean()) * less.cell.payload_bytes / more.cell.payload_bytes


def _bytes(less: CellData, more: CellData) -> float:
    """How many times as many bytes."""
    return more.cell.payload_bytes / less.cell.payload_bytes
