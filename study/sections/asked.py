"""The questions that people ask, answered by the verdicts of a run; what it leaves open, by the next run that can."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from study.blocks import Columns, Item, Prose, Table, Terms
from study.reports import Record, Section
from study.sections.asked_list import ASKED
from study.sections.claims import verdicts
from study.sections.tables import row
from study.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.blocks import Block
    from study.evidence import Run, Study
    from study.sections.asked_list import AskedQuestion
    from study.store import TargetRecord

RECORD = Record(order=120, name="Asked", title="The questions people ask", part="Answers")
NOT_ASKED = "This version of the study does not measure it."
NO_FREE_THREADING = (
    "This run has no build without the GIL: nox -s study -- --python PATH --python PATH measures several."
)
UNKNOWN = "not readable"
_OPEN = "Open in this run."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a run answers.

    Attributes
    ----------
    text : computed sentences with number, interval, base and scope, or why the run has none.
    short : the first of them, which tells most.
    answered : whether it is an answer.
    cells : canonical texts of the cells that it came from; empty where there is no answer.
    on : the interpreter, where it is not the run's first.
    """

    question: AskedQuestion
    text: str
    short: str
    answered: bool
    cells: tuple[str, ...]
    on: str = ""


def section(study: Study) -> Section:
    """The table of all of them; on paper what answers each in a sentence, in two columns."""
    intro = (
        "Counted in question-and-answer threads and issue trackers, the most frequent first; each answer is the finding of a"
        " statement further down, with its number and its scope."
    )
    found = chosen(study.runs)
    blocks = (Prose(text=intro, only="screen"), _table(found, study.runs), *_on_paper(found, study.runs[0]))
    return Section(id="asked", name=RECORD.name, title=RECORD.title, blocks=blocks)


def chosen(runs: Sequence[Run]) -> list[tuple[Run, Answer]]:
    """What the first run answers; what it leaves open, the next that can answers."""
    every = [(run, answers(run)) for run in runs]
    found = []
    for index, own in enumerate(every[0][1]):
        run, of_run = next((other for other in every if other[1][index].answered), every[0])
        found.append((run, of_run[index] if of_run[index].answered else own))
    return found


def _on_paper(found: Sequence[tuple[Run, Answer]], own: Run) -> Iterator[Block]:
    """A sentence for each question that has an answer, the others named below."""
    told = [
        (answer.question.question, " ".join(filter(None, (answer.short, _whence(run, answer, own)))))
        for run, answer in found
        if answer.answered
    ]
    ends = [0, *itertools.accumulate(len(question) + len(text) for question, text in told)]
    if told:
        half = min(
            range(1, len(ends)), key=lambda number: abs(2 * ends[number] - ends[-1])
        )  # both columns are about as high
        left, right = (Terms(items=tuple(part), form="list") for part in (told[:half], told[half:]))
        yield Columns(left=(left,), right=(right,), only="paper")
    left_open = [answer.question.question for _, answer in found if not answer.answered]
    if left_open:
        yield Prose(text=f"Open in this run: {' '.join(left_open)}", kind="small", only="paper")


def _whence(run: Run, answer: Answer, own: Run) -> str:
    """Of which run and interpreter the numbers of an answer are where they are not those of the report; else an empty text."""
    if not answer.cells:
        return ""
    if run is own:
        return f"(With {answer.on}.)" if answer.on else ""
    on = answer.on or next((target.name for target in run.manifest.targets), "")
    of = f"Of run {run.id} on {run.machine}{f' with {on}' if on else ''}"
    return f"({of}, not of this one.)"


def answers(run: Run) -> tuple[Answer, ...]:
    """Every question with the findings of its claims on the first target that can answer; where none can, why not."""
    return tuple(_first_answer(question, run) for question in ASKED)


def _first_answer(question: AskedQuestion, run: Run) -> Answer:
    targets = [target for target in run.manifest.targets if _without_gil(target.facts) or not question.free_threaded]
    tried = [_answered(question, run, target) for target in targets or (None,)]
    best = next((answer for answer in tried if answer.answered), tried[0])
    if question.siblings and not (best.answered and _threads_of_a_core(run.manifest.machine) > 1):
        return replace(best, text=_no_siblings(run.manifest.machine), answered=False, cells=())
    return best if targets or best.answered else replace(best, text=NO_FREE_THREADING)


def _without_gil(facts: Mapping[str, Any]) -> bool:
    """Whether it ran without the GIL; a free-threaded build can be told to have one."""
    return bool(facts.get("free_threaded")) and not facts.get("gil_enabled")


def _threads_of_a_core(machine: Mapping[str, Any]) -> int:
    """How many hardware threads a core has; 0 where that could not be read."""
    threads = machine.get("threads_per_core")
    return threads if isinstance(threads, int) else 0


def _no_siblings(machine: Mapping[str, Any]) -> str:
    """Why the run does not tell what the second hardware thread of a core is worth."""
    threads = _threads_of_a_core(machine)
    if threads < 1:
        return "How many hardware threads a core has is not readable on this machine: the run cannot answer."
    if threads == 1:
        return "This machine has one hardware thread per core: it cannot answer."
    return (
        f"This machine has {count(threads)} hardware threads per core, but processes on one core were not held against"
        " processes on cores of their own: the run cannot answer."
    )


def _answered(question: AskedQuestion, run: Run, target: TargetRecord | None) -> Answer:
    """The answer of one target: whatever was measured; open where load leaves all of it open."""
    own = {verdict.claim: verdict for verdict in verdicts(run) if target and verdict.target == target.name}
    known = [own[claim] for claim in question.claims if claim in own]
    measured = [verdict for verdict in known if verdict.average.point is not None]
    open_to_all = [verdict for verdict in measured if not verdict.gated]
    text = " ".join(verdict.sentence for verdict in measured) or question.note
    short = next((verdict.sentence for verdict in open_to_all), question.note)
    if not text:
        text = " ".join(dict.fromkeys(verdict.short for verdict in known)) or NOT_ASKED
    if question.context and target:
        default = target.facts.get("default_start_method") or UNKNOWN
        text += " " + question.context.replace("{target}", target.name).replace("{default}", str(default))
    return Answer(
        question=question,
        text=text,
        short=short,
        answered=bool(open_to_all or question.note),
        cells=tuple(dict.fromkeys(cell for verdict in open_to_all for cell in verdict.cells)),
        on="" if target is None or target is run.manifest.targets[0] else target.name,
    )


def _table(found: Sequence[tuple[Run, Answer]], runs: Sequence[Run]) -> Table:
    rows = []
    for run, answer in found:
        place = "" if run is runs[0] else f"Open in this run; answered by run {run.id} on {run.machine}."
        asked = Item(value=answer.question.question, href=f"#{answer.question.topic.lower()}")
        small = (place, f"With {answer.on}." if answer.on else "", "" if answer.answered else _OPEN)
        rows.append(row(asked, Item(value=answer.text, small=" ".join(filter(None, small)))))
    return Table(
        id="asked-table",
        label=f"{RECORD.title}: the guard, pickling, hanging pools, chunk size, memory and more",
        caption="",
        heads=(("Question", "text"), ("Answer", "wide")),
        rows=tuple(rows),
        empty="This run was not held against the questions that people ask.",
        only="screen",
    )
