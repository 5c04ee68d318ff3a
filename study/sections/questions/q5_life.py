"""A pool's life for five squares to scale: its parts side by side, a bar for each start method, and the plain loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.forms import Part, Pile, Stack
from study.sections.build import average_of, loop_beside, place_of
from study.sections.said import joined
from study.sections.ways import ANY_JOB, default_method
from study.things import START_METHODS
from study.things.backends import CALL, POOL
from study.things.start_methods import DEFAULT
from study.units import brief, with_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import CellData, Evidence

_PARTS = {"create": "made", "first_map": "first map", "close_join": "closed"}
"""Part of a pool's life -> what it is called in its bar, in their order."""


def to_scale(evidence: Evidence) -> Stack | None:
    """None where no life was measured with all its parts, or load leaves open what it costs."""
    if evidence.left_open("costs"):
        return None
    lives = sorted(_parts(evidence, "total"), key=place_of)
    piles = [pile for life in lives if (pile := _pile(evidence, life)) is not None]
    if not piles:
        return None
    loop = loop_beside(evidence, lives[0])
    first = () if loop is None else (Pile(name="plain loop", look=CALL.look, parts=(), whole=average_of(loop)),)
    told = joined([f"{brief(pile.whole)} under {pile.name}" for pile in piles])
    return Stack(
        id="q5-life",
        title=f"Five squares in a pool of their own take {told}",
        caption=(
            "To scale: making the pool, its first map, which waits until the workers have started, and closing it; parts were"
            f" measured apart and need not add up. {_made(piles)}"
        ),
        piles=(*first, *piles, *_shipped(evidence)),
    )


def _made(piles: Sequence[Pile]) -> str:
    """What making takes, with its brackets: without them a bar that is a little longer looks like a fact."""
    told = joined([f"{with_interval(pile.parts[0].size, reason=False)} under {pile.name}" for pile in piles])
    return f"Making it takes {told}."


def as_shipped(evidence: Evidence) -> CellData | None:
    """The program of Q5 with every default; None where it was not measured."""
    return evidence.one("pool_as_shipped", **{**ANY_JOB, "start_method": DEFAULT}, part="total")


def _shipped(evidence: Evidence) -> tuple[Pile, ...]:
    """The whole of the program as it stands, under the start method that it gets here."""
    data, default = as_shipped(evidence), default_method(evidence)
    if data is None or not default:
        return ()
    return (Pile(name=f"as shipped ({_served(default)})", look=POOL.look, parts=(), whole=average_of(data)),)


def _served(method: str) -> str:
    """The start method; of one with a server, that the program that is timed finds it running."""
    return f"{method}, its server running" if START_METHODS[method].has_server else method


def _parts(evidence: Evidence, part: str) -> list[CellData]:
    found = evidence.find("pool_lifecycle", question="Q5", part=part, **ANY_JOB)
    return [data for data in found if data.cell.backend == POOL.name]


def _pile(evidence: Evidence, life: CellData) -> Pile | None:
    method = life.cell.start_method
    parts = []
    for part, words in _PARTS.items():
        data = next((data for data in _parts(evidence, part) if data.cell.start_method == method), None)
        if data is None:
            return None
        parts.append(Part(label=words, size=average_of(data)))
    return Pile(name=method, look=START_METHODS[method].look, parts=tuple(parts), whole=average_of(life))
