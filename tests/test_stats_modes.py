"""Modes on the log scale, and quantiles of single events with the process as the unit."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import stats
from tests.estimates import ends, holds

SAMPLES = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=40)

# Modes


@pytest.mark.parametrize("size", [10, 20, 100, 1000])
@pytest.mark.parametrize("sd", [0.05, 1.0])
def test_one_mode_is_seen_as_one(size: int, sd: float) -> None:
    rng = np.random.default_rng(size)
    repeats = 200 if size < 1000 else 20
    single = [len(stats.modes(rng.lognormal(-10, sd, size))) == 1 for _ in range(repeats)]
    assert np.mean(single) >= 0.95


@pytest.mark.parametrize("size", [30, 100])
def test_skewed_samples_have_one_mode(size: int) -> None:
    rng = np.random.default_rng(size)
    single = [len(stats.modes(1 + rng.exponential(1, size))) == 1 for _ in range(200)]
    assert np.mean(single) >= 0.93


def test_a_long_tail_without_a_valley_is_no_mode() -> None:
    rng = np.random.default_rng(5)
    single = [len(stats.modes(np.exp(rng.exponential(1, 400)))) == 1 for _ in range(40)]
    assert np.mean(single) >= 0.93


@pytest.mark.parametrize("sd", [0.03, 0.1])
def test_three_wake_up_modes_are_seen_with_their_shares(sd: float) -> None:
    rng = np.random.default_rng(6)
    right = 0
    for _ in range(100):
        which = rng.integers(0, 3, 40)
        found = stats.modes(np.array([9e-6, 44e-6, 80e-6])[which] * rng.lognormal(0, sd, 40))
        if len(found) == 3:
            right += [mode.share.point for mode in found] == pytest.approx(
                np.bincount(which, minlength=3) / 40, abs=0.06
            )
            assert [mode.median for mode in found] == pytest.approx([9e-6, 44e-6, 80e-6], rel=0.2)
    assert right >= 95


def test_a_share_is_exact_and_counts_processes() -> None:
    found = stats.modes([9.0, 9.1, 8.9, 9.2, 8.8, 9.0, 9.1, 80.0, 81.0, 79.0, 80.5, 79.5])
    assert [mode.share for mode in found] == [stats.share(7, 12), stats.share(5, 12)]
    assert (found[0].low, found[0].high, found[1].low, found[1].high) == (8.8, 9.2, 79.0, 81.0)
    assert (found[0].median, found[1].median) == (9.0, 80.0)


def test_a_single_outlier_is_no_mode_and_few_values_cannot_tell() -> None:
    rng = np.random.default_rng(1)
    assert len(stats.modes([*rng.lognormal(0, 0.05, 19), 9.0])) == 1
    assert len(stats.modes([1.0, 1.01, 9.0, 9.01])) == 1
    assert stats.modes([]) == ()
    assert len(stats.modes([5.0] * 30)) == 1


@given(SAMPLES, st.integers(-20, 20))
def test_modes_part_the_sample_whatever_its_unit(values: list[float], power: int) -> None:
    found = stats.modes(values)
    assert 1 <= len(found) <= 4
    assert math.fsum(mode.share.point or 0.0 for mode in found) == pytest.approx(1.0)
    assert (found[0].low, found[-1].high) == (min(values), max(values))
    assert all(left.high <= right.low for left, right in itertools.pairwise(found))
    assert len(stats.modes([x * 2.0**power for x in values])) == len(found)
    assert stats.modes(values[::-1]) == found


# Quantiles of events


def test_quantiles_are_taken_in_each_process_and_then_averaged() -> None:
    rng = np.random.default_rng(2)
    events = rng.lognormal(-10, 0.5, (8, 200))
    found = stats.event_quantiles(events, "s")
    assert list(found) == ["p50", "p90", "p99", "max"]
    assert found["p50"].point == pytest.approx(float(np.mean(np.median(events, axis=1))))
    assert found["max"].point == pytest.approx(float(np.mean(events.max(axis=1))))
    assert ends(found["p50"]) == pytest.approx(ends(stats.average(np.median(events, axis=1), "s")))
    assert {estimate.n for estimate in found.values()} == {8}
    assert [estimate.estimand for estimate in found.values()] == list(found)
    assert "200 events" in found["max"].method


def test_processes_that_differ_widen_the_interval_of_a_quantile() -> None:
    rng = np.random.default_rng(3)
    alike = rng.lognormal(0, 0.3, (10, 100))
    apart = alike * rng.lognormal(0, 0.5, (10, 1))
    for name, estimate in stats.event_quantiles(apart, "s").items():
        low, high = ends(estimate)
        narrow = ends(stats.event_quantiles(alike, "s")[name])
        assert high - low > narrow[1] - narrow[0]


def test_quantiles_cover_their_expectation() -> None:
    rng = np.random.default_rng(5)
    truth = math.exp(1.2815515655446004 * 0.3)  # p90 of the log-normal events, times processes that average to one
    kept = 0
    for _ in range(300):
        events = rng.lognormal(0, 0.3, (12, 400)) * rng.lognormal(-0.005, 0.1, (12, 1))
        kept += holds(stats.event_quantiles(events, "ratio")["p90"], truth)
    assert kept / 300 > 0.92


def test_a_quantile_beyond_the_events_has_a_reason_instead_of_a_number() -> None:
    found = stats.event_quantiles(np.ones((6, 99)), "s")
    assert found["p99"].point is None
    assert "99 events" in found["p99"].reason
    assert found["p90"].point == 1.0
    assert stats.event_quantiles(np.ones((6, 9)), "s")["p90"].point is None
    assert stats.event_quantiles(np.ones((6, 100)), "s")["p99"].point == 1.0
    thin = stats.event_quantiles(np.ones((4, 100)), "s")["p50"]
    assert (thin.point, thin.low) == (1.0, None)


def test_nonsense_has_no_modes_and_no_quantiles() -> None:
    for call in (
        lambda: stats.modes([0.0, 1.0]),
        lambda: stats.modes([[1.0]]),
        lambda: stats.event_quantiles([1.0, 2.0], "s"),
        lambda: stats.event_quantiles([[-1.0]], "s"),
        lambda: stats.event_quantiles([[1.0]], "s", confidence=1.0),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            call()
