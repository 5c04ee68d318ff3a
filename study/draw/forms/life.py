"""Life: where time goes in one act, parent and child below each other, to scale; the smallest enlarged by a said factor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, fitting_ticks
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    height_beside,
    in_words,
    interval_of,
    is_narrow,
    known,
    name_above,
    name_beside,
    number_of,
    room_for_names,
    tip_of,
    write_on,
)
from study.draw.lettering import LINE, fits, height_of, widest, wrapped
from study.draw.tokens import TICK, VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.draw.canvas import Layer
    from study.forms import Act, Lane, Life, Stretch

_LANE, _BETWEEN = 16.0, 3.0
_AIR, _BRIEF_AIR = 10.0, 5.0
_MAGNIFIER, _NARROW_MAGNIFIER = 30.0, 52.0
_BRIEF_MAGNIFIER, _NARROW_BRIEF_MAGNIFIER = 28.0, 24.0
_ABOVE_WORDS, _MOST_SHARE = 7.0, 0.75
"""Around the words of a magnifier; and how far along its edge they reach at most, or it would have no height that helps."""
_BEFORE_INTERVAL = 5.0
_SEEN_FROM = 1 / 8
"""An act that takes less than this part of the axis is enlarged below."""
_FACTORS = tuple(round(step * 10**power) for power in range(5) for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8))[2:]
_MOST_LEVELS, _MOST_BRIEF_LEVELS = 3, 2


@dataclass(frozen=True, slots=True)
class _Level:
    """Acts on one axis, which ends at `end_s`: so many times enlarged against the one above; a brief one has no words."""

    acts: tuple[Act, ...]
    end_s: float
    factor: int
    brief: bool

    @property
    def air(self) -> float:
        """Between its acts, and below its axis."""
        return _BRIEF_AIR if self.brief else _AIR


def sheet_of(life: Life, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    acts = tuple(_shown(act, life) for act in life.acts if act.whole.point is not None)
    left = room_for_names([act.name for act in acts], width)
    beside = 0.0 if is_narrow(width) else 8 + max((_room_of_whole(act, brief=life.brief) for act in acts), default=0.0)
    right = width - max(beside, 2.0)
    levels = _levels(acts, brief=life.brief)
    y = 0.0
    above: Scale | None = None
    for number, level in enumerate(levels):
        scale = Scale(low=0.0, high=level.end_s, start=left, end=right)
        if above is not None:
            y = _draw_magnifier(sheet, level, above, scale, y, again=number > 1)
        further = levels[number + 1].acts if number + 1 < len(levels) else ()
        y = _draw_level(sheet, level, scale, y, further)
        above = scale
    sheet.height = y
    return sheet


def _room_of_whole(act: Act, *, brief: bool) -> float:
    """How wide the number of an act is, and its interval where there is no room for it in words."""
    return widest([number_of(act.whole)], VALUE, bold=True) + (_room_of_interval(act) if brief else 0.0)


def _room_of_interval(act: Act) -> float:
    interval = interval_of(act.whole)
    return _BEFORE_INTERVAL + widest([interval], TICK) if interval else 0.0


def alternative(life: Life) -> str:
    """The picture in words."""
    return in_words(life.title, [(f"{act.name} as a whole", act.whole) for act in life.acts])


def _shown(act: Act, life: Life) -> Act:
    return replace(act, lanes=act.lanes[-1:]) if life.brief else act


def _levels(acts: tuple[Act, ...], *, brief: bool) -> list[_Level]:
    """All acts; then those that are too small to be read, enlarged, and again."""
    levels = [_Level(acts, max(_whole(act) for act in acts) or 1.0, 1, brief)]
    while len(levels) < (_MOST_BRIEF_LEVELS if brief else _MOST_LEVELS):
        end_s = levels[-1].end_s
        small = tuple(act for act in levels[-1].acts if _whole(act) <= _SEEN_FROM * end_s)
        if not small:
            break
        longest = max(_whole(act) for act in small)
        factor = max(factor for factor in _FACTORS if factor == _FACTORS[0] or end_s / factor >= longest)
        levels.append(_Level(small, end_s / factor, factor, brief))
    return levels


def _whole(act: Act) -> float:
    return act.whole.point or 0.0


def _draw_magnifier(sheet: Sheet, level: _Level, above: Scale, scale: Scale, y: float, *, again: bool) -> float:
    """Which part of the axis above is drawn below, and how many times as wide."""
    said = f"the first {units.seconds(level.end_s)}, {level.factor} times enlarged{' again' if again else ''}"
    if level.brief:
        said = f"first {units.seconds(level.end_s)}, {level.factor}×"
    lines = wrapped(said, scale.end - scale.start - 16, TICK)
    brief = _NARROW_BRIEF_MAGNIFIER if is_narrow(sheet.width) else _BRIEF_MAGNIFIER
    one = brief if level.brief else _NARROW_MAGNIFIER if is_narrow(sheet.width) else _MAGNIFIER
    begins = above.at(level.end_s)
    high = max(one + TICK * LINE * (len(lines) - 1), _below_the_line(lines, scale, begins))
    mark = sheet.layer("magnifier", (str(level.factor),))
    corners = [(scale.start, y), (begins, y), (scale.end, y + high), (scale.start, y + high)]
    mark.path(corners, fill="warn-tint", closed=True)
    mark.line(begins, y, scale.end, y + high, stroke="warn", width=0.8)
    first = y + high - (5 if level.brief else 8) - TICK * LINE * (len(lines) - 1)
    mark.text(lines, scale.start + 8, first, fill="warn")
    return y + high + level.air


def _below_the_line(lines: Sequence[str], scale: Scale, begins: float) -> float:
    """How high a magnifier is at least whose slanted edge, from where it begins to the end of the axis, runs above its words."""
    share = (scale.start + 8 + widest(lines, TICK) - begins) / max(scale.end - begins, 1.0)
    words = TICK * (1.0 + LINE * (len(lines) - 1)) + _ABOVE_WORDS
    return words / (1.0 - min(max(share, 0.0), _MOST_SHARE))


def _draw_level(sheet: Sheet, level: _Level, scale: Scale, y: float, further: Sequence[Act]) -> float:
    """Every act of a level and the axis below them; what is enlarged further has its words there."""
    axes = sheet.layer("axes")
    below = axes.layer()
    top = y
    for act in level.acts:
        labelled = not level.brief and act not in further
        y = _draw_act(axes, act, scale, y, labelled=labelled, brief=level.brief) + level.air
    ticks = {scale.at(value): label for value, label in fitting_ticks(scale, "s").items()}
    return draw_x(below, ticks, top=top, bottom=y, ends=(0.0, sheet.width)) + level.air


def _draw_act(axes: Layer, act: Act, scale: Scale, y: float, *, labelled: bool, brief: bool) -> float:
    width, token = axes.sheet.width, act.look.token
    whole, interval = number_of(act.whole), interval_of(act.whole) if brief else ""
    if is_narrow(width):
        axes.text(interval, width, y + 15, fill="third", anchor="end")
        room = _room_of_interval(act) if brief else 0.0
        y = name_above(axes, act.name, y=y, width=width - room, fill=token, value=whole)
    over = [_outside(act, lane, scale, width) if labelled else [] for lane in act.lanes[:1]]
    first = y + sum(_high(lines) for lines in over)
    high = len(act.lanes) * (_LANE + _BETWEEN) - _BETWEEN
    if not is_narrow(width):
        first = max(first, y + (height_beside(act.name, scale.start - 12) - high) / 2)
    low = first + high
    for number, lane in enumerate(act.lanes):
        _draw_lane(axes, act, lane, scale, first + number * (_LANE + _BETWEEN), labelled=labelled)
    for lane in act.lanes[:1]:
        _write_outside(axes, act, lane, scale, y, labelled=labelled)
    for lane in act.lanes[1:]:
        low = _write_outside(axes, act, lane, scale, low + 2, labelled=labelled)
    end = scale.at(_whole(act))
    mark = axes.layer("whole", (act.name,), tip_of((act.name, "the whole"), act.whole))
    mark.line(end, first - 1, end, first + high + 1, stroke=token, width=2.0)
    if not is_narrow(width):
        name_beside(axes, act.name, right=scale.start - 12, middle=first + high / 2, fill=token)
        said = axes.text(whole, end + 8, first + high / 2, size=VALUE, bold=True, middle=True)
        axes.text(interval, said.right + _BEFORE_INTERVAL, first + high / 2, fill="third", middle=True)
        low = max(low, first + high / 2 + height_beside(act.name, scale.start - 12) / 2)
    return low


def _ends(lane: Lane, scale: Scale) -> list[tuple[Stretch, float, float]]:
    """Every stretch of a lane that is known, with where it begins and ends."""
    found: list[tuple[Stretch, float, float]] = []
    begin = scale.start
    for stretch in lane.stretches:
        until = known(stretch.until)
        if until is not None:
            found.append((stretch, begin, scale.at(until)))
            begin = scale.at(until)
    return found


def _draw_lane(axes: Layer, act: Act, lane: Lane, scale: Scale, y: float, *, labelled: bool) -> None:
    token, middle = act.look.token, y + _LANE / 2
    for stretch, begin, end in _ends(lane, scale):
        names = (act.name, lane.who, stretch.label or stretch.doing)
        mark = axes.layer(stretch.doing.replace(" ", "-"), names, tip_of(names, stretch.until))
        if stretch.doing == "waits":
            mark.line(begin, middle, end, middle, stroke=token, width=1.5)
        else:
            fill = token if stretch.doing == "works" else axes.sheet.hatch(token)
            mark.rect(begin, y, max(end - begin, 1.0), _LANE, fill=fill, radius=1.5)
        if labelled:
            works, said = stretch.doing == "works", _said(act, stretch)
            fill, ground = ("page", 0.0) if works else (token, _LANE + 0.5)
            write_on(axes, said, left=begin, right=end, middle=middle, fill=fill, ground=ground)


def _said(act: Act, stretch: Stretch) -> str:
    """What a stretch is called, and when it ends, if that is not with the whole, which says it itself."""
    if not stretch.label or known(stretch.until) == known(act.whole):
        return stretch.label
    return f"{stretch.label}: {number_of(stretch.until)}"


def _outside(act: Act, lane: Lane, scale: Scale, width: float) -> list[tuple[tuple[str, ...], float, float]]:
    """What has no room on its stretch: its words in lines, and from where to where the stretch reaches."""
    return [
        (wrapped(_said(act, stretch), width - scale.start, TICK), begin, end)
        for stretch, begin, end in _ends(lane, scale)
        if stretch.label and not fits(_said(act, stretch), end - begin, TICK)
    ]


def _high(words: Sequence[tuple[tuple[str, ...], float, float]]) -> float:
    return sum(height_of(lines, TICK) + 3 for lines, _, _ in words)


def _write_outside(axes: Layer, act: Act, lane: Lane, scale: Scale, y: float, *, labelled: bool) -> float:
    """Words of a lane that have no room on it, below each other from `y` on: each as near to its stretch as it can."""
    width = axes.sheet.width
    for lines, begin, end in _outside(act, lane, scale, width) if labelled else ():
        wide = widest(lines, TICK)
        x = begin if begin + wide <= width else max(end - wide, scale.start)
        axes.text(lines, min(x, width - wide), y + 0.78 * TICK, fill=act.look.token)
        y += height_of(lines, TICK) + 3
    return y
