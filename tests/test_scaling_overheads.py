"""The METG law and the number of tasks that pays agree with a simulated pool."""

from __future__ import annotations

import numpy as np
import pytest

from study import scaling
from study.findings import Estimate, Unit


def known(point: float | None, spread: float = 0.1, unit: Unit = "s", reason: str = "") -> Estimate:
    ends = (None, None) if point is None else (point * (1 - spread), point * (1 + spread))
    return Estimate(
        point=point, low=ends[0], high=ends[1], n=10, unit=unit, estimand="average", method="", reason=reason
    )


@pytest.mark.parametrize(("own", "given", "workers"), [(1e-4, 1e-6, 2), (1e-5, 5e-5, 2), (2e-5, 1e-5, 16)])
def test_the_law_is_what_the_efficiency_of_the_model_says(own: float, given: float, workers: int) -> None:
    grain_s = np.geomspace(1e-7, 1e-1, 400)
    each_s = np.maximum(given, (grain_s + own) / workers)
    useful = scaling.metg(np.tile(grain_s, (5, 1)), np.tile(workers * each_s, (5, 1)))
    predicted = scaling.predicted_metg(known(own), known(given), workers)
    assert useful.point is not None
    assert predicted.point == pytest.approx(2 * useful.point, rel=0.01)
    assert predicted.point is not None
    assert predicted.low == pytest.approx(0.9 * predicted.point)


def test_a_prediction_is_inside_or_outside_the_measured_interval() -> None:
    predicted = scaling.predicted_metg(known(1e-4), known(1e-5), 2)
    good = scaling.law_checked(predicted, known(1.05e-4))
    assert good.inside is True
    assert good.measured.point == pytest.approx(2.1e-4)
    assert ", inside the interval of the measured 210 µs" in good.sentence
    assert scaling.law_checked(predicted, known(3e-4)).inside is False
    never = scaling.law_checked(predicted, known(None, reason="never reached"))
    assert never.inside is None
    assert "never reached" in never.sentence
    unknown = scaling.predicted_metg(known(None, reason="no cells"), known(1.0), 1)
    assert scaling.law_checked(unknown, predicted).inside is None


def test_the_number_of_tasks_is_the_first_at_which_the_pool_is_faster() -> None:
    task, start, own, given, capacity = 1e-3, 0.02, 1e-4, 1e-5, 1.8
    found = scaling.break_even_tasks(task, known(start), known(own), known(given), known(capacity, 0.05, "ratio"))
    tasks = np.arange(1, 1000)
    faster = start + tasks * max(given, (task + own) / capacity) < tasks * task
    assert found.point is not None
    assert found.point == tasks[np.argmax(faster)]
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.point < found.high
    assert found.unit == "count"


def test_where_a_pool_never_pays_there_is_a_reason() -> None:
    start, two = known(0.02), known(1.0, 0.0, "ratio")
    never = scaling.break_even_tasks(1e-6, start, known(1e-5), known(1e-4), known(2.0, 0.0, "ratio"))
    assert never.point is None
    assert "no number of them pays" in never.reason
    assert scaling.break_even_tasks(1e-2, start, known(1e-5), known(1e-6), two).point is None
    hardly = scaling.break_even_tasks(1e-4, start, known(9.5e-5), known(1e-6), known(2.0, 0.0, "ratio"))
    assert hardly.point is not None
    assert hardly.high == np.inf


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        scaling.break_even_tasks(0.0, known(1.0), known(1.0), known(1.0), known(1.0))
    with pytest.raises(ValueError, match="at least 1"):
        scaling.predicted_metg(known(1.0), known(1.0), 0)


def test_a_cost_near_nothing_is_not_lifted_by_the_rounds_in_which_it_comes_out_below() -> None:
    rng = np.random.default_rng(1)
    alone, loop = 1e-3 * rng.lognormal(0.0, 0.05, (2, 500, 10))
    costs = [scaling.task_costs(a, b, np.full(10, 1e-6)) for a, b in zip(alone, loop, strict=True)]
    assert all(cost.worker_s.low is not None and cost.worker_s.low <= 1e-12 for cost in costs[:5])
    held = sum((cost.worker_s.low or 0.0) <= 0.0 for cost in costs)
    assert held >= 0.95 * len(costs)  # the truth is 0; cut round by round it would be left out nearly always
    assert min(cost.worker_s.point or 0.0 for cost in costs) == 0.0


def test_the_costs_of_a_task_are_differences_of_averages() -> None:
    costs = scaling.task_costs([3.0, 5.0, 4.0, 4.0, 4.0], [1.0, 6.0, 2.0, 3.0, 3.0], [1.0, 1.0, 2.0, 1.0, 1.0])
    assert costs.worker_s.point == pytest.approx(1.0)
    assert costs.dispatch_s.point == pytest.approx(1.2)
    assert costs.both_s.point == pytest.approx(2.2)
