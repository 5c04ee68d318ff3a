"""Bars for a wall: a row each, its pieces to scale, what has no room on them below them, the number at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.draw.axes import Scale
from study.draw.canvas import Sheet
from study.draw.forms.frame import in_words, interval_of, is_narrow, known_ends, name_above, number_of, tip_of
from study.draw.forms.wall_frame import draw_below, draw_head, fitting, letters_of
from study.draw.lettering import first_baseline, fits, height_of, widest, wrapped

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.draw.forms.wall_frame import Letters
    from study.findings import Estimate
    from study.forms import Bar, Piece, WallBars

_BAR, _AIR = 1.3, 0.4
"""How high a bar is, and the room below it, in heights of a letter of a label."""
_NAMES = 0.3
"""How much of the width names take at most."""
_PALE = 0.35


@dataclass(frozen=True, slots=True)
class _Places:
    """Where bars begin and end, and how large letters are."""

    scale: Scale
    letters: Letters
    narrow: bool

    @property
    def high(self) -> float:
        """Of a bar."""
        return _BAR * self.letters.label

    @property
    def gap(self) -> float:
        """Between names, bars and numbers."""
        return 0.6 * self.letters.label


def sheet_of(wall: WallBars, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    letters = letters_of(width)
    top = draw_head(sheet, wall, letters)
    places = _places(wall, width, letters)
    axes = sheet.layer("axes")
    below = axes.layer()
    y, group = top, ""
    for bar in wall.bars:
        if bar.group != group:
            y = _draw_group(axes, bar.group, y, places)
            group = bar.group
        y = _draw_bar(axes, bar, y, places)
    ticks = fitting(places.scale, wall.x_unit, letters.tick)
    sheet.height = draw_below(
        below, ticks, wall.x_label, top=top, bottom=y, ends=(0.0, width), size=letters.tick
    )  # fmt: skip
    return sheet


def alternative(wall: WallBars) -> str:
    """The picture in words."""
    lead = "A model, in numbers" if wall.modelled else ""
    told = [(", ".join(filter(None, (bar.group, bar.name))), bar.whole) for bar in wall.bars if bar.whole is not None]
    return in_words(wall.title, told, lead)


def _places(wall: WallBars, width: float, letters: Letters) -> _Places:
    largest = max(
        (end for bar in wall.bars for end in (*(piece.end for piece in bar.pieces), _high_end(bar))), default=0.0
    )
    narrow = is_narrow(width)
    gap = 0.6 * letters.label
    names = widest([bar.name for bar in wall.bars], letters.label, bold=True)
    left = 0.0 if narrow else min(names, _NAMES * width) + gap
    beside = 0.0 if narrow else max((_beside(bar, letters) for bar in wall.bars), default=0.0)
    return _Places(Scale(low=0.0, high=largest or 1.0, start=left, end=width - max(beside, 2.0)), letters, narrow)


def _high_end(bar: Bar) -> float:
    """How far the interval of a bar of one piece reaches, which is drawn on it."""
    if len(bar.pieces) != 1 or bar.whole is None:
        return 0.0
    _, high = known_ends(bar.whole)
    on_axis = bar.whole.point is not None and math.isclose(bar.pieces[0].end, bar.whole.point)
    return high if high is not None and on_axis else 0.0


def _beside(bar: Bar, letters: Letters) -> float:
    """How wide the number at the end is, with its interval."""
    if bar.whole is None or bar.whole.point is None:
        return 0.0
    number = widest([number_of(bar.whole)], letters.label, bold=True)
    interval = interval_of(bar.whole)
    return 0.6 * letters.label + number + (0.4 * letters.label + widest([interval], letters.tick) if interval else 0.0)


def _draw_group(axes: Layer, group: str, y: float, places: _Places) -> float:
    letters = places.letters
    lines = wrapped(group, axes.sheet.width, letters.label, bold=True)
    axes.text(lines, 0, y + 0.95 * letters.label, size=letters.label, fill="second", bold=True)
    return y + height_of(lines, letters.label) + 0.5 * letters.label


def _draw_bar(axes: Layer, bar: Bar, y: float, places: _Places) -> float:
    """A row; where the next begins."""
    letters, scale, token = places.letters, places.scale, bar.look.token
    whole = "" if bar.whole is None or bar.whole.point is None else number_of(bar.whole)
    if places.narrow:
        y = name_above(axes, bar.name, y=y, width=axes.sheet.width, fill=token, value=whole)
    high = places.high
    if not places.narrow:
        lines = wrapped(bar.name, scale.start - places.gap, letters.label, bold=True)
        high = max(high, height_of(lines, letters.label))
        axes.text(
            lines, scale.start - places.gap, y + high / 2, size=letters.label, fill=token, anchor="end", bold=True,
            middle=True,
        )  # fmt: skip
    top = y + (high - places.high) / 2
    left_over = [said for piece in bar.pieces if (said := _draw_piece(axes, bar, piece, top, places))]
    end = max((scale.at(piece.end) for piece in bar.pieces), default=scale.start)
    end = max(end, _draw_interval(axes, bar, top + places.high / 2, scale))
    if whole and bar.whole is not None:
        names = (bar.group, bar.name, bar.said)
        mark = axes.layer("whole", names, tip_of(names, bar.whole))
        mark.line(end, top - 1, end, top + places.high + 1, stroke=token, width=2.0)
        if not places.narrow:
            _write_number(mark, bar.whole, end + places.gap, y + high / 2, letters)
    low = y + high
    if left_over:
        lines = wrapped(" · ".join(left_over), axes.sheet.width - scale.start, letters.tick)
        axes.text(lines, scale.start, low + letters.tick, size=letters.tick, fill="second")
        low += 0.22 * letters.tick + height_of(lines, letters.tick)
    return low + _AIR * letters.label


def _write_number(mark: Layer, whole: Estimate, x: float, middle: float, letters: Letters) -> None:
    said = mark.text(number_of(whole), x, middle, size=letters.label, bold=True, middle=True)
    interval = interval_of(whole)
    if interval:
        mark.text(interval, said.right + 0.4 * letters.label, middle, size=letters.tick, fill="third", middle=True)


def _full(piece: Piece) -> str:
    """What a piece is, and its number."""
    return piece.label if piece.size is None or piece.size.point is None else f"{piece.label} {number_of(piece.size)}"


def _draw_piece(axes: Layer, bar: Bar, piece: Piece, top: float, places: _Places) -> str:
    """A piece; what has to be said of it and has no room on it."""
    scale, size, token = places.scale, places.letters.tick, bar.look.token
    begin, end = scale.at(piece.begin), scale.at(piece.end)
    names = (bar.group, bar.name, piece.label or piece.doing)
    tip = "" if piece.size is None else tip_of(names, piece.size)
    mark = axes.layer(piece.doing.replace(" ", "-"), names, tip)
    middle = top + places.high / 2
    if piece.doing == "waits":
        mark.line(begin, middle, end, middle, stroke=token, width=2.0)
    else:
        fill = axes.sheet.hatch(token) if piece.doing == "not yet" else token
        if piece.pale:
            mark.rect(begin, top, max(end - begin - 1.0, 0.8), places.high, fill="page")
        opacity = _PALE if piece.pale else 1.0
        mark.rect(begin, top, max(end - begin - 1.0, 0.8), places.high, fill=fill, opacity=opacity, radius=2.0)
    said = _full(piece)
    if not piece.label:
        return ""
    if not fits(said, end - begin, size):
        return said
    baseline = first_baseline([said], middle, size)
    filled = piece.doing == "works"
    if not filled:
        half = widest([said], size) / 2 + 4.0
        mark.rect((begin + end) / 2 - half, top + 1, 2 * half, places.high - 2, fill="page")
    ink = token if not filled else "ink" if piece.pale else "page"
    mark.text(said, (begin + end) / 2, baseline, size=size, fill=ink, anchor="middle", inside=filled)
    return ""


def _draw_interval(axes: Layer, bar: Bar, middle: float, scale: Scale) -> float:
    """The interval on a bar of one piece that ends where its number says; how far right it reaches."""
    if not _high_end(bar) or bar.whole is None:
        return scale.start
    low, high = known_ends(bar.whole)
    if low is None or high is None:
        return scale.start
    end = scale.at(bar.pieces[0].end)
    mark = axes.layer("interval", (bar.group, bar.name, bar.said))
    mark.line(scale.at(low), middle, end, middle, stroke="page", width=2.5)
    mark.line(end, middle, scale.at(high), middle, stroke=bar.look.token, width=2.5)
    return scale.at(high)
