"""What figures for a wall do alike: large letters, the title and what the numbers are inside the picture, an axis below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from study.draw.axes import ticks_of
from study.draw.forms.frame import is_narrow
from study.draw.lettering import LINE, height_of, text_width, wrapped
from study.draw.tokens import LABEL, TICK, VALUE, WALL_LABEL, WALL_TICK, WALL_TITLE, WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.draw.axes import Scale
    from study.draw.canvas import Layer, Sheet
    from study.forms import WallBars, WallLines

MODEL = "Model, not measured"
"""How a picture begins of which what is drawn is a model's."""
_MOST_TICKS, _FEWEST_TICKS = 6, 3
_ABOVE_BASELINE = 0.78
_FIRST = 0.98
"""Where the first line stands below the upper edge, in its letters: a browser gives letters more room than they fill."""


class Letters(NamedTuple):
    """How high the letters of a picture are, in pixels."""

    title: float
    label: float
    tick: float


def letters_of(width: float) -> Letters:
    """As large as a wall needs them, in proportion to the width; on a telephone as those of any figure, never smaller."""
    if is_narrow(width):
        return Letters(VALUE, LABEL, TICK)
    part = min(width / WHOLE, 1.0)
    return Letters(max(VALUE, part * WALL_TITLE), max(LABEL, part * WALL_LABEL), max(TICK, part * WALL_TICK))


def draw_head(sheet: Sheet, wall: WallBars | WallLines, letters: Letters) -> float:
    """The title, and below it what the numbers are, a model's on a ground of warning; where the picture may begin."""
    title = wrapped(wall.title, sheet.width, letters.title, bold=True)
    sheet.text(title, 0, _FIRST * letters.title, size=letters.title, bold=True)
    top = (_FIRST - _ABOVE_BASELINE) * letters.title + height_of(title, letters.title) + 0.5 * letters.tick
    said = f"{MODEL}: {wall.source}" if wall.modelled else f"Measured: {wall.source}"
    room = sheet.width - 0.8 * letters.tick
    lines = wrapped(said, room, letters.tick)
    high = height_of(lines, letters.tick)
    mark = sheet.layer("source", ("model" if wall.modelled else "measured",))
    pad = 0.25 * letters.tick
    if wall.modelled:
        mark.rect(0, top - pad, sheet.width, high + 2 * pad, fill="warn-tint", radius=3.0)
    x = 0.4 * letters.tick if wall.modelled else 0.0
    ink = "warn" if wall.modelled else "second"
    sheet.text(lines, x, top + _ABOVE_BASELINE * letters.tick, size=letters.tick, fill=ink)
    return top + high + 2 * pad + 0.5 * letters.tick


def fitting(scale: Scale, unit: str, size: float) -> Mapping[float, str]:
    """Place -> label of as many ticks of a lying scale as have room for letters of this size; never fewer than three."""
    found: dict[float, str] = {}
    for most in range(_MOST_TICKS, _FEWEST_TICKS - 1, -1):
        found = {scale.at(value): label for value, label in ticks_of(scale, unit, most=most).items()}
        if _have_room(found, size):
            return found
    places = list(found)
    return {place: found[place] for place in (places[0], places[(len(places) - 1) // 2], places[-1])}


def _have_room(ticks: Mapping[float, str], size: float) -> bool:
    free = -math.inf
    for place, label in ticks.items():
        half = text_width(label, size) / 2
        if place - half < free:
            return False
        free = place + half + 0.8 * size
    return True


def draw_below(
    layer: Layer, ticks: Mapping[float, str], title: str, *, top: float, bottom: float, ends: tuple[float, float],
    size: float,
) -> float:  # fmt: skip
    """A lying axis with a hair line upwards from each tick, and its title; how far down it reaches."""
    axis = layer.layer()
    baseline = bottom + 1.3 * size
    for place, label in ticks.items():
        tick = axis.layer("xtick")
        tick.line(place, bottom, place, top, stroke="hair")
        half = text_width(label, size) / 2
        inside = max(min(place, ends[1] - half), ends[0] + half)
        tick.text(label, inside, baseline, size=size, fill="third", anchor="middle")
    if not title:
        return baseline + 0.4 * size
    lines = wrapped(title, ends[1] - ends[0], size)
    first = baseline + LINE * size
    axis.text(lines, (ends[0] + ends[1]) / 2, first, size=size, fill="third", anchor="middle")
    return first - _ABOVE_BASELINE * size + height_of(lines, size) + 0.2 * size
