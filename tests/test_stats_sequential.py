"""Looks at pairs of equal and of changed cells: p values, Holm, the same within a margin, and what could have been seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from study import stats
from study.stats import sequential

CELLS = 20
EQUAL = 400
MARGIN = 0.05


def pairs(studies: int, cells: int, shift: float = 0.0, spread: float = 0.06, seed: int = 3) -> np.ndarray:
    """Log differences of rounds, shape (studies, cells, 160)."""
    return np.random.default_rng(seed).normal(math.log1p(shift), spread, (studies, cells, sequential.LOOKS[-1]))


def gate_of(differences: np.ndarray) -> np.ndarray:
    """What is said of each cell at its end, by the rules as a gate asks them at its looks."""
    states = np.zeros(differences.shape[:-1], dtype=np.int8)
    before = None
    for look, rounds in enumerate(sequential.LOOKS):
        seen = sequential.levels(differences[..., :rounds])
        before = sequential.p_different(seen, look, before)
        found = sequential.standings(seen, look, MARGIN, before, states != 0)
        states = np.where(states == 0, found, states)
    return states


def test_a_look_is_the_paired_t_test_over_its_share() -> None:
    d = pairs(1, 3, 0.02)[0, :, :20]
    wanted = [min(1.0, ttest_1samp(each, 0.0).pvalue / sequential.SPENDING[1]) for each in d]
    assert sequential.p_different(sequential.levels(d), 1) == pytest.approx(wanted)


def test_what_looks_spend_together_is_all_there_is() -> None:
    assert len(sequential.SPENDING) == len(sequential.LOOKS)
    assert math.fsum(sequential.SPENDING) == pytest.approx(1.0)


def test_the_smallest_p_value_of_all_looks_stays() -> None:
    d = pairs(1, 2, 0.1)[0]
    first = sequential.p_different(sequential.levels(d[:, :10]), 0)
    later = sequential.p_different(sequential.levels(-d[:, :10]), 1, first / 7.0)
    assert later == pytest.approx(first / 7.0)


def test_holm_over_the_last_axis_is_holm_of_each_row() -> None:
    p = np.random.default_rng(1).random((5, 7)) ** 3
    assert sequential.holm_of(p) == pytest.approx(np.array([stats.holm([float(x) for x in row]) for row in p]))


def test_equal_cells_are_hardly_ever_called_different() -> None:
    states = gate_of(pairs(EQUAL, CELLS))
    assert np.isin(states, (1, -1)).any(axis=1).mean() <= stats.LEVEL


def test_slower_and_faster_are_told_apart() -> None:
    assert (gate_of(pairs(20, CELLS, 0.10)) == 1).mean() > 0.99
    assert (gate_of(pairs(20, CELLS, -0.10)) == -1).mean() > 0.99


def test_what_differs_by_the_margin_is_rarely_called_the_same() -> None:
    assert (gate_of(pairs(EQUAL, 1, MARGIN, spread=0.12)) == 2).mean() <= stats.LEVEL


def test_quiet_equal_cells_are_the_same() -> None:
    assert (gate_of(pairs(20, CELLS, spread=0.03)) == 2).mean() > 0.9


def test_what_stopped_is_not_decided_again() -> None:
    d = pairs(1, 3, 0.3)[0]
    seen = sequential.levels(d)
    p = sequential.p_different(seen, 4)
    assert sequential.standings(seen, 4, MARGIN, p, np.array([True, False, True])).tolist() == [0, 1, 0]


def test_an_average_against_its_median_is_no_difference() -> None:
    d = np.array([-0.01] * 90 + [3.0] * 70)
    seen = sequential.levels(d[np.newaxis])
    assert float(sequential.p_different(seen, 4)[0]) < 1e-6
    assert sequential.standings(seen, 4, MARGIN, sequential.p_different(seen, 4), np.array([False])).tolist() == [0]


def test_the_interval_is_that_of_a_look() -> None:
    d = pairs(1, 1, 0.02)[0, :, :40]
    low, high = sequential.interval(sequential.levels(d), 2)
    half = student.ppf(1 - 0.05 * 0.2 / 2, 39) * d[0].std(ddof=1) / math.sqrt(40)
    assert (float(low[0]), float(high[0])) == pytest.approx(
        (math.exp(d[0].mean() - half), math.exp(d[0].mean() + half))
    )


def test_no_scatter_is_decided_without_dividing_by_it() -> None:
    seen = sequential.levels(np.array([[0.0] * 10, [0.2] * 10]))
    p = sequential.p_different(seen, 0)
    assert p.tolist() == [1.0, 0.0]
    assert sequential.standings(seen, 0, MARGIN, p, np.array([False, False])).tolist() == [2, 1]


def test_what_could_have_been_seen_is_seen_four_times_in_five() -> None:
    d = pairs(1500, 1, spread=0.1)[:, :, :20]
    effect = math.expm1((student.ppf(1 - 0.05 * 0.2 / 40, 19) + student.ppf(0.8, 19)) * 0.1 / math.sqrt(20))
    said = float(np.median(sequential.could_have_seen(sequential.levels(d), 1, 20)))
    assert said == pytest.approx(effect, rel=0.05)
    p = sequential.p_different(sequential.levels(d + math.log1p(effect)), 1)
    assert ((p * 20 < 0.05).mean()) == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("wrong", [[0.1], [0.1, math.inf], [0.1, math.nan]])
def test_what_has_no_spread_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match=r"spread|finite"):
        sequential.levels(wrong)
