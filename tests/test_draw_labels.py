"""Words and marks in pictures: wrapped and never cut, moved apart, placed about a point where there is room."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from study.draw.axes import Scale, fitting_ticks
from study.draw.canvas import Sheet
from study.draw.forms import DRAWERS
from study.draw.labels import EndLabel, name_ends, set_about, spread, stacked
from study.draw.lettering import LINE, Box, box_of, text_width, widest, wrapped
from study.draw.style import font, styled
from study.draw.svg import for_screen
from study.draw.tokens import NARROW, TICK, WHOLE
from study.things import BACKENDS, CHANNELS, START_METHODS
from study.things.looks import INJECTED, SAME
from tests import known_forms
from tests.drawn import Picture, room_of, shapes_of, texts_of

SENTENCE = "up to 32 KiB: the price of waking the other side, whatever the size"


@pytest.mark.parametrize("room", [40.0, 90.0, 200.0, 2000.0])
@pytest.mark.parametrize("text", [SENTENCE, "concurrent.futures.ProcessPoolExecutor", ""])
def test_a_text_in_lines_is_the_whole_text_and_no_line_is_wider_than_its_room(text: str, room: float) -> None:
    lines = wrapped(text, room, TICK)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, TICK) <= room + 0.1 for line in lines)


def test_a_text_is_not_broken_in_the_room_that_was_measured_for_it() -> None:
    for size in (12.0, 13.0, 15.0):
        room = text_width(SENTENCE, size, bold=True)
        assert wrapped(SENTENCE, (room + 12.0) - 12.0, size, bold=True) == (SENTENCE,)


def test_a_number_stays_with_its_unit_where_no_blank_parts_them() -> None:
    assert wrapped("it takes 26\u00a0ms", 62.0, TICK)[-1] == "26\u00a0ms"


@pytest.mark.parametrize("wanted", [[10.0, 11.0, 12.0], [0.0, 0.0, 0.0, 0.0], [95.0, 99.0, 3.0], [50.0]])
def test_names_that_would_touch_are_moved_apart_and_stay_in_their_order(wanted: list[float]) -> None:
    heights = [12.0 + 3.0 * number for number in range(len(wanted))]
    middles = spread(wanted, heights, 0.0, 100.0)
    ends = sorted((middle - high / 2, middle + high / 2) for middle, high in zip(middles, heights, strict=True))
    assert all(low[1] <= high[0] for low, high in itertools.pairwise(ends))
    assert ends[0][0] >= 0.0
    assert ends[-1][1] <= 100.0
    assert sorted(range(len(wanted)), key=lambda at: wanted[at]) == sorted(
        range(len(wanted)), key=lambda at: middles[at]
    )


def test_names_that_have_room_stay_where_they_are_wanted() -> None:
    assert spread([10.0, 40.0, 80.0], [12.0, 12.0, 12.0], 0.0, 100.0) == [10.0, 40.0, 80.0]


def test_words_above_a_picture_take_another_row_where_they_would_touch() -> None:
    wanted = [(("a line",), 100.0), (("another line",), 105.0), (("far away",), 300.0), (("at the edge",), 0.0)]
    placed = stacked(wanted, 0.0, NARROW, TICK)
    assert placed[0] == (100.0, 0)
    assert placed[1] == (105.0, 1)
    assert placed[2][1] == placed[3][1] == 0
    for (lines, _), (middle, _) in zip(wanted, placed, strict=True):
        half = widest(lines, TICK) / 2
        assert middle - half >= 0.0
        assert middle + half <= NARROW


def test_words_about_a_place_touch_neither_other_words_nor_marks() -> None:
    sheet = Sheet(300.0)
    room = Box(0.0, 0.0, 300.0, 200.0)
    marks = [Box(140.0, 90.0, 160.0, 110.0)]
    boxes = [set_about(sheet, ["some words"], (150.0, 100.0), room=room, fill="ink", avoid=marks) for _ in range(6)]
    assert not [pair for pair in itertools.combinations([*boxes, *marks], 2) if pair[0].meets(pair[1])]
    assert all(box.within(300.0, 200.0) for box in boxes)


def test_words_that_find_no_free_side_lie_over_marks_and_not_over_words() -> None:
    sheet = Sheet(120.0)
    room = Box(0.0, 0.0, 120.0, 60.0)
    first = sheet.text("words that stand", 0.0, 12.0)
    box = set_about(sheet, ["more"], (60.0, 40.0), room=room, fill="ink", avoid=[Box(0.0, 16.0, 120.0, 60.0)])
    assert not box.meets(first)


def test_a_name_that_was_moved_has_a_line_from_the_end_it_belongs_to() -> None:
    sheet = Sheet(200.0)
    labels = [EndLabel(name=(f"line {number}",), at=(100.0, 50.0 + number), colour="blue") for number in range(3)]
    name_ends(sheet, labels, x=110.0, low=0.0, high=100.0)
    sheet.height = 100.0
    paths = [
        element for element in Picture(for_screen(sheet, "named", "", "")).root.iter() if element.tag.endswith("path")
    ]
    assert len(paths) == 2
    assert all(path.get("stroke") == "var(--blue)" for path in paths)


def test_turned_words_take_the_room_in_which_they_are_read() -> None:
    sheet = Sheet(100.0)
    lying = box_of(["not measured"], 50.0, 90.0, TICK, "start")
    box = sheet.text("not measured", 50.0, 90.0, turned=True)
    assert box.bottom == pytest.approx(90.0)
    assert box.bottom - box.top == pytest.approx(lying.right - lying.left)
    assert box.right - box.left == pytest.approx(lying.bottom - lying.top)


@pytest.mark.parametrize("width", [110.0, 200.0, 900.0])
@pytest.mark.parametrize(("low", "high", "unit", "log"), [
    (0.0, 0.026, "s", False), (1e-6, 6.0, "s", True), (1.0, 2.0**26, "byte", True), (0.0, 1.0, "share", False),
    (0.0, 17.0, "ratio", False), (0.9, 1.1, "ratio", False), (1.0, 64.0, "count", False),
])  # fmt: skip
def test_an_axis_has_as_many_ticks_as_can_be_told_apart_and_three_at_least(
    low: float, high: float, unit: str, *, log: bool, width: float
) -> None:
    ticks = fitting_ticks(Scale(low=low, high=high, start=0.0, end=width, log=log), unit)
    assert 3 <= len(ticks) <= 9
    assert list(ticks) == sorted(ticks)
    assert len(set(ticks.values())) == len(ticks)


@pytest.mark.parametrize("text", [SENTENCE, "ProcessPoolExecutor", "26\u00a0ms", " ", "AVAVA", ""])
@pytest.mark.parametrize("bold", [False, True])
def test_a_text_is_as_wide_as_matplotlib_says_but_for_kerning(text: str, *, bold: bool) -> None:
    of_matplotlib, _, _ = text_to_path.get_text_width_height_descent(f"|{text}|", font(TICK, bold=bold), ismath=False)
    ours = text_width(f"|{text}|", TICK, bold=bold)
    assert 0.9 * ours <= of_matplotlib <= ours + 0.5


def test_a_letter_that_the_font_has_not_has_a_width_too() -> None:
    assert text_width("\U0001f600", TICK) > 0.0


def test_lines_of_a_text_and_words_on_a_mark_are_told_by_their_class() -> None:
    sheet = Sheet(100.0)
    sheet.text(["two", "lines"], 0.0, 20.0)
    sheet.text("inside", 0.0, 60.0, inside=True)
    sheet.text("alone", 0.0, 80.0)
    sheet.height = 100.0
    shown = Picture(for_screen(sheet, "words", "", ""))
    assert [words.text for words in shown.words] == ["two lines", "inside", "alone"]
    assert [words.box for words in shown.words] == [pytest.approx(box, abs=0.02) for box in sheet.boxes]
    first, second = next(texts_of(shown.root))
    assert [float(line.get("y", "nan")) for line in (first, second)] == pytest.approx(
        [20.0, 20.0 + LINE * TICK], abs=0.01
    )
    assert [group.get("class") for group in shown.root if group.tag.endswith("}g")] == ["lines", "inside"]


def test_shapes_stand_where_they_are_drawn_from_the_upper_left_corner() -> None:
    sheet = Sheet(200.0)
    layer = sheet.layer("part", ("a <name>", "another"), "a tip & more")
    layer.rect(10.0, 20.0, 30.0, 5.0, fill="blue", radius=1.5)
    layer.dots([(50.0, 60.0), (70.0, 80.0)], 2.0, fill="green")
    layer.rect(100.0, 20.0, 30.0, 5.0, fill=sheet.hatch("third"))
    sheet.height = 90.0
    shown = Picture(for_screen(sheet, "shapes", "", ""))
    (mark,) = shown.marks
    assert (mark.kind, mark.of, mark.tip) == ("part", "a <name> | another", "a tip & more")
    (group,) = [group for group in shown.root if group.tag.endswith("}g")]
    rooms = [room_of(shape) for shape in shapes_of(group)]
    assert rooms == [
        (10.0, 20.0, 40.0, 25.0),
        (50.0, 60.0, 50.0, 60.0),
        (70.0, 80.0, 70.0, 80.0),
        (100.0, 20.0, 130.0, 25.0),
    ]
    fills = [shape.get("fill", "") for shape in shapes_of(group)]
    assert fills == ["var(--blue)", "var(--green)", "var(--green)", fills[3]]
    assert fills[3].startswith("url(#shapes-")


def test_every_look_has_a_marker_that_can_be_drawn() -> None:
    looks = [
        *(backend.look for backend in BACKENDS.values()),
        *(method.look for method in START_METHODS.values()),
        *(channel.look for channel in CHANNELS.values() if channel.look is not None),
        SAME,
        INJECTED,
    ]
    assert {look.marker for look in looks} <= set(Line2D.filled_markers)


def test_what_is_painted_in_no_token_is_refused() -> None:
    with pytest.raises(ValueError, match="no token of a colour"):
        Sheet(10.0).rect(0, 0, 1, 1, fill="#123456")


def test_a_long_name_is_broken_before_a_capital_within_it_and_not_anywhere() -> None:
    room = text_width("ProcessPool", TICK, bold=True)
    assert wrapped("ProcessPoolExecutor, fork", room, TICK, bold=True)[0] == "ProcessPool"
    assert "".join(wrapped("ProcessPoolExecutor", room, TICK, bold=True)) == "ProcessPoolExecutor"
    assert "".join(wrapped("interpreter", text_width("interp", TICK), TICK)) == "interpreter"


def test_lines_stand_at_their_counts_where_marks_are_moved_aside() -> None:
    form = replace(known_forms.SPEEDUP, missing=())
    with styled():
        sheet = DRAWERS[type(form)].sheet_of(form, WHOLE)
        shown = Picture(for_screen(sheet, "whole", "", ""))
    ends = [(line.box.left, line.box.right) for line in shown.of("course").values()]
    assert len(ends) == 2
    assert ends[0] == pytest.approx(ends[1], abs=0.1)
