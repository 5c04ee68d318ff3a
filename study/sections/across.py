"""Across machines and interpreters: how far statements agree, every place's numbers, any two set against each other, and history.

Runs are never pooled, and nothing is called between machines: ratios describe two runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Heading, Item, Prose, Table
from study.evidence.subject import MANY
from study.findings import Estimate
from study.names import told_from
from study.reports import DataFile, Record, Section
from study.screens import AnyTwo, Sheet
from study.sections import matrix
from study.sections.against import against_first, rows_of_file
from study.sections.claims import WORST_FIRST, verdicts
from study.sections.compare import UNDECIDED
from study.sections.past import figures, histories_of
from study.sections.places import machine_in_words, stored
from study.sections.said import joined, sentences
from study.sections.sides import Sides, placed
from study.sections.tables import row
from study.store import cell_of
from study.units import count, counted, multiple, spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from study.blocks import Block, Verdict
    from study.evidence import Study
    from study.sections.places import Stored
    from study.sections.sides import Placed

RECORD = Record(order=112, name="Across machines", title="Across machines and interpreters", part="Answers")
_FILE, _ROWS = "machines.html", "machines.csv"
_MOST_NAMED = 1
"""Statements that differ are named in the sentence up to this number; the table has all."""


class Decided(NamedTuple):
    """A claim that several places decided, whatever its words: with its verdict there, in the order of the places."""

    verdicts: tuple[tuple[Stored, Verdict], ...]

    @property
    def others(self) -> tuple[tuple[Stored, Verdict], ...]:
        """The places that decided it otherwise than the first of them."""
        return tuple(found for found in self.verdicts if found[1].decision != self.verdicts[0][1].decision)


class Both(NamedTuple):
    """The number of a claim in two places: of the same test of it, the one that decided otherwise.

    `of` is whose number it is, where it is that of a further test: the statement speaks of another one first.
    """

    one: str
    another: str
    apart: bool
    of: str = ""


def both(first: Verdict, other: Verdict) -> Both:
    """Of a claim with several tests the two verdicts can have the numbers of different ones, which are no pair."""
    deciding = min(first, other, key=lambda verdict: WORST_FIRST.index(verdict.decision))
    one, another = (_number_of(verdict, deciding.test) for verdict in (first, other))
    if isinstance(one, Estimate) and isinstance(another, Estimate):
        ends = one.low, one.high, another.low, another.high
        apart = None not in ends and (ends[0] > ends[3] or ends[2] > ends[1])  # type: ignore[operator]
    else:
        apart = one != another
    cells = [cell_of(text) for text in deciding.cells[:2]] if deciding.test else []
    return Both(
        _told_number(one), _told_number(another), apart, told_from(cells[1], cells[0]) if len(cells) > 1 else ""
    )


def section(study: Study) -> Section | None:
    """None where there is neither a second place nor a run beside the one that the report is about."""
    places = stored(study)
    every = placed(study)
    told = {run.name for run in study.runs if run.manifest.simulated == study.subject.manifest.simulated}
    histories = study.left_out.instead("machines over time", lambda: histories_of(study), lambda _: ())
    if len(every) < 2 and not histories:
        return None
    decided = decided_by(places)
    sides = Sides(every)
    table = against_first(sides)
    two = AnyTwo(id="any-two", table=table, levels=sides)
    statements = matrix.table(study)
    blocks: list[Block] = [*_differing(decided)]
    if statements.rows:
        blocks += (Heading(id="matrix", text=matrix.TITLE), *matrix.parted(statements))
    if len(every) > 1:
        blocks.append(Heading(id="two", text="Any two set against each other", only="screen"))
        blocks += _page(table, two, len(study.sound)) if len(study.sound) > MANY else (two,)
    if histories:
        blocks += (Heading(id="over-time", text="The same machine over time"), *figures(histories))
    return Section(
        id="across",
        name=RECORD.name,
        title=RECORD.title,
        blocks=tuple(blocks),
        files=(
            DataFile(name=_ROWS, about="every run beside the one that the report is about", rows=rows_of_file(sides)),
        ),
        answer=answer(decided),
        lede=(
            f"{_runs(every, told)}. Ratios between runs describe these runs. Decided is what is supported, refuted or without a"
            " clear difference; every verdict is in data/verdicts.csv."
        ),
    )


def _runs(every: Sequence[Placed], told: Collection[str]) -> str:
    """How many runs have answers here, on how many machines; how many more are only set against each other."""
    answered = {place.side.run.name for place in every} & set(told)
    machines = {place.hardware for place in every if place.side.run.name in answered}
    more = len({place.side.run.name for place in every} - answered)
    said = f"{counted(len(answered), 'run')} on {counted(len(machines), 'machine')}, each with its own answers"
    return (
        f"{said}; {count(more)} more without them, known by the times of {'its' if more == 1 else 'their'} cells"
        if more
        else said
    )


def decided_by(places: Sequence[Stored]) -> list[Decided]:
    """Every claim that more than one place decided; its words may have changed between two runs."""
    found: dict[str, list[tuple[Stored, Verdict]]] = {}
    for place in places:
        for verdict in verdicts(place.run):
            if verdict.target == place.target and verdict.decision != UNDECIDED:
                found.setdefault(verdict.claim, []).append((place, verdict))
    return [Decided(tuple(several)) for several in found.values() if len(several) > 1]


def answer(decided: Sequence[Decided]) -> str:
    """How many statements were decided alike wherever they were decided, and which were not, with both numbers."""
    if not decided:
        return ""
    places = list(dict.fromkeys(place for found in decided for place, _ in found.verdicts))
    differing = [found for found in decided if found.others]
    agree = len(decided) - len(differing)
    share = "all" if not differing else f"{count(agree)} of"
    said = f"{share} {counted(len(decided), 'statement')} that were decided {_where(places)} agree"
    names = [_told(found) for found in sorted(differing, key=_says_least)[:_MOST_NAMED]]
    more = len(differing) - len(names)
    return sentences(
        (said + (f"; different: {joined([*names, *([f'{count(more)} more'] if more else [])])}" if names else ""),)
    )


def _where(places: Sequence[Stored]) -> str:
    """`on AMD EPYC, 2 CPUs and on Intel Xeon, 2 CPUs`; of more than two places how many they are."""
    machines = list(dict.fromkeys(machine_in_words(place.run) for place in places))
    if len(places) == 2:
        return f"on {machines[0]} and on {machines[1]}" if len(machines) > 1 else _and_with(places)
    interpreters = len({place.interpreter for place in places})
    where = f"{spelled(len(machines), 'machine')}, {spelled(interpreters, 'interpreter')}"
    return f"in more than one place ({where})"


def _and_with(places: Sequence[Stored]) -> str:
    return " and ".join(f"with {place.interpreter}" for place in places)


def _pairs(found: Decided) -> list[Both]:
    """The first place beside each that decided it otherwise."""
    return [both(found.verdicts[0][1], other) for _, other in found.others]


def _says_least(found: Decided) -> tuple[bool, bool]:
    """What is sorted by, so that the difference which is named shows one: first those whose intervals lie apart."""
    pairs = _pairs(found)
    return not any(pair.apart for pair in pairs), all(pair.one == pair.another for pair in pairs)


def _told(found: Decided) -> str:
    """The statement, with the number of the first place and one that decided it otherwise; without where these are equal."""
    statement = f"“{found.verdicts[0][1].statement.partition(':')[0].rstrip('.')}”"
    pair = min(_pairs(found), key=lambda pair: (not pair.apart, pair.one == pair.another))
    whose = f"{pair.of}: " if pair.of else ""
    return statement if pair.one == pair.another else f"{statement} ({whose}{pair.one} / {pair.another})"


def _number_of(verdict: Verdict, test: int) -> Estimate | str:
    """Of that test of the claim; of a run whose claim has not so many the one it has."""
    number = None if verdict.test == test else verdict.average_of(test)
    return verdict.number if number is None else number


def _told_number(number: Estimate | str) -> str:
    """With its interval; a count has none."""
    return multiple(number) if isinstance(number, Estimate) else number


def _differing(decided: Sequence[Decided]) -> Iterator[Table]:
    """Every statement that is decided otherwise somewhere, with both numbers."""
    machines = {machine_in_words(place.run) for found in decided for place, _ in found.verdicts}

    def named(place: Stored, verdict: Verdict) -> str:
        name = place.place.name if len(machines) > 1 else place.interpreter
        return name if verdict.counts else f"{name}, n = {count(verdict.average.n)}"

    rows = [
        row(
            first.statement,
            Item(value=pair.one, mark=first.decision, small=", ".join(filter(None, (pair.of, named(place, first))))),
            Item(value=pair.another, mark=verdict.decision, small=named(there, verdict)),
        )
        for found in decided
        for place, first in found.verdicts[:1]
        for (there, verdict), pair in zip(found.others, _pairs(found), strict=True)
    ]
    if rows:
        yield Table(
            id="differing",
            caption="",
            label="Statements that are decided differently",
            heads=(("Statement", "wide"), ("One", "text"), ("Another", "text")),
            rows=tuple(rows),
        )


def _page(table: Table, two: AnyTwo, runs: int) -> tuple[Block, ...]:
    """A page of its own for very many runs: any two of them, and one filter over all; the nearest stand here too."""
    sheet = Sheet(
        file=_FILE,
        title="Every run",
        about=f"{counted(runs, 'run')}, any two set against each other, with one filter over all of them.",
        table=table,
        csv=f"data/{_ROWS}",
        two=two,
    )
    return sheet, Prose(
        text="Above stand the statements on the machines that are nearest to the one of this report.", kind="small"
    )
