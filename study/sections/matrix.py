"""Six statements on every machine and interpreter: a sign and a number each, machine by machine. Runs are never pooled."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Item, Table
from study.findings import Estimate
from study.names import cell_name
from study.sections.answers import answer, answered
from study.sections.cards import build_in_words, interpreter_in_words
from study.sections.compare import UNDECIDED
from study.sections.head import when
from study.sections.modules import identity_of
from study.sections.pays_back import RUNNING, pays_back
from study.sections.places import machine_in_words
from study.sections.questions.q1_words import at_all_cpus
from study.sections.questions.q5 import break_evens, soonest_first
from study.sections.tables import row
from study.store import cell_of
from study.things.backends import POOL
from study.things.kernels import FANNKUCH
from study.units import brief, brief_interval, count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Verdict
    from study.evidence import Evidence, Run, Study
    from study.sections.modules import Question
    from study.sections.questions.q5 import BreakEven
    from study.store import TargetRecord

    _Asked = tuple[Question, Verdict | None]

_SHORT = re.compile(r"[:,]")
"""A statement goes without what follows, on the first screen."""
_COUNTER = re.compile(r"^in [^ ]+, not in")
"""Of a count with counterexamples these alone stand beside the sign: it is they that decide."""
_MOST_WHOLE, _MOST_MACHINES = 12, 36
"""Rows of which paper has every one; and of how many machines it has one at most where there are more."""
TITLE = "The six statements on every machine and interpreter"
_OTHER_WORDS = "*"
"""Behind the number of a statement that its run had in other words."""
_SHARED = ("Pool on all CPUs", "No task shorter pays")
"""Heads of what a reader decides with: how much of all CPUs a pool gains, and how long a task must be for one, at best."""

Way = tuple[str, str, str, int, int]
"""Pattern, backend, start method, tasks and chunk size: of what a break-even is, whatever machine it is on."""


class OnMachine(NamedTuple):
    """A machine and an interpreter, and the verdict that stands for each question there, None where it has no number."""

    run: Run
    target: str
    verdicts: tuple[Verdict | None, ...]


def table(study: Study) -> Table:
    """A row for each place, machine by machine, and what every number is of."""
    questions = answered()
    first = [answer(question, study.subject, study.subject.targets[0]) for question in questions]
    places = _places(study, questions, first)
    asked = list(zip(questions, first, strict=True))
    even = [_break_evens(place) for place in places]
    way = _known_most(even)
    return Table(
        id="matrix-table",
        label=TITLE,
        caption="",
        heads=(
            ("Machine", "text"),
            ("Interpreter", "text"),
            *((question.RECORD.name, "num") for question in questions),
            *((head, "num") for head in _SHARED),
        ),
        rows=tuple(
            _row(place, asked, study.subject, known.get(way) if way else None, dated=_is_one_of_several(place, places))
            for place, known in zip(places, even, strict=True)
        ),
        notes=(
            *(
                f"{question.RECORD.name}: {verdict.statement} The number: {_of_what(verdict)}. Needed: {verdict.needed}."
                for question, verdict in zip(questions, first, strict=True)
                if verdict is not None
            ),
            f"{_SHARED[0]}: how many times as fast as the plain loop, of as many as there are CPUs.",
            *_words_of_those_runs(places, first),
            *_of_break_even(next((known[way] for known in even if way in known), None), study.subject),
            f"n, fresh processes behind each number: {_processes(places)}. Brackets beside a sign are rounded outwards.",
        ),
        names=1,
        whole=True,
    )


def parted(statements: Table) -> tuple[Table, ...]:
    """The table; where it has very many rows, for the page, and for paper the rows of the first machine and one of each other."""
    rows = statements.rows
    if len(rows) <= _MOST_WHOLE:
        return (statements,)
    own = [line for line in rows if line[0].value == rows[0][0].value][:_MOST_WHOLE]
    machines = {line[0].value: line for line in reversed(rows) if line[0].value != rows[0][0].value}
    others = list(reversed(machines.values()))[: _MOST_MACHINES - len(own)]
    more = len(rows) - len(own) - len(others)
    note = f"Of each machine but the first one row; {counted(more, 'more is', 'more are')} on the page of this report."
    return (
        replace(statements, only="screen"),
        replace(
            statements,
            id=f"{statements.id}-paper",
            only="paper",
            rows=(*own, *others),
            notes=(note, *statements.notes) if more else statements.notes,
        ),
    )


def _of_what(verdict: Verdict) -> str:
    """What is divided by what, or what is counted: cells in words."""
    names = [cell_name(cell_of(text)) for text in verdict.cells]
    if verdict.counts:
        return f"how often, in {names[0]}" if names else "how often"
    return (
        ", ".join(filter(None, (" ÷ ".join(names[:2]), verdict.reads)))
        if verdict.average.unit == "ratio"
        else ", ".join(names[:1]) or verdict.average.estimand
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
    machines = list(dict.fromkeys(machine_in_words(place.run) for place in found))
    return sorted(found, key=lambda place: machines.index(machine_in_words(place.run)))


def _same(verdict: Verdict | None, target: str, wanted: Verdict | None) -> Verdict | None:
    """The verdict where it is that of this interpreter, on the same claim, whatever its words were then, and has a number."""
    if verdict is None or wanted is None or verdict.target != target or verdict.average.point is None:
        return None
    same = verdict.claim == wanted.claim and verdict.average.unit == wanted.average.unit
    return verdict if same else None


def _in_other_words(verdict: Verdict | None, wanted: Verdict | None) -> bool:
    """Whether the run asked the same in words that are not those of the report."""
    return verdict is not None and wanted is not None and verdict.statement != wanted.statement


def _words_of_those_runs(places: Sequence[OnMachine], first: Sequence[Verdict | None]) -> tuple[str, ...]:
    """The statements that other runs decided in other words, each once, with what was needed where that was another thing."""
    said = dict.fromkeys(
        f"{verdict.question}: “{verdict.statement}”"
        + ("" if verdict.needed == wanted.needed else f" (needed: {verdict.needed})")
        for place in places
        for verdict, wanted in zip(place.verdicts, first, strict=True)
        if verdict is not None and wanted is not None and _in_other_words(verdict, wanted)
    )
    return (f"{_OTHER_WORDS} decided there in the words of that run. {'; '.join(said)}.",) if said else ()


def _break_evens(place: OnMachine) -> dict[Way, BreakEven]:
    """Of a Pool with a worker for each CPU, how long a task must be at best; nothing where load leaves open what is gained."""
    evidence = place.run.of(place.target)
    if evidence.left_open("gains"):
        return {}
    return {
        (cell.pattern, cell.backend, cell.start_method, cell.tasks, cell.chunksize): found
        for found in soonest_first(break_evens(evidence))
        if (cell := found.cell).backend == POOL.name and cell.workers == evidence.usable_cpus
    }


def _known_most(even: Sequence[dict[Way, BreakEven]]) -> Way | None:
    """The way that most places know: of equals the soonest of the first place. Two ways in one column would be no comparison."""
    ways = dict.fromkeys(way for known in even for way in known)
    return max(ways, key=lambda way: sum(way in known for known in even), default=None)


def _of_break_even(found: BreakEven | None, subject: Run) -> tuple[str, ...]:
    """What the column of break-evens is of, the same in every row, and what the report's run measured of such tasks."""
    if found is None:
        return ()
    measured = _measured_as(found, subject.of(subject.targets[0]))
    return (
        (
            f"{_SHARED[1]}: how long each must be, at best, so that the workers take no longer than the loop; in every row of the"
            f" same: {found.name}. It is a bound{measured}. “–” was not measured there."
        ),
    )


