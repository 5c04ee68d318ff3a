"""A row for each thing: its estimate, its interval, each process as a small dot."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from study import units
from study.draw import axes as axes_
from study.draw.style import SMALL_PT, TEXT_PT, WIDTH_PT, text_width_pt
from study.draw.svg import mark
from study.things.looks import BAND, GRID, INK, SOFT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from study.blocks import Panel, PanelPoint, Reference

_ROW_PT = 18.0
_HEAD_PT = 21.0
_FOOT_PT = 36.0
_TOP_PT = 5.0
_REFERENCE_PT = 13.0
_GAP_PT = 9.0
_TICK_PT = 48.0
_LONGEST = 48
"""Characters of a label; the table below a figure has the whole name."""
_LONGEST_TITLE = 96


def figure_of(panel: Panel, points: Sequence[PanelPoint]) -> tuple[Figure, float]:
    """The figure, and its height in points. Rows of one series stand together, under its name."""
    groups = {name: [point for point in points if point.series == name] for name in _series(points)}
    left_pt = _GAP_PT + max(text_width_pt(_shortened(label_of(point)), TEXT_PT) for point in points)
    right_pt = _GAP_PT + 3 + max(text_width_pt(_written(point), SMALL_PT) for point in points)
    top_pt = _TOP_PT + (_REFERENCE_PT if panel.references else 0)
    inner_pt = sum(_HEAD_PT for name in groups if name) + _ROW_PT * len(points)
    height_pt = top_pt + inner_pt + _FOOT_PT
    width_pt = WIDTH_PT - left_pt - right_pt
    figure = Figure(figsize=(WIDTH_PT / 72, height_pt / 72), dpi=72)
    axes = figure.add_axes((left_pt / WIDTH_PT, _FOOT_PT / height_pt, width_pt / WIDTH_PT, inner_pt / height_pt))
    ends = axes_.limits(_values(points), log=panel.log_y, include=[*panel.include, *_reference_ends(panel.references)])
    unit = points[0].estimate.unit
    axes_.dress(axes, "x", ends, unit=unit, log=panel.log_y, most=max(3, int(width_pt // _TICK_PT)))
    axes.set_ylim(inner_pt, 0)
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(panel.y_label, labelpad=5)
    sides = _sides(panel.references, ends, width_pt, log=panel.log_y)
    for reference, side in zip(panel.references, sides, strict=True):
        _draw_reference(axes, reference, side)
    y_pt = 0.0
    middles_pt = []
    for name, group in groups.items():
        if name:
            _draw_title(axes, name, y_pt + _HEAD_PT - 7, -left_pt)
            y_pt += _HEAD_PT
        for point in group:
            middles_pt.append(y_pt + _ROW_PT / 2)
            _draw_row(axes, point, middles_pt[-1], ends)
            y_pt += _ROW_PT
    axes.hlines(middles_pt, *ends, color=GRID.light, linewidth=0.5, zorder=0)
    return figure, height_pt


def label_of(point: PanelPoint) -> str:
    """What a row is called: the words that its series does not give already."""
    return point.label or ", ".join(name for name in point.names if name != point.series) or point.series


def _series(points: Sequence[PanelPoint]) -> list[str]:
    return list(dict.fromkeys(point.series for point in points))


def _shortened(text: str, longest: int = _LONGEST) -> str:
    """The text, cut with an ellipsis where it is longer than a label can be."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _written(point: PanelPoint) -> str:
    return units.with_interval(point.estimate, reason=False)


def _values(points: Sequence[PanelPoint]) -> list[float | None]:
    ends = [value for point in points for value in (point.estimate.point, point.estimate.low, point.estimate.high)]
    return [*ends, *(mean for point in points for mean in point.means)]


def _reference_ends(references: Sequence[Reference]) -> list[float]:
    return [end for reference in references for end in (reference.at, reference.to) if end is not None]


def _draw_title(axes: Axes, text: str, y_pt: float, offset_pt: float) -> None:
    axes.annotate(
        _shortened(text, _LONGEST_TITLE),
        xy=(0, y_pt),
        xycoords=axes.get_yaxis_transform(),
        xytext=(offset_pt, 0),
        textcoords="offset points",
        va="center_baseline",
        color=INK.light,
        fontsize=TEXT_PT,
        fontweight="bold",
        annotation_clip=False,
    )


