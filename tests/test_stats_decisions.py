"""The rule that turns estimates into one of four words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import stats
from tests.estimates import estimate_of


@pytest.mark.parametrize(
    ("average", "typical", "p", "floor", "decision", "reason"),
    [
        ((1.2, 1.4), (1.1, 1.5), 0.001, 0.02, "supported", ""),
        ((0.5, 0.7), (0.5, 0.8), 0.001, 0.02, "refuted", ""),
        ((0.99, 1.015), (0.985, 1.01), 0.5, 0.02, "no clear difference", "equal cells"),
        ((1.001, 1.015), (1.002, 1.01), 0.01, 0.02, "no clear difference", "equal cells"),
        ((1.001, 1.015), (1.002, 1.01), 0.01, None, "supported", ""),
        ((1.001, 1.015), (1.030, 1.10), 0.01, 0.02, "no clear difference", "equal cells"),
        ((1.001, 1.030), (1.030, 1.10), 0.01, 0.02, "cannot be decided here", "no more than equal cells differ"),
        ((1.010, 1.060), (1.030, 1.10), 0.01, 0.02, "supported", ""),
        ((0.9, 1.2), (0.9, 1.2), 0.5, 0.02, "cannot be decided here", "includes the threshold"),
        ((1.2, 1.4), (0.9, 1.5), 0.001, 0.02, "supported", ""),
        ((1.2, 1.4), (0.6, 1.3), 0.001, 0.02, "cannot be decided here", "modes"),
        ((0.6, 0.8), (0.9, 1.3), 0.001, 0.02, "cannot be decided here", "modes"),
        ((0.6, 0.8), (0.7, 1.3), 0.001, 0.02, "refuted", ""),
        ((0.9, 1.4), (1.1, 1.5), 0.001, 0.02, "cannot be decided here", "includes the threshold"),
        ((1.2, 1.4), (0.5, 0.8), 0.001, 0.02, "cannot be decided here", "modes"),
        ((1.2, 1.4), (1.1, 1.5), 0.07, 0.02, "cannot be decided here", "chance"),
        ((1.2, math.inf), (1.1, 1.5), 0.001, 0.02, "supported", ""),
    ],
)
def test_a_claim_is_decided_by_the_rule(
    average: tuple[float, float],
    typical: tuple[float, float],
    p: float,
    floor: float | None,
    decision: str,
    reason: str,
) -> None:
    both = estimate_of(*average), estimate_of(*typical, "typical")
    decided = stats.decide(*both, direction="above", threshold=1.0, floor=floor, p_adjusted=p)
    assert decided.decision == decision
    assert reason in decided.reason
    assert bool(decided.reason) == bool(reason)


def test_the_claimed_side_decides_what_is_supported() -> None:
    both = estimate_of(0.5, 0.7), estimate_of(0.5, 0.8, "typical")
    decided = stats.decide(*both, direction="below", threshold=1.0, floor=0.02, p_adjusted=0.001)
    assert decided.decision == "supported"


def test_an_estimate_without_interval_decides_nothing_and_its_reason_is_told() -> None:
    thin = estimate_of(None, None, reason="3 rounds are too few")
    decided = stats.decide(thin, None, direction="above", threshold=1.0, floor=None, p_adjusted=None)
    assert decided == ("cannot be decided here", "3 rounds are too few")


@given(st.floats(0.1, 5), st.floats(0, 3), st.floats(0.1, 5), st.floats(0, 3), st.floats(0, 0.5), st.floats(0, 1))
def test_no_data_support_a_claim_and_its_opposite(
    a: float, wide_a: float, b: float, wide_b: float, floor: float, p: float
) -> None:
    both = estimate_of(a, a + wide_a), estimate_of(b, b + wide_b, "typical")
    above = stats.decide(*both, direction="above", threshold=1.0, floor=floor, p_adjusted=p)
    below = stats.decide(*both, direction="below", threshold=1.0, floor=floor, p_adjusted=p)
    opposite = {"supported": "refuted", "refuted": "supported"}
    assert below.decision == opposite.get(above.decision, above.decision)


def test_one_counterexample_refutes_a_universal_claim() -> None:
    assert stats.decide_universal(30, 30) == ("supported", "in 30 of 30 trials")
    assert stats.decide_universal(29, 30) == ("refuted", "1 of 30 trials was a counterexample")
    assert stats.decide_universal(28, 30) == ("refuted", "2 of 30 trials were counterexamples")
    assert stats.decide_universal(0, 0).decision == "cannot be decided here"
