"""What reaches a bench process: its environment, its job, its deadline; and what of its end is kept."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import plan
from study.cell import Cell
from study.run.jobs import deadline_s, job
from study.run.runner import LARGEST_PADDING, BenchRunner, environment_of
from study.supervise import Outcome, Supervisor
from tests.builders import LOOP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
PASSED_ON = {"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "LD_LIBRARY_PATH"}
OURS = {"LANG", "LC_ALL", "PYTHONNOUSERSITE", "STUDY_RUN_ID", "STUDY_PADDING"}
LIBRARIES = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}
OTHERS = (
    "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHASHSEED", "PYTHON_GIL", "LD_PRELOAD", "MALLOC_ARENA_MAX", "OMP_NUM_THREADS",
    "OMP_PROC_BIND", "KMP_AFFINITY", "VIRTUAL_ENV", "LANG", "LC_ALL", "TERM", "STUDY_RUN_ID", "STUDY_PADDING", "TOKEN",
)  # fmt: skip
"""Variables that a user may have set, and that change what is measured or are nobody's business."""


def curve(*cells: Cell) -> plan.Curve:
    return plan.Curve(experiment="e", question="Q1", tier="core", target="one", cells=cells or (LOOP,))


def request(*cells: Cell, seed: int = 1, mode: str = "measure") -> dict[str, Any]:
    asked = curve(*cells)
    return job(asked, mode=mode, seed=seed, loops={point.text: 2 for point in asked.points})


def padding(seed: int) -> str:
    return environment_of(request(seed=seed), "run")["STUDY_PADDING"]