def _measured_as(found: BreakEven, evidence: Evidence) -> str:
    """What was measured by tasks that work, of as many through a pool that is already running; '' where none was."""
    cell = found.cell
    known = () if evidence.left_open("costs") else pays_back(evidence)
    same = (
        one
        for one in known
        if (one.how, one.way) == ("measured", RUNNING) and (one.method, one.tasks) == (cell.start_method, cell.tasks)
    )
    one = next(same, None)
    return "" if one is None else f"; with tasks that work this report's run measured {brief(one.each)} ({one.of})"


def _processes(places: Sequence[OnMachine]) -> str:
    """`6 to 10`: of the verdicts that the table shows."""
    sizes = sorted(
        {verdict.average.n for place in places for verdict in place.verdicts if verdict and not verdict.counts}
    )
    return " to ".join(count(size) for size in dict.fromkeys((sizes[0], sizes[-1]))) if sizes else "–"


def _row(
    place: OnMachine, asked: Sequence[_Asked], subject: Run, even: BreakEven | None, *, dated: bool
) -> tuple[Item, ...]:
    """A link where the question of this report is about this run; the run, where another one has the same name before it."""
    record = _record(place)
    small = ", ".join(filter(None, (build_in_words(record), when(place.run) if dated else "")))
    name = Item(value=interpreter_in_words(record), small=small)
    pays = Item() if even is None else Item(value=even.grain_s)
    return row(machine_in_words(place.run), name, *_items(place, asked, subject), _gained(place), pays)


