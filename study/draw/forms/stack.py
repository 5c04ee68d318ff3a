"""Stack: parts of a whole side by side, labelled inside, the whole in bold at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.draw.axes import draw_x, fitting_ticks, from_zero
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    height_beside,
    in_words,
    interval_of,
    is_narrow,
    known,
    known_ends,
    name_above,
    name_beside,
    number_of,
    room_for_names,
    tip_of,
    write_on,
)
from study.draw.labels import row_tops, stacked
from study.draw.lettering import widest, wrapped
from study.draw.tokens import TICK, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.draw.axes import Scale
    from study.draw.canvas import Layer
    from study.forms import Part, Pile, Stack

_BAR, _THIN = 24.0, 18.0
_AIR, _WIDE_AIR = 12.0, 20.0
_BEFORE_INTERVAL = 5.0
_NAMES = 0.42
"""How much of the width names take at most: bars that nobody measures by eye may be shorter, names in two lines may not."""
_PALE = (0.25, 0.45)
"""How strong the colour of one part after the other is; that of the last is full."""


def sheet_of(stack: Stack, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    piles = [pile for pile in stack.piles if pile.whole.point is not None]
    axes = sheet.layer("axes")
    below = axes.layer()
    left = room_for_names([pile.name for pile in piles], width, words=[pile.words for pile in piles], most=_NAMES)
    beside = 0.0 if is_narrow(width) else 8 + max(map(_room_of_whole, piles), default=0.0)
    ends = [value for pile in piles for value in (_end(pile), pile.whole.point, _farthest(pile))]
    scale = from_zero(ends, left, width - max(beside, 2.0))
    y = 4.0
    for pile in piles:
        y = _draw_pile(axes, pile, scale, y)
    unit = piles[0].whole.unit
    ticks = {scale.at(value): label for value, label in fitting_ticks(scale, unit).items()}
    sheet.height = draw_x(below, ticks, top=0.0, bottom=y, ends=(0.0, width)) + 4
    return sheet


def alternative(stack: Stack) -> str:
    """The picture in words."""
    return in_words(stack.title, [(f"{pile.name} as a whole", pile.whole) for pile in stack.piles])


def _interval(pile: Pile) -> str:
    """Of a whole without parts; a bar with parts has no room for it."""
    return "" if pile.parts else interval_of(pile.whole)


def _room_of_whole(pile: Pile) -> float:
    """How wide the number of a whole is, and its interval."""
    interval = _interval(pile)
    return widest([number_of(pile.whole)], VALUE, bold=True) + (
        _BEFORE_INTERVAL + widest([interval], TICK) if interval else 0.0
    )


def _end(pile: Pile) -> float:
    """Where the last part ends."""
    return sum(known(part.size) or 0.0 for part in pile.parts)


def _farthest(pile: Pile) -> float | None:
    """Where the interval of a whole without parts ends, which has a line of its own."""
    return None if pile.parts else pile.whole.high


def _high(pile: Pile) -> float:
    return _BAR if pile.parts else _THIN


def _full(part: Part) -> str:
    return f"{part.label} {number_of(part.size)}"


def _places(pile: Pile, scale: Scale) -> Iterator[tuple[Part, tuple[float, float]]]:
    """Every part that is known, with where it begins and ends."""
    begin = 0.0
    for part in pile.parts:
        size = known(part.size)
        if size is None:
            continue
        yield part, (scale.at(begin), scale.at(begin + size))
        begin += size


def _draw_pile(axes: Layer, pile: Pile, scale: Scale, y: float) -> float:
    """A bar and its words: every part has its name and its number once, on it or, where there is no room, below."""
    width, token = axes.sheet.width, pile.look.token
    whole = number_of(pile.whole)
    top = y + (0.0 if is_narrow(width) else max(0.0, (_beside(pile, scale) - _high(pile)) / 2))
    if is_narrow(width):
        interval = _interval(pile)
        axes.text(interval, width, y + 15, fill="third", anchor="end")
        room = _BEFORE_INTERVAL + widest([interval], TICK) if interval else 0.0
        top = name_above(axes, pile.name, y=y, width=width - room, fill=token, words=pile.words, value=whole)
    middle = top + _high(pile) / 2
    outside: list[tuple[tuple[str, ...], float]] = []
    last = scale.start
    axes.rect(
        last, top, scale.at(_end(pile)) - last, _high(pile), fill="page"
    )  # a pale part lets no line of the axis through
    for part, ends in _places(pile, scale):
        place = pile.parts.index(part)
        shade = 1.0 if place + 1 == len(pile.parts) else _PALE[place % len(_PALE)]
        if not _draw_part(axes, pile, part, ends, top, shade):
            outside.append((wrapped(_full(part), width - scale.start, TICK), sum(ends) / 2))
        last = ends[1]
    end = _draw_whole(axes, pile, scale, top)
    low = _write_below(axes, outside, scale, top + _high(pile) + (4 if pile.parts else 0))
    if not is_narrow(width):
        name_beside(axes, pile.name, right=scale.start - 12, middle=middle, fill=token, words=pile.words)
        written = axes.text(whole, max(end, last) + 8, middle, size=VALUE, bold=True, middle=True)
        axes.text(_interval(pile), written.right + _BEFORE_INTERVAL, middle, fill="third", middle=True)
        low = max(low, middle + _beside(pile, scale) / 2)
    return low + (_AIR if pile.parts else _WIDE_AIR)


def _beside(pile: Pile, scale: Scale) -> float:
    """How high the name left of a bar is."""
    return height_beside(pile.name, scale.start - 12, pile.words)


def _draw_part(axes: Layer, pile: Pile, part: Part, ends: tuple[float, float], top: float, shade: float) -> bool:
    """One part; whether what has to be said of it had room on it."""
    names = (pile.name, part.label)
    mark = axes.layer("part", names, tip_of(names, part.size))
    mark.rect(ends[0], top, max(ends[1] - ends[0] - 1.0, 0.8), _BAR, fill=pile.look.token, opacity=shade, radius=1.5)
    on = "page" if shade == 1.0 else "ink"
    return write_on(axes, _full(part), left=ends[0], right=ends[1], middle=top + _BAR / 2, fill=on)


def _draw_whole(axes: Layer, pile: Pile, scale: Scale, top: float) -> float:
    """A bar with its interval where there are no parts, else a line at the end of the whole; how far that reaches."""
    end = scale.at(pile.whole.point or 0.0)
    mark = axes.layer("whole", (pile.name,), tip_of((pile.name, "the whole"), pile.whole))
    if pile.parts:
        mark.line(end, top - 2, end, top + _BAR + 2, stroke=pile.look.token, width=1.5)
    else:
        mark.rect(scale.start, top, max(end - scale.start, 0.8), _THIN, fill=pile.look.token, radius=1.5)
        low, high = known_ends(pile.whole)
        if low is not None and high is not None:
            middle = top + _THIN / 2
            mark.line(scale.at(low), middle, end, middle, stroke="page", width=1.5)
            mark.line(end, middle, scale.at(high), middle, stroke=pile.look.token, width=1.5)
            end = max(end, scale.at(high))
    return end


def _write_below(axes: Layer, outside: list[tuple[tuple[str, ...], float]], scale: Scale, y: float) -> float:
    """Words of parts that had no room, below them, in as many rows as they need; where the last ends."""
    if not outside:
        return y
    placed = stacked(outside, scale.start, axes.sheet.width, TICK)
    tops = row_tops(outside, placed, TICK)
    for (lines, at), (middle, row) in zip(outside, placed, strict=True):
        baseline = y + tops[row] + 0.78 * TICK
        axes.line(at, y - 4, at, y, stroke="third")
        axes.text(lines, middle, baseline, fill="third", anchor="middle")
    return y + tops[-1]
