"""What stands against a run is told at the head, failures first, and leads to its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study import checks, stats
from study.blocks import Table
from study.reports import Section
from study.sections import trust
from study.sections.tables import row
from study.store import TargetRecord
from tests.made_up_run import run

if TYPE_CHECKING:
    from study.evidence import Study
    from study.sections.trust import Mark

KEPT = {"side": "at least", "promised": 0.9, "hits": 2000, "trials": 2000}
PROMISES = {"promises": [KEPT]}
SITTING = ("warn", f"1 sitting: {stats.NOT_KNOWN}", "#between")


def marks(
    *sections: Section, validation: dict[str, Any] | None = PROMISES, simulated: bool = False, **manifest: Any
) -> tuple[Mark, ...]:
    made = run((), simulated=simulated, **manifest)
    study = SimpleNamespace(subject=made, outcomes={"validation": validation}, sound=())
    return trust.marks(cast("Study", study), sections)


def audited(*outcomes: str) -> Section:
    table = Table(id="audit-table", caption="", heads=(), rows=tuple(row(outcome, "rule") for outcome in outcomes))
    return Section(id="method", name="Method", title="Method", blocks=(table,))


def test_of_one_sitting_nothing_is_told_but_that_it_is_one() -> None:
    assert marks() == (SITTING,)


def test_of_a_simulated_run_nothing_stands_against_a_machine() -> None:
    assert marks(simulated=True, machine={"load_1min": 9.0}) == ()


def test_a_failed_check_is_named() -> None:
    assert marks(machine={"load_1min": 9.0})[0] == ("loud", "1 check not passed: load before", "#checks")
    assert marks(machine={"load_1min": checks.LOAD_LIMIT}) == (SITTING,)


def test_failed_rules_of_the_audit_are_counted_as_its_table_has_them() -> None:
    told = ("loud", "2 of 4 rules of the self-audit failed", "#failures")
    assert marks(audited("fail", "fail", "pass", "not applicable"))[0] == told
    assert marks(audited("pass", "not applicable")) == (SITTING,)


@pytest.mark.parametrize(
    ("hits", "told"),
    [
        (1000, ("loud", "1 of 2 promises of the method broken", "#validation")),
        (1800, ("warn", "1 of 2 promises not shown", "#validation")),
    ],
)
def test_promises_that_were_not_kept_are_told(hits: int, told: Mark) -> None:
    assert marks(validation={"promises": [KEPT, {**KEPT, "hits": hits}]})[0] == told


def test_a_known_exception_is_no_promise_that_counts_as_kept_and_is_told_where_it_became_worse() -> None:
    exception = {**KEPT, "short_of": 0.94}
    alone = {**KEPT, "promised": None, "hits": 3}
    assert marks(validation={"promises": [KEPT, exception, alone]}) == (SITTING,)
    broken = {**KEPT, "hits": 1000}
    assert marks(validation={"promises": [KEPT, broken, exception]})[0][1] == "1 of 2 promises of the method broken"
    worse = {**exception, "hits": 1000}
    told = "1 known exception to the method's promises worse than known"
    assert marks(validation={"promises": [KEPT, worse]})[0] == ("loud", told, "#validation")


def test_an_exception_that_holds_what_is_said_is_not_counted_among_those_that_do_not() -> None:
    unsure, holds = {**KEPT, "hits": 1800}, {**KEPT, "short_of": 0.94}
    told = marks(validation={"promises": [unsure, holds, {**holds, "hits": 1850}]})[0][1]
    assert told.endswith("; 1 more known not to hold")
    assert "known not to hold" not in marks(validation={"promises": [unsure, holds]})[0][1]


def test_a_method_that_was_never_tried_is_told() -> None:
    assert marks(validation=None)[0] == ("warn", "the method was not put to the test here", "#validation")


@pytest.mark.parametrize(
    ("arguments", "slow"), [([], True), (["--enable-optimizations"], False), (["--enable-optimizations=no"], True), (None, False)]
)  # fmt: skip
def test_a_build_without_pgo_is_named(arguments: list[str] | None, slow: bool) -> None:
    found = marks(targets=[TargetRecord(name="own", facts={"config_args": arguments})])
    assert (("warn", "built without PGO, and so slower: own", "#machine") in found) == slow


def test_failures_stand_before_what_is_fine() -> None:
    found = (("fine", "a", ""), ("warn", "b", ""), ("loud", "c", ""), ("warn", "d", ""))
    assert [text for _, text, _ in trust.loudest_first(cast("tuple[Mark, ...]", found))] == ["c", "b", "d", "a"]
