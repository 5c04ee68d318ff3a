"""Lines over a swept number: one picture, or a small one for each facet, on one scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import units
from study.draw import axes as axes_
from study.draw.marks import HELD_AGAINST, frame, plot, series_of, sheet, stamp, values_of, write
from study.draw.style import SMALL_PT, TEXT_PT, WIDTH_PT, text_width_pt
from study.draw.svg import mark
from study.things.looks import GRID, INK, SOFT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from study.blocks import Panel, PanelPoint

_GAP_PT, _LABEL_GAP_PT, _LEFT_PT, _FOOT_PT, _TOP_PT = 8.0, 10.5, 52.0, 38.0, 10.0
_NAME_GAP_PT = 4.0
_HEIGHT_PT, _MOST_RIGHT_PT = 210.0, WIDTH_PT / 2.5
_FACET_PT, _FACET_LEFT_PT, _FACET_RIGHT_PT, _FACET_FOOT_PT, _FACET_TOP_PT = 112.0, 30.0, 66.0, 30.0, 22.0
_APART = 0.35
"""How much further what lies beyond the edge stands apart, in steps."""
_BOUND_STEPS = 0.22
_SHIFT_STEPS = 0.07
_LINES = ((), (4, 2), (1, 1.5), (6, 2, 1, 2))
"""Dashes of curves that share a look, in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Where a swept number stands, and both axes' ends; `edge` as in `blocks.Panel`."""

    at: Callable[[float], float]
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    log_x: bool = False
    log_y: bool
    ticks: tuple[float, ...]
    edge: float | None = None


def figure_of(panel: Panel, points: Sequence[PanelPoint]) -> tuple[Figure, float]:
    """The figure, and its height in points."""
    scale = _scale(panel, points)
    facets = list(dict.fromkeys(point.facet for point in points))
    if facets == [""]:
        return _one(panel, points, scale)
    last = {(point.facet, point.series): point for point in sorted(points, key=_x)}
    named_pt = _NAME_GAP_PT + max(text_width_pt(_name(point), SMALL_PT) for point in last.values())
    right_pt = max(_FACET_RIGHT_PT, named_pt)
    columns = 3 if named_pt <= _FACET_RIGHT_PT else 2
    row_pt, column_pt = _FACET_TOP_PT + _FACET_PT + _FACET_FOOT_PT, WIDTH_PT / columns
    height_pt = math.ceil(len(facets) / columns) * row_pt
    figure = sheet(height_pt)
    for index, facet in enumerate(facets):
        row, column = divmod(index, columns)
        left_pt = column * column_pt + _FACET_LEFT_PT
        bottom_pt = height_pt - row * row_pt - _FACET_TOP_PT - _FACET_PT
        axes = frame(figure, left_pt, bottom_pt, column_pt - _FACET_LEFT_PT - right_pt, _FACET_PT)
        own = [point for point in points if point.facet == facet]
        _draw(axes, panel, own, scale, _FACET_PT, most=5)
        axes.set_title(facet, loc="left", fontsize=TEXT_PT, fontweight="bold", color=INK.light, pad=6)
        axes.set_xlabel(panel.x_label, labelpad=1)
    return figure, height_pt


def _one(panel: Panel, points: Sequence[PanelPoint], scale: _Scale) -> tuple[Figure, float]:
    series = series_of(points)
    right_pt = min(_GAP_PT + max(text_width_pt(name, SMALL_PT) for name in series), _MOST_RIGHT_PT)
    inner_pt = max(_HEIGHT_PT, _LABEL_GAP_PT * len(series))
    height_pt = inner_pt + _FOOT_PT + _TOP_PT
    figure = sheet(height_pt)
    axes = frame(figure, _LEFT_PT, _FOOT_PT, WIDTH_PT - _LEFT_PT - right_pt, inner_pt)
    _draw(axes, panel, points, scale, inner_pt)
    axes.set_xlabel(panel.x_label, labelpad=4)
    return figure, height_pt


