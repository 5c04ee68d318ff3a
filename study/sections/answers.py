"""The answers at the top: of each question that always stands, the verdict that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from study.blocks import DataFile, Item, Prose, Record, Section, Table
from study.findings import Decision
from study.sections.claims import verdicts
from study.sections.modules import identity_of, questions
from study.units import NOT_AVAILABLE, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Column, Verdict
    from study.evidence import Run, Study
    from study.sections.modules import Question

RECORD = Record(order=100, name="Answers", title="The answers")
_NOT_PUT = "No statement of this question was put to this run."
_OPEN: Decision = "cannot be decided here"
_CONFIDENCE = 0.95
"""Of intervals, where the run has none."""


def section(study: Study) -> Section:
    """The table of answers, and what they say together."""
    run = study.subject
    asked = answered()
    found = {question.RECORD.name: answer(question, run, run.targets[0]) for question in asked}
    heads: tuple[tuple[str, Column], ...] = (
        ("Question and statement", "text"),
        ("Verdict", "word"),
        ("Finding", "wide"),
        ("Number", "num"),
        ("Evidence", "text"),
    )
    confidence = percent(next((cell.average.confidence for cell in run.summaries), _CONFIDENCE))
    return Section(
        id="answers",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(
            Table(
                id="",
                caption="",
                label=RECORD.title,
                form="answers",
                heads=heads,
                rows=tuple(_row(question, found[question.RECORD.name]) for question in asked),
            ),
            Prose(
                text=f"{_lead(found)} Numbers stand with their {confidence} intervals in brackets. They hold for this machine"
                " and this interpreter.",
                kind="small",
            ),
        ),
        files=(_verdicts_file(study.runs),),
    )


def answered() -> tuple[Question, ...]:
    """The questions that the table answers: those that always stand and whose reader decides something with them."""
    return tuple(question for question in questions() if question.RECORD.always and question.RECORD.reader)


def answer(question: Question, run: Run, target: str) -> Verdict | None:
    """The verdict that stands for the question: its headline claim's, and of those the target's; None where none is there."""
    own = [verdict for verdict in verdicts(run) if verdict.question.lower() == identity_of(question)]
    return min(own, key=lambda verdict: (not verdict.headline, verdict.target != target), default=None)


def _row(question: Question, verdict: Verdict | None) -> tuple[Item, ...]:
    about = f"{question.RECORD.name} {question.RECORD.title}"
    href = f"#{identity_of(question)}"
    if verdict is None:
        said = (Item(value=_OPEN, decision=_OPEN), Item(value=_NOT_PUT), Item(value=NOT_AVAILABLE), Item(value="none"))
        return (Item(value=about, href=href), *said)
    known = verdict.average.point is not None
    return (
        Item(value=about, href=href, small=verdict.statement),
        Item(value=verdict.decision, decision=verdict.decision),
        Item(value=verdict.sentence),
        Item(value=verdict.average),
        Item(value=verdict.strength if known else "none"),
    )


def _lead(found: dict[str, Verdict | None]) -> str:
    decided = {name: verdict.decision if verdict else _OPEN for name, verdict in found.items()}
    names = [(decision, [name for name in decided if decided[name] == decision]) for decision in get_args(Decision)]
    parts = [f"{decision}: {', '.join(own)}" for decision, own in names if own]
    return f"The statements that the six questions begin with, decided on this machine: {'; '.join(parts)}."


def _verdicts_file(runs: Sequence[Run]) -> DataFile:
    return DataFile(
        estimates=("typical",),
        name="verdicts.csv",
        about="every verdict",
        rows=tuple(
            {
                "machine": run.machine,
                "run": run.id,
                "simulated": run.manifest.simulated,
                "target": verdict.target,
                "question": verdict.question,
                "claim": verdict.claim,
                "headline": verdict.headline,
                "decision": verdict.decision,
                "statement": verdict.statement,
                "sentence": verdict.sentence,
                "strength": verdict.strength,
                "average": verdict.average,
                "typical": verdict.typical,
                "cells": " | ".join(verdict.cells),
            }
            for run in runs
            for verdict in verdicts(run)
        ),
    )
