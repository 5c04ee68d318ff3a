"""How often a statement on every trial fails is told machine by machine, and never pooled. Every run here is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from study.blocks import Verdict
from study.findings import Decision, Estimate
from study.sections import elsewhere

if TYPE_CHECKING:
    from study.evidence import Run

INTEL, AMD = "Intel Xeon", "AMD EPYC"


def said(hits: int, *, statement: str = "In order.", counts: str = "some of 100 trials") -> Verdict:
    decision: Decision = "supported" if hits == 100 else "refuted"
    share = Estimate(point=hits / 100, low=None, high=None, n=10, unit="share", estimand="share", method="counted")
    return Verdict(
        claim="q6", question="Q6", statement=statement, decision=decision, sentence="So it was.", strength="", cells=(),
        average=share, typical=None, target="one", headline=True, counts=counts,
    )  # fmt: skip


def a_run(*verdicts: Verdict, model: str = INTEL, simulated: bool = False) -> Run:
    machine = {"cpu_model": model, "logical_cpus": 2}
    manifest = SimpleNamespace(simulated=simulated, machine=machine)
    return cast("Run", SimpleNamespace(machine="box", manifest=manifest, said=verdicts))


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "verdicts", lambda run: run.said)


def sentence(*runs: Run) -> str:
    own = cast("SimpleNamespace", runs[0]).said[0]
    return elsewhere.told(own, runs[0], runs).sentence.removeprefix("So it was.").strip()


def test_a_share_is_a_range_over_the_runs_of_each_machine() -> None:
    runs = [a_run(said(hits)) for hits in (14, 9, 36)] + [a_run(said(hits), model=AMD) for hits in (76, 71)]
    assert sentence(*runs) == f"Over 5 runs: 9–36 % on {INTEL}, 2 CPUs; 71–76 % on {AMD}, 2 CPUs: nothing to rely on."


def test_what_never_failed_here_may_fail_elsewhere() -> None:
    found = sentence(a_run(said(100)), a_run(said(76), model=AMD))
    assert found == f"Over 2 runs: 100 % on {INTEL}, 2 CPUs; 76 % on {AMD}, 2 CPUs: nothing to rely on."
    assert sentence(a_run(said(100)), a_run(said(100), model=AMD)) == "So it was in 2 runs on 2 machines."


def test_one_run_says_that_its_share_is_its_own() -> None:
    assert sentence(a_run(said(14))) == "That share is of this machine and this run alone: nothing to rely on."
    assert sentence(a_run(said(100))) == ""


def test_simulated_runs_other_statements_and_what_is_no_count_stand_apart() -> None:
    own = a_run(said(14))
    others = (a_run(said(99), simulated=True), a_run(said(98, statement="Another.")), a_run())
    assert sentence(own, *others) == sentence(own)
    estimated = said(14, counts="")
    assert elsewhere.told(estimated, a_run(estimated), (a_run(estimated),)) is estimated


def test_of_several_tests_the_shares_are_those_of_the_one_that_decides() -> None:
    always, seldom, mostly = (said(hits).average for hits in (100, 20, 60))
    here = replace(said(20), test=1, averages=(always, seldom))
    there = replace(said(100), averages=(always, mostly))
    with_one_test = said(100)
    found = sentence(a_run(here), a_run(there, model=AMD), a_run(with_one_test, model=AMD))
    assert found == f"Over 2 runs: 20 % on {INTEL}, 2 CPUs; 60 % on {AMD}, 2 CPUs: nothing to rely on."
