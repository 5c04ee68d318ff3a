"""The report, rendered from synthetic findings: whole, the same twice, safe, and readable without a script."""

from __future__ import annotations

import csv
import html
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.figures.compose import View
from study.report import write_report
from tests import synthetic_findings as synthetic

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.findings import Findings

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "report" / "templates").glob("*.j2"))
HOSTILE = (
    "<script>alert(1)</script>",
    "$\\frac{$",
    '#read("/etc/passwd")',
    "\x1b]0;x\x07\x00",
    "\u202egnp.exe",
    "\ud800",
    "]]>&amp;<!--",
    "{{7*7}}{% raw %}",
)


def rendered(findings: Findings, out: Path) -> str:
    paths = write_report(findings, out=out, lock_digest="0" * 64)
    assert paths.pdf is not None, paths.pdf_reason
    assert paths.pdf.read_bytes().startswith(b"%PDF")
    return paths.html.read_text(encoding="utf-8")


def body(page: str) -> ET.Element:
    """The page's body: well-formed, or typst could not read it either."""
    return ET.fromstring(page[page.index("<body") : page.index("</body>") + len("</body>")])  # noqa: S314 - our own


@pytest.mark.parametrize("made", [synthetic.full, synthetic.sparse, synthetic.two_machines])
def test_a_page_is_well_formed_and_every_id_stands_once(made: Callable[[], Findings], tmp_path: Path) -> None:
    page = rendered(made(), tmp_path)
    counted = Counter(element.get("id") for element in body(page).iter() if element.get("id"))
    assert {identity for identity, number in counted.items() if number > 1} == set()
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= set(counted), links - set(counted)


def test_the_answers_come_first_one_for_each_question(tmp_path: Path) -> None:
    root = body(rendered(synthetic.full(), tmp_path))
    table = next(element for element in root.iter("table"))
    assert table.get("class") == "answers"
    rows = list(table.iterfind("tbody/tr"))
    assert [("".join(row.itertext())).strip()[:2] for row in rows] == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]


def test_rendering_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        rendered(synthetic.full(), tmp_path / name)
    for file in ("index.html", "report.pdf"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_text(text: str, tmp_path: Path) -> None:
    page = rendered(synthetic.hostile(text), tmp_path)
    root = body(page)
    scripts = [element for element in root.iter() if element.tag == "script"]
    assert len(scripts) <= 1
    assert "alert(1)" not in "".join(script.text or "" for script in scripts)
    assert "root:x:" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_nothing_comes_from_the_network(tmp_path: Path) -> None:
    page = rendered(synthetic.full(), tmp_path)
    assert "default-src 'none'" in html.unescape(page)
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [source for source in sources if re.match(r"[a-z]+:|//", source) and not source.startswith("data:")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_number_with_a_unit_is_typed_into_a_template(path: Path) -> None:
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\d+(?:\.\d+)?\s*(?:ms|µs|ns|s|%|times|CPUs?|rounds|MiB|KiB)\b", text) == []


def test_every_table_of_data_is_csv_that_reads_back(tmp_path: Path) -> None:
    rendered(synthetic.full(), tmp_path)
    files = sorted((tmp_path / "data").glob("*.csv"))
    assert len(files) > 5
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len({len(row) for row in rows}) == 1, path
        cells = [cell for row in rows for cell in row if cell[:1] in {"=", "@"}]
        assert cells == [], path


def test_a_simulated_run_says_so(tmp_path: Path) -> None:
    found = synthetic.full()
    run = replace(found.runs[0], simulated=True)
    assert "simulated" in rendered(replace(found, runs=(run,)), tmp_path).lower()


def test_every_figure_has_words_for_who_cannot_see_it(tmp_path: Path) -> None:
    root = body(rendered(synthetic.full(), tmp_path))
    pictures = [element for element in root.iter() if element.tag.endswith("svg")]
    assert len(pictures) >= 8
    for picture in pictures:
        words = " ".join("".join(child.itertext()) for child in picture if child.tag.endswith(("title", "desc")))
        assert any(character.isdigit() for character in words)


def test_a_cell_of_a_topic_is_not_taken_for_the_plain_one_of_a_question() -> None:
    run = synthetic.full().runs[0]
    plain = View(run, run.targets[0].name).one("Q3", pattern="process_lifecycle", start_method="fork", part="join")
    assert plain is not None
    others = tuple(
        replace(plain, cell=replace(plain.cell, **{name: value}), experiments=("elsewhere",))  # type: ignore[arg-type]
        for name, value in (("variant", "frozen"), ("parent_bytes", 1 << 30))
    )
    more = View(replace(run, cells=(*others, *run.cells)), plain.target)
    assert more.find(pattern="process_lifecycle", start_method="fork", part="join") == [plain]
    asked_elsewhere = replace(plain, experiments=("elsewhere",))
    more = View(replace(run, cells=(asked_elsewhere, *run.cells)), plain.target)
    assert more.find("Q3", pattern="process_lifecycle", start_method="fork", part="join") == [plain]