def _scale(panel: Panel, points: Sequence[PanelPoint]) -> _Scale:
    xs = sorted({point.x for point in points if point.x is not None})
    zero = [] if panel.log_y or panel.include else [0.0]
    wanted = [*zero, *panel.include, *(line.at for line in panel.references)]
    y_ends, log_y = axes_.limits(values_of(points), log=panel.log_y, include=wanted), panel.log_y
    if panel.steps:
        beyond = math.inf if panel.edge is None else panel.edge
        places = {x: index + (_APART if x > beyond else 0.0) for index, x in enumerate(xs)}
        x_ends = (-0.35, max(places.values()) + 0.3)
        at = places.__getitem__
        return _Scale(at=at, x_ends=x_ends, y_ends=y_ends, log_y=log_y, ticks=tuple(xs), edge=panel.edge)
    log_x = panel.log_x and xs[0] > 0
    sizes = tuple(xs) if panel.x_unit == "byte" and not log_x else ()
    x_ends = axes_.limits(xs, log=log_x)
    return _Scale(at=float, x_ends=x_ends, y_ends=y_ends, log_x=log_x, log_y=log_y, ticks=sizes)


def _draw(
    axes: Axes, panel: Panel, points: Sequence[PanelPoint], scale: _Scale, height_pt: float, *, most: int = 7
) -> None:
    if panel.steps:
        axes.set_xlim(*scale.x_ends)
        axes.tick_params(axis="x", length=0)
    else:
        axes_.dress(axes, "x", scale.x_ends, unit=panel.x_unit, log=scale.log_x)
    axes_.dress(axes, "y", scale.y_ends, unit=points[0].estimate.unit, log=scale.log_y, most=most)
    if scale.ticks:
        name = units.size if panel.x_unit == "byte" else units.count
        ticks = _apart(axes, {scale.at(x): name(x) for x in scale.ticks})
        axes.set_xticks(list(ticks), list(ticks.values()))
    _draw_bounds(axes, panel, points, scale)
    _draw_courses(axes, points, scale, height_pt)


def _apart(axes: Axes, names: dict[float, str]) -> dict[float, str]:
    """Place -> name from left to right, without those that would touch the next one."""
    low, high = axes.get_xlim()
    pt_per_unit = axes.bbox.width / (high - low)
    kept: list[float] = []
    free_pt = math.inf
    for place in reversed(names):
        half_pt = text_width_pt(names[place], SMALL_PT) / 2
        if place * pt_per_unit + half_pt + _NAME_GAP_PT <= free_pt:
            kept.append(place)
            free_pt = place * pt_per_unit - half_pt
    return {place: names[place] for place in reversed(kept)}


def _draw_bounds(axes: Axes, panel: Panel, points: Sequence[PanelPoint], scale: _Scale) -> None:
    """What the points are held against: lines, the ideal, measured bounds, and where they stand apart."""
    for reference in panel.references:
        line = axes.axhline(reference.at, **HELD_AGAINST)
        line.set_gid(mark("reference", (reference.label,)))
        at = (scale.x_ends[0], reference.at)
        write(axes, reference.label, at, "data", (3, 3), va="baseline", color=SOFT.light)
    xs = scale.ticks if panel.steps else ()
    inside = [x for x in xs if scale.edge is None or x <= scale.edge]
    beyond = [x for x in xs if x not in inside]
    if panel.ideal:
        places = [scale.at(x) for x in inside]
        plot(axes, "ideal", dict.fromkeys(point.facet for point in points), places, inside, **HELD_AGAINST)
    if inside and beyond:
        edge = (scale.at(beyond[0]) + scale.at(inside[-1])) / 2
        axes.axvline(edge, color=GRID.light, linewidth=1.0, linestyle=(0, (1, 2)))
    for point in points:
        bound = None if point.bound is None else point.bound.point
        if bound is not None:
            ends = [scale.at(_x(point)) - _BOUND_STEPS, scale.at(_x(point)) + _BOUND_STEPS]
            bar = {"color": SOFT.light, "linewidth": 1.6, "alpha": 0.8, "zorder": 2}
            plot(axes, "capacity", point.names, ends, [bound, bound], **bar)


