"""Which law of scaling is chosen from its scores, and of which worker counts."""

from __future__ import annotations

import numpy as np
import pytest

from study import scaling
from study.scaling.choice import DECISIVE, UNKNOWN_SHAPE, choose
from study.scaling.models import _unclear
from study.scaling.nonnegative import columns, solve


@pytest.mark.parametrize(
    ("ahead", "chosen"), [(-1.0, "amdahl"), (0.0, "amdahl"), (DECISIVE - 0.1, "amdahl"), (DECISIVE + 0.1, "usl")]
)
def test_growing_overhead_is_chosen_only_where_it_is_decisively_better(ahead: float, chosen: str) -> None:
    assert DECISIVE > 1.0
    assert choose({"linear": 30.0, "amdahl": 10.0, "usl": 10.0 - ahead, "logarithmic": 50.0}) == chosen


def test_which_way_overhead_grows_is_told_only_where_it_is_decisive() -> None:
    near = {"linear": 90.0, "amdahl": 50.0, "usl": 10.0, "logarithmic": 10.0 + DECISIVE - 0.1}
    assert choose(near) == UNKNOWN_SHAPE
    assert choose({**near, "logarithmic": 10.0 + DECISIVE + 0.1}) == "usl"


def test_of_laws_without_growing_overhead_the_better_one_is_chosen() -> None:
    assert choose({"linear": 9.9, "amdahl": 10.0}) == "linear"


def test_worker_counts_beyond_the_cpus_are_told_and_not_fitted() -> None:
    workers = np.array([1, 2, 4, 8])
    times_s = np.tile(1.0 / workers + 0.1, (10, 1)) * np.linspace(0.99, 1.01, 10)[:, None]
    found = scaling.fit_models(workers, times_s, 4, busy_s=np.ones_like(times_s), resamples=20, power_draws=0)
    assert (found.levels, found.beyond_cpus) == ((1, 2, 4), (8,))


P = np.array([1.0, 2.0, 4.0, 8.0, 16.0])


def scattered(times_s: np.ndarray, seed: int) -> np.ndarray:
    return np.asarray(times_s * np.random.default_rng(seed).lognormal(0.0, 0.02, (10, P.size)))


def fit(times_s: np.ndarray, busy_s: np.ndarray | None = None) -> scaling.ModelFit:
    busy_s = np.ones((10, P.size)) if busy_s is None else busy_s
    return scaling.fit_models(P, times_s, 16, busy_s=busy_s, resamples=200, power_draws=0)


def test_a_law_that_is_far_from_the_averages_is_refused() -> None:
    stepped = scattered(0.9 / P + 0.1, 1)
    stepped[:, 2] *= 1.3
    assert "No law fits" in fit(stepped).refusal


def test_without_measured_capacity_there_is_no_law() -> None:
    assert "not measured" in scaling.fit_models(P, scattered(0.9 / P + 0.1, 2), 16).refusal


def test_processes_that_slow_each_other_down_are_no_serial_work() -> None:
    slower = np.array([1.0, 1.2, 1.2, 1.2, 1.2])
    found = fit(scattered(slower / P, 3), np.tile(slower, (10, 1)))
    assert found.law in {"linear", "amdahl"}
    if found.serial_fraction is not None and found.serial_fraction.low is not None:
        assert found.serial_fraction.low <= 0.002


def test_the_interval_of_the_serial_fraction_holds_those_of_laws_that_may_be_true() -> None:
    # a little growth that AICc cannot tell from serial work: Amdahl's law alone would be sure of too large a fraction
    held = [fit(scattered(0.95 / P + 0.05 + 0.0004 * (P - 1.0), seed)).serial_fraction for seed in range(40)]
    known = [(one.low, one.high) for one in held if one is not None and one.low is not None and one.high is not None]
    assert len(known) >= 20
    assert sum(low <= 0.05 <= high for low, high in known) >= 0.9 * len(known)


def test_counts_that_are_off_in_every_round_make_intervals_wider() -> None:
    smooth = 0.9 / P + 0.1
    off = smooth * np.array([1.01, 0.99, 1.012, 0.988, 1.006])
    even, uneven = (fit(scattered(times, 4)).serial_fraction for times in (smooth, off))
    assert even is not None
    assert uneven is not None
    assert (uneven.high or 0.0) - (uneven.low or 0.0) > 1.2 * ((even.high or 0.0) - (even.low or 0.0))


def test_no_share_of_the_time_is_below_nothing() -> None:
    found = fit(scattered(1.0 / P**1.05, 5))  # faster than the workers explain
    assert found.law in {"", "linear", "amdahl"}
    times = (1.0 / P**1.05)[:, np.newaxis]
    assert np.all(solve(columns("usl", P, P[:, np.newaxis], times)) >= 0.0)


def test_growing_overhead_whose_interval_holds_nothing_is_not_told() -> None:
    assert _unclear("usl", -0.001) == "its interval holds 0"
    assert not _unclear("usl", 0.001)
