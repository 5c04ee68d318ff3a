"""Known values by hand, laws that every formula obeys, and what is refused."""

from __future__ import annotations

import ast
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp, ttest_rel

from study import stats
from study.stats.quantiles import median_ranks
from tests.estimates import OTHER, TEN, ends, estimate_of, holds

if TYPE_CHECKING:
    from study.findings import Estimate

ROOT = Path(__file__).resolve().parent.parent
TIMES = st.floats(min_value=1e-6, max_value=1e3)


def series(least: int = 6, most: int = 30) -> st.SearchStrategy[list[float]]:
    return st.lists(TIMES, min_size=least, max_size=most)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    rows = draw(st.lists(st.tuples(TIMES, TIMES), min_size=6, max_size=30))
    return [a for a, _ in rows], [b for _, b in rows]


# One cell


@pytest.mark.parametrize(("processes", "has_interval"), [(1, False), (4, False), (5, True)])
def test_five_processes_are_the_fewest_with_a_t_interval(processes: int, has_interval: bool) -> None:
    found = stats.average(TEN[:processes], "s")
    assert found.point == pytest.approx(np.mean(TEN[:processes]))
    assert (found.low is not None, found.high is not None) == (has_interval, has_interval)


def test_average_is_the_t_interval_of_the_textbook() -> None:
    estimate = stats.average(TEN, "s")
    reference = ttest_1samp(TEN, 0.0).confidence_interval(0.95)
    assert estimate.point == pytest.approx(1.0)
    assert ends(estimate) == pytest.approx((reference.low, reference.high))
    assert (estimate.n, estimate.unit, estimate.estimand) == (10, "s", "average")


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_fewer_than_five_processes_have_an_average_but_no_interval(size: int) -> None:
    estimate = stats.average(TEN[:size], "s")
    assert estimate.point is not None
    assert (estimate.low, estimate.high) == (None, None)
    assert str(size) in estimate.reason


def test_no_process_has_no_number_and_a_reason() -> None:
    for estimate in (stats.average([], "s"), stats.typical([], "s"), stats.ratio_of_averages_paired([], [])):
        assert (estimate.point, estimate.low, estimate.high) == (None, None, None)
        assert estimate.reason


def test_typical_is_the_median_between_exact_ranks() -> None:
    estimate = stats.typical(TEN, "s")
    assert estimate.point == pytest.approx(1.0)
    assert ends(estimate) == (0.97, 1.03)  # ranks 2 and 9 of 10
    assert "97.9%" in estimate.method


def test_six_processes_hold_the_median_between_their_extremes() -> None:
    assert median_ranks(6, 0.95) == (1, 6, 0.96875)
    assert median_ranks(5, 0.95) is None
    assert stats.typical(TEN[:5], "s").low is None


@pytest.mark.parametrize("n", [6, 9, 17, 40, 200])
def test_median_ranks_are_the_narrowest_that_keep_the_promise(n: int) -> None:
    ranks = median_ranks(n, 0.95)
    assert ranks is not None
    low, high, attained = ranks
    assert high == n + 1 - low
    assert attained == pytest.approx(1.0 - 2.0 * binomtest(low - 1, n, 0.5, "less").pvalue)
    assert attained >= 0.95 > 1.0 - 2.0 * binomtest(low, n, 0.5, "less").pvalue


@pytest.mark.parametrize(("successes", "trials"), [(0, 30), (30, 30), (7, 30), (1, 1), (0, 1)])
def test_share_is_clopper_and_pearson(successes: int, trials: int) -> None:
    reference = binomtest(successes, trials).proportion_ci(0.95, "exact")
    estimate = stats.share(successes, trials)
    assert ends(estimate) == pytest.approx((reference.low, reference.high))
    assert holds(estimate, successes / trials)


def test_a_share_of_no_trials_has_no_number() -> None:
    assert stats.share(0, 0).point is None


def test_holm_by_hand() -> None:
    assert stats.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert stats.holm([]) == ()


@given(st.lists(st.floats(0.0, 1.0), max_size=12))
def test_holm_never_lowers_keeps_order_and_is_bonferroni_for_the_smallest(p_values: list[float]) -> None:
    adjusted = stats.holm(p_values)
    assert all(after >= before for before, after in zip(p_values, adjusted, strict=True))
    assert [after for _, after in sorted(zip(p_values, adjusted, strict=True))] == sorted(adjusted)
    if p_values:
        assert min(adjusted) == min(1.0, len(p_values) * min(p_values))


# Laws of every interval


@given(series())
def test_intervals_of_one_cell_hold_their_point(x: list[float]) -> None:
    for estimate in (stats.average(x, "s"), stats.typical(x, "s")):
        assert estimate.point is not None
        assert holds(estimate, estimate.point)


