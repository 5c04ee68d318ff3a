"""What the bench does with a cell's events: how many, after how many warm-ups, and what it says of them. Counts, not times."""

from __future__ import annotations

import importlib.util
import itertools
import json
import multiprocessing
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study.bench import registry, timing
from study.bench.job import Job
from study.bench.patterns import Session
from study.bench.timing import Stopwatch, calibrate, measure, operations
from study.cell import Cell, sampling_of
from study.things import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
SECOND = 1_000_000_000
CELL = Cell(pattern="map", kernel="square", tasks=5)


class FakeSession:
    """Counts its events on a clock of its own; the first of each session takes `cold_s`, all others a second."""

    def __init__(self, cell: Cell, clock: Clock, cold_s: float = 1.0) -> None:
        self.cell = cell
        self.clock = clock
        self.outcomes: dict[str, int] = {}
        self.asked: list[int] = []
        self.cold_s = cold_s
        self.look_first = True

    def set_up(self) -> None:
        """Nothing is needed."""

    def check(self) -> None:
        self.outcomes["trials"] = 1000  # of the check, which does not count

    def event(self, loops: int) -> dict[str, float]:
        took_s = loops * 1.0 + (0.0 if self.asked else self.cold_s - 1.0)
        self.asked.append(loops)
        self.outcomes["trials"] = self.outcomes.get("trials", 0) + loops
        self.clock.now_ns += round(took_s * SECOND)
        return {"total": took_s}

    def tear_down(self) -> None:
        """Nothing was made."""


class Clock:
    """Stands still but for what happens."""

    def __init__(self) -> None:
        self.now_ns = 0

    def perf_counter_ns(self) -> int:
        return self.now_ns


Made = list[FakeSession]


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Made]:
    """Lets the bench make sessions that count; gives the list that they come into."""

    def begin(cold_s: float = 1.0) -> Made:
        made: Made = []
        clock = Clock()

        def session_of(cell: Cell) -> FakeSession:
            made.append(FakeSession(cell, clock, cold_s))
            return made[-1]

        monkeypatch.setattr(registry, "session_of", session_of)
        monkeypatch.setattr(timing, "time", clock)
        return made

    return begin


def a_job(*cells: Cell, loops: int = 20, mode: str = "measure", min_time_s: float = 8.0) -> Job:
    texts = {cell.point.text: loops for cell in cells}
    return Job(
        mode=mode, cells=cells, values=3, warmups=1, min_time_s=min_time_s, loops=texts, seed=1, environment={}
    )  # fmt: skip


def test_an_injected_arm_runs_twenty_one_operations_for_twenty() -> None:
    injected = replace(CELL, label="injected")
    assert [operations(injected, loops) for loops in (1, 10, 20, 40, 100, 1000)] == [2, 11, 21, 42, 105, 1050]
    assert [operations(replace(CELL, label=label), 20) for label in ("", "again")] == [20, 20]


@pytest.mark.parametrize(("label", "done", "event_s"), [("", 20, 1.0), ("again", 20, 1.0), ("injected", 21, 1.05)])
def test_what_is_injected_is_done_and_not_divided_away_again(
    sessions: Callable[[], Made], label: str, done: int, event_s: float
) -> None:
    made = sessions()
    (found,) = measure(a_job(replace(CELL, label=label)), Stopwatch())
    assert made[0].asked == [done] * 4
    assert found.loops == 20
    assert [value["total"] for value in (*found.warmups, *found.values)] == [event_s] * 4
    assert found.injected_ppm == round(1_000_000 * event_s)


def test_outcomes_are_those_of_the_values_and_of_nothing_before_them(sessions: Callable[[], Made]) -> None:
    made = sessions()
    (found,) = measure(a_job(CELL), Stopwatch())
    assert len(made[0].asked) == 4
    assert found.outcomes == {"trials": 60}


