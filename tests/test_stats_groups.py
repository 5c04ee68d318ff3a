"""A statistic of numbers in groups: the group is the unit, so that more numbers in one tell no more of others."""

from __future__ import annotations

import numpy as np
import pytest

from study import stats


def test_numbers_that_repeat_inside_a_group_make_no_interval_shorter() -> None:
    rng = np.random.default_rng(3)
    levels = rng.normal(size=12)
    once = stats.over_groups([[level] for level in levels], stats.means, "ratio", "typical")
    often = stats.over_groups([[level] * 50 for level in levels], stats.means, "ratio", "typical")
    assert (once.low, once.high) == pytest.approx((often.low, often.high))
    assert (once.n, often.n) == (12, 600)
    assert once.low is not None
    assert once.high is not None
    assert once.low < once.point < once.high  # type: ignore[operator]


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        levels = rng.normal(size=20)
        groups = [rng.normal(level, 0.3, size=5) for level in levels]
        held += stats.holds(stats.over_groups(groups, stats.means, "ratio", "typical"), 0.0)
    assert 180 <= held <= 199


def test_few_groups_have_no_interval_and_none_is_refused() -> None:
    few = stats.over_groups([[1.0, 3.0]] * 4, stats.means, "ratio", "typical")
    assert (few.point, few.low, few.high) == (2.0, None, None)
    assert "4 groups are too few" in few.reason
    with pytest.raises(ValueError, match="no group"):
        stats.over_groups([], stats.means, "ratio", "typical")


def test_a_number_that_is_there_so_often_counts_so_often() -> None:
    rng = np.random.default_rng(2)
    values, times = rng.normal(size=9), rng.integers(0, 4, size=(50, 9))
    times[:, 0] += 1  # of none there is nothing to take
    drawn = [np.repeat(values, row) for row in times]
    assert stats.medians(values, times) == pytest.approx([np.median(one) for one in drawn])
    assert stats.means(values, times) == pytest.approx([np.mean(one) for one in drawn])
