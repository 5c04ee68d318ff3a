"""Where the efficiency of a pool goes. Every time here is made up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from study import scaling
from study.findings import Estimate

ROUNDS = 10


def times(average: float, seed: int) -> np.ndarray:
    return average * np.random.default_rng(seed).normal(1.0, 0.01, size=ROUNDS)


def made(rounds: int = ROUNDS) -> scaling.Split:
    """A machine of two CPUs that loses a tenth, a pool that loses a twentieth by dispatch and a little by waiting."""
    return scaling.efficiency_split(
        serial_s=times(1.00, 1)[:rounds],
        one_worker_s=times(1.05, 2)[:rounds],
        elapsed_s=times(0.60, 3)[:rounds],
        alone_s=times(0.50, 4)[:rounds],
        together_s=times(0.55, 5)[:rounds],
        makespan_s=times(0.56, 6)[:rounds],
        workers=2,
    )


def test_the_factors_multiply_to_the_efficiency() -> None:
    split = made()
    factors = [split.hardware, split.granularity, split.balance, split.rest]
    assert all(one.point is not None for one in factors)
    product = math.prod(one.point for one in factors if one.point is not None)
    assert product == pytest.approx(split.total.point)


def test_each_factor_is_inside_its_interval_of_the_truth() -> None:
    split = made()
    truths = {
        "total": 1.0 / 1.2,
        "hardware": 0.5 / 0.55,
        "granularity": 1.0 / 1.05,
        "balance": 0.55 / 0.56,
        "rest": 1.05 * 0.56 / (2 * 0.6 * 0.5),
    }
    for name, truth in truths.items():
        estimate = getattr(split, name)
        assert estimate.low - 0.01 < truth < estimate.high + 0.01, name


def test_what_a_round_does_to_all_times_alike_widens_no_interval() -> None:
    weather = np.linspace(0.5, 2.0, ROUNDS)
    split = scaling.efficiency_split(
        serial_s=weather, one_worker_s=1.1 * weather, elapsed_s=0.6 * weather, alone_s=0.5 * weather,
        together_s=0.6 * weather, makespan_s=0.7 * weather, workers=2,
    )  # fmt: skip
    for factor in (split.total, split.hardware, split.granularity, split.balance, split.rest):
        assert factor.low == pytest.approx(factor.point)
        assert factor.high == pytest.approx(factor.point)


def test_few_rounds_give_points_and_no_intervals() -> None:
    split = made(rounds=3)
    assert split.total.point is not None
    assert split.total.low is None
    assert "3 rounds" in split.total.reason


def test_rounds_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="for every round"):
        scaling.efficiency_split(
            serial_s=[1.0, 1.0], one_worker_s=[1.0], elapsed_s=[1.0], alone_s=[1.0], together_s=[1.0], makespan_s=[1.0],
            workers=2,
        )  # fmt: skip
    with pytest.raises(ValueError, match="at least 1"):
        scaling.efficiency_split(
            serial_s=[1.0],
            one_worker_s=[1.0],
            elapsed_s=[1.0],
            alone_s=[1.0],
            together_s=[1.0],
            makespan_s=[1.0],
            workers=0,
        )


def test_weak_efficiency_becomes_the_serial_share_of_gustafson() -> None:
    weak = Estimate(point=0.9, low=0.88, high=0.92, n=10, unit="ratio", estimand="average", method="made up")
    found = scaling.gustafson_fraction(weak, 4)
    assert found.point == pytest.approx(0.1 * 4 / 3)
    assert found.low == pytest.approx(0.08 * 4 / 3)
    assert found.high == pytest.approx(0.12 * 4 / 3)
    assert scaling.gustafson_fraction(weak, 1).point is None
