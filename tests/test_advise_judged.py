"""Predictions are judged by jobs that they did not know, and costs are scaled until a measured job comes out."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from study.advise.model.figures import figures_of
from study.advise.model.fitted import fitted, fitted_to_nothing, lag_of, scaled
from study.advise.model.intervals import Tried
from study.advise.model.job import Constant, Way
from study.advise.model.judged import held, judged, regret
from study.advise.model.pipeline import living, simulated
from study.advise.model.predict import predict
from tests.advise_jobs import executor, free, handed, job, pool, usual


def test_errors_are_told_by_their_size_their_sign_and_how_many_are_small() -> None:
    ratios = (0.5, 0.95, 1.0, 1.05, 1.08, 1.15, 1.3, 1.5, 2.0, 3.0)
    told = judged([Tried("f", pool(), 1.0, ratio) for ratio in ratios])
    assert told.jobs == 10
    assert told.typical == pytest.approx(math.exp((math.log(1.3) + math.log(1.15)) / 2) - 1, rel=1e-6)
    assert told.bias == pytest.approx(math.sqrt(1.08 * 1.15) - 1)
    assert told.p80 == pytest.approx(1.0)
    assert told.p90 == pytest.approx(1.0)
    assert told.within == (0.4, 0.5)


def test_a_function_is_not_judged_by_its_own_errors() -> None:
    good = [Tried(f"f{number}", pool(), 1.0, math.exp(0.01 * number)) for number in range(20)]
    odd = [Tried("odd", pool(), 1.0, 50.0) for _ in range(20)]
    told = held([*good, *odd], 0.8)
    assert told is not None
    assert told.jobs == 40
    assert told.share <= 0.5
    assert held(good[:3], 0.8) is None


def test_intervals_hold_what_they_promise_of_functions_that_are_alike() -> None:
    drawn = random.Random(11)
    tried = [Tried(f"f{number % 40}", pool(), 1.0, math.exp(drawn.gauss(0.0, 0.3))) for number in range(2000)]
    told = held(tried, 0.8)
    assert told is not None
    assert told.share == pytest.approx(0.8, abs=0.04)
    assert told.apart == pytest.approx(math.exp(2 * 1.2816 * 0.3), rel=0.05)


def test_regret_is_a_geometric_mean_over_jobs() -> None:
    loop = Way(backend="call")
    jobs = [({loop: 1.0, pool(): 2.0}, loop), ({loop: 8.0, pool(): 2.0}, loop)]
    assert regret(jobs) == pytest.approx(2.0)
    assert regret([(seconds, min(seconds, key=lambda way: seconds[way])) for seconds, _ in jobs]) == pytest.approx(1.0)


@pytest.mark.parametrize("times", [0.4, 1.0, 2.5])
def test_costs_that_were_scaled_are_found_again(times: float) -> None:
    nothing, way = job(512, 0.0), pool(2, 1)
    true = free(2, handed={"pool": handed(2e-5 * times, 1.2e-5 * times)})
    measured_s = predict(nothing, way, true).seconds
    found = fitted(free(2, handed={"pool": handed(2e-5, 1.2e-5)}), nothing, way, measured_s)
    assert found.handed["pool"].saturated.parent_s.value == pytest.approx(2e-5 * times, rel=1e-3)
    assert found.handed["pool"].busy.worker_s.value == pytest.approx(2.4e-5 * times, rel=1e-3)


@pytest.mark.parametrize("times", [0.05, 0.4, 2.5, 20.0])
@pytest.mark.parametrize("items", [512, 5000])
def test_where_nothing_else_takes_time_one_simulation_tells_what_all_do(times: float, items: int) -> None:
    nothing, way = job(items, 0.0), pool(2, 1)
    constants = free(2, handed={"pool": handed(2e-5, 1.2e-5)})
    measured_s = times * predict(nothing, way, constants).seconds
    found, by_all = (fit(constants, nothing, way, measured_s) for fit in (fitted_to_nothing, fitted))
    assert found.handed["pool"].saturated == by_all.handed["pool"].saturated


@pytest.mark.parametrize("lag_s", [0.0, 3e-4, 6e-4])
def test_a_wait_that_was_measured_is_found_again(lag_s: float) -> None:
    long, way = job(120, 4e-4), executor(2, 1)
    known = usual(2)
    waiting = replace(known.handed["process_executor"], lag_s=Constant(lag_s), lagging_s=4e-4)
    true = replace(known, handed={"process_executor": waiting})
    measured_s = simulated(long, way, living(figures_of(long, way, true))).seconds
    assert lag_of(known, long, way, measured_s) == pytest.approx(lag_s, rel=1e-2, abs=1e-6)
    assert lag_of(known, long, way, 0.5 * measured_s) == 0.0


def test_only_one_backend_is_scaled_and_start_and_end_do_not_count() -> None:
    nothing, way, constants = job(512, 0.0), pool(2, 1), usual(2)
    alone = predict(nothing, way, free(2, handed=constants.handed)).seconds
    found = fitted(constants, nothing, way, alone)
    assert found.handed["pool"].saturated.parent_s.value == pytest.approx(2e-5, rel=1e-3)
    assert scaled(constants, "pool", 3.0).handed["process_executor"] == constants.handed["process_executor"]
    dearer = figures_of(job(), executor(), scaled(constants, "process_executor", 3.0))
    assert dearer.parent_s == pytest.approx(3 * figures_of(job(), executor(), constants).parent_s)
