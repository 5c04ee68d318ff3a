"""Ring: a factor of thousands; the smaller one at its true size, ringed, because it cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.draw.axes import draw_x, fitting_ticks, from_zero
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    height_beside,
    in_words,
    is_narrow,
    name_above,
    name_beside,
    number_of,
    room_for_names,
    tip_of,
)
from study.draw.lettering import height_of, widest, wrapped
from study.draw.tokens import TICK, VALUE

if TYPE_CHECKING:
    from study.draw.axes import Scale
    from study.draw.canvas import Layer
    from study.forms import Pile, Ring

_BAR, _RADIUS, _AIR = 24.0, 9.0, 12.0
_SEEN = 1.0
"""What is narrower than this, in pixels, cannot be seen."""


def sheet_of(ring: Ring, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    below = axes.layer()
    both = (ring.small, ring.large)
    left = _RADIUS + 1 + room_for_names([pile.name for pile in both], width, words=[pile.words for pile in both])
    beside = 0.0 if is_narrow(width) else 8 + widest([number_of(pile.whole) for pile in both], VALUE, bold=True)
    scale = from_zero([pile.whole.point for pile in both], left, width - max(beside, 2.0))
    y = _draw_small(axes, ring.small, scale, 4.0)
    y = _draw_large(axes, ring.large, scale, y)
    ticks = {scale.at(value): label for value, label in fitting_ticks(scale, ring.large.whole.unit).items()}
    sheet.height = draw_x(below, ticks, top=y - _BAR - _AIR, bottom=y, ends=(0.0, width)) + 4
    return sheet


def alternative(ring: Ring) -> str:
    """The picture in words."""
    return in_words(ring.title, [(pile.name, pile.whole) for pile in (ring.small, ring.large)])


def _draw_small(axes: Layer, pile: Pile, scale: Scale, y: float) -> float:
    width, token = axes.sheet.width, pile.look.token
    wide = scale.at(pile.whole.point or 0.0) - scale.start
    if is_narrow(width):
        y = name_above(axes, pile.name, y=y, width=width, fill=token, words=pile.words)
    x = scale.start + max(wide, _RADIUS) + _AIR
    number, sentence = number_of(pile.whole), wrapped(_sentence(wide), width - x, TICK)
    high = max(2 * _RADIUS, VALUE * 1.3 + height_of(sentence, TICK), _beside(pile, scale, width)) + 4
    middle = y + high / 2
    mark = axes.layer("ringed", (pile.name,), tip_of((pile.name,), pile.whole))
    mark.rect(scale.start, middle - _BAR / 4, wide, _BAR / 2, fill=token)
    mark.ring(scale.start + wide / 2, middle, max(_RADIUS, wide / 2 + 3), stroke="no")
    top = middle - (VALUE * 1.3 + height_of(sentence, TICK)) / 2
    axes.text(number, x, top + VALUE * 0.8, size=VALUE, bold=True)
    axes.text(sentence, x, top + VALUE * 1.3 + 0.78 * TICK, fill="third")
    if not is_narrow(width):
        name_beside(axes, pile.name, right=scale.start - _RADIUS - 12, middle=middle, fill=token, words=pile.words)
    return y + high + _AIR


def _beside(pile: Pile, scale: Scale, width: float) -> float:
    return 0.0 if is_narrow(width) else height_beside(pile.name, scale.start - _RADIUS - 12, pile.words)


def _sentence(wide: float) -> str:
    """Why there is a ring."""
    if wide >= _SEEN:
        return f"At this scale it is {units.plain(round(wide, 1))} pixels wide, inside the ring."
    return f"At this scale it is {wide:.2g} pixels wide. The ring marks where it would be."


def _draw_large(axes: Layer, pile: Pile, scale: Scale, y: float) -> float:
    width, token = axes.sheet.width, pile.look.token
    whole = number_of(pile.whole)
    if is_narrow(width):
        y = name_above(axes, pile.name, y=y, width=width, fill=token, words=pile.words, value=whole)
    high = max(_BAR, _beside(pile, scale, width))
    middle = y + high / 2
    end = scale.at(pile.whole.point or 0.0)
    mark = axes.layer("whole", (pile.name,), tip_of((pile.name,), pile.whole))
    mark.rect(scale.start, middle - _BAR / 2, end - scale.start, _BAR, fill=token, radius=1.5)
    if not is_narrow(width):
        name_beside(axes, pile.name, right=scale.start - _RADIUS - 12, middle=middle, fill=token, words=pile.words)
        axes.text(whole, end + 8, middle, size=VALUE, bold=True, middle=True)
    return y + high + _AIR
