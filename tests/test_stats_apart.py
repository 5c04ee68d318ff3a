"""Whole runs cell by cell: gaps against the others, who fails a limit, what could be seen, and how often equal code fails."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

from study import stats
from study.stats import Levels, RunComponent

MEASURED = RunComponent(tau=0.02, df=6.0, assumed=False, runs=4)
OTHER = RunComponent(tau=0.05, df=10.0, assumed=False, runs=6)


def levels(means: list[float] | np.ndarray, error: float = 0.005, processes: int = 10) -> Levels:
    m = np.asarray(means, dtype=np.float64)
    return Levels(m, np.full(m.shape, error**2), np.full(m.shape, float(processes)))


def history(runs: int, cells: int, seed: int = 1, *, whole: float = 0.05, apart: float = 0.01) -> list[Levels]:
    rng = np.random.default_rng(seed)
    base = rng.normal(-5.0, 3.0, cells)
    return [levels(base + rng.normal(0, whole) + rng.normal(0, apart, cells)) for _ in range(runs)]


def test_the_arrays_say_of_each_cell_what_comparing_it_alone_says() -> None:
    rng = np.random.default_rng(3)
    first, second = (np.exp(rng.normal(level, 0.05, (9, 10))) for level in (-3.0, -2.9))
    sides = []
    for runs in (first, second):
        known = [stats.log_level(means) for means in runs]
        sides.append(Levels(*(np.array([float(level[part]) for level in known]) for part in range(3))))
    for components in ((MEASURED, MEASURED), (MEASURED, OTHER)):
        found = stats.apart(sides[0], sides[1], components, alone=True)
        for cell in range(9):
            alone = stats.between(second[cell], first[cell], components[1], components[0])
            assert found.gap[cell] == pytest.approx(math.log(alone.ratio.point or 0.0))
            assert found.error[cell] == pytest.approx(alone.standard_error)
            assert found.df[cell] == pytest.approx(alone.df)
            assert found.p[cell] == pytest.approx(alone.p)
            low, high = (found.gap[cell] + side * found.reach(0.025)[cell] for side in (-1, 1))
            assert (math.exp(low), math.exp(high)) == pytest.approx((alone.ratio.low, alone.ratio.high))


def test_what_moves_all_cells_alike_is_taken_off() -> None:
    found = stats.apart(levels(np.zeros(9)), levels([0.3] * 8 + [0.5]), (MEASURED, MEASURED))
    assert found.common == pytest.approx(0.3)
    assert found.gap == pytest.approx([0.0] * 8 + [0.2])


@pytest.mark.parametrize(
    "wrong",
    [
        (np.zeros(3), np.zeros(2), np.full(3, 9.0)),
        (np.array([np.nan]), np.zeros(1), np.full(1, 9.0)),
        (np.zeros(1), np.full(1, -1.0), np.full(1, 9.0)),
        (np.zeros(1), np.zeros(1), np.ones(1)),
        (np.zeros((1, 1)), np.zeros((1, 1)), np.full((1, 1), 9.0)),
    ],
)
def test_what_is_no_level_is_refused(wrong: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="levels"):
        stats.apart(Levels(*wrong), levels([0.0]), (MEASURED, MEASURED))


def test_two_runs_of_other_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="the same cells"):
        stats.apart(levels([0.0]), levels([0.0, 1.0]), (MEASURED, MEASURED))


def test_a_cell_fails_a_limit_where_it_is_slower_for_certain_and_not_for_certain_by_less() -> None:
    gaps = np.log([1.0, 1.08, 1.2, 1.3, 0.7, 1.2])
    errors = np.array([0.005, 0.005, 0.02, 0.02, 0.02, 0.2])
    found = stats.Apart(gaps, 0.0, errors, np.full(6, 100.0))
    #                                          equal, 8 % known well, 20 %, 30 %, faster, 20 % hardly known
    assert stats.beyond(found, 0.2, 6).tolist() == [False, False, True, True, False, False]


def test_more_tests_make_each_of_them_stricter() -> None:
    found = stats.Apart(np.array([math.log(1.2)]), 0.0, np.array([0.055]), np.array([20.0]))
    assert stats.beyond(found, 0.2, 1).tolist() == [True]
    assert stats.beyond(found, 0.2, 100).tolist() == [False]


def test_the_chance_to_see_a_slowdown_is_how_often_it_is_seen() -> None:
    rng = np.random.default_rng(5)
    error, df, tests = 0.04, 12.0, 20
    chance = stats.chance_to_see(stats.Apart(np.zeros(1), 0.0, np.array([error]), np.array([df])), 0.2, tests)[0]
    count = 40_000
    scale = np.sqrt(rng.chisquare(df, count) / df) * error
    gaps = math.log(1.2) + rng.normal(0, error, count)
    seen = stats.beyond(stats.Apart(gaps, 0.0, scale, np.full(count, df)), 0.2, tests)
    assert seen.mean() == pytest.approx(chance, abs=0.06)
    assert 0.3 < chance < 0.9


def test_the_smallest_change_seen_is_that_of_holms_first_step_with_a_power_of_80_percent() -> None:
    found = stats.Apart(np.zeros(1), 0.0, np.array([0.03]), np.array([15.0]))
    reach = student.ppf(1 - 0.05 / 20, 15) + student.ppf(0.8, 15)
    assert stats.smallest_seen(found, 10)[0] == pytest.approx(math.expm1(reach * 0.03))


def test_two_arms_are_compared_round_by_round() -> None:
    rng = np.random.default_rng(1)
    differences = [rng.normal(0.1, 0.02, 12), rng.normal(0.0, 0.02, 8)]
    found = stats.paired_apart(differences)
    assert found.gap == pytest.approx([each.mean() for each in differences])
    assert found.error == pytest.approx([each.std(ddof=1) / math.sqrt(each.size) for each in differences])
    assert found.df.tolist() == [11.0, 7.0]
    assert found.common == 0.0
    with pytest.raises(ValueError, match="two rounds"):
        stats.paired_apart([[0.1]])


def test_how_far_a_machine_moves_is_known_from_four_runs_and_eight_cells_on() -> None:
    runs = history(6, 10)
    means = np.array([run.mean for run in runs])
    assert stats.movement(means[:3]) is None
    assert stats.movement(means[:, :7]) is None
    found = stats.movement(means)
    assert found is not None
    moved = stats.common_movement(means)
    assert found.spread == pytest.approx(moved.std(ddof=1))
    assert found.most == pytest.approx(math.exp(moved.max() - moved.min()))
    assert (found.df, found.runs) == (5.0, 6)
    assert found.reach(0.025) == pytest.approx(student.ppf(0.975, 5) * math.sqrt(2) * found.spread)


def test_stored_runs_of_unchanged_code_say_how_often_a_limit_fails_them() -> None:
    found = stats.alarms(history(8, 12), 0.2)
    assert found is not None
    assert (found.pairs, found.runs) == (28, 8)
    assert found.false.point == 0.0
    assert found.false.high is not None
    assert found.found.point is not None
    assert found.found.point > 0.9
    assert found.found.low is not None


def test_a_limit_speaks_for_less_where_cells_move_more() -> None:
    calm, restless = (stats.alarms(history(8, 12, apart=apart), 0.2) for apart in (0.01, 0.06))
    assert calm is not None
    assert restless is not None
    assert (calm.spoken, calm.cells) == (12, 12)
    assert restless.spoken == 0
    assert restless.found.point is None


def test_few_runs_or_cells_say_nothing_of_alarms() -> None:
    assert stats.alarms(history(5, 12), 0.2) is None
    assert stats.alarms(history(8, 7), 0.2) is None


def test_of_many_runs_the_last_twelve_count() -> None:
    found = stats.alarms([*history(3, 12, seed=9), *history(12, 12)], 0.2)
    assert found is not None
    assert (found.runs, found.pairs) == (12, 66)


def test_a_run_that_is_odd_fails_beside_each_other_one_by_what_the_others_say() -> None:
    runs = history(8, 12)
    odd = runs[-1]._replace(mean=runs[-1].mean + np.array([math.log(1.6)] + [0.0] * 11))
    found = stats.alarms([*runs[:-1], odd], 0.2)
    assert found is not None
    assert found.false.point == pytest.approx(7 / 28)


def test_a_pair_that_moved_as_no_other_did_fails() -> None:
    past = history(6, 12)
    first = past[0]
    slower = first._replace(mean=first.mean + np.array([math.log(1.5)] + [0.0] * 11))
    assert stats.tried((first, slower), past[1:], 0.2).failed
    calm = stats.tried((first, first), past[1:], 0.2)
    assert not calm.failed
    assert calm.spoken.all()
    assert calm.found.all()


def test_a_limit_speaks_for_the_cells_that_do_not_scatter_too_much() -> None:
    errors = np.array([0.02, 0.02, 0.3, 0.02, 0.3])
    found = stats.Apart(np.zeros(5), 0.0, errors, np.full(5, 20.0))
    assert stats.spoken_for(found, 0.2).tolist() == [True, True, False, True, False]
    assert not stats.spoken_for(stats.Apart(np.zeros(2), 0.0, np.full(2, 0.3), np.full(2, 20.0)), 0.2).any()


def test_what_cannot_be_seen_makes_nothing_else_stricter() -> None:
    """A cell at the edge is spoken for beside many that are hopeless, and is not beside as many that are good."""
    edge = 0.05

    def spoken(others: float) -> bool:
        errors = np.array([edge, *([others] * 60)])
        return bool(stats.spoken_for(stats.Apart(np.zeros(61), 0.0, errors, np.full(61, 30.0)), 0.2)[0])

    assert spoken(0.5)
    assert not spoken(0.01)


def test_a_slowdown_of_all_cells_fails_beyond_what_the_machine_does_by_itself() -> None:
    past = history(8, 12, whole=0.01)
    first = past[0]
    slower = first._replace(mean=first.mean + math.log(1.3))
    assert stats.tried((first, slower), past[1:], 0.2).failed
    restless = history(8, 12, whole=0.2)
    assert not stats.tried((first, slower), restless[1:], 0.2).failed


# Steps


def test_a_step_of_30_percent_after_six_of_twelve_runs_is_found_where_it_is() -> None:
    rng = np.random.default_rng(7)
    series = rng.normal(0.0, 0.03, 12) + np.array([0.0] * 6 + [math.log(1.3)] * 6)
    (step,) = stats.steps(series)
    assert step.at == 6
    assert step.low < 1.3 < step.high
    assert step.ratio == pytest.approx(1.3, rel=0.05)


def test_the_newest_run_alone_can_be_a_step() -> None:
    (step,) = stats.steps([0.0, 0.01, -0.01, 0.005, -0.005, 0.0, math.log(1.3)])
    assert step.at == 6
    assert step.ratio == pytest.approx(1.3, rel=0.02)


def test_one_odd_run_between_others_is_no_step() -> None:
    assert stats.steps([0.0, 0.01, -0.01, 0.3, 0.0, 0.01, -0.01, 0.0]) == ()


def test_two_steps_are_both_found() -> None:
    rng = np.random.default_rng(2)
    series = rng.normal(0.0, 0.01, 24) + np.repeat([0.0, 0.3, 0.1], 8)
    assert [step.at for step in stats.steps(series)] == [8, 16]


def test_series_without_a_step_have_one_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(11)
    found = sum(bool(stats.steps(rng.normal(0.0, 0.05, 12))) for _ in range(600))
    assert found / 600 <= 0.06


def test_a_step_lies_where_something_is_known_to_have_changed_next_to_it() -> None:
    series = [0.0, 0.01, -0.01, 0.0, 0.01, 0.15, 0.3, 0.31, 0.29, 0.3, 0.31, 0.3]
    plain = stats.steps(series)
    known = stats.steps(series, known={5, 6})
    assert {step.at for step in known} <= {5, 6}
    assert plain
    assert stats.steps(series, known={2}) == plain  # too far away to be meant


def test_what_changed_long_before_a_step_does_not_draw_it_away() -> None:
    rng = np.random.default_rng(4)
    series = rng.normal(0.0, 0.01, 24) + np.repeat([0.0, 1.0], 12)
    assert [step.at for step in stats.steps(series, known={9, 15})] == [12]


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_runs_have_no_step(count: int) -> None:
    assert stats.steps([0.0, 0.0, 5.0, 5.0][:count]) == ()


def test_equal_levels_and_a_jump_without_any_scatter_are_told() -> None:
    assert stats.steps([0.0] * 8) == ()
    (step,) = stats.steps([0.0] * 6 + [1.0] * 6)
    assert step.at == 6
    assert step.ratio == pytest.approx(math.e)


@pytest.mark.parametrize("wrong", [[[0.0]], [math.inf] * 6, [math.nan] * 6])
def test_levels_that_are_none_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="levels"):
        stats.steps(wrong)
