"""The side that the report is about against each other one, a row each, by kinds: what stands of comparisons without a script."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.blocks import Item, Table
from study.compare.kinds import KINDS
from study.compare.ladder import comparability
from study.sections.head import moment
from study.sections.sides import thing_of
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.compare.kinds import Kind
    from study.sections.files import Row
    from study.sections.sides import Placed, Sides
    from study.store import Level

_HOW = (
    "The number is the middle of the ratios of a kind, that run over this one, with the least and the most beside it;"
    " cells count that both measured with the same programs and whose numbers are all above 0, and a plain loop by its task."
    " Ratios describe two runs, and where builds or compilers differ not versions of Python alone: what may be called says"
    " nox -s compare -- A B."
)


class OfKind(NamedTuple):
    """Ratios of a kind: how many, the one in the middle, the least and the most."""

    cells: int
    middle: float
    least: float
    most: float


class Against(NamedTuple):
    """One side over the first: what they are to each other, cells in both and in either, and ratios by kind; None of all.

    `why` is why the two are not comparable, a sentence, or ''.
    """

    place: Placed
    standing: str
    both: int
    either: int
    kinds: Mapping[Kind | None, OfKind]
    why: str = ""


def against_first(sides: Sides) -> Table:
    """A row for each side, that of the report first."""
    rows = list(_every(sides))
    kinds = [kind for kind in KINDS if any(kind in row.kinds for row in rows)]
    return Table(
        id="",
        caption="",
        label="This report's run against each other one",
        heads=(
            ("Run", "wide"),
            ("Beside this one", "text"),
            ("Cells in both", "num"),
            ("Middle of all", "num"),
            *((KINDS[kind].capitalize(), "num") for kind in kinds),
        ),
        rows=tuple(
            (
                _run(row.place),
                Item(value=row.standing),
                Item(value=f"{count(row.both)} of {count(row.either)}", sort=str(row.both)),
                *(_item(row.kinds.get(kind)) for kind in (None, *kinds)),
            )
            for row in rows
        ),
        empty="No other run is stored.",
        notes=(_HOW, *_left_out(sides), *_refused(rows)),
        aside=(1,),
    )


def _refused(rows: Sequence[Against]) -> Iterator[str]:
    """Why some rows have no ratios, each reason once."""
    for why, times in Counter(row.why for row in rows if row.why).items():
        yield f"Not comparable, {counted(times, 'row')}: {why}"


def _left_out(sides: Sides) -> list[str]:
    """That the page does not hold every cell, where it does not."""
    if not sides.left_out:
        return []
    held = counted(len(sides.things), "cell")
    return [
        f"Any two are set against each other by the {held} that most runs have; {count(sides.left_out)} more are in fewer."
    ]


def _run(place: Placed) -> Item:
    """The run in words, with what it is called; its whole name sorts it."""
    run = place.side.run
    small = f"{run.machine}, {place.build}, {moment(run.head.ended)}"
    return Item(value=f"{place.machine} · {place.interpreter}", small=small, sort=place.side.name)


def rows_of_file(sides: Sides) -> tuple[Row, ...]:
    """The same as data."""
    return tuple(
        {
            "machine": row.place.side.run.machine,
            "run": row.place.side.run.id,
            "target": row.place.side.target,
            "hardware": row.place.machine,
            "interpreter": row.place.interpreter,
            "ended": row.place.side.run.head.ended,
            "standing": row.standing,
            "cells_in_both": row.both,
            "cells_in_either": row.either,
            **{
                f"{KINDS[kind] if kind else 'all'} {name}": value
                for kind in (None, *KINDS)
                for name, value in zip(("middle", "least", "most"), _numbers(row.kinds.get(kind)), strict=True)
            },
        }
        for row in _every(sides)
    )


def _numbers(found: OfKind | None) -> tuple[float | None, ...]:
    return (None, None, None) if found is None else (found.middle, found.least, found.most)


def _item(found: OfKind | None) -> Item:
    if found is None:
        return Item()
    span = f"{_short(found.least)}–{_short(found.most)}" if found.cells > 1 else ""
    return Item(value=f"{_short(found.middle)}×", small=span, sort=repr(found.middle))


def _short(ratio: float) -> str:
    """Two decimals, fewer of a large number."""
    return f"{ratio:.2f}" if ratio < 10 else count(round(ratio))


def _every(sides: Sides) -> Iterator[Against]:
    first, *_ = sides.every or (None,)
    if first is None:
        return
    own = sides.cells[0]
    own_loops = _loops(own)
    for place, cells in zip(sides.every, sides.cells, strict=True):
        if place is first:
            yield Against(place, "this report's own", len(cells), len(cells), {})
            continue
        found = comparability(first.side, place.side)
        refused = found.standing == "not comparable"
        ratios = {} if refused else dict(_ratios(own, own_loops, cells))
        both = len(ratios)
        why = found.why if refused else ""
        yield Against(place, found.standing, both, len(own) + len(cells) - both, _by_kind(ratios), why)


def _loops(cells: Mapping[str, Level]) -> dict[str, list[str]]:
    """Plain loop of one task -> the texts of all like it, in order."""
    found: dict[str, list[str]] = {}
    for text in cells:
        thing = thing_of(text)
        if thing is not None and thing.loop:
            found.setdefault(thing.loop, []).append(text)
    return found


def _ratios(
    own: Mapping[str, Level], own_loops: Mapping[str, list[str]], cells: Mapping[str, Level]
) -> Iterator[tuple[str, float]]:
    """Cell -> logarithm of the second over the first, of what the same programs timed; see `study.compare.cells.common`."""
    for text, level in cells.items():
        mine = own.get(text)
        if mine is not None and mine.source == level.source:
            yield text, level.mean - mine.mean
    for loop, texts in _loops(cells).items():
        here = next((text for text in own_loops.get(loop, ()) if text not in cells), None)
        there = next((text for text in texts if text not in own), None)
        if here and there and own[here].source == cells[there].source:
            yield here, _by_task(there, cells[there]) - _by_task(here, own[here])


def _by_task(text: str, level: Level) -> float:
    thing = thing_of(text)
    return level.mean - (thing.log_tasks if thing is not None else 0.0)


def _by_kind(ratios: Mapping[str, float]) -> dict[Kind | None, OfKind]:
    groups: dict[Kind | None, list[float]] = {}
    for text, gap in ratios.items():
        thing = thing_of(text)
        if thing is not None:
            groups.setdefault(None, []).append(gap)
            groups.setdefault(thing.kind, []).append(gap)
    return {
        kind: OfKind(len(gaps), math.exp(float(np.median(gaps))), math.exp(min(gaps)), math.exp(max(gaps)))
        for kind, gaps in groups.items()
    }
