"""Whole runs compared: equal ones are seldom called different, changed ones often, and pyperf's rule is pyperf's."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import stats

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ROUNDS = 10
KNOWN = stats.RunComponent(tau=0.02, df=14.0, runs=8, assumed=False)


def runs(count: int, cells: int, rng: np.random.Generator, *, run_cv: float, process_cv: float) -> NDArray[np.float64]:
    """Process means, shape (runs, cells, rounds), of runs that shift every cell by a little."""
    shift = rng.normal(0.0, run_cv, size=(count, cells, 1))
    return np.exp(shift + rng.normal(0.0, process_cv, size=(count, cells, ROUNDS)))


def component_of(past: NDArray[np.float64]) -> stats.RunComponent:
    summaries = np.array([[stats.log_summary(cell) for cell in run] for run in past])
    return stats.run_component(summaries[:, :, 0], summaries[:, :, 1])


def test_the_run_component_comes_back() -> None:
    rng = np.random.default_rng(1)
    found = [component_of(runs(8, 20, rng, run_cv=0.05, process_cv=0.05)).tau for _ in range(50)]
    assert np.mean(found) == pytest.approx(0.05, rel=0.1)


def test_without_four_past_runs_it_is_assumed_and_nothing_is_called() -> None:
    rng = np.random.default_rng(1)
    component = component_of(runs(3, 20, rng, run_cv=0.0, process_cv=0.01))
    assert (component.tau, component.df, component.assumed) == (0.03, 4.0, True)
    first, second = runs(2, 1, rng, run_cv=0.0, process_cv=0.01)[:, 0]
    found = stats.between(first, second * 2.0, component)
    assert found.p is not None
    assert found.p < 0.01
    assert stats.change(found, found.p, margin=0.05) == "not called"


def test_runs_that_do_not_differ_leave_the_smallest_component() -> None:
    component = component_of(np.ones((5, 4, ROUNDS)))
    assert (component.tau, component.df) == (0.01, 8.0)


def test_equal_runs_are_called_different_at_most_as_often_as_promised_and_by_welch_much_more() -> None:
    rng = np.random.default_rng(7)
    called = welch = 0
    for _ in range(400):
        past = runs(6, 10, rng, run_cv=0.03, process_cv=0.03)
        first, second = runs(2, 1, rng, run_cv=0.03, process_cv=0.03)[:, 0]
        p = stats.between(first, second, component_of(past)).p
        called += p is not None and p < 0.05
        plain = stats.ratio_of_averages(first, second)
        welch += not ((plain.low or 0.0) <= 1.0 <= (plain.high or math.inf))
    assert called / 400 < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 400)
    assert welch / 400 > 0.2


def test_a_change_of_ten_percent_is_called_where_runs_differ_by_one() -> None:
    rng = np.random.default_rng(3)
    component = stats.RunComponent(tau=0.01, df=14.0, runs=8, assumed=False)
    seen = 0
    for _ in range(200):
        first, second = runs(2, 1, rng, run_cv=0.01, process_cv=0.03)[:, 0]
        found = stats.between(first, second * 1.1, component)
        seen += stats.change(found, found.p, margin=0.02) == "different"
    assert seen / 200 > 0.9


def test_the_smallest_effect_is_called_as_often_as_promised() -> None:
    rng = np.random.default_rng(5)
    seen = 0
    for _ in range(600):
        first, second = runs(2, 1, rng, run_cv=KNOWN.tau, process_cv=0.04)[:, 0]
        effect = stats.between(first, second, KNOWN).smallest_effect
        assert effect is not None
        found = stats.between(first, second * (1.0 + effect), KNOWN)
        seen += found.p is not None and found.p < 0.05
    assert 0.72 < seen / 600 < 0.88


@given(st.floats(0.1, 10.0), st.integers(0, 1000))
def test_swapping_the_runs_turns_the_ratio_round(factor: float, seed: int) -> None:
    first, second = runs(2, 1, np.random.default_rng(seed), run_cv=0.02, process_cv=0.05)[:, 0]
    one, other = stats.between(first, second * factor, KNOWN), stats.between(second * factor, first, KNOWN)
    assert one.ratio.point is not None
    assert other.ratio.point == pytest.approx(1.0 / one.ratio.point)
    assert other.ratio.low == pytest.approx(1.0 / (one.ratio.high or 0.0))
    assert one.p == pytest.approx(other.p)


def test_two_runs_are_the_same_only_when_the_whole_interval_says_so() -> None:
    same = np.full(ROUNDS, 1.0) * np.linspace(0.999, 1.001, ROUNDS)
    found = stats.between(same, same, stats.RunComponent(tau=0.01, df=14.0, runs=8, assumed=False))
    assert stats.change(found, 1.0, margin=0.05) == "the same"
    assert stats.change(found, 1.0, margin=0.001) == "no clear difference"


def test_runs_that_cannot_bear_a_comparison_are_refused_in_words() -> None:
    good = {"rounds": (10, 10), "disturbed": (0.0, 0.1), "halves": (0.5, None)}
    assert not stats.refusal(**good)  # type: ignore[arg-type]
    assert "7 rounds" in stats.refusal(**{**good, "rounds": (10, 7)})  # type: ignore[arg-type]
    assert "disturbed" in stats.refusal(**{**good, "disturbed": (0.0, 0.3)})  # type: ignore[arg-type]
    assert "halves" in stats.refusal(**{**good, "halves": (-4.5, None)})  # type: ignore[arg-type]


def test_a_share_over_pairs_has_a_limit_that_knows_pairs_share_runs() -> None:
    pairs = [(one, other) for one in range(6) for other in range(one + 1, 6)]
    odd = np.array([[0 in pair] * 4 for pair in pairs])  # one run is unlike all others
    found = stats.share_called(odd, pairs)
    assert found.point == pytest.approx(5 / 15)
    assert found.high is not None
    assert found.high > 0.8  # one run in six decides it, however many pairs there are
    none = stats.share_called(np.zeros((15, 4)), pairs)
    assert (none.point, none.high) == (0.0, 0.0)
    assert stats.share_called(np.zeros((1, 4)), [(0, 1)]).high is None
    with pytest.raises(ValueError, match="a row for each pair"):
        stats.share_called(np.zeros((2, 4)), [(0, 1)])


@pytest.mark.parametrize("seed", range(6))
def test_the_pooled_rule_is_that_of_pyperf(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    first = rng.normal(1.0, 0.02, size=(6, 3))
    second = rng.normal(1.0 + 0.004 * seed, 0.02, size=(6, 3))
    files = []
    for name, values in (("a", first), ("b", second)):
        runs_ = [{"metadata": {"loops": 1}, "values": list(map(float, row))} for row in values]
        suite = {"version": "1.0", "metadata": {"name": "x", "unit": "second"}, "benchmarks": [{"runs": runs_}]}
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(suite), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "pyperf", "compare_to", "-v", *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = "not significant" not in found.stdout.lower()
    assert stats.pooled_t_calls(first, second) == theirs


def test_pyperf_takes_unequal_numbers_of_values_for_a_difference() -> None:
    assert stats.pooled_t_calls(np.ones((3, 3)), np.ones((4, 3)))
