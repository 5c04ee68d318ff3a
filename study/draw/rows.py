"""A row for each thing: its estimate, its interval, each process as a small dot."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from study import units
from study.draw import axes as axes_
from study.draw.marks import HELD_AGAINST, frame, plot, series_of, sheet, stamp, values_of, write
from study.draw.style import SMALL_PT, TEXT_PT, WIDTH_PT, text_width_pt
from study.draw.svg import mark
from study.things.looks import BAND, GRID, INK, SOFT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from study.blocks import Panel, PanelPoint, Reference

_ROW_PT, _HEAD_PT, _FOOT_PT, _TOP_PT, _REFERENCE_PT, _GAP_PT, _TICK_PT = 18.0, 21.0, 36.0, 5.0, 13.0, 9.0, 48.0
_LONGEST = 48
"""Characters of a label; the table below a figure has the whole name."""
_LONGEST_TITLE = 96


def figure_of(panel: Panel, points: Sequence[PanelPoint]) -> tuple[Figure, float]:
    """The figure, and its height in points. Rows of one series stand together, under its name."""
    groups = {name: [point for point in points if point.series == name] for name in series_of(points)}
    left_pt = _GAP_PT + max(text_width_pt(_shortened(label_of(point)), TEXT_PT) for point in points)
    right_pt = _GAP_PT + 3 + max(text_width_pt(_written(point), SMALL_PT) for point in points)
    width_pt = WIDTH_PT - left_pt - right_pt
    inner_pt = sum(_HEAD_PT for name in groups if name) + _ROW_PT * len(points)
    height_pt = _TOP_PT + (_REFERENCE_PT if panel.references else 0) + inner_pt + _FOOT_PT
    figure = sheet(height_pt)
    axes = frame(figure, left_pt, _FOOT_PT, width_pt, inner_pt)
    means = [mean for point in points for mean in point.means]
    held = [end for line in panel.references for end in (line.at, line.to) if end is not None]
    ends = axes_.limits([*values_of(points), *means], log=panel.log_y, include=[*panel.include, *held])
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
            title = {"color": INK.light, "fontsize": TEXT_PT, "fontweight": "bold"}
            at = (0, y_pt + _HEAD_PT - 7)
            write(axes, _shortened(name, _LONGEST_TITLE), at, axes.get_yaxis_transform(), (-left_pt, 0), **title)
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


def _shortened(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _written(point: PanelPoint) -> str:
    return units.with_interval(point.estimate, reason=False)


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
    middle = reference.at
    if reference.to is not None:
        middle = (reference.at + reference.to) / 2
        band = axes.axvspan(reference.at, reference.to, color=BAND.light, zorder=0, linewidth=0)
        band.set_gid(mark("band", (reference.label,)))
    else:
        line = axes.axvline(reference.at, **HELD_AGAINST)
        line.set_gid(mark("reference", (reference.label,)))
    offset_pt = ({"right": 2, "left": -2}.get(side, 0), 4)
    style = {"ha": side, "va": "baseline", "color": SOFT.light}
    write(axes, reference.label, (middle, 1), axes.get_xaxis_transform(), offset_pt, **style)


def _draw_row(axes: Axes, point: PanelPoint, y_pt: float, ends: tuple[float, float]) -> None:
    colour, label, written = point.look.colour.light, _shortened(label_of(point)), _written(point)
    number = point.estimate.point
    known = number is not None and math.isfinite(number) and ends[0] <= number <= ends[1]
    sides = axes.get_yaxis_transform()
    write(axes, label, (0, y_pt), sides, (-_GAP_PT, 0), ha="right", color=INK.light, fontsize=TEXT_PT)
    write(axes, written, (1, y_pt), sides, (_GAP_PT, 0), color=colour if known else SOFT.light)
    if point.means:
        dots = {"marker": "o", "markersize": 3, "markerfacecolor": colour, "markeredgewidth": 0, "alpha": 0.35}
        heights = [y_pt] * len(point.means)
        plot(axes, "means", point.names, point.means, heights, linestyle="none", zorder=2, **dots)
    _draw_interval(axes, point, y_pt, ends)
    if known:
        edge = 1.2 if point.hollow else 0.8
        look = {"markersize": 5.5, "markeredgewidth": edge, "zorder": 4}
        stamp(axes, point, (number or 0.0, y_pt), f"{label}: {written}", hollow=point.hollow, **look)


def _draw_interval(axes: Axes, point: PanelPoint, y_pt: float, ends: tuple[float, float]) -> None:
    """The interval as a bar; an end that lies outside the axis is drawn as an arrow."""
    low, high, colour = point.estimate.low, point.estimate.high, point.look.colour.light
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return
    inside_low, inside_high = max(low, ends[0]), min(high, ends[1])
    if inside_low > inside_high:
        return
    # A cap is higher than the mark is, so that an interval narrower than its mark can be seen too.
    capped = [index for index, end in enumerate((low, high)) if ends[0] <= end <= ends[1]]
    caps = {"marker": "|", "markersize": 9.0, "markevery": capped}
    bar = {"color": colour, "linewidth": 2.2, "solid_capstyle": "butt", "zorder": 3}
    plot(axes, "interval", point.names, [inside_low, inside_high], [y_pt, y_pt], **bar, **caps)
    outside = [(inside_low, "<")] * bool(low < ends[0]) + [(inside_high, ">")] * bool(high > ends[1])
    for at, arrow in outside:
        axes.plot([at], [y_pt], marker=arrow, markersize=4.5, color=colour, linestyle="none", zorder=3)
