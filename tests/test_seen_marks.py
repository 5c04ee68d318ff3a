"""The marks of every figure of a run whose truth is known: point, both ends of the interval, row, order, dots, references."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests import truth
from tests.known_figures import CHANNELS, CURVES, HEADS, METHODS, MOMENTS, PARTS, TRUTHS, capacity, speedup
from tests.known_run import APART, handed, in_both, life, means_of, pool

if TYPE_CHECKING:
    from tests.marks import Figure
    from tests.page import Page

FORMS = ("first-", "q1-workers", "q5-life", "promises", "rounds-", "wall-")
"""What the ids of figures begin with that are forms, or have no intervals: tests/test_forms.py reads their marks."""
EVERY = pytest.mark.parametrize("name", TRUTHS)


def joined(names: tuple[str, ...]) -> str:
    """Names as a mark has them."""
    return " | ".join(names)


def near(figure: Figure, value: float, mark: str) -> object:
    """The value, as exactly as the paper can show it."""
    axes = figure.axes_of("point", mark)
    ticks = axes.y.values if figure.id in CURVES else axes.x.values
    return pytest.approx(value, rel=3e-3, abs=2e-4 * max(ticks))


@EVERY
def test_each_mark_stands_at_its_number_and_its_bar_ends_where_its_interval_ends(page: Page, name: str) -> None:
    figure = page.figures[name]
    read = figure.curve if name in CURVES else figure.row
    expected = {joined(names): value for names, value in TRUTHS[name]().items()}
    assert set(figure.names()) == set(expected)
    for mark, known in expected.items():
        low, point, high = read(mark)
        assert point == near(figure, known.point, mark), mark
        assert low == near(figure, known.low, mark), mark
        assert high == near(figure, known.high, mark), mark


@EVERY
def test_table_and_file_behind_a_figure_have_the_same_numbers_as_its_marks(page: Page, name: str) -> None:
    table, file = page.behind(name), page.rows(f"figure-{name}.csv")
    expected = TRUTHS[name]()
    assert len(table.rows) == len(file) == len(expected)
    heads = list(file[0])
    assert heads[-5:] == ["point", "low", "high", "n", "unit"]
    assert table.heads == [*HEADS[name], "Number and interval", "n"]
    assert heads[:-5] == [head.lower() for head in HEADS[name]]
    for row, written in zip(table.rows, file, strict=True):
        names = tuple(item.text for item in list(row.values())[:-2])
        known = expected[names]
        assert tuple(written.values())[:-5] == names
        assert row["Number and interval"].number == pytest.approx(known.point)
        found = [float(written[end]) for end in ("low", "point", "high")]
        assert found == pytest.approx(list(known)), names
        assert row["n"].text == written["n"]


def test_every_figure_has_marks_table_file_and_words_that_agree(page: Page) -> None:
    assert set(TRUTHS) < set(page.figures)
    for name, figure in page.figures.items():
        assert len(set(figure.names())) == len(figure.names()), f"two rows of one name in {name}"
        curves = bool(figure.names("course"))
        file = page.rows(f"figure-{name}.csv")
        assert page.behind(name).caption == figure.title
        assert figure.description.startswith(figure.title.rstrip("."))
        if name.startswith(FORMS):
            continue
        for written, row in zip(file, page.behind(name).rows, strict=True):
            names = list(written.values())[:-5]
            mark = joined(tuple(names))
            axes = figure.axes_of("point", mark)
            scale = axes.y if curves else axes.x
            if len(scale.labels) < 2:
                continue  # an axis of one tick tells nobody where a mark stands
            low, point, high = (figure.curve if curves else figure.row)(mark)
            reach = 2e-4 * max(map(abs, scale.values))
            for seen, end in ((low, "low"), (point, "point"), (high, "high")):
                assert seen == pytest.approx(float(written[end]), rel=4e-3, abs=reach), (name, mark, end)
            assert row["Number and interval"].text in figure.mark("point", mark).tip, (name, mark)
        shown = page.behind(name).rows[0]["Number and interval"].text
        assert shown in figure.description


@pytest.mark.parametrize("name", sorted(set(TRUTHS) - CURVES))
def test_a_row_is_named_left_of_its_mark_under_its_title_and_its_number_stands_right_of_it(
    page: Page, name: str
) -> None:
    figure = page.figures[name]
    texts = {joined(tuple(item.text for item in list(row.values())[:-2])): row for row in page.behind(name).rows}
    for mark in figure.names():
        (_, height) = figure.mark("point", mark).points[0]
        axes = figure.axes_of("point", mark)
        left, *_, right = axes.row_text(height)
        (label,) = [said for said in mark.split(" | ") if said != axes.title_above(height)]
        # An order of lines has its count behind it.
        assert left in {label, label[:47] + "…"} or left.startswith(f"{label}: ")
        assert right == texts[mark]["Number and interval"].text


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("q3-lifecycle", [f"{words} | {method or 'thread'}" for words in MOMENTS.values() for method in ("", *METHODS)]),
        ("q5-parts", [f"{words} | {method}" for words in PARTS.values() for method in METHODS]),
        ("q6-orders", [f"four printing processes under {method} | {order}" for method, orders in
                       (("fork", "1234 2134 1243"), ("spawn", "2134 1234 4321")) for order in orders.split()]),
        ("q4-chunks", [f"{pool_}, fork | {size}" for pool_, sizes in (
            ("Pool", ("chunks of 1", "chunks of 8", "its own chunk size (32)", "chunks of 64")),
            ("ProcessPoolExecutor", ("its own chunk size (1)", "chunks of 8", "chunks of 64")),
        ) for size in sizes]),
    ],
)  # fmt: skip
def test_rows_stand_from_top_to_bottom_in_their_order(page: Page, name: str, order: list[str]) -> None:
    figure = page.figures[name]
    heights = {mark: figure.mark("point", mark).points[0][1] for mark in figure.names()}
    assert [mark for mark in sorted(heights, key=lambda mark: heights[mark]) if mark in order] == order


def test_small_dots_are_the_means_of_the_processes(page: Page) -> None:
    for method in METHODS:
        dots = page.figures["q3-lifecycle"].dots(f"{MOMENTS['join']} | {method}")
        assert dots == pytest.approx(list(means_of(life(method))), rel=3e-3)
        dots = page.figures["q5-parts"].dots(f"{PARTS['total']} | {method}")
        assert dots == pytest.approx(list(means_of(pool(method, "total"))), rel=3e-3)
    dots = page.figures["q4-per-task"].dots("a process for each task, 4 at a time | spawn")
    assert dots == pytest.approx(list(means_of(handed("process_per_task", "spawn")) / 8), rel=3e-3)


def test_points_of_a_curve_stand_over_their_number(page: Page) -> None:
    sizes = {"64 B": 64, "64 KiB": 65536, "1 MiB": 1048576}
    for words, payload in sizes.items():
        for channel in CHANNELS.values():
            assert page.figures["messages-sizes"].x_of(f"{channel} | {words}") == pytest.approx(payload, rel=5e-3)
    for size in (1, 8, 64):
        assert page.figures["dispatch-chunks"].x_of(f"Pool, fork | {size}") == pytest.approx(size, rel=5e-3)
    for workers in (1, 2, 4):
        assert page.figures["memory-workers"].x_of(f"processes, spawn | {workers}") == pytest.approx(workers, abs=0.01)


@pytest.mark.parametrize("name", sorted(CURVES))
def test_a_line_goes_through_the_marks_of_its_course(page: Page, name: str) -> None:
    figure = page.figures[name]
    assert figure.names("course")
    for course in figure.names("course"):
        marks = [mark for mark in figure.names() if mark.startswith(f"{course} | ") and "more than" not in mark]
        points = sorted(figure.mark("point", mark).points[0] for mark in marks)
        drawn = sorted(figure.mark("course", course).points)
        assert np.array(drawn) == pytest.approx(np.array(points), abs=0.02), course


def test_speedups_stand_over_their_workers_beside_capacity_and_as_many_times_as_workers(page: Page) -> None:
    figure = page.figures["q1-speedup"]
    for kernel in ("fannkuch", "sleep"):
        axes = figure.axes_of("point", f"{kernel} | Pool | 4")
        for mark, seen in axes.of("point").items():
            said = mark.rpartition(" | ")[2]
            assert axes.x.near(seen.points[0][0]) == said.partition(" ")[0]
            assert seen.hollow == ("more than CPUs" in said), mark
        ideal = axes.of("ideal")[kernel]
        found = {axes.x.near(x): axes.y.at(y) for x, y in ideal.points}
        assert found == {str(workers): pytest.approx(workers, abs=0.01) for workers in (1, 2, 4)}
    bars = figure.names("capacity")
    assert {bar for bar in bars if "threads" not in bar} == {f"fannkuch | Pool | {workers}" for workers in (2, 4)}
    for workers in (2, 4):
        bar, axes = figure.mark("capacity", f"fannkuch | Pool | {workers}"), figure.axes_of("capacity", bars[0])
        assert bar.visible
        assert {axes.x.near(x) for x, _ in bar.points} == {str(workers)}
        assert {round(axes.y.at(y), 2) for _, y in bar.points} == {round(capacity(workers).point, 2)}
    assert speedup("fannkuch", "pool", 4).low > 2.0, "or a speedup and its inverse could be taken for each other"


@pytest.mark.parametrize(
    ("name", "label", "at"),
    [("q1-pools", "plain loop", 1.0), ("q2-busy", "one CPU", 1.0), ("scaling-kernels", "plain loop", 1.0),
     ("noise-pairs", "no difference", 1.0), ("noise-pairs", "put in", 1.05)],
)  # fmt: skip
def test_a_line_that_rows_are_held_against_stands_at_its_value(page: Page, name: str, label: str, at: float) -> None:
    figure = page.figures[name]
    line = figure.mark("reference", label)
    assert line.visible
    assert {round(figure.only.x.at(x), 3) for x, _ in line.points} == {at}
    assert len({y for _, y in line.points}) == 2, "it goes from top to bottom"


def test_a_line_that_curves_are_held_against_stands_at_its_value(page: Page) -> None:
    figure = page.figures["grain-efficiency"]
    line = figure.mark("reference", "half")
    assert {round(figure.only.y.at(y), 3) for _, y in line.points} == {0.5}
    assert len({x for x, _ in line.points}) == 2


def test_the_grey_band_of_the_noise_figure_is_the_largest_floor(page: Page) -> None:
    figure = page.figures["noise-pairs"]
    cell = handed("map", "fork")
    floor = truth.floor(*in_both(replace(cell, label="again"), cell))
    assert floor > APART["compute"]
    (band,) = [mark for mark in figure.only.marks if mark.kind == "band"]
    ends = sorted({round(figure.only.x.at(x), 3) for x, _ in band.points})
    assert ends == pytest.approx([1 - floor, 1 + floor], abs=2e-3)


def test_marks_of_what_has_no_buffer_are_hollow(page: Page) -> None:
    figure = page.figures["q6-promises"]
    for mark in figure.names():
        assert figure.mark("point", mark).hollow == ("unbuffered" in mark), mark


def test_a_thing_has_one_colour_everywhere_and_no_other_thing_has_it(page: Page) -> None:
    colours = {}
    for method in METHODS:
        lives = [page.figures["q3-lifecycle"].mark(kind, f"{words} | {method}").colour
                 for words in MOMENTS.values() for kind in ("point", "interval", "means")]  # fmt: skip
        pools = [page.figures["q5-parts"].mark("point", f"{words} | {method}").colour for words in PARTS.values()]
        (colours[method],) = {*lives, *pools}
    assert len(set(colours.values())) == len(METHODS)
