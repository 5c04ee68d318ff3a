"""Six statements on every machine and interpreter: a sign and a number each. Runs are listed and never pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Item, Table
from study.findings import Estimate
from study.reports import Record, Section
from study.sections.answers import answer, answered
from study.sections.cards import build_in_words, interpreter_in_words
from study.sections.compare import UNDECIDED
from study.sections.modules import identity_of
from study.sections.places import machine_in_words
from study.sections.said import joined, sentences
from study.sections.tables import row
from study.units import brief, counted, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Verdict
    from study.evidence import Run, Study
    from study.sections.modules import Question
    from study.store import TargetRecord

RECORD = Record(order=405, name="Matrix", title="The six statements on every machine and interpreter", part="Machines")


class OnMachine(NamedTuple):
    """A machine and an interpreter, and the verdict that stands for each question there, None where it has no number."""

    run: Run
    target: str
    verdicts: tuple[Verdict | None, ...]


def section(study: Study) -> Section:
    """The table, and how far they agree."""
    questions = answered()
    first = [answer(question, study.subject, study.subject.targets[0]) for question in questions]
    places = _places(study, questions, first)
    table = Table(
        id="matrix-table",
        label=RECORD.title,
        caption="",
        heads=(("Machine and interpreter", "text"), *((question.RECORD.name, "num") for question in questions)),
        rows=tuple(_row(place, questions, study.subject) for place in places),
        notes=tuple(
            f"{question.RECORD.name}: {verdict.statement} Needed: {verdict.needed}."
            for question, verdict in zip(questions, first, strict=True)
            if verdict is not None
        ),
    )
    return Section(
        id="matrix",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(table,),
        answer=_agreement(places, [question.RECORD.name for question in questions]),
    )


def _places(study: Study, questions: Sequence[Question], first: Sequence[Verdict | None]) -> list[OnMachine]:
    """Every run and interpreter with a number for one of the statements of the first, that one included; simulated ones apart."""
    found: list[OnMachine] = []
    for run in study.runs:
        if run.manifest.simulated != study.subject.manifest.simulated:
            continue
        with study.left_out.apart(run.name):
            for target in run.targets:
                verdicts = tuple(
                    _same(answer(question, run, target), target, wanted)
                    for question, wanted in zip(questions, first, strict=True)
                )
                if any(verdicts):
                    found.append(OnMachine(run, target, verdicts))
    return found


def _same(verdict: Verdict | None, target: str, wanted: Verdict | None) -> Verdict | None:
    """The verdict where it is that of this interpreter, on the same statement, and has a number."""
    if verdict is None or wanted is None or verdict.target != target or verdict.average.point is None:
        return None
    return verdict if (verdict.claim, verdict.statement) == (wanted.claim, wanted.statement) else None


def _row(place: OnMachine, questions: Sequence[Question], subject: Run) -> tuple[Item, ...]:
    """A link where the question of this report is about this run."""
    record = _record(place)
    first = Item(value=f"{machine_in_words(place.run)} · {interpreter_in_words(record)}", small=build_in_words(record))
    return row(first, *_items(place, questions, subject))


def _record(place: OnMachine) -> TargetRecord:
    return next(record for record in place.run.manifest.targets if record.name == place.target)


def _items(place: OnMachine, questions: Sequence[Question], subject: Run) -> Iterator[Item]:
    for question, verdict in zip(questions, place.verdicts, strict=True):
        yield _item(verdict, f"#{identity_of(question)}" if place.run is subject else "")


def in_short(study: Study) -> Table:
    """The table with a line for each place: statements in few words at its head, and no machine named twice."""
    questions = answered()
    first = [answer(question, study.subject, study.subject.targets[0]) for question in questions]
    places = _places(study, questions, first)
    machines = list(dict.fromkeys(machine_in_words(place.run) for place in places))
    rows = []
    for place in places:
        where = [] if len(machines) == 1 else [machine_in_words(place.run)]
        name = Item(value=" · ".join([*where, interpreter_in_words(_record(place))]))
        rows.append(row(name, *_items(place, questions, study.subject)))
    said = [
        question.RECORD.name
        if verdict is None
        else f"{question.RECORD.name} {verdict.statement.partition(':')[0].rstrip('.')}"
        for question, verdict in zip(questions, first, strict=True)
    ]
    return Table(
        id="first-matrix",
        label=f"{counted(len(questions), 'statement')} on {_everywhere(machines)}",
        caption="",
        heads=(
            ("Interpreter" if len(machines) == 1 else "Machine and interpreter", "text"),
            *((text, "text") for text in said),
        ),
        rows=tuple(rows),
    )


def _everywhere(machines: Sequence[str]) -> str:
    """The one machine, or how many there are."""
    return machines[0] if len(machines) == 1 else counted(len(machines), "machine")


def _item(verdict: Verdict | None, href: str) -> Item:
    if verdict is None:
        return Item(mark=UNDECIDED)
    number = verdict.number
    text = brief(number) if isinstance(number, Estimate) else number
    return Item(value=text, mark=verdict.decision, href=href, sort=repr(verdict.average.point))


def _agreement(places: Sequence[OnMachine], names: Sequence[str]) -> str:
    """Which statements have the same verdict wherever they have one, and which have not; '' where there is nothing beside."""
    if len(places) < 2:
        return ""
    same, apart = 0, []
    for number, name in enumerate(names):
        decided = [(place, verdict) for place in places if (verdict := place.verdicts[number]) is not None]
        if len({verdict.decision for _, verdict in decided}) > 1:
            apart.append(f"{name}: {_odd(decided)}")
        else:
            same += len(decided) > 1
    compared = same + len(apart)
    if not compared:
        return ""
    of, verb = spelled(compared, "statement"), "has" if same == 1 else "have"
    machines = spelled(len({place.run.machine for place in places}), "machine")
    interpreters = spelled(len({place.target for place in places}), "interpreter")
    where = f"wherever they were tried: {machines}, {interpreters}"
    share = f"all {of}" if same == compared > 1 else f"{spelled(same, 'of', 'of')} {of}"
    return sentences((f"{share} {verb} the same verdict {where}", *apart))


def _odd(decided: Sequence[tuple[OnMachine, Verdict]]) -> str:
    """Each verdict but the most frequent with where it was found; that one where all others are."""
    where: dict[str, list[str]] = {}
    for place, verdict in decided:
        where.setdefault(verdict.decision, []).append(place.target)
    usual, *others = sorted(where, key=lambda decision: -len(where[decision]))
    told = [f"{decision} on {joined(list(dict.fromkeys(where[decision])))}" for decision in others]
    return f"{joined(told)}, {usual} elsewhere"
