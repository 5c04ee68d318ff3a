"""The promises of the method as the report shows them, and the noise that they are tried under."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from study import stats, store
from study.errors import ResultsError
from study.findings import Estimate
from study.lab import validate as lab
from study.lab.simulate.recovery import TRUTHS
from study.lab.validate import laws, printed, rare, record, validate
from study.lab.validate.noises import LAWS, RESAMPLED, residuals
from study.lab.validate.printed import MORE
from study.lab.validate.promise import NOMINAL, Promise, held_to, in_words, put_to_test
from study.lab.validate.whole_runs import MOVING
from study.sections.validation import EXCEPTIONS, RATES, data_file, validation_tables
from study.units import count
from tests.tables import rows_of

ROOT = Path(__file__).parent.parent


def test_a_validation_is_stored_and_shown_with_its_rates(tmp_path: Path) -> None:
    said: list[str] = []
    validate(tmp_path, studies=4, processes=1, say=said.append)
    tables = validation_tables(store.load_outcome(tmp_path, "validation"))
    kinds = ("coverage", "false-differences", "power", "whole-runs", "sittings", "laws-of-scaling", "METG", "gate")
    assert {table.id for table in tables} >= {f"validation-{kind}" for kind in kinds}
    assert tables[0].id == "validation-coverage"
    *of_promises, ended = said
    (rates,) = (table for table in tables if table.id == RATES)
    tables = tuple(table for table in tables if table is not rates)
    several = [row[1].value for row in rates.rows if isinstance(row[1].value, int)]
    assert sum(len(table.rows) for table in tables) + sum(several) == len(of_promises)
    assert len(rates.rows) <= 60
    nominal = [table for table in tables if table.id != EXCEPTIONS]
    assert ended.startswith(f"{sum(len(table.rows) for table in nominal)} promises: ")
    assert EXCEPTIONS in {table.id for table in tables}
    assert all(f"{group} " in ended for group in ("coverage", "power", "gate"))
    counted = (
        "validation-laws-of-scaling",
        "validation-coverage",
        EXCEPTIONS,
    )  # there some count intervals, or studies with a mode
    numbers = {rate.n for table in tables if table.id not in counted for _, rate in rows_of(table)}
    assert {40} <= numbers <= {4, 40}  # those of the first look, and those that it did not show
    assert {names[0] for table in tables for names, _ in rows_of(table)} > {*LAWS, *MOVING, *MORE}


def test_all_that_is_printed_is_promised_under_every_noise() -> None:
    promised: dict[str, set[str]] = {}
    for trial in printed.trials(LAWS).values():
        for found in trial(5, np.random.default_rng(3)):
            promised.setdefault(found.noise, set()).add(found.what)
            assert 0 <= found.hits <= found.trials <= 5
    assert all(promised[noise] == {*printed.HELD, *printed.OF_EVENTS.values()} for noise in (*LAWS, *MORE))
    assert {key for _, key in printed.LESS if not key.startswith(RESAMPLED)} <= {*LAWS, *MORE}


def promise(side: stats.Side, hits: int, trials: int = 2000, promised: float = 0.95) -> Promise:
    return Promise(group="g", what="w", noise="n", side=side, promised=promised, hits=hits, trials=trials)


def test_a_promise_is_kept_or_broken_by_its_whole_interval_and_else_not_shown() -> None:
    promises = {
        promise("at least", 1890): "not shown",  # 94.5 % [93.1, 95.7]
        promise("at least", 1940): "kept",
        promise("at least", 1800): "broken",
        promise("at most", 1890): "not shown",
        promise("at most", 1990): "broken",
        promise("at most", 1800): "kept",
        promise("at least", 0): "broken",
        promise("at least", 2000, promised=1.0): "kept",
        promise("at least", 1999, promised=1.0): "broken",
    }
    assert {each: each.state for each in promises} == promises
    (table,) = validation_tables(record(list(promises), {}, 2000))
    outcomes = [names[-1] for names, _ in rows_of(table)]
    assert [said.lower().partition(" (")[0] for said in outcomes] == list(promises.values())
    assert outcomes[0] == f"not shown (some {count(13_794)} studies would)"
    assert [names[2] for names, _ in rows_of(table)][1:4] == ["at least 95 %", "at least 95 %", "at most 95 %"]
    assert [rate.point for _, rate in rows_of(table)][:2] == [0.945, 0.97]
    assert table.caption.startswith("G: 9 promises, 4 broken, 2 not shown. ")
    (table,) = validation_tables(record(list(promises)[1:2], {}, 2000))
    assert table.caption.startswith("G: 1 promises, all kept. ")


def test_an_exception_is_told_apart_from_a_promise_by_what_was_said_of_it_and_not_by_its_rate() -> None:
    low_but_nominal = promise("at least", 1260, promised=0.59)
    known = replace(low_but_nominal, what="x", short_of=0.94)
    worse = replace(known, what="y", hits=900)
    alone = replace(known, what="z", promised=None, short_of=None)
    assert [kept.mark for kept in (low_but_nominal, known, worse, alone)] == [
        "kept",
        "exception",
        "broken",
        "not promised",
    ]
    assert in_words(known).endswith("of 2000 studies (known exception: at least 59 %, and not 94 %)")
    assert in_words(alone).endswith("of 2000 studies (nothing is promised of it)")
    holds = replace(known, what="h", hits=1950)
    nominal, exceptions, rates = validation_tables(record([low_but_nominal, known, worse, holds, alone], {}, 2000))
    assert nominal.caption.startswith("G: 1 promises, all kept. ")
    assert exceptions.caption.startswith(
        "Where an interval or a call does not hold what it says: 2 of 3 known exceptions. "
    )
    assert [names[1:] for names, _ in rows_of(exceptions)] == [
        ("x", "at least 94 %", "at least 59 %", "as known"),
        ("y", "at least 94 %", "at least 59 %", "WORSE THAN KNOWN"),
        ("h", "at least 94 %", "at least 59 %", "holds here"),
    ]
    assert [(row[0].value, row[1].value) for row in rates.rows] == [("z", 1)]


def test_of_a_rate_without_a_promise_the_lowest_and_the_highest_are_shown_and_all_are_in_a_file() -> None:
    counted = [
        replace(promise("at most", hits), what=what, noise=noise, promised=None)
        for what, noise, hits in (("w", "a", 300), ("v", "a", 7), ("w", "b", 20), ("w", "c", 1400))
    ]
    found = record(counted, {}, 2000)
    (table,) = validation_tables(found)
    assert [[item.value for item in row[:2]] for row in table.rows] == [["w", 3], ["v", 1]]
    ends = [
        [(item.value.point, item.small) for item in row[2:] if isinstance(item.value, Estimate)] for row in table.rows
    ]
    assert ends == [
        [(0.01, "under b"), (0.7, "under c")],
        [(0.0035, "under a"), (0.0035, "under a")],
    ]
    rows = data_file(found).rows
    assert [(row["what"], row["noise"], row["hits"], row["kind"]) for row in rows] == [
        ("w", "a", 300, "rate"),
        ("v", "a", 7, "rate"),
        ("w", "b", 20, "rate"),
        ("w", "c", 1400, "rate"),
    ]


def test_a_rate_that_is_known_to_be_reached_is_held_to_the_nominal_one() -> None:
    assert held_to(0.94) == {"promised": 0.94, "short_of": None}
    assert held_to(0.94, 0.59) == {"promised": 0.59, "short_of": 0.94}


def test_a_validation_from_before_exceptions_is_read_and_says_that_it_is_older(tmp_path: Path) -> None:
    found = record([promise("at least", 1940)], {}, 2000)
    (new,) = validation_tables(found)
    del found["promises"][0]["short_of"]
    store.save_outcome(tmp_path, "validation", found)
    (old,) = validation_tables(store.load_outcome(tmp_path, "validation"))
    assert old.rows == new.rows
    assert [note for note in old.notes if note not in new.notes] == [
        "It was stored before exceptions were told apart: among these promises some are lower than what the report says."
    ]


def test_what_is_promised_under_a_known_exception_is_less_than_what_is_said() -> None:
    tried = [found for trial in printed.trials(LAWS).values() for found in trial(5, np.random.default_rng(3))]
    less = [found for found in tried if found.short_of is not None]
    assert {(found.what, found.noise) for found in less} >= {
        (printed.AVERAGE, "outliers"),
        (printed.FLOOR, "Pareto tail"),
    }
    assert all(found.promised is not None and found.promised < NOMINAL == found.short_of for found in less)
    assert {found.promised for found in tried if found.short_of is None} == {NOMINAL}


def test_what_is_not_shown_is_tried_once_more_with_ten_times_as_many_studies_and_the_rest_is_not() -> None:
    asked: list[int] = []

    def trial(studies: int, rng: object) -> list[Promise]:
        del rng
        asked.append(studies)
        return [promise("at least", round(0.955 * studies), studies), replace(promise("at most", 0, studies), what="v")]

    close, clear = put_to_test("trial", trial, 2000)
    assert asked == [2000] * 10
    assert (close.trials, close.hits, close.state) == (20_000, 19_100, "kept")
    assert (clear.trials, clear.state) == (2000, "kept")
    asked.clear()
    assert put_to_test("trial", trial, 2000, times=1)[0].state == "not shown"
    assert asked == [2000]


def test_trials_side_by_side_find_what_one_after_the_other_finds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lab, "ROOMS", (rare,))
    found = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        folder.mkdir()
        lab.validate(folder, studies=20, processes=processes, say=lambda _: None)
        found.append((store.load_outcome(folder, "validation") or {})["promises"])
    assert found[0] == found[1]
    assert len(found[0]) == len({(kept["what"], kept["noise"]) for kept in found[0]})


def test_an_interval_holds_its_ends_and_none_holds_nothing() -> None:
    still = stats.average([2.0] * 5, "s")
    assert stats.holds(still, 2.0)
    assert not stats.holds(still, 2.1)
    assert not stats.holds(stats.average([2.0], "s"), 2.0)


def test_noise_is_resampled_from_stored_runs_by_class() -> None:
    noises, sources = residuals(ROOT / "results")
    assert {"compute", "start", "dispatch", "message"} <= set(noises)
    assert all(len(noises[name].residuals) == number for name, number in sources.items())


def test_a_validation_that_is_not_one_is_refused() -> None:
    with pytest.raises(ResultsError, match=r"validation\.json"):
        validation_tables({"promises": [{"what": 1}]})
    assert validation_tables(None) == ()


def test_of_laws_nothing_is_promised_that_cannot_fail_and_silence_is_counted() -> None:
    name, trial = next(iter(laws.trials({}).items()))
    assert not any("not measured" in other or other.endswith("(1, 2)") for other in laws.trials({}))
    found = {promise.what: promise for promise in trial(3, np.random.default_rng(1))}
    silent = [promise for what, promise in found.items() if what.endswith("nothing is said of a serial fraction")]
    assert len(silent) == len(TRUTHS), name
    assert all(promise.state == "not promised" for promise in silent)
    assert all(promise.promised is not None for promise in found.values() if promise not in silent)
