"""The promises of the method as the report shows them, and the noise that they are tried under."""

from __future__ import annotations

from pathlib import Path

import pytest

from study import store
from study.errors import ResultsError
from study.lab.validate import LAWS, MOVING, Promise, record, residuals, validate
from study.sections.validation import validation_tables
from tests.tables import rows_of

ROOT = Path(__file__).parent.parent


def test_a_validation_is_stored_and_shown_with_its_rates(tmp_path: Path) -> None:
    said: list[str] = []
    validate(tmp_path, studies=50, say=said.append)
    tables = validation_tables(store.load_outcome(tmp_path, "validation"))
    kinds = ("coverage", "false-differences", "power", "whole-runs", "laws-of-scaling")
    assert {table.id for table in tables} == {f"validation-{kind}" for kind in kinds}
    assert sum(len(table.rows) for table in tables) == len(said)
    within = [table for table in tables if table.id != "validation-laws-of-scaling"]  # there some count intervals
    assert all(rate.n == 50 for table in within for _, rate in rows_of(table))
    assert {names[0] for table in tables for names, _ in rows_of(table)} == {*LAWS, *MOVING}


def test_a_promise_is_broken_only_when_its_whole_interval_says_so() -> None:
    def promise(side: str, hits: int) -> Promise:
        return Promise(group="g", what="w", noise="n", side=side, promised=0.95, hits=hits, trials=2000)

    promises = {
        promise("at least", 1890): True,  # 94.5 % [93.4, 95.5]
        promise("at least", 1800): False,
        promise("at most", 1890): True,
        promise("at most", 1990): False,
        promise("at least", 0): False,
    }
    assert {promise: promise.kept for promise in promises} == promises
    (table,) = validation_tables(record(list(promises), {}, 2000))
    assert [names[-1] == "kept" for names, _ in rows_of(table)] == list(promises.values())
    assert [names[2] for names, _ in rows_of(table)][1:3] == ["at least 95 %", "at most 95 %"]
    assert [rate.point for _, rate in rows_of(table)][:2] == [0.945, 0.9]
    assert table.caption.startswith("G: 5 promises, 3 broken. ")
    (table,) = validation_tables(record(list(promises)[:1], {}, 2000))
    assert table.caption.startswith("G: 1 promises, all kept. ")


def test_noise_is_resampled_from_stored_runs_by_class() -> None:
    noises, sources = residuals(ROOT / "results")
    assert {"compute", "start", "dispatch", "message"} <= set(noises)
    assert all(len(noises[name].residuals) == number for name, number in sources.items())


def test_a_validation_that_is_not_one_is_refused() -> None:
    with pytest.raises(ResultsError, match=r"validation\.json"):
        validation_tables({"promises": [{"what": 1}]})
    assert validation_tables(None) == ()
