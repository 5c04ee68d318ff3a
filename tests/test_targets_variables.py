"""Variables that make another interpreter of the same build: as the user set them, known, passed on, and nothing else."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path

import pytest

from study import identity, targets
from study.errors import TargetError
from study.run.runner import PASSED_ON, BenchRunner, environment_of
from study.supervise import Supervisor
from study.targets import Target, prepare, set_by_user
from study.targets.arms import Arm
from tests.stand_ins import needs_a_shell, script, stand_in

ROOT = Path(__file__).parent.parent
PROBE = (
    "import os\ndef facts():\n    return {'seen': {name: os.environ[name] for name in NAMES if name in os.environ}}\n"
)
JOB = {"seed": 1, "environment": {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": None}, "cells": ["map"]}
OURS = {"LANG", "LC_ALL", "PYTHONNOUSERSITE", "STUDY_RUN_ID", "STUDY_PADDING", "OMP_NUM_THREADS"}
UNASKED = {
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": "/somewhere",
    "PYTHONMALLOC": "debug",
    "PYTHON_LAZY_IMPORTS": "all",
    "PYTHON_JIT": "1",
    "PYTHON_CPU_COUNT": "1",
    "SECRET": "x",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in targets.VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    bench = folder / "study" / "bench"
    bench.mkdir(parents=True)
    (bench / "probe.py").write_text(f"NAMES = {targets.VARIABLES!r}\n{PROBE}", encoding="utf-8")
    (folder / "lock.txt").write_text("# nothing\n", encoding="utf-8")
    return folder


def prepared(root: Path, python: Path = Path(sys.executable), *, untested: bool = False) -> Target:
    return prepare(Arm(python=python), root=root, lock=root / "lock.txt", untested=untested, say=print)


def test_without_variables_the_facts_name_none_and_the_probe_sees_none(root: Path) -> None:
    found = prepared(root)
    assert found.facts["variables"] == {}
    assert found.facts["seen"] == {}
    assert found.facts["untested"] is False
    assert found.facts["debug"] is hasattr(sys, "gettotalrefcount")
    assert found.facts["libc"] is None or isinstance(found.facts["libc"], str)


def test_what_the_user_has_set_is_a_fact_of_the_target_and_changes_what_it_is(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prepared(root)
    monkeypatch.setenv("PYTHON_JIT", "1")
    monkeypatch.setenv("PYTHON_CPU_COUNT", "3")
    monkeypatch.setenv("PYTHON_GIL", "")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    found = prepared(root)
    assert found.facts["variables"] == {"PYTHON_JIT": "1", "PYTHON_CPU_COUNT": "3"}
    assert found.facts["seen"] == found.facts["variables"] == found.variables
    assert found.python == before.python, "the environment is the same; only the start differs"
    one, other = (identity.digests(ROOT, {}, [dict(each.facts)], "", [], "") for each in (before, found))
    assert one["targets"] != other["targets"]


@pytest.mark.parametrize("value", ["1; rm", "x" * 40, "/home/me", "1\n2", "\033[31m"])
def test_a_value_that_python_could_not_know_is_refused_and_not_stored(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PYTHON_JIT", value)
    with pytest.raises(TargetError, match=r"PYTHON_JIT is set to '(.|\n)*unset it") as found:
        set_by_user()
    assert str(found.value).isprintable()


@needs_a_shell
def test_a_build_that_refuses_to_start_without_the_gil_is_refused_in_a_sentence(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_GIL", "0")
    fatal = '[ "$PYTHON_GIL" = 0 ] && { echo "Fatal Python error: config_read_gil" >&2; exit 1; }'
    with pytest.raises(
        TargetError, match=r"does not start with PYTHON_GIL=0(.|\n)*unset PYTHON_GIL, or name a free-thre"
    ):
        prepared(root, stand_in(tmp_path, fatal, free_threaded=False))


@pytest.mark.skipif(
    sys.version_info < (3, 13) or bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    reason="older versions know nothing of it, free-threaded builds start",
)
def test_this_very_build_is_refused_without_the_gil(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_GIL", "0")
    with pytest.raises(TargetError, match=r"this one cannot switch the GIL off(.|\n)*Fatal Python error"):
        prepared(root)


@needs_a_shell
def test_a_newer_interpreter_is_measured_when_asked_for_and_marked(root: Path, tmp_path: Path) -> None:
    newer = stand_in(tmp_path, version="3.16.0", version_info=[3, 16], free_threaded=False, debug=True)
    found = prepared(root, newer, untested=True)
    assert found.name == "cpython-3.16.0-debug-untested"
    assert found.facts["untested"] is True
    assert found.facts["debug"] is True
    with pytest.raises(TargetError, match="newer than the study knows"):
        prepared(root, newer)


def test_a_bench_process_gets_what_is_listed_and_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {**UNASKED, "HOME": "/h", "PATH": "/p"})
    assert set(environment_of(JOB, "run")) == OURS | {"HOME", "PATH"}
    assert set(environment_of(JOB, "run")) - OURS <= set(PASSED_ON)
    with_jit = environment_of(JOB, "run", {"PYTHON_JIT": "0"})
    assert with_jit["PYTHON_JIT"] == "0"
    assert set(with_jit) == OURS | {"HOME", "PATH", "PYTHON_JIT"}


@needs_a_shell
def test_each_target_is_started_with_its_own_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in UNASKED.items():
        monkeypatch.setenv(name, value)
    dump = f"import json, os; json.dump(dict(os.environ), open({str(tmp_path / 'seen.json')!r}, 'w'))"
    (tmp_path / "dump.py").write_text(dump, encoding="utf-8")
    program = script(tmp_path, f"exec '{sys.executable}' -E '{tmp_path}/dump.py'")
    with Supervisor() as supervisor:
        runner = BenchRunner(
            root=tmp_path,
            scratch=tmp_path / "scratch",
            run_id="test",
            pythons={"one": program, "other": program},
            variables={"one": {"PYTHON_GIL": "1"}, "other": {}},
            supervisor=supervisor,
        )
        for target, expected in (("one", {"PYTHON_GIL": "1"}), ("other", {})):
            runner.carry_out(target, JOB, deadline_s=60.0, round_index=0)
            seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
            assert {name: seen[name] for name in (*targets.VARIABLES, *UNASKED) if name in seen} == expected
