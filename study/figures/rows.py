"""The one form of most figures: a row for each thing, its estimate, its interval, each process as a small dot."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from study import units
from study.figures import axes as axes_
from study.figures.drawn import Datum
from study.figures.style import (
    BAND,
    GRID,
    INK,
    SMALL_PT,
    SOFT,
    TEXT_PT,
    THINGS,
    WIDTH_PT,
    styled,
    text_width_pt,
)
from study.figures.svg import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from study.findings import Estimate

_ROW_PT = 18.0
_HEAD_PT = 21.0
_FOOT_PT = 36.0
_TOP_PT = 5.0
_REFERENCE_PT = 13.0
_GAP_PT = 9.0
_TICK_PT = 48.0
_LONGEST = 48
"""Characters of a label; the table below a figure has the whole name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing with its estimate. `means` are one number per process, in the estimate's unit."""

    label: str
    thing: str
    estimate: Estimate
    means: tuple[float, ...] = ()
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that are compared with each other, under a heading ('' for none)."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A vertical line or band that the rows are held against."""

    label: str
    at: float
    to: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A whole figure of rows on one axis."""

    groups: tuple[Group, ...]
    unit: str
    axis_label: str
    log: bool = False
    include: tuple[float, ...] = ()
    references: tuple[Reference, ...] = field(default=())

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row of every group."""
        return tuple(row for group in self.groups for row in group.rows)


def shortened(text: str, longest: int = _LONGEST) -> str:
    """The text, cut with an ellipsis where it is longer than a label can be."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def data_of(rows: Rows) -> tuple[Datum, ...]:
    """The table behind the figure."""
    return tuple(
        Datum(
            names=(group.title, row.label),
            text=units.with_interval(row.estimate),
            point=row.estimate.point,
            low=row.estimate.low,
            high=row.estimate.high,
            n=row.estimate.n,
            unit=row.estimate.unit,
        )
        for group in rows.groups
        for row in group.rows
    )


def figure_of(rows: Rows) -> tuple[Figure, float]:
    """The figure, and its height in points."""
    with styled():
        return _figure_of(rows)


def _figure_of(rows: Rows) -> tuple[Figure, float]:
    left_pt = _GAP_PT + max(text_width_pt(shortened(row.label), TEXT_PT) for row in rows.rows)
    written = [units.with_interval(row.estimate, reason=False) for row in rows.rows]
    right_pt = _GAP_PT + 3 + max(text_width_pt(text, SMALL_PT) for text in written)
    top_pt = _TOP_PT + (_REFERENCE_PT if rows.references else 0)
    heads_pt = sum(_HEAD_PT for group in rows.groups if group.title)
    inner_pt = heads_pt + _ROW_PT * len(rows.rows)
    height_pt = top_pt + inner_pt + _FOOT_PT
    figure = Figure(figsize=(WIDTH_PT / 72, height_pt / 72), dpi=72)
    axes = figure.add_axes(
        (
            left_pt / WIDTH_PT,
            _FOOT_PT / height_pt,
            (WIDTH_PT - left_pt - right_pt) / WIDTH_PT,
            inner_pt / height_pt,
        )
    )
    ends = axes_.limits(_values(rows.rows), log=rows.log, include=[*rows.include, *_reference_ends(rows.references)])
    most = max(3, int((WIDTH_PT - left_pt - right_pt) // _TICK_PT))
    axes_.dress(axes, "x", ends, unit=rows.unit, log=rows.log, most=most)
    axes.set_ylim(inner_pt, 0)
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    middles_pt = _middles_pt(rows.groups)
    axes.hlines(middles_pt, *ends, color=GRID.light, linewidth=0.5, zorder=0)
    axes.set_xlabel(rows.axis_label, labelpad=5)
    width_pt = WIDTH_PT - left_pt - right_pt
    for reference, side in zip(rows.references, _sides(rows.references, ends, width_pt, log=rows.log), strict=True):
        _draw_reference(axes, reference, side)
    places = iter(zip(middles_pt, written, strict=True))
    for group in rows.groups:
        for index, row in enumerate(group.rows):
            y_pt, text = next(places)
            if group.title and not index:
                _aside(axes, shortened(group.title, 96), y_pt - _ROW_PT / 2 - 7, -left_pt, weight="bold")
            _draw_row(axes, row, (group.title, row.label), y_pt, ends, text)
    return figure, height_pt


def _middles_pt(groups: Sequence[Group]) -> list[float]:
    """How far below the top the middle of each row lies."""
    middles_pt: list[float] = []
    y_pt = 0.0
    for group in groups:
        y_pt += _HEAD_PT if group.title else 0.0
        middles_pt += [y_pt + _ROW_PT * (index + 0.5) for index in range(len(group.rows))]
        y_pt += _ROW_PT * len(group.rows)
    return middles_pt


def _values(rows: Sequence[Row]) -> list[float | None]:
    ends = [value for row in rows for value in (row.estimate.point, row.estimate.low, row.estimate.high)]
    return [*ends, *(mean for row in rows for mean in row.means)]


def _reference_ends(references: Sequence[Reference]) -> list[float]:
    return [end for reference in references for end in (reference.at, reference.to) if end is not None]


def _aside(axes: Axes, text: str, y_pt: float, offset_pt: float, *, weight: str = "normal") -> None:
    """Text that begins that many points right of the axis' left end."""
    axes.annotate(
        text,
        xy=(0, y_pt),
        xycoords=axes.get_yaxis_transform(),
        xytext=(offset_pt, 0),
        textcoords="offset points",
        va="center_baseline",
        color=INK.light,
        fontsize=TEXT_PT,
        fontweight=weight,
        annotation_clip=False,
    )


