"""A law of scaling is told only where the worker counts can tell it, and then it is the one that made the times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import nnls

from study import scaling
from study.lab.simulate.recovery import LEVELS, TRUTHS, Truth, recoveries
from study.lab.validate.laws import fitted
from study.scaling.nonnegative import columns, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

P = np.array(LEVELS[0], dtype=np.float64)
LINEAR, AMDAHL, LOGARITHMIC, USL, USL_SMALL = TRUTHS


def exact(truth: Truth, workers: NDArray[np.float64] = P, rounds: int = 10) -> NDArray[np.float64]:
    return np.tile(truth.times_s(workers), (rounds, 1))


def noisy(truth: Truth, seed: int, workers: NDArray[np.float64] = P, cv: float = 0.02) -> NDArray[np.float64]:
    return exact(truth, workers) * np.random.default_rng(seed).lognormal(0.0, cv, size=(10, workers.size))


def test_two_worker_counts_get_a_sentence_and_no_law() -> None:
    found = scaling.fit_models([1, 2], exact(AMDAHL, P[:2]), 2)
    assert (found.law, found.allowed, found.serial_fraction, found.power) == ("", (), None, None)
    assert found.refusal.startswith("Two worker counts")
    assert found.refusal.endswith(".")


def test_three_worker_counts_only_describe_amdahl() -> None:
    found = scaling.fit_models(P[:3], noisy(USL, 1, P[:3]), 4)
    assert found.allowed == ("amdahl",)
    assert "description" in found.note
    assert found.growth is not None
    assert found.growth.point is None
    assert found.at_twice_s is not None
    assert found.at_twice_s.point is None


@pytest.mark.parametrize("workers", [P[:4], np.arange(1.0, 7.0)])
def test_four_counts_or_fewer_than_eight_workers_cannot_distinguish_growth(workers: NDArray[np.float64]) -> None:
    found = scaling.fit_models(workers, noisy(USL, 2, workers), 8)
    assert found.law == "amdahl"
    assert "cannot be distinguished" in found.note
    assert found.power is None


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_without_noise_every_law_comes_back_exactly(truth: Truth) -> None:
    found = scaling.fit_models(P, exact(truth), 64, power_draws=0)
    assert found.law == truth.law
    assert found.one_worker_s is not None
    assert found.one_worker_s.point == pytest.approx(1.0)
    assert found.serial_fraction is not None
    assert (found.serial_fraction.point or 0.0) == pytest.approx(truth.serial, abs=1e-9)
    assert found.growth is not None
    assert (found.growth.point or 0.0) == pytest.approx(truth.growth, abs=1e-9)
    assert found.left_out is not None
    assert found.left_out.point == pytest.approx(1.0)


def test_worker_counts_beyond_the_cpus_change_nothing() -> None:
    times = noisy(AMDAHL, 3)
    less = scaling.fit_models(P[:5], times[:, :5], 16)
    times[:, 5:] *= 7.0
    more = scaling.fit_models(P, times, 16)
    assert more.beyond_cpus == (32, 64)
    assert more.serial_fraction == less.serial_fraction
    assert scaling.fit_models(P, times, 2).refusal


def test_measured_capacity_takes_the_place_of_the_workers() -> None:
    capacity = P**0.9
    found = scaling.fit_models(P, np.tile(0.9 / capacity + 0.1, (10, 1)), 64, capacity=capacity, power_draws=0)
    assert found.law == "amdahl"
    assert found.serial_fraction is not None
    assert found.serial_fraction.point == pytest.approx(0.1)
    assert "capacity" in scaling.fit_models(P, exact(LINEAR), 64, capacity=np.ones(7)).refusal


def test_a_peak_is_named_only_within_twice_the_largest_count() -> None:
    near, far = (scaling.fit_models(P, exact(Truth("", "usl", 0.05, c)), 64, power_draws=0).peak for c in (1e-3, 1e-5))
    assert near is not None
    assert near.point == pytest.approx((0.95 / 1e-3) ** 0.5)
    assert far is not None
    assert far.point is None
    assert "beyond 128 workers" in far.reason


def test_the_closed_form_is_the_non_negative_least_squares_of_an_independent_solver() -> None:
    rng = np.random.default_rng(10)
    times = np.stack([truth.times_s(P) * rng.lognormal(0.0, 0.3, 7) for truth in TRUTHS for _ in range(20)])
    for law in ("linear", "amdahl", "logarithmic", "usl"):
        matrix = columns(law, P, P)
        found, squares = solve(matrix, times)
        for row, coefficients, square in zip(times, found, squares, strict=True):
            expected, norm = nnls(matrix / row[:, None], np.ones(7))
            assert coefficients == pytest.approx(expected, abs=1e-8)
            assert square == pytest.approx(norm**2)


def test_the_order_of_levels_does_not_matter_and_a_seed_repeats() -> None:
    times = noisy(USL, 4)
    assert scaling.fit_models(P[::-1], times[:, ::-1], 64, seed=5) == scaling.fit_models(P, times, 64, seed=5)


def test_power_is_high_for_a_plain_law_and_the_lack_of_fit_test_sees_a_wrong_one() -> None:
    found = scaling.fit_models(P, noisy(USL, 6), 64)
    assert found.power is not None
    assert found.power > 0.9
    assert found.lack_of_fit_p is not None
    assert found.lack_of_fit_p > 0.001
    stepped = noisy(AMDAHL, 7)
    stepped[:, 3] *= 1.3
    wrong = scaling.fit_models(P, stepped, 64, power_draws=0)
    assert wrong.lack_of_fit_p is not None
    assert wrong.lack_of_fit_p < 1e-6


def test_few_rounds_give_points_without_intervals() -> None:
    found = scaling.fit_models(P, noisy(USL, 8)[:3], 64, power_draws=0)
    assert found.law == "amdahl"  # growth needs an interval
    assert found.serial_fraction is not None
    assert found.serial_fraction.low is None
    assert "too few" in found.serial_fraction.reason


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds × levels"):
        scaling.fit_models(P, np.ones((3, 2)), 64)
    with pytest.raises(ValueError, match="above 0"):
        scaling.fit_models([1, 2], [[1.0, 0.0]], 2)
    with pytest.raises(ValueError, match="distinct"):
        scaling.fit_models([1, 1], [[1.0, 1.0]], 2)
    with pytest.raises(ValueError, match="noise"):
        recoveries(1, 1, [], fitted)


def test_simulated_machines_give_back_their_law_and_parameters() -> None:
    noise = np.random.default_rng(9).lognormal(0.0, 0.02, 2000) - 1.0
    rows = {(row.truth.name, row.levels[-1]): row for row in recoveries(200, 1, noise, fitted)}
    for truth in TRUTHS:
        large, two = rows[truth.name, 64], rows[truth.name, 2]
        assert two.refused == 200
        assert large.right >= 160
        assert large.covered >= 0.9 * large.intervals
        if not truth.growth:
            assert max(large.growing, rows[truth.name, 8].growing) <= 20  # at most 10 %
