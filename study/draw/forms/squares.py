"""Squares: how many CPUs were busy of all: a square for each, filled by its share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study import units
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    GAP,
    height_beside,
    in_words,
    interval_of,
    is_narrow,
    known,
    name_above,
    number_of,
    tip_of,
)
from study.draw.lettering import LINE, first_baseline, height_of, widest, wrapped
from study.draw.tokens import LABEL, TICK, VALUE

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.forms import Filled, Squares

_LEAST = 10.0
_SIDE, _BETWEEN, _AIR = 28.0, 5.0, 16.0
_NAMES, _AGAINST = 0.2, 0.12
"""Parts of the width: for names on the left, and for the number against the loop on the right."""


def sheet_of(squares: Squares, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    rows = [row for row in squares.rows if row.busy.point is not None or row.busy.reason]
    left = 0.0 if is_narrow(width) else _NAMES * width
    right = min(width - _beside(squares, width), left + squares.cpus * (_SIDE + _BETWEEN) - _BETWEEN)
    y = _draw_heads(sheet, squares, left, right)
    for row in rows:
        y = _draw_row(sheet, row, squares.cpus, left, right, y)
    sheet.height = y
    return sheet


def alternative(squares: Squares) -> str:
    """The picture in words."""
    busy = [(f"{row.name}{', ' if row.words else ''}{row.words}", row.busy) for row in squares.rows]
    return in_words(squares.title, busy, f"CPUs busy, of {squares.cpus}")


def draw_squares(layer: Layer, busy: float, cpus: int, place: tuple[float, float], right: float, token: str) -> float:
    """Squares from `place` on, in as many rows as they need before `right`; how high they are."""
    side = _side(cpus, right - place[0])
    across = max(1, int((right - place[0] + _BETWEEN) // (side + _BETWEEN)))
    for number in range(cpus):
        x = place[0] + (number % across) * (side + _BETWEEN)
        y = place[1] + (number // across) * (side + _BETWEEN)
        layer.rect(x, y, side, side, fill="hair", radius=2.0)
        share = min(max(busy - number, 0.0), 1.0)
        if share > 0.0:
            layer.rect(x, y, share * side, side, fill=token, radius=2.0)
    return math.ceil(cpus / across) * (side + _BETWEEN) - _BETWEEN


def _side(cpus: int, room: float) -> float:
    """Squares are smaller where that puts all of them in one row."""
    alone = room / cpus - _BETWEEN
    return min(_SIDE, alone) if alone >= _LEAST else _LEAST


def _beside(squares: Squares, width: float) -> float:
    """Room right of the squares: for the number and, where it is told, for that against the loop."""
    busy = GAP + widest([_busy(row) for row in squares.rows], VALUE, bold=True)
    if is_narrow(width):
        return busy
    return busy + (max(_AGAINST * width, _widest_against(squares)) if _has_against(squares) else 0.0)


def _has_against(squares: Squares) -> bool:
    return any(known(row.against) is not None for row in squares.rows)


def _widest_against(squares: Squares) -> float:
    told = [row.against for row in squares.rows if row.against is not None]
    return 2 * GAP + max(
        widest([number_of(estimate) for estimate in told], VALUE, bold=True),
        widest([interval_of(estimate) for estimate in told], TICK),
    )


def _busy(row: Filled) -> str:
    return units.parts(row.busy)[0] if row.busy.point is not None else "–"


def _draw_heads(sheet: Sheet, squares: Squares, left: float, right: float) -> float:
    sheet.text(f"CPUs busy, of {squares.cpus}", left, 14, fill="third")
    if not is_narrow(sheet.width) and _has_against(squares):
        lines = wrapped("against the loop", sheet.width - right - GAP, TICK)
        sheet.text(lines, sheet.width, 14, fill="third", anchor="end")
        return 14 + TICK * LINE * len(lines)
    return 24.0


def _draw_row(sheet: Sheet, row: Filled, cpus: int, left: float, right: float, y: float) -> float:
    token, narrow = row.look.token, is_narrow(sheet.width)
    name_high = 0.0
    if narrow:
        y = name_above(sheet, row.name, y=y, width=sheet.width, fill=token, words=row.words)
    else:
        name_high = height_beside(row.name, left - GAP, row.words)
        lines = wrapped(row.name, left - GAP, LABEL, bold=True)
        sheet.text(lines, 0, y + 14, size=LABEL, fill=token, bold=True)
        if row.words:
            below = wrapped(row.words, left - GAP, TICK)
            sheet.text(below, 0, y + 14 + height_of(lines, LABEL) + 2, fill="third")
    high = _draw_busy(sheet, row, cpus, (left, y + 2), right)
    middle = y + 2 + high / 2
    sheet.text(_busy(row), right + GAP, middle, size=VALUE, bold=True, middle=True)
    low = y + 2 + max(high, name_high + 6)
    if row.against is not None and row.against.point is not None:
        low = max(low, _draw_against(sheet, row, y, low, left))
    return low + _AIR


def _draw_busy(sheet: Sheet, row: Filled, cpus: int, place: tuple[float, float], right: float) -> float:
    """The squares or, where nothing was measured, a dashed frame that says so; how high that is."""
    mark = sheet.layer("busy", (row.name, row.words), tip_of((row.name, row.words, "CPUs busy"), row.busy))
    if row.busy.point is not None:
        return draw_squares(mark, row.busy.point, cpus, place, right, row.look.token)
    lines = wrapped(f"not measured: {row.busy.reason}", right - place[0] - 16, TICK)
    high = max(_SIDE, height_of(lines, TICK) + 8)
    mark.rect(place[0] + 0.5, place[1], right - place[0] - 1, high, fill="none", stroke="third", dashes="4 3", radius=2)
    baseline = first_baseline(lines, place[1] + high / 2, TICK)
    mark.text(lines, (place[0] + right) / 2, baseline, fill="second", anchor="middle")
    return high


def _draw_against(sheet: Sheet, row: Filled, y: float, low: float, left: float) -> float:
    """How a row stands against the loop: at the right edge, or below where there is no room; how far down it reaches."""
    if row.against is None:
        return low
    number, interval = number_of(row.against), interval_of(row.against)
    if is_narrow(sheet.width):
        sheet.text(f"{number} {interval} against the loop".replace("  ", " "), left, low + 14, fill="second")
        return low + 18
    sheet.text(number, sheet.width, y + 15, size=VALUE, anchor="end", bold=True)
    if interval:
        sheet.text(interval, sheet.width, y + 31, fill="third", anchor="end")
    return y + 36
