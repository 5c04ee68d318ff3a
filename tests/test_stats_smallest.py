"""The smallest effect that is printed is that of the whole rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct
from scipy.stats import t as student

from study import stats
from study.stats import smallest


@pytest.mark.parametrize("rounds", [5, 6, 10, 20, 40])
@pytest.mark.parametrize("tests", [1, 5])
def test_without_a_floor_the_test_alone_has_two_points_more_under_the_noncentral_t(rounds: int, tests: int) -> None:
    effect = stats.smallest_effect_planned(0.05, rounds, tests=tests)
    assert effect is not None
    critical = student.ppf(1.0 - 0.025 / tests, rounds - 1)
    away = math.log1p(effect) / math.sqrt(2.0 * math.log1p(0.05**2)) * math.sqrt(rounds)
    assert nct.sf(critical, rounds - 1, away) == pytest.approx(0.82, abs=1e-4)


@pytest.mark.parametrize("floor", [0.02, 0.03, 0.10])
def test_beyond_a_floor_test_and_floor_have_two_points_more_in_drawn_rounds(floor: float) -> None:
    rounds, spread = 10, math.sqrt(2.0 * math.log1p(0.05**2))
    effect = stats.smallest_effect_planned(0.05, rounds, floor=floor)
    assert effect is not None
    logs = np.random.default_rng(1).normal(math.log1p(effect), spread, (100_000, rounds))
    means, errors = logs.mean(axis=1), logs.std(axis=1, ddof=1) / math.sqrt(rounds)
    seen = (means > student.ppf(0.975, rounds - 1) * errors) & (means > math.log1p(floor))
    assert seen.mean() == pytest.approx(0.82, abs=0.006)


@given(st.floats(0.001, 0.5), st.integers(5, 40), st.integers(1, 20), st.floats(0.0, 0.3))
def test_more_tests_and_a_floor_only_make_it_larger(cv: float, rounds: int, tests: int, floor: float) -> None:
    alone = stats.smallest_effect_planned(cv, rounds)
    together = stats.smallest_effect_planned(cv, rounds, tests=tests)
    beyond = stats.smallest_effect_planned(cv, rounds, tests=tests, floor=floor)
    assert alone is not None
    assert together is not None
    assert beyond is not None
    assert alone <= together * (1 + 1e-6) <= beyond * (1 + 1e-4)
    assert beyond > floor


def test_what_does_not_scatter_is_seen_beyond_the_floor() -> None:
    assert stats.smallest_effect([2.0] * 6) == 0.0
    assert stats.smallest_effect([2.0] * 6, floor=0.03) == 0.03
    assert stats.smallest_effect([2.0] * 4) is None
    assert stats.smallest_effect([0.0] * 6) is None


def test_the_spread_seen_is_that_of_the_process_means() -> None:
    means = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0]
    cv = float(np.std(means, ddof=1) / np.mean(means))
    assert stats.smallest_effect(means, tests=3) == pytest.approx(stats.smallest_effect_planned(cv, 6, tests=3))


@pytest.mark.parametrize(("tests", "floor"), [(0, 0.0), (1, -0.1), (1, math.inf)])
def test_nonsense_is_refused(tests: int, floor: float) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        stats.smallest_effect_planned(0.05, 10, tests=tests, floor=floor)


@pytest.mark.parametrize("floor", [0.0, 0.02, 3.0, 800.0])
@pytest.mark.parametrize("df", [4, 9, 39])
@pytest.mark.parametrize("power", [0.5, 0.82, 0.9999])
def test_what_is_known_beforehand_saves_integrals_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, df: int, floor: float, power: float
) -> None:
    """Where nothing is known each half is looked at: the same bits."""
    smallest._standardised.cache_clear()
    found = smallest._standardised(df, 0.05, floor, power)
    monkeypatch.setattr(smallest, "_around", lambda *_: (-math.inf, math.inf))
    smallest._standardised.cache_clear()
    assert smallest._standardised(df, 0.05, floor, power) == found


def test_where_secants_do_not_lead_nothing_is_said_to_be_known() -> None:
    assert smallest._around(lambda at: 1.0 if at < 5.0 else -1.0, 0.0) == (-smallest._CLOSE, math.inf)
    low, high = smallest._around(lambda at: 5.0 - at, 0.0)
    assert low < 5.0 < high
    assert high - low < 1e-9
