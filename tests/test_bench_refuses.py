"""What the bench refuses before, during and after it times: jobs, environments, answers, and what is left behind."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from study.bench import registry
from study.bench.errors import EnvironmentMismatchError, JobError, LeftBehindError, WrongAnswerError
from study.bench.job import assert_environment, read_job
from study.bench.patterns import compare
from study.bench.timing import Stopwatch, measure
from study.cell import Cell

if TYPE_CHECKING:
    from pathlib import Path

CELL = Cell(pattern="map", kernel="square", tasks=5)
FIELDS: dict[str, Any] = {
    "schema": 1, "mode": "measure", "cells": [CELL.text], "values": 3, "warmups": 1, "min_time_s": 0.08,
    "loops": {CELL.text: 2}, "seed": 1, "environment": {},
}  # fmt: skip


def read(folder: Path, **changes: Any) -> None:
    path = folder / "job.json"
    path.write_text(json.dumps({**FIELDS, **changes}), encoding="utf-8")
    job = read_job(path)
    assert job.cells == (CELL,)


def test_a_job_is_read_as_it_was_written(tmp_path: Path) -> None:
    read(tmp_path)
    read(tmp_path, mode="calibrate", loops={})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 2}, "schema 2"),
        ({"mode": "guess"}, "mode 'guess' is unknown"),
        ({"cells": []}, "at least one cell"),
        ({"cells": [CELL.text, CELL.text]}, "each only once"),
        ({"cells": ["map part=dumps"]}, "there is no part 'dumps'"),
        ({"cells": ["map tasks=five"]}, "is not one"),
        ({"values": 0}, "at least 1 and 0"),
        ({"warmups": -1}, "at least 1 and 0"),
        ({"loops": {}}, "calibrate first"),
        ({"loops": {CELL.text: 0}}, "calibrate first"),
        ({"colour": "red"}, "is not one"),
    ],
)
def test_a_job_that_is_none_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(JobError, match=said):
        read(tmp_path, **changes)


@pytest.mark.parametrize(
    ("promised", "said"),
    [
        ({"STUDY_TEST": "2"}, "STUDY_TEST should be '2' and is '1'"),
        ({"STUDY_TEST": None}, "STUDY_TEST should be absent and is '1'"),
        ({"STUDY_OTHER": "1"}, "STUDY_OTHER should be '1' and is absent"),
    ],
)
def test_an_environment_that_is_not_as_promised_ends_the_process(
    promised: dict[str, str | None], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDY_TEST", "1")
    monkeypatch.delenv("STUDY_OTHER", raising=False)
    assert_environment({"STUDY_TEST": "1", "STUDY_OTHER": None})
    with pytest.raises(EnvironmentMismatchError, match=said):
        assert_environment(promised)


@pytest.mark.parametrize("answers", [[1, 0, 4], [0, 1], [0, 1, 4, 9], [0, 1, 5], []])
def test_an_answer_that_is_wrong_missing_or_out_of_order_is_an_error(answers: list[int]) -> None:
    kernel = registry.kernel_of(CELL)
    compare(CELL, kernel, [0, 1, 2], [kernel.expected(number) for number in (0, 1, 2)])
    with pytest.raises(WrongAnswerError, match="right is"):
        compare(CELL, kernel, [0, 1, 2], answers)


def test_a_thread_that_outlives_its_point_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(FIELDS), encoding="utf-8")
    told_to_end = threading.Event()
    stray = threading.Thread(target=told_to_end.wait, name="stray")
    session_of = registry.session_of

    def with_a_stray(cell: Cell) -> Any:
        stray.start()
        return session_of(cell)

    monkeypatch.setattr(registry, "session_of", with_a_stray)
    try:
        with pytest.raises(LeftBehindError, match="thread stray"):
            measure(read_job(path), Stopwatch())
    finally:
        told_to_end.set()
        stray.join()
