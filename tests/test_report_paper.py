"""The typst document: the same blocks as the page, without what is for a screen alone, every text a literal."""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from study.blocks import Marked
from study.draw import Drawn
from study.report import pdf, placed
from study.report.templates import REPORT
from study.report.text import fitted, prose
from tests import synthetic_report as synthetic

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def source() -> str:
    drawn: defaultdict[str, Drawn] = defaultdict(lambda: Drawn(subtitle="subtitle", alt="alt", svg="", screen_svg=""))
    return pdf.document(synthetic.report(), drawn)


def test_paper_has_every_block_but_what_is_for_a_screen(source: str) -> None:
    for call in (
        "#prose(",
        "#terms_of(",
        "#verdict(",
        "#choice(",
        "#program(",
        "#file(",
        "#rows(",
        "#drawing(",
        "#subhead(",
    ):
        assert call in source, call
    assert "only on paper" in source
    assert "numbers.csv" not in source


def test_a_link_on_paper_leads_to_what_paper_has(source: str) -> None:
    assert 'link(label("second")' in source
    assert "nowhere" not in source


@pytest.mark.parametrize(("kind", "white"), [("loud", 4), ("warn", 0)])
def test_a_link_in_a_loud_badge_is_white_on_its_ground(tmp_path: Path, kind: str, white: int) -> None:
    typst = pytest.importorskip("typst")
    shutil.copyfile(REPORT / "pdf.typ", tmp_path / "pdf.typ")
    badge = f'("{kind}", link("https://example.org", "read"))'
    source = f'#import "pdf.typ": *\n#show: paper.with()\n#masthead("", "", ({badge},))'
    (tmp_path / "badge.typ").write_text(source, encoding="utf-8")
    drawn = typst.compile(str(tmp_path / "badge.typ"), format="svg").decode()
    ground = 1
    assert drawn.count('fill="#ffffff"') - ground == white
    assert drawn.count('fill="#0058a3"') == 4 - white


def test_a_wide_section_turns_the_paper(source: str) -> None:
    assert source.count("wide: true") == 1


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
    report = synthetic.report()
    screen, paper = (placed.ids_of(report, paper=which) for which in (False, True))
    assert {"first", "second", "a-heading", "a-program", "rows", "a-table"} <= screen & paper
    assert "gone" not in screen | paper
    assert "none" not in screen | paper


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no such call")
def test_a_time_without_a_zone_is_of_utc_wherever_the_paper_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert pdf._seconds_since_1970("1970-01-02T00:00:00") == 24 * 60 * 60
        assert pdf._seconds_since_1970("1970-01-02T09:00:00+09:00") == 24 * 60 * 60
        assert pdf._seconds_since_1970("yesterday") == 0
    time.tzset()
