"""Strip: runs and rounds; a dot for each round, a bar for the average, one row for each sitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.draw.axes import Scale, draw_x, fitting_ticks, limits
from study.draw.canvas import Sheet
from study.draw.forms.frame import GAP, in_words, tip_of
from study.draw.lettering import height_of, widest, wrapped
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.draw.canvas import Layer
    from study.forms import Sitting, Strip

_ROW, _AIR = 20.0, 8.0
_MOST_FOR_NAMES = 0.34
_BAND_NAME = "interval of the run shown"


def sheet_of(strip: Strip, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    below = axes.layer()
    sittings = [sitting for sitting in strip.sittings if sitting.average.point is not None]
    room = min(widest([sitting.name for sitting in sittings], TICK, bold=True), _MOST_FOR_NAMES * width)
    scale = _scale(sittings, room + 2 * GAP, width - GAP)
    unit = sittings[0].average.unit
    shown = next((sitting for sitting in sittings if sitting.shown), None)
    top = _name_band(axes, strip, shown, scale) if shown is not None else _AIR
    y = top
    for sitting in sittings:
        y = _draw_sitting(axes, strip, sitting, scale, room, y)
    if shown is not None:
        _draw_band(below, strip, shown, scale, (top, y))
    ticks = {scale.at(value): label for value, label in fitting_ticks(scale, unit).items()}
    ends = (room + GAP, width)
    sheet.height = draw_x(below, ticks, top=top, bottom=y, ends=ends, title=strip.y_label) + 4
    return sheet


def alternative(strip: Strip) -> str:
    """The picture in words: the run shown, and the lowest and the highest average."""
    known = sorted(
        (sitting for sitting in strip.sittings if sitting.average.point is not None),
        key=lambda sitting: sitting.average.point or 0.0,
    )
    told = [(f"{sitting.name}, shown", sitting.average) for sitting in known if sitting.shown]
    told += [(f"the lowest, {known[0].name}", known[0].average), (f"the highest, {known[-1].name}", known[-1].average)]
    return in_words(strip.title, told if len(known) > 1 else told[:1], "Averages")


def _scale(sittings: Sequence[Sitting], left: float, right: float) -> Scale:
    rounds = [value for sitting in sittings for value in sitting.rounds]
    ends = [
        end
        for sitting in sittings
        for end in (
            sitting.average.point,
            *((sitting.average.low, sitting.average.high) if sitting.shown else ()),
        )
    ]
    low, high = limits([*rounds, *ends], log=False)
    return Scale(low=low, high=high, start=left, end=right)


def _has_band(sitting: Sitting) -> bool:
    return sitting.average.low is not None and sitting.average.high is not None


def _name_band(axes: Layer, strip: Strip, shown: Sitting, scale: Scale) -> float:
    """What the band is, above it; where the rows may begin."""
    if not _has_band(shown):
        return _AIR
    width = axes.sheet.width
    at = (scale.at(shown.average.low or 0.0) + scale.at(shown.average.high or 0.0)) / 2
    half = widest([_BAND_NAME], TICK) / 2
    axes.text(_BAND_NAME, max(min(at, width - half), half), TICK + 2, fill=strip.look.token, anchor="middle")
    return TICK + _AIR + 2


def _draw_band(layer: Layer, strip: Strip, shown: Sitting, scale: Scale, reach: tuple[float, float]) -> None:
    if _has_band(shown):
        low, high = scale.at(shown.average.low or 0.0), scale.at(shown.average.high or 0.0)
        corners = [(low, reach[0]), (high, reach[0]), (high, reach[1]), (low, reach[1])]
        layer.layer("band", (shown.name,)).path(corners, fill=strip.look.token, opacity=0.14, closed=True)


def _draw_sitting(axes: Layer, strip: Strip, sitting: Sitting, scale: Scale, room: float, y: float) -> float:
    """A row; where the next one begins."""
    token = strip.look.token if sitting.shown else "third"
    lines = wrapped(sitting.name, room, TICK, bold=sitting.shown)
    high = max(_ROW, height_of(lines, TICK) + 4)
    middle = y + high / 2
    fill = strip.look.token if sitting.shown else "second"
    axes.text(lines, room, middle, fill=fill, anchor="end", bold=sitting.shown, middle=True)
    dots = axes.layer("rounds", (sitting.name,))
    places = [(scale.at(value), middle) for value in sitting.rounds]
    dots.dots(places, 2.2, fill=token, opacity=0.9 if sitting.shown else 0.5)
    at = scale.at(sitting.average.point or 0.0)
    mark = axes.layer("average", (sitting.name,), tip_of((sitting.name, "average"), sitting.average))
    mark.line(at, middle - 7, at, middle + 7, stroke="ink", width=2.2)
    return y + high
