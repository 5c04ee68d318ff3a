"""What a decision is made of: the gate before its advice, a small table, and which of several ways costs least."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from study.blocks import Choice, Item, Table
from study.sections import compare
from study.sections.compare import NO_CLEAR_DIFFERENCE, UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import TypeVar

    from study.blocks import Column
    from study.evidence import Evidence
    from study.findings import Estimate, SideBySide
    from study.stats import Decided
    from study.table import CellData

    K = TypeVar("K", bound=Hashable)


def choice(
    evidence: Evidence,
    asked: str,
    answer: str,
    numbers: Table,
    *,
    notes: Sequence[str] = (),
    href: str,
    side_by_side: SideBySide,
) -> Choice:
    """The choice; its numbers without advice where the gate leaves open what it speaks of."""
    why = evidence.left_open(side_by_side)
    said = tuple(note for note in notes if note)
    if why:
        answer, said = f"No advice from this run: {why}", ()
    return Choice(asked=asked, answer=answer, numbers=numbers, notes=said, href=href)


def unknown(asked: str, href: str, why: str = "This run cannot say: it was not measured") -> Choice:
    """The choice of which the run says nothing."""
    return Choice(asked=asked, answer=why, numbers=None, notes=(), href=href)


def table(asked: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Estimate | None]]]) -> Table:
    """A small table: names in its first column, numbers above their intervals in the others."""
    columns: list[tuple[str, Column]] = [(text, "num" if index else "text") for index, text in enumerate(heads)]
    return Table(
        id="",
        caption="",
        label=asked,
        heads=tuple(columns),
        rows=tuple(
            (
                Item(value=name),
                *(Item(value="–") if estimate is None else Item(value=estimate) for estimate in estimates),
            )
            for name, estimates in rows
        ),
    )


def capital(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def listed(kinds: Mapping[str, Sequence[str]], separator: str = "; ") -> str:
    """What is said of which, such as `this for a, b; that for c`; what is said of nothing is left out."""
    return separator.join(f"{said} for {', '.join(names)}" for said, names in kinds.items() if names)


def lowest(evidence: Evidence, groups: Mapping[K, Mapping[str, CellData]]) -> dict[K, str]:
    """Group of ways -> the way that costs least, or in words between which of them that is not seen.

    Every pair of ways of every group is compared, and all of them count together: whichever is then looked at was not
    picked out of more than are counted.
    """
    ranked = {key: sorted(ways, key=lambda way: ways[way].means.mean()) for key, ways in groups.items()}
    decisions = compare.together(
        {
            (key, less, more): compare.ratio(evidence, groups[key][less], groups[key][more], "below")
            for key, ways in ranked.items()
            for less, more in combinations(ways, 2)
        }
    )
    return {
        key: _least(ways, {more: decisions[key, ways[0], more] for more in ways[1:]}) for key, ways in ranked.items()
    }


def _least(ranked: Sequence[str], beside_first: Mapping[str, Decided]) -> str:
    first, *_ = ranked
    near = {way: found.decision for way, found in beside_first.items() if found.decision != "supported"}
    if not near:
        return first
    *names, last = first, *near
    if set(near.values()) == {NO_CLEAR_DIFFERENCE}:
        return f"{NO_CLEAR_DIFFERENCE} between {', '.join(names)} and {last}"
    return f"{UNDECIDED} between {', '.join(names)} and {last}"
