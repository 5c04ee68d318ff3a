"""The first screen: a choice of everything that is stored, the reader's loop with an answer, and the pictures that decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Folded, Prose
from study.reports import Record, Section
from study.screens import Calculator, Card, Cards, Choose, Loop, Reply
from study.sections import loops, matrix
from study.sections.first_figures import life_to_scale, with_and_without_the_lock
from study.sections.foreteller import foreteller_of
from study.sections.loops import LOOPS
from study.sections.model_map import model_map
from study.sections.own_jobs import freights, jobs
from study.sections.pays_map import pays_map
from study.sections.places import stored
from study.sections.replies import WRITE, reply_to
from study.sections.tried_where import held_out_words
from study.units import counted, seconds, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.blocks import Block
    from study.evidence import Evidence, Study
    from study.forms import Map
    from study.sections.loops import Asked
    from study.sections.places import Stored

RECORD = Record(
    order=10,
    name="Your loop",
    title="Should this Python loop be parallel?",
    always=True,
    part="Your loop",
    apart=True,
)
KINDS: tuple[loops.Kind, ...] = (
    "Python code that computes",
    "C code that releases the GIL (much of NumPy)",
    "waiting",
    "nothing but its data",
)
_MOST_PLACES = 12
"""Of which the page holds all that the first screen says; further ones are named in the section on machines."""


def section(study: Study) -> Section:
    """The first place's cards, those of all places, and the other places' cards for when they are chosen."""
    places = stored(study)[:_MOST_PLACES]
    first, *others = places
    calculator = _calculator(study, first)
    blocks: list[Block] = [
        Choose(places=tuple(place.place for place in places)),
        _of(first, calculator),
        Cards(cards=tuple(_of_all(study, places))),
    ]
    for place in others:
        with study.left_out.apart(f"the first screen of {place.place.name}"):
            blocks.append(replace(_of(place, _calculator(study, place)), waiting=True))
    blocks += _on_paper(calculator.reply, calculator.asked)
    return Section(id="your-loop", name=RECORD.name, title=RECORD.title, blocks=tuple(blocks))


def _calculator(study: Study, place: Stored) -> Calculator:
    evidence = place.evidence
    why = evidence.left_open("gains")
    model = None if why else foreteller_of(evidence)
    empty = Calculator(
        place=place.place.id,
        kinds=KINDS,
        loop=loop_of(LOOPS[0]),
        asked="",
        reply=Reply(pays="open", headline="", parts=()),
        jobs=() if why else jobs(evidence),
        freights=() if why else freights(evidence),
        near=loops.NEAR,
        fewest=loops.FEWEST,
        most=loops.NEAR,
        why=why,
        model=None if model is None else model.judged_by(held_out_words(study, evidence)),
    )
    loop = _first_reached(empty)
    return replace(empty, loop=loop, asked=loop_words(loop), reply=reply_to(empty, loop))


def loop_of(asked: Asked) -> Loop:
    """One of the worked loops, as the reader's."""
    return Loop(
        items=asked.items,
        length_s=asked.length_s,
        sent_bytes=asked.sent_bytes,
        returned_bytes=asked.returned_bytes,
        kind=asked.kind,
    )


def _first_reached(calculator: Calculator) -> Loop:
    """Of the worked loops that compute the last that is reached by what was measured, for the last ones ask most; else of all."""
    asked = sorted((loop_of(loop) for loop in reversed(LOOPS)), key=lambda loop: loop.kind != KINDS[0])
    return next((loop for loop in asked if reply_to(calculator, loop).pays != "open"), asked[0])


def _of(place: Stored, calculator: Calculator) -> Cards:
    """What is told of one place."""
    identity, evidence = place.place.id, place.evidence
    return Cards(
        of=identity,
        cards=(
            Card(title="Your loop", blocks=(calculator,)),
            Card(blocks=(_map(calculator, evidence, identity=f"first-map-{identity}", kind=KINDS[0]),)),
            Card(blocks=(life_to_scale(evidence, identity=f"first-life-{identity}"),)),
        ),
    )


def _map(calculator: Calculator, evidence: Evidence, *, identity: str, kind: str) -> Map:
    """When it pays: by the model, else from what was measured."""
    model = None if calculator.why else foreteller_of(evidence)
    found = None if model is None else model_map(calculator, model, identity=identity, kind=kind)
    return found or pays_map(calculator, identity=identity, kind=kind)


def _of_all(study: Study, places: tuple[Stored, ...]) -> Iterator[Card]:
    """What is told of all places together."""
    with study.left_out.apart("threads and processes with and without the GIL"):
        yield Card(blocks=(with_and_without_the_lock(places),))
    with study.left_out.apart("the matrix of the first screen"):
        tables = matrix.in_short(study)
        folds = (
            Folded(id=f"{table.id}-fold", title=table.label, small=counted(len(table.rows), "row"), blocks=(table,))
            for table in tables[1:]
        )
        if tables:
            yield Card(title=tables[0].label, blocks=(tables[0], *folds), wide=True)


def _on_paper(reply: Reply, asked: str) -> Iterator[Block]:
    """The answer for those without a screen: sentences, and what to write as a program."""
    yield Prose(text=f"{reply.headline}. The loop that is answered: {asked}.", only="paper")
    for word, text in (*reply.parts, *reply.aside):
        if word == WRITE:
            yield Code(title=word, text=text, only="paper")
        else:
            yield Prose(text=f"{word}: {text}", only="paper")


def loop_words(loop: Loop) -> str:
    """The loop in words, as the page asks for it."""
    sent = f", each sent {size(loop.sent_bytes)}" if loop.sent_bytes else ""
    back = f", each returning {size(loop.returned_bytes)}" if loop.returned_bytes else ""
    long = f" of {seconds(loop.length_s)}" if loop.length_s else ""
    return f"{counted(loop.items, 'item')}{long}{sent}{back}: {loop.kind}"