@given(pairs(), st.floats(1e-3, 1e3))
def test_ratios_hold_their_point_and_ignore_a_common_unit(two: tuple[list[float], list[float]], factor: float) -> None:
    a, b = two
    scaled = [factor * x for x in a], [factor * x for x in b]
    for function in (stats.ratio_of_averages_paired, stats.ratio_of_averages, stats.ratio_typical_paired):
        estimate, again = function(a, b), function(*scaled)
        assert estimate.point is not None
        assert holds(estimate, estimate.point)
        assert again.point == pytest.approx(estimate.point)
        if (
            estimate.high is not None and estimate.high < 1e6 * estimate.point
        ):  # else all but unbounded: ill-conditioned
            assert ends(again) == pytest.approx(ends(estimate), rel=1e-4, abs=1e-6)


@given(series(), st.randoms(use_true_random=False))
def test_the_order_of_processes_does_not_matter(x: list[float], random: object) -> None:
    shuffled = x.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stats.average(shuffled, "s") == stats.average(x, "s")
    assert stats.typical(shuffled, "s") == stats.typical(x, "s")


@given(pairs(), st.randoms(use_true_random=False))
def test_the_order_of_rounds_does_not_matter_to_a_ratio(two: tuple[list[float], list[float]], random: object) -> None:
    rows = list(zip(*two, strict=True))
    random.shuffle(rows)  # type: ignore[attr-defined]
    a, b = [row[0] for row in rows], [row[1] for row in rows]
    assert stats.ratio_of_averages_paired(a, b) == stats.ratio_of_averages_paired(*two)


# Two cells


def test_fieller_holds_exactly_the_ratios_that_the_paired_test_does_not_reject() -> None:
    low, high = ends(stats.ratio_of_averages_paired(TEN, OTHER))
    assert stats.ratio_test_paired(TEN, OTHER, low) == pytest.approx(0.05)
    assert stats.ratio_test_paired(TEN, OTHER, high) == pytest.approx(0.05)


def test_the_test_of_a_ratio_is_the_t_test_of_its_logarithms() -> None:
    p = stats.log_ratio_test_paired(TEN, OTHER, 1.9)
    assert p == pytest.approx(ttest_rel(np.log(TEN), np.log(OTHER) + math.log(1.9)).pvalue)


def test_logarithms_and_averages_that_disagree_have_no_side() -> None:
    a = [0.5] * 9 + [20.0]
    assert ttest_rel(np.log(a), np.zeros(10)).statistic < 0.0 < np.mean(a) - 1.0
    assert stats.log_ratio_test_paired(a, [1.0] * 10) == 1.0
    assert stats.log_ratio_test_paired([1.0], [2.0]) is None
    few = [0.5, 0.5, 3.0]  # the product is 0.75, the average 4 / 3
    assert stats.log_ratio_test_paired(few, [1.0] * 3) is None
    assert stats.log_ratio_test_paired([*few, 1.0], [1.0] * 4) is None
    assert stats.log_ratio_test_paired([*few, 1.0, 1.0], [1.0] * 5) == 1.0


def test_a_zero_is_tested_without_logarithms() -> None:
    some = [0.0, *TEN[1:]]
    assert stats.log_ratio_test_paired(some, OTHER, 1.9) == stats.ratio_test_paired(some, OTHER, 1.9)
    with pytest.raises(ValueError, match="logarithm"):
        stats.log_ratio_test_paired(TEN, OTHER, 0.0)


def test_pairing_uses_what_rounds_have_in_common() -> None:
    paired, apart = ends(stats.ratio_of_averages_paired(TEN, OTHER)), ends(stats.ratio_of_averages(TEN, OTHER))
    assert paired[1] - paired[0] < apart[1] - apart[0]


def test_unpaired_fieller_is_symmetric_in_what_is_divided() -> None:
    forth, back = ends(stats.ratio_of_averages(TEN, OTHER[:8])), ends(stats.ratio_of_averages(OTHER[:8], TEN))
    assert forth == pytest.approx((1.0 / back[1], 1.0 / back[0]))


@pytest.mark.parametrize("function", [stats.ratio_of_averages_paired, stats.ratio_of_averages])
def test_a_base_that_cannot_be_told_from_zero_gives_an_unbounded_ratio_with_its_reason(function: object) -> None:
    estimate: Estimate = function([1.0, 1.1, 0.9, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0, 5.0])  # type: ignore[operator]
    assert estimate.high == math.inf
    assert "zero" in estimate.reason
    assert estimate.point is not None
    assert holds(estimate, estimate.point)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=5, max_size=8), st.floats(0, 50))
def test_no_ratio_outside_fiellers_interval_passes_the_test(rows: list[tuple[float, float]], ratio: float) -> None:
    a, b = [row[0] for row in rows], [row[1] for row in rows]
    estimate = stats.ratio_of_averages_paired(a, b)
    p = stats.ratio_test_paired(a, b, ratio)
    if estimate.low is not None and p is not None and not holds(estimate, ratio, 1e-6):
        assert p < 0.05 + 1e-6


@pytest.mark.parametrize("tiny", [5e-324, 2.2e-308, 1e-200])
def test_a_base_next_to_zero_is_zero_and_nothing_overflows(tiny: float) -> None:
    estimate = stats.ratio_of_averages_paired([1.0] * 6, [0.0] * 5 + [tiny])
    assert estimate.point is None
    assert "zero" in estimate.reason
    assert stats.ratio_test_paired([1.0] * 6, [tiny] * 6, 1.0) == stats.ratio_test_paired([1.0] * 6, [0.0] * 6, 1.0)


