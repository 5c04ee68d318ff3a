"""Two whole runs: what is compared, what is refused, and how often equal code is called different."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct, ttest_ind
from scipy.stats import t as student

from study import stats
from tests.estimates import OTHER, TEN, ends, holds

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEASURED = stats.RunComponent(tau=0.02, df=6.0, assumed=False, runs=4)
ASSUMED = stats.RunComponent(tau=0.03, df=4.0, assumed=True, runs=0)
MEANS = st.lists(st.floats(1e-6, 1e3), min_size=5, max_size=15)


def run_of(
    log_level: float, run_sd: float, process_sd: float, rounds: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    return np.exp(log_level + rng.normal(0, run_sd) + rng.normal(0, process_sd, rounds))


# The run component


def test_the_run_component_is_what_the_runs_own_errors_do_not_explain() -> None:
    means = [[0.00, 5.0], [0.10, 5.1], [0.00, 5.0], [0.10, 5.1]]  # variance 1/300 in either cell
    found = stats.run_component(means, np.full((4, 2), 0.001))
    assert found.tau**2 == pytest.approx(1 / 300 - 0.001)
    assert (found.df, found.assumed, found.runs) == (6.0, False, 4)


def test_no_machine_is_believed_to_stand_stiller_than_one_percent() -> None:
    assert stats.run_component(np.zeros((5, 2)), np.zeros((5, 2))).tau == pytest.approx(0.01)
    assert stats.run_component(np.zeros((5, 2)), np.ones((5, 2))).tau == pytest.approx(0.01)


def test_below_four_runs_the_run_component_is_assumed() -> None:
    assert stats.run_component(np.zeros((3, 2)), np.zeros((3, 2))) == ASSUMED
    assert stats.run_component([], []) == ASSUMED


def test_only_the_last_eight_runs_count() -> None:
    means = np.array([[100.0], [0.0], [50.0], *([[0.0]] * 8)])
    found = stats.run_component(means, np.zeros((11, 1)))
    assert found == stats.RunComponent(0.01, 14.0, assumed=False, runs=8)


def test_the_run_component_recovers_its_law() -> None:
    rng = np.random.default_rng(2)
    squares = []
    for _ in range(200):
        levels = [[stats.log_level(run_of(cell, 0.05, 0.1, 10, rng)) for cell in (-10.0, -5.0, 0.0)] for _ in range(6)]
        found = stats.run_component(
            [[each.mean for each in row] for row in levels], [[each.variance for each in row] for row in levels]
        )
        squares.append(found.tau**2)
    assert np.mean(squares) == pytest.approx(0.05**2, rel=0.1)


# The ratio


def test_the_ratio_between_runs_is_that_of_geometric_means_with_every_part_of_its_error() -> None:
    found = stats.between(TEN, OTHER, MEASURED, MEASURED)
    a, b = np.log(TEN), np.log(OTHER)
    parts = [(a.var(ddof=1) / 10, 9), (b.var(ddof=1) / 10, 9), (2 * 0.02**2, 6)]
    squared = math.fsum(part for part, _ in parts)
    df = squared**2 / math.fsum(part**2 / degrees for part, degrees in parts)
    gap = a.mean() - b.mean()
    assert found.standard_error == pytest.approx(math.sqrt(squared))
    assert found.df == pytest.approx(df)
    assert found.ratio.point == pytest.approx(math.exp(gap))
    assert ends(found.ratio) == pytest.approx(np.exp(gap + np.array([-1, 1]) * student.ppf(0.975, df) * squared**0.5))
    assert found.within == pytest.approx(np.exp(gap + np.array([-1, 1]) * student.ppf(0.95, df) * squared**0.5))
    assert found.p == pytest.approx(2 * student.sf(gap / squared**0.5, df))


def test_without_a_run_component_it_is_welch_on_logarithms() -> None:
    still = stats.RunComponent(tau=0.0, df=6.0, assumed=False, runs=4)
    found = stats.between(TEN, OTHER[:7], still, still)
    reference = ttest_ind(np.log(TEN), np.log(OTHER[:7]), equal_var=False)
    assert found.p == pytest.approx(reference.pvalue)
    assert found.df == pytest.approx(reference.df)


def test_two_machines_have_two_run_components() -> None:
    other = replace_tau(0.05)
    found, one = stats.between(TEN, OTHER, MEASURED, other), stats.between(TEN, OTHER, MEASURED, MEASURED)
    assert found.standard_error is not None
    assert one.standard_error is not None
    assert found.standard_error**2 - one.standard_error**2 == pytest.approx(0.05**2 - 0.02**2)


def replace_tau(tau: float) -> stats.RunComponent:
    return MEASURED._replace(tau=tau)


@given(MEANS, MEANS)
def test_swapping_the_runs_turns_the_ratio_over(a: list[float], b: list[float]) -> None:
    forth, back = stats.between(a, b, MEASURED, ASSUMED), stats.between(b, a, ASSUMED, MEASURED)
    assert forth.ratio.point is not None
    assert back.ratio.point == pytest.approx(1 / forth.ratio.point)
    low, high = ends(forth.ratio)
    assert ends(back.ratio) == pytest.approx((1 / high, 1 / low))
    assert back.p == pytest.approx(forth.p)
    assert holds(forth.ratio, forth.ratio.point)


@given(MEANS, MEANS, st.floats(1e-3, 1e3))
def test_a_common_unit_changes_nothing(a: list[float], b: list[float], factor: float) -> None:
    plain = stats.between(a, b, MEASURED, MEASURED)
    scaled = stats.between([factor * x for x in a], [factor * x for x in b], MEASURED, MEASURED)
    assert scaled.ratio.point == pytest.approx(plain.ratio.point)
    assert ends(scaled.ratio) == pytest.approx(ends(plain.ratio))
    assert scaled.p == pytest.approx(plain.p, abs=1e-9)


def test_too_few_processes_have_a_ratio_but_no_interval_and_no_decision() -> None:
    found = stats.between(TEN[:4], OTHER, MEASURED, MEASURED)
    assert found.ratio.point is not None
    assert found.ratio.low is None
    assert found.p is None
    assert "4" in stats.decide_between(found).reason
    assert stats.between([], OTHER, MEASURED, MEASURED).ratio.point is None


# The decision


def test_what_is_said_of_two_runs() -> None:
    far = stats.between(TEN, OTHER, MEASURED, MEASURED)
    assert stats.decide_between(far).decision == "different"
    near = stats.between(TEN, TEN, MEASURED, MEASURED)
    assert stats.decide_between(near, delta=0.1).decision == "the same within δ"
    open_ = stats.decide_between(near, delta=0.02)
    assert open_.decision == "no clear difference"
    assert open_.smallest_effect is not None
    assert open_.smallest_effect > 0.05


def test_holm_can_take_a_difference_back() -> None:
    found = stats.between([1.08 * x for x in TEN], TEN, MEASURED, MEASURED)
    assert found.p is not None
    assert found.p < 0.05
    assert stats.decide_between(found).decision == "different"
    adjusted = stats.holm([found.p, 0.9, 0.9, 0.9, 0.9, 0.9])[0]
    taken_back = stats.decide_between(found, p_adjusted=adjusted, tests=6)
    assert taken_back.decision == "no clear difference"
    alone = stats.decide_between(found)
    assert taken_back.smallest_effect is not None
    assert alone.smallest_effect is not None
    assert taken_back.smallest_effect > alone.smallest_effect
    with pytest.raises(ValueError, match="p_adjusted"):
        stats.decide_between(found, p_adjusted=found.p / 2)


@given(MEANS, MEANS)
def test_an_assumed_run_component_never_calls_anything(a: list[float], b: list[float]) -> None:
    decided = stats.decide_between(stats.between(a, b, ASSUMED, MEASURED), delta=1e6)
    assert decided.decision == "no clear difference"
    assert "assumed" in decided.reason


@pytest.mark.parametrize("tau", [0.0101, 0.03, 0.1])
def test_the_smallest_effect_has_the_promised_power(tau: float) -> None:
    found = stats.between(TEN, TEN, replace_tau(tau), replace_tau(tau))
    smallest = stats.decide_between(found).smallest_effect
    assert smallest is not None
    assert found.df is not None
    assert found.standard_error is not None
    critical, off = student.ppf(0.975, found.df), math.log1p(smallest) / found.standard_error
    assert nct.sf(critical, found.df, off) == pytest.approx(0.8, abs=0.03)


# Refusals


def cell(**changes: object) -> stats.CellOfRun:
    plain = stats.CellOfRun(
        cell="fork", loops=8, values=3, warmups=1, process_means_s=tuple(TEN), invalid_rounds=0, rounds=10
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cell": "spawn"}, "cells differ"),
        ({"loops": 16}, "different loops: 8 and 16"),
        ({"values": 4}, "different values"),
        ({"warmups": 0}, "different warm-ups"),
        ({"process_means_s": tuple(TEN[:7])}, "7 rounds"),
        ({"invalid_rounds": 3}, "3 disturbed rounds of 10"),
        ({"process_means_s": (*TEN[:5], *(2 * x for x in TEN[5:]))}, "did not stand still"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused_with_a_reason(changes: dict[str, object], words: str) -> None:
    assert words in stats.refusal(cell(), cell(**changes))
    assert words.split(":", maxsplit=1)[0] in stats.refusal(cell(**changes), cell())


def test_sound_runs_are_not_refused() -> None:
    still = {"fork": stats.between(TEN, TEN, MEASURED, MEASURED)}
    assert stats.refusal(cell(), cell(process_means_s=tuple(2 * x for x in TEN), invalid_rounds=2), still) == ""


def test_a_sentinel_that_moved_refuses_the_runs() -> None:
    moved = {"fork": stats.between(TEN, OTHER, MEASURED, MEASURED)}
    assert "sentinel fork" in stats.refusal(cell(), cell(), moved)
    back = {"fork": stats.between(OTHER, TEN, MEASURED, MEASURED)}
    assert "sentinel fork" in stats.refusal(cell(), cell(), back)
    thin = {"pipe": stats.between(TEN[:3], OTHER, MEASURED, MEASURED)}
    assert "no interval" in stats.refusal(cell(), cell(), thin)


def test_impossible_comparisons_are_errors() -> None:
    for call in (
        lambda: stats.log_level([1.0]),
        lambda: stats.log_level([1.0, 0.0]),
        lambda: stats.run_component([1.0, 2.0], [1.0, 2.0]),
        lambda: stats.run_component(np.zeros((4, 2)), np.zeros((4, 3))),
        lambda: stats.run_component(np.zeros((4, 2)), np.full((4, 2), -1.0)),
        lambda: stats.between([0.0] * 6, TEN, MEASURED, MEASURED),
        lambda: stats.between([1.0] * 6, [1.0] * 6, replace_tau(0.0), replace_tau(0.0)),
        lambda: stats.decide_between(stats.between(TEN, TEN, MEASURED, MEASURED), delta=0.0),
        lambda: stats.decide_between(stats.between(TEN, TEN, MEASURED, MEASURED), tests=0),
        lambda: stats.refusal(cell(), cell(invalid_rounds=11)),
        lambda: stats.refusal(cell(), cell(process_means_s=(0.0, *TEN))),
        lambda: stats.share_called([[True]], [(0, 0)], 2),
        lambda: stats.share_called([[True]], [(0, 1)], 3),
        lambda: stats.share_called([[True], [True]], [(0, 1)], 2),
        lambda: stats.pooled_t_significant([], []),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            call()


# How often equal code is called different


def test_equal_code_is_seldom_called_different_and_welch_alone_calls_it_often() -> None:
    rng = np.random.default_rng(11)
    still = stats.RunComponent(tau=0.0, df=6.0, assumed=False, runs=4)
    repeats, wrong, covered, welch = 2000, 0, 0, 0
    for _ in range(repeats):
        levels = [stats.log_level(run_of(0.0, 0.03, 0.05, 10, rng)) for _ in range(12)]
        past = np.array([[each.mean, each.variance] for each in levels]).reshape(4, 3, 2)
        tau = stats.run_component(past[:, :, 0], past[:, :, 1])
        first, second = (run_of(0.0, 0.03, 0.05, 10, rng) for _ in range(2))
        found = stats.between(first, second, tau, tau)
        wrong += stats.decide_between(found).decision == "different"
        covered += holds(found.ratio, 1.0)
        welch += (stats.between(first, second, still, still).p or 0.0) < 0.05
    assert wrong == repeats - covered
    assert wrong / repeats < 0.08
    assert welch / repeats > 0.2


# Cells against the others of their run


def test_what_all_cells_of_a_run_do_alike_is_taken_off() -> None:
    own = np.random.default_rng(1).normal(0.0, 0.002, size=(6, 9))
    moved = np.array([0.0, 0.1, -0.05, 0.02, 0.0, 0.2])
    found = stats.common_movement(own + moved[:, np.newaxis] + np.arange(9.0))
    assert found - found.mean() == pytest.approx(moved - moved.mean(), abs=0.004)


def test_a_change_of_few_cells_is_not_taken_for_a_movement_of_the_machine() -> None:
    means = np.zeros((2, 9))
    means[1, :3] = 0.5
    assert stats.common_movement(means) == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_cell_that_only_moved_with_the_machine_is_equal_to_itself() -> None:
    quiet = np.exp(np.random.default_rng(2).normal(0.0, 0.01, 10))
    alike = stats.between(quiet * 1.3, quiet, MEASURED, MEASURED, common=math.log(1.3))
    assert alike.ratio.point == pytest.approx(1.0)
    few = stats.between([2.6, 2.6], [2.0, 2.0], MEASURED, MEASURED, common=math.log(1.3))
    assert few.ratio.point == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(1, 9), (3, 7), (9,)])
def test_too_few_runs_or_cells_have_nothing_in_common(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="two runs and 8 cells"):
        stats.common_movement(np.zeros(shape))
