"""What pictures of estimates are made of: marks, and the bars of their intervals; the page tells them by their names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.blocks import PanelPoint
    from study.draw.axes import Scale
    from study.draw.canvas import Layer
    from study.findings import Estimate

RADIUS = 4.0
DASHES = ("", "5 3", "1.5 2.5", "8 3 2 3")
"""Dashes of lines that share a colour, in turn."""
_CAP = 9.0
_BAR = 2.2


def series_of(points: Iterable[PanelPoint]) -> list[str]:
    """The series, in their order."""
    return list(dict.fromkeys(point.series for point in points))


def values_of(points: Iterable[PanelPoint]) -> list[float | None]:
    """All estimates and the ends of their intervals."""
    return [value for point in points for value in ends_of(point.estimate)]


def ends_of(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    """A number and the ends of its interval."""
    return estimate.point, estimate.low, estimate.high


def stamp(axes: Layer, point: PanelPoint, at: tuple[float, float], tip: str, *, hollow: bool) -> None:
    """The mark of a point, which says `tip` when it is pointed at."""
    mark = axes.layer("point", point.names, tip)
    mark.marker(point.look.marker, *at, RADIUS, colour=point.look.token, hollow=hollow)


def interval_along(axes: Layer, point: PanelPoint, scale: Scale, y: float) -> None:
    """A lying interval with a cap at each end; an end that lies outside the axis is an arrow."""
    inside = _inside(point.estimate, scale)
    if inside is None:
        return
    low, high = inside
    bar = axes.layer("interval", point.names)
    bar.line(scale.at(low), y, scale.at(high), y, stroke=point.look.token, width=_BAR)
    ends = ((low, point.estimate.low, "<"), (high, point.estimate.high, ">"))
    capped = [scale.at(end) for end, whole, _ in ends if whole == end]
    caps = [((x, y - _CAP / 2), (x, y + _CAP / 2)) for x in capped]
    bar.layer("cap").lines(caps, stroke=point.look.token, width=1.5)
    for end, whole, letter in ends:
        if whole != end:
            axes.marker(letter, scale.at(end), y, RADIUS - 0.5, colour=point.look.token)


def interval_upright(axes: Layer, names: Sequence[str], estimate: Estimate, scale: Scale, x: float, token: str) -> None:
    """An upright interval, as far as the axis goes."""
    inside = _inside(estimate, scale)
    if inside is not None:
        bar = axes.layer("interval", names)
        bar.line(x, scale.at(inside[0]), x, scale.at(inside[1]), stroke=token, width=_BAR)


def _inside(estimate: Estimate, scale: Scale) -> tuple[float, float] | None:
    """The part of an interval that lies on the axis, or None."""
    low, high = estimate.low, estimate.high
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return None
    inside = max(low, scale.low), min(high, scale.high)
    return inside if inside[0] <= inside[1] else None
