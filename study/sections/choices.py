"""What a decision is made of: what load leaves open before its advice, a small table, and which of several ways costs least."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Choice, Item, Table
from study.findings import Estimate
from study.sections import compare
from study.sections.compare import NO_CLEAR_DIFFERENCE, UNDECIDED
from study.sections.tables import row
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from typing import TypeVar

    from study.evidence import CellData, Evidence
    from study.findings import SideBySide
    from study.stats import Decided

    K = TypeVar("K", bound=Hashable)


_MOST_NAMED, _MOST_OPEN = 3, 8
"""Of which the same is said, and of which nothing can be; the names of more are in the table."""
NOT_MEASURED = "This run cannot say: it was not measured"


class Advice(NamedTuple):
    """What a run says of a choice.

    Attributes
    ----------
    answer : in a few words.
    heads, rows : a small table of names with their numbers; a text stands as it is. What n is stands behind them.
    notes : what else to know of it, the first beside the answer.
    number : the number that the answer speaks of, and what it is of in words; None where it speaks of none.
    """

    answer: str
    heads: Sequence[str]
    rows: Iterable[tuple[str, Sequence[Estimate | str | None]]]
    notes: Sequence[str] = ()
    number: tuple[Estimate, str] | None = None


def choice(
    evidence: Evidence, asked: str, href: str, side_by_side: SideBySide, advise: Callable[[Evidence], Advice | str]
) -> Choice:
    """The choice; its numbers without advice where load leaves open what it speaks of.

    Parameters
    ----------
    advise : what the run says, or why it says nothing.
    """
    advice = advise(evidence)
    if isinstance(advice, str):
        return Choice(asked=asked, answer=advice, numbers=None, notes=(), href=href)
    answer, said, number = advice.answer, tuple(note for note in advice.notes if note), advice.number
    if why := evidence.left_open(side_by_side):
        answer, said, number = f"No advice from this run: {why}", (), None
    rows = [(name, tuple(shown)) for name, shown in advice.rows]
    texts = {index for _, shown in rows for index, value in enumerate(shown, 1) if isinstance(value, str)} | {0}
    numbers = Table(
        id="",
        caption="",
        label=asked,
        heads=(
            *((head, "text" if index in texts else "num") for index, head in enumerate(advice.heads)),
            ("n", "text"),
        ),
        rows=tuple(row(name, *(value or "–" for value in shown), _of_processes(shown)) for name, shown in rows),
    )
    return Choice(
        asked=asked,
        answer=answer,
        numbers=numbers,
        notes=said,
        href=href,
        number=None if number is None else number[0],
        named="" if number is None else number[1],
    )


def _of_processes(shown: Iterable[Estimate | str | None]) -> Item:
    """How many fresh processes are behind the numbers of a row: `10`, `6 to 10`; sorted by the most, empty of none."""
    sizes = sorted({value.n for value in shown if isinstance(value, Estimate) and value.point is not None and value.n})
    if not sizes:
        return Item()
    return Item(value=" to ".join(count(size) for size in dict.fromkeys((sizes[0], sizes[-1]))), sort=repr(sizes[-1]))


def capital(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def listed(
    kinds: Mapping[str, Sequence[str]],
    separator: str = "; ",
    things: tuple[str, str] = ("kind of work", "kinds of work"),
) -> str:
    """What is said of which, such as `this for a, b; that for c`; of many how many they are: the table names them.

    What is said of nothing is left out. Of more it is named what stays open, which a reader has to try.
    """
    return separator.join(
        f"{said} for {_named(names, things, _MOST_OPEN if said == UNDECIDED else _MOST_NAMED)}"
        for said, names in kinds.items()
        if names
    )


def _named(names: Sequence[str], things: tuple[str, str], most: int) -> str:
    return ", ".join(names) if len(names) <= most else counted(len(names), *things)


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
    near = {way: found.decision for way, found in beside_first.items() if found.decision != "supported"}
    if not near:
        return ranked[0]
    *names, last = ranked[0], *near
    open_ = NO_CLEAR_DIFFERENCE if set(near.values()) == {NO_CLEAR_DIFFERENCE} else UNDECIDED
    return f"{open_} between {', '.join(names)} and {last}"
