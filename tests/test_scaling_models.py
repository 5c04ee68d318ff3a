"""A law of scaling is told only where the worker counts can tell it, and then it is the one that made the times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import nnls

from study import scaling
from study.lab.simulate.recovery import LEVELS, MACHINES, TRUTHS, Fit, Machine, Truth, recovery
from study.lab.validate.laws import fitted
from study.scaling.nonnegative import LAWS, columns, solve, squares

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

STUDIES = 100
P = np.array(LEVELS[0], dtype=np.float64)
LINEAR, AMDAHL, LOGARITHMIC, USL, USL_SMALL = TRUTHS


def exact(truth: Truth, workers: NDArray[np.float64] = P, rounds: int = 10) -> NDArray[np.float64]:
    return np.tile(truth.times_s(workers), (rounds, 1))


def noisy(truth: Truth, seed: int, workers: NDArray[np.float64] = P, cv: float = 0.02) -> NDArray[np.float64]:
    return exact(truth, workers) * np.random.default_rng(seed).lognormal(0.0, cv, size=(10, workers.size))


def fit_models(
    workers: ArrayLike, times_s: NDArray[np.float64], cpus: int, busy_s: NDArray[np.float64] | None = None, **more: int
) -> scaling.ModelFit:
    """Of CPUs that do not slow each other down, unless told."""
    busy_s = np.ones_like(times_s) if busy_s is None else busy_s
    return scaling.fit_models(workers, times_s, cpus, busy_s=busy_s, **more)


def test_two_worker_counts_get_a_sentence_and_no_law() -> None:
    found = fit_models([1, 2], exact(AMDAHL, P[:2]), 2)
    assert (found.law, found.allowed, found.serial_fraction, found.power) == ("", (), None, None)
    assert found.refusal.startswith("Two worker counts")
    assert found.refusal.endswith(".")


def test_three_worker_counts_only_describe_amdahl() -> None:
    found = fit_models(P[:3], noisy(AMDAHL, 1, P[:3]), 4)
    assert found.allowed == ("amdahl",)
    assert "description" in found.note
    assert found.growth is not None
    assert found.growth.point is None


@pytest.mark.parametrize("workers", [P[:4], np.arange(1.0, 7.0)])
def test_four_counts_or_fewer_than_eight_workers_cannot_distinguish_growth(workers: NDArray[np.float64]) -> None:
    found = fit_models(workers, noisy(AMDAHL, 2, workers), 8)
    assert found.law == "amdahl"
    assert "cannot be distinguished" in found.note
    assert found.power is None


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_without_noise_every_law_comes_back_exactly(truth: Truth) -> None:
    found = fit_models(P, exact(truth), 64, power_draws=0)
    assert found.law == truth.law
    assert found.serial_fraction is not None
    assert (found.serial_fraction.point or 0.0) == pytest.approx(truth.serial, abs=1e-9)
    assert found.growth is not None
    assert (found.growth.point or 0.0) == pytest.approx(truth.growth, abs=1e-9)


def test_worker_counts_beyond_the_cpus_change_nothing() -> None:
    times = noisy(AMDAHL, 3)
    less = fit_models(P[:5], times[:, :5], 16)
    times[:, 5:] *= 7.0
    more = fit_models(P, times, 16)
    assert more.beyond_cpus == (32, 64)
    assert more.serial_fraction == less.serial_fraction
    assert fit_models(P, times, 2).refusal


def test_measured_capacity_takes_the_place_of_the_workers_and_nothing_is_fitted_without() -> None:
    capacity = P**0.9
    busy_s = np.tile(P / capacity, (10, 1))
    found = fit_models(P, np.tile(0.9 / capacity + 0.1, (10, 1)), 64, busy_s, power_draws=0)
    assert found.law == "amdahl"
    assert found.serial_fraction is not None
    assert found.serial_fraction.point == pytest.approx(0.1)
    assert "does not grow" in fit_models(P, exact(LINEAR), 64, np.tile(P, (10, 1))).refusal
    assert "not measured" in scaling.fit_models(P, exact(AMDAHL), 64).refusal


def test_capacity_that_was_measured_with_scatter_makes_intervals_wider() -> None:
    busy_s = np.random.default_rng(11).lognormal(0.0, 0.1, size=(10, P.size))
    sure, unsure = (fit_models(P, noisy(AMDAHL, 12), 64, busy, power_draws=0) for busy in (None, busy_s))
    widths = [
        (found.serial_fraction.high or 0.0) - (found.serial_fraction.low or 0.0)
        for found in (sure, unsure)
        if found.serial_fraction is not None
    ]
    assert widths[1] > 2 * widths[0]


def test_the_closed_form_is_the_non_negative_least_squares_of_an_independent_solver() -> None:
    rng = np.random.default_rng(10)
    times = np.stack([truth.times_s(P) * rng.lognormal(0.0, 0.3, 7) for truth in TRUTHS for _ in range(20)])
    for law in LAWS:
        relative = columns(law, P, P[:, np.newaxis], times.T)
        found = solve(relative)
        for study, coefficients, square in zip(
            np.moveaxis(relative, 2, 0), found.T, squares(relative, found), strict=True
        ):
            expected, norm = nnls(study.T, np.ones(7))
            assert coefficients == pytest.approx(expected, abs=1e-8)
            assert square == pytest.approx(norm**2)


def test_the_order_of_levels_does_not_matter_and_a_seed_repeats() -> None:
    times = noisy(USL, 4)
    assert fit_models(P[::-1], times[:, ::-1], 64, seed=5) == fit_models(P, times, 64, seed=5)


def test_power_is_high_for_a_plain_law_and_a_law_that_does_not_fit_is_refused() -> None:
    found = fit_models(P, noisy(USL, 6), 64)
    assert found.power is not None
    assert 0.3 < found.power < 0.99  # one study in twenty is refused though its law is true
    assert found.lack_of_fit_p is not None
    assert found.lack_of_fit_p > 0.05
    stepped = noisy(AMDAHL, 7)
    stepped[:, 3] *= 1.3
    wrong = fit_models(P, stepped, 64, power_draws=0)
    assert wrong.lack_of_fit_p is not None
    assert wrong.lack_of_fit_p < 1e-6
    assert not wrong.law
    assert "No law fits" in wrong.refusal


def test_power_is_that_of_the_whole_rule_which_refuses_one_true_law_in_twenty() -> None:
    fits = [fit_models(P, noisy(AMDAHL, seed), 64) for seed in range(20, 26)]
    powers = [fit.power for fit in fits if fit.law == "amdahl" and fit.power is not None]
    assert len(powers) >= 3
    assert all(0.3 < power < 0.99 for power in powers)


def test_few_rounds_give_points_without_intervals() -> None:
    assert "No law fits" in fit_models(P, noisy(USL, 8)[:3], 64, power_draws=0).refusal  # growth needs an interval
    found = fit_models(P, noisy(AMDAHL, 3)[:3], 64, power_draws=0)
    assert found.law == "amdahl"
    assert found.serial_fraction is not None
    assert found.serial_fraction.low is None
    assert "too few" in found.serial_fraction.reason


def test_linear_says_that_nothing_is_serial_and_is_wrong_where_something_is() -> None:
    def always(law: str) -> Fit:
        return lambda _workers, times_s, _busy_s, _rng: [(law, {})] * len(times_s)

    rng = np.random.default_rng(1)
    cases = ((AMDAHL, "linear", 5, 0), (LINEAR, "linear", 0, 0), (AMDAHL, "", 0, 5), (USL, "growing", 0, 5))
    for truth, law, wrong, silent in cases:
        row = recovery(truth, MACHINES[0], LEVELS[0], 5, [0.01, -0.01], rng, always(law))
        assert (row.serial_wrong, row.silent) == (wrong, silent)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds × levels"):
        scaling.fit_models(P, np.ones((3, 2)), 64)
    with pytest.raises(ValueError, match="above 0"):
        scaling.fit_models([1, 2], [[1.0, 0.0]], 2)
    with pytest.raises(ValueError, match="distinct"):
        scaling.fit_models([1, 1], [[1.0, 1.0]], 2)
    with pytest.raises(ValueError, match="noise"):
        recovery(AMDAHL, MACHINES[0], LEVELS[0], 1, [], np.random.default_rng(1), fitted)


def test_many_studies_at_once_are_fitted_as_each_alone() -> None:
    rng = np.random.default_rng(13)
    times = np.stack([noisy(truth, 20 + index) for index, truth in enumerate(TRUTHS)])
    busy = rng.lognormal(0.0, 0.02, times.shape)
    together = scaling.fit_studies(P, times, 64, busy_s=busy, resamples=50, seed=3)
    alone = [
        scaling.fit_models(P, study, 64, busy_s=beside, resamples=50, seed=3, power_draws=0)
        for study, beside in zip(times, busy, strict=True)
    ]
    assert [fit.law for fit in together] == [fit.law for fit in alone]
    assert sum(map(bool, (fit.law for fit in together))) >= 4
    for many, single in zip(together, alone, strict=True):
        assert many.lack_of_fit_p == pytest.approx(single.lack_of_fit_p)
        for estimate, expected in ((many.serial_fraction, single.serial_fraction), (many.growth, single.growth)):
            if estimate is not None and expected is not None and estimate.low is not None:
                assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("machine", [MACHINES[0], MACHINES[2], MACHINES[5]], ids=str)
@pytest.mark.parametrize("levels", LEVELS, ids=str)
def test_simulated_machines_give_back_their_law_or_none(machine: Machine, levels: tuple[int, ...]) -> None:
    rng = np.random.default_rng(9)
    noise = rng.lognormal(0.0, 0.02, 2000) - 1.0
    for truth in TRUTHS:
        row = recovery(truth, machine, levels, STUDIES, noise, rng, fitted)
        if len(levels) < 3:
            assert row.refused == STUDIES
            continue
        assert row.serial_wrong <= 0.2 * STUDIES
        if not truth.growth:
            assert row.growing <= 0.12 * STUDIES
        if levels[-1] == 64 and machine == MACHINES[0]:
            assert row.right >= 0.7 * STUDIES


def test_without_measured_capacity_no_simulated_machine_gets_a_law() -> None:
    rng = np.random.default_rng(1)
    for machine in MACHINES:
        if not machine.measured:
            rows = [recovery(truth, machine, LEVELS[0], 2, [0.01, -0.01], rng, fitted) for truth in TRUTHS]
            assert all(row.refused == 2 for row in rows)
