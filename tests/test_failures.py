"""What failed stands with what it means for a reader, and every check and rule has such words."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from study import checks, stats
from study.evidence.apart import LeftOut
from study.sections import audit, failures
from study.sections.sittings import Held, NextRun
from tests.made import Made
from tests.made_up_run import run

if TYPE_CHECKING:
    from study.evidence import Study
    from study.findings import Estimate

SOURCE = Path(checks.__file__)
NAMES = sorted(
    {
        keyword.value.value
        for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check"
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
)
WITHOUT = {"interpreter known", "CPUs as Python counts them"}
"""Checks whose remedy says all."""


@pytest.mark.parametrize("name", NAMES)
def test_every_check_says_what_its_failure_means(name: str) -> None:
    assert (name in failures._CHECKS) is (name not in WITHOUT)


@pytest.mark.parametrize("rule", [rule for rule, _ in audit._RULES])
def test_every_rule_says_what_it_means_that_it_is_not_kept(rule: str) -> None:
    assert len([begin for begin in failures._RULES if failures._begins(rule, begin)]) == 1


KNOWN = {"what": "w", "noise": "few outliers", "side": "at least", "promised": 0.4, "short_of": 0.94, "trials": 2000}
HONEST = stats.calibration_ratio([1.0, -1.1, 0.9, 1.0, -0.8], [9.0] * 5)


def study(*, promises: list[dict[str, Any]] | None = None, simulated: bool = False) -> Study:
    subject = run((), simulated=simulated)
    validation = None if promises is None else {"promises": promises}
    return cast("Study", Made(subject=subject, sound=(), outcomes={"validation": validation}, left_out=LeftOut()))


def test_known_exceptions_have_a_row_with_the_worst_and_those_that_hold_again_are_none() -> None:
    worse, better, holds = ({**KNOWN, "hits": hits, "what": str(hits)} for hits in (940, 1700, 2000))
    ((what, seen, means, where),) = failures._promises(study(promises=[better, worse, holds]))
    assert (what, where) == ("promises of the method known not to hold", "#validation")
    assert seen == "2 promises; the worst: 940, few outliers: 47 %, where at least 94 % would have to be true"
    assert means
    assert list(failures._promises(study(promises=[holds]))) == []
    assert list(failures._promises(study())) == []


@pytest.mark.parametrize(("ratios", "told"), [(80, "Ratios hold better"), (20, "Ratios hold no better"), (0, "")])
def test_that_one_sitting_does_not_speak_for_another_is_told_with_what_chance_would_leave(
    monkeypatch: pytest.MonkeyPatch, ratios: int, told: str
) -> None:
    known = NextRun(7, Held(34, 100), Held(0, 0), Held(ratios, 100 if ratios else 0), still=0.87)
    monkeypatch.setattr(failures, "following", lambda _: known)
    ((_, seen, means, where),) = failures._sittings(study())
    assert seen.startswith("of 7 sittings one's bracket holds another's time in 34 %, 87 % if nothing moved")
    assert ("ratio" in seen, where) == (bool(told), "#between")
    assert means.startswith("Expect 66 % of another sitting's times outside.")
    assert told in means
    assert list(failures._sittings(study(simulated=True))) == []


@pytest.mark.parametrize(
    "known", [None, NextRun(1, Held(0, 0), Held(0, 0)), NextRun(5, Held(9, 10), Held(0, 0), still=0.87)]
)
def test_a_machine_that_stands_still_or_has_one_sitting_has_no_such_row(
    monkeypatch: pytest.MonkeyPatch, known: NextRun | None
) -> None:
    monkeypatch.setattr(failures, "following", lambda _: known)
    assert list(failures._sittings(study())) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (replace(HONEST, point=0.5, low=0.3, high=0.8), "wider than need be"),
        (replace(HONEST, point=2.0, low=1.3, high=2.8), "too narrow"),
        (replace(HONEST, point=0.9, low=0.6, high=1.2), ""),
        (replace(HONEST, low=None, high=None), ""),
    ],
)
def test_equal_cells_that_differ_otherwise_than_their_brackets_say_are_told_with_the_direction(
    monkeypatch: pytest.MonkeyPatch, found: Estimate, told: str
) -> None:
    monkeypatch.setattr(failures, "calibration", lambda _: found)
    rows = list(failures._equal_cells(study()))
    assert len(rows) == bool(told)
    assert all(told in means and "where 1 is honest" in seen for _, seen, means, _ in rows)
    assert list(failures._equal_cells(study(simulated=True))) == []
