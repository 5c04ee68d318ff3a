from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from study import targets
from study.errors import TargetError
from study.targets import STAMP, Target, asking, prepare
from study.targets.arms import Arm
from tests.stand_ins import needs_a_shell, stand_in

ROOT = Path(__file__).parent.parent
PROBE = """
import sys
def facts():
    return {"version": sys.version.split()[0], "prefix_is_venv": sys.prefix != sys.base_prefix}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder with a probe and a lock that asks for nothing."""
    folder = tmp_path_factory.mktemp("a project")
    bench = folder / "study" / "bench"
    bench.mkdir(parents=True)
    (bench / "probe.py").write_text(PROBE, encoding="utf-8")
    (folder / "lock.txt").write_text("# nothing\n", encoding="utf-8")
    return folder


def prepared(root: Path, python: Path = Path(sys.executable), lock: str = "lock.txt") -> tuple[Target, list[str]]:
    said: list[str] = []
    return prepare(Arm(python=python), root=root, lock=root / lock, say=said.append), said


def test_an_environment_is_made_once_and_found_again(root: Path) -> None:
    made, said = prepared(root)
    version = sys.version.split()[0]
    assert made.name.startswith(f"cpython-{version}")
    assert made.facts["version"] == version
    assert made.facts["prefix_is_venv"]
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


def test_what_pip_says_is_passed_on_and_nothing_half_made_is_left(root: Path) -> None:
    (root / "broken.txt").write_text("this is no requirement\n", encoding="utf-8")
    with pytest.raises(TargetError, match=r"pip could not install broken\.txt(.|\n)*this is no requirement"):
        prepared(root, lock="broken.txt")
    assert [path for path in (root / ".nox" / "targets").iterdir() if not (path / STAMP).exists()] == []


def test_a_probe_that_fails_is_told_with_its_last_lines(root: Path, tmp_path: Path) -> None:
    prepared(root)
    shutil.copytree(root, tmp_path / "copy", symlinks=True)
    (tmp_path / "copy" / "study" / "bench" / "probe.py").write_text("raise SystemExit('no luck')", encoding="utf-8")
    with pytest.raises(TargetError, match=r"does not start(.|\n)*no luck"):
        prepared(tmp_path / "copy")


def test_the_real_probe_answers_in_a_thin_environment(root: Path) -> None:
    made, _ = prepared(root)
    facts = targets._probe(made.python, ROOT, made.name, {})
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
        ({"implementation": "PyPy"}, "this is PyPy; the study knows CPython 3.11 to 3.15"),
        ({"version": "3.10.13", "version_info": [3, 10]}, "Python 3.10.13 is older than the study knows: CPython 3.11"),
        (
            {"version": "3.16.0a1", "version_info": [3, 16]},
            "Python 3.16.0a1 is newer than the study knows(.|\n)*--untested-python",
        ),
        ({"version_info": [3, 13], "venv": False}, r"no venv or ensurepip module(.|\n)*apt install python3.13-venv"),
        ({"base": "/nowhere/python3"}, r"its environment cannot be made \(python -m venv\)(.|\n)*No such file"),
    ],
)
def test_what_cannot_be_studied_is_refused_with_the_reason(
    root: Path, tmp_path: Path, differences: dict[str, object], said: str
) -> None:
    with pytest.raises(TargetError, match=said):
        prepared(root, python=stand_in(tmp_path, **differences))


@needs_a_shell
def test_a_program_that_is_no_python_is_refused(root: Path) -> None:
    with pytest.raises(TargetError, match="does not answer like Python"):
        prepared(root, python=Path(shutil.which("echo") or "/bin/echo"))


@pytest.mark.parametrize(
    ("version", "free_threaded", "debug", "expected"),
    [
        ("3.11.7", False, False, "cpython-3.11.7"),
        ("3.14.0rc1+", True, False, "cpython-3.14.0rc1t"),
        ("3.11.2", False, True, "cpython-3.11.2-debug"),
        ("3.13.0", True, True, "cpython-3.13.0t-debug"),
        ("3.16.0", False, False, "cpython-3.16.0-untested"),
        ("3.16.0a1+", True, True, "cpython-3.16.0a1t-debug-untested"),
    ],
)
def test_the_name_says_version_and_build(version: str, free_threaded: bool, debug: bool, expected: str) -> None:
    version_info = tuple(int(part) for part in version.split(".")[:2])
    answers = {"version": version, "version_info": version_info, "free_threaded": free_threaded, "debug": debug}
    assert targets.name_of(answers) == expected


def test_equal_names_are_told_apart() -> None:
    one = Target(name="cpython-3.13.0", python=Path("a"), facts={})
    other = replace(one, name="cpython-3.12.1")
    names = [target.name for target in targets.unique_names([one, other, one, one])]
    assert names == ["cpython-3.13.0", "cpython-3.12.1", "cpython-3.13.0-2", "cpython-3.13.0-3"]


def test_pip_gets_the_users_settings_and_python_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PIP_INDEX_URL": "https://index.example", "PYTHONPATH": "x", "PIP_USER": "1"})
    assert asking.environment() == {"PIP_INDEX_URL": "https://index.example", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
