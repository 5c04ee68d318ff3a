"""Figures for a wall: letters that a lecture hall reads, few rows, title and source inside, lengths as the numbers say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study import forms
from study.draw.forms import DRAWERS
from study.draw.forms.wall_frame import MODEL, letters_of
from study.draw.style import styled
from study.draw.svg import for_screen
from study.draw.tokens import NARROW, SIZES, WHOLE
from study.forms.walls import MOST_ROWS
from tests.drawn import Picture
from tests.known_walls import WALL_GRAIN, WALL_LIFE, WALL_SHARES, WALL_TURNS, WALLS
from tests.test_forms import at

WALL_PX, LEAST_PX = 1920, 28
"""How wide a wall is, and how high letters are that are read from the last row."""
SLIDE = 9 / 16
EVERY = pytest.mark.parametrize("wall", WALLS, ids=lambda wall: wall.id)


def drawn(wall: forms.WallBars | forms.WallLines, width: float = WHOLE) -> Picture:
    drawer = DRAWERS[type(wall)]
    with styled():
        return Picture(for_screen(drawer.sheet_of(wall, width), wall.id, wall.title, drawer.alternative(wall)))


@EVERY
def test_every_letter_is_read_from_the_last_row_and_the_whole_fits_a_slide(
    wall: forms.WallBars | forms.WallLines,
) -> None:
    shown = drawn(wall)
    assert min(words.size for words in shown.words) * WALL_PX / WHOLE >= LEAST_PX
    assert shown.height <= SLIDE * WHOLE


@EVERY
def test_title_and_source_stand_in_the_picture_itself(wall: forms.WallBars | forms.WallLines) -> None:
    for width in (WHOLE, NARROW):
        said = [words.text for words in drawn(wall, width).words]
        assert said[0] == wall.title
        assert said[1] == f"{MODEL if wall.modelled else 'Measured'}: {wall.source}"


def test_a_model_says_so_loudly_and_nothing_measured_does() -> None:
    grounds = {wall.id: "var(--warn-tint)" in drawn(wall).paints for wall in WALLS}
    assert grounds == {wall.id: wall.modelled for wall in WALLS}
    assert MODEL not in drawn(replace(WALL_TURNS, modelled=False)).said


def test_a_line_of_a_model_says_model_at_its_end_and_has_no_marks() -> None:
    shown = drawn(WALL_GRAIN)
    assert [words.text for words in shown.words].count("model") == 1
    dotted = next(course for course in WALL_GRAIN.courses if course.dotted)
    assert not [name for name in shown.of("point") if name.startswith(dotted.name)]


def test_headings_count_as_rows() -> None:
    assert (WALL_LIFE.rows, WALL_TURNS.rows) == (3, 5)
    assert all(wall.rows <= MOST_ROWS for wall in WALLS if isinstance(wall, forms.WallBars))


@pytest.mark.parametrize("width", [WHOLE, NARROW])
def test_pieces_begin_and_end_where_their_numbers_do(width: float) -> None:
    shown = drawn(WALL_LIFE, width)
    (scale,) = shown.ticks()
    found = {
        mark.of: (mark.box.left, mark.box.right) for mark in shown.marks if mark.kind == "works" and "spawn" in mark.of
    }
    for piece in WALL_LIFE.bars[-1].pieces:
        left, right = found[f" | spawn | {piece.label}"]
        assert at(scale, " ms", left) == pytest.approx(1e3 * piece.begin, abs=0.3)
        assert at(scale, " ms", right) == pytest.approx(1e3 * piece.end, abs=0.3)


def test_turns_that_are_waited_for_are_lines_and_those_that_work_are_blocks() -> None:
    shown = drawn(WALL_TURNS)
    works, waits = (
        [mark.box for mark in shown.marks if mark.kind == kind and "thread 1" in mark.of] for kind in ("works", "waits")
    )
    assert (len(works), len(waits)) == (3, 3)
    assert min(box.bottom - box.top for box in works) > 20 > max(box.bottom - box.top for box in waits)


def test_what_has_no_room_on_its_piece_stands_below_it_with_its_number() -> None:
    said = drawn(WALL_LIFE).said
    for piece in WALL_LIFE.bars[0].pieces:
        assert f"{piece.label} " in said
    assert "made 4.0" in said


def test_an_interval_is_drawn_where_it_lies() -> None:
    shown = drawn(WALL_SHARES)
    (scale,) = shown.ticks()
    bar = WALL_SHARES.bars[0]
    assert bar.whole is not None
    (box,) = [mark.box for mark in shown.marks if mark.kind == "interval" and bar.name in mark.of]
    assert at(scale, " %", box.left) == pytest.approx(100 * (bar.whole.low or 0.0), abs=0.5)
    assert at(scale, " %", box.right) == pytest.approx(100 * (bar.whole.high or 0.0), abs=0.5)


def test_on_a_telephone_letters_are_those_of_any_figure() -> None:
    assert letters_of(NARROW).tick == SIZES["tick"]
    assert letters_of(WHOLE).tick > letters_of(WHOLE / 2).tick >= SIZES["tick"]
