"""The table of answers: which verdict stands for a question, and the file of all verdicts. Every time is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from study.blocks import Prose, Table, Verdict
from study.evidence.apart import LeftOut
from study.findings import Decision, Estimate
from study.sections import answers
from study.sections.claims import verdicts
from tests.made import Made
from tests.made_up_run import run
from tests.synthetic_study import run as whole

if TYPE_CHECKING:
    import pytest

    from study.evidence import Run, Study
    from study.reports import Section

NUMBER = Estimate(point=2.0, low=1.9, high=2.1, n=9, unit="ratio", estimand="average", method="t")


def said(claim: str, decision: Decision = "supported", *, headline: bool = False, target: str = "one") -> Verdict:
    return Verdict(
        claim=claim,
        question=claim[:2].upper(),
        statement=f"statement of {claim}",
        decision=decision,
        sentence=f"sentence of {claim} on {target}",
        strength="9 paired rounds",
        average=NUMBER,
        typical=replace(NUMBER, estimand="typical"),
        cells=("map tasks=5", "map tasks=6"),
        target=target,
        headline=headline,
    )


def section(monkeypatch: pytest.MonkeyPatch, *found: Verdict, runs: int = 1) -> Section:
    monkeypatch.setattr(answers, "verdicts", lambda _run: found)
    made = tuple(run(()) for _ in range(runs))
    return answers.section(cast("Study", Made(subject=made[0], runs=made, left_out=LeftOut())))


def table(made: Section) -> Table:
    assert isinstance(made.blocks[0], Table)
    return made.blocks[0]


def test_each_of_the_six_questions_has_a_row_in_order_whatever_was_put_to_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = table(section(monkeypatch, said("q2-x", headline=True)))
    assert [str(row[0].value)[:3] for row in found.rows] == ["Q1 ", "Q2 ", "Q3 ", "Q4 ", "Q5 ", "Q6 "]
    assert [row[0].href for row in found.rows] == ["#q1", "#q2", "#q3", "#q4", "#q5", "#q6"]
    first, second, *_ = found.rows
    assert first[1].decision == "cannot be decided here"
    assert [item.value for item in first[2:]] == [
        "No statement of this question was put to this run.",
        "not available",
        "none",
    ]
    assert [item.value for item in second[1:]] == ["supported", "sentence of q2-x on one", NUMBER, "9 paired rounds"]
    assert second[0].small == "statement of q2-x"


def test_the_headline_claim_stands_for_its_question_wherever_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    for order in (("q1-a", "q1-b"), ("q1-b", "q1-a")):
        found = [said(claim, headline=claim == "q1-b") for claim in order]
        assert table(section(monkeypatch, *found)).rows[0][2].value == "sentence of q1-b on one"
    assert table(section(monkeypatch, said("q1-a"), said("q1-b"))).rows[0][2].value == "sentence of q1-a on one"


def test_of_several_interpreters_the_first_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    other, own = said("q1-a", headline=True, target="other"), said("q1-a", headline=True)
    assert table(section(monkeypatch, other, own)).rows[0][2].value == "sentence of q1-a on one"
    lone = said("q1-b")  # a headline on another interpreter says more than another claim on this one
    assert table(section(monkeypatch, lone, other)).rows[0][2].value == "sentence of q1-a on other"


def test_what_has_no_number_has_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = replace(said("q1-a"), average=replace(NUMBER, point=None, low=None, high=None, reason="left out"))
    assert table(section(monkeypatch, empty)).rows[0][4].value == "none"


def test_the_answer_names_what_was_decided_how(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (said("q1-a"), said("q2-a", "refuted"), said("q4-a"), said("q5-a", "no clear difference"))
    made = section(monkeypatch, *found)
    assert made.answer == (
        "The six questions' own statements on this machine: supported: Q1, Q4; refuted: Q2;"
        " no clear difference: Q5; cannot be decided here: Q3, Q6"
    )
    below = made.blocks[1]
    assert isinstance(below, Prose)
    assert below.text.startswith("Numbers stand with their 95 % intervals")


def test_every_verdict_of_every_run_is_in_the_file_with_the_number_of_its_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = said("q1-a", "refuted", headline=True)
    (file,) = section(monkeypatch, known, replace(said("q1-b"), typical=None), runs=2).files
    assert (file.name, len(file.rows)) == ("verdicts.csv", 4)
    first, second, *_ = file.rows
    assert dict(first) == {
        "machine": "m",
        "run": "r",
        "simulated": True,
        "target": "one",
        "question": "Q1",
        "claim": "q1-a",
        "headline": True,
        "decision": "refuted",
        "statement": "statement of q1-a",
        "sentence": "sentence of q1-a on one",
        "needed": "",
        "strength": "9 paired rounds",
        "test": 0,
        "counts": "",
        "p_holm": None,
        "average": known.average,
        "typical": known.typical,
        "next_sitting": None,
        "cells": "map tasks=5 | map tasks=6",
    }
    assert list(first) == list(second)
    assert second["typical"] is None


def test_the_verdicts_of_a_run_are_those_of_all_its_claims_and_made_once() -> None:
    made: Run = whole(2, 0.01)
    assert [verdict.claim for verdict in verdicts(made)] == [claim.id for claim in made.claims]
    assert verdicts(made) is verdicts(made)
