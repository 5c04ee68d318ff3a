"""Labels that keep apart: beside each other at the ends of lines, or about a point where there is room."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.draw.lettering import LINE, Box, box_of, first_baseline, height_of, widest
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.draw.canvas import Layer
    from study.draw.lettering import Anchor

_GAP = 3.0
_STEP, _NEAR = 9.0, 2.5
"""From one box of a line to the next, and how far it reaches about the line."""
_DISTANCES = (9.0, 18.0, 30.0, 44.0, 60.0, 80.0, 104.0, 132.0)
_SEEN_FROM = 12.0
"""A label that stands farther from its place than this has a line to it."""


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of labels of these heights: as near as can be to where they are wanted, from `low` to `high`, none over another.

    Where there is too little room for all, they go beyond `low`.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    middles = [0.0] * len(wanted)
    free = low
    for index in order:
        middles[index] = max(wanted[index], free + heights[index] / 2)
        free = middles[index] + heights[index] / 2 + _GAP
    ceiling = high
    for index in reversed(order):
        middles[index] = min(middles[index], ceiling - heights[index] / 2)
        ceiling = middles[index] - heights[index] / 2 - _GAP
    return middles


def stacked(
    wanted: Sequence[tuple[Sequence[str], float]], low: float, high: float, size: float, *, bold: bool = False
) -> list[tuple[float, int]]:
    """Of each text, in lines and with the place that it is wanted at, its middle and its row: no two of a row touch."""
    free: list[float] = []
    placed = [(0.0, 0)] * len(wanted)
    for index in sorted(range(len(wanted)), key=lambda number: wanted[number][1]):
        lines, at = wanted[index]
        half = widest(lines, size, bold=bold) / 2
        middle = max(min(at, high - half), low + half)
        row = next((number for number, begin in enumerate(free) if middle - half >= begin), len(free))
        if row == len(free):
            free.append(low)
        free[row] = middle + half + 2 * _GAP
        placed[index] = (middle, row)
    return placed


def row_tops(
    wanted: Sequence[tuple[Sequence[str], float]], placed: Sequence[tuple[float, int]], size: float
) -> list[float]:
    """Where each row of what is `stacked` begins, from 0 on, and where the last one ends."""
    tops = [0.0]
    for row in range(1 + max((row for _, row in placed), default=-1)):
        own = [lines for (lines, _), (_, number) in zip(wanted, placed, strict=True) if number == row]
        tops.append(tops[-1] + max(height_of(lines, size) for lines in own) + _GAP)
    return tops


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLabel:
    """What stands at the end of a line: its name, what is said below it, the place they belong to, and their colour."""

    name: tuple[str, ...]
    at: tuple[float, float]
    colour: str
    said: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it."""
        return self.name + self.said


def name_ends(layer: Layer, labels: Sequence[EndLabel], *, x: float, low: float, high: float) -> None:
    """Names in a column at `x`, each at the height of the end it belongs to or, moved, with a line from there."""
    heights = [height_of(label.lines, TICK) for label in labels]
    middles = spread([label.at[1] for label in labels], heights, low, high)
    for label, middle in zip(labels, middles, strict=True):
        group = layer.layer("name", (" ".join(label.name),))
        if x - label.at[0] > _SEEN_FROM or abs(middle - label.at[1]) > _GAP:
            group.line(label.at[0] + 5, label.at[1], x - 4, middle, stroke=label.colour)
        baseline = first_baseline(label.lines, middle, TICK)
        group.text(label.name, x, baseline, fill=label.colour, bold=True)
        if label.said:
            group.text(label.said, x, baseline + len(label.name) * LINE * TICK, fill="third")