@pytest.mark.parametrize(
    ("cell", "values", "warmups"),
    [
        (CELL, 3, 1),
        (replace(CELL, variant="cold"), 150, 0),
        (replace(CELL, variant="events"), 200, 20),
        (Cell(pattern="ping_pong", backend="threads", variant="cold"), 150, 0),
        (Cell(pattern="memory", backend="threads", workers=2), 1, 0),
        (Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", variant="bare"), 2, 0),
    ],
)
def test_how_often_a_cell_is_done_before_it_counts_and_then(
    sessions: Callable[[], Made], cell: Cell, values: int, warmups: int
) -> None:
    made = sessions()
    (found,) = measure(a_job(cell, loops=1), Stopwatch())
    assert (len(found.values), len(found.warmups)) == (values, warmups)
    assert made[0].asked == [1] * (values + warmups)


SAMPLED_BY_THEMSELVES = {
    "memory",
    "copy_on_write",
    "program_lifecycle",
    "breakage",
    "contend",
    "generator_taken",
    "handed_over",
    "io_latency",
    "io_tasks",
    "pasted_program",
    "payload_map",
    "whole_program",
    "written_program",
}


@pytest.mark.parametrize("pattern", sorted(set(PATTERNS) - SAMPLED_BY_THEMSELVES))
def test_an_ordinary_cell_is_sampled_as_the_plan_says(pattern: str) -> None:
    found = sampling_of(Cell(pattern=pattern), 7, 2)
    assert (found.values, found.warmups, found.loops) == (7, 2, 0)


def test_loops_come_from_a_warm_event(sessions: Callable[[float], Made]) -> None:
    made = sessions(30.0)
    loops, event_s, around_s = calibrate(a_job(CELL, mode="calibrate"), Stopwatch())
    assert around_s == {CELL.text: 0.0}
    assert event_s == {CELL.text: 1.0}
    assert loops == {CELL.text: 8}
    assert len(made[0].asked) >= 2


def test_a_first_event_that_is_long_enough_is_not_calibrated_twice(sessions: Callable[[float], Made]) -> None:
    made = sessions(300.0)
    assert calibrate(a_job(CELL, mode="calibrate"), Stopwatch()).event_s == {CELL.text: 300.0}
    assert made[0].asked == [1]


def test_a_long_event_is_done_once_and_not_beforehand(sessions: Callable[[], Made]) -> None:
    made = sessions()
    other = replace(CELL, tasks=6)
    cold = replace(CELL, variant="cold")
    job = replace(a_job(CELL, other, cold, loops=1), long=(CELL.text, cold.text))
    found = {measured.point: measured for measured in measure(job, Stopwatch())}
    assert (len(found[CELL].values), len(found[CELL].warmups)) == (1, 0)
    assert (len(found[other].values), len(found[other].warmups)) == (3, 1)
    assert (len(found[cold].values), len(found[cold].warmups)) == (150, 0)
    assert {session.cell: session.look_first for session in made} == {CELL: False, other: True, cold: False}


class Counting(Session):
    """Counts its events."""

    def event(self, loops: int) -> dict[str, float]:
        self.count("events", loops)
        return {}


def test_a_session_that_is_not_to_look_first_does_no_event_in_its_check() -> None:
    for look_first, done in ((False, {}), (True, {"events": 1})):
        session = Counting(Cell(pattern="map"))
        session.look_first = look_first
        session.check()
        assert session.outcomes == done


def test_calibration_doubles_the_loops_until_half_of_the_time_is_filled(sessions: Callable[[], Made]) -> None:
    made = sessions()
    calibrate(a_job(CELL, mode="calibrate"), Stopwatch())
    assert made[0].asked == [1, 2, 4]


def test_an_injected_arm_is_calibrated_as_it_runs(sessions: Callable[[], Made]) -> None:
    made = sessions()
    injected = replace(CELL, label="injected")
    calibrate(a_job(injected, mode="calibrate", min_time_s=80.0), Stopwatch())
    assert made[0].asked == [operations(injected, loops) for loops in (1, 2, 4, 8, 16, 32, 64)][: len(made[0].asked)]
    assert len(made[0].asked) > 4


def test_single_events_are_not_looped_whatever_they_take(sessions: Callable[[float], Made]) -> None:
    made = sessions(100.0)
    cell = replace(CELL, variant="events")
    loops, event_s, _ = calibrate(a_job(cell, mode="calibrate"), Stopwatch())
    assert (loops, event_s) == ({cell.text: 1}, {cell.text: 1.0})
    assert made[0].asked == [1, 1]


def test_the_points_of_a_process_come_in_an_order_that_the_seed_decides(sessions: Callable[[], Made]) -> None:
    cells = [replace(CELL, tasks=tasks) for tasks in range(1, 9)]
    orders = set()
    for seed, _ in itertools.product(range(4), range(2)):
        made = sessions()
        measure(replace(a_job(*cells), seed=seed), Stopwatch())
        assert sorted(session.cell for session in made) == sorted(cells)
        orders.add((seed, tuple(session.cell for session in made)))
    assert len(orders) == 4
    assert len({order for _, order in orders}) == 4


def through_the_bench(folder: Path, cell: Cell, loops: int) -> dict[str, Any]:
    """One process of the bench, its suite's only run with all metadata."""
    request, answer = folder / "job.json", folder / "out.json"
    fields = {
        "schema": 1, "mode": "measure", "cells": [cell.text], "values": 3, "warmups": 1, "min_time_s": 0.0,
        "loops": {cell.point.text: loops}, "seed": 1, "environment": {},
    }  # fmt: skip
    request.write_text(json.dumps(fields), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "study.bench.measure", str(request), str(answer)], cwd=ROOT, check=True, timeout=120
    )
    suite = json.loads(answer.read_text(encoding="utf-8"))["suite"]
    (benchmark,) = suite["benchmarks"]
    (run,) = benchmark["runs"]
    return {**run, "metadata": {**suite["metadata"], **benchmark.get("metadata", {}), **run.get("metadata", {})}}


@pytest.mark.skipif(importlib.util.find_spec("pyperf") is None, reason="the bench writes its suites with pyperf")
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="a fast start is needed")
@pytest.mark.parametrize(("label", "done"), [("", 20), ("injected", 21)])
def test_the_real_bench_runs_twenty_one_operations_and_reports_twenty(tmp_path: Path, label: str, done: int) -> None:
    cell = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join", label=label)
    run = through_the_bench(tmp_path, cell, 20)
    assert len(run["values"]) == 3
    assert run["metadata"]["outcome_trials"] == 3 * done
    assert run["metadata"]["loops"] == 20
    assert [loops for loops, _ in run["warmups"]] == [20]
    assert run["metadata"].get("injected_ppm") == (1_050_000 if label else None)
