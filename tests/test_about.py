"""What the command line says of the run that the report is about. Nothing is measured or written here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from study import cli, evidence, report, sections
from study.evidence.apart import LeftOut
from study.report.meanwhile import Aside
from study.run import Ended
from study.store import RunFolder
from tests.builders import manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked to be reported; the report is always about 'box/hour'."""
    found: list[str] = []

    def stored(_results: Path, _root: Path, about: str = "", *, lock_digest: str, aside: Any) -> SimpleNamespace:
        found.append(about)
        assert lock_digest
        assert isinstance(aside, Aside)
        return SimpleNamespace(subject=SimpleNamespace(machine="box", id="hour"), left_out=LeftOut())

    monkeypatch.setattr(evidence, "study_of", stored)
    monkeypatch.setattr(sections, "report_of", lambda *_: None)
    written = SimpleNamespace(html="index.html", pdf="report.pdf", pdf_reason="", not_drawn=())
    monkeypatch.setattr(report, "write_report", lambda *_, **__: written)
    return found


@pytest.mark.parametrize(("run", "told"), [("box/hour", False), ("box/short", True)])
def test_a_study_whose_run_does_not_lead_the_page_says_so_and_how_to_change_it(
    run: str, told: bool, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = RunFolder(tmp_path / run, manifest())
    monkeypatch.setattr(cli, "_measured", lambda _: Ended(folder=folder, finished=True, failed=()))
    assert cli.main(["study", "--results", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert asked == [""]
    assert "The report is about box/hour" in said
    assert (f"--about {run}" in said) == told


def test_the_report_is_asked_for_what_was_named(asked: list[str], tmp_path: Path) -> None:
    assert cli.main(["report", "--results", str(tmp_path), "--about", "box/short"]) == 0
    assert asked == ["box/short"]
