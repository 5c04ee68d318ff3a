"""What an interpreter is, and what it lacks, goes from its facts into the plan, the processes and the page."""

from __future__ import annotations

import tempfile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from study import cli, targets
from study.progress import Progress
from study.run import Wishes, prepared
from study.run.runner import BenchRunner
from study.sections.run_checks import checks_of
from study.store import TargetRecord
from tests.made_up_run import run

if TYPE_CHECKING:
    from pathlib import Path

    from study.targets.arms import Arm


FACTS = {
    "start_methods": ["spawn"],
    "has_fork": False,
    "has_posix_spawn": False,
    "numpy_version": None,
    "variables": {"PYTHON_JIT": "1"},
}


def asked_for(*options: str) -> Wishes:
    return cli._wishes(cli._parser().parse_args(["run", *options]))


@pytest.fixture
def asked_targets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What `targets.prepare` is called with; no environment is made."""
    seen: list[dict[str, Any]] = []

    def prepare(arm: Arm, **rest: Any) -> targets.Target:
        seen.append(rest)
        return targets.Target(name="cpython-3.16.0-untested", python=arm.python, facts=MappingProxyType(FACTS))

    monkeypatch.setattr(targets, "prepare", prepare)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return seen


@pytest.mark.parametrize("options", [(), ("--untested-python",)])
def test_only_who_asks_for_it_gets_an_interpreter_that_the_study_does_not_know(
    asked_targets: list[dict[str, Any]], tmp_path: Path, options: tuple[str, ...]
) -> None:
    wishes = asked_for("--machine", "made-up", "--results", str(tmp_path / "r"), *options)
    with prepared(wishes, Progress()):
        assert [each["untested"] for each in asked_targets] == [bool(options)]


def test_what_the_facts_say_reaches_the_plan_and_the_processes(
    asked_targets: list[dict[str, Any]], tmp_path: Path
) -> None:
    with prepared(asked_for("--machine", "made-up", "--results", str(tmp_path / "r")), Progress()) as made:
        reasons = {absence.reason for absence in made.expansion().absent if absence.cell.kernel == "triad"}
        assert any(
            reason.startswith("NumPy is not in the environment of cpython-3.16.0-untested") for reason in reasons
        )
        assert isinstance(made.runner, BenchRunner)
        assert made.runner.variables == {"cpython-3.16.0-untested": {"PYTHON_JIT": "1"}}
    assert len(asked_targets) == 1


def test_a_run_is_checked_for_what_its_interpreters_are() -> None:
    debug = run((), simulated=False, machine={}, targets=[TargetRecord(name="one", facts={"debug": True})])
    found = checks_of(debug)
    assert "release build" in [check.name for check in found if not check.passed]
