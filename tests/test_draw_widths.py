"""Panels of rows and of curves at the widths of the page and of paper: words keep apart, names are whole, no text is scaled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.draw import draw
from study.draw.tokens import COLOURS, HALF, NARROW, PAPER_HALF, PAPER_WHOLE, SIZES, WHOLE
from tests import synthetic_report as synthetic
from tests.drawn import Picture, complaints_of_axes, outside, overlapping

if TYPE_CHECKING:
    from study.blocks import Panel

LONG = "a name that is longer than there is room for beside the marks of a narrow picture, and of a wide one too"
ROWS = synthetic.rows_panel("rows")
PANELS: dict[str, Panel] = {
    "rows": ROWS,
    "rows with long names": replace(
        ROWS, points=tuple(replace(point, label=f"{LONG} {number}") for number, point in enumerate(ROWS.points))
    ),
    "curves": synthetic.curves_panel("curves"),
    "facets": synthetic.curves_panel("facets", facets=("fannkuch", "sleep", "json", "zlib")),
}
EVERY = pytest.mark.parametrize("which", ["wide", "narrow", "half", "paper", "half of paper"])


def picture(name: str, which: str) -> Picture:
    whole, half = draw(PANELS[name]), draw(replace(PANELS[name], span="half"))
    drawn = {
        "wide": whole.wide,
        "narrow": whole.narrow,
        "half": half.wide,
        "paper": whole.paper,
        "half of paper": half.paper,
    }
    return Picture(drawn[which])


@pytest.mark.parametrize("name", PANELS)
@EVERY
def test_words_stay_inside_keep_apart_and_are_whole(name: str, which: str) -> None:
    shown = picture(name, which)
    assert outside(shown) == []
    assert overlapping(shown) == []
    assert "…" not in shown.said
    assert min(words.size for words in shown.words) >= SIZES["tick"]


@pytest.mark.parametrize("name", PANELS)
@EVERY
def test_axes_have_three_ticks_at_every_width(name: str, which: str) -> None:
    assert complaints_of_axes(picture(name, which)) == []


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_is_as_wide_as_it_is_asked_to_be(name: str) -> None:
    widths = {which: picture(name, which).width for which in ("wide", "narrow", "half", "paper", "half of paper")}
    assert list(widths.values()) == [WHOLE, NARROW, HALF, PAPER_WHOLE, PAPER_HALF]


@pytest.mark.parametrize("name", PANELS)
def test_the_narrow_picture_has_all_marks_of_the_wide_one(name: str) -> None:
    wide, narrow = ({(mark.kind, mark.of) for mark in picture(name, which).marks if mark.kind != "name"}
                    for which in ("wide", "narrow"))  # fmt: skip
    assert wide == narrow


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_on_the_page_has_colours_of_tokens_alone(name: str) -> None:
    for which in ("wide", "narrow", "half"):
        assert picture(name, which).paints <= {f"var(--{token})" for token in COLOURS}


def test_a_long_name_stands_there_whole() -> None:
    for which in ("wide", "narrow"):
        assert f"{LONG} 3".replace(" ", "") in picture("rows with long names", which).said.replace(" ", "")
