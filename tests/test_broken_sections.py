"""A section that cannot be made costs itself alone: what was refused stands in its place, and links to it lead there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.blocks import Prose, Table
from study.evidence import study_of
from study.report import write_report
from study.sections import head, modules, report_of
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.page import Page
from tests.stored_run import store_run

if TYPE_CHECKING:
    from types import ModuleType

    from study.blocks import Item
    from study.evidence import Study
    from study.reports import Report, Section

ROOT = Path(__file__).parent.parent
EVERY = modules.sections()
NAMES = [module.__name__.removeprefix("study.sections.") for module in EVERY]
FAULT = "`a` fault"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("broken") / "r"
    store_run(found, {"q3-lives": EXPERIMENTS["q3-lives"]}, measured)
    return found


@pytest.fixture
def study(results: Path) -> Study:
    return study_of(results, ROOT, lock_digest="")


@pytest.fixture(scope="module")
def whole(results: Path) -> dict[str, Section]:
    return by_id(report_of(study_of(results, ROOT, lock_digest="")))


def by_id(report: Report) -> dict[str, Section]:
    return {section.id: section for section in report.sections}


def failing(*_: object, **__: object) -> None:
    raise KeyError(FAULT)


def not_shown(report: Report) -> list[tuple[str, str, str]]:
    """What the page says is not shown: where, what that leads to, and why."""
    (table,) = [block for block in by_id(report)["not-shown"].blocks if isinstance(block, Table)]
    return [(str(where.value), where.href, str(line.value)) for where, line in table.rows]


def answers_of(report: Report) -> tuple[tuple[Item, ...], ...]:
    (table,) = [block for block in by_id(report)["answers"].blocks if isinstance(block, Table)]
    return table.rows


def said(section: Section) -> str:
    (block,) = section.blocks
    assert isinstance(block, Prose)
    assert block.kind == "empty"
    return block.text


def test_sections_with_most_figures_are_made_first_and_the_report_has_its_order(study: Study) -> None:
    told: list[Section] = []
    report = report_of(study, told.append)
    of_panels = {module.RECORD.name for module in EVERY if not hasattr(module, "section")}
    first = [section.name in of_panels for section in told]
    assert first == sorted(first, reverse=True)
    assert any(first)
    assert [section.id for section in report.sections] != [section.id for section in told]
    assert next(section.name for section in report.sections) == EVERY[0].RECORD.name


@pytest.mark.parametrize("module", EVERY, ids=NAMES)
def test_what_was_refused_stands_in_the_place_of_the_section(
    module: ModuleType, study: Study, whole: dict[str, Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "section" if hasattr(module, "section") else "panels", failing)
    report = report_of(study)
    (place,) = [section for section in report.sections if section.name == module.RECORD.name]
    reason = next(reason for reason in study.left_out.reasons if reason.startswith("section "))
    assert FAULT in reason
    assert reason in said(place)
    others = [section.id for section in report.sections if section.id not in {place.id, "not-shown"}]
    assert others == [identity for identity in whole if identity != place.id]
    assert ("warn", "1 section could not be made", "#not-shown") in report.badges
    if place.id in whole:
        assert (place.name, place.title) == (whole[place.id].name, whole[place.id].title)


def test_every_link_to_a_section_that_cannot_be_made_leads_to_it(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = next(module for module in EVERY if module.__name__.endswith(".q3"))
    monkeypatch.setattr(broken, "panels", failing)
    write_report(report_of(study), out=tmp_path / "o")
    page = Page(tmp_path / "o")
    text = (tmp_path / "o" / "index.html").read_text(encoding="utf-8")
    assert text.count('href="#q3"') > 1
    assert text.count('id="q3"') == 1
    assert FAULT in page.text
    assert f"<code>{FAULT[1]}</code>" not in text


def test_files_that_cannot_be_made_cost_those_files_only(
    study: Study, whole: dict[str, Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    (module,) = [module for module in EVERY if module.__name__.endswith(".q1")]
    monkeypatch.setattr(module, "files", failing)
    report = report_of(study)
    found = by_id(report)["q1"]
    assert (found.blocks, found.files) == (whole["q1"].blocks, ())
    assert whole["q1"].files
    (reason,) = study.left_out.reasons
    assert reason.startswith("files of Q1: KeyError")
    assert not_shown(report) == [("q1", "#q1", reason)]


def test_figures_that_the_self_audit_loses_are_told_with_the_section_that_lacks_them(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module,) = [module for module in EVERY if module.__name__.endswith(".q3")]
    monkeypatch.setattr(module, "panels", failing)
    told = not_shown(report_of(study))
    assert [(where, href) for where, href, _ in told] == [
        ("q3", "#q3"),
        ("teaching", "#teaching"),
        ("failures", "#failures"),
    ]
    assert told[2][2].startswith("figures of Q3 in the self-audit: KeyError")


def test_what_was_left_out_before_any_section_is_told_too_and_nothing_where_nothing_was(study: Study) -> None:
    assert "not-shown" not in by_id(report_of(study))
    line = study.left_out.add("box/hour", KeyError(FAULT))
    assert not_shown(report_of(study)) == [("all", "", line)]


def test_of_more_faults_than_a_page_holds_the_others_are_counted(study: Study) -> None:
    for number in range(31):
        study.left_out.add(f"box/{number}", KeyError(FAULT))
    (table,) = [block for block in by_id(report_of(study))["not-shown"].blocks if isinstance(block, Table)]
    assert (len(table.rows), table.notes) == (30, ("And 1 more.",))
    assert (len(study.left_out.reasons), study.left_out.reasons[-1][:11]) == (31, "and 1 more ")


@pytest.mark.parametrize(
    ("name", "tables"),
    [("between", "between_tables"), ("interpreters", "interpreter_tables")],
)
def test_tables_of_several_runs_that_cannot_be_made_are_told_with_the_section_that_lacks_them(
    name: str, tables: str, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module,) = [module for module in EVERY if module.__name__.endswith(f".{name}")]
    monkeypatch.setattr(module, tables, failing)
    report = report_of(study)
    assert not_shown(report)[0][:2] == (name.replace("_", "-"), f"#{name.replace('_', '-')}")
    assert ("warn", "1 thing is not shown", "#not-shown") in report.badges


def test_a_head_that_cannot_be_made_costs_the_head_alone(
    study: Study, whole: dict[str, Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head, "badges", failing)
    report = report_of(study)
    assert by_id(report).keys() == whole.keys()
    assert report.badges == (("loud", *study.left_out.reasons, ""),)
    assert report.badges[0][1].startswith("the head of the report: KeyError")


@pytest.mark.parametrize("name", ["q1", "q3"])
def test_a_question_whose_section_cannot_be_made_has_its_row_of_answers_with_what_was_refused(
    name: str, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module,) = [module for module in EVERY if module.__name__.endswith(f".{name}")]
    before = answers_of(report_of(study))
    monkeypatch.setattr(module, "panels", failing)
    after = answers_of(report_of(study))
    for known, row in zip(before, after, strict=True):
        assert row[1:] == known[1:]
        assert (FAULT in row[0].small) == (row[0].href == f"#{name}")


def test_what_cannot_be_made_is_no_matter_to_the_questions_people_ask(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module,) = [module for module in EVERY if module.__name__.endswith(".q3")]
    monkeypatch.setattr(module, "panels", failing)
    tables = [block for block in by_id(report_of(study))["asked"].blocks if isinstance(block, Table)]
    assert [table.id for table in tables] == ["asked-table"]
