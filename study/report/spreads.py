"""A question on two facing pages, and a topic in a column: blocks in the order in which paper has them, none known by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Panel, Prose, Table, Verdict
from study.forms import Form
from study.report.leads import height_of, lead_of, second_of
from study.report.placed import flat, kind_of
from study.report.room import heights_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.blocks import Block, Figure

_OF_A_TOPIC = frozenset({"prose", "null", "missing", "panel", "table"})
"""Kinds of blocks; its programs are on the page."""
_PAGE_PT, _HEAD_PT, _HEADING_PT, _AROUND_PT, _LINE_PT = 690.0, 170.0, 26.0, 40.0, 14.0
"""How high a page is, the head of a question, a heading, what stands around a block, and a line."""
_LINE = 95
"""Characters of a line."""
_ACROSS, _MOST_OF_THE_LEFT = 108, 0.66
"""Characters of a program's line that a page is wide enough for; and how much of it a program has beside something else."""
_MOST_LINES = 3
"""Statements of a topic."""
_MOST_COLUMNS = 4
"""Of a table in one of two columns."""


def spread(blocks: Iterable[Block]) -> Iterator[Block]:
    """Figure and words; a program with how sure all is beside it; statements.

    Of what is folded no more than that, and where there is no program and room is left a second figure.
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
    room = 2 * _PAGE_PT - _HEAD_PT - sum(map(_height, (*_words(standing), *beside)))
    if not programs:
        first = next((block for block in standing if isinstance(block, Panel | Form) and _is_drawn(block)), None)
        second = None if first is None else second_of(_figures(every), first)
        yield from () if second is None or _height(second) > room - 0.25 * _PAGE_PT else (second,)


def left_of(beside: Columns) -> float:
    """Of the width of a page, what the left one of two columns has: a program of long lines more than half."""
    programs = [block for block in beside.left if isinstance(block, Code)]
    lines = (line for code in programs for line in f"{code.text}\n{code.printed}".split("\n"))
    return min(_MOST_OF_THE_LEFT, max(0.5, max(map(len, lines), default=0) / _ACROSS))


def pages_of(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    """What stands on the left page of a spread, if there is room, and what begins the right one."""
    for place, block in enumerate(blocks):
        if isinstance(block, Columns):
            return blocks[:place], blocks[place:]
        if isinstance(block, Verdict) and block.form == "whole":
            begins = place - 1 if place and isinstance(blocks[place - 1], Heading) else place
            return blocks[:begins], blocks[begins:]
    return blocks, ()


def is_low(blocks: Iterable[Block]) -> bool:
    """Whether all of a question has room on one page, so that the page which faces it would be empty."""
    return _HEAD_PT + sum(map(_height, blocks)) < _PAGE_PT


def _height(block: Block) -> float:
    """About how high a block is, in points."""
    if isinstance(block, Columns):
        return max(sum(map(_height, side)) for side in (block.left, block.right))
    if isinstance(block, Table):
        return _AROUND_PT + sum(heights_of(block))
    if isinstance(block, Prose):
        return _LINE_PT * (1 + len(block.text) // _LINE)
    if isinstance(block, Code):
        return _AROUND_PT + _LINE_PT * (block.text + block.printed).count("\n")
    if isinstance(block, Panel | Form):
        return _AROUND_PT + height_of(block)
    return _HEADING_PT if isinstance(block, Heading) else _AROUND_PT


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
