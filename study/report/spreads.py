"""A question on two facing pages, and a topic in a column: blocks in the order in which paper has them, none known by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Panel, Prose, Table, Verdict
from study.forms import Form
from study.report.leads import lead_of, second_of
from study.report.placed import flat, kind_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.blocks import Block, Figure

_OF_A_TOPIC = frozenset({"prose", "null", "missing", "panel", "table"})
"""Kinds of blocks; its programs are on the page."""
_MOST_LINES = 5
"""Statements of a topic."""
_MOST_COLUMNS = 4
"""Of a table in one of two columns."""


def spread(blocks: Iterable[Block]) -> Iterator[Block]:
    """Figure and words; a program with how sure all is beside it; statements.

    Of what is folded no more than that, and where there is no program a second figure.
    """
    every = tuple(blocks)
    standing = list(_with_one_figure(every, half=False))
    sure = tuple(block for folded in standing if isinstance(folded, Folded) for block in _how_sure(folded))
    programs = tuple(block for block in flat(standing) if isinstance(block, Code) and not block.folded)
    beside = (Columns(left=programs, right=sure),) if programs and sure else (*programs, *sure)
    tables = [place for place, block in enumerate(standing) if _is_of_statements(block)]
    last = tables[0] - 1 if programs and tables else len(standing)
    yield from _words(standing[:last])
    yield from beside
    yield from _words(standing[last:])
    if not programs:
        first = next((block for block in standing if isinstance(block, Panel | Form) and _is_drawn(block)), None)
        second = None if first is None else second_of(_figures(every), first)
        yield from () if second is None else (second,)


def topic(blocks: Iterable[Block]) -> Iterator[Block]:
    """One figure and words, statements as lines, and what fits of its tables: all that stands in one of two columns."""
    standing = list(_with_one_figure(tuple(blocks), half=True))
    for block in standing:
        if _is_of_statements(block):
            yield from _lines(standing)
        elif isinstance(block, Table) and len(block.heads) > _MOST_COLUMNS:
            yield Prose(text=f"{(block.caption or block.label).rstrip('.')}: on the page of this report.", kind="small")
        elif kind_of(block) in _OF_A_TOPIC:
            yield block


def is_narrow(block: Block) -> bool:
    """Whether it is a figure that is drawn for one of two columns."""
    return isinstance(block, Panel | Form) and block.span == "half"


def _with_one_figure(blocks: Sequence[Block], *, half: bool) -> Iterator[Block]:
    """The blocks, with the figure that a page has room for in the place of the first."""
    lead = lead_of(_figures(blocks), half=half)
    for block in blocks:
        if not _is_drawn(block):
            yield block
        elif lead is not None:
            yield lead
            lead = None


def _figures(blocks: Iterable[Block]) -> list[Figure]:
    """Every figure that is drawn, in order, also those that are folded."""
    return [block for block in flat(blocks) if _is_drawn(block) and isinstance(block, Panel | Form)]


def _is_drawn(block: Block) -> bool:
    return kind_of(block) == "panel"


def _words(blocks: Iterable[Block]) -> Iterator[Block]:
    """What is not folded, without its programs."""
    for block in blocks:
        if isinstance(block, Columns):
            yield from _words((*block.left, *block.right))
        elif not isinstance(block, Folded | Code):
            yield block


def _how_sure(folded: Folded) -> Iterator[Block]:
    """Of what is folded, the verdict that stands for the question, and whence it comes."""
    verdicts = [block for block in folded.blocks if isinstance(block, Verdict)]
    if verdicts:
        yield Heading(id=folded.id, text=folded.title)
        yield next((verdict for verdict in verdicts if verdict.headline), verdicts[0])
        yield from (block for block in folded.blocks if isinstance(block, Prose))


def _is_of_statements(block: Block) -> bool:
    """Whether it is a table that says of each row how it was decided."""
    return isinstance(block, Table) and any(item.decision for row in block.rows for item in row)


def _lines(blocks: Iterable[Block]) -> Iterator[Block]:
    """The first verdicts, a line each, and how many there are beside these."""
    verdicts = [
        block for block in flat(blocks) if isinstance(block, Verdict) and block.form == "whole" and block.measured
    ]
    yield from (replace(verdict, form="line") for verdict in verdicts[:_MOST_LINES])
    more = len(verdicts) - _MOST_LINES
    if more > 0:
        text = (
            f"{counted(more, 'more statement is', 'more statements are')} on the page of this report and in its files."
        )
        yield Prose(text=text, kind="small")
