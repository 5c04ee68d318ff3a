"""How much room a table takes on paper: how wide its columns are, and how high its rows, by how long their texts are."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from study.report.placed import text_of
from study.report.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.blocks import Item, Table

_ACROSS = 106
"""Characters of a table's type that stand beside each other on a page, a little less than the widest would fill."""
_FILLED = 1.08
"""Of that width, what lines of words fill that have no wide letters."""
_GAP = 2.5
"""Between two columns, in characters."""
_SHORT, _SHORT_OF_FEW = 15, 30
"""Characters of a text that is never broken, and of one in a table of few columns."""
_FEW = 4
_LINE_PT, _AROUND_PT = 9.3, 2.0
"""Of a line of a table's type, and above and below a row."""
_BRACKETS_BELOW = 4
"""Columns of numbers, beyond which their intervals stand below them."""
_NARROWEST = 5.0
_ROOMY = 0.5
"""Of a table's width, what is left for texts at least where the heads of other columns are not broken."""
_WIDE_WORD = 1.1
"""Of a word, beside as many characters of a long text."""
_PIECES = re.compile(r" |(?<=-)")
_WHOLE_PT = 200.0
"""Of the rows of a table that is not parted by the end of a page."""


_SCALES = ((8, 0.74), (5, 0.9))
"""More columns than the first, and the size of their type beside that of other tables."""
_LONG, _SCALE_OF_LONG = 30, 0.86
"""Rows; and the size of the type of a table that has more."""


class Column(NamedTuple):
    """Of a table: how wide it is, in characters; and whether no text in it is broken, but its head may be."""

    width: float
    whole: bool


def scale_of(table: Table) -> float:
    """The size of its type beside that of most tables: that of one with many columns or very many rows is smaller."""
    most = _SCALE_OF_LONG if len(table.rows) > _LONG else 1.0
    return next((scale for columns, scale in _SCALES if len(table.heads) > columns), most)


def columns_of(table: Table) -> tuple[Column, ...]:
    """Of every column of a table, in order: those that are broken share what is left by how long their texts are.

    None is narrower than its longest word, and than the longest piece of its head.
    """
    below = brackets_below(table)
    texts = [[line for row in table.rows for line in _said(row[number], kind, below=below)]
             for number, (_, kind) in enumerate(table.heads)]  # fmt: skip
    whole = [_widest_whole(head, kind, lines, len(table.heads))
             for (head, kind), lines in zip(table.heads, texts, strict=True)]  # fmt: skip
    across = _ACROSS / scale_of(table) - _GAP * len(table.heads)
    full = [width and max(width, len(head)) for width, (head, _) in zip(whole, table.heads, strict=True)]
    if across - sum(full) >= (0 if all(whole) else across * _ROOMY):
        whole = full  # no head need be broken
    left = across - sum(whole)
    wanted = {
        number: _mean([sum(map(len, _said(row[number], kind, below=below))) for row in table.rows])
        for number, (width, (_, kind)) in enumerate(zip(whole, table.heads, strict=True))
        if not width
    }
    least = {
        number: max([_NARROWEST, *map(_longest_word, texts[number]), _longest_piece(table.heads[number][0])])
        for number in wanted
    }
    widths = _shared(wanted, least, left)
    return tuple(Column(width or widths[number], bool(width)) for number, width in enumerate(whole))


def _shared(wanted: Mapping[int, float], least: Mapping[int, float], left: float) -> dict[int, float]:
    """What is left, shared in proportion to what is wanted; what would have less than it needs has that."""
    total = sum(wanted.values()) or 1.0
    narrow = {number for number, share in wanted.items() if left * share / total < least[number]}
    if not narrow:
        return {number: left * share / total for number, share in wanted.items()}
    rest = {number: share for number, share in wanted.items() if number not in narrow}
    fixed = {number: least[number] for number in narrow}
    return fixed | _shared(rest, least, max(_NARROWEST, left - sum(fixed.values())))


def brackets_below(table: Table) -> bool:
    """Whether there are so many numbers beside each other that their intervals stand below them."""
    return sum(kind == "num" for _, kind in table.heads) > _BRACKETS_BELOW


def heights_of(table: Table) -> Iterator[float]:
    """About how high each row is, in points."""
    columns, below = columns_of(table), brackets_below(table)
    for row in table.rows:
        lines = (
            _lines(item, column.width * _FILLED, kind, below=below)
            for (_, kind), item, column in zip(table.heads, row, columns, strict=True)
        )
        yield _AROUND_PT + _LINE_PT * scale_of(table) * max(lines)


def is_whole(table: Table) -> bool:
    """Whether all its rows stand on one page: it is so low that not much of another page is left empty for it.

    Statements may be parted: their question has two pages that face each other.
    """
    decided = any(item.decision for row in table.rows for item in row)
    return not decided and sum(heights_of(table)) <= _WHOLE_PT


def _widest_whole(head: str, kind: str, lines: Sequence[str], columns: int) -> float:
    """How wide a column is whose texts are never broken; 0 of one whose texts are: among numbers, one with words behind them."""
    widest = max(map(len, lines), default=0)
    can_be = kind != "word" and (kind != "num" or widest > max(map(_longest_word, lines), default=0))
    if can_be and widest > (_SHORT_OF_FEW if columns <= _FEW else _SHORT):
        return 0
    return max(widest, *map(len, head.split(" ")), 1)


def _mean(lengths: Sequence[int]) -> float:
    """The root of their mean square: long texts count more than short ones."""
    return math.sqrt(sum(length**2 for length in lengths) / len(lengths))


def _longest_word(line: str) -> float:
    """A number with its interval is a word."""
    return max(len(word) for word in joined(line).split(" ")) * _WIDE_WORD


def _longest_piece(head: str) -> float:
    """Of a head, which is bold and may be broken behind a hyphen."""
    return max(map(len, _PIECES.split(head))) * _WIDE_WORD


def _said(item: Item, kind: str, *, below: bool) -> list[str]:
    """What stands in a cell, in the lines that it has at least."""
    said = text_of(item)
    if not said.small:
        return [said.text]
    return [said.text, said.small] if below or kind != "num" else [f"{said.text} {said.small}"]


def _lines(item: Item, width: float, kind: str, *, below: bool) -> int:
    return sum(_broken(joined(line), width) for line in _said(item, kind, below=below))


def _broken(line: str, width: float) -> int:
    """In how many lines a text stands that is broken between words."""
    lines, filled = 1, 0.0
    for word in line.split(" "):
        if filled and filled + len(word) > width:
            lines, filled = lines + 1, 0.0
        filled += len(word) + 1
    return lines
