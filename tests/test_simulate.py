"""The simulated machine obeys its law, answers as the bench does, and repeats itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyperf
import pytest

from study.cell import Cell, parts_of
from study.lab.simulate import Law, Noise, SimulatedRunner, draw, draw_studies, event_s, true_time_s
from study.run.prepared import _law_runner
from study.run.runner import LawRunner
from study.things import BACKENDS, KERNELS

if TYPE_CHECKING:
    from pathlib import Path

SILENT = Noise(within_cv=0.0, process_cv=0.0)
POINTS = (
    Cell(pattern="map", kernel="fannkuch", tasks=16),
    Cell(pattern="map", kernel="fannkuch", tasks=16, label="again"),
    Cell(pattern="map", kernel="square", tasks=5, label="injected"),
    Cell(pattern="map", kernel="noop", tasks=512, backend="pool", start_method="fork", workers=2, chunksize=8),
    Cell(pattern="map", kernel="sieve", tasks=16, backend="processes", start_method="spawn", workers=4),
    Cell(pattern="process_lifecycle", backend="processes", start_method="forkserver"),
    Cell(pattern="process_lifecycle", backend="threads"),
    Cell(pattern="process_lifecycle", backend="os_fork"),
    Cell(pattern="pool_lifecycle", kernel="square", tasks=5, backend="pool", start_method="fork", workers=2),
    Cell(pattern="pool_as_shipped", kernel="square", tasks=5, backend="pool", start_method="default", workers=0),
    Cell(pattern="four_printers", backend="processes", start_method="fork", workers=4, tasks=4),
    Cell(pattern="process_per_task", backend="processes", start_method="fork", tasks=8, workers=2),
    Cell(pattern="ping_pong", backend="threads", payload_bytes=64),
)


def cells_of(*points: Cell) -> list[Cell]:
    return [replace(point, part=part) for point in points for part in parts_of(point)]


def job(*points: Cell, mode: str = "measure", loops: int = 10) -> dict[str, Any]:
    return {
        "schema": 1,
        "mode": mode,
        "cells": [cell.text for cell in cells_of(*points)],
        "values": 3,
        "warmups": 1,
        "min_time_s": 0.08,
        "loops": {point.text: loops for point in points},
        "seed": 5,
        "environment": {},
    }


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.text)
def test_pyperf_loads_what_a_measuring_process_answers(point: Cell, tmp_path: Path) -> None:
    answer = json.loads(json.dumps(SimulatedRunner().measure(job(point), round_index=0, seed=1)))
    assert set(answer) == {"schema", "suite", "timing"}
    assert set(answer["timing"]) == {"timed_s", "warmup_s", "set_up_s", "check_s", "tear_down_s"}
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(answer["suite"]))
    suite = pyperf.BenchmarkSuite.load(str(path))
    assert suite.get_benchmark_names() == [cell.text for cell in cells_of(point)]
    for benchmark in suite.get_benchmarks():
        (run,) = benchmark.get_runs()
        assert len(run.values) == 3
        assert [loops for loops, _ in run.warmups] == [10]
        assert benchmark.get_unit() == "second"
        assert run.get_metadata()["study_simulated"] == 1
        assert run.get_loops() == 10


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.text)
def test_without_noise_every_value_is_the_law(point: Cell) -> None:
    law = Law(noise=SILENT)
    answer = SimulatedRunner(law).measure(job(point), round_index=3, seed=1)
    values = [benchmark["runs"][0]["values"] for benchmark in answer["suite"]["benchmarks"]]
    truth = [true_time_s(cell, law) for cell in cells_of(point)]
    assert values == [pytest.approx([seconds] * 3) for seconds in truth]
    drawn = draw(cells_of(point), 4, 3, np.random.default_rng(0), law)
    assert drawn.shape == (len(truth), 4, 3)
    assert np.allclose(drawn, np.array(truth)[:, np.newaxis, np.newaxis])


def test_calibration_gives_loops_that_fill_the_least_time() -> None:
    law = Law()
    answer = SimulatedRunner(law).measure(job(*POINTS, mode="calibrate"), round_index=-1, seed=1)
    assert set(answer) == {"schema", "loops", "event_s", "around_s", "timing"}
    assert set(answer["loops"]) == set(answer["event_s"]) == {point.text for point in POINTS}
    for point in POINTS:
        loops, seconds = answer["loops"][point.text], answer["event_s"][point.text]
        assert seconds == event_s(point, law)
        assert loops >= 1
        assert loops * seconds >= 0.08 * (1 - 1e-9)
        assert loops == 1 or (loops - 1) * seconds < 0.08


def test_the_same_seed_cell_and_round_have_the_same_times_whatever_came_before() -> None:
    law = Law(noise=Noise(slow_cv=0.05, run_cv=0.05, mode_share=0.5, mode_factor=2.0, drift_per_hour=1.0))
    one, other = SimulatedRunner(law, seed=9), SimulatedRunner(law, seed=9)
    for earlier in range(3):
        other.measure(job(POINTS[3]), round_index=earlier, seed=earlier)
    first = one.measure(job(POINTS[0]), round_index=3, seed=4)["suite"]["benchmarks"]
    second = other.measure(job(POINTS[0]), round_index=3, seed=4)["suite"]["benchmarks"]
    assert first == second
    assert one.measure(job(POINTS[0]), round_index=4, seed=4)["suite"]["benchmarks"] != first
    assert SimulatedRunner(law, seed=8).measure(job(POINTS[0]), round_index=3, seed=4)["suite"]["benchmarks"] != first


def test_the_virtual_clock_moves_by_what_was_timed() -> None:
    runner = SimulatedRunner(Law(noise=SILENT, process_s=0.25))
    assert runner.now_s == 0.0
    timing = runner.measure(job(POINTS[0]), round_index=0, seed=1)["timing"]
    assert timing["timed_s"] == pytest.approx(30 * 16 * 5e-3)
    assert timing["check_s"] == pytest.approx(16 * 5e-3)
    assert runner.now_s == pytest.approx(0.25 + timing["timed_s"] + timing["warmup_s"] + timing["check_s"])


def test_an_unknown_mode_or_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="'calibrate' or 'measure'"):
        SimulatedRunner().measure(job(POINTS[0], mode="guess"), round_index=0, seed=1)
    with pytest.raises(ValueError, match="the law has no"):
        true_time_s(Cell(pattern="tango"), Law())
    with pytest.raises(ValueError, match="the law has no"):
        true_time_s(Cell(pattern="ping_pong", backend="pool"), Law())


# The law


def seconds(law: Law, **factors: Any) -> float:
    return true_time_s(Cell(**{"pattern": "map", "kernel": "fannkuch", "tasks": 16, **factors}), law)


def test_threads_take_turns_under_the_gil_and_not_without_it() -> None:
    serial = seconds(Law())
    threads = {"backend": "thread_executor", "workers": 2}
    assert seconds(Law(), **threads) > serial
    assert seconds(Law(gil=False), **threads) < 0.6 * serial
    assert seconds(Law(), **threads, kernel="sha256_8mib") < 0.6 * seconds(Law(), kernel="sha256_8mib")


def test_more_workers_than_cpus_gain_nothing_but_for_sleep() -> None:
    pool = {"backend": "pool", "start_method": "fork", "chunksize": 4}
    assert seconds(Law(cpus=2), **pool, workers=4) == seconds(Law(cpus=2), **pool, workers=2)
    assert seconds(Law(cpus=2), **pool, workers=4, kernel="sleep") < seconds(
        Law(cpus=2), **pool, workers=2, kernel="sleep"
    )


def test_the_parts_of_an_event_come_in_order_and_make_its_length() -> None:
    law = Law()
    point = Cell(pattern="process_lifecycle", backend="processes", start_method="spawn")
    start, first, join = (true_time_s(cell, law) for cell in cells_of(point))
    assert start < first < join == event_s(point, law)
    pool = Cell(pattern="pool_lifecycle", kernel="square", tasks=5, backend="pool", start_method="fork", workers=2)
    create, first_map, second_map, warm_map, close_join, total = (true_time_s(cell, law) for cell in cells_of(pool))
    assert total == pytest.approx(create + first_map + close_join)
    assert second_map > warm_map
    assert event_s(pool, law) == pytest.approx(total + second_map + warm_map)


def test_the_injected_label_runs_twenty_one_operations_and_reports_twenty() -> None:
    law = Law()
    assert seconds(law, label="injected") == pytest.approx(1.05 * seconds(law))
    (benchmark,) = SimulatedRunner(law).measure(job(POINTS[2]), round_index=0, seed=1)["suite"]["benchmarks"]
    assert benchmark["runs"][0]["metadata"]["injected_ppm"] == 1_050_000


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_law_knows_every_kernel_on_every_backend(kernel: str, backend: str) -> None:
    record = BACKENDS[backend]
    if record.kind == "floor":
        assert true_time_s(Cell(pattern="process_lifecycle", backend=backend, part="join"), Law()) > 0
    else:
        method = "spawn" if record.takes_start_method else ""
        cell = Cell(pattern="map", kernel=kernel, backend=backend, start_method=method, workers=2, tasks=4)
        assert true_time_s(cell, Law()) > 0


# Noise


def cv(values: Any) -> float:
    return float(np.std(values) / np.mean(values))


def test_each_kind_of_noise_has_the_size_it_is_given() -> None:
    cell, rng = POINTS[0], np.random.default_rng(2)
    truth = true_time_s(cell, Law())

    def drawn(**noise: Any) -> Any:
        law = Law(noise=replace(SILENT, **noise))
        return draw_studies([cell], 20, 3, rng, law, studies=2000)[:, 0] / truth

    assert cv(drawn(within_cv=0.1)) == pytest.approx(0.1, rel=0.02)
    for noise in ({"process_cv": 0.1}, {"process_cv": 0.1, "skewed": True}):
        values = drawn(**noise)
        assert np.all(values == values[:, :, :1])  # one level per process
        assert cv(values) == pytest.approx(0.1, rel=0.04)
        assert np.mean(values) == pytest.approx(1.0, abs=0.005)
    assert cv(drawn(run_cv=0.1)[:, 0, 0]) == pytest.approx(0.1, rel=0.1)
    assert np.mean(drawn(mode_share=0.25, mode_factor=3.0) > 2) == pytest.approx(0.25, abs=0.01)
    assert np.mean(drawn(outlier_share=0.05, outlier_factor=3.0) > 2) == pytest.approx(0.05, abs=0.005)
    assert set(np.round(np.unique(drawn(residuals=(2.0, 4.0))), 6)) == {0.666667, 1.333333}
    slow = drawn(slow_cv=0.1, slow_correlation=0.7)[:, :, 0]
    assert cv(slow) == pytest.approx(0.1, rel=0.05)
    assert np.corrcoef(slow[:, 5], slow[:, 6])[0, 1] == pytest.approx(0.7, abs=0.05)
    drifted = drawn(drift_per_hour=3600.0)[0, :, 0]
    assert np.all(np.diff(drifted) > 0)


def test_labels_share_their_runs_effect_and_parts_their_process() -> None:
    rng = np.random.default_rng(3)
    pair = draw(POINTS[:2], 5, 3, rng, Law(noise=replace(SILENT, run_cv=0.2)))
    assert np.allclose(pair[0], pair[1])
    apart = draw([POINTS[0], POINTS[3]], 5, 3, rng, Law(noise=replace(SILENT, run_cv=0.2)))
    assert not np.allclose(apart[0] / true_time_s(POINTS[0], Law()), apart[1] / true_time_s(POINTS[3], Law()))
    cells = cells_of(POINTS[5], POINTS[8])
    parts = draw(cells, 5, 3, rng, Law(noise=replace(SILENT, process_cv=0.2)))
    levels = parts / np.array([true_time_s(cell, Law()) for cell in cells])[:, np.newaxis, np.newaxis]
    assert np.allclose(levels[:3], levels[0])
    assert np.allclose(levels[3:], levels[3])
    assert not np.allclose(levels[0], levels[3])
    assert not np.allclose(levels[:, 0], levels[:, 1])


def test_the_runner_scatters_like_the_arrays() -> None:
    law = Law(noise=Noise(within_cv=0.05, process_cv=0.1))
    runner = SimulatedRunner(law)
    rows = []
    for index in range(400):
        (benchmark,) = runner.measure(job(POINTS[0]), round_index=index, seed=index)["suite"]["benchmarks"]
        rows.append(np.mean(benchmark["runs"][0]["values"]))
    arrays = draw([POINTS[0]], 4000, 3, np.random.default_rng(1), law)[0].mean(axis=1)
    assert np.mean(rows) == pytest.approx(np.mean(arrays), rel=0.03)
    assert cv(rows) == pytest.approx(cv(arrays), rel=0.2)


# Outcomes


def outcomes(point: Cell, law: Law | None = None, loops: int = 1000) -> dict[str, int]:
    (first, *_) = SimulatedRunner(law).measure(job(point, loops=loops), round_index=0, seed=1)["suite"]["benchmarks"]
    metadata = first["runs"][0]["metadata"]
    return {name.removeprefix("outcome_"): n for name, n in metadata.items() if name.startswith("outcome_")}


def test_four_printers_count_orders_and_torn_lines_that_add_up() -> None:
    found = outcomes(POINTS[10], Law(torn_share=0.1, swapped_share=0.3))
    orders = sum(count for name, count in found.items() if name.startswith("order_"))
    assert found["trials"] == found["closing_line_last"] == 3000
    assert found["torn_events"] == pytest.approx(300, abs=80)
    assert found["lines_whole"] == orders == 3000 - found["torn_events"]
    assert found["in_order"] == found["order_1234"] < orders


def test_a_childs_change_is_seen_through_threads_only() -> None:
    benchmarks = SimulatedRunner().measure(job(POINTS[5]), round_index=0, seed=1)["suite"]["benchmarks"]
    of_parts = [{k: v for k, v in each["runs"][0]["metadata"].items() if k != "name"} for each in benchmarks]
    assert of_parts == [of_parts[0]] * 3  # one event, one set of outcomes
    process, thread, floor = outcomes(POINTS[5]), outcomes(POINTS[6]), outcomes(POINTS[7])
    assert process["child_change_seen"] == 0
    assert thread["child_change_seen"] == thread["trials"] == process["trials"] == 3000
    assert 0 < process["start_returned_before_child"] <= 3000
    assert set(floor) == {"trials"}


def test_a_made_up_server_preloads_unless_imports_are_lazy() -> None:
    point = Cell(pattern="program_lifecycle", backend="processes", start_method="forkserver", variant="preload_library")
    assert outcomes(point)["preloaded"] == outcomes(point)["trials"] > 0
    assert outcomes(replace(point, variant="preload_lazily"))["preloaded"] == 0


def test_pools_answer_right_and_threads_under_the_gil_use_one_cpu() -> None:
    pool = outcomes(POINTS[8])
    assert pool["right_in_order"] == pool["trials"] == 3000
    threads = Cell(pattern="map", kernel="fannkuch", tasks=16, backend="threads", workers=2)
    for law, busy in ((Law(), 1.0), (Law(gil=False, contention=0.0), 2.0)):
        found = outcomes(threads, law)
        assert found["cpu_time_us"] / found["elapsed_us"] == pytest.approx(busy)
    counted = outcomes(POINTS[3])  # of a pool: the CPU time of its workers
    assert 1.0 < counted["cpu_time_us"] / counted["elapsed_us"] <= 2.0


def test_a_made_up_machine_has_as_many_cpus_as_the_study_plans_with() -> None:
    pool = Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="fork", workers=2, tasks=4)
    times = []
    for cpus in (1, 2):
        runner = _law_runner(cpus)
        assert isinstance(runner, LawRunner)
        times.append(true_time_s(pool, runner.simulated.law))
    assert times[0] > 1.5 * times[1]
