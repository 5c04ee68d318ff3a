"""A question on two facing pages, and a topic in a column: blocks in the order in which paper has them, none known by name."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Panel, Prose, Table, Verdict
from study.forms import Form
from study.report.leads import height_of, lead_of, others_of
from study.report.placed import flat, kind_of
from study.report.room import heights_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.blocks import Block, Figure
    from study.reports import Section

_OF_A_TOPIC = frozenset({"prose", "null", "missing", "panel", "table"})
"""Kinds of blocks; its programs are on the page."""
_PAGE_PT, _HEADING_PT, _AROUND_PT, _LINE_PT, _CODE_PT = 690.0, 26.0, 40.0, 14.5, 9.0
"""How high a page is, a heading, what stands around a block, a line, and one of a program."""
_TITLE_PT, _ANSWER_PT, _LEDE_PT = 60.0, 26.5, 15.5
"""Of the head of a question, what is as high in each, and a line of its answer and of what else to know."""
_ANSWER, _LEDE = 40, 92
"""Characters of these lines."""
_SPARE_OF_TABLES, _SPARE_OF_CUT_TABLES, _SPARE_OF_FIGURES = 0.02, 0.06, 0.1
"""Of a page, what is left white so nothing goes on a third: by whole tables, by ones that say what is left out, by figures."""
_FULL = 1.68
"""Of two pages, what a question fills at least that has them to itself."""
_LINE = 95
"""Characters of a line."""
_ACROSS, _MOST_OF_THE_LEFT = 108, 0.66
"""Characters of a program's line that a page is wide enough for; and how much of it a program has beside something else."""
_MOST_LINES = 3
"""Statements of a topic."""
_MOST_COLUMNS = 4
"""Of a table in one of two columns."""


def spread(section: Section, blocks: Iterable[Block]) -> Iterator[Block]:
    """Figure and words; a program with how sure all is beside it; statements; and what there is room for of what is folded.

    That is, where it has no program, other figures and verdicts of other statements.
    """
    every = tuple(blocks)
    standing = list(_with_one_figure(every, half=False))
    sure, others = _how_sure(standing)
    programs = tuple(block for block in flat(standing) if isinstance(block, Code) and not block.folded)
    beside = (Columns(left=programs, right=sure),) if programs and sure else (*programs, *sure)
    tables = [place for place, block in enumerate(standing) if _is_of_statements(block)]
    last = tables[0] - 1 if programs and tables else len(standing)
    found = (*_words(standing[:last]), *beside, *_words(standing[last:]))
    left = _left(section, found) - _SPARE_OF_FIGURES * _PAGE_PT
    yield from found if programs else _filled(found, left, _figures(every), others)


def _filled(
    blocks: Sequence[Block], left: float, figures: Sequence[Figure], verdicts: Sequence[Verdict]
) -> tuple[Block, ...]:
    """The blocks, other figures at their end, and other verdicts behind the first, as far as there is room, in points."""
    shown = [block for block in blocks if isinstance(block, Panel | Form) and _is_drawn(block)]
    further = tuple(others_of(figures, shown[0], left)) if shown else ()
    ends = itertools.accumulate(map(_height, verdicts), initial=sum(map(_height, further)))
    told = [verdict for verdict, end in zip(verdicts, itertools.islice(ends, 1, None), strict=True) if end <= left]
    wholes = (number for number, block in enumerate(blocks, 1) if isinstance(block, Verdict) and block.form == "whole")
    place = next(wholes, len(blocks))
    return (*blocks[:place], *told, *blocks[place:], *further)


def room_of(section: Section, blocks: Iterable[Block]) -> float:
    """How high the rows of all tables of a question may be, in points, beside its other blocks."""
    rows_pt = sum(sum(heights_of(block)) for block in blocks if isinstance(block, Table) and block.rows)
    left = _left(section, blocks) + rows_pt
    whole = left - _SPARE_OF_TABLES * _PAGE_PT
    return whole if rows_pt <= whole else max(0.0, left - _SPARE_OF_CUT_TABLES * _PAGE_PT)


def are_facing(sections: Iterable[Section]) -> bool:
    """Whether each question has two facing pages of its own: where one does not fill them, questions follow each other."""
    asked = [section for section in sections if section.paper == "spread"]
    return bool(asked) and all(_left(section, section.blocks) <= (2 - _FULL) * _PAGE_PT for section in asked)


def _left(section: Section, blocks: Iterable[Block]) -> float:
    """About how much of two pages is left by a question, in points."""
    answer = _ANSWER_PT * _lines_of(section.answer, _ANSWER) + _LEDE_PT * _lines_of(section.lede, _LEDE)
    return 2 * _PAGE_PT - _TITLE_PT - answer - sum(map(_height, blocks))


def _lines_of(text: str, characters: float) -> int:
    return math.ceil(len(text) / characters)


def left_of(beside: Columns) -> float:
    """Of the width of a page, what the left one of two columns has: a program of long lines more than half."""
    programs = [block for block in beside.left if isinstance(block, Code)]
    lines = (line for code in programs for line in f"{code.text}\n{code.printed}".split("\n"))
    return min(_MOST_OF_THE_LEFT, max(0.5, max(map(len, lines), default=0) / _ACROSS))


def _height(block: Block, share: float = 1.0) -> float:
    """About how high a block is, in points, that has this share of the width of a page."""
    if isinstance(block, Columns):
        left = left_of(block)
        return max(
            sum(_height(own, part) for own in side) for side, part in ((block.left, left), (block.right, 1 - left))
        )
    if isinstance(block, Panel | Form):
        return height_of(block)
    return _height_of_words(block, share)


def _height_of_words(block: Block, share: float) -> float:
    if isinstance(block, Table):
        return _AROUND_PT + _LINE_PT * len(block.notes) + (sum(heights_of(block)) if block.rows else 0.0)
    if isinstance(block, Prose):
        return _LINE_PT * _lines_of(block.text, _LINE * share)
    if isinstance(block, Verdict) and block.form == "whole":
        return _HEADING_PT + _LINE_PT * sum(
            _lines_of(text, _LINE * share) for text in (block.sentence, block.statement)
        )
    if isinstance(block, Code):
        return _AROUND_PT + _CODE_PT * (block.text + block.printed).count("\n")
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


def _how_sure(blocks: Iterable[Block]) -> tuple[tuple[Block, ...], tuple[Verdict, ...]]:
    """Of what is folded, the verdict that stands for the question, and whence it comes; and the other verdicts."""
    found: list[Block] = []
    others: list[Verdict] = []
    for folded in blocks:
        verdicts = (
            [block for block in folded.blocks if isinstance(block, Verdict)] if isinstance(folded, Folded) else []
        )
        if isinstance(folded, Folded) and verdicts:
            first = next((verdict for verdict in verdicts if verdict.headline), verdicts[0])
            words = (block for block in folded.blocks if isinstance(block, Prose))
            found += [Heading(id=folded.id, text=folded.title), first, *words]
            others += [verdict for verdict in verdicts if verdict is not first and verdict.measured]
    return tuple(found), tuple(others)


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
