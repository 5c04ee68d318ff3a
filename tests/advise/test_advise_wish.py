"""What is typed is checked before anything runs, and the reader's own interpreter is found."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from study import cli, unheeded
from study.advise import reader
from study.advise.wish import AdviseWish, checked, place_of
from study.errors import UsageError
from tests.advise.advised import FUNCTIONS

WISH = AdviseWish(function="well:tiny", items="well:items", folder=FUNCTIONS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": ""}, "say what the function is called with, by one of them: --items"),
        ({"repeat": 3}, "by only one of them"),
        ({"items": "", "repeat": -1}, "--repeat -1: write a number of calls"),
        ({"items": "", "items_file": Path("nowhere.jsonl")}, "--items-file nowhere.jsonl: there is no such file in"),
        ({"folder": Path("/nowhere/at/all")}, "--folder /nowhere/at/all: there is no such folder"),
        ({"function": "well"}, "the function: 'well' is not of the form module:function"),
        ({"function": "well:"}, "is not of the form module:function"),
        ({"function": "a/b.py:f"}, "names a path; name the folder with --folder, and the module as module:function"),
        ({"items": "well:items()"}, "--items: 'well:items()' is not of the form module:items"),
        ({"workers": (0,)}, "--workers 0: write numbers from 1 to 512"),
        (
            {"start_methods": ("forks",)},
            "--start-method forks: there is no such start method; there are fork, forkserver",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_its_option(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        checked(replace(WISH, **changes))  # type: ignore[arg-type]
    assert said in str(raised.value)


def test_a_file_stands_for_its_module_and_files_are_looked_for_in_the_folder() -> None:
    found = checked(replace(WISH, function="well.py:tiny", items="", items_file=Path("lines.jsonl"), workers=(4, 1, 4)))
    assert found.function == "well:tiny"
    assert (found.module, found.name) == ("well", "tiny")
    assert found.source == {"lines": str(FUNCTIONS / "lines.jsonl")}
    assert found.workers == (1, 4)


@pytest.mark.parametrize("text", ["well:Thing.method", "package.module:function", "größe:länge"])
def test_names_may_lead_through_packages_and_classes(text: str) -> None:
    assert place_of(text, "the function", "module:function") == text


def test_an_environment_in_the_folder_comes_before_the_shell(tmp_path: Path) -> None:
    inside = tmp_path / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    inside.mkdir(parents=True)
    (inside / Path(sys.executable).name).symlink_to(sys.executable)
    if not (inside / "python").exists():
        (inside / "python").symlink_to(sys.executable)
    assert reader.reader_of("", tmp_path).why == "the environment of the folder"


def test_the_study_s_own_environment_is_not_the_reader_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "bin").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(own))
    monkeypatch.setenv("PATH", os.pathsep.join([str(own / "bin"), "/usr/bin"]))
    monkeypatch.setenv("VIRTUAL_ENV", str(own))
    assert reader.outer_path() == "/usr/bin"
    found = reader.environment("run")
    assert "VIRTUAL_ENV" not in found
    assert found["STUDY_RUN_ID"] == "run"
    assert found["PYTHONDONTWRITEBYTECODE"] == "1"


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("no-such-python", "there is no such program, nor a command of that name"),
        ("well.py", "there is no such program"),
    ],
)
def test_what_is_no_interpreter_is_refused(python: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        reader.reader_of(python, FUNCTIONS)
    assert said in str(raised.value)


def test_a_program_that_is_not_python_is_told_by_what_it_says() -> None:
    with pytest.raises(UsageError) as raised:
        reader.reader_of("true", FUNCTIONS)
    assert "--python true: does not answer like Python." in str(raised.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["well:tiny"], "say what the function is called with, by one of them"),
        (["well:tiny", "--repeat", "0"], "'0' is no whole number from 1 to 999999999"),
        (["well:tiny", "--repeat", "3", "--workers", "1,two"], "'two' is no whole number"),
        (["well:tiny", "--repeat", "3", "--markdown", "no/such/file.md"], "cannot be written in"),
        (["well:tiny", "--repeat", "3", "--budget", "soon"], "'soon' is not a time"),
        (["well:tiny", "--items", ""], "nothing is named"),
    ],
)
def test_the_command_refuses_before_anything_runs(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["advise", *words, "--folder", str(FUNCTIONS)]) == 1
    assert said in capsys.readouterr().err


def test_a_program_of_the_reader_s_has_the_variables_that_the_study_takes_out_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unheeded, "_taken", {})
    monkeypatch.setattr(unheeded, "_ours", {})
    monkeypatch.setenv("NUMPY_MADVISE_HUGEPAGE", "0")
    monkeypatch.setenv("MPLCONFIGDIR", "/mine")
    monkeypatch.setenv("MPL_IGNORE_SYSTEM_FONTS", "0")
    unheeded.forget()
    unheeded.forget()
    assert "NUMPY_MADVISE_HUGEPAGE" not in os.environ
    assert os.environ["MPLCONFIGDIR"] != "/mine"
    found = reader.environment()
    assert found["NUMPY_MADVISE_HUGEPAGE"] == "0"
    assert found["MPLCONFIGDIR"] == "/mine"
    assert found["MPL_IGNORE_SYSTEM_FONTS"] == "0"
