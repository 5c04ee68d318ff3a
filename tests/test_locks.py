"""The lock files: one version of each package for each Python, with hashes, from nowhere in particular."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import noxfile
from study import targets

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements-*.txt"))
PYTHONS = [f"3.{minor}" for minor in range(targets.OLDEST[1], targets.NEWEST[1] + 1)]
LINUX = {"sys_platform": "linux", "platform_machine": "x86_64", "platform_python_implementation": "CPython"}


def requirements(path: Path) -> list[tuple[Requirement, int]]:
    """Each requirement of a lock, and how many hashes stand below it."""
    blocks = re.split(r"^(?=\w)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [(Requirement(block.split("\\")[0]), block.count("--hash=sha256:")) for block in blocks]


def installed(path: Path, python: str) -> dict[str, list[str]]:
    """Package -> the versions that a lock names for this Python on Linux."""
    found: dict[str, list[str]] = {}
    where = {**LINUX, "python_version": python, "python_full_version": f"{python}.1"}
    for requirement, _ in requirements(path):
        if requirement.marker is None or requirement.marker.evaluate(where):
            found.setdefault(requirement.name, []).append(str(requirement.specifier))
    return found


def test_the_sessions_the_targets_and_the_project_name_the_same_pythons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (_, oldest), (_, newest) = targets.OLDEST, targets.NEWEST
    assert project["requires-python"] == f">=3.{oldest},<3.{newest + 1}"
    assert (noxfile.OLDEST, noxfile.NEWEST) == (targets.OLDEST, targets.NEWEST)


def test_there_is_a_lock_for_each_group() -> None:
    assert [path.name for path in LOCKS] == sorted(noxfile.LOCKS.values())


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_holds_hashes_and_no_address(path: Path) -> None:
    assert all(hashes for _, hashes in requirements(path))
    assert "://" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_one_exact_version_of_each_package_for_each_python(path: Path, python: str) -> None:
    found = installed(path, python)
    assert {name: given for name, given in found.items() if len(given) != 1 or not given[0].startswith("==")} == {}


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_measured_is_what_the_harness_has(python: str) -> None:
    harness = installed(ROOT / "requirements-harness.txt", python)
    for name in ("target", "peers", "fleet", "dev"):
        found = installed(ROOT / f"requirements-{name}.txt", python)
        assert {each: given for each, given in found.items() if harness.get(each, given) != given} == {}
    assert {"numpy", "psutil", "pyperf"} <= set(installed(ROOT / "requirements-target.txt", python))


def test_the_lock_forks_where_no_numpy_serves_both_ends() -> None:
    """NumPy 2.5 dropped 3.11; the first wheels for 3.15 are those of 2.5.2."""
    lock = ROOT / "requirements-target.txt"
    oldest, newest = (
        Version(installed(lock, python)["numpy"][0].removeprefix("==")) for python in (PYTHONS[0], "3.15")
    )
    assert oldest < Version("2.5") < Version("2.5.2") <= newest
