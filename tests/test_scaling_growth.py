"""A line's base and step come back from a known law, with intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest

from study import scaling

LEVELS = np.array([16.0, 64.0, 256.0, 1024.0])
BASE, STEP = 1e-3, 1e-5


@pytest.mark.parametrize("weighted", [False, True])
def test_base_and_step_are_covered_at_the_promised_rate(weighted: bool) -> None:
    rng = np.random.default_rng(1)
    held = np.zeros(2)
    studies = 400
    for _ in range(studies):
        cost = (BASE + STEP * LEVELS) * rng.normal(1.0, 0.02, size=(10, 4)) + rng.normal(0, 5e-5, size=(10, 1))
        found = scaling.growth(LEVELS, cost, "s", weighted=weighted)
        for index, (estimate, truth) in enumerate(((found.base, BASE), (found.step, STEP))):
            assert estimate.low is not None
            assert estimate.high is not None
            held[index] += estimate.low <= truth <= estimate.high
    assert np.all(held / studies >= 0.92)
    assert np.all(held / studies <= 0.98)


def test_a_line_without_noise_is_exact_and_a_bend_is_seen() -> None:
    cost = np.tile(BASE + STEP * LEVELS, (3, 1))
    found = scaling.growth(LEVELS, cost, "s", per=1024.0)
    assert found.base.point == pytest.approx(BASE)
    assert found.step.point == pytest.approx(STEP * 1024.0)
    assert found.misfit == pytest.approx(0.0, abs=1e-9)
    bent = scaling.growth(LEVELS, cost + 1e-8 * LEVELS**2, "s")
    assert bent.misfit is not None
    assert bent.misfit > 0.1


def test_what_a_whole_round_shares_moves_the_base_and_not_the_step() -> None:
    shift = np.array([[0.0], [1e-4], [2e-4]])
    found = scaling.growth(LEVELS, BASE + STEP * LEVELS + shift, "s")
    assert found.step.low == pytest.approx(STEP)
    assert found.step.high == pytest.approx(STEP)
    assert found.base.low is not None
    assert found.base.low < BASE < 2 * BASE


def test_too_few_levels_or_rounds_are_no_number_but_a_reason() -> None:
    assert "1 different levels" in scaling.growth([2.0, 2.0], np.ones((5, 2)), "s").step.reason
    few = scaling.growth(LEVELS, np.ones((2, 4)), "byte")
    assert few.base.point is None
    assert "2 rounds" in few.base.reason
    assert "costs nothing" in scaling.growth([0.0, 1.0], np.zeros((5, 2)), "s", weighted=True).step.reason


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds × levels"):
        scaling.growth([1.0, 2.0], [1.0, 2.0], "s")
    with pytest.raises(ValueError, match="finite"):
        scaling.growth([1.0, 2.0], [[1.0, np.nan]], "s")
    with pytest.raises(ValueError, match="per above 0"):
        scaling.growth([1.0, 2.0], [[1.0, 2.0]], "s", per=0.0)
