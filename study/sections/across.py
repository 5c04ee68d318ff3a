"""Across machines and interpreters: how far statements agree, every place's numbers, any two set against each other, and history.

Runs are never pooled, and nothing is called between machines: ratios describe two runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Heading, Item, Prose, Table
from study.evidence.subject import MANY
from study.findings import Estimate
from study.reports import DataFile, Record, Section
from study.screens import AnyTwo, Sheet
from study.sections import matrix
from study.sections.against import against_first, rows_of_file
from study.sections.claims import verdicts
from study.sections.compare import UNDECIDED
from study.sections.past import figures, histories_of
from study.sections.places import machine_in_words, stored
from study.sections.said import joined, sentences
from study.sections.sides import Sides, placed
from study.sections.tables import row
from study.units import count, counted, multiple, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Block, Verdict
    from study.evidence import Study
    from study.sections.places import Stored

RECORD = Record(order=112, name="Across machines", title="Across machines and interpreters", part="Answers")
_FILE, _ROWS = "machines.html", "machines.csv"
_MOST_NAMED = 1
"""Statements that differ are named in the sentence up to this number; the table has all."""


class Decided(NamedTuple):
    """A statement that several places decided: with its verdict there, in the order of the places."""

    verdicts: tuple[tuple[Stored, Verdict], ...]

    @property
    def others(self) -> tuple[tuple[Stored, Verdict], ...]:
        """The places that decided it otherwise than the first of them."""
        return tuple(found for found in self.verdicts if found[1].decision != self.verdicts[0][1].decision)


def section(study: Study) -> Section | None:
    """None where there is neither a second place nor a run beside the one that the report is about."""
    places = stored(study)
    every = placed(study)
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
        blocks += (Heading(id="matrix", text=matrix.TITLE), statements)
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
            f"{counted(len(study.sound) or len(study.runs), 'run')} on"
            f" {counted(len({place.hardware for place in every}), 'machine')}, each with its own answers. Ratios between runs"
            " describe these runs. Decided is what is supported, refuted or without a clear difference; every verdict is in"
            " data/verdicts.csv."
        ),
    )


def decided_by(places: Sequence[Stored]) -> list[Decided]:
    """Every statement that more than one place decided."""
    found: dict[tuple[str, str], list[tuple[Stored, Verdict]]] = {}
    for place in places:
        for verdict in verdicts(place.run):
            if verdict.target == place.target and verdict.decision != UNDECIDED:
                found.setdefault((verdict.claim, verdict.statement), []).append((place, verdict))
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
    names = [_told(found) for found in differing[:_MOST_NAMED]]
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


def _told(found: Decided) -> str:
    """The statement, with the number of the first place and that of the first that decided it otherwise."""
    (_, first), (_, other) = found.verdicts[0], found.others[0]
    statement = first.statement.partition(":")[0].rstrip(".")
    return f"“{statement}” ({_number(first)} / {_number(other)})"


def _number(verdict: Verdict) -> str:
    """With its interval; a count has none."""
    number = verdict.number
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
            Item(value=_number(first), mark=first.decision, small=named(place, first)),
            Item(value=_number(verdict), mark=verdict.decision, small=named(there, verdict)),
        )
        for found in decided
        for place, first in found.verdicts[:1]
        for there, verdict in found.others
    ]
    if rows:
        yield Table(
            id="differing",
            caption="",
            label="Statements that are decided differently",
            heads=(("Statement", "wide"), ("Here", "text"), ("There", "text")),
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
