"""The report in short as Markdown, and whole as JSON: what stands in them, and that nothing in a text is a sign of either."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from study.blocks import Marked
from study.report import in_json, in_markdown
from study.report.markdown import escaped
from study.reports import Section
from tests import synthetic_report as synthetic
from tests import synthetic_screen

HOSTILE = "<b>|*x*|`code`\n# no [link](https://example.invalid) ~~a~~ ![i](j)"


def test_markdown_has_verdicts_numbers_and_decisions() -> None:
    report = synthetic.report()
    short = replace(
        report, sections=tuple(replace(section, brief=section.id == "third") for section in report.sections)
    )
    text = in_markdown(short)
    heads = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)
    assert heads == ["Verdicts", "Third", "Decisions"]
    assert text.startswith("# A report: a text\n\n")
    assert "- **loud a text**" in text
    assert "| Statement | Measured | Needed | Verdict |" in text
    assert text.count("✔ supported") == text.count("✘ refuted") == 1
    assert "- a text **Answer a text**" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    lines = [line for line in in_markdown(synthetic.report(HOSTILE)).splitlines() if line.startswith("|")]
    assert lines
    bars = [len(re.findall(r"(?<!\\)\|", line)) for line in lines]
    assert set(bars) == {5}


@pytest.mark.parametrize("sign", list("\\`*_{}[]<>#|~!"))
def test_no_sign_of_markdown_is_left_in_data(sign: str) -> None:
    assert escaped(f"a{sign}b") == f"a\\{sign}b"


def test_a_text_stands_on_one_line_and_code_of_ours_is_code() -> None:
    assert escaped("a\n b\tc") == "a b c"
    assert escaped(Marked("call `f(x)` now")) == "call `f(x)` now"
    assert escaped("call `f(x)` now") == "call \\`f(x)\\` now"


def test_json_has_every_section_with_tables_figures_verdicts_and_decisions() -> None:
    report = synthetic_screen.report()
    data = json.loads(in_json(report))
    assert data["schema"] == 1
    assert [section["id"] for section in data["sections"]] == [section.id for section in report.sections]
    second = next(section for section in data["sections"] if section["id"] == "second")
    assert {figure["id"] for figure in second["figures"]} >= {"rows", "curves", "facets"}
    (row, *_) = next(figure for figure in second["figures"] if figure["id"] == "rows")["numbers"]
    assert row["of"]["until"] == "until it runs"
    assert row["number"]["point"] == 0.001
    assert row["number"]["unit"] == "s"
    assert {verdict["decision"] for verdict in second["verdicts"]} >= {"supported", "refuted"}
    assert [decision["asked"] for decision in second["decisions"]] == ["a text", "Unknown?"]


def test_what_is_infinite_has_no_number_in_json() -> None:
    table = synthetic.table("endless")
    first, second, number, *rest = table.rows[0]
    number = replace(number, value=synthetic.estimate(2.0, 1.0, float("inf")))
    endless = replace(table, rows=((first, second, number, *rest),))
    report = replace(synthetic.report(), sections=(Section(id="one", name="One", title="One", blocks=(endless,)),))
    (only,) = json.loads(in_json(report))["sections"][0]["tables"]
    item = only["rows"][0][2]
    assert (item["value"]["point"], item["value"]["high"]) == (2.0, None)


def test_hostile_text_is_only_text_in_both() -> None:
    report = synthetic.report("\x1b]0;x\x07 \u202egnp.exe <script>")
    for text in (in_markdown(report), in_json(report)):
        assert not set(text) & set("\x1b\x07\u202e")
    assert "<script>" not in in_markdown(report)
