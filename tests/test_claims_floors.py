"""Claims with thresholds of their own, floors that differ between classes, and several questions at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats as distributions

from tests.builders import LOOP, POOL
from tests.claim_data import RATIO, all_decided, around
from tests.made_up_run import measured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Verdict

ABOVE = RATIO.replace("DIRECTION", "above")
DIFFERENCE = ABOVE.replace('"ratio"', '"difference"').replace("{ratio} as long", "{difference} more")
VALUE = """
schema = 1
[[claim]]
id = "c"
question = "Q5"
statement = "s"
estimand = "value"
of = { pattern = "map", kernel = "square", tasks = 5 }
direction = "above"
threshold = 1.0
finding = "It takes {value}"
"""
EVEN = [1.0] * 12
LITTLE: Mapping[str, float | None] = {"start": 0.001, "compute": 0.001}
UNKNOWN: Mapping[str, float | None] = {"start": None, "compute": None}


def with_threshold(text: str, threshold: float) -> str:
    return text.replace("threshold = 1.0", f"threshold = {threshold}")


def of_ratio(pool: list[float], threshold: float, floors: Mapping[str, float | None]) -> Verdict:
    return all_decided(with_threshold(ABOVE, threshold), measured(POOL, pool), measured(LOOP, EVEN), floors=floors)[0]


def asked_often(text: str, times: int, question: str = "Q5") -> str:
    """The claim, so many times, of one question."""
    _, _, claim = text.replace('question = "Q5"', f'question = "{question}"').partition("[[claim]]")
    claims = (claim.replace('id = "c"', f'id = "{question}-{number}"') for number in range(times))
    return "".join(f"[[claim]]{claim}" for claim in claims)


@pytest.mark.parametrize(
    ("threshold", "decision"), [(1.5, "supported"), (2.5, "refuted"), (2.0, "cannot be decided here")]
)
def test_a_ratio_is_held_against_the_threshold_of_its_claim(threshold: float, decision: str) -> None:
    assert of_ratio(around(2.0, 0.02), threshold, LITTLE).decision == decision


def weak(centre: float) -> list[float]:
    """Times a little above the centre: p is some hundredths against it, and next to nothing against half of it."""
    means = np.array(around(centre, 0.03))
    return [float(mean) for mean in means - means.mean() + centre + 2.5 * means.std(ddof=1) / np.sqrt(means.size)]


def test_the_p_value_is_that_against_the_threshold() -> None:
    pool, loop = np.array(weak(2.0)), np.array(around(1.0, 0.01, 7))
    p = distributions.ttest_1samp(np.log(pool / loop) - math.log(2.0), 0.0).pvalue
    text = with_threshold(ABOVE, 2.0)
    (found,) = all_decided(text, measured(POOL, list(pool)), measured(LOOP, list(loop)), floors=UNKNOWN)
    assert 0.001 < p < 0.5
    assert found.p_holm == pytest.approx(p)


def test_the_p_value_of_a_difference_is_that_against_its_threshold() -> None:
    pool, loop = np.array(weak(2.0)), np.array(around(1.0, 0.01, 7))
    p = distributions.ttest_rel(pool - 1.01, loop).pvalue
    text = with_threshold(DIFFERENCE, 1.01)
    (found,) = all_decided(text, measured(POOL, list(pool)), measured(LOOP, list(loop)), floors=LITTLE)
    assert 0.001 < p < 0.5
    assert found.p_holm == pytest.approx(p)


def test_the_p_value_of_a_value_is_that_against_its_threshold() -> None:
    loop = np.array(weak(2.0))
    p = distributions.ttest_1samp(loop, 2.0).pvalue
    (found,) = all_decided(with_threshold(VALUE, 2.0), measured(LOOP, list(loop)), floors=LITTLE)
    assert 0.001 < p < 0.5
    assert found.p_holm == pytest.approx(p)


def test_a_difference_is_the_first_side_less_the_second() -> None:
    (found,) = all_decided(DIFFERENCE, measured(POOL, around(3.0, 0.02)), measured(LOOP, EVEN), floors=LITTLE)
    assert found.average.point == pytest.approx(2.0, abs=0.05)
    assert found.typical is not None
    assert found.typical.point == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("floors", [{"start": 0.3, "compute": 0.001}, {"start": 0.001, "compute": 0.3}])
def test_of_two_noise_classes_the_larger_floor_counts(floors: dict[str, float | None]) -> None:
    assert of_ratio(around(1.2, 0.001), 1.0, floors).decision == "no clear difference"
    assert of_ratio(around(1.2, 0.001), 1.0, LITTLE).decision == "supported"


@pytest.mark.parametrize("floors", [{"start": None, "compute": 0.3}, {"start": 0.3, "compute": None}, {"start": 0.3}])
def test_the_floor_of_one_class_says_nothing_where_the_other_has_none(floors: dict[str, float | None]) -> None:
    assert of_ratio(around(1.2, 0.001), 1.0, floors).decision == "supported"


def test_a_floor_is_relative_to_the_threshold() -> None:
    floors = {"start": 0.1, "compute": 0.1}
    assert of_ratio(around(4.3, 0.001), 4.0, floors).decision == "no clear difference"
    assert of_ratio(around(4.5, 0.001), 4.0, floors).decision == "supported"
    assert of_ratio(around(0.56, 0.001), 0.5, floors).decision == "supported"


def test_other_questions_do_not_weaken_the_tests_of_one() -> None:
    text = with_threshold(ABOVE, 2.0)
    sides = measured(POOL, weak(2.0)), measured(LOOP, EVEN)
    head = "schema = 1\n"
    (alone,) = all_decided(head + asked_often(text, 1), *sides, floors=UNKNOWN)
    beside, *others = all_decided(head + asked_often(text, 1) + asked_often(text, 40, "Q1"), *sides, floors=UNKNOWN)
    assert alone.decision == beside.decision == "supported"
    assert (alone.p_holm, alone.strength) == (beside.p_holm, beside.strength)
    assert {verdict.question for verdict in others} == {"Q1"}
    assert {verdict.decision for verdict in others} == {"cannot be decided here"}
    assert all("beyond chance once all tests of the question are counted" in verdict.strength for verdict in others)


def test_a_claim_is_decided_on_the_rounds_that_both_sides_have() -> None:
    pool = measured(POOL, [2.0 + number for number in range(8)], rounds=[0, 1, 2, 3, 4, 5, 6, 7])
    loop = measured(LOOP, [3.0 + number for number in range(6)], rounds=[2, 3, 4, 5, 6, 8])
    (found,) = all_decided(ABOVE, pool, loop, floors=UNKNOWN)
    assert found.strength.startswith("5 paired rounds")
    assert found.average.point == pytest.approx((4 + 5 + 6 + 7 + 8) / (3 + 4 + 5 + 6 + 7))
