"""The grain at which half of the workers' time is work comes back from a known law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import scaling

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRAINS_S = np.geomspace(1e-6, 1e-2, 9)
TASKS = np.full(9, 512)
OVERHEAD_S = 1e-4


def study(rng: np.random.Generator, workers: int = 2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(grains, efficiency) of ten rounds in which every task costs a worker its grain and 0.1 ms, with 5 % noise."""
    scatter = rng.lognormal(0.0, 0.05, size=(2, 10, 9))
    grain_s = GRAINS_S * scatter[0] ** 0.2
    elapsed_s = TASKS * (GRAINS_S + OVERHEAD_S) / workers * scatter[1]
    return grain_s, scaling.efficiencies(grain_s, elapsed_s, TASKS, workers)


def test_metg_of_a_constant_overhead_is_that_overhead_and_covered() -> None:
    rng = np.random.default_rng(1)
    exact = scaling.metg(GRAINS_S[None, :], (GRAINS_S / (GRAINS_S + OVERHEAD_S))[None, :]).point
    assert exact == pytest.approx(OVERHEAD_S, rel=0.05)  # what is left is the interpolation between two grains
    assert exact is not None
    held = 0
    for _ in range(100):
        found = scaling.metg(*study(rng))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= exact <= found.high
    assert held >= 80  # a percentile bootstrap of ten rounds covers a little less than 95 %


def test_a_level_that_is_never_reached_or_always_is_no_number_but_a_reason() -> None:
    grain_s, efficiency = study(np.random.default_rng(2))
    never = scaling.metg(grain_s, efficiency * 0.1)
    assert never.point is None
    assert "below 50%" in never.reason
    always = scaling.metg(grain_s, np.full_like(efficiency, 0.9))
    assert always.point is None
    assert "above 50%" in always.reason


def test_a_higher_level_needs_longer_tasks_and_order_does_not_matter() -> None:
    grain_s, efficiency = study(np.random.default_rng(3))
    half, most = (scaling.metg(grain_s, efficiency, level=level).point for level in (0.5, 0.8))
    assert half is not None
    assert most is not None
    assert half < most
    assert scaling.metg(grain_s[:, ::-1], efficiency[:, ::-1]).point == pytest.approx(half)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds × grains"):
        scaling.efficiencies([[1.0]], [[1.0, 2.0]], [1], 1)
    with pytest.raises(ValueError, match="above 0"):
        scaling.efficiencies([[0.0]], [[1.0]], [1], 1)
