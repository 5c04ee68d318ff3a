"""The typst document: what paper has of a report, every text a literal."""

from __future__ import annotations

import re
import time
from collections import defaultdict

import pytest

from study.blocks import Marked
from study.draw import Drawn
from study.report import paper, pdf, placed
from study.report.attached import Attached
from study.report.text import fitted, prose
from tests import synthetic_paper, synthetic_report

DRAWN: defaultdict[str, Drawn] = defaultdict(
    lambda: Drawn(subtitle="subtitle", alt="alt", wide="", narrow="", paper="")
)
TRAVELS = (Attached("cells.csv", "every cell", "a,b\n", "data"), Attached("q1.toml", "asked for", "x = 1\n", "source"))


@pytest.fixture(scope="module")
def source() -> str:
    return pdf.document(paper.on_paper(synthetic_paper.report()), DRAWN, TRAVELS)


def test_paper_has_every_block_but_what_is_for_a_screen() -> None:
    source = pdf.document(paper.on_paper(synthetic_report.report()), DRAWN, ())
    for call in ("#prose(", "#terms_of(", "#verdict(", "#verdict_line(", "#choice(", "#program(", "#rows(", "#drawing(",
                 "#subhead(", "#beside_each_other("):  # fmt: skip
        assert call in source, call
    assert "only on paper" in source
    assert "numbers.csv" not in source


def test_every_section_of_paper_is_composed_in_its_own_way(source: str) -> None:
    assert re.findall(r'^#(spread|section|decisions)\("(\w+)"', source, re.MULTILINE) == [
        ("decisions", "decisions"),
        ("spread", "q1"),
        ("spread", "q2"),
        ("section", "numbers"),
        ("section", "loops"),
        ("section", "topic"),
        ("section", "machine"),
        ("section", "reproduce"),
    ]
    assert source.count("#topics[") == 1
    assert "#turned[" not in source


def test_each_part_is_begun_once_and_that_of_questions_with_two_pages_each_on_a_left_page(source: str) -> None:
    assert re.findall(r'#part\("([^"]+)", facing: (\w+)\)', source) == [
        ("Answers", "false"),
        ("Your loop", "false"),
        ("Topics", "false"),
        ("Machines", "false"),
        ("How sure", "false"),
    ]
    heads = r'#spread\("(\w+)".*first: (\w+), facing: (\w+)\)\['
    assert re.findall(heads, source) == [("q1", "true", "false"), ("q2", "false", "false")]
    full = pdf.document(paper.on_paper(synthetic_paper.full_report()), DRAWN, ())
    assert '#part("Answers", facing: true)' in full
    assert re.findall(heads, full) == [("q1", "true", "true"), ("q2", "false", "true")]


def test_the_title_page_has_a_card_for_each_question_and_what_stands_against_the_run(source: str) -> None:
    head = source[source.index("#title-page(") : source.index("#decisions(")]
    assert re.findall(r'card\("(\w+)"', head) == ["q1", "q2"]
    assert re.findall(r'mark-of\("(\w+)"', head) == ["loud", "warn", "fine"]
    for part in ("A, B, ", 'emph("A study: a text")', "run 20260101t000000z-0000", "licence MIT"):
        assert part in head


def test_the_title_page_names_what_stands_on_the_page_alone(source: str) -> None:
    told = pdf.document(paper.on_paper(synthetic_paper.report()), DRAWN, TRAVELS, elsewhere=("For a wall", "Rounds"))
    assert "travel inside this file. On the page of this report alone: For a wall; Rounds." in told
    assert "On the page of this report alone" not in source


def test_what_is_decided_has_its_page_where_paper_has_one(source: str) -> None:
    rows = source[source.index("#decisions(") : source.index("#contents()")]
    assert rows.count("decision(") == 2
    assert rows.count("decision-group(") == 1
    assert '"q1")' in rows
    assert "nowhere" not in source


def test_the_text_refers_to_every_figure_and_table_that_has_a_number(source: str) -> None:
    heads = "\n".join(re.findall(r"^#(?:spread|section)\(.*$", source, re.MULTILINE))
    numbered = re.findall(r'^#(?:drawing|rows)\("([^"]+)"', source, re.MULTILINE)
    assert numbered
    assert [identity for identity in numbered if f'"{identity}"' not in heads] == []