def _sides(references: Sequence[Reference], ends: tuple[float, float], width_pt: float, *, log: bool) -> list[str]:
    """Where each label is aligned: centred, or away from a neighbour that it would touch."""

    def at_pt(value: float) -> float:
        low, high, here = (math.log(end) for end in (*ends, value)) if log else (*ends, value)
        return width_pt * (here - low) / (high - low)

    lines = sorted((index for index, line in enumerate(references) if line.label), key=lambda at: references[at].at)
    sides = ["center"] * len(references)
    for left, right in itertools.pairwise(lines):
        needed_pt = sum(text_width_pt(references[index].label, SMALL_PT) for index in (left, right)) / 2
        if at_pt(references[right].at) - at_pt(references[left].at) < needed_pt + _GAP_PT:
            sides[left], sides[right] = "right", "left"
    return sides


def _draw_reference(axes: Axes, reference: Reference, side: str) -> None:
    if reference.to is not None:
        band = axes.axvspan(reference.at, reference.to, color=BAND.light, zorder=0, linewidth=0)
        band.set_gid(mark("band", (reference.label,)))
    else:
        line = axes.axvline(reference.at, color=SOFT.light, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        line.set_gid(mark("reference", (reference.label,)))
    middle = reference.at if reference.to is None else (reference.at + reference.to) / 2
    axes.annotate(
        reference.label,
        xy=(middle, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=({"right": 2, "left": -2}.get(side, 0), 4),
        textcoords="offset points",
        ha=side,
        color=SOFT.light,
        fontsize=SMALL_PT,
        annotation_clip=False,
    )


def _draw_row(axes: Axes, point: PanelPoint, y_pt: float, ends: tuple[float, float]) -> None:
    colour, label, written = point.look.colour.light, _shortened(label_of(point)), _written(point)
    number = point.estimate.point
    known = number is not None and math.isfinite(number) and ends[0] <= number <= ends[1]
    axes.annotate(
        label,
        xy=(0, y_pt),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-_GAP_PT, 0),
        textcoords="offset points",
        ha="right",
        va="center_baseline",
        color=INK.light,
        annotation_clip=False,
    )
    axes.annotate(
        written,
        xy=(1, y_pt),
        xycoords=axes.get_yaxis_transform(),
        xytext=(_GAP_PT, 0),
        textcoords="offset points",
        va="center_baseline",
        color=colour if known else SOFT.light,
        fontsize=SMALL_PT,
        annotation_clip=False,
    )
    if point.means:
        (dots,) = axes.plot(
            point.means,
            [y_pt] * len(point.means),
            linestyle="none",
            marker="o",
            markersize=3,
            markerfacecolor=colour,
            markeredgewidth=0,
            alpha=0.35,
            zorder=2,
        )
        dots.set_gid(mark("means", point.names))
    _draw_interval(axes, point, y_pt, ends)
    if known:
        (drawn,) = axes.plot(
            [number or 0.0],
            [y_pt],
            linestyle="none",
            marker=point.look.marker,
            markersize=5.5,
            markerfacecolor="none" if point.hollow else colour,
            markeredgecolor=colour,
            markeredgewidth=1.2 if point.hollow else 0.8,
            zorder=4,
        )
        drawn.set_gid(mark("point", point.names, f"{label}: {written}"))


def _draw_interval(axes: Axes, point: PanelPoint, y_pt: float, ends: tuple[float, float]) -> None:
    """The interval as a bar; an end that lies outside the axis is drawn as an arrow."""
    low, high, colour = point.estimate.low, point.estimate.high, point.look.colour.light
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return
    inside_low, inside_high = max(low, ends[0]), min(high, ends[1])
    if inside_low > inside_high:
        return
    # A cap is higher than the mark is, so that an interval narrower than its mark can be seen too.
    outside = [(inside_low, "<")] * (low < ends[0]) + [(inside_high, ">")] * (high > ends[1])
    capped = [index for index, end in enumerate((low, high)) if ends[0] <= end <= ends[1]]
    (bar,) = axes.plot(
        [inside_low, inside_high],
        [y_pt, y_pt],
        color=colour,
        linewidth=2.2,
        solid_capstyle="butt",
        marker="|",
        markersize=9.0,
        markevery=capped,
        zorder=3,
    )
    bar.set_gid(mark("interval", point.names))
    for at, arrow in outside:
        axes.plot([at], [y_pt], marker=arrow, markersize=4.5, color=colour, linestyle="none", zorder=3)