def test_a_base_of_zeros_has_no_ratio() -> None:
    estimate = stats.ratio_of_averages_paired([1.0] * 6, [0.0] * 6)
    assert estimate.point is None
    assert "zero" in estimate.reason


def test_the_difference_is_the_paired_t_test_of_the_textbook() -> None:
    reference = ttest_rel(TEN, OTHER)
    interval = reference.confidence_interval(0.95)
    assert ends(stats.difference_paired(TEN, OTHER, "s")) == pytest.approx((interval.low, interval.high))
    assert stats.difference_test_paired(TEN, OTHER) == pytest.approx(reference.pvalue)
    assert stats.average_test(TEN, 1.01) == pytest.approx(ttest_1samp(TEN, 1.01).pvalue)


def test_differences_of_differences_may_be_negative() -> None:
    assert stats.difference_paired([-1.0] * 6, [1.0] * 6, "s").point == -2.0
    assert ends(stats.difference_typical_paired([-1.0] * 6, [1.0] * 6, "s")) == (-2.0, -2.0)
    risen = stats.difference_typical_paired([2.0, 4.0, 6.0, 8.0, 10.0, 12.0], [1.0, 2.0, 3.0, 4.0, 5.0, 99.0], "s")
    assert risen.point == 2.5  # the differences are −87, 1, 2, 3, 4 and 5; the medians are 7 and 3.5


# Nonsense is refused


@pytest.mark.parametrize("bad", [
    [1.0, math.nan], [math.nan, 1.0], [1.0, math.inf], [1.0, -1.0], [1.0, -math.inf, math.inf], [[1.0], [2.0]], 3.0,
    [1.0] * 100 + [math.nan], [1.0] * 100 + [math.inf], [1.0] * 100 + [-1.0],
])  # fmt: skip
def test_nonsense_is_refused_and_not_averaged(bad: object) -> None:
    for function in (stats.average, stats.typical):
        with pytest.raises(ValueError, match="process_"):
            function(bad, "s")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"a: |b: |length"):
        stats.ratio_of_averages_paired(bad, [1.0, 2.0])  # type: ignore[arg-type]


def test_impossible_arguments_are_refused() -> None:
    good = estimate_of(1.0, 2.0)
    for call in (
        lambda: stats.process_means([1.0, 2.0]),
        lambda: stats.process_means(np.ones((3, 0))),
        lambda: stats.ratio_of_averages_paired([1.0] * 6, [1.0] * 5),
        lambda: stats.ratio_typical_paired([1.0] * 6, [1.0] * 5 + [0.0]),
        lambda: stats.average(TEN, "s", confidence=1.0),
        lambda: stats.share(3, 2),
        lambda: stats.share(-1, 2),
        lambda: stats.holm([0.5, 1.5]),
        lambda: stats.optimal_values(stats.VarianceComponents(1.0, 1.0), 0.1, 0.0),
        lambda: stats.relative_efficiency(stats.VarianceComponents(1.0, 1.0), 0.1, 0.1, values=0),
        lambda: stats.smallest_effect_planned(-0.1, 10),
        lambda: stats.calibration_ratio([1.0], [2.0]),
        lambda: stats.paired_t([0.0] * 6, [1.0] * 6),
        lambda: stats.decide(good, None, direction="above", threshold=math.nan, floor=None, p_adjusted=None),
        lambda: stats.decide(good, None, direction="above", threshold=1.0, floor=-1.0, p_adjusted=None),
        lambda: stats.decide(good, None, direction="up", threshold=1.0, floor=None, p_adjusted=None),  # type: ignore[arg-type]
        lambda: stats.decide_universal(2, 1),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            call()


def test_statistics_add_no_floats_with_the_builtin_sum_and_touch_no_file_or_clock() -> None:
    for folder in ("stats", "scaling"):
        for path in sorted((ROOT / "study" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    assert node.func.id not in {"sum", "open", "print"}, f"{path.name}:{node.lineno}"
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
                    assert not names & {"os", "io", "time", "datetime", "pathlib", "pandas"}, (
                        f"{path.name}:{node.lineno}"
                    )


def test_process_means_average_inside_each_process() -> None:
    assert stats.process_means([[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]]).tolist() == [2.0, 4.0]


@given(series())
def test_the_ratio_of_a_cell_to_itself_is_exactly_one(x: list[float]) -> None:
    estimate = stats.ratio_of_averages_paired(x, x)
    assert estimate.point == 1.0
    assert ends(estimate) in {(1.0, 1.0), (0.0, math.inf)}  # all ratios where the average cannot be told from zero
    assert ends(stats.ratio_typical_paired(x, x)) == (1.0, 1.0)
    assert ends(stats.difference_paired(x, x, "s")) == (0.0, 0.0)
    assert stats.ratio_test_paired(x, x) == 1.0
