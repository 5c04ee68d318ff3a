from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study import targets
from study.errors import TargetError
from study.targets import STAMP, Target, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PROBE = """
import json, sys
print(json.dumps({"version": sys.version.split()[0], "prefix_is_venv": sys.prefix != sys.base_prefix}))
"""
needs_a_shell = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder with a probe and a lock that asks for nothing."""
    folder = tmp_path_factory.mktemp("project")
    bench = folder / "study" / "bench"
    bench.mkdir(parents=True)
    (bench / "probe.py").write_text(PROBE, encoding="utf-8")
    (folder / "lock.txt").write_text("# nothing\n", encoding="utf-8")
    return folder


def prepared(root: Path, python: Path = Path(sys.executable), lock: str = "lock.txt") -> tuple[Target, list[str]]:
    said: list[str] = []
    return prepare(python, root=root, lock=root / lock, say=said.append), said


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[..., Path]:
    """Makes a program that answers in the place of an interpreter."""

    def make(**differences: object) -> Path:
        answers = {
            "version": "3.13.0",
            "version_info": [3, 13],
            "implementation": "CPython",
            "free_threaded": False,
            "base": "/nowhere/python3",
            "venv": True,
        }
        program = tmp_path / "python-of-another-kind"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answers | differences)}\nEND\n", encoding="utf-8")
        program.chmod(0o755)
        return program

    return make


def test_an_environment_is_made_once_and_found_again(root: Path) -> None:
    made, said = prepared(root)
    version = sys.version.split()[0]
    assert made.name.startswith(f"cpython-{version}")
    assert made.facts == {"version": version, "prefix_is_venv": True}
    assert made.python.is_relative_to(root / ".nox" / "targets")
    assert len(said) == 1
    again, said = prepared(root)
    assert (again, said) == (made, [])


def test_a_half_made_environment_is_made_anew_and_the_base_stands_for_its_venv(root: Path) -> None:
    made, _ = prepared(root)
    folder = made.python.parent.parent
    (folder / STAMP).unlink()
    (folder / "debris").touch()
    again, said = prepared(root, python=made.python)
    assert again == made
    assert len(said) == 1
    assert not (folder / "debris").exists()
    assert (folder / STAMP).exists()


def test_what_pip_says_is_passed_on_and_nothing_counts_as_made(root: Path) -> None:
    (root / "broken.txt").write_text("this is no requirement\n", encoding="utf-8")
    with pytest.raises(TargetError, match=r"pip could not install broken\.txt(.|\n)*this is no requirement"):
        prepared(root, lock="broken.txt")
    folders = [path for path in (root / ".nox" / "targets").iterdir() if not (path / STAMP).exists()]
    assert len(folders) == 1
    shutil.rmtree(folders[0])


def test_a_probe_that_fails_is_told_with_its_last_lines(root: Path, tmp_path: Path) -> None:
    prepared(root)
    shutil.copytree(root, tmp_path / "copy", symlinks=True)
    (tmp_path / "copy" / "study" / "bench" / "probe.py").write_text("raise SystemExit('no luck')", encoding="utf-8")
    with pytest.raises(TargetError, match=r"does not start(.|\n)*no luck"):
        prepared(tmp_path / "copy")


def test_the_real_probe_answers_in_a_thin_environment(root: Path) -> None:
    made, _ = prepared(root)
    facts = targets._probe(made.python, ROOT, made.name)
    assert facts["version"] == sys.version.split()[0]
    assert facts["start_methods"]
    assert facts["numpy_version"] is None


def test_a_missing_interpreter_is_named(root: Path) -> None:
    with pytest.raises(TargetError, match="no/python3: there is no such file"):
        prepared(root, python=Path("no/python3"))
    with pytest.raises(TargetError, match="python-of-no-kind: there is no such file, nor a command"):
        prepared(root, python=Path("python-of-no-kind"))


def test_a_folder_is_no_interpreter(root: Path, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="not a program"):
        prepared(root, python=tmp_path)


def test_a_missing_lock_is_named(root: Path) -> None:
    with pytest.raises(TargetError, match=r"gone\.txt cannot be read \(No such file"):
        prepared(root, lock="gone.txt")


@needs_a_shell
@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ({"implementation": "PyPy"}, "this is PyPy; the study knows CPython 3.11 to 3.14"),
        ({"version": "3.10.13", "version_info": [3, 10]}, "Python 3.10.13 is older than the study knows: CPython 3.11"),
        ({"version": "3.15.0a1", "version_info": [3, 15]}, "Python 3.15.0a1 is newer than the study knows"),
        ({"venv": False}, r"no venv or ensurepip module(.|\n)*apt install python3.13-venv"),
        ({}, r"its environment cannot be made \(python -m venv\)(.|\n)*No such file"),
    ],
)
def test_what_cannot_be_studied_is_refused_with_the_reason(
    root: Path, stand_in: Callable[..., Path], differences: dict[str, object], said: str
) -> None:
    with pytest.raises(TargetError, match=said):
        prepared(root, python=stand_in(**differences))


@needs_a_shell
def test_a_program_that_is_no_python_is_refused(root: Path) -> None:
    with pytest.raises(TargetError, match="does not answer like Python"):
        prepared(root, python=Path(shutil.which("echo") or "/bin/echo"))


@pytest.mark.parametrize(
    ("version", "free_threaded", "expected"),
    [("3.11.7", False, "cpython-3.11.7"), ("3.14.0rc1+", True, "cpython-3.14.0rc1t")],
)
def test_the_name_says_version_and_build(version: str, free_threaded: bool, expected: str) -> None:
    assert targets.name_of({"version": version, "free_threaded": free_threaded}) == expected


def test_equal_names_are_told_apart() -> None:
    one = Target(name="cpython-3.13.0", python=Path("a"), facts={})
    other = replace(one, name="cpython-3.12.1")
    names = [target.name for target in targets.unique_names([one, other, one, one])]
    assert names == ["cpython-3.13.0", "cpython-3.12.1", "cpython-3.13.0-2", "cpython-3.13.0-3"]


def test_pip_gets_the_users_settings_and_python_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PIP_INDEX_URL": "https://index.example", "PYTHONPATH": "x", "PIP_USER": "1"})
    assert targets._environment() == {"PIP_INDEX_URL": "https://index.example", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
