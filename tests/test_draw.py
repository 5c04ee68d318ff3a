"""Pictures of hand-made panels, read back from their marks: each stands at its number, its bar ends at its interval."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest

from study import units
from study.blocks import Reference
from study.draw import draw, missing, rows
from study.draw.axes import limits, linear_ticks, log_ticks
from study.draw.rows import label_of
from study.draw.tokens import COLOURS, HALF, NARROW, WHOLE
from tests import synthetic_report as synthetic
from tests.marks import Figure

if TYPE_CHECKING:
    from study.blocks import Panel, PanelPoint
    from study.findings import Unit

ROWS = synthetic.rows_panel("rows")
CURVES = synthetic.curves_panel("curves")
FACETS = synthetic.curves_panel("facets", facets=("fannkuch", "sleep"))
BASES = tuple({(point.facet, point.series): point for point in FACETS.points}.values())


def figure_of(panel: Panel) -> Figure:
    picture = ET.fromstring(f"<figure>{draw(panel).wide}</figure>")  # noqa: S314 - our own
    return Figure(picture)


def named(point: PanelPoint) -> str:
    return " | ".join(point.names)


@pytest.mark.parametrize("panel", [ROWS, replace(ROWS, log_y=False, include=(0.0,))], ids=["log", "straight"])
def test_the_mark_of_a_row_stands_at_its_number_and_its_bar_ends_where_its_interval_ends(panel: Panel) -> None:
    figure = figure_of(panel)
    assert figure.names() == [named(point) for point in panel.points]
    for point in panel.points:
        estimate = point.estimate
        assert figure.row(named(point)) == pytest.approx((estimate.low, estimate.point, estimate.high), rel=0.01)
        assert figure.dots(named(point)) == pytest.approx(point.means, rel=0.01)
        assert figure.mark("point", named(point)).hollow == point.hollow


def test_no_line_of_a_figure_runs_through_the_labels_that_stand_above_its_rows() -> None:
    """Where there is no room beside the marks they lie over lines of the axes: their ground is that of the page."""
    made = draw(replace(ROWS, references=(Reference(at=0.002, label="as alone"),))).narrow
    _, behind = made.split('data-mark="reference"')
    for point in ROWS.points:
        before, label, _ = behind.partition(f">{label_of(point)}</text>")
        assert label
        assert before.rpartition("<path")[2].count('fill="var(--page)"') == 1, (
            "the ground is drawn last before the words"
        )


def test_rows_stand_in_their_order_each_with_its_number_and_interval() -> None:
    axes = figure_of(ROWS).only
    heights = [axes.of("point")[named(point)].points[0][1] for point in ROWS.points]
    assert heights == sorted(heights)
    for point, height in zip(ROWS.points, heights, strict=True):
        assert axes.row_text(height) == [label_of(point), units.with_interval(point.estimate)]


def test_a_thing_has_the_pages_colour_on_the_page_and_its_own_on_paper() -> None:
    drawn, look = draw(ROWS), ROWS.points[0].look
    for screen in (drawn.wide, drawn.narrow):
        assert f"var(--{look.token})" in screen
        assert COLOURS[look.token].light not in screen
    assert COLOURS[look.token].light in drawn.paper
    assert "var(" not in drawn.paper


@pytest.mark.parametrize("panel", [ROWS, CURVES, FACETS], ids=["rows", "one", "facets"])
def test_a_picture_has_the_same_bytes_twice_and_whatever_a_user_has_set_for_matplotlib(panel: Panel) -> None:
    drawn = draw(panel)
    with mpl.rc_context({
        "svg.fonttype": "path", "text.parse_math": True, "lines.scale_dashes": True, "hatch.color": "red",
        "savefig.bbox": "tight", "savefig.dpi": 30.0, "font.family": ["serif"], "font.style": "italic",
        "lines.marker": "o", "axes.autolimit_mode": "round_numbers", "figure.autolayout": True,
    }):  # fmt: skip
        again = draw(panel)
    assert again == drawn


@pytest.mark.parametrize("panel", [CURVES, FACETS], ids=["one", "facets"])
def test_the_mark_of_a_curve_stands_at_its_number_and_its_line_goes_through_it(panel: Panel) -> None:
    figure = figure_of(panel)
    for point in panel.points:
        estimate = point.estimate
        assert figure.curve(named(point)) == pytest.approx((estimate.low, estimate.point, estimate.high), rel=0.01)
    courses = [mark for axes in figure.axes for mark in axes.marks if mark.kind == "course"]
    marks = [mark for axes in figure.axes for mark in axes.marks if mark.kind == "point"]
    within = {place for course in courses for place in course.points}
    inside = [point for point in panel.points if panel.edge is None or (point.x or 0.0) <= panel.edge]
    assert len(within) == len(inside)
    assert within <= {mark.points[0] for mark in marks}


def test_a_bound_stands_where_it_was_measured() -> None:
    figure = figure_of(FACETS)
    bounded = {named(point): point.bound.point for point in FACETS.points if point.bound is not None}
    assert set(figure.names("capacity")) == set(bounded)
    for name, bound in bounded.items():
        axes, bar = figure.axes_of("capacity", name), figure.mark("capacity", name)
        assert [axes.y.at(height) for _, height in bar.points] == pytest.approx([bound, bound], rel=0.01)
        assert axes.x.near(sum(place for place, _ in bar.points) / 2) == "2"


def test_only_what_lies_beyond_the_edge_stands_apart_and_the_edge_lies_half_way() -> None:
    points = tuple(
        replace(point, x=x, names=(*point.names[:2], f"{x:g}")) for point in BASES for x in (1.0, 2.0, 4.0, 8.0)
    )
    for axes in figure_of(replace(FACETS, edge=4.0, points=points)).axes:
        one, two, four, eight = axes.x.places
        assert two - one == pytest.approx(four - two, abs=0.1)
        assert eight - four > 1.2 * (four - two)
        (edge,) = [mark for mark in axes.marks if mark.kind == "edge"]
        assert [place for place, _ in edge.points] == pytest.approx([(four + eight) / 2] * 2, abs=0.1)


@pytest.mark.parametrize("width", [WHOLE, HALF, NARROW])
def test_the_words_of_lines_that_stand_near_do_not_lie_over_each_other(width: float) -> None:
    lines = tuple(Reference(label=f"{at} is held against", at=at) for at in (0.002, 0.0021, 0.0022, 0.03))
    sheet = rows.sheet_of(replace(ROWS, references=lines), ROWS.points, width)
    boxes = sheet.boxes[: len(lines)]
    assert all(box.within(sheet.width, sheet.height) for box in boxes)
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]


def test_the_ideal_is_as_many_times_as_workers() -> None:
    for axes in figure_of(FACETS).axes:
        (ideal,) = [mark for mark in axes.marks if mark.kind == "ideal"]
        for place, height in ideal.points:
            assert axes.y.at(height) == pytest.approx(float(axes.x.near(place)), rel=0.01)


def test_lines_and_bands_stand_at_their_values() -> None:
    axes = figure_of(ROWS).only
    (line,) = axes.of("reference").values()
    assert {round(axes.x.at(place), 5) for place, _ in line.points} == {0.002}
    (band,) = axes.of("band").values()
    places = [place for place, _ in band.points]
    assert (axes.x.at(min(places)), axes.x.at(max(places))) == pytest.approx((0.01, 0.02), rel=0.01)
    axes = figure_of(CURVES).only
    (line,) = axes.of("reference").values()
    assert {round(axes.y.at(height), 2) for _, height in line.points} == {1.0}


def test_the_name_of_a_line_stands_at_its_end_where_courses_pass_its_beginning() -> None:
    def moved(point: PanelPoint) -> PanelPoint:
        last = 3.0 if point.series == CURVES.points[0].series else 0.2
        value = 1.0 if point.x == 1.0 else last
        return replace(point, estimate=synthetic.estimate(value, value * 0.99, value * 1.01, "ratio"))

    parting = replace(CURVES, points=tuple(map(moved, CURVES.points)))
    for panel, anchor in ((CURVES, "start"), (parting, "end")):
        before, *_ = draw(panel).wide.split(">plain loop</text>")
        assert f'text-anchor="{anchor}"' in before.rpartition("<text")[2]


def test_the_words_of_a_picture_have_its_numbers_and_what_its_bars_are() -> None:
    drawn = draw(ROWS)
    first = ROWS.points[0]
    assert drawn.alt.startswith(f"{ROWS.title}. {', '.join(first.names)}: 1.0 ms [0.8, 1.5]; ")
    assert drawn.subtitle == (
        f"{ROWS.subtitle}; bars: 95 % intervals; n = 10 fresh processes a row; small dots: single processes."
    )
    fewer = replace(first, estimate=replace(first.estimate, n=3))
    assert "n = 3 to 10 fresh processes a row" in draw(replace(ROWS, points=(fewer, *ROWS.points[1:]))).subtitle
    alone = [replace(point, estimate=replace(point.estimate, n=1)) for point in ROWS.points]
    assert "; single fresh processes; small dots" in draw(replace(ROWS, points=tuple(alone))).subtitle


def test_what_has_no_number_is_not_drawn_and_a_panel_of_nothing_else_says_so() -> None:
    first, *others = ROWS.points
    nothing = replace(first, estimate=synthetic.estimate(None, None, None))
    assert named(first) not in figure_of(replace(ROWS, points=(nothing, *others))).names()
    assert missing(ROWS) == ""
    assert missing(replace(ROWS, points=(nothing,))) == "none of its numbers could be had"
    assert missing(replace(ROWS, reason="it was not asked")) == "it was not asked"


def test_an_end_that_is_not_on_the_axis_is_an_arrow_and_no_cap() -> None:
    first, *others = ROWS.points
    wide = replace(first, estimate=replace(first.estimate, low=-1.0))
    figure = figure_of(replace(ROWS, points=(wide, *others)))
    low, point, high = figure.row(named(first))
    assert (point, high) == pytest.approx((0.001, 0.0015), rel=0.01)
    assert low < 0.0009  # where a logarithmic axis begins


@pytest.mark.parametrize("most", [3, 5, 7])
@pytest.mark.parametrize("low", [7e-7, 1.1e-3, 950.0])
@pytest.mark.parametrize("times", [1.06, 1.9, 4.0, 9.0, 30.0, 95.0, 900.0, 1e5, 1e11])
def test_an_axis_has_ticks_enough_to_read_its_scale_by_and_few_enough_to_tell_them_apart(
    most: int, low: float, times: float
) -> None:
    for ticks in (log_ticks(low, low * times, most=most), linear_ticks(low, low * times, most=most)):
        assert 3 <= len(ticks) <= most + 3
        assert ticks == sorted(set(ticks))
        assert low <= ticks[0] < ticks[-1] <= low * times


@pytest.mark.parametrize("times", [1.01, 2.0, 20.0, 300.0])
@pytest.mark.parametrize("unit", ["s", "byte"])
def test_a_picture_of_near_numbers_has_three_ticks_too(unit: Unit, times: float) -> None:
    first, *_ = ROWS.points
    low = replace(first.estimate, point=3000.0, low=2990.0, high=3010.0, unit=unit)
    far = replace(low, point=3000.0 * times, low=None, high=None)
    points = tuple(replace(first, estimate=estimate, means=()) for estimate in (low, far))
    for panel in (replace(ROWS, points=points, references=(), log_y=log, include=()) for log in (True, False)):
        assert len(figure_of(panel).only.x.labels) >= 3


def test_sizes_that_stand_too_near_to_be_named_apart_lose_all_names_but_the_last() -> None:
    first, *_ = CURVES.points
    points = tuple(replace(first, names=(f"{mib} MiB",), x=float(mib << 20)) for mib in (1, 16, 512, 1024))
    panel = replace(CURVES, points=points, x_unit="byte", log_x=False, steps=False, edge=None, ideal=False)
    assert list(figure_of(panel).only.x.labels) == ["16 MiB", "512 MiB", "1 GiB"]


def test_an_axis_holds_every_number_with_a_little_room() -> None:
    low, high = limits([2.0, None, 10.0], log=False, include=(0.0,))
    assert low < 0.0
    assert 10.0 < high < 11.0
    low, high = limits([0.001, -5.0, 0.1, math.nan], log=True)
    assert 0.0008 < low < 0.001
    assert 0.1 < high < 0.13
    assert limits([], log=True) == (0.1, 10.0)
