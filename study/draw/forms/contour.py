"""Where a number on a grid passes a level: pieces of the line, found square by square."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[float, float]
_Corner = tuple[float, float, float]


def contour(
    xs: Sequence[float], ys: Sequence[float], values: Sequence[Sequence[float | None]], level: float
) -> list[tuple[Place, Place]]:
    """Pieces of the line along which the numbers are `level`; `xs` and `ys` are places, a row of values for each y.

    Between two places a number is taken to grow by equal factors. Where a corner is not known there is no line.
    """
    pieces: list[tuple[Place, Place]] = []
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            crossed = list(_crossed(_corners(xs, ys, values, row, column), level))
            pieces += [(crossed[index], crossed[index + 1]) for index in range(0, len(crossed) - 1, 2)]
    return pieces


def _corners(
    xs: Sequence[float], ys: Sequence[float], values: Sequence[Sequence[float | None]], row: int, column: int
) -> list[_Corner]:
    """The corners of a square, once around; none where one of them is not known."""
    around = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
    corners = [(xs[right], ys[down], values[down][right]) for down, right in around]
    return [(x, y, value) for x, y, value in corners if value is not None] if _whole(corners) else []


def _whole(corners: Sequence[tuple[float, float, float | None]]) -> bool:
    return all(value is not None for _, _, value in corners)


def _crossed(corners: Sequence[_Corner], level: float) -> Iterator[Place]:
    """The places on the sides of a square where the level is passed."""
    for (x1, y1, first), (x2, y2, second) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if (first >= level) != (second >= level):
            share = _share(first, second, level)
            yield x1 + share * (x2 - x1), y1 + share * (y2 - y1)


def _share(first: float, second: float, level: float) -> float:
    """How far from the first to the second number the level lies."""
    if min(first, second, level) > 0.0:
        return math.log(level / first) / math.log(second / first)
    return (level - first) / (second - first)
