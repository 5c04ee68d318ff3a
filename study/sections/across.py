"""Across machines and interpreters: how far statements agree, every place's numbers, any two set against each other, and history.

Runs are never pooled, and nothing is called between machines: ratios describe two runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Heading, Item, Prose, Table
from study.compare.agreement import agreement
from study.evidence.subject import MANY
from study.findings import Estimate
from study.reports import DataFile, Record, Section
from study.screens import AnyTwo, Sheet
from study.sections import matrix
from study.sections.against import against_first, rows_of_file
from study.sections.claims import verdicts
from study.sections.past import figures, histories_of
from study.sections.places import machine_in_words, stored
from study.sections.said import joined, sentences
from study.sections.sides import Sides, placed
from study.sections.tables import row
from study.units import brief, count, counted, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Block, Verdict
    from study.compare.agreement import Agreement, Differing
    from study.evidence import Study
    from study.sections.places import Stored

RECORD = Record(order=112, name="Across machines", title="Across machines and interpreters", part="Answers")
_FILE, _ROWS = "machines.html", "machines.csv"
_MOST_ON_PAPER = 12
"""Runs beside the first."""
_MOST_NAMED = 3
"""Statements that differ are named in the sentence up to this number; the table has all."""


class Beside(NamedTuple):
    """A place that decided statements as the first one did, or otherwise."""

    place: Stored
    found: Agreement


def section(study: Study) -> Section | None:
    """None where there is neither a second place nor a run beside the one that the report is about."""
    places = stored(study)
    every = placed(study)
    histories = study.left_out.instead("machines over time", lambda: histories_of(study), lambda _: ())
    if len(every) < 2 and not histories:
        return None
    beside = [Beside(place, agreement(_verdicts(places[0]), _verdicts(place))) for place in places[1:]]
    sides = Sides(every)
    table = against_first(sides)
    two = AnyTwo(id="any-two", table=table, levels=sides)
    blocks: list[Block] = [*_differing(places[0], beside), Heading(id="matrix", text=matrix.TITLE), matrix.table(study)]
    if len(every) > 1:
        blocks.append(Heading(id="two", text="Any two set against each other"))
        blocks += _page(table, two, len(study.sound)) if len(study.sound) > MANY else (two,)
        blocks.append(replace(table, rows=table.rows[:_MOST_ON_PAPER], only="paper"))
    if histories:
        blocks += (Heading(id="over-time", text="The same machine over time"), *figures(histories))
    return Section(
        id="across",
        name=RECORD.name,
        title=RECORD.title,
        blocks=tuple(blocks),
        files=(DataFile(name=_ROWS, about="every run beside the one that the report is about", rows=rows_of_file(sides)),),
        answer=_answer(places[0], beside),
        lede=_lede(beside[1:], len({place.hardware for place in every}), len(study.sound) or len(study.runs)),
    )


def _verdicts(place: Stored) -> list[Verdict]:
    return [verdict for verdict in verdicts(place.run) if verdict.target == place.target]


def _answer(first: Stored, beside: Sequence[Beside]) -> str:
    """How many statements were decided on this machine and on another one, and how many of these alike; else of interpreters."""
    own = machine_in_words(first.run)
    for other in (*_elsewhere(own, beside), *beside):
        there = machine_in_words(other.place.run)
        if other.found.decided:
            where = f"on {own} and on {there}" if there != own else f"with {first.interpreter} and with {other.place.interpreter}"
            return sentences((_agreed(other, where),))
    return ""


def _elsewhere(own: str, beside: Sequence[Beside]) -> list[Beside]:
    return [other for other in beside if machine_in_words(other.place.run) != own and other.found.decided]


def _agreed(other: Beside, where: str) -> str:
    """`24 of 26 statements that were decided on A and on B agree; they differ in …`."""
    found = other.found
    share = "all" if found.agree == found.decided else f"{count(found.agree)} of"
    said = f"{share} {spelled(found.decided, 'statement')} that were decided {where} agree"
    if found.differ:
        names = [f"{differing.claim} ({_number(differing.first)} / {_number(differing.second)})" for differing in found.differ]
        more = len(names) - _MOST_NAMED
        listed = names[:_MOST_NAMED] + ([f"{count(more)} more"] if more > 0 else [])
        said += f"; different: {joined(listed)}"
    return said


def _number(verdict: Verdict) -> str:
    number = verdict.number
    return brief(number) if isinstance(number, Estimate) else number


def _lede(others: Sequence[Beside], machines: int, runs: int) -> str:
    """How much is stored, how far the next places agree, and that nothing is pooled."""
    further = [
        f"{other.place.place.name}: {count(other.found.agree)} of {count(other.found.decided)}"
        for other in others[:_MOST_NAMED]
        if other.found.decided
    ]
    return sentences(
        (
            f"{counted(runs, 'run')} on {counted(machines, 'machine')}, each with its own answers",
            f"alike as well: {'; '.join(further)}" if further else "",
            "ratios between runs describe these runs",
        )
    )


def _differing(first: Stored, beside: Sequence[Beside]) -> Iterator[Table]:
    """Every statement that is decided otherwise somewhere, with both numbers."""
    rows = [
        row(
            differing.statement,
            Item(value=first.place.name, small=first.place.build),
            Item(value=_number(differing.first), mark=differing.first.decision),
            Item(value=other.place.place.name, small=other.place.place.build),
            Item(value=_number(differing.second), mark=differing.second.decision),
        )
        for differing, other in _by_statement(beside)
    ]
    if rows:
        yield Table(
            id="differing",
            caption="",
            label="Statements that are decided differently",
            heads=(("Statement", "wide"), ("Here", "text"), ("Number", "num"), ("There", "text"), ("Number", "num")),
            rows=tuple(rows),
        )


def _by_statement(beside: Sequence[Beside]) -> list[tuple[Differing, Beside]]:
    """What differs somewhere, the places of one statement together."""
    found = [(differing, other) for other in beside for differing in other.found.differ]
    order = {claim: number for number, claim in enumerate(dict.fromkeys(differing.claim for differing, _ in found))}
    return sorted(found, key=lambda pair: order[pair[0].claim])


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
    return sheet, Prose(text="Above stand the statements on the machines that are nearest to the one of this report.", kind="small")
