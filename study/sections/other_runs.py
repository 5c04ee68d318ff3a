"""What other runs found: the verdict on each question, machine by machine, and the figures that stand beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Item, Prose, Table
from study.reports import Record, Section
from study.sections.answers import answer, answered
from study.sections.head import badges, processors, when
from study.sections.modules import identity_of, questions
from study.sections.tables import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.blocks import Block, Panel, Verdict
    from study.evidence import Run, Study

RECORD = Record(order=420, name="Other runs", title="Other runs and machines beside this one", part="Machines")
_ABOUT = (
    "Runs are never pooled: each machine and each interpreter keeps its own answer. The first run is the one this report is"
    " about; of the others stand here the answers, machine by machine, and the speedups where several worker counts or pools"
    " were measured."
)


def section(study: Study) -> Section:
    """Answers and figures of every other run."""
    blocks: tuple[Block, ...] = (Prose(text=_ABOUT), _answers(study), *_beside(study))
    return Section(id="other-runs", name=RECORD.name, title=RECORD.title, blocks=blocks, paper="none")


def _answers(study: Study) -> Table:
    """The verdict that stands for each question, run by run; runs are never pooled."""
    rows: list[tuple[Item, ...]] = []
    decided = _decided(study)
    shared = set.intersection(*({text for kind, text, _ in badges(run) if kind != "fine"} for run in study.runs))
    for question in answered():
        name, href = question.RECORD.name, f"#{identity_of(question)}"
        for number, (run, target, verdict) in enumerate(decided.get(name, ())):
            head = name if number else f"{name} {question.RECORD.title}"
            marks = (processors(run), *(text for kind, text, _ in badges(run) if kind != "fine" and text not in shared))
            place = Item(value=f"{run.machine}, {when(run)}", small=" · ".join(filter(None, marks)))
            decision = Item(value=verdict.decision, decision=verdict.decision)
            rows.append(row(Item(value=head, href=href), place, target, decision, verdict.number))
    return Table(
        id="other-runs-table",
        caption="The first verdict on each question, by run and interpreter; those that have no number for it are left out",
        heads=(("Question", "text"), ("Run", "text"), ("Interpreter", "word"), ("Verdict", "word"), ("Number", "num")),
        rows=tuple(rows) if len(study.runs) > 1 else (),
        empty="There is no other run to stand beside this one.",
        notes=tuple(f"Of every run here: {text}." for text in sorted(shared)),
    )


def _decided(study: Study) -> dict[str, list[tuple[Run, str, Verdict]]]:
    """Question's name -> run, interpreter and the verdict that stands for it there, where it has a number."""
    found: dict[str, list[tuple[Run, str, Verdict]]] = {}
    for run in study.runs:
        with study.left_out.apart(run.name):
            for question in answered():
                for target in run.targets:
                    verdict = answer(question, run, target)
                    if verdict is not None and verdict.target == target and verdict.average.point is not None:
                        found.setdefault(question.RECORD.name, []).append((run, target, verdict))
    return found


def _beside(study: Study) -> Iterator[Panel]:
    """What stands of the other runs' figures, with the machine and the interpreter before their titles."""
    for number, run in enumerate(study.runs[1:], 2):
        panels: list[Panel] = []
        with study.left_out.apart(run.name):
            for place, target in enumerate(run.targets, 1):
                panels += (
                    replace(panel, id=f"{panel.id}-r{number}-t{place}", title=f"{run.machine}, {target}: {panel.title}")
                    for question in questions()
                    if (beside := getattr(question, "beside", None))  # of the others no figure stands here
                    for panel in beside(run.of(target))
                    if panel.beside and any(point.estimate.point is not None for point in panel.points)
                )
        yield from panels
