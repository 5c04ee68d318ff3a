"""What is measured, in which order, and what the budget leaves out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import config, stats
from study.cell import Cell
from study.errors import UsageError
from study.plan import (
    MARGIN,
    ROUNDS,
    Costs,
    Expansion,
    Plan,
    PointCost,
    State,
    TargetView,
    admit,
    blocks_of,
    expand,
    order_of_round,
    smallest_effect_planned,
)
from tests.configs import EVERYTHING

ROOT = Path(__file__).parent.parent
LINUX = replace(EVERYTHING, name="one", packages=())
WINDOWS = TargetView(name="two", start_methods=("spawn",), has_fork=False, has_posix_spawn=False)


def committed() -> tuple[config.Experiment, ...]:
    return config.experiments_in(config.read_texts(ROOT / "experiments"))


def planned(
    expansion: Expansion, process_s: float, budget_s: float, failed: dict[str, tuple[State, str]] | None = None
) -> Plan:
    """The plan where every process takes as long, whatever its points; `failed` by the text of a point."""
    costs = costs_of(expansion, process_s)
    bad = {(target, point): failed[point.text] for target, point in costs if failed and point.text in failed}
    return admit(expansion, {key: cost for key, cost in costs.items() if key not in bad}, bad, budget_s)


def costs_of(expansion: Expansion, process_s: float) -> Costs:
    return {
        (curve.target, point): PointCost(loops=1, event_s=0.0, around_s=0.0, start_s=process_s)
        for curve in expansion.asked
        for point in curve.points
    }


def test_without_numpy_the_cells_that_need_it_are_skipped_with_that_reason_and_no_other() -> None:
    whole = expand(committed(), 2, [LINUX])
    found = expand(committed(), 2, [replace(LINUX, has_numpy=False)])
    before = {absence.cell for absence in whole.absent}
    reasons = {absence.cell: (absence.state, absence.reason) for absence in found.absent if absence.cell not in before}
    assert set(reasons.values()) == {
        ("skipped", "NumPy is not in the environment of one: there is no ready-made wheel for it")
    }
    assert {cell.kernel for cell in reasons} >= {"triad", "matmul"}
    assert {cell.form for cell in reasons} >= {"array", "array_out_of_band"}
    assert {cell.variant for cell in reasons} >= {"main_numpy", "preload"}
    left = {cell for curve in found.curves for cell in curve.cells}
    assert left == {cell for curve in whole.curves for cell in curve.cells} - set(reasons)
    assert not {cell.kernel for cell in left} & {"ep", "sort", "triad", "matmul"}


@given(st.integers(1, 256))
def test_balanced_tasks_fill_all_cpus_and_the_oversubscribed_point_evenly(cpus: int) -> None:
    words = config.machine_words(cpus)
    assert words["balanced"] % cpus == 0
    assert words["balanced"] % words["oversubscribed"] == 0


def test_equal_cells_of_several_files_are_measured_once() -> None:
    expansion = expand(committed(), 2, [LINUX])
    counted = Counter(cell for curve in expansion.curves for cell in curve.cells)
    assert set(counted.values()) == {1}
    shared = Cell(pattern="map", kernel="fannkuch", tasks=140)
    assert set(expansion.asked_by["one", shared.text]) >= {"q1-parallel", "q1-scaling", "noise"}


def test_the_headline_tier_is_at_most_24_processes_a_round() -> None:
    curves = expand(committed(), 2, [LINUX]).curves
    assert 0 < len([curve for curve in curves if curve.tier == "headline"]) <= 24


def test_what_a_system_does_not_have_is_skipped_with_a_reason() -> None:
    absent = expand(committed(), 2, [WINDOWS]).absent
    assert absent
    assert {absence.state for absence in absent} == {"skipped"}
    assert any("fork does not exist for two" in absence.reason for absence in absent)


def test_a_declared_skip_carries_its_reason() -> None:
    text = (ROOT / "experiments" / "q6-print.toml").read_text(encoding="utf-8")
    text += '\n[[skip]]\nwhen = { start_method = "fork" }\nreason = "because"\n'
    expansion = expand([config.parse_experiment(text, "q6-print")], 2, [LINUX])
    assert not expansion.curves
    assert [absence.reason for absence in expansion.absent] == ["because"]


def test_experiments_are_admitted_whole_in_tier_order_while_ten_rounds_fit() -> None:
    expansion = expand(committed(), 2, [LINUX])
    headline = [curve for curve in expansion.curves if curve.tier == "headline"]
    budget_s = ROUNDS * MARGIN * 0.5 * len(headline) + 1.0
    plan = planned(expansion, 0.5, budget_s)
    assert {curve.id for curve in plan.curves} == {curve.id for curve in headline}
    assert (plan.rounds, plan.quick) == (ROUNDS, False)
    left_out = [absence for absence in plan.absent if absence.state == "left out"]
    core = sum(len(curve.cells) for curve in expansion.curves if curve.tier != "headline")
    assert len(left_out) == core
    assert all("the budget is too small for it" in absence.reason for absence in left_out)


def test_time_left_buys_further_rounds() -> None:
    plan = planned(expand(committed(), 2, [LINUX]), 0.01, 3600.0)
    assert plan.rounds > ROUNDS
    assert {one.state for one in plan.absent} <= {"skipped"}


def test_too_small_a_budget_for_ten_rounds_makes_a_quick_run_of_five() -> None:
    expansion = expand(committed(), 2, [LINUX])
    headline = [curve for curve in expansion.curves if curve.tier == "headline"]
    plan = planned(expansion, 1.0, 6.0 * len(headline))
    assert (plan.rounds, plan.quick) == (5, True)


@pytest.mark.parametrize(
    ("per_round", "rounds", "quick"),
    [(ROUNDS * MARGIN + 0.01, 10, False), (ROUNDS * MARGIN - 0.01, 5, True), (8 * MARGIN, 5, True), (5.001, 5, True)],
)
def test_a_run_is_quick_where_ten_rounds_of_the_headline_tier_do_not_fit(
    per_round: float, rounds: int, quick: bool
) -> None:
    expansion = expand(committed(), 2, [LINUX])
    headline_s = 2.0 * sum(curve.tier == "headline" for curve in expansion.curves)
    plan = planned(expansion, 2.0, per_round * headline_s)
    assert (plan.rounds, plan.quick) == (rounds, quick)
    assert {curve.tier for curve in plan.curves} == {"headline"}
    assert plan.round_s == pytest.approx(headline_s)
    with pytest.raises(UsageError, match="5 rounds of the headline tier take"):
        planned(expansion, 2.0, 4.999 * headline_s)


def test_a_budget_that_pays_nothing_is_refused_with_what_it_would_take() -> None:
    with pytest.raises(UsageError, match=r"5 rounds of the headline tier take about \d+ s"):
        planned(expand(committed(), 2, [LINUX]), 1.0, 3.0)


def test_a_cell_that_fails_in_calibration_ends_alone() -> None:
    expansion = expand(committed(), 2, [LINUX])
    victim = expansion.curves[0]
    plan = planned(expansion, 0.01, 3600.0, {point.text: ("failed", "killed by SIGSEGV") for point in victim.points})
    assert victim.id not in {curve.id for curve in plan.curves}
    assert [one.state for one in plan.absent if one.state != "skipped"] == ["failed"] * len(victim.cells)
    assert len(plan.curves) == len(expansion.curves) - 1


@given(st.lists(st.integers(1, 4), max_size=60), st.integers(0, 2**32), st.integers(0, 50))
def test_the_order_of_a_round_is_a_permutation_in_whole_blocks_that_its_seed_repeats(
    sizes: list[int], seed: int, index: int
) -> None:
    numbers = iter(range(sum(sizes)))
    blocks = [[next(numbers) for _ in range(size)] for size in sizes]
    order = order_of_round(blocks, seed, index)
    assert sorted(order) == list(range(sum(sizes)))
    assert order == order_of_round(blocks, seed, index)
    for block in blocks:
        places = sorted(order.index(number) for number in block)
        assert places[-1] - places[0] == len(block) - 1


def test_rounds_differ_in_order_of_blocks_and_within_them() -> None:
    blocks = [[number, number + 1] for number in range(0, 40, 2)]
    orders = [order_of_round(blocks, 1, index) for index in range(10)]
    assert len({tuple(number // 2 for number in order) for order in orders}) == 10
    assert {order.index(0) < order.index(1) for order in orders} == {True, False}


def test_a_block_is_what_measures_the_same_event_on_several_targets() -> None:
    other = replace(LINUX, name="other", has_interpreters=False, start_methods=("spawn",))
    curves = expand(committed(), 2, [LINUX, other]).curves
    blocks = blocks_of(curves)
    assert sorted(number for block in blocks for number in block) == list(range(len(curves)))
    for block in blocks:
        assert len({curves[number].target for number in block}) == len(block)
        assert len({curves[number].experiment for number in block}) == 1
    events = [{point: block[0] for number in block for point in curves[number].points} for block in blocks]
    assert sum(map(len, events)) == len({point for block in events for point in block})
    assert sum(len(block) == 2 for block in blocks) == len({curve.id for curve in curves if curve.target == "other"})


@given(st.floats(0.001, 1.0), st.integers(5, 100), st.integers(1, 20))
def test_the_planned_effect_is_that_of_the_rule(cv: float, rounds: int, tests: int) -> None:
    planned = smallest_effect_planned(cv, rounds, tests=tests)
    assert planned == pytest.approx(stats.smallest_effect_planned(cv, rounds, tests=tests), rel=1e-3)


@given(st.floats(0.001, 1.0), st.integers(2, 100))
def test_more_rounds_show_smaller_effects(cv: float, rounds: int) -> None:
    assert smallest_effect_planned(cv, rounds + 1) < smallest_effect_planned(cv, rounds)
