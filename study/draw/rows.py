"""A row for each thing: its estimate, its interval, each process as a small dot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, fitting_ticks, limits
from study.draw.canvas import Sheet
from study.draw.labels import row_tops, stacked
from study.draw.lettering import first_baseline, height_of, text_width, widest, wrapped
from study.draw.marks import interval_along, series_of, stamp, values_of
from study.draw.tokens import HALF, LABEL, TICK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Panel, PanelPoint, Reference
    from study.draw.canvas import Layer

_ROW, _STRIP, _AIR = 24.0, 18.0, 8.0
_GAP = 12.0
_AROUND_WORDS = 2.0
_MOST_FOR_LABELS = 0.42
_SIDE = 8.0
"""Room left and right of the marks where nothing else stands beside them."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row, or the title of a group: the words, where their middle is, and the height of the mark."""

    words: tuple[str, ...]
    words_at: float
    point: PanelPoint | None
    at: float


def sheet_of(panel: Panel, points: Sequence[PanelPoint], width: float) -> Sheet:
    """The picture. Rows of one series stand together, under its name."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    left, right = _plot(points, width)
    scale = _scale(panel, points, left, right)
    unit = points[0].estimate.unit
    top = _name_references(axes, panel.references, scale, width)
    rows = list(_laid(points, top, left, width))
    bottom = rows[-1].at + _ROW / 2
    _draw_references(axes, panel.references, scale, top, bottom)
    ticks = {scale.at(value): label for value, label in fitting_ticks(scale, unit).items()}
    low = draw_x(axes, ticks, top=top, bottom=bottom, ends=(left - _SIDE, width), title=panel.y_label)
    heights = [row.at for row in rows if row.point is not None]
    axes.lines([[(scale.start, at), (scale.end, at)] for at in heights], stroke="hair")
    for row in rows:
        if row.point is None:
            title = first_baseline(row.words, row.words_at, LABEL)
            axes.text(row.words, 0, title, size=LABEL, bold=True)
        else:
            _draw_row(axes, row, row.point, scale, width)
    sheet.height = low + 4
    return sheet


def label_of(point: PanelPoint) -> str:
    """What a row is called: the words that its series does not give already."""
    return point.label or ", ".join(name for name in point.names if name != point.series) or point.series


def _is_narrow(width: float) -> bool:
    """Whether labels stand above their marks: beside them there would be no room for both."""
    return width < HALF


def _plot(points: Sequence[PanelPoint], width: float) -> tuple[float, float]:
    """From where to where marks stand."""
    if _is_narrow(width):
        return _SIDE, width - _SIDE
    labels = min(widest([label_of(point) for point in points], TICK), _MOST_FOR_LABELS * width)
    return labels + _GAP + _SIDE, width - _GAP - widest([_written(point) for point in points], TICK)


def _scale(panel: Panel, points: Sequence[PanelPoint], left: float, right: float) -> Scale:
    means = [mean for point in points for mean in point.means]
    held = [end for line in panel.references for end in (line.at, line.to) if end is not None]
    low, high = limits([*values_of(points), *means], log=panel.log_y, include=[*panel.include, *held])
    return Scale(low=low, high=high, start=left, end=right, log=panel.log_y)


def _laid(points: Sequence[PanelPoint], top: float, left: float, width: float) -> Iterator[_Row]:
    """Every title and row from above, each as high as its words need."""
    narrow = _is_narrow(width)
    y = top
    for name in series_of(points):
        if name:
            words = wrapped(name, width, LABEL, bold=True)
            high = height_of(words, LABEL)
            yield _Row(words, y + _AIR + high / 2, None, y)
            y += high + _AIR + _AIR / 2
        for point in points:
            if point.series != name:
                continue
            room = width - text_width(_written(point), TICK) - _GAP if narrow else left - _GAP - _SIDE
            words = wrapped(label_of(point), room, TICK)
            high = height_of(words, TICK)
            if narrow:
                yield _Row(words, y + _AIR + high / 2, point, y + _AIR + high + _STRIP / 2)
                y += _AIR + high + _STRIP
            else:
                high = max(_ROW, high + _AIR)
                yield _Row(words, y + high / 2, point, y + high / 2)
                y += high


def _written(point: PanelPoint) -> str:
    return units.with_interval(point.estimate, reason=False)


def _name_references(axes: Layer, references: Sequence[Reference], scale: Scale, width: float) -> float:
    """The names of lines and bands above them, in as many rows as they need; where the marks may begin."""
    named = [line for line in references if line.label]
    if not named:
        return _AIR / 2
    wanted = [(wrapped(line.label, width, TICK), scale.at(_middle(line))) for line in named]
    placed = stacked(wanted, 0.0, width, TICK)
    tops = row_tops(wanted, placed, TICK)
    for (lines, _), (middle, row) in zip(wanted, placed, strict=True):
        axes.text(lines, middle, TICK + tops[row], fill="second", anchor="middle")
    return tops[-1] + _AIR


def _middle(reference: Reference) -> float:
    return reference.at if reference.to is None else (reference.at + reference.to) / 2


def _draw_references(axes: Layer, references: Sequence[Reference], scale: Scale, top: float, bottom: float) -> None:
    for reference in references:
        at = scale.at(reference.at)
        if reference.to is None:
            line = axes.layer("reference", (reference.label,))
            line.line(at, top - 2, at, bottom, stroke="second", dashes="4 3")
        else:
            to = scale.at(reference.to)
            band = axes.layer("band", (reference.label,))
            band.path([(at, top), (to, top), (to, bottom), (at, bottom)], fill="open-tint", closed=True)


def _draw_row(axes: Layer, row: _Row, point: PanelPoint, scale: Scale, width: float) -> None:
    token, written = point.look.token, _written(point)
    number = point.estimate.point
    known = number is not None and math.isfinite(number) and scale.holds(number)
    if _is_narrow(width):
        wide, high = widest(row.words, TICK) + _AROUND_WORDS, height_of(row.words, TICK) + _AROUND_WORDS
        axes.rect(
            -_AROUND_WORDS, row.words_at - high / 2, wide + _AROUND_WORDS, high, fill="page"
        )  # no line runs through
        axes.text(row.words, 0, row.words_at, middle=True)
    else:
        axes.text(row.words, scale.start - _GAP - _SIDE, row.words_at, anchor="end", middle=True)
    axes.text(written, width, row.words_at, fill=token if known else "second", anchor="end", middle=True)
    if point.means:
        dots = axes.layer("means", point.names)
        dots.dots([(scale.at(mean), row.at) for mean in point.means], 2.0, fill=token, opacity=0.35)
    interval_along(axes, point, scale, row.at)
    if known:
        at = (scale.at(number or 0.0), row.at)
        stamp(axes, point, at, f"{label_of(point)}: {written}", hollow=point.hollow)