def set_about(  # noqa: PLR0913 - all of it is said by name
    layer: Layer, lines: Sequence[str], at: tuple[float, float], *, room: Box, fill: str, size: float = TICK,
    bold: bool = False, avoid: Iterable[Box] = (), radius: float = 0.0,
) -> Box:  # fmt: skip
    """Words about a place: at the nearest side where they touch no other words and nothing of `avoid`, inside `room`.

    Where there is none, they lie over as little as can be, on a ground of the page.
    """
    written, marks = list(layer.sheet.boxes), list(avoid)
    sides = list(_sides(lines, at, size, radius, bold=bold))
    inside = [side for side in sides if _holds(room, side.box)]
    free = _first_free(inside, [*written, *marks])
    chosen = free or _least_hidden(inside or sides, written, marks)
    if chosen.distance > _SEEN_FROM:
        layer.line(*at, *_nearest(chosen.box, at), stroke=fill)
    if free is None:
        layer.patch(chosen.box)
    return layer.text(lines, chosen.x, chosen.baseline, size=size, fill=fill, anchor=chosen.anchor, bold=bold)


def has_room_about(
    layer: Layer, lines: Sequence[str], at: tuple[float, float], *, room: Box, avoid: Iterable[Box] = (),
    within: float = _DISTANCES[-1], bold: bool = False,
) -> bool:  # fmt: skip
    """Whether words `set_about` a place would lie over nothing, that near."""
    sides = _sides(lines, at, TICK, 0.0, bold=bold)
    inside = [side for side in sides if side.distance <= within and _holds(room, side.box)]
    return _first_free(inside, [*layer.sheet.boxes, *avoid]) is not None


def rooms_along(places: Sequence[tuple[float, float]]) -> list[Box]:
    """The room that a line takes from place to place, as small boxes one behind the other: for words to keep off it."""
    rooms = []
    for (left, top), (right, low) in itertools.pairwise(places):
        many = max(1, math.ceil(math.dist((left, top), (right, low)) / _STEP))
        for number in range(many + 1):
            x, y = left + (right - left) * number / many, top + (low - top) * number / many
            rooms.append(Box(x - _NEAR, y - _NEAR, x + _NEAR, y + _NEAR))
    return rooms


@dataclass(frozen=True, slots=True)
class _Side:
    """Where words may stand about a place."""

    x: float
    baseline: float
    anchor: Anchor
    distance: float
    box: Box


def _sides(lines: Sequence[str], at: tuple[float, float], size: float, radius: float, *, bold: bool) -> Iterator[_Side]:
    """Every side at every distance, the nearest first."""
    directions: tuple[tuple[float, float, Anchor], ...] = (
        (1, 0, "start"), (-1, 0, "end"), (0, -1, "middle"), (0, 1, "middle"),
        (0.7, -0.7, "start"), (-0.7, -0.7, "end"), (0.7, 0.7, "start"), (-0.7, 0.7, "end"),
    )  # fmt: skip
    half = height_of(lines, size) / 2
    for distance, (right, down, anchor) in itertools.product(_DISTANCES, directions):
        away = distance + radius
        x = at[0] + right * away
        middle = at[1] + down * (away + half)
        baseline = first_baseline(lines, middle, size)
        yield _Side(x, baseline, anchor, distance, box_of(lines, x, baseline, size, anchor, bold=bold))


def _first_free(sides: Iterable[_Side], taken: Sequence[Box]) -> _Side | None:
    return next((side for side in sides if not any(side.box.meets(other, 1.0) for other in taken)), None)


def _holds(room: Box, box: Box) -> bool:
    return room.left <= box.left and room.top <= box.top and box.right <= room.right and box.bottom <= room.bottom


def _least_hidden(sides: Sequence[_Side], written: Sequence[Box], marks: Sequence[Box]) -> _Side:
    """Where no side is free: over marks rather than over words, and over as few as can be."""

    def hidden(side: _Side) -> tuple[int, int]:
        return sum(side.box.meets(box) for box in written), sum(side.box.meets(box) for box in marks)

    return min(sides, key=hidden)


def _nearest(box: Box, at: tuple[float, float]) -> tuple[float, float]:
    """The place of the edge of a box that is nearest to another."""
    return min(max(at[0], box.left), box.right), min(max(at[1], box.top), box.bottom)
