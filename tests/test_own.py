"""A function of the reader's as a kernel of the study, and as the arms of a gate."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from study import own
from study.advise.arms import Functions, arms_of_gate, arms_of_study
from study.bench.errors import UnsupportedCellError, WrongAnswerError
from study.bench.kernels import sieve
from study.bench.patterns import compare
from study.cell import Cell
from study.errors import UsageError
from study.evidence import study_of
from study.identity import Sources
from study.progress import Progress
from study.run import Wishes, prepared, run
from study.sections import report_of
from study.targets import asking
from study.targets import own as asked
from study.targets.arms import Arm
from study.things import handed_in

if TYPE_CHECKING:
    from study.targets.own import Own

ROOT = Path(__file__).parent.parent
PYTHON = Path(sys.executable)
MINE = (
    "from helper import HALF\n\ndef work(number):\n    return number * HALF\n\ndef items():\n    return [1, 2, 3, 4]\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "mine", MINE)


def project(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "own_mine.py").write_text(text, encoding="utf-8")
    (folder / "helper.py").write_text("HALF = 0.5\n", encoding="utf-8")
    return folder


def found(folder: Path, function: str = "own_mine:work", items: str = "own_mine:items") -> Own:
    return asked.own_of(function, items, folder=folder, python=PYTHON, environment=dict(os.environ), root=ROOT)


def test_both_sides_name_the_variables_alike() -> None:
    assert (handed_in.FUNCTION, handed_in.ITEMS, handed_in.PATHS) == (own.FUNCTION, own.ITEMS, own.PATHS)


def test_a_function_is_counted_and_told_apart_by_all_that_it_imports_from_its_folder(folder: Path) -> None:
    before = found(folder)
    assert (before.count, before.paths[0]) == (4, str(folder))
    (folder / "unused.py").write_text("A = 1\n", encoding="utf-8")
    assert found(folder) == before
    (folder / "helper.py").write_text("HALF = 0.25\n", encoding="utf-8")
    after = found(folder)
    assert after.source != before.source
    assert after.stored != before.stored
    assert str(folder) not in json.dumps(after.stored), "where things lie is not stored"


@pytest.mark.parametrize(
    ("function", "items", "why"),
    [
        ("own_mine:absent", "own_mine:items", "has no attribute 'absent'"),
        ("own_mine:work", "own_mine:work", "missing 1 required positional argument"),
        ("helper:HALF", "own_mine:items", "helper:HALF is no function"),
        ("nowhere:work", "own_mine:items", "No module named 'nowhere'"),
        ("own_mine.work", "own_mine:items", "is not of the form module:name"),
        ("study.cell:Cell", "own_mine:items", "the study's own package has this name"),
        ("own_mine:work", "helper:NONE", "0 items"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is_planned(
    folder: Path, function: str, items: str, why: str
) -> None:
    (folder / "helper.py").write_text("HALF = 0.5\nNONE = []\n", encoding="utf-8")
    with pytest.raises(UsageError, match=why):
        found(folder, function, items)


BENCH = """
import json, sys
from pathlib import Path
from study.bench import measure
sys.exit(measure.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("start_method", ["fork", "forkserver", "spawn"])
def test_the_bench_times_the_function_itself_under_every_start_method(
    folder: Path, tmp_path: Path, start_method: str
) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    (folder / "own_mine.py").write_text(
        "import os\n\ndef work(number):\n"
        f"    open({str(marks)!r} + f'/{{os.getpid()}}-{{number}}', 'w').close()\n\nITEMS = 'abcd'\n",
        encoding="utf-8",
    )
    mine = found(folder, items="own_mine:ITEMS")
    cell = Cell(
        pattern="map", kernel="own", backend="pool", start_method=start_method, workers=2, tasks=4, variant="made"
    )
    job = {
        "schema": 1,
        "mode": "measure",
        "cells": [cell.text],
        "values": 1,
        "warmups": 0,
        "min_time_s": 0.0,
        "loops": {cell.text: 1},
        "seed": 1,
        "environment": {},
    }
    (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-m", "study.bench.measure", str(tmp_path / "job.json"), str(tmp_path / "out.json")]
    variables = {**os.environ, **mine.stored, **mine.unstored}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    called = {mark.name.partition("-")[::2] for mark in marks.iterdir()}
    assert {item for _, item in called} == set("abcd")
    assert len({process for process, _ in called}) > 1, "workers have called it, not one process"


def test_the_task_is_the_function_and_not_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(own.FUNCTION, "math:sqrt")
    monkeypatch.setenv(own.ITEMS, "string:digits")
    assert own.KERNEL.task is __import__("math").sqrt
    assert pickle.dumps(own.KERNEL.task) == pickle.dumps(__import__("math").sqrt)
    assert own.KERNEL.arguments(3) == ["0", "1", "2"]
    with pytest.raises(UnsupportedCellError, match="10 items now, and 11"):
        own.KERNEL.arguments(11)


@pytest.mark.parametrize("answers", [[None, float("nan")], [np.zeros(3), np.ones(3)], [pd.DataFrame({"a": [1]})] * 2])
def test_every_answer_is_right_but_not_any_number_of_them(answers: list[object]) -> None:
    cell = Cell(pattern="map", kernel="own", tasks=2)
    compare(cell, own.KERNEL, [0, 1], answers)
    with pytest.raises(WrongAnswerError):
        compare(cell, own.KERNEL, [0, 1], answers[:1])
    with pytest.raises(WrongAnswerError):
        compare(cell, sieve.KERNEL, [0, 1], [None, None])


def test_no_cell_of_the_study_depends_on_it(tmp_path: Path) -> None:
    present = Sources(ROOT)
    cells = {kernel: Cell(pattern="map", kernel=kernel, tasks=4) for kernel in ("own", "sieve")}
    for name in ("study/bench", "study/things"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("__init__.py", "cell.py", "errors.py"):
        (tmp_path / "study" / name).symlink_to(ROOT / "study" / name)
    text = (ROOT / "study" / "own.py").read_text(encoding="utf-8")
    (tmp_path / "study" / "own.py").write_text(text + "\nMORE = 1\n", encoding="utf-8")
    changed = Sources(tmp_path)
    assert {name for name, cell in cells.items() if changed.digest(cell) != present.digest(cell)} == {"own"}


def functions(folder: Path, **more: object) -> Functions:
    return Functions(function="own_mine:work", items="own_mine:items", folder=folder, **more)  # type: ignore[arg-type]


def test_every_interpreter_of_a_study_gets_the_function(folder: Path) -> None:
    made = arms_of_study(functions(folder), [PYTHON], [Arm(python=PYTHON, label="heap")], root=ROOT)
    assert [(arm.label, arm.own and arm.own.count) for arm in made] == [("", 4), ("heap", 4)]
    assert made[0].stored == found(folder).stored
    with pytest.raises(UsageError, match="name the function and what it is called with"):
        arms_of_study(Functions(items="own_mine:items", folder=folder), [PYTHON], [], root=ROOT)


def test_the_arms_of_a_gate_are_two_functions_or_two_checkouts(folder: Path, tmp_path: Path) -> None:
    other = project(tmp_path / "other", MINE.replace("* HALF", "* HALF * 2"))
    base, head = arms_of_gate(functions(folder, folder_head=other), [PYTHON], [], root=ROOT)
    assert [(arm.label, arm.own and arm.own.paths[0]) for arm in (base, head)] == [
        ("base", str(folder)),
        ("head", str(other)),
    ]
    assert base.stored != head.stored
    base, head = arms_of_gate(functions(folder, function_head="own_mine:items"), [PYTHON], [], root=ROOT)
    assert [arm.own and arm.own.function for arm in (base, head)] == ["own_mine:work", "own_mine:items"]


def test_a_gate_of_one_function_or_of_unequal_items_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="both arms are the same function"):
        arms_of_gate(functions(folder), [PYTHON], [], root=ROOT)
    other = project(tmp_path / "other", MINE.replace("[1, 2, 3, 4]", "[1, 2, 3]"))
    with pytest.raises(UsageError, match="3 and 4 items"):
        arms_of_gate(functions(folder, folder_head=other), [PYTHON], [], root=ROOT)


def test_a_run_of_a_function_measures_nothing_else_and_its_report_shows_it(tmp_path: Path) -> None:
    wishes = Wishes(root=ROOT, results=tmp_path / "r", budget_s=900.0, simulated=True, seed=3, items=40)
    with prepared(wishes, Progress(stream=io.StringIO())) as made:
        ended = run(made)
    assert ended.finished
    assert ended.folder is not None
    cells = {Cell.parse(record.cell) for record in ended.folder.manifest.cells}
    assert {(cell.pattern, cell.kernel, cell.tasks) for cell in cells} == {("map", "own", 40)}
    assert {cell.backend for cell in cells} == {"call", "thread_executor", "pool", "process_executor"}
    report = report_of(study_of(tmp_path / "r", ROOT, lock_digest=""))
    (section,) = [section for section in report.sections if section.id == "yours"]
    assert "fastest of those" in section.answer
    others = [section.id for section in report.sections if section.id in {"q1", "scaling", "real"}]
    assert "real" not in others, "what no question asked has no section"


def test_a_module_that_is_never_done_with_its_import_is_not_said_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_ANSWER_S", 0.5)
    with pytest.raises(UsageError, match="is not done with importing it") as raised:
        found(project(tmp_path / "mine", "import time\ntime.sleep(60)\n"))
    assert "ends when it imports it" not in str(raised.value)
