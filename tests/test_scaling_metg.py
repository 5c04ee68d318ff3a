"""The grain at which half of the workers' time is work comes back from a known law."""

from __future__ import annotations

import numpy as np
import pytest

from study import scaling
from study.lab.simulate import Noise
from study.lab.validate.metg import POOLS, Pool, draw

SOME = Noise(process_cv=0.05)
STUDIES = 80
LIMITED_BY_WORKERS, LIMITED_BY_DISPATCH, WAKING = (
    POOLS[name] for name in ("4 workers limit", "who hands out to 64 limits", "2 workers that wake up")
)


def test_metg_of_a_pool_is_what_its_worker_adds_to_a_task_or_half_of_what_all_workers_wait_for() -> None:
    rng = np.random.default_rng(1)
    for pool, expected_s in ((LIMITED_BY_WORKERS, 45e-6), (LIMITED_BY_DISPATCH, 320e-6)):
        assert pool.half_s() == pytest.approx(expected_s)
        grain_s, granularity_s = draw(pool, SOME, 1, rng)
        found = scaling.metg(grain_s[0], granularity_s[0])
        assert found.point == pytest.approx(expected_s, rel=0.06)
        assert found.point is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.point < found.high
        assert found.high / found.low < 1.15  # 5 % of scatter, ten rounds
        assert "max(c, o + s·w)" in found.method


def test_where_the_law_of_a_pool_does_not_fit_a_straight_line_between_two_grains_is_taken() -> None:
    grain_s, granularity_s = draw(WAKING, SOME, 1, np.random.default_rng(2))
    found = scaling.metg(grain_s[0], granularity_s[0])
    assert "straight line" in found.method
    assert found.point == pytest.approx(WAKING.half_s(), rel=0.12)


def test_with_few_grains_the_crossing_is_between_two_of_them() -> None:
    found = scaling.metg(np.tile([1.0, 3.0, 9.0], (6, 1)), np.tile([5.0, 5.0, 10.0], (6, 1)))
    assert found.point == pytest.approx(2.5)


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_intervals_hold_the_truth_about_as_often_as_they_promise(pool: Pool) -> None:
    held = 0
    truth = pool.half_s()
    for grain_s, granularity_s in zip(*draw(pool, SOME, STUDIES, np.random.default_rng(3)), strict=True):
        found = scaling.metg(grain_s, granularity_s)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert held >= STUDIES * 0.83  # the least that is known is 90 %, of many more studies


def test_averages_are_divided_and_no_ratios_averaged() -> None:
    grain_s = np.array([[1.0, 2.0, 4.0]] * 3 + [[4.0, 8.0, 16.0]])
    granularity_s = np.array([[2.0] * 3] * 3 + [[16.0] * 3])
    assert scaling.metg(grain_s, granularity_s).point == pytest.approx(0.5 * 5.5)


def test_a_level_that_is_never_reached_or_always_is_no_number_but_a_reason() -> None:
    grain_s, granularity_s = (drawn[0] for drawn in draw(LIMITED_BY_WORKERS, SOME, 1, np.random.default_rng(4)))
    never = scaling.metg(grain_s, granularity_s + 1.0)
    assert never.point is None
    assert "below 50%" in never.reason
    always = scaling.metg(grain_s, grain_s * 1.1)
    assert always.point is None
    assert "above 50%" in always.reason


def test_a_higher_level_needs_longer_tasks_and_order_does_not_matter() -> None:
    grain_s, granularity_s = (drawn[0] for drawn in draw(LIMITED_BY_WORKERS, SOME, 1, np.random.default_rng(5)))
    half, most = (scaling.metg(grain_s, granularity_s, level=level).point for level in (0.5, 0.8))
    assert half is not None
    assert most is not None
    assert half < most
    assert scaling.metg(grain_s[:, ::-1], granularity_s[:, ::-1]).point == pytest.approx(half)


def test_five_rounds_give_the_interval_of_student_and_not_the_narrower_one_of_many() -> None:
    """Half of 5 s, rounds 1 % apart: a standard error of √2.5 % ÷ √5 = 0.71 %. 2.776 times it are 1.96 %; 1.96 times, 1.4 %."""
    rounds = np.array([[0.98], [0.99], [1.0], [1.01], [1.02]])
    found = scaling.metg(rounds * [1.0, 3.0, 9.0], rounds * [5.0, 5.0, 10.0])
    assert found.point == pytest.approx(2.5)
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / 2.0 == pytest.approx(2.5 * 0.0196, rel=0.15)


def test_few_rounds_give_a_point_without_an_interval() -> None:
    grain_s, granularity_s = (drawn[0] for drawn in draw(LIMITED_BY_WORKERS, SOME, 1, np.random.default_rng(6)))
    found = scaling.metg(grain_s[:3], granularity_s[:3])
    assert found.point is not None
    assert found.low is None
    assert "too few" in found.reason


def test_a_granularity_is_that_of_all_workers() -> None:
    assert scaling.granularities([[2.0, 3.0]], [4, 2], 8).tolist() == [[4.0, 12.0]]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds × grains"):
        scaling.granularities([[1.0, 2.0]], [1], 1)
    with pytest.raises(ValueError, match="above 0"):
        scaling.granularities([[0.0]], [1], 1)
    with pytest.raises(ValueError, match="rounds × grains"):
        scaling.metg([[1.0]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="above 0"):
        scaling.metg([[0.0]], [[1.0]])
