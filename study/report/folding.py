"""The page as a screen has it: of each section what answers stands open, and the rest folds itself, by one rule for all.

A figure or two and one table of few rows stay open. A longer table, every further one, further figures and files fold, and
say what is in there and how much. A part below a heading of which nothing stays open folds under that heading. Blocks to
blocks, none known by its name; paper has its own rule (`paper`).
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Panel, Prose, Table, Terms
from study.forms import Form
from study.report.placed import kind_of, shown
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.blocks import Block, Figure
    from study.reports import Section

MOST_ROWS = 15
"""Of a table that stays open."""
_MOST_LETTERS = 800
"""Of a list that stays open."""
_FIGURES, _TABLES = 2, 1
"""So many stay open in a section."""
_FEWEST_TOGETHER = 3
"""Folded figures that follow each other stand in one fold from this number on."""


def composed(section: Section) -> tuple[Block, ...]:
    """The blocks of a section as the page places them.

    Of a topic the verdict and its first figure stay open, of what paper leaves to the page nothing does, and what the short
    form of the report has as well stays as it is.
    """
    blocks = shown(section, paper=False)
    if section.brief:
        return blocks
    if section.paper == "topic":
        lead = next((block for block in blocks if _is_figure(block)), None)
        asides = [block if block is lead else _aside(block) for block in blocks]
        return tuple(_folded(asides, figures=1, tables=0, words=False))
    left = section.paper == "none"
    return tuple(_folded(blocks, figures=0 if left else _FIGURES, tables=0 if left else _TABLES, words=True))


def _aside(block: Block) -> Block:
    """Programs under what they are."""
    if isinstance(block, Columns):
        programs = [inside for inside in block.left if isinstance(inside, Code)]
        small = counted(len(programs), "program")
        return Folded(title="The programs, and what happens in plain words", blocks=(block,), small=small)
    if isinstance(block, Code) and not block.folded:
        return Folded(title=block.title, blocks=(block,))
    return block


def _folded(blocks: Iterable[Block], *, figures: int, tables: int, words: bool) -> Iterator[Block]:
    """Part by part, the first figures and tables that fit open; a part that is words alone where it is asked for."""
    for heading, own in _parts(blocks):
        made: list[Block] = []
        for block in own:
            if _is_figure(block) and figures > 0:
                figures -= 1
                made.append(block)
            elif isinstance(block, Table) and _is_short(block) and tables > 0:
                tables -= 1
                made.append(block)
            else:
                made.append(_closed(block))
        closed = [after for before, after in zip(own, made, strict=True) if after is not before]
        if heading is not None and (closed or not words) and not any(_is_open(block) for block in made):
            yield Folded(title=heading.text, blocks=_bare(own), small=_told(own), id=heading.id)
            continue
        yield from (() if heading is None else (heading,))
        yield from _together(made)


def _parts(blocks: Iterable[Block]) -> Iterator[tuple[Heading | None, list[Block]]]:
    """What stands before the first heading, then each heading with what stands below it; a fold is below none."""
    heading: Heading | None = None
    own: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            if heading is not None or own:
                yield heading, own
            heading, own = block, []
        elif isinstance(block, Folded) and heading is not None:
            yield heading, own
            heading, own = None, [block]
        else:
            own.append(block)
    if heading is not None or own:
        yield heading, own


def _is_figure(block: Block) -> bool:
    return kind_of(block) == "panel"


def _is_short(table: Table) -> bool:
    return len(table.rows) <= MOST_ROWS and not table.folded


def _is_open(block: Block) -> bool:
    """Whether it is more than words around what is folded."""
    return not isinstance(block, Folded | Prose) and not (isinstance(block, Code) and block.folded)


def _closed(block: Block) -> Block:
    """A figure or a table that stays not open, or a long list, under what it is of; anything else as it is."""
    if isinstance(block, Panel | Form):
        return Folded(title=block.title, blocks=(block,), small="figure") if _is_figure(block) else block
    if isinstance(block, Table) and block.rows and kind_of(block) == "table":
        title, _, rest = (block.caption or block.label).partition(". ")
        inside = replace(block, folded=False, caption=rest, label=title.rstrip("."))
        return Folded(title=title.rstrip("."), blocks=(inside,), small=_rows(len(block.rows)))
    if isinstance(block, Terms) and block.form == "files":
        return Folded(title="Every file", blocks=(block,))
    if isinstance(block, Terms) and sum(len(said) for _, said in block.items) > _MOST_LETTERS:
        return Folded(title="All entries", blocks=(block,), small=counted(len(block.items), "entry", "entries"))
    return block


def _bare(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """What stands in a fold that has a title of its own."""
    return tuple(replace(block, folded=False) if isinstance(block, Table) else block for block in blocks)


def _together(blocks: Sequence[Block]) -> Iterator[Block]:
    """Files, and many folded figures, that follow each other in one fold."""
    for kind, several in itertools.groupby(blocks, key=_fold_of):
        own = list(several)
        if kind == "files" and len(own) > 1:
            yield Folded(title="The files, whole", blocks=tuple(own), small=counted(len(own), "file"))
        elif kind == "figures" and len(own) >= _FEWEST_TOGETHER:
            inside = tuple(block for fold in own if isinstance(fold, Folded) for block in fold.blocks)
            yield Folded(title="Further figures", blocks=inside, small=_told(inside))
        else:
            yield from own


def _fold_of(block: Block) -> str:
    if isinstance(block, Code) and block.folded:
        return "files"
    if isinstance(block, Folded) and any(isinstance(inside, Panel | Form) for inside in block.blocks[:1]):
        return "figures"
    return ""


def _told(blocks: Sequence[Block]) -> str:
    """How much is in there."""
    figures: list[Figure] = [block for block in blocks if isinstance(block, Panel | Form) and _is_figure(block)]
    tables = [block for block in blocks if isinstance(block, Table) and block.rows]
    files = [block for block in blocks if isinstance(block, Code)]
    said = (
        counted(len(figures), "figure") if figures else "",
        counted(len(tables), "table") if len(tables) > 1 else "",
        _rows(sum(len(table.rows) for table in tables)) if tables else "",
        counted(len(files), "file") if files else "",
    )
    return ", ".join(filter(None, said))


def _rows(number: int) -> str:
    return counted(number, "row")
