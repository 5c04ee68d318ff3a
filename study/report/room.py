"""How much room a table takes on paper: how wide its columns are, and how high its rows, by how long their texts are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from study.report.placed import text_of

if TYPE_CHECKING:
    from study.blocks import Item, Table

_ACROSS = 106
"""Characters of a table's type that stand beside each other on a page, a little less than the widest would fill."""
_GAP = 2.5
"""Between two columns, in characters."""
_SHORT = 15
"""Characters of a text that is never broken."""
_LINE_PT, _AROUND_PT = 9.3, 5.0
"""Of a line of a table's type, and above and below a row."""
_BRACKETS_BELOW = 4
"""Columns of numbers, beyond which their intervals stand below them."""
_NARROWEST = 5.0


class Column(NamedTuple):
    """Of a table: its share of what is left where `share` is not 0, else it is as wide as what stands in it, about `about`."""

    share: float
    about: float


def columns_of(table: Table) -> tuple[Column, ...]:
    """Of every column of a table, in order."""
    below = brackets_below(table)
    return tuple(_column(table, number, below=below) for number in range(len(table.heads)))


def brackets_below(table: Table) -> bool:
    """Whether there are so many numbers beside each other that their intervals stand below them."""
    return sum(kind == "num" for _, kind in table.heads) > _BRACKETS_BELOW


def heights_of(table: Table) -> list[float]:
    """About how high each row is, in points."""
    columns, below = columns_of(table), brackets_below(table)
    taken = sum(column.about for column in columns if not column.share) + _GAP * len(columns)
    shares = sum(column.share for column in columns) or 1.0
    left = max(_NARROWEST, _ACROSS - taken)
    widths = [left * column.share / shares if column.share else column.about for column in columns]
    return [
        _AROUND_PT + _LINE_PT * max(
            _lines(item, max(_NARROWEST, width), kind, below=below)
            for (_, kind), item, width in zip(table.heads, row, widths, strict=True)
        )
        for row in table.rows
    ]  # fmt: skip


def _column(table: Table, number: int, *, below: bool) -> Column:
    head, kind = table.heads[number]
    longest = [max(len(line) for line in _said(row[number], kind, below=below)) for row in table.rows]
    widest = max([*longest, 0])
    if kind in {"num", "word"} or widest <= _SHORT:
        return Column(0.0, max(widest, len(head) if kind in {"num", "word"} else 0, 1))
    mean = math.sqrt(sum(length**2 for length in longest) / max(1, len(longest)))
    words = (len(word) for row in table.rows for line in _said(row[number], kind, below=below) for word in line.split())
    return Column(max(mean, max(words, default=0) * 1.2), 0.0)


def _said(item: Item, kind: str, *, below: bool) -> list[str]:
    """What stands in a cell, in the lines that it has at least."""
    said = text_of(item)
    if not said.small:
        return [said.text]
    return [said.text, said.small] if below or kind != "num" else [f"{said.text} {said.small}"]


def _lines(item: Item, width: float, kind: str, *, below: bool) -> int:
    return sum(max(1, math.ceil(1.08 * len(line) / width)) for line in _said(item, kind, below=below))
