"""Blocks as the templates place them: numbers with their units, figures with the table behind them. No arithmetic."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from study import units
from study.blocks import Code, Columns, Folded, Heading, Item, Panel, Table, Verdict
from study.draw import missing
from study.findings import Estimate
from study.forms import Form
from study.screens import AnyTwo, Cards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from study.blocks import Block, Column, Figure
    from study.findings import Decision, HoldsFor
    from study.reports import Report, Section

MARKS: Mapping[Decision, tuple[str, str]] = MappingProxyType(
    {
        "supported": ("yes", "✔"),
        "refuted": ("no", "✘"),
        "no clear difference": ("same", "≈"),
        "cannot be decided here": ("open", "?"),
    }
)
"""Decision -> class and sign; the decision is always written out beside them."""
NOTHING = "–"
_HOLDS_FOR: Mapping[HoldsFor, str] = MappingProxyType(
    {
        "this sitting": "of the one sitting that was measured",
        "this machine": "of the machine's next sitting",
        "these runs": "of more such runs",
        "simulated studies": "of more such studies",
    }
)
"""Where the next number is looked for, in words."""
_USUAL: HoldsFor = "this sitting"
"""Said once for each part of the page."""
MOST_BEHIND = 300
"""Rows of the table behind a figure: a longer one is in the figure's file alone."""
USUAL = f"Brackets speak {_HOLDS_FOR[_USUAL]}."
"""What `brackets` says of most tables: on paper it is said once."""


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in one cell of a table: its text, what is said beside it, and what the page sorts it by ('': its text)."""

    text: str
    small: str
    sort: str


def text_of(item: Item) -> Text:
    """The item in words: an estimate has its interval beside it or, where there is little room, below it."""
    value = item.value
    if item.share is not None:
        return Text(units.percent(item.share), item.small, _key(item.share))
    if value is None:
        return Text(NOTHING, item.small, item.sort)
    if isinstance(value, Estimate):
        number, interval, unit = units.parts(value)
        text = f"{number} {unit}".strip() if interval else units.with_interval(value, reason=item.with_reason)
        return Text(text, " ".join(part for part in (interval, item.small) if part), item.sort or _sort(value))
    if isinstance(value, int):
        return Text(units.count(value), item.small, item.sort or str(value))
    return Text(value, item.small, item.sort)


def _sort(estimate: Estimate) -> str:
    return "" if estimate.point is None else _key(estimate.point)


def _key(number: float) -> str:
    """What a number is sorted by: with more digits than any that is shown."""
    return f"{number:.8g}"


def brackets(table: Table) -> str:
    """What the brackets of a table speak of; '' where it has none."""
    return _spoken_of(
        (head, item.value) for row in table.rows for (head, _), item in zip(table.heads, row, strict=True)
    )


def apart(table: Table) -> str:
    """As `brackets`, where it is not what is said once for a whole part of the page, or for all of the paper."""
    told = brackets(table)
    return "" if told == USUAL else told


def usual(sections: Iterable[Section]) -> str:
    """What the brackets of a part of the page speak of where nothing else is said; '' where it has none of that kind."""
    tables = (block for section in sections for block in flat(section.blocks) if isinstance(block, Table))
    return f"{USUAL[:-1]}, unless a table says otherwise." if any(map(_has_usual, tables)) else ""


def _has_usual(table: Table) -> bool:
    return any(
        isinstance(item.value, Estimate) and item.value.low is not None and item.value.holds_for == _USUAL
        for row in table.rows
        for item in row
    )


def _spoken_of(shown: Iterable[tuple[str, object]]) -> str:
    """What the brackets of these estimates, each under its head, speak of: the first kind, and the others by their heads."""
    found: dict[HoldsFor, dict[str, None]] = {}
    for head, value in shown:
        if isinstance(value, Estimate) and value.low is not None:
            found.setdefault(value.holds_for, {})[head] = None
    parts = [_HOLDS_FOR[holds_for] for holds_for in found]
    apart = [f"under {' and '.join(heads)} {_HOLDS_FOR[holds_for]}" for holds_for, heads in found.items()]
    return f"Brackets speak {', '.join([*parts[:1], *apart[1:]])}." if found else ""


def kind_of(block: Block) -> str:
    """Which macro places the block: the name of its type, or of what takes its place where it cannot be drawn."""
    if isinstance(block, Panel) and block.null:
        return "missing" if missing(block) else "null"
    if isinstance(block, Panel | Form):
        return "missing" if missing(block) else "panel"
    if isinstance(block, Table) and block.form == "answers":
        return "answers"
    if isinstance(block, Code) and block.folded:
        return "filed"
    if isinstance(block, Verdict) and block.form == "line":
        return "line"
    return type(block).__name__.lower()


def grouped(blocks: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    """(Which macro, blocks) of each stretch of blocks that one macro places."""
    for kind, several in itertools.groupby(blocks, key=kind_of):
        yield kind, list(several)


def behind(figure: Figure) -> Table:
    """The numbers of a figure."""
    names: tuple[tuple[str, Column], ...] = tuple((name.capitalize(), "text") for name in figure.heads)
    known = [(said, estimate) for said, estimate in figure.numbers if estimate.point is not None]
    rows = tuple(
        (
            *(Item(value=name) for name in said),
            Item(value=units.with_interval(estimate), sort=_sort(estimate)),
            Item(value=estimate.n),
        )
        for said, estimate in known
    )
    heads = (*names, ("Number and interval", "num"), ("n", "num"))
    told = _spoken_of(("", estimate) for _, estimate in figure.numbers)
    notes = () if told in {"", USUAL} else (told,)
    return Table(id=f"{figure.id}-data", caption=figure.title, heads=heads, rows=rows, notes=notes)


def ids_of(report: Report, *, paper: bool) -> frozenset[str]:
    """Every place in the report that a link can lead to."""
    found = {section.id for section in report.sections}
    for section in report.sections:
        found |= {_id_of(block) for block in flat(shown(section, paper=paper))}
    return frozenset(found - {""})


def _id_of(block: Block) -> str:
    if isinstance(block, Panel | Form):
        return block.id if kind_of(block) == "panel" else ""
    if isinstance(block, Table):
        return block.id if block.rows else ""
    return block.id if isinstance(block, Heading | Code | Folded | AnyTwo) else ""


def flat(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, and after one that holds others these, in order."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            yield from flat((*block.left, *block.right))
        elif isinstance(block, Folded):
            yield from flat(block.blocks)
        elif isinstance(block, Cards):
            yield from flat(part for card in block.cards for part in card.blocks)


def changed(block: Block, change: Callable[[Block], Iterable[Block]]) -> Iterator[Block]:
    """What stands in the place of a block: what `change` makes of it; one that holds others has what it makes of these."""

    def inside(blocks: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(made for part in blocks for made in changed(part, change))

    if isinstance(block, Columns):
        yield replace(block, left=inside(block.left), right=inside(block.right))
    elif isinstance(block, Folded):
        yield replace(block, blocks=inside(block.blocks))
    elif isinstance(block, Cards):
        yield replace(block, cards=tuple(replace(card, blocks=inside(card.blocks)) for card in block.cards))
    else:
        yield from change(block)


def shown(section: Section, *, paper: bool) -> tuple[Block, ...]:
    """The blocks of a section that a screen, or paper, has, also inside of others."""

    def change(block: Block) -> Iterator[Block]:
        if _stands(block, paper=paper):
            yield block

    standing = (block for block in section.blocks if _stands(block, paper=paper))
    return tuple(made for block in standing for made in changed(block, change))


def _stands(block: Block, *, paper: bool) -> bool:
    return getattr(block, "only", "") != ("screen" if paper else "paper")


def drawn_figures(report: Report) -> list[Figure]:
    """Every figure that has a picture, in order."""
    return [figure for section in report.sections for figure in figures_of(section)]


def figures_of(section: Section) -> list[Figure]:
    """The figures of a section that have a picture, in order."""
    return [block for block in flat(section.blocks) if isinstance(block, Panel | Form) and kind_of(block) == "panel"]
