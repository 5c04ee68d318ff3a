"""The answers at the top: of each question that always stands, the verdict that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from study import stats
from study.blocks import Item, Prose, Table
from study.findings import Decision
from study.reports import DataFile, Record, Section
from study.sections import elsewhere
from study.sections.claims import verdicts
from study.sections.compare import UNDECIDED
from study.sections.files import columns, of_run
from study.sections.modules import asked, identity_of
from study.sections.sittings import known_ratios, next_run
from study.sections.tables import row
from study.units import NOT_AVAILABLE, count, counted, parts, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Verdict
    from study.evidence import Run, Study
    from study.findings import Estimate
    from study.sections.modules import Question

    Ratios = Mapping[tuple[str, str], Estimate]

RECORD = Record(order=100, name="Answers", title="The answers", tells=True, part="Answers")
_NOT_PUT = "No statement of this question was put to this run."
_CONFIDENCE = 0.95
"""Of intervals, where the run has none."""


def section(study: Study) -> Section:
    """The table of answers, and what they say together."""
    run = study.subject
    found = [(question, answer(question, run, run.targets[0])) for question in answered()]
    found = [(question, verdict and elsewhere.told(verdict, run, study.runs)) for question, verdict in found]
    machines = [known_ratios(study, shown) for shown in study.runs]
    table = Table(
        id="",
        caption="",
        label=RECORD.title,
        form="answers",
        heads=(
            ("Question and statement", "text"),
            ("Verdict", "word"),
            ("Finding", "wide"),
            ("Number", "num"),
            ("Evidence", "text"),
        ),
        rows=tuple(_row(question, verdict, study.left_out.refused, machines[0]) for question, verdict in found),
    )
    confidence = next((cell.average.confidence for cell in run.summaries), _CONFIDENCE)
    told = (
        f"Numbers stand with their {percent(confidence)} intervals in brackets. A bracket is of this sitting: of a hundred"
        f" such brackets about {count(round(100 * confidence))} hold what endless rounds of it would find."
        f" {_of_others(machines[0], _held(study))} Both sides of a ratio are of the same rounds: what slows the whole machine"
        " leaves it where it is, and no time."
    )
    blocks = (table, Prose(text=told, kind="small"))
    files = (_file(study.runs, machines),)
    return Section(
        id="answers",
        name=RECORD.name,
        title=RECORD.title,
        blocks=blocks,
        files=files,
        paper="none",
        answer=_lead({question.RECORD.name: verdict for question, verdict in found}),
    )


def answered() -> tuple[Question, ...]:
    """The questions that the table answers: those that always stand and whose reader decides something with them.

    They are answered by the verdicts of the run, also where their section cannot be made.
    """
    return tuple(question for question in asked() if question.RECORD.always and question.RECORD.reader)


def answer(question: Question, run: Run, target: str) -> Verdict | None:
    """The verdict that stands for the question: its headline claim's, and of those the target's; None where none is there."""
    own = [verdict for verdict in verdicts(run) if verdict.question.lower() == identity_of(question)]
    return min(own, key=lambda verdict: (not verdict.headline, verdict.target != target), default=None)


def _row(question: Question, verdict: Verdict | None, refused: Mapping[str, str], known: Ratios) -> tuple[Item, ...]:
    """A question and its answer; below the question what was refused of its section."""
    place = identity_of(question)
    about, href = f"{question.RECORD.name} {question.RECORD.title}", f"#{place}"
    not_made = f"Its section could not be made: {refused[place]}." if place in refused else ""
    if verdict is None:
        return row(
            Item(value=about, href=href, small=not_made),
            Item(value=UNDECIDED, decision=UNDECIDED),
            _NOT_PUT,
            NOT_AVAILABLE,
            "none",
        )
    return row(
        Item(value=about, href=href, small=" ".join(filter(None, (verdict.statement, not_made)))),
        Item(value=verdict.decision, decision=verdict.decision),
        verdict.short,
        Item(value=verdict.number, small=_beside(verdict, known.get((verdict.target, verdict.claim)))),
        "none" if verdict.average.point is None else verdict.strength,
    )


def _held(study: Study) -> float | None:
    """How often the bracket of a sitting holds the time of another; None where that is not known."""

    def known() -> float | None:
        return next_run(study.subject, study.sound).by_one.share

    return study.left_out.instead("the next run beside the answers", known, lambda _: None)


def _of_others(known: Ratios, held: float | None) -> str:
    """What is said of other sittings, where there are enough of them and where not."""
    if not known:
        return f"There are too few others of this code on this machine: {stats.NOT_KNOWN}."
    sittings = counted(max(estimate.n for estimate in known.values()), "sitting")
    often = "" if held is None else f" One's bracket holds another's time in {percent(held)}."
    return (
        f"Where the next sitting finds it, from {sittings} of this machine, stands behind it, of times in the table of every"
        f" cell.{often}"
    )


def _beside(verdict: Verdict, known: Estimate | None) -> str:
    """How a number is read, and where the next sitting finds it."""
    return " · ".join(filter(None, (verdict.read, _following(known))))


def _following(known: Estimate | None) -> str:
    """What stands behind the bracket of a number: where the next sitting finds it."""
    return f"next sitting {parts(known)[1]}" if known is not None and known.low is not None else ""


def _lead(found: dict[str, Verdict | None]) -> str:
    decided = {name: verdict.decision if verdict else UNDECIDED for name, verdict in found.items()}
    names = [(decision, [name for name in decided if decided[name] == decision]) for decision in get_args(Decision)]
    parts = [f"{decision}: {', '.join(own)}" for decision, own in names if own]
    return f"The six questions' own statements on this machine: {'; '.join(parts)}"


def _file(runs: Sequence[Run], machines: Sequence[Ratios]) -> DataFile:
    return DataFile(
        estimates=("typical", "next_sitting"),
        name="verdicts.csv",
        about="every verdict",
        travels=True,
        rows=tuple(
            {
                **of_run(run),
                **columns(
                    verdict,
                    "target question claim headline decision statement sentence needed strength test counts p_holm"
                    " average typical",
                ),
                "next_sitting": known.get((verdict.target, verdict.claim)),
                "cells": " | ".join(verdict.cells),
            }
            for run, known in zip(runs, machines, strict=True)
            for verdict in (elsewhere.told(verdict, run, runs) for verdict in verdicts(run))
        ),
    )