def _draw_courses(axes: Axes, points: Sequence[PanelPoint], scale: _Scale, height_pt: float) -> None:
    labels = []
    seen: dict[str, int] = {}
    series = series_of(points)
    for index, name in enumerate(series):
        course = sorted((point for point in points if point.series == name and point.x is not None), key=_x)
        look = course[0].look
        number = seen.get(look.label, 0)
        seen[look.label] = number + 1
        shift = _SHIFT_STEPS * (index - (len(series) - 1) / 2) if scale.ticks and scale.edge else 0.0
        _draw_course(axes, course, scale, shift, number)
        labels.append((course[-1].estimate.point or 0.0, _name(course[-1]), look.colour.light))
    _name_courses(axes, labels, scale, height_pt)


def _name(point: PanelPoint) -> str:
    """What a course is called at its last point: in a small picture, with that point's number."""
    return f"{point.series} {units.parts(point.estimate)[0]}" if point.facet else point.series


def _x(point: PanelPoint) -> float:
    return point.x or 0.0


def _draw_course(axes: Axes, course: Sequence[PanelPoint], scale: _Scale, shift: float, number: int) -> None:
    """A line, each point with its interval; beyond the edge no line, since what is there is another case."""
    colour, dashes = course[0].look.colour.light, _LINES[number % len(_LINES)]
    joined = [point for point in course if scale.edge is None or _x(point) <= scale.edge]
    places, heights = [scale.at(_x(point)) + shift for point in joined], [_height(point) for point in joined]
    line = {"color": colour, "linewidth": 1.2, "linestyle": (0, dashes) if dashes else "solid", "zorder": 3}
    plot(axes, "course", filter(None, (course[0].facet, course[0].series)), places, heights, **line)
    for point in course:
        low, high, at = point.estimate.low, point.estimate.high, scale.at(_x(point)) + shift
        if low is not None and high is not None:
            inside = [max(low, scale.y_ends[0]), min(high, scale.y_ends[1])]
            bar = {"color": colour, "linewidth": 2.0, "solid_capstyle": "butt", "zorder": 4}
            plot(axes, "interval", point.names, [at, at], inside, **bar)
        tip = f"{', '.join(point.names)}: {units.with_interval(point.estimate)}"
        look = {"markersize": 5.5 if point.facet else 5.0, "markeredgewidth": 1.1, "zorder": 5}
        stamp(axes, point, (at, _height(point)), tip, hollow=point.hollow or bool(number % 2), **look)


def _height(point: PanelPoint) -> float:
    return math.nan if point.estimate.point is None else point.estimate.point


def _name_courses(axes: Axes, labels: list[tuple[float, str, str]], scale: _Scale, inner_pt: float) -> None:
    """Each course named right of the axes at the height of its last point; names that would touch are moved apart."""

    def height_pt(value: float) -> float:
        low, high = scale.y_ends
        if scale.log_y:
            low, high, value = math.log(low), math.log(high), math.log(max(value, scale.y_ends[0]))
        return inner_pt * (value - low) / (high - low)

    ordered = sorted(labels)
    heights: list[float] = []
    for value, _, _ in ordered:
        heights.append(max(height_pt(value), heights[-1] + _LABEL_GAP_PT if heights else 0.0))
    beyond = max(0.0, heights[-1] - inner_pt)
    for index in reversed(range(len(heights))):  # what would stand above the axes moves the others down
        roof = inner_pt if index == len(heights) - 1 else heights[index + 1] - _LABEL_GAP_PT
        heights[index] = min(heights[index], roof) if beyond else heights[index]
    for y_pt, (_, name, colour) in zip(heights, ordered, strict=True):
        write(axes, name, (1, 0), "axes fraction", (_NAME_GAP_PT, y_pt), color=colour)
