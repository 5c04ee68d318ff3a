"""Tables that several sections have: labels with values, estimates with their names, what was stored or that nothing was."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from study.blocks import Item, Prose, Table
from study.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from study.blocks import Block, Column
    from study.findings import Estimate


def row(*values: Item | str | Estimate | int | None) -> tuple[Item, ...]:
    """A row of a table; what is no item yet is shown as it is."""
    return tuple(value if isinstance(value, Item) else Item(value=value) for value in values)


def facts(identity: str, caption: str, pairs: Iterable[tuple[str, str]]) -> Table:
    """Labels and values."""
    return Table(
        id=identity,
        caption=caption,
        heads=(("What", "text"), ("Value", "text")),
        rows=tuple(row(*pair) for pair in pairs),
        empty="Nothing could be read here.",
    )


def numbers(
    identity: str,
    *,
    title: str,
    subtitle: str,
    heads: Sequence[str],
    rows: Iterable[tuple[Sequence[str], Estimate]],
    notes: Sequence[str] = (),
) -> Table:
    """Estimates with their intervals and numbers of processes, each behind its names, a name for each of `heads`."""
    named: tuple[tuple[str, Column], ...] = tuple((head.capitalize(), "text") for head in heads)
    return Table(
        id=identity,
        caption=f"{title}. {subtitle}.",
        heads=(*named, ("Number and interval", "num"), ("n", "num")),
        rows=tuple(
            row(*names, Item(value=estimate, with_reason=True), Item(value=estimate.n)) for names, estimate in rows
        ),
        notes=tuple(notes),
    )


def or_none(about: str, tables: Sequence[Table], none: str) -> tuple[Block, ...]:
    """What tables are about, and the tables, or the sentence that there are none."""
    return (Prose(text=about), *(tables or (Prose(text=none, kind="empty"),)))


def of_outcome(
    name: str, found: Mapping[str, Any] | None, make: Callable[[Mapping[str, Any]], tuple[Table, ...]]
) -> tuple[Table, ...]:
    """The tables of what a session beside the study stored; none where it stored nothing.

    Raises
    ------
    ResultsError
        if that is not what this study writes.
    """
    try:
        return () if found is None else make(found)
    except (LookupError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise ResultsError(f"{name}.json: not what this study writes ({type(error).__name__}: {error})") from None


def unused_id(identity: str, taken: Iterable[str]) -> str:
    """The id of a table, or '<id>--2', '<id>--3' … where another has it."""
    used = set(taken)
    numbered = (f"{identity}--{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain((identity,), numbered) if name not in used)
