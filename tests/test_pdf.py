"""The PDF, opened as readers' programs open it: what stands on its pages, what they lead to, what it says to who hears it."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.blocks import Item, Prose, Table
from study.errors import ReportError
from study.report import csvs, placed, write_report
from study.report.paper import numbered as numbered_in
from study.report.paper import on_paper
from study.report.text import fitted
from tests import synthetic_paper as synthetic
from tests.paper_file import BOTTOM_PT, PaperFile
from tests.synthetic_report import LONG_LINE
from tests.test_report import HOSTILE

if TYPE_CHECKING:
    from study.blocks import Column
    from study.reports import Report

ROOT = Path(__file__).parent.parent
COMMITTED = ROOT / "report" / "report.pdf"
MOST_PAGES = 40
LARGEST_BYTES = 2_000_000
FULL = 0.6
"""Of a page, how much at least is filled, but of the last of a part."""
ELSEWHERE: tuple[dict[str, str], ...] = (
    {},
    {"TZ": "Asia/Tokyo", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "77"},
)
WRITE = """
import sys
from pathlib import Path
from study.report import write_report
from tests import synthetic_paper
write_report(synthetic_paper.report(), out=Path(sys.argv[1]), appendix=True)
"""


def written(report: Report, folder: Path) -> PaperFile:
    paths = write_report(report, out=folder, appendix=True)
    assert paths.pdf is not None, paths.pdf_reason
    return PaperFile(paths.pdf)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PaperFile:
    return written(synthetic.report(), tmp_path_factory.mktemp("paper"))


@pytest.fixture(scope="module")
def facing(tmp_path_factory: pytest.TempPathFactory) -> PaperFile:
    """A report whose questions have two pages each."""
    return written(synthetic.full_report(), tmp_path_factory.mktemp("facing"))


@pytest.fixture(scope="module", params=["synthetic", "facing", "committed"])
def paper(request: pytest.FixtureRequest, made: PaperFile, facing: PaperFile) -> PaperFile:
    """What is true of every report, also of the one that is kept with the study."""
    return {"synthetic": made, "facing": facing}.get(request.param) or PaperFile(COMMITTED)


def test_no_word_lies_outside_of_its_page(paper: PaperFile) -> None:
    outside = [
        (number + 1, word["text"])
        for number, page in enumerate(paper.pages)
        for word in paper.words(number)
        if word["x0"] < 0 or word["top"] < 0 or word["x1"] > page.width or word["bottom"] > page.height
    ]
    assert outside == []


def test_nothing_runs_into_the_foot_of_a_page(paper: PaperFile) -> None:
    for number, page in enumerate(paper.pages):
        below = [word for word in paper.words(number) if word["top"] > page.height - BOTTOM_PT + 3]
        assert len({round(word["bottom"]) for word in below}) <= 1, number + 1


def test_no_figure_is_higher_or_wider_than_its_page(paper: PaperFile) -> None:
    figures = [tag for tag in paper.tags.walk() if tag.kind == "Figure"]
    assert figures
    page = paper.pages[0]
    for figure in figures:
        x0, y0, x1, y1 = figure.attributes["BBox"]
        assert 0 <= x0 < x1 <= page.width
        assert 0 <= y0 < y1 <= page.height


def test_every_figure_is_told_in_few_words_to_who_hears_it(paper: PaperFile) -> None:
    for figure in (tag for tag in paper.tags.walk() if tag.kind == "Figure"):
        assert 20 <= len(figure.alt) <= 600, figure.alt


def test_the_outline_leads_to_the_pages_where_its_titles_stand(paper: PaperFile) -> None:
    assert len(paper.outline) > 5
    for _, title, page in paper.outline:
        assert page >= 0, title
        assert title.split()[0] in paper.text(page), title


def test_the_contents_and_cards_name_the_pages_that_they_lead_to(paper: PaperFile) -> None:
    begins = {" ".join(title.split()[:2]) for _, title, _ in paper.outline} | {"p. "}
    numbered = [
        (words, int(words.split()[-1]), page)
        for number in range(min(6, len(paper.pages)))
        for words, page in paper.links(number)
        if words.startswith(tuple(begins)) and words.split()[-1].isdecimal()
    ]
    assert len(numbered) > 5
    assert [words for words, said, page in numbered if said != page + 1] == []


def test_what_the_text_refers_to_has_its_number_where_the_link_leads(paper: PaperFile) -> None:
    references = [
        (words, page)
        for number in range(len(paper.pages))
        for words, page in paper.links(number)
        if words.split()[:1] in (["Figure"], ["Table"]) and len(words.split()) == 2
    ]
    assert references
    assert [words for words, page in references if words.rstrip(".,") + "." not in paper.text(page)] == []


def test_headings_have_no_gaps_and_the_first_is_the_title(paper: PaperFile) -> None:
    levels = [int(tag.kind[1:]) for tag in paper.tags.walk() if tag.kind[:1] == "H" and tag.kind[1:].isdecimal()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_row_of_a_table_has_a_head_and_every_column_too(paper: PaperFile) -> None:
    tables = [tag for tag in paper.tags.walk() if tag.kind == "Table"]
    assert tables
    for table in tables:
        head, *rows = [tag for tag in table.walk() if tag.kind == "TR"]
        assert {cell.attributes["Scope"] for cell in head.below} == {"Column"}
        for row in rows:
            first, *others = row.below
            assert (first.kind, first.attributes["Scope"]) == ("TH", "Row")
            assert {cell.kind for cell in others} <= {"TD"}


def test_names_of_runs_in_the_heads_of_a_table_do_not_run_into_each_other(tmp_path: Path) -> None:
    names = [f"2026112{number}t235333z-8f2826dd" for number in range(4)]
    heads: tuple[tuple[str, Column], ...] = (
        ("What", "text"),
        *((f"Machine x86-64-2cpu-f710, run {name}", "text") for name in names),
    )
    row = (Item(value="Processor"), *(Item(value="Intel(R) Xeon(R) Processor of a long name") for _ in names))
    wide = Table(id="wide", caption="Wide", heads=heads, rows=(row,) * 3)
    report = synthetic.report()
    (first, *_) = (section for section in report.sections if section.paper == "flow")
    made = written(replace(report, sections=(replace(first, blocks=(wide,)),)), tmp_path)
    words = [word for number in range(len(made.pages)) for word in made.words(number)]
    begun = [word for word in words if word["text"].startswith("2026112")]
    assert {word["text"].split("z")[0] for word in begun} == {name.split("z")[0] for name in names}
    assert [word["text"] for word in begun if word["text"].count("2026112") > 1 or "-8" in word["text"]] == []


def test_no_line_of_a_program_is_broken_so_that_it_can_be_copied(made: PaperFile) -> None:
    words = [(number, word) for number in range(len(made.pages)) for word in made.words(number)]
    first, *others, last = LONG_LINE.split()
    beginning = [(number, word) for number, word in words if word["text"] == first]
    assert beginning
    for number, word in beginning:
        same = [other["text"] for page, other in words if page == number and abs(other["top"] - word["top"]) < 1]
        assert {*others, last} <= set(same)
        above = [other for page, other in words if page == number and other["text"] == "if"]
        assert any(other["x0"] < word["x0"] for other in above), "its indentation is lost"


def test_captions_belong_to_what_they_are_of(made: PaperFile) -> None:
    captions = [tag for tag in made.tags.walk() if tag.kind == "Caption"]
    report = fitted(synthetic.report())

    numbered = [name for section in on_paper(report).sections for name in numbered_in(section)]
    assert len(captions) == len(numbered)


def test_files_inside_can_be_read(made: PaperFile) -> None:
    report = fitted(synthetic.report())
    files = csvs.files(report, placed.drawn_figures(report))
    assert made.attachments == {
        "cells.csv": files["cells.csv"][1].encode(),
        "q1.toml": synthetic.EXPERIMENT.encode(),
    }


def test_a_file_says_what_it_is_of(made: PaperFile) -> None:
    said = made.metadata
    assert said["Title"] == "A report: a text: box a text, cpython-3.14, run 20260101t000000z-0000"
    assert said["Author"] == "A, B"
    assert "MIT" in said["Subject"]
    assert "benchmark" in said["Keywords"]


def test_each_question_begins_on_a_left_page_with_its_answer(facing: PaperFile) -> None:
    pages = {title: page for _, title, page in facing.outline}
    for place in ("q1", "q2"):
        page = next(page for title, page in pages.items() if title.startswith(place.upper()))
        assert (page + 1) % 2 == 0
        assert f"The answer to {place}" in facing.text(page)
    assert len({page for title, page in pages.items() if title.startswith("Q")}) == 2


def test_questions_that_do_not_fill_two_pages_follow_each_other(made: PaperFile) -> None:
    first, second = (page for _, title, page in made.outline if title.startswith(("Q1", "Q2")))
    assert second - first < 2


def test_the_head_of_a_section_stays_where_its_whole_table_goes_on_the_next_page(tmp_path: Path) -> None:
    (before,) = (section for section in synthetic.report().sections if section.id == "numbers")
    filled = replace(before, blocks=tuple(Prose(text=f"line {number} " + "words " * 12) for number in range(32)))
    table = replace(synthetic.long_table("whole", rows=15), caption="Whole")
    last = replace(before, id="last", title="Head of the last", lede="What else to know", blocks=(table,))
    made = written(replace(synthetic.report(), sections=(filled, last)), tmp_path)
    said = [made.text(number) for number in range(len(made.pages))]
    (head,) = (number for number, text in enumerate(said) if "What else to know" in text)
    assert "line 31" in said[head]
    assert "row 0 a text" not in said[head]
    assert all(f"row {number} a text" in said[head + 1] for number in range(15))


def test_the_title_page_has_the_cards_the_trust_and_how_to_cite(made: PaperFile) -> None:
    first = made.text(0)
    for part in ("Q1", "Q2", "supported", "How far to trust it", "loud a text", "Cite as:", "20260101t000000z-0000"):
        assert part in first, part


def test_a_page_that_is_taken_out_says_where_it_belongs(made: PaperFile) -> None:
    for number in range(1, len(made.pages)):
        text = made.text(number)
        assert "box a text · cpython-3.14 · 1 January 2026" in text
        assert "run 20260101t000000z-0000" in text
    page = next(page for _, title, page in made.outline if title == "The machine")
    assert "Machine" in made.text(page)


def test_what_is_folded_on_the_page_is_not_printed(made: PaperFile) -> None:
    text = " ".join(made.text(number) for number in range(len(made.pages)))
    assert "A figure that is folded away" not in text
    assert "hidden" not in text


def test_a_link_out_of_the_file_shows_where_it_leads_on_paper(made: PaperFile) -> None:
    for address in made.addresses:
        shown = address.replace("https://doi.org/", "doi:").replace("https://", "")
        assert any(shown in made.text(number) for number in range(len(made.pages)))


def test_the_appendix_has_every_row(made: PaperFile) -> None:
    every = PaperFile(made.path.with_name("report-appendix.pdf"))
    text = " ".join(every.text(number) for number in range(len(every.pages)))
    assert text.count(f"row {synthetic.ROWS - 1} a text") == 2
    assert any(page.width > page.height for page in every.pages)


def test_a_panic_of_typst_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def refused(*_: object, **__: object) -> None:
        raise panic("no thread")

    monkeypatch.setattr("typst.compile_with_warnings", refused)
    with pytest.raises(ReportError, match="no thread; may you begin more threads"):
        write_report(synthetic.report(), out=tmp_path / "report")
    assert not (tmp_path / "report" / "index.html").exists()


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "typst", "control", "ends", "formula"])
def test_hostile_text_is_text_on_paper_too(text: str, tmp_path: Path) -> None:
    found = written(synthetic.report(text), tmp_path)
    everything = " ".join(found.text(number) for number in range(len(found.pages)))
    assert "root:x:" not in everything
    assert set(found.attachments) == {"cells.csv", "q1.toml"}


def test_paper_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    digests = []
    for number, other in enumerate(ELSEWHERE):
        folder = tmp_path / ("one" if not number else "two ünï 日本")
        home = tmp_path / f"home-{number}"
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT), **other}
        subprocess.run([sys.executable, "-c", WRITE, str(folder)], cwd=home, env=environment, check=True)
        digests.append(
            [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("report.pdf", "report-appendix.pdf")]
        )
    assert digests[0] == digests[1]


def test_the_report_that_is_kept_is_short_and_light() -> None:
    assert len(PaperFile(COMMITTED).pages) <= MOST_PAGES
    assert COMMITTED.stat().st_size < LARGEST_BYTES


def test_the_report_that_is_kept_carries_its_numbers() -> None:
    names = set(PaperFile(COMMITTED).attachments)
    assert {"cells.csv", "process-means.csv", "verdicts.csv", "claims.toml"} <= names


def test_pages_are_full_but_the_last_of_a_part(paper: PaperFile) -> None:
    """A part begins with a heading of the first level; title, decisions and contents have a page each."""
    parts = [page for level, _, page in paper.outline if level == 1]
    begins = {*parts, *range(parts[1]), len(paper.pages)}
    shares = {
        number + 1: round(paper.full(number), 2) for number in range(len(paper.pages)) if number + 1 not in begins
    }
    assert {number: share for number, share in shares.items() if share < FULL} == {}
