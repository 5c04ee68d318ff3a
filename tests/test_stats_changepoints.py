"""Series of one process: where they change, and what a process that warms up, slows down or never settles is called."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from study.stats.warmup import SeriesKind

SERIES = st.lists(st.floats(1e-6, 1e3), min_size=6, max_size=40)


def steps(lengths: list[int], levels: list[float], seed: int, sd: float = 0.03) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.asarray(np.repeat(levels, lengths) * rng.lognormal(0, sd, int(np.sum(lengths))))


def cost(logs: NDArray[np.float64], bounds: tuple[int, ...]) -> float:
    parts = [logs[start:end] for start, end in itertools.pairwise(bounds)]
    inside = [part.size * math.log(max(float(part.var()), 1e-6)) for part in parts]
    return math.fsum(inside) + 15 * math.log(logs.size) * (len(parts) - 1)


# Where it changes


@pytest.mark.parametrize("seed", range(20))
def test_the_segmentation_is_the_cheapest_of_all(seed: int) -> None:
    series = steps([4, 8, 4], [4.0, 1.0, 8.0], seed, sd=0.01)
    logs = np.log(series)
    every = [
        (0, *inner, 16)
        for size in range(5)
        for inner in itertools.combinations(range(3, 14), size)
        if min(np.diff((0, *inner, 16))) >= 3
    ]
    cheapest = min(every, key=lambda bounds: cost(logs, bounds))
    assert (0, *stats.changepoints(series), 16) == cheapest


@pytest.mark.parametrize("seed", range(20))
def test_a_change_of_level_is_found_where_it_is(seed: int) -> None:
    assert stats.changepoints(steps([12, 48], [1.3, 1.0], seed)) == pytest.approx([12], abs=1)


def test_a_change_of_scatter_is_found_too() -> None:
    series = np.concatenate((steps([60], [1.0], 1, sd=0.2), steps([60], [1.0], 2, sd=0.01)))
    assert stats.changepoints(series) == pytest.approx([60], abs=3)


def test_noise_alone_has_no_change() -> None:
    rng = np.random.default_rng(3)
    found = [
        stats.changepoints(rng.lognormal(0, sd, size)) for sd in (0.01, 0.5) for size in (30, 100) for _ in range(50)
    ]
    assert len([each for each in found if each]) <= 2


@pytest.mark.parametrize("seed", range(5))
def test_equal_readings_of_a_coarse_clock_are_no_change(seed: int) -> None:
    readings = np.round(np.random.default_rng(seed).lognormal(2, 0.05, 100))
    assert len(set(readings)) < 6
    assert stats.changepoints(readings) == ()


@given(SERIES, st.integers(2, 5))
def test_segments_are_long_enough_whatever_the_series(series: list[float], shortest: int) -> None:
    bounds = [0, *stats.changepoints(series, shortest=shortest), len(series)]
    assert all(end - start >= shortest for start, end in itertools.pairwise(bounds))


@given(st.floats(1e-6, 1e3), st.integers(1, 60))
def test_a_constant_series_does_not_change(value: float, size: int) -> None:
    assert stats.changepoints([value] * size) == ()


def test_a_lone_slow_value_is_an_outlier_and_a_cold_start_is_not() -> None:
    series = steps([60], [1.0], 5)
    series[[0, 7, 40, 59]] *= 8
    assert np.flatnonzero(stats.isolated_outliers(series)).tolist() == [7, 40, 59]
    assert not stats.isolated_outliers(series[:20]).any()
    series[40:44] *= 8
    assert not stats.isolated_outliers(series)[41:44].any()


# What it is called


@pytest.mark.parametrize(
    ("lengths", "levels", "kind", "steady_from"),
    [
        ([60], [1.0], "flat", 0),
        ([10, 50], [2.0, 1.0], "warm-up", 10),
        ([10, 10, 40], [4.0, 2.0, 1.0], "warm-up", 20),
        ([20, 40], [1.0, 1.5], "slow-down", 20),
        ([10, 20, 30], [3.0, 1.0, 1.5], "slow-down", 30),
        ([52, 8], [1.0, 1.5], "no steady state", None),
        ([30, 24, 6], [1.5, 1.0, 1.5], "no steady state", None),
        ([20, 20, 20], [1.0, 1.5, 1.0], "warm-up", 40),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_process_is_classified(
    lengths: list[int], levels: list[float], kind: SeriesKind, steady_from: int | None, seed: int
) -> None:
    series = steps(lengths, levels, seed, sd=0.02)
    found = stats.classify(series)
    assert found.kind == kind
    assert found.cold_s == series[0]
    if steady_from is None:
        assert found.steady_from is None
        assert found.warm_s is None
    else:
        assert found.steady_from == pytest.approx(steady_from, abs=1)
        assert found.warm_s == pytest.approx(levels[-1], rel=0.02)


def test_one_cold_call_is_a_warm_up_that_ends_with_its_segment() -> None:
    for seed in range(10):
        series = steps([1, 59], [5.0, 1.0], seed)
        found = stats.classify(series)
        assert (found.kind, found.steady_from) == ("warm-up", 3)
        assert found.cold_s == series[0]
        assert found.warm_s == pytest.approx(1.0, rel=0.03)


def test_a_change_below_delta_is_none() -> None:
    series = steps([60, 60], [1.03, 1.0], 4, sd=0.002)
    assert len(stats.changepoints(series)) == 1
    assert stats.classify(series, delta=0.01).kind == "warm-up"
    assert stats.classify(series, delta=0.05).kind == "flat"


def test_processes_without_a_law_of_change_are_called_flat() -> None:
    rng = np.random.default_rng(9)
    kinds = Counter(
        stats.classify(draw(size)).kind
        for size in (30, 100)
        for draw in (
            lambda n: rng.lognormal(0, 0.05, n),
            lambda n: 1 + rng.exponential(0.2, n),
            lambda n: np.exp(0.03 * rng.standard_t(3, n)),
            lambda n: rng.lognormal(0, 0.1, n) * rng.choice([9.0, 44.0], n),
        )
        for _ in range(40)
    )
    assert kinds["flat"] >= 0.95 * kinds.total()


@given(SERIES, st.integers(-20, 20))
def test_the_unit_of_time_changes_no_class(series: list[float], power: int) -> None:
    plain, scaled = stats.classify(series), stats.classify([x * 2.0**power for x in series])
    assert plain.steady_from is None or 0 <= plain.steady_from < len(series)
    assert (plain.warm_s is None) == (plain.kind == "no steady state")
    assert scaled.cold_s == plain.cold_s * 2.0**power
    if scaled.changes == plain.changes:  # else two segmentations cost the same
        assert scaled.steady_from == plain.steady_from
        assert scaled.kind == plain.kind


def test_processes_share_a_class_or_are_inconsistent() -> None:
    warm = [steps([10, 50], [2.0, 1.0], seed) for seed in range(4)]
    found = stats.classify_processes(warm)
    assert found is not None
    assert found.kind == "warm-up"
    assert [each.steady_from for each in found.processes] == pytest.approx([10] * 4, abs=1)
    mixed = stats.classify_processes([*warm, steps([60], [1.0], 9)])
    assert mixed is not None
    assert mixed.kind == "inconsistent"
    assert mixed.processes[-1].kind == "flat"
    assert stats.classify_processes(np.ones((0, 60))) is None


def test_series_that_cannot_be_classified_are_refused() -> None:
    for call in (
        lambda: stats.classify([1.0] * 5),
        lambda: stats.classify([1.0] * 10, delta=0.0),
        lambda: stats.classify([0.0] * 10),
        lambda: stats.classify([[1.0] * 10]),
        lambda: stats.changepoints([1.0, math.nan]),
        lambda: stats.changepoints([1.0] * 10, shortest=1),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            call()
