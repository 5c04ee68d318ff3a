"""Claims are decided by rule, and their sentences carry number, interval, base and scope."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.evidence.summaries import cpus_busy
from study.sections.questions.q6 import share_of
from tests.builders import LOOP, POOL
from tests.claim_data import RATIO, SHARE, around, decided
from tests.made_up_run import measured


@pytest.mark.parametrize(
    ("direction", "pool", "expected"),
    [
        ("above", around(2.0, 0.02), "supported"),
        ("below", around(2.0, 0.02), "refuted"),
        ("above", around(0.5, 0.02), "refuted"),
        ("above", around(1.0, 0.001), "no clear difference"),
        ("above", around(1.0, 0.4), "cannot be decided here"),
    ],
)
def test_a_ratio_is_decided_by_its_whole_interval(direction: str, pool: list[float], expected: str) -> None:
    found = decided(RATIO.replace("DIRECTION", direction), measured(POOL, pool), measured(LOOP, around(1.0, 0.001, 2)))
    assert found.decision == expected


def test_a_difference_needs_the_average_and_the_typical_process_to_agree() -> None:
    modes = [0.9] * 9 + [60.0, 80.0, 70.0]  # the average lies far above the base, the typical process below it
    found = decided(RATIO.replace("DIRECTION", "above"), measured(POOL, modes), measured(LOOP, [1.0] * 12))
    assert found.decision == "cannot be decided here"


def test_the_sentence_carries_both_times_the_ratio_its_interval_and_the_scope() -> None:
    found = decided(
        RATIO.replace("DIRECTION", "above"), measured(POOL, around(2.0, 0.02)), measured(LOOP, around(1.0, 0.02, 2))
    )
    assert found.sentence.startswith("It takes 2.0")
    assert found.sentence.endswith("times as long.")
    assert found.sentence.count("[") == 3


def test_a_cell_that_was_not_measured_leaves_the_claim_open_with_the_reason() -> None:
    found = decided(RATIO.replace("DIRECTION", "above"), measured(POOL, around(2.0, 0.02)), why="left out: no time")
    assert found.decision == "cannot be decided here"
    assert "no time" in found.sentence
    assert found.average.point is None


def test_four_rounds_decide_nothing() -> None:
    found = decided(RATIO.replace("DIRECTION", "above"), measured(POOL, [2.0] * 4), measured(LOOP, [1.0] * 4))
    assert found.decision == "cannot be decided here"


@pytest.mark.parametrize(
    ("direction", "hits", "expected"),
    [("always", 5, "supported"), ("always", 4, "refuted"), ("never", 0, "supported"), ("never", 1, "refuted")],
)
def test_one_counterexample_refutes_a_universal_claim(direction: str, hits: int, expected: str) -> None:
    outcomes = [
        {"in_order": hits if index == 0 else (5 if direction == "always" else 0), "trials": 5} for index in range(3)
    ]
    found = decided(SHARE.replace("DIRECTION", direction), measured(LOOP, [1.0] * 3, outcomes=outcomes))
    assert found.decision == expected
    assert "of 15" in found.sentence


def test_on_one_cpu_nothing_is_decided_of_work_shared_out_to_all_cpus() -> None:
    text = RATIO.replace("square", "fannkuch").replace("workers = 2", 'workers = "cpus"').replace("DIRECTION", "above")
    found = decided(text, measured(POOL, around(2.0, 0.02)), measured(LOOP, around(1.0, 0.02)), usable_cpus=1)
    assert found.decision == "cannot be decided here"
    assert "one usable CPU" in found.sentence


def test_holm_counts_all_claims_of_a_question() -> None:
    weak = around(1.02, 0.028, 3)
    one = RATIO.replace("DIRECTION", "above")
    many = one + "".join(
        one.replace("\nschema = 1\n", "\n").replace('id = "c"', f'id = "c{index}"') for index in range(40)
    )
    alone = decided(one, measured(POOL, weak), measured(LOOP, [1.0] * 12), floor=None)
    crowd = decided(many, measured(POOL, weak), measured(LOOP, [1.0] * 12), floor=None)

    assert alone.p_holm is not None
    assert crowd.p_holm is not None
    assert alone.p_holm < crowd.p_holm <= 1.0


@pytest.mark.parametrize("direction", ["always", "never", "above"])
def test_an_outcome_that_nobody_recorded_decides_nothing(direction: str) -> None:
    counted = [{"trials": 40, "in_ordre": 40}] * 10
    verdict = decided(SHARE.replace("DIRECTION", direction), measured(LOOP, [1.0] * 10, outcomes=counted))
    assert verdict.decision == "cannot be decided here"
    assert "in_order and trials were not recorded" in verdict.sentence
    assert "in_ordre, trials" in verdict.sentence


@pytest.mark.parametrize(
    "wrong", [{"trials": 40, "in_order": 41}, {"trials": 40, "in_order": -1}, {"trials": -4, "in_order": 1}]
)
def test_counts_that_contradict_each_other_decide_nothing(wrong: dict[str, int]) -> None:
    counted = [{"trials": 40, "in_order": 40}] * 9 + [wrong]
    verdict = decided(SHARE.replace("DIRECTION", "always"), measured(LOOP, [1.0] * 10, outcomes=counted))
    assert verdict.decision == "cannot be decided here"
    assert "is no part of trials" in verdict.sentence
    share = share_of(measured(LOOP, [1.0] * 10, outcomes=counted), "in_order")
    assert share.point is None
    assert "trials" in share.reason


@pytest.mark.parametrize(
    "odd",
    [{"elapsed_us": 5}, {"cpu_time_us": 5}, {"elapsed_us": 0, "cpu_time_us": 5}, {"elapsed_us": 5, "cpu_time_us": 0}],
)
def test_cpus_are_not_busy_where_one_of_both_times_is_missing_or_nothing(odd: dict[str, int]) -> None:
    both = {"elapsed_us": 10, "cpu_time_us": 20}
    whole = cpus_busy(measured(LOOP, [1.0] * 6, outcomes=[both] * 6))
    assert whole is not None
    assert whole.point == 2.0
    assert cpus_busy(measured(LOOP, [1.0] * 6, outcomes=[both] * 5 + [odd])) is None


def test_trials_of_one_process_do_not_count_as_independent() -> None:
    counted = [{"trials": 40, "in_order": hits} for hits in (40, 40, 12, 40, 38, 40, 22, 40, 40, 31)]
    share = SHARE.replace('"DIRECTION"', '"above"\nthreshold = 0.5')
    verdict = decided(share, measured(LOOP, [1.0] * 10, outcomes=counted))
    assert verdict.average.n == 10
    assert verdict.average.low is not None
    assert verdict.average.low < 0.75


@pytest.mark.parametrize(
    ("foreign", "expected"), [(None, "supported"), (0.1, "supported"), (0.9, "cannot be decided here")]
)
def test_what_is_claimed_of_all_cpus_is_left_open_where_others_took_one(foreign: float | None, expected: str) -> None:
    text = RATIO.replace("DIRECTION", "above").replace("workers = 2", 'workers = "cpus"')
    found = decided(text, measured(POOL, around(2.0, 0.02)), measured(LOOP, around(1.0, 0.02, 2)), foreign=foreign)
    assert found.decision == expected
    if foreign == 0.9:
        assert "others took 0.9 CPUs" in found.sentence


def test_what_is_claimed_of_one_process_is_decided_also_then() -> None:
    text = RATIO.replace("DIRECTION", "above").replace("workers = 2", "workers = 1")
    single = replace(POOL, workers=1)
    found = decided(text, measured(single, around(2.0, 0.02)), measured(LOOP, around(1.0, 0.02, 2)), foreign=0.9)
    assert found.decision == "supported"


def test_two_sides_that_are_the_same_cell_here_are_not_compared() -> None:
    of = RATIO[RATIO.index("of = ") + 5 : RATIO.index("\nto = ")]
    text = RATIO.replace("DIRECTION", "above").replace('{ pattern = "map", kernel = "square", tasks = 5 }', of)
    text = text.replace("workers = 2", 'workers = "cpus"', 1)
    found = decided(text, measured(POOL, around(2.0, 0.02)))
    assert found.decision == "cannot be decided here"
    assert "both sides are the same" in found.sentence
    assert found.average.point is None
