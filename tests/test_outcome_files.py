"""Files of an outcome that a person names: refused before anything is measured, never the reason that an answer is lost."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from study import cli
from study import gate as gates
from study.advise import command, rendered
from study.errors import UsageError
from study.plain import writable
from study.run import Ended
from study.store import unmark

if TYPE_CHECKING:
    from pathlib import Path

GATE = ["gate", "--simulated", "--slowed", "20%", "--only", "q3", "--seed", "1"]


@pytest.mark.parametrize("option", ["--markdown", "--json", "--junit"])
def test_a_gate_does_not_begin_where_its_file_is_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    results = tmp_path / "r"
    assert cli.main([*GATE, "--results", str(results), option, str(tmp_path)]) == 1
    assert "name another file" in capsys.readouterr().err
    assert not results.exists()


def test_a_file_that_cannot_be_written_in_the_end_takes_nothing_else_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junit = tmp_path / "gate.xml"
    full = ("--json", "/dev/full", "--junit", str(junit))
    assert cli.main([*GATE, "--results", str(tmp_path / "r"), *full]) == 4
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "gate: slower"
    assert "/dev/full: not written" in told.err
    assert junit.read_text(encoding="utf-8").startswith("<?xml")


def test_a_file_named_in_part_lies_in_the_folder_of_who_asks(tmp_path: Path) -> None:
    assert cli.main([*GATE, "--results", str(tmp_path / "r"), "--folder", str(tmp_path), "--json", "gate.json"]) == 4
    assert (tmp_path / "gate.json").is_file()


@pytest.mark.parametrize("name", ["", "none/answer.md", "~nobody-has-this-name/answer.md", "x" * 300])
def test_what_cannot_be_written_is_said_and_how_to_mend_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be written in .*; name another file"):
        writable(tmp_path / name if not name.startswith("~") else type(tmp_path)(name), tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "a", "b", "--markdown", "~nobody-has-this-name/x.md"],
        ["compare", "~nobody-has-this-name/x.study", "b"],
        ["history", "--json", "--folder", "~nobody-has-this-name"],
        ["advise", "m:f", "--repeat", "3", "--folder", "~nobody-has-this-name"],
        ["advise", "m:f", "--repeat", "3", "--python", "~nobody-has-this-name/python"],
    ],
    ids=lambda words: f"{words[0]} {words[-2]}",
)
def test_an_unknown_home_is_no_defect(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = [] if "--python" in words else ["--results", str(tmp_path)]
    assert cli.main([*words, *results]) == 1
    assert "nobody's home folder is known by '~' here" in capsys.readouterr().err


def test_advice_is_said_before_its_files_are_written_and_one_that_cannot_be_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(command, "advise", lambda *_, **__: None)
    for name in ("text_of", "markdown_of", "json_of"):
        monkeypatch.setattr(rendered, name, lambda _, name=name: f"the answer of {name}")
    kept = tmp_path / "advice.json"
    words = ["advise", "m:f", "--repeat", "3", "--markdown", "/dev/full", "--json", str(kept)]
    assert cli.main(words) == 3
    told = capsys.readouterr()
    assert told.out == "the answer of text_of\n"
    assert "/dev/full: not written" in told.err
    assert kept.read_text(encoding="utf-8") == "the answer of json_of"


def test_an_interrupted_report_is_all_that_is_missing_and_is_made_without_measuring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_measured", lambda _: Ended(folder=None, finished=True, failed=()))
    monkeypatch.setattr(cli, "_report", interrupted)
    results, page = tmp_path / "results", tmp_path / "page"
    assert cli.main(["study", "--results", str(results), "--out", str(page)]) == 130
    said = capsys.readouterr().err
    assert f"its report alone is missing: nox -s report -- --results {results} --out {page}" in said
    assert "run the same command again" not in said


def test_a_gate_that_passes_beside_a_failed_cell_ends_as_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Ended(folder=None, finished=True, failed=("a cell: it broke",))
    decided = SimpleNamespace(verdict="pass")
    monkeypatch.setattr(gates, "gate", lambda *_: SimpleNamespace(ended=ended, decided=decided, record=decided))
    monkeypatch.setattr(gates, "table_of", lambda *_: "gate: pass")
    assert cli.main(GATE) == 2
    readme = " ".join((cli.ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "exit code of `python -m study gate` is 0, 4, 5 or 6, and 2 where it passes and a cell" in readme


def test_a_name_is_not_looked_for_by_making_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run has that name"):
        unmark(tmp_path / "typo", "base")
    assert not (tmp_path / "typo").exists()
