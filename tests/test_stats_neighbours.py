"""Rounds that are like their neighbours: what is seen of it, and in how many cells it would be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from study import stats


def series(correlation: float, rounds: int, cells: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Autoregressive rounds of so many cells, above 0."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(cells, rounds))
    for index in range(1, rounds):
        x[:, index] = correlation * x[:, index - 1] + math.sqrt(1.0 - correlation**2) * x[:, index]
    return 20.0 + x


@pytest.mark.parametrize(("correlation", "rounds"), [(0.0, 10), (0.2, 10), (0.2, 20), (0.5, 37)])
def test_the_average_over_many_cells_is_the_correlation_that_they_have(correlation: float, rounds: int) -> None:
    found = [stats.lag_1(cell) for cell in series(correlation, rounds, 3000)]
    assert float(np.mean([lag for lag in found if lag is not None])) == pytest.approx(correlation, abs=0.03)


def test_what_does_not_vary_or_has_few_rounds_has_no_neighbours() -> None:
    assert stats.lag_1([1.0] * 10) is None
    assert stats.lag_1([1.0, 2.0, 1.0, 2.0]) is None
    assert stats.neighbours_power(4, 0.7) is None
    assert (stats.lag_1([1.0, 2.0] * 5) or 0.0) < -0.9
    assert (stats.lag_1(range(20)) or 0.0) > 0.9


def test_so_few_rounds_seldom_show_that_they_are_alike() -> None:
    assert stats.neighbours_power(10, 0.0) == pytest.approx(0.05, abs=0.002)
    powers = [stats.neighbours_power(10, 0.2), stats.neighbours_power(10, 0.7), stats.neighbours_power(37, 0.7)]
    assert powers == pytest.approx([0.12, 0.50, 0.99], abs=0.02)