class Recorder(Supervisor):
    """Starts nothing: keeps what it was asked, and says what it was told to say."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        super().__init__()
        self.outcome = outcome or Outcome(state="failed", reason="x", last_lines="", elapsed_s=0.0, cpu_s=0.0)
        self.asked: dict[str, Any] = {}

    def run(
        self, command: Sequence[str], *, environment: Mapping[str, str], cwd: Path, deadline_s: float, log: Path
    ) -> Outcome:
        job_file = json.loads(Path(command[3]).read_text(encoding="utf-8"))
        self.asked = {
            "command": list(command), "environment": dict(environment), "cwd": cwd, "deadline_s": deadline_s,
            "job": job_file,
        }  # fmt: skip
        return self.outcome


def runner(scratch: Path, supervisor: Supervisor, **variables: str) -> BenchRunner:
    return BenchRunner(
        root=ROOT,
        scratch=scratch,
        run_id="run-7",
        pythons={"one": Path(sys.executable)},
        variables={"one": variables},
        supervisor=supervisor,
    )


def test_nothing_of_the_users_environment_reaches_the_bench_but_what_is_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (*OTHERS, *PASSED_ON):
        monkeypatch.setenv(name, f"the user's {name}")
    found = environment_of(request(), "run-7")
    assert set(found) == PASSED_ON | OURS | LIBRARIES
    assert {name for name, value in found.items() if value.startswith("the user's")} == PASSED_ON
    assert (found["LANG"], found["LC_ALL"], found["PYTHONNOUSERSITE"]) == ("C.UTF-8", "C.UTF-8", "1")
    assert found["STUDY_RUN_ID"] == "run-7"


def test_what_the_user_has_not_set_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PASSED_ON:
        monkeypatch.delenv(name, raising=False)
    assert set(environment_of(request(), "run")) == OURS | LIBRARIES


def test_the_variables_of_a_target_reach_its_processes_and_what_a_cell_asks_for_wins() -> None:
    variables = {"PYTHON_GIL": "0", "OMP_NUM_THREADS": "9"}
    found = environment_of(request(), "run", variables)
    assert (found["PYTHON_GIL"], found["OMP_NUM_THREADS"]) == ("0", "1")


def test_the_size_of_the_environment_varies_from_process_to_process_and_the_seed_repeats_it() -> None:
    sizes = [len(padding(seed)) for seed in range(200)]
    assert sizes == [len(padding(seed)) for seed in range(200)]
    assert 0 <= min(sizes) < LARGEST_PADDING // 20
    assert LARGEST_PADDING - LARGEST_PADDING // 20 < max(sizes) < LARGEST_PADDING
    assert len(set(sizes)) > 150
    assert {size % 16 for size in sizes} == set(range(16))  # addresses of every alignment
    assert all(padding(seed).isalpha() for seed in range(20) if padding(seed))


@pytest.mark.parametrize(("threads", "expected"), [(0, "1"), (1, "1"), (3, "3")])
def test_a_librarys_threads_are_one_unless_the_cell_asks_for_more(threads: int, expected: str) -> None:
    cell = Cell(pattern="map", kernel="matmul", library_threads=threads)
    found = environment_of(request(cell), "run")
    assert {found[name] for name in LIBRARIES} == {expected}


def test_output_is_unbuffered_where_the_cell_says_so_and_nowhere_else() -> None:
    printers = Cell(
        pattern="four_printers", kernel="noop", backend="processes", start_method="spawn", workers=4, tasks=4
    )
    asked = request(replace(printers, variant="unbuffered"))
    assert environment_of(asked, "run")["PYTHONUNBUFFERED"] == "1"
    assert "PYTHONUNBUFFERED" not in environment_of(request(printers), "run")
    assert request(printers)["environment"]["PYTHONUNBUFFERED"] is None  # the bench asserts that it is absent


def test_a_job_says_all_that_the_bench_must_know() -> None:
    parts = tuple(Cell(pattern="pickling", payload_bytes=8, part=part) for part in ("dumps", "loads"))
    (point,) = curve(*parts).points
    found = job(curve(*parts), mode="measure", seed=77, loops={point.text: 5}, long=[point.text])
    assert found == {
        "schema": 1,
        "mode": "measure",
        "cells": [cell.text for cell in parts],
        "values": 2,
        "warmups": 1,
        "min_time_s": 0.08,
        "loops": {point.text: 5},
        "long": [point.text],
        "seed": 77,
        "environment": {**dict.fromkeys(sorted(LIBRARIES), "1"), "PYTHONUNBUFFERED": None},
    }
    assert job(curve(*parts), mode="calibrate", seed=1)["loops"] == {}


@pytest.mark.parametrize(
    ("process_s", "expected_s"), [(0.0, 10.0), (0.5, 10.0), (1.0, 10.0), (3.0, 30.0), (60.0, 600.0)]
)
def test_a_process_is_hung_when_it_takes_ten_times_what_it_should_and_ten_seconds(
    process_s: float, expected_s: float
) -> None:
    assert deadline_s(process_s) == expected_s


def test_the_bench_is_started_in_the_projects_folder_with_its_job_and_its_deadline(tmp_path: Path) -> None:
    supervisor = Recorder()
    asked = request(seed=5)
    runner(tmp_path, supervisor, PYTHON_JIT="1").carry_out("one", asked, deadline_s=12.5, round_index=0)
    assert supervisor.asked["command"][:3] == [sys.executable, "-m", "study.bench.measure"]
    assert supervisor.asked["job"] == asked
    assert (supervisor.asked["cwd"], supervisor.asked["deadline_s"]) == (ROOT, 12.5)
    assert supervisor.asked["environment"] == environment_of(asked, "run-7", {"PYTHON_JIT": "1"})


@pytest.mark.parametrize(
    ("backend", "needed"), [("call", False), ("interpreters", True), ("interpreter_executor", True)]
)
def test_interpreters_inside_a_process_are_told_where_the_project_is(
    tmp_path: Path, backend: str, needed: bool
) -> None:
    supervisor = Recorder()
    cell = Cell(pattern="map", backend=backend)
    runner(tmp_path, supervisor).carry_out("one", request(cell), deadline_s=1.0, round_index=0)
    assert supervisor.asked["environment"].get("PYTHONPATH") == (str(ROOT) if needed else None)


def test_the_reason_and_the_last_words_of_a_failure_name_no_path_and_no_address(tmp_path: Path) -> None:
    told = Outcome(
        state="failed",
        reason="exit code 1: FileNotFoundError: /srv/people/secret/notes.txt",
        last_lines="connecting to 192.168.7.9\nin /srv/people/secret/notes.txt",
        elapsed_s=1.0,
        cpu_s=1.0,
        leftovers=("/srv/people/secret/python (sleeping)",),
    )
    ran = runner(tmp_path, Recorder(told)).carry_out("one", request(), deadline_s=1.0, round_index=0)
    assert ran.reason == "exit code 1: FileNotFoundError: …/notes.txt"
    assert ran.last_lines == "connecting to <address>\nin …/notes.txt"
    assert ran.leftovers == ("…/python (sleeping)",)


def test_an_answer_of_the_process_before_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text('{"schema": 1}', encoding="utf-8")
    well = Outcome(state="ok", reason="", last_lines="", elapsed_s=1.0, cpu_s=1.0)
    ran = runner(tmp_path, Recorder(well)).carry_out("one", request(), deadline_s=1.0, round_index=0)
    assert (ran.state, ran.result) == ("failed", None)
    assert "no readable answer" in ran.reason


def test_a_real_process_has_the_padding_that_its_seed_says(tmp_path: Path) -> None:
    asked = request(seed=12)
    expected = len(environment_of(asked, "run-7")["STUDY_PADDING"])
    assert expected > 0
    with Supervisor() as supervisor:
        ran = runner(tmp_path, supervisor).carry_out("one", asked, deadline_s=60.0, round_index=0)
    assert (ran.state, ran.reason) == ("ok", "")
    assert ran.result is not None
    assert ran.result["suite"]["metadata"]["env_padding_bytes"] == expected
    assert os.environ.get("STUDY_PADDING") is None
