"""Files of an outcome that a person names: refused before anything is measured, never the reason that an answer is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from study import cli
from study.errors import UsageError
from study.plain import writable
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


def test_an_unknown_home_is_no_defect(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "a", "b", "--markdown", "~nobody-has-this-name/x.md"]) == 1
    assert "nobody's home folder is known by '~' here" in capsys.readouterr().err


def test_a_name_is_not_looked_for_by_making_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run has that name"):
        unmark(tmp_path / "typo", "base")
    assert not (tmp_path / "typo").exists()
