"""What no machine and no run has is refused when it is read: units, counts, orders, times of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.errors import ResultsError
from study.store.bounds import wrong_instant
from study.store.checked import check, wrong_order
from study.store.journal import samples_of
from study.store.suites import samples_in
from tests.builders import LOOP, POOL, manifest, process, round_end, suite

if TYPE_CHECKING:
    from pathlib import Path


def test_a_value_in_another_unit_is_refused() -> None:
    with pytest.raises(ResultsError, match="the unit is 'byte', expected 'second'"):
        samples_in(suite(LOOP, [1.0], unit="byte"), "here")


@pytest.mark.parametrize("count", [-1, 10**13])
def test_an_outcome_that_is_no_count_is_refused(count: int) -> None:
    assert samples_in(suite(LOOP, [1.0], outcome_trials=3), "here")[0].outcomes == {"trials": 3}
    with pytest.raises(ResultsError, match="outcome_trials is no count"):
        samples_in(suite(LOOP, [1.0], outcome_trials=count), "here")


def twice(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "benchmarks": found["benchmarks"] * 2}


def test_a_process_measures_the_cells_of_its_curve_each_once() -> None:
    made = manifest([LOOP, POOL])
    assert len(samples_of(suite(LOOP, [1.0]), made, 0, "here")) == 1
    with pytest.raises(ResultsError, match="a cell stands twice"):
        samples_of(twice(suite(LOOP, [1.0])), made, 0, "here")
    with pytest.raises(ResultsError, match="is no cell of curve 0"):
        samples_of(suite(POOL, [1.0]), made, 0, "here")


@pytest.mark.parametrize(
    ("order", "wrong"), [([0, 1, 2], False), ([2, 0], False), ([], False), ([0, 0], True), ([3], True), ([-1], True)]
)
def test_an_order_has_each_curve_once_at_most(order: list[int], wrong: bool) -> None:
    assert wrong_order(order, 3) == wrong


@pytest.mark.parametrize(("foreign_cpus", "wrong"), [(None, False), (0.5, False), (-2.9, False), (-3.1, True)])
def test_others_cannot_have_taken_less_than_nothing_but_for_jitter(foreign_cpus: float | None, wrong: bool) -> None:
    made = manifest()
    made.rounds.append(store.RoundRecord(index=0, attempt=0, order=[0], elapsed_s=1.0, foreign_cpus=foreign_cpus))
    assert ("less than can be" in check(made)) == wrong


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (timedelta(0), ""),
        (timedelta(hours=23), ""),
        (timedelta(hours=25), "in the future"),
        (timedelta(days=400), "in the future"),
        (timedelta(days=-100 * 365), "before this study was"),
    ],
)
def test_clocks_may_differ_by_a_day_and_no_run_comes_from_the_future(apart: timedelta, said: str) -> None:
    found = wrong_instant((datetime.now(UTC) + apart).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert said in found
    assert bool(said) == bool(found)


def test_a_cell_that_was_measured_twice_in_one_round_makes_a_run_unreadable(tmp_path: Path) -> None:
    folder = store.RunFolder.create(tmp_path, "machine", manifest())
    journal = folder.journal()
    for _ in range(2):
        journal.append(process(0, 0, suite(LOOP, [1.0, 1.5, 2.0])))
    journal.append(round_end(0))
    with pytest.raises(ResultsError, match="measured twice in one round"):
        folder.load()