def _gained(place: OnMachine) -> Item:
    """How much of all CPUs a pool gains; nothing where load leaves it open."""
    evidence = place.run.of(place.target)
    pool = None if evidence.left_open("gains") else at_all_cpus(evidence, POOL, FANNKUCH.name)
    if pool is None or pool.speedup.point is None:
        return Item()
    share = percent(pool.speedup.point / pool.workers)
    return Item(value=f"{brief(pool.speedup)} of {count(pool.workers)}", small=share, sort=repr(pool.speedup.point))


def _record(place: OnMachine) -> TargetRecord:
    return next(record for record in place.run.manifest.targets if record.name == place.target)


def _items(place: OnMachine, asked: Sequence[_Asked], subject: Run) -> Iterator[Item]:
    for (question, wanted), verdict in zip(asked, place.verdicts, strict=True):
        item = _item(verdict, f"#{identity_of(question)}" if place.run is subject else "")
        yield replace(item, value=f"{item.value} {_OTHER_WORDS}") if _in_other_words(verdict, wanted) else item


def _is_one_of_several(place: OnMachine, places: Sequence[OnMachine]) -> bool:
    """Whether another run has a row with the same words for machine and interpreter."""
    return sum(_named(other) == _named(place) for other in places) > 1


def _named(place: OnMachine) -> tuple[str, ...]:
    record = _record(place)
    return machine_in_words(place.run), interpreter_in_words(record), build_in_words(record)


def in_short(study: Study) -> tuple[Table, ...]:
    """A line for each interpreter of the report's own machine; then, where there are others, a table of theirs.

    Statements stand in few words at the head. Of several runs of an interpreter on one machine the first stands here, that of the
    report before all; the whole table has every one.
    """
    questions = answered()
    first = [answer(question, study.subject, study.subject.targets[0]) for question in questions]
    asked = list(zip(questions, first, strict=True))
    once: dict[tuple[str, str], OnMachine] = {}
    for place in _places(study, questions, first):
        once.setdefault((machine_in_words(place.run), interpreter_in_words(_record(place))), place)
    own = machine_in_words(study.subject)
    here = {key: place for key, place in once.items() if key[0] == own}
    there = {key: place for key, place in once.items() if key[0] != own}
    said = [
        question.RECORD.name
        if verdict is None
        else f"{question.RECORD.name} {_SHORT.split(verdict.statement, maxsplit=1)[0].rstrip('.')}{_so_many(verdict)}"
        for question, verdict in zip(questions, first, strict=True)
    ]
    found = []
    for identity, places in (("first-matrix", here), ("first-matrix-elsewhere", there)):
        machines = list(dict.fromkeys(machine for machine, _ in places))
        if machines:
            found.append(
                Table(
                    id=identity,
                    label=f"{counted(len(questions), 'statement')} on {_everywhere(machines)}",
                    caption="",
                    heads=(
                        ("Interpreter" if len(machines) == 1 else "Machine and interpreter", "text"),
                        *((text, "text") for text in said),
                    ),
                    rows=tuple(
                        row(
                            Item(value=interpreter if len(machines) == 1 else f"{machine} · {interpreter}"),
                            *map(_in_few_words, _items(place, asked, study.subject)),
                        )
                        for (machine, interpreter), place in places.items()
                    ),
                    notes=_words_of_those_runs(list(places.values()), first),
                )
            )
    return tuple(found)


def _so_many(verdict: Verdict) -> str:
    """Of a ratio of costs which way it is: `faster: 36 400×` would be the contrary."""
    return f" (× {verdict.reads})" if verdict.reads in {"as long", "as much"} and not verdict.counts else ""


def _in_few_words(item: Item) -> Item:
    """A count by its counterexamples: `in 113, not in 87 of 200 trials` is `not in 87 of 200`."""
    if not isinstance(item.value, str):
        return item
    return replace(item, value=_COUNTER.sub("not in", item.value).removesuffix(" trials"))


def _everywhere(machines: Sequence[str]) -> str:
    """The one machine, or how many there are."""
    return machines[0] if len(machines) == 1 else counted(len(machines), "machine")


def _item(verdict: Verdict | None, href: str) -> Item:
    if verdict is None:
        return Item(mark=UNDECIDED)
    number = verdict.number
    if not isinstance(number, Estimate):  # a count, of which one counterexample decides
        return Item(value=number, mark=verdict.decision, href=href, sort=repr(verdict.average.point))
    interval = brief_interval(number)
    return Item(value=brief(number), mark=verdict.decision, href=href, sort=repr(number.point), small=interval)
