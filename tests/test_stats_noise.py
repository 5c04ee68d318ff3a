"""How values, rounds and noise relate, against the textbook and against the laws they came from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from scipy.stats import ttest_rel

from study import stats
from tests.estimates import OTHER, TEN, holds

# Allocation


def test_variance_components_by_hand() -> None:
    parts = stats.variance_components([[1.0, 3.0], [5.0, 7.0]])
    assert parts is not None
    assert parts == pytest.approx((2.0, 8.0 - 2.0 / 2))  # between: variance of means 2 and 6, less 2 / V
    assert stats.icc([[1.0, 3.0], [5.0, 7.0]]) == pytest.approx(7.0 / 9.0)


def test_the_share_between_processes_is_not_negative() -> None:
    assert stats.variance_components([[1.0, 9.0], [9.0, 1.0]]) == (32.0, 0.0)
    assert stats.icc([[1.0, 1.0], [1.0, 1.0]]) is None
    assert stats.variance_components([[1.0, 2.0]]) is None
    assert stats.variance_components([[1.0], [2.0]]) is None


def test_pooled_components_are_relative_and_recover_the_law() -> None:
    rng = np.random.default_rng(7)
    cells = [
        scale * (1 + rng.normal(0, 0.04, (20, 1))) * (1 + rng.normal(0, 0.08, (20, 3)))
        for scale in (1e-6, 1.0, 50.0) * 20
    ]
    parts = stats.pooled_components(cells)
    assert parts is not None
    assert math.sqrt(parts.within) == pytest.approx(0.08, rel=0.1)
    assert math.sqrt(parts.between) == pytest.approx(0.04, rel=0.2)
    with pytest.raises(ValueError, match="different numbers of values"):
        stats.pooled_components([np.ones((5, 3)), np.ones((5, 2))])


VARIANCES = st.just(0.0) | st.floats(1e-12, 1.0)
"""A relative variance: none, or one that a float can be divided by."""


@given(VARIANCES, VARIANCES, st.floats(0.0, 2.0), st.floats(0.01, 1.0), st.integers(0, 3))
def test_no_whole_number_of_values_beats_the_optimum(
    within: float, between: float, fixed_s: float, value_s: float, warmups: int
) -> None:
    parts = stats.VarianceComponents(within, between)
    for values in (1, 2, 3, 4, 7, 20, 300):
        found = stats.relative_efficiency(parts, fixed_s, value_s, values=values, warmups=warmups)
        if found is not None:
            assert 0.0 < found <= 1.0
            best = stats.optimal_values(parts, fixed_s, value_s, warmups=warmups)
            spent = (between + within / values) * (fixed_s + (warmups + values) * value_s)
            ideal = (between + within / best) * (fixed_s + (warmups + best) * value_s)
            assert ideal <= spent * (1 + 1e-9)
            assert found == pytest.approx(min(1.0, ideal / spent))


def test_the_optimum_is_kalibera_and_jones() -> None:
    parts = stats.VarianceComponents(within=4.0, between=1.0)
    assert stats.optimal_values(parts, 0.32, 0.08, warmups=0) == 4  # sqrt(4 · 4)
    assert stats.optimal_values(stats.VarianceComponents(0.0, 1.0), 0.3, 0.08) == 1
    assert stats.optimal_values(stats.VarianceComponents(1.0, 0.0), 0.3, 0.08, most=50) == 50


PLAN = {"values": 2, "warmups": 1, "most": 50}
COSTS_S = (0.3, 0.9)


def rounds_of(count: int, rng: np.random.Generator, between: float = 0.05, within: float = 0.02) -> list[np.ndarray]:
    """Four cells in one process of each round, which does the same to all of them."""
    shared = 1 + rng.normal(0, between, (count, 1))
    return [shared * (1 + rng.normal(0, within, (count, 3))) for _ in range(4)]


def ends_of(cells: list[np.ndarray]) -> tuple[float, float] | None:
    return stats.efficiency_ends(cells, [np.arange(len(cell)) for cell in cells], *COSTS_S, **PLAN)


@pytest.mark.parametrize(("between", "within"), [(0.05, 0.02), (0.03, 0.05), (0.01, 0.04)])
def test_the_ends_of_an_efficiency_hold_that_of_the_law(between: float, within: float) -> None:
    rng = np.random.default_rng(5)
    law = stats.relative_efficiency(stats.VarianceComponents(within**2, between**2), *COSTS_S, **PLAN)
    assert law is not None
    found = [ends_of(rounds_of(10, rng, between, within)) for _ in range(150)]
    assert sum(ends is not None and ends[0] <= law <= ends[1] for ends in found) >= 0.96 * 150


def test_cells_of_the_same_processes_are_not_more_evidence_of_a_plan_and_rounds_are() -> None:
    rng = np.random.default_rng(6)
    cells = rounds_of(12, rng)
    once, often = ends_of(cells), ends_of(cells * 5)
    assert once is not None
    assert often == pytest.approx(once)
    many = ends_of(rounds_of(300, rng))
    assert many is not None
    assert many[1] - many[0] < 0.5 * (once[1] - once[0])
    assert many[1] < 1.0


def test_of_two_rounds_or_of_times_that_do_not_vary_nothing_is_known_of_a_plan() -> None:
    assert ends_of(rounds_of(2, np.random.default_rng(1))) is None
    assert ends_of([np.ones((8, 3))]) is None
    assert ends_of(rounds_of(3, np.random.default_rng(1))) is not None


# Noise


def test_the_noise_floor_is_that_of_the_noisiest_pair() -> None:
    rng = np.random.default_rng(3)
    calm, noisy = rng.normal(0, 0.01, 20), rng.normal(0, 0.1, 20)
    both, one = stats.noise_floor([calm, noisy]), stats.noise_floor([noisy])
    assert both == one
    assert one.point is not None
    assert one.point == pytest.approx(0.1 * 2.09 / math.sqrt(20), rel=0.4)
    assert holds(one, one.point)
    assert stats.noise_floor([[0.1, 0.2]]).point is None


def test_paired_t_is_that_of_the_logarithms() -> None:
    found = stats.paired_t(TEN, OTHER)
    assert found is not None
    assert found[0] == pytest.approx(float(ttest_rel(np.log(TEN), np.log(OTHER)).statistic))
    assert found[1] == 9


def test_honest_tests_have_a_calibration_ratio_of_one() -> None:
    t = student.rvs(9, size=4000, random_state=np.random.default_rng(1))
    honest, narrow = stats.calibration_ratio(t, [9] * 4000), stats.calibration_ratio(1.5 * t, [9] * 4000)
    assert holds(honest, 1.0, 0.05)
    assert narrow.low is not None
    assert narrow.low > 1.5
    runs = [f"run {index // 400}" for index in range(4000)]
    clustered = stats.calibration_ratio(t, [9] * 4000, runs=runs)
    assert clustered.point == pytest.approx(honest.point)
    assert "10 runs" in clustered.method


def test_runs_of_different_weather_pool_into_a_calibration_ratio_that_holds_its_law() -> None:
    rng = np.random.default_rng(12)
    runs = [f"run {index // 4}" for index in range(48)]  # four A/A cells in each of twelve runs
    kept = {"clustered": 0, "independent": 0}
    for _ in range(400):
        weather = np.repeat(rng.choice([0.5, 1.5], 12), 4)  # square root of what a whole run's t are off by
        t = weather * student.rvs(19, size=48, random_state=rng)
        kept["clustered"] += holds(stats.calibration_ratio(t, [19] * 48, runs=runs), 1.25)
        kept["independent"] += holds(stats.calibration_ratio(t, [19] * 48), 1.25)
    assert kept["clustered"] / 400 > 0.88
    assert kept["independent"] / 400 < 0.8


# Drift


def test_a_floor_holds_what_sets_one_label_apart_for_a_whole_run() -> None:
    constant = stats.noise_floor([[0.1] * 8])
    assert constant.point == pytest.approx(math.expm1(student.ppf(0.975, 8) * 0.1 / math.sqrt(8)))


def test_halves_that_differ_are_seen() -> None:
    step = stats.halves_t([0.0, 0.1, 0.0, 0.1, 1.0, 1.1, 1.0, 1.1])
    assert step is not None
    assert step > 4
    assert stats.halves_t([1.0, 2.0, 9.0, 1.0, 2.0]) == 0.0  # the odd middle one is left out
    assert stats.halves_t([1.0, 1.0, 2.0, 2.0]) == math.inf
    faster = stats.halves_t([2.0, 2.1, 1.0, 1.1])
    assert faster is not None
    assert faster < -4.0
    assert stats.halves_t([1.0, 2.0, 3.0]) is None
