"""A module of a section that cannot be imported costs those that need it; each is told in its place, as it is called."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import study as package
from study.blocks import Prose, Table
from study.evidence import study_of
from study.sections import report_of
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.stored_run import store_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.reports import Report

ROOT = Path(__file__).parent.parent
SECTIONS = ROOT / "study" / "sections"
FAULT = "a fault"
HELPERS = sorted(
    ".".join(path.relative_to(SECTIONS).with_suffix("").parts)
    for path in SECTIONS.rglob("*.py")
    if "\nRECORD" not in path.read_text(encoding="utf-8") and path.stem not in {"__init__", "modules"}
)
"""All but that which finds the others."""
WORDS = [name for name in HELPERS if name.endswith("_words")]
"""Those that only the section of their question asks for."""
OF_SIX = [name for name in WORDS if name.startswith("questions.q")]
SIX = ["Q1 ", "Q2 ", "Q3 ", "Q4 ", "Q5 ", "Q6 "]


def raises(text: str) -> str:
    return f"{text}\nraise KeyError({FAULT!r})\n"


def is_no_python(text: str) -> str:
    return f"{text}\n) {FAULT}\n"


def has_no_value(text: str) -> str:
    return text.replace("RECORD = Record(", "RECORD: Record\n_RECORD = Record(")


def has_no_number(text: str) -> str:
    return text.replace("order=", "order='x' or ")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("broken") / "r"
    store_run(found, {"q3-lives": EXPERIMENTS["q3-lives"]}, measured)
    return found


@pytest.fixture(scope="module")
def whole(results: Path) -> Report:
    return report_of(study_of(results, ROOT, lock_digest=""))


@pytest.fixture
def report_with(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """The report by a copy of the sections of which one module is changed."""

    def made_with(name: str, change: Callable[[str], str]) -> Report:
        path = tmp_path.joinpath("sections", *name.split(".")).with_suffix(".py")
        shutil.copytree(SECTIONS, tmp_path / "sections", ignore=shutil.ignore_patterns("__pycache__"))
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        monkeypatch.setattr(package, "sections", package.sections)
        monkeypatch.setattr(package, "__path__", [str(tmp_path), *package.__path__])
        for module in [module for module in sys.modules if f"{module}.".startswith("study.sections.")]:
            monkeypatch.delitem(sys.modules, module)
        made: Report = import_module("study.sections").report_of(study_of(results, ROOT, lock_digest=""))
        return made

    return made_with


def lost(report: Report) -> dict[str, str]:
    """The sections that could not be made, and what they say."""
    return {
        section.id: block.text
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Prose) and block.text.startswith("Nothing can be said here")
    }


def rows(report: Report) -> list[str]:
    """Of the table of answers."""
    (answers,) = [section for section in report.sections if section.id == "answers"]
    return [str(row[0].value)[:3] for block in answers.blocks if isinstance(block, Table) for row in block.rows]


def refused(report: Report) -> str:
    """What the page says is not shown."""
    return str([section.blocks for section in report.sections if section.id == "not-shown"])


def headings(report: Report) -> list[tuple[str, str, str]]:
    return [(section.id, section.name, section.title) for section in report.sections if section.id != "not-shown"]


@pytest.mark.parametrize("change", [raises, is_no_python])
@pytest.mark.parametrize("name", ["questions.q1", "questions.q6", "questions.noise", "not_measured"])
def test_a_section_that_cannot_be_imported_stands_in_its_place_with_its_title_and_says_what_was_refused(
    name: str, change: Callable[[str], str], report_with: Callable[..., Report], whole: Report
) -> None:
    report = report_with(name, change)
    place = name.rpartition(".")[2].replace("_", "-")
    assert any(fault in lost(report)[place] for fault in (FAULT, "SyntaxError"))
    assert headings(report) == headings(whole)
    assert rows(report) == SIX
    number = len(lost(report))
    told = f"{number} section{'s' if number > 1 else ''} could not be made"
    assert ("warn", told, "#not-shown") in report.badges


@pytest.mark.parametrize("change", [has_no_value, has_no_number])
@pytest.mark.parametrize("name", ["questions.q1", "questions.q6"])
def test_a_question_whose_record_cannot_be_read_has_its_row_and_stands_where_its_name_does(
    name: str, change: Callable[[str], str], report_with: Callable[..., Report], whole: Report
) -> None:
    report = report_with(name, change)
    place = name.rpartition(".")[2]
    assert "its RECORD is" in lost(report)[place]
    assert rows(report) == SIX
    number = [identity for identity, _, _ in headings(whole)].index(place)
    title = f"{place.upper()} What {place.upper()} would say"
    assert headings(report)[number] == (place, place.upper(), title)


def test_any_other_section_whose_record_cannot_be_read_stands_at_the_end(report_with: Callable[..., Report]) -> None:
    report = report_with("glossary", has_no_value)
    assert report.sections[-1].title == "What glossary would say"


@pytest.mark.parametrize("name", [name for name in HELPERS if name not in WORDS] + OF_SIX)
def test_a_helper_that_cannot_be_imported_costs_those_that_need_it_and_each_says_so(
    name: str, report_with: Callable[..., Report], whole: Report
) -> None:
    report = report_with(name, raises)
    assert all(FAULT in said for said in lost(report).values())
    known = headings(whole)
    assert [heading for heading in headings(report) if heading in known] == known
    # A topic that cannot be imported cannot say that it is not in the run.
    assert {place for place, *_ in set(headings(report)) - set(known)} <= lost(report).keys()
    assert FAULT in f"{report.badges}{lost(report)}{refused(report)}"
