"""A section that cannot be made costs itself alone: what was refused stands in its place, and links to it lead there."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study.blocks import Prose, Table
from study.evidence import study_of
from study.report import write_report
from study.sections import modules, report_of
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.page import Page
from tests.stored_run import store_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from study.blocks import Report, Section
    from study.evidence import Study

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


@pytest.fixture
def _imported_anew() -> Iterator[None]:
    modules._imported.cache_clear()
    yield
    modules._imported.cache_clear()


def by_id(report: Report) -> dict[str, Section]:
    return {section.id: section for section in report.sections}


def failing(*_: object, **__: object) -> None:
    raise KeyError(FAULT)


def said(section: Section) -> str:
    (block,) = section.blocks
    assert isinstance(block, Prose)
    assert block.kind == "empty"
    return block.text


@pytest.mark.usefixtures("_imported_anew")
@pytest.mark.parametrize("name", ["questions.q3", "not_measured"])
def test_a_section_that_cannot_be_imported_is_told_and_the_report_goes_on(
    name: str, study: Study, whole: dict[str, Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    def imported(asked: str) -> ModuleType:
        if asked == f"study.sections.{name}":
            raise SyntaxError(FAULT)
        return import_module(asked)

    monkeypatch.setattr(modules, "import_module", imported)
    found = by_id(report_of(study))
    (reason,) = study.left_out.reasons
    place = name.rpartition(".")[2].replace("_", "-")
    assert reason.startswith(f"section {place}: SyntaxError: {FAULT}")
    assert reason in said(found[place])
    assert found.keys() == whole.keys()


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
    kept = [section.id for section in report.sections if section is not place]
    assert kept == [identity for identity in whole if identity != place.id]
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
    found = by_id(report_of(study))["q1"]
    assert (found.blocks, found.files) == (whole["q1"].blocks, ())
    assert whole["q1"].files
    (reason,) = study.left_out.reasons
    assert reason.startswith("files of Q1: KeyError")


def test_what_cannot_be_made_is_no_matter_to_the_questions_people_ask(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module,) = [module for module in EVERY if module.__name__.endswith(".q3")]
    monkeypatch.setattr(module, "panels", failing)
    tables = [block for block in by_id(report_of(study))["asked"].blocks if isinstance(block, Table)]
    assert [table.id for table in tables] == ["asked-table"]
