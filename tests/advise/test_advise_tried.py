"""Jobs that were foretold and measured give the intervals of later answers; the trial that makes them says how good they are."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.advise import tried
from study.advise.model.intervals import NOTHING_TRIED, kin
from study.advise.model.job import Way
from study.advise.tried import errors_of, tried_of
from study.errors import ResultsError
from study.things.backends import CALL, POOL
from study.things.start_methods import FORK, FORKSERVER
from tests.trials import advise_trial

if TYPE_CHECKING:
    from pathlib import Path

SERVED = Way(backend=POOL.name, start_method=FORKSERVER.name, workers=2, chunksize=25)
LOOP = Way(backend=CALL.name)
PAIR = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=25)
HERE, THERE = "aa", "bb"


def job(function: str = "primes", loop_s: float = 1.0, pool_s: float = 0.6) -> dict[str, Any]:
    """Foretold as 1 and 0.5 s."""
    return {
        "function": function,
        "size": "short",
        "foreign": 0.0,
        "picked": asdict(PAIR),
        "taken": {"Pool's defaults": asdict(PAIR)},
        "foretold": [
            {"way": asdict(LOOP), "seconds": 1.0, "cpu_s": 1.0, "spread": 0.05},
            {"way": asdict(PAIR), "seconds": 0.5, "cpu_s": 1.0, "spread": 0.1},
            {"way": asdict(SERVED), "seconds": 2.0, "cpu_s": 1.0, "spread": 0.1},
        ],
        "measured": [
            {"way": asdict(LOOP), "times_s": [loop_s, loop_s], "cpu_s": [1.1, 1.1]},
            {"way": asdict(PAIR), "times_s": [pool_s, pool_s * math.exp(0.2)], "cpu_s": [1.1, 1.1]},
            {"way": asdict(SERVED), "times_s": [2.0, 2.0], "cpu_s": [0.01, 0.01]},  # its workers are no children
        ],
    }


def trial(hardware: str, *jobs: dict[str, Any], machine: str = "x86_64, 2 CPUs") -> dict[str, Any]:
    return {"machine": machine, "hardware": hardware, "python": "3.13.0", "cpus": 2, "jobs": list(jobs)}


def test_what_was_tried_is_the_median_of_its_times_beside_what_was_foretold() -> None:
    loop, pair, _ = tried_of([job(pool_s=0.5)])
    assert (loop.way, loop.error, loop.spread) == (LOOP, 0.0, 0.05)
    assert pair.error == pytest.approx(math.log((1 + math.exp(0.2)) / 2))
    unmeasured = job()
    del unmeasured["measured"][1]
    assert [tried.way for tried in tried_of([unmeasured])] == [LOOP, SERVED]


def test_errors_are_those_of_this_machine_or_else_of_all_others() -> None:
    both = {"trials": [trial(HERE, job("a")), trial(THERE, job("b"), job("c"), machine="arm64, 8 CPUs")]}
    errors, where = errors_of(both, HERE)
    assert ({tried.function for tried in errors.tried}, where) == ({"a"}, "this machine")
    assert errors.noise[kin(PAIR)[0]] == pytest.approx(0.2 / math.sqrt(2))
    assert errors.noise[kin(LOOP)[0]] == 0.0
    errors, where = errors_of(both, "cc")
    assert {tried.function for tried in errors.tried} == {"a", "b", "c"}
    assert where == "x86_64, 2 CPUs, arm64, 8 CPUs"
    empty: tuple[dict[str, Any] | None, ...] = (None, {"trials": []}, {"trials": [trial(HERE)]})
    for nothing in empty:
        assert errors_of(nothing, HERE) == (NOTHING_TRIED, "")


def test_a_trial_is_kept_beside_those_of_other_interpreters_and_read_again(tmp_path: Path) -> None:
    first, second = trial(HERE, job()), {**trial(HERE, job("a")), "python": "3.14.0"}
    advise_trial.keep(tmp_path, first)
    advise_trial.keep(tmp_path, second)
    first["jobs"].append(job("b"))
    advise_trial.keep(tmp_path, first)
    found = store.load_outcome(tmp_path, "advised")
    assert found is not None
    assert sorted(found["trials"], key=lambda kept: str(kept["python"])) == [first, second]
    (tmp_path / "advised.json").write_text(json.dumps({"schema": 1, "finished": found["finished"]}), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"advised\.json.*advise_trial"):
        store.load_outcome(tmp_path, "advised")
    never = trial(HERE, job())
    never["jobs"][0]["foretold"][0]["seconds"] = 0.0
    with pytest.raises(ResultsError, match="takes no time"):
        advise_trial.keep(tmp_path / "elsewhere", never)


def test_the_summary_says_what_holds_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert advise_trial.summary([]) == 1
    assert "nothing was measured yet" in capsys.readouterr().out
    assert advise_trial.summary([job("primes"), job("tiny", 0.4, 0.6)]) == 1
    said = capsys.readouterr().out
    assert "2 jobs, 6 of them in one way each: median error" in said
    assert "CPU seconds: median error 10.0%, p90 10%, bias +10.0%" in said
    assert "slower than the loop by more than 10 %: 1 of 2 jobs" in said
    assert "Pool's defaults: 1.29 times the best" in said
    assert "always the loop: 1.22 times the best" in said
    assert "missing: 38 jobs (primes long, " in said
    assert "missing: joblib" in said
    assert "slower: holds" in said
    assert "least held: does not hold" in said


def test_the_program_that_foretells_is_another_when_what_it_does_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in tried.FORETELLS:
        (tmp_path / name).mkdir() if "." not in name else (tmp_path / name).write_text("a = 1\n", encoding="utf-8")
    (tmp_path / "model" / "deep").mkdir()
    inner = tmp_path / "model" / "deep" / "inner.py"
    inner.write_text("b = 2\r\n", encoding="utf-8", newline="")
    monkeypatch.setattr(tried, "HERE", tmp_path)

    def digest() -> str:
        tried.forecaster.cache_clear()
        return tried.forecaster()

    before = digest()
    inner.write_text("b = 2\n", encoding="utf-8")
    assert digest() == before
    inner.write_text("b = 3\n", encoding="utf-8")
    assert digest() != before
    monkeypatch.undo()
    tried.forecaster.cache_clear()
    assert all((tried.HERE / name).exists() for name in tried.FORETELLS)