def _sides(references: Sequence[Reference], ends: tuple[float, float], width_pt: float, *, log: bool) -> list[str]:
    """Where each label is aligned: centred, or away from a neighbour that it would touch."""

    def at_pt(value: float) -> float:
        low, high, here = (math.log(end) for end in (*ends, value)) if log else (*ends, value)
        return width_pt * (here - low) / (high - low)

    lines = sorted((index for index, one in enumerate(references) if one.label), key=lambda at: references[at].at)
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


def _draw_row(
    axes: Axes, row: Row, names: tuple[str, str], y_pt: float, ends: tuple[float, float], written: str
) -> None:
    thing = THINGS.get(row.thing, THINGS["call"])
    colour = thing.colour.light
    label = shortened(row.label)
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
    point = row.estimate.point
    known = point is not None and math.isfinite(point) and ends[0] <= point <= ends[1]
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
    if row.means:
        (dots,) = axes.plot(
            row.means,
            [y_pt] * len(row.means),
            linestyle="none",
            marker="o",
            markersize=3,
            markerfacecolor=colour,
            markeredgewidth=0,
            alpha=0.35,
            zorder=2,
        )
        dots.set_gid(mark("means", names))
    _draw_interval(axes, row.estimate, names, y_pt, ends, colour)
    if known:
        (point_mark,) = axes.plot(
            [point or 0.0],
            [y_pt],
            linestyle="none",
            marker=thing.marker,
            markersize=5.5,
            markerfacecolor="none" if row.hollow else colour,
            markeredgecolor=colour,
            markeredgewidth=1.2 if row.hollow else 0.8,
            zorder=4,
        )
        point_mark.set_gid(mark("point", names, f"{label}: {written}"))


def _draw_interval(
    axes: Axes, estimate: Estimate, names: tuple[str, str], y_pt: float, ends: tuple[float, float], colour: str
) -> None:
    """The 95 % interval as a bar; an end that lies outside the axis is drawn as an arrow."""
    low, high = estimate.low, estimate.high
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
    bar.set_gid(mark("interval", names))
    for at, arrow in outside:
        axes.plot([at], [y_pt], marker=arrow, markersize=4.5, color=colour, linestyle="none", zorder=3)
