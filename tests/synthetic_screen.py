"""A hand-made first screen: two places, a loop with an answer, cards that wait, a sheet, two places set against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.blocks import Item, Prose, Table
from study.reports import Report, Section
from study.screens import AnyTwo, Calculator, Card, Cards, Choose, Freight, Job, Loop, Place, Reply, Sheet
from study.sections import your_loop
from study.sections.replies import reply_to
from tests import synthetic_report as synthetic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Block, Column

PYTHON, WAITING = "Python code that computes", "waiting"
LOOP = Loop(items=1000, length_s=2e-3, sent_bytes=0, returned_bytes=0, kind=PYTHON)
ROWS = 2000
"""Of the sheet: as many as the filter has to be quick with."""


def places(text: str = "a text") -> tuple[Place, ...]:
    """Two of one machine."""
    return (
        place(0, entry=f"3.14 {text}", build=f"2 usable CPUs {text}", machine=f"box {text}"),
        place(1, entry="3.14t", build="2 usable CPUs, without the GIL", machine=f"box {text}"),
    )


def place(number: int, *, entry: str, build: str, machine: str = "box") -> Place:
    """One of the places of a report."""
    return Place(
        id=f"place-{number}", name=f"{machine} · {entry}", build=build, run="box/one", machine=machine, entry=entry
    )


def job(
    length_s: float, gain: float, *, tasks: int = 500, carrier: str = "Pool", kind: str = PYTHON, text: str = ""
) -> Job:
    """A job whose gain is a gain above 1.1."""
    return Job(
        tasks=tasks,
        length_s=length_s,
        sent_bytes=0,
        returned_bytes=0,
        kind=kind,
        carrier=carrier,
        way=f"{carrier} of 2 {text}".strip(),
        code=f"with {carrier}(2) as pool:\n    pool.map(f, items)  # {text}",
        measured_as=f"{tasks} tasks through a {carrier} {text}".strip(),
        gain=gain,
        gain_text=f"{gain:.2f}× [{gain - 0.1:.2f}, {gain + 0.1:.2f}]",
        pays="yes" if gain > 1.1 else "no",
        begin_s=8e-3 if carrier == "Pool" else None,
        begin_text="5.0 ms and 3.0 ms" if carrier == "Pool" else "",
        work=f"work of {length_s:g} s",
    )


def jobs(text: str = "") -> tuple[Job, ...]:
    """A Pool at five lengths, threads at one, and one that waits."""
    gains = {1e-5: 0.4, 1e-4: 1.2, 1e-3: 1.7, 4e-3: 1.8, 2e-2: 1.9}
    return (
        *(job(length_s, gain, text=text) for length_s, gain in gains.items()),
        job(1e-3, 0.97, carrier="threads"),
        job(5e-3, 1.95, carrier="threads", kind=WAITING),
    )


FREIGHTS = tuple(
    Freight(carrier="Pool", sent_bytes=sent, returned_bytes=back, cost_s=cost_s, text=text)
    for sent, back, cost_s, text in (
        (65536, 0, 8e-5, "80 µs"),
        (1048576, 0, 1.4e-3, "1.4 ms"),
        (0, 65536, 9e-5, "90 µs"),
    )
)


def calculator(place: str = "place-0", text: str = "", loop: Loop = LOOP) -> Calculator:
    """With its own answer."""
    empty = Calculator(
        place=place,
        kinds=(PYTHON, WAITING),
        loop=loop,
        asked=f"1000 items of 2 ms: {PYTHON}",
        reply=Reply(pays="open", headline="", parts=()),
        jobs=jobs(text),
        freights=FREIGHTS,
        near=2.0,
        fewest=0.01,
        most=2.0,
    )
    return replace(empty, reply=reply_to(empty, loop))


def cards(place: str, text: str = "", *, waiting: bool = False) -> Cards:
    """The loop and a figure."""
    figure = replace(synthetic.rows_panel(f"first-{place}", text or "a text"), span="half")
    return Cards(
        of=place,
        waiting=waiting,
        cards=(
            Card(title=f"Your loop {text}".strip(), blocks=(calculator(place, text),)),
            Card(title="When it pays", blocks=(figure,)),
        ),
    )


def sheet(text: str = "a text", rows: int = ROWS) -> Sheet:
    """Cells with words, a number that some lack, and a count."""
    made = tuple(
        (
            Item(value=f"cell {number} {text}", small=f"small {number % 7}"),
            Item(value=("spawn", "fork", "forkserver")[number % 3]),
            Item(value=None if number % 5 == 0 else synthetic.estimate((number * 7919 % rows + 1) * 1e-6, 1e-7, 1.0)),
            Item(value=number),
        )
        for number in range(rows)
    )
    heads: tuple[tuple[str, Column], ...] = (
        ("Cell", "wide"),
        ("Method", "word"),
        ("Average", "num"),
        ("Processes", "num"),
    )
    table = Table(id="", caption="", heads=heads, rows=made, notes=(f"A note {text}.",))
    return Sheet(
        file="cells.html", title=f"Every cell {text}", about=f"All of them {text}.", table=table, csv="data/numbers.csv"
    )


RULES = {
    "fewest_runs": 4, "most_runs": 12, "fewest_cells": 8, "least_share": 0.5, "assumed_tau": 0.03, "assumed_df": 4,
    "smallest_tau": 0.01, "newest_of_component": 8,
}  # fmt: skip
SOME_CELLS = (0, -6.9, 1e-4, 10, 4, 0, 1, -5.0, 2e-4, 10, 4, 0, 2, -11.5, 1e-3, 10, 4, 0)
"""Three cells of a side: thing, mean, squared error, processes, loops, source."""


class TwoSides:
    """Two interpreters of two machines, with three cells each."""

    def __init__(self, text: str) -> None:
        """This text stands wherever one may."""
        self._text = text

    def told(self) -> dict[str, Any]:
        """As `study/sections/sides.py` tells it."""
        text = self._text
        return {
            "kinds": ["plain loop", "messages"],
            "things": [[f"thing {number} {text}", int(number == 2), 0, -1, 0.0] for number in range(3)],
            "facts": [["CPU model", "machine", 0.0], ["kernel", "state", 0.0], ["memory", "machine", 0.04]],
            "texts": [f"AMD {text}", f"Intel {text}", "6.1"],
            "rules": RULES,
            "says": {"two machines": f"Two machines {text}.", "not comparable": "Not comparable."},
            "why": {"nothing": "No cell was measured in both."},
            "sides": [self._side(0, "box"), self._side(1, "tower")],
        }

    def _side(self, number: int, machine: str) -> dict[str, Any]:
        text = self._text
        cells = [value + 0.3 * number if index % 6 == 1 else value for index, value in enumerate(SOME_CELLS)]
        return {
            "id": f"{machine}/one@py", "machine": f"{machine} {text}", "interpreter": f"CPython {text}",
            "build": f"a build {text}", "run": f"{machine}/one", "target": "py", "ended": "2026-01-01T00:00:00Z",
            "when": f"a day {text}",
            "rounds": "10 rounds", "measured": 4, "simulated": False, "debug": False, "sampling": "3/1",
            "hardware": number, "kin": number, "speaks": True, "facts": [number, 2, 4e9 * (1 + number)], "cells": cells,
        }  # fmt: skip


def any_two(text: str = "a text") -> AnyTwo:
    """The first of two sides against the other."""
    return AnyTwo(id="any-two", table=synthetic.table("", text), levels=TwoSides(text))


def report(text: str = "a text") -> Report:
    """The synthetic report with a first screen before it and what else only a screen has after it."""
    first = Section(
        id="your-loop",
        name="Your loop",
        title="Should this loop be parallel?",
        part="Your loop",
        blocks=(
            Choose(places=places(text)),
            cards("place-0", text),
            Cards(cards=(Card(title="All of them", wide=True, blocks=(synthetic.table("first-matrix", text),)),)),
            cards("place-1", waiting=True),
            Prose(text=f"The answer for paper {text}", only="paper"),
        ),
    )
    last = Section(id="cells", name="Cells", title="Cells", part="How sure", blocks=(any_two(text), sheet(text)))
    short = synthetic.report(text)
    return replace(short, sections=(first, *short.sections, last))


def report_of(chosen: Sequence[Place]) -> Report:
    """Only a first screen: these places, each with its own cards."""
    own = (cards(place.id, waiting=number > 0) for number, place in enumerate(chosen))
    blocks: tuple[Block, ...] = (Choose(places=tuple(chosen)), *own)
    first = Section(id="your-loop", name="Your loop", title=your_loop.RECORD.title, part="Your loop", blocks=blocks)
    return replace(synthetic.report(), sections=(first,))
