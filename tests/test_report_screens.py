"""What only a screen has, placed from hand-made blocks: data that is only data, cards that wait, a sheet on a page of its own."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from study.report import write_report
from study.reports import Section
from tests import synthetic_screen as synthetic
from tests.elements import of_class, text_of
from tests.page import Page
from tests.test_report import HOSTILE

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from pathlib import Path

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', flags=re.DOTALL)


def rendered(folder: Path, text: str = "a text") -> Page:
    write_report(synthetic.report(text), out=folder)
    return Page(folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return rendered(tmp_path_factory.mktemp("plain"))


def data_of(page: str) -> dict[str, Any]:
    (found,) = DATA.findall(page)
    data: dict[str, Any] = json.loads(found)
    return data


def cards(page: Page) -> list[ET.Element]:
    """The cards that are shown, not those that wait."""
    waiting = {card for template in page.body.iter("template") for card in template.iter("div")}
    return [card for card in of_class(page.body, "card") if card not in waiting]


def test_the_script_is_given_places_what_answers_a_loop_at_each_and_the_sides_of_comparisons(plain: Page) -> None:
    data = data_of(plain.text)
    assert [place["id"] for place in data["places"]] == ["place-0", "place-1"]
    assert set(data["calculators"]) == {"place-0", "place-1"}
    known = synthetic.calculator(text="a text")
    first = data["calculators"]["place-0"]
    assert [job["gain"] for job in first["jobs"]] == [job.gain for job in known.jobs]
    assert first["loop"]["length_s"] == known.loop.length_s
    assert "reply" not in first
    assert data["pairs"] == {"any-two": synthetic.any_two().levels.told()}


def test_the_first_place_s_cards_are_shown_and_the_others_wait(plain: Page) -> None:
    assert [text_of(card.find("h3")) for card in cards(plain)] == ["Your loop a text", "When it pays", "All of them"]
    assert [template.get("data-cards") for template in plain.body.iter("template")] == ["place-1"]
    (headline, *_) = of_class(plain.body, "headline")
    assert text_of(headline).replace("\u00a0", " ") == synthetic.calculator().reply.headline


def test_figures_that_wait_have_their_numbers_as_files_too(plain: Page) -> None:
    names = {path.name for path in (plain.folder / "data").iterdir()}
    assert {"figure-first-place-0.csv", "figure-first-place-1.csv"} <= names


def test_a_sheet_has_a_page_of_its_own_that_the_report_leads_to(plain: Page) -> None:
    assert len(plain.every_cell.rows) == synthetic.ROWS
    assert plain.every_cell.heads == ["Cell", "Method", "Average", "Processes"]
    row = plain.every_cell.row(Processes="7")
    assert row["Cell"].text.startswith("cell 7 ")
    assert row["Cell"].small == "small 0"
    assert len(set(re.findall(r'href="(cells\.html)"', plain.text))) == 1
    assert 'href="index.html"' in plain.every_cell.text
    assert "A note a text." in plain.every_cell.text
    assert "cell 7 " not in plain.text


def test_without_a_script_the_first_side_stands_against_each_other(plain: Page) -> None:
    (box,) = of_class(plain.body, "anytwo")
    assert box.get("id") == "any-two"
    (fold,) = of_class(box, "every")
    assert fold.get("open") is not None
    assert len(list(fold.iter("table"))) == 1


def test_a_sheet_of_which_any_two_rows_are_compared_has_what_that_needs(tmp_path: Path) -> None:
    sheet = replace(synthetic.sheet(rows=2), file="machines.html", two=synthetic.any_two())
    last = Section(id="runs", name="Runs", title="Runs", part="How sure", blocks=(sheet,))
    write_report(replace(synthetic.report(), sections=(last,)), out=tmp_path)
    page = (tmp_path / "machines.html").read_text(encoding="utf-8")
    assert data_of(page)["pairs"] == {"any-two": synthetic.any_two().levels.told()}
    assert 'id="any-two"' in page
    assert "function ratiosOf(" in page


def test_what_a_screen_alone_has_is_not_on_paper_and_the_other_way_round(plain: Page) -> None:
    assert "The answer for paper" not in plain.text
    assert (plain.folder / "report.pdf").is_file()


def test_the_bar_has_the_parts_what_lies_below_them_and_the_sheet(plain: Page) -> None:
    (nav,) = plain.body.iter("nav")
    bar = next(element for element in nav.iter("ul") if element.get("class") == "bar")
    entries = [(link.get("href"), text_of(link)) for item in bar.findall("li") for link in item.findall("a")]
    assert entries == [
        ("#your-loop", "Your loop"),
        ("#first", "Topics"),
        ("#cells", "How sure"),
        ("cells.html", "Every cell a text"),
    ]
    below = [text_of(link) for fold in bar.iter("details") for link in fold.iter("a")]
    assert below == ["First", "Second", "Third"]


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "typst", "control", "ends", "formula"])
def test_hostile_text_is_only_text_in_data_and_on_both_pages(text: str, tmp_path: Path) -> None:
    made = rendered(tmp_path, text)
    for page in (made.text, made.every_cell.text):
        assert page.count("<script") == 2
        assert "<script>alert(1)" not in page
        assert not set(page) & set("\x1b\x00\u202e\ud800")
        assert data_of(page)
    assert "&" not in DATA.findall(made.text)[0]


def test_rendering_twice_gives_the_same_bytes_of_both_pages(plain: Page, tmp_path: Path) -> None:
    rendered(tmp_path)
    for name in ("index.html", "cells.html"):
        assert (tmp_path / name).read_bytes() == (plain.folder / name).read_bytes()


def test_a_report_without_sheets_takes_the_page_of_an_older_one_away(tmp_path: Path) -> None:
    rendered(tmp_path)
    from tests import synthetic_report

    write_report(synthetic_report.report(), out=tmp_path)
    assert not (tmp_path / "cells.html").exists()
    assert (tmp_path / "index.html").is_file()
