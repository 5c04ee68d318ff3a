"""The report, placed from hand-made blocks: whole, the same twice, safe, and readable without a script."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.draw import draw_for_screen
from study.report import pictures, write_report
from study.reports import Section
from tests import synthetic_report as synthetic
from tests.elements import of_class, text_of
from tests.page import Page

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.draw import Drawn
    from study.reports import Report

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "report" / "templates").glob("*.j2"))
HOSTILE = (
    "<script>alert(1)</script>",
    '#read("/etc/passwd") $\\frac{$ \\" \\u{202e}',
    "\x1b]0;x\x07\x00 \u202egnp.exe \ud800",
    "]]>&amp;<!-- `one` `two {{7*7}}{% raw %}",
    "=cmd|'/C calc'!A0;=1+1\t-2",
)


def rendered(report: Report, folder: Path) -> Page:
    """What was written, and the page as a tree: well-formed, or this fails."""
    paths = write_report(report, out=folder)
    assert paths.pdf is not None, paths.pdf_reason
    assert paths.pdf.read_bytes().startswith(b"%PDF")
    return Page(folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return rendered(synthetic.report(), tmp_path_factory.mktemp("plain"))


def test_every_id_stands_once_and_every_link_leads_somewhere(plain: Page) -> None:
    counted = Counter(element.get("id") for element in plain.body.iter() if element.get("id"))
    assert {identity for identity, number in counted.items() if number > 1} == set()
    links = set(re.findall(r'href="#([^"]*)"', plain.text))
    assert links
    assert links <= set(counted)


def test_the_contents_are_the_sections_in_their_order(plain: Page) -> None:
    entries = [(link.get("href"), text_of(link)) for nav in plain.body.iter("nav") for link in nav.iter("a")]
    sections = [("#first", "First"), ("#second", "Second"), ("#third", "Third")]
    assert entries == [("#first", "Topics"), *sections]  # a part, and below it what it has
    assert [text_of(heading) for heading in plain.body.iter("h2")] == ["First a text", "Second a text", "Third"]


def test_badges_stand_at_the_head_with_their_class(plain: Page) -> None:
    badges = [(element.get("class"), text_of(element)) for element in of_class(plain.body, "badge")]
    assert badges == [("badge loud", "loud a text"), ("badge warn", "warn"), ("badge fine", "fine")]


def test_each_decision_has_its_sign_and_class(plain: Page) -> None:
    seen = [
        (element.get("class"), text_of(of_class(element, "decision")[0])) for element in of_class(plain.body, "verdict")
    ]
    assert seen == [
        ("verdict yes", "✔ supported"),
        ("verdict no", "✘ refuted"),
        ("verdict same", "≈ no clear difference"),
        ("verdict open", "? cannot be decided here"),
    ]


def test_a_verdict_says_average_typical_and_evidence_and_one_without_number_only_its_reason(plain: Page) -> None:
    first, *_, last = of_class(plain.body, "verdict")
    said = text_of(of_class(first, "small")[0]).replace("\u00a0", " ")
    assert said == (
        "Statement: Statement: a text Average: 2.5 [2.0, 4.0] times. Typical: 2.4 [1.9, 3.9] times. Evidence: 10 paired rounds."
    )
    assert "Average" not in text_of(last)


def test_items_are_numbers_with_intervals_and_sort_keys(plain: Page) -> None:
    table = next(element for element in plain.body.iter("table") if element.get("id") == "a-table")
    cells = [
        [(cell.get("class"), cell.get("data-sort"), text_of(cell).replace("\u00a0", " ")) for cell in row]
        for row in table.iterfind("tbody/tr")
    ]
    assert cells[0] == [
        ("wide", None, "a text said beside it"),
        ("word", None, "✘ refuted"),
        ("num", "0.002", "2.0 ms [1.5, 4.0]"),
        ("num", "12345", "12 345"),
        ("num", "0.042", "4.2 %"),
    ]
    assert cells[1] == [
        ("wide", None, "without"),
        ("word", None, "word"),
        ("num", None, "not available: it was not measured"),
        ("num", None, "7"),
        ("num", None, "–"),
    ]


def test_what_is_noted_on_a_table_stands_below_it(plain: Page) -> None:
    assert "A note on a text." in [text_of(element) for element in of_class(plain.body, "small")]


def test_a_link_to_what_is_not_there_is_only_its_text(plain: Page) -> None:
    table = next(element for element in plain.body.iter("table") if element.get("id") == "a-table")
    assert [[link.get("href") for link in row.iter("a")] for row in table.iterfind("tbody/tr")] == [["#second"], []]


def test_what_is_for_paper_alone_is_not_on_the_page(plain: Page) -> None:
    assert "only on paper" not in plain.text


def test_what_cannot_be_drawn_says_why(plain: Page) -> None:
    assert "Not drawn: a finding of rows: a text, because there is none: a text." in [
        text_of(element) for element in of_class(plain.body, "empty")
    ]


def test_the_table_behind_a_figure_has_the_numbers_of_its_file(plain: Page) -> None:
    for figure in plain.body.iter("figure"):
        table = next(figure.iter("table"))
        heads = [text_of(head) for head in table.iterfind("thead/tr/th")]
        with (plain.folder / "data" / f"figure-{figure.get('id')}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        shown = [[text_of(cell) for cell in row] for row in table.iterfind("tbody/tr")]
        names = [head.lower() for head in heads[:-2]]
        assert [row[:-2] for row in shown] == [[row[name] for name in names] for row in rows]
        sorts = [row[-2].get("data-sort") for row in table.iterfind("tbody/tr")]
        assert sorts == [f"{float(row['point']):.8g}" for row in rows]
        assert all(float(row["low"]) < float(row["point"]) < float(row["high"]) for row in rows)
        assert len(rows) > 5


def test_an_estimate_becomes_six_columns_of_a_file(plain: Page) -> None:
    text = (plain.folder / "data" / "numbers.csv").read_text(encoding="utf-8")
    assert text.splitlines() == [
        "text,time,time_low,time_high,time_n,time_unit,time_reason,good,none,x",
        "a text,0.002,0.001,0.004,10,s,,True,,1.5",
    ]


def test_the_page_links_every_file(plain: Page) -> None:
    files = {f"data/{path.name}" for path in (plain.folder / "data").iterdir()}
    links = set(re.findall(r'href="(data/[^"]+)"', plain.text))
    assert links == files


def test_rendering_twice_gives_the_same_bytes(plain: Page, tmp_path: Path) -> None:
    rendered(synthetic.report(), tmp_path)
    for name in ("index.html", "report.pdf"):
        assert (tmp_path / name).read_bytes() == (plain.folder / name).read_bytes()


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "typst", "control", "ends", "formula"])
def test_hostile_text_comes_out_as_text(text: str, tmp_path: Path) -> None:
    made = rendered(synthetic.report(text), tmp_path)
    assert len(list(made.body.iter("script"))) == 2  # the data and the script
    assert "<script>alert(1)" not in made.text
    assert "root:x:" not in made.text
    assert not set(made.text) & set("\x1b\x00\u202e\ud800")
    for path in (tmp_path / "data").iterdir():
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
            pieces = [piece for cell in row for piece in re.split(r"[,;\t\n]", cell)]
            assert not [piece for piece in pieces if piece.lstrip()[:1] in {"=", "@", "+"}], path


def test_nothing_comes_from_the_network(plain: Page) -> None:
    assert "default-src 'none'" in html.unescape(plain.text)
    sources = re.findall(r'(?:src|href)="([^"]+)"', plain.text)
    assert [source for source in sources if re.match(r"[a-z]+:|//", source) and not source.startswith("data:")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_number_with_a_unit_is_typed_into_a_template(path: Path) -> None:
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\d+(?:\.\d+)?\s*(?:ms|µs|ns|s|%|times|CPUs?|rounds|MiB|KiB)\b", text) == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if ".typ." in path.name], ids=lambda path: path.name)
def test_no_text_gets_into_typst_but_as_a_literal(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    placed = [found.strip() for found in re.findall(r"\{\{(.*?)\}\}", source, flags=re.DOTALL)]
    ours = (
        "plain(",
        "said(",
        "raw(",
        "number(",
        "link(",
        "decided(",
        "heads_of(",
        "cells_of(",
        "table(",
        "place",
        "or_none(",
        "ids(",
    )
    # `text` is the parameter of `link`, which is given what has passed; what begins with "true" is one of two constants.
    left = [text for text in placed if not text.startswith((*ours, '"true" if ')) and text != "text"]
    assert placed
    assert left == []


def test_a_badge_leads_to_what_it_says_where_that_is_told(plain: Page) -> None:
    leads = [[link.get("href") for link in badge.iter("a")] for badge in of_class(plain.body, "badge")]
    assert leads == [[], ["#second"], []]


def test_a_picture_that_cannot_be_drawn_costs_itself_alone(
    plain: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(panel: Panel) -> Drawn:
        if panel.id == "rows":
            raise ValueError("a fault of <drawing>")
        return draw_for_screen(panel)

    monkeypatch.setattr(pictures, "draw_for_screen", drawn)
    (line,) = write_report(synthetic.report(), out=tmp_path).not_drawn
    assert line.startswith("figure rows: ValueError: a fault of <drawing>")
    page = Page(tmp_path)
    assert "The picture could not be drawn; its numbers stand here. What was refused is figure rows: " in text_of(
        page.body
    )
    assert page.badges[-1] == ("warn", "1 figure could not be drawn")
    assert page.text.count('id="rows"') == page.text.count('id="rows-data"') == 1
    assert {path.name for path in (tmp_path / "data").iterdir()} == {
        path.name for path in (plain.folder / "data").iterdir()
    }
    assert len(list(page.body.iter("figure"))) == len(list(plain.body.iter("figure"))) - 1
    assert (tmp_path / "report.pdf").is_file()


def test_every_figure_has_words_for_who_cannot_see_it(plain: Page) -> None:
    pictures = [element for element in plain.body.iter() if element.get("role") == "img"]
    assert len(pictures) == 6
    said_by = {element.get("id"): text_of(element) for element in plain.body.iter() if element.get("id")}
    for picture in pictures:
        said = " ".join(said_by[name] for name in picture.get("aria-labelledby", "").split())
        assert any(character.isdigit() for character in said)


def test_a_null_result_is_a_sentence_without_a_picture(plain: Page) -> None:
    sentences = [text_of(element) for element in plain.body.iter("p")]
    assert "A finding of rows: a text. Average time, log scale." in sentences
    assert 'id="no-finding"' not in plain.text


def test_a_section_begins_with_what_is_asked_the_answer_and_what_else_to_know(plain: Page) -> None:
    second = plain.sections["second"]
    assert [text_of(second.find(f"p[@class='{name}']")) for name in ("eyebrow", "told", "lede")] == [
        "Asked a text",
        "Answered a text",
        "Lede a text",
    ]


def test_the_verdict_at_the_head_of_a_section_has_its_number_and_what_was_needed(plain: Page) -> None:
    (line,) = of_class(plain.body, "line")
    said = text_of(line).replace("\u00a0", " ")
    assert said == "✔ supported Statement: a text 2.5 [2.0, 4.0] times needed: above 1 a text"


def test_a_program_stands_with_what_it_prints_and_a_sign_before_its_number(plain: Page) -> None:
    (printed,) = of_class(plain.body, "printed")
    assert text_of(printed) == "1 a text"
    marks = [(element.get("title"), text_of(element)) for element in of_class(plain.body, "mark")]
    assert marks == [
        ("supported", "✔"),
        ("refuted", "✘"),
        ("no clear difference", "≈"),
        ("cannot be decided here", "?"),
    ]


def test_what_is_folded_is_on_the_page_with_its_figures_and_its_place(plain: Page) -> None:
    (fold,) = [element for element in plain.body.iter("details") if element.get("id") == "a-fold"]
    assert [figure.get("id") for figure in fold.iter("figure")] == ["facets"]
    assert text_of(fold.find("summary")) == "Folded a text a text"


def test_an_answer_that_is_the_title_of_a_figure_is_said_once(tmp_path: Path) -> None:
    made = synthetic.report()
    panel = synthetic.rows_panel("only")
    section = Section(id="s", name="S", title="S", blocks=(panel,), answer=panel.title)
    page = rendered(replace(made, sections=(*made.sections, section)), tmp_path)
    assert of_class(page.sections["s"], "told") == []
    assert page.figures["only"].title == panel.title