def test_no_two_things_on_paper_have_one_name(source: str) -> None:
    named = re.findall(r'#(?:subhead|drawing|rows|spread|section|decisions)\("([^"]+)"', source)
    assert named
    assert [name for name in set(named) if named.count(name) > 1] == []


def test_every_place_that_the_source_leads_to_is_in_it(source: str) -> None:
    named = set(re.findall(r'#(?:subhead|drawing|rows|spread|section|decisions)\("([^"]+)"', source))
    led_to = set(re.findall(r'link\(label\("([^"]+)"\)', source)) | set(re.findall(r'card\("([^"]+)"', source))
    assert led_to
    assert led_to - named == set()


def test_files_travel_and_are_listed(source: str) -> None:
    assert '#attach("cells.csv", "data", "text/csv", "every cell")' in source
    assert '#attach("q1.toml", "source", "text/plain", "asked for")' in source
    assert (
        '#travelling("What travels inside this file", (("every cell", ("cells.csv",)),("asked for", ("q1.toml",)),))'
        in source
    )


def test_the_document_is_told_from_others_by_its_title(source: str) -> None:
    assert 'title: "A report: a text: box a text, cpython-3.14, run 20260101t000000z-0000"' in source
    assert 'keywords: ("Python","benchmark",)' in source
    assert 'about: "box a text · cpython-3.14 · 1 January 2026"' in source


def test_a_report_that_cannot_be_cited_is_set_all_the_same() -> None:
    source = pdf.document(paper.on_paper(synthetic_report.report()), DRAWN, ())
    assert 'title: "A report: a text"' in source
    assert "keywords: ()" in source


def test_the_appendix_turns_the_paper_for_a_wide_section() -> None:
    shown = paper.appendix(synthetic_paper.report())
    source = pdf._rendered("appendix.typ.j2", shown)
    assert source.count("#turned[") == 1
    assert source.count("#rows(") == 2
    assert source.count(f'"row {synthetic_paper.ROWS - 1} a text"') == 2


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('a "quote"', r'"a \"quote\""'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines\r\tand tab", r'"two\nlines\r\tand tab"'),
        ("\\u{1f600} #x $y$ `", r'"\\u{1f600} #x $y$ `"'),
    ],
)
def test_a_text_becomes_one_literal(text: str, literal: str) -> None:
    assert pdf.plain(text) == literal


def test_what_no_font_has_a_shape_for_is_called_by_its_number() -> None:
    assert pdf.settable("a \U0001f600 on \u6a5f, 3\u00a0µs") == "a U+1F600 on U+6A5F, 3\u00a0µs"
    assert pdf.settable("one\n\ttwo \ufffd ✔ ✘ ≈") == "one\n\ttwo \ufffd ✔ ✘ ≈"
    assert pdf.settable("\ue000\uf8ff") == "U+E000U+F8FF"


def test_only_a_sentence_of_our_own_has_code_in_it_and_a_number_stays_whole() -> None:
    ours = Marked("run `nox` now")
    assert pdf.said(ours) == '{ "run "; raw("nox"); " now" }'
    assert prose(ours) == "run <code>nox</code> now"
    for data in ("run `nox` now", f"{ours}", f"failed: {ours}", f"{'`' * 3}"):
        assert pdf.said(data) == pdf.plain(data)
        assert prose(data) == data
    assert isinstance(fitted(ours), Marked)
    assert pdf.said("") == '""'
    assert pdf.said("3 [2, 4] ms") == '"3\u00a0[2,\u00a04]\u00a0ms"'


def test_places_that_paper_lacks_are_no_targets() -> None:
    report = synthetic_report.report()
    screen, on_paper = (placed.ids_of(report, paper=which) for which in (False, True))
    assert {"first", "second", "a-heading", "a-program", "rows", "a-table"} <= screen & on_paper
    assert "gone" not in screen | on_paper
    assert "none" not in screen | on_paper


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no such call")
def test_a_time_without_a_zone_is_of_utc_wherever_the_paper_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert pdf._seconds_since_1970("1970-01-02T00:00:00") == 24 * 60 * 60
        assert pdf._seconds_since_1970("1970-01-02T09:00:00+09:00") == 24 * 60 * 60
        assert pdf._seconds_since_1970("yesterday") == 0
    time.tzset()
