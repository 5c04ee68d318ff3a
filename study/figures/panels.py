"""Any panel of a topic: rows with their intervals, or curves over a swept number. What it says was decided before."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from study import units
from study.figures import axes as axes_
from study.figures.compose import drawn, drawn_rows, heard
from study.figures.drawn import Datum, Drawn, NotDrawn
from study.figures.rows import Group, Reference, Row, Rows
from study.figures.style import SMALL_PT, SOFT, THINGS, WIDTH_PT, styled, text_width_pt
from study.figures.svg import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from study.findings import Panel, PanelPoint

_HEIGHT_PT, _FOOT_PT, _TOP_PT, _LEFT_PT, _GAP_PT = 210.0, 38.0, 10.0, 52.0, 8.0
_LABEL_GAP_PT = 10.5
_LINES = ((), (4, 2), (1, 1.5), (6, 2, 1, 2))
"""Dashes of curves that share a colour, in turn."""
_REFERENCE_FOR = "same"


def draw_panel(panel: Panel, suffix: str = "") -> Drawn | NotDrawn | None:
    """The picture of a panel; None for one that is only a table."""
    identity = panel.id + suffix
    known = [point for point in panel.points if point.estimate.point is not None]
    if panel.reason or not known:
        reason = panel.reason or "none of its numbers could be had"
        return NotDrawn(id=identity, question=panel.topic, title=panel.title, reason=reason)
    if panel.kind == "table":
        return None
    made = _rows(panel, known, identity) if panel.kind == "rows" else _curves(panel, known, identity)
    return replace(made, notes=panel.notes)


def _thing(point: PanelPoint) -> str:
    return point.thing if point.thing in THINGS else _REFERENCE_FOR


def _rows(panel: Panel, points: Sequence[PanelPoint], identity: str) -> Drawn:
    """A group for each series; a row is called by the names that the series does not give already."""
    series = list(dict.fromkeys(point.series for point in points))
    groups = tuple(
        Group(
            title=name,
            rows=tuple(
                Row(
                    label=", ".join(word for word in point.names if word != name) or name,
                    thing=_thing(point),
                    estimate=point.estimate,
                    means=point.means,
                )
                for point in points
                if point.series == name
            ),
        )
        for name in series
    )
    return drawn_rows(
        identity=identity,
        question=panel.topic,
        title=panel.title,
        subtitle=panel.subtitle,
        heads=("group", "what"),
        rows=Rows(
            groups=groups,
            unit=points[0].estimate.unit,
            axis_label=panel.y_label,
            log=panel.log_y,
            include=() if panel.log_y else (0.0, *(at for _, at in panel.references)),
            references=tuple(Reference(label=label, at=at) for label, at in panel.references),
        ),
    )


def _curves(panel: Panel, points: Sequence[PanelPoint], identity: str) -> Drawn:
    with styled():
        figure, height_pt = _figure(panel, points)
    return drawn(
        identity=identity,
        question=panel.topic,
        title=panel.title,
        subtitle=f"{panel.subtitle}; {heard(point.estimate for point in points)}.",
        heads=panel.heads,
        data=[
            Datum(
                names=point.names,
                text=units.with_interval(point.estimate),
                point=point.estimate.point,
                low=point.estimate.low,
                high=point.estimate.high,
                n=point.estimate.n,
                unit=point.estimate.unit,
            )
            for point in points
        ],
        figure=figure,
        height_pt=height_pt,
    )


def _figure(panel: Panel, points: Sequence[PanelPoint]) -> tuple[Figure, float]:
    series = list(dict.fromkeys(point.series for point in points))
    right_pt = _GAP_PT + max(text_width_pt(name, SMALL_PT) for name in series)
    right_pt = min(right_pt, WIDTH_PT / 2.5)
    height_pt = max(_HEIGHT_PT, _LABEL_GAP_PT * len(series)) + _FOOT_PT + _TOP_PT
    inner_pt = height_pt - _FOOT_PT - _TOP_PT
    figure = Figure(figsize=(WIDTH_PT / 72, height_pt / 72), dpi=72)
    axes = figure.add_axes(
        (
            _LEFT_PT / WIDTH_PT,
            _FOOT_PT / height_pt,
            (WIDTH_PT - _LEFT_PT - right_pt) / WIDTH_PT,
            inner_pt / height_pt,
        )
    )
    unit = points[0].estimate.unit
    xs = [point.x for point in points if point.x is not None]
    log_x = panel.log_x and min(xs) > 0
    x_ends = axes_.limits(xs, log=log_x)
    values = [end for point in points for end in (point.estimate.point, point.estimate.low, point.estimate.high)]
    include = [] if panel.log_y else [0.0]
    y_ends = axes_.limits(values, log=panel.log_y, include=[*include, *(at for _, at in panel.references)])
    axes_.dress(axes, "x", x_ends, unit=panel.x_unit, log=log_x)
    axes_.dress(axes, "y", y_ends, unit=unit, log=panel.log_y)
    if panel.x_unit == "byte" and not log_x:
        sizes = sorted(set(xs))
        axes.set_xticks(sizes, [units.size(one) for one in sizes])
    axes.set_xlabel(panel.x_label, labelpad=4)
    for label, at in panel.references:
        reference = axes.axhline(at, color=SOFT.light, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        reference.set_gid(mark("reference", (label,)))
        axes.annotate(label, (x_ends[0], at), (3, 3), textcoords="offset points", color=SOFT.light, fontsize=SMALL_PT)
    labels = []
    seen: dict[str, int] = {}
    for name in series:
        course = [point for point in points if point.series == name and point.x is not None]
        thing = _thing(course[0])
        number = seen.get(thing, 0)
        seen[thing] = number + 1
        colour = THINGS[thing].colour.light
        _draw_course(axes, course, thing, number, y_ends)
        labels.append((course[-1].estimate.point or 0.0, name, colour))
    _name_courses(axes, labels, y_ends, inner_pt, log=panel.log_y)
    return figure, height_pt


def _draw_course(axes: Axes, course: Sequence[PanelPoint], thing: str, number: int, ends: tuple[float, float]) -> None:
    colour, marker = THINGS[thing].colour.light, THINGS[thing].marker
    xs = [point.x or 0.0 for point in course]
    dashes = _LINES[number % len(_LINES)]
    line = (0, dashes) if dashes else "solid"
    (line_mark,) = axes.plot(
        xs,
        [point.estimate.point or math.nan for point in course],
        color=colour,
        linewidth=1.2,
        linestyle=line,
        zorder=3,
    )
    line_mark.set_gid(mark("course", (course[0].series,)))
    for point in course:
        low, high, at = point.estimate.low, point.estimate.high, point.x or 0.0
        if low is not None and high is not None:
            inside = [max(low, ends[0]), min(high, ends[1])]
            (bar,) = axes.plot([at, at], inside, color=colour, linewidth=2.0, solid_capstyle="butt", zorder=4)
            bar.set_gid(mark("interval", point.names))
        (point_mark,) = axes.plot(
            [at],
            [point.estimate.point or math.nan],
            linestyle="none",
            marker=marker,
            markersize=5.0,
            markerfacecolor="none" if number % 2 else colour,
            markeredgecolor=colour,
            markeredgewidth=1.1,
            zorder=5,
        )
        tip = f"{', '.join(point.names)}: {units.with_interval(point.estimate)}"
        point_mark.set_gid(mark("point", point.names, tip))


def _name_courses(
    axes: Axes, labels: list[tuple[float, str, str]], ends: tuple[float, float], inner_pt: float, *, log: bool
) -> None:
    """Each course named right of the axes at the height of its last point; names that would touch are moved apart."""

    def height_pt(value: float) -> float:
        low, high, at = (math.log(end) for end in (*ends, value)) if log else (*ends, value)
        return inner_pt * (at - low) / (high - low)

    ordered = sorted(labels)
    heights: list[float] = []
    for value, _, _ in ordered:
        heights.append(max(height_pt(value), heights[-1] + _LABEL_GAP_PT if heights else 0.0))
    beyond = max(0.0, heights[-1] - inner_pt)
    for index in reversed(range(len(heights))):  # what would stand above the axes moves the others down
        roof = inner_pt if index == len(heights) - 1 else heights[index + 1] - _LABEL_GAP_PT
        heights[index] = min(heights[index], roof) if beyond else heights[index]
    for y_pt, (_, name, colour) in zip(heights, ordered, strict=True):
        axes.annotate(
            name,
            xy=(1, 0),
            xycoords="axes fraction",
            xytext=(4, y_pt),
            textcoords="offset points",
            va="center_baseline",
            color=colour,
            fontsize=SMALL_PT,
            annotation_clip=False,
        )
