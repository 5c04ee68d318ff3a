"""Shares whose trials lie in processes, processes that stand apart, and averages of skewed processes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import stats
from tests import truth
from tests.estimates import TEN, ends, holds

SLOW = [*TEN[:9], 5.0]
COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=5, max_size=20)


def test_a_share_over_processes_is_as_wide_as_the_processes_differ() -> None:
    alike = stats.share_of_processes([8, 8, 7, 8, 8, 7, 8, 7], [10] * 8)
    apart = stats.share_of_processes([10, 9, 1, 9, 9, 5, 9, 9], [10] * 8)
    assert alike.point == apart.point == pytest.approx(61 / 80)
    assert alike.n == apart.n == 8
    assert ends(alike) == pytest.approx(ends(stats.share(61, 80)))  # nothing but what independent trials scatter
    assert ends(apart)[0] < ends(alike)[0]
    assert ends(apart)[1] > ends(alike)[1]


def test_a_share_that_every_process_agrees_on_is_as_sure_as_the_processes_are_many() -> None:
    assert stats.share_of_processes([0, 0, 0], [500] * 3) == stats.share(0, 3)
    assert stats.share_of_processes([5, 9], [5, 9]) == stats.share(2, 2)
    with pytest.raises(ValueError, match="between 0 and trials"):
        stats.share_of_processes([3], [2])


def test_what_three_of_ten_processes_did_is_no_surer_than_ten_trials() -> None:
    three, four = ([*[5] * times, *[0] * (10 - times)] for times in (3, 4))
    assert stats.share_of_processes(three, [100] * 10).high == pytest.approx(0.34, abs=0.02)
    assert (stats.share_of_processes(four, [100] * 10).high or 1.0) < 0.1


@given(COUNTS)
def test_a_share_is_that_of_all_trials_as_computed_apart(counts: list[tuple[int, int]]) -> None:
    trials = [whole for _, whole in counts]
    hits = [min(hit, whole) for hit, whole in counts]
    known, found = truth.share(hits, trials), stats.share_of_processes(hits, trials)
    assert found.point == pytest.approx(known.point)
    assert holds(found, known.point)
    assert ends(found) == pytest.approx((known.low, known.high), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("confidence", "said"), [(0.95, "97.5 %"), (0.99, "99.5 %")])
def test_a_limit_with_one_end_says_how_often_it_holds(confidence: float, said: str) -> None:
    none, some = (stats.share(hits, 12, confidence=confidence) for hits in (0, 5))
    assert none.confidence == pytest.approx((1.0 + confidence) / 2.0)
    assert none.method.endswith(f"one-sided at {said}")
    assert (1.0 - (none.high or 0.0)) ** 12 == pytest.approx(1.0 - none.confidence)
    assert (some.confidence, some.limit) == (confidence, "")


def test_few_processes_have_a_share_but_no_interval() -> None:
    found = stats.share_of_processes([1, 2, 3], [4] * 3)
    assert (found.point, found.low, found.high) == (0.5, None, None)
    assert "3 processes" in found.reason


def test_a_rare_kind_of_process_may_be_missed() -> None:
    missed = stats.unseen_share(10)
    assert missed == pytest.approx(0.3085, abs=1e-4)
    assert missed == pytest.approx(stats.share(0, 10).high)  # one question, one number
    assert (1.0 - (missed or 0.0)) ** 10 == pytest.approx(0.025)
    assert stats.unseen_share(0) is None


@given(st.lists(st.integers(100, 10_000).map(lambda count: count / 1000), min_size=5, max_size=30))
def test_an_average_is_widened_at_its_tail_as_computed_apart(x: list[float]) -> None:
    known = truth.average(np.array(x))
    assert ends(stats.average(x, "s")) == pytest.approx((known.low, known.high), rel=1e-6, abs=1e-9)


def test_the_tail_of_skewed_processes_has_the_longer_arm() -> None:
    (low, high), mean = ends(stats.average(SLOW, "s")), float(np.mean(SLOW))
    half = mean - low
    assert half == pytest.approx(2.2622 * float(np.std(SLOW, ddof=1)) / math.sqrt(10), rel=1e-4)
    assert high - mean > 1.5 * half
    mirrored = ends(stats.average([10.0 - value for value in SLOW], "s"))
    assert mirrored == pytest.approx((10.0 - high, 10.0 - low))


def test_few_slow_processes_are_named_and_a_mode_is_not() -> None:
    far = stats.far_processes(SLOW)
    assert far is not None
    assert far.processes == 1
    assert far.times == pytest.approx(5.0, abs=0.1)
    assert stats.far_processes(TEN) is None
    assert stats.far_processes([*TEN[:5], *[5.0] * 5]) is None
    assert stats.far_processes([*TEN[:9], 1.4]) is None
    assert stats.far_processes([1.0, 1.5, 2.0, 2.5, 3.0, 4.4]) is None
    assert stats.far_processes([1.0, 9.0]) is None


def test_an_interval_holds_the_average_of_skewed_processes_where_t_does_not() -> None:
    rng = np.random.default_rng(7)
    studies = rng.exponential(0.05, (4000, 10)) + 0.95
    kept = np.mean([holds(stats.average(study, "s"), 1.0) for study in studies])
    assert kept > 0.93  # plain t: 0.90


def test_what_is_missed_at_most_is_found_at_least_in_the_rest() -> None:
    missed = stats.share(0, 20)
    found = stats.complement(missed)
    assert (missed.limit, found.limit) == ("at most", "at least")
    assert found.point == 1.0
    assert found.low == pytest.approx(1.0 - (missed.high or 0.0))
    assert (found.high, found.n, found.reason) == (1.0, missed.n, missed.reason)
    some = stats.complement(stats.share(3, 20))
    assert ends(some) == pytest.approx(ends(stats.share(17, 20)))
    assert stats.complement(stats.share(0, 0)).point is None
