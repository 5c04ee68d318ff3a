"""The page as a screen has it: of each section what answers stands open, and the rest folds itself, by one rule for all.

A figure or two stay open; where there is none, the first table, if it has few rows. A longer table or figure, every further
one, and files fold, and say what is in there and how much. A part below a heading of which nothing stays open folds under
that heading. Blocks to blocks, none known by its name; paper has its own rule (`paper`).
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Panel, Prose, Table, Terms
from study.forms import Form, History
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
_LETTERS, _LINES_OF_ROW = 50, 3
"""In a line of the words beside a program; and how many lines a row of the table below them takes."""
_FIGURES = 2
"""So many stay open in a section."""
_MOST_MARKS = 18
"""Rows of a figure that stays open."""
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
    if section.paper == "spread":
        return tuple(_folded(_gathered(blocks), figures=1, tables=0, words=True))
    if section.paper == "none":
        return tuple(_folded(blocks, figures=0, tables=0, words=True))
    figures = any(_is_figure(block) for block in blocks)
    return tuple(_folded(blocks, figures=_FIGURES, tables=0 if figures else 1, words=True))


def _gathered(blocks: Sequence[Block]) -> Iterator[Block]:
    """Where a program stands beside words, and below these there is room: there what follows, or what it prints."""
    left = list(blocks)
    while left:
        block = left.pop(0)
        if not isinstance(block, Columns):
            yield block
            continue
        heading, table = (*left[:2], None, None)[:2]
        if (
            isinstance(heading, Heading)
            and isinstance(table, Table)
            and _has_room(block, _LINES_OF_ROW * len(table.rows))
        ):
            yield replace(block, right=(*block.right, heading, _narrow(table)))
            del left[:2]
        else:
            yield _printed_below_words(block)


def _printed_below_words(columns: Columns) -> Columns:
    """What one program prints below the words, where there is room."""
    if len(columns.left) != 1 or not isinstance(program := columns.left[0], Code) or not program.printed:
        return columns
    if not _has_room(columns, len(program.printed.splitlines())):
        return columns
    printed = Code(title="It prints", text=program.printed)
    return replace(columns, left=(replace(program, printed=""),), right=(*columns.right, printed))


def _has_room(columns: Columns, lines: int) -> bool:
    """Whether the right column, with so many lines more, is about as long as the left one."""
    programs = [block for block in columns.left if isinstance(block, Code)]
    left = sum(len(f"{block.text}{block.printed}".splitlines()) for block in programs)
    words = sum(1 + len(block.text) // _LETTERS for block in columns.right if isinstance(block, Prose))
    return words + lines <= left + _LINES_OF_ROW


def _narrow(table: Table) -> Table:
    """With what is text of a row in small print below what names it: a table for half of the width."""
    texts = [column for column, (_, kind) in enumerate(table.heads) if kind == "text"]
    kept = [column for column in range(len(table.heads)) if column not in texts]
    rows = []
    for items in table.rows:
        told = [f"{table.heads[column][0].lower()}: {items[column].value}" for column in texts]
        first = replace(items[0], small=" · ".join(filter(None, (items[0].small, *told))))
        rows.append((first, *(items[column] for column in kept[1:])))
    return replace(table, heads=tuple(table.heads[column] for column in kept), rows=tuple(rows))


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
            if _is_figure(block) and figures > 0 and _is_low(block):
                figures -= 1
                made.append(block)
            elif isinstance(block, Table) and block.rows and tables > 0:
                tables -= 1  # where the first is too long, none stays open
                made.append(block if _is_short(block) else _closed(block))
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


def _is_low(figure: Block) -> bool:
    """Whether a figure is seen at a glance: of one with rows few of these, those that name a group counted.

    A history in which nothing changed is told by its title.
    """
    if isinstance(figure, History):
        return not figure.still
    if not isinstance(figure, Panel) or figure.kind != "rows":
        return True
    known = [point for point in figure.points if point.estimate.point is not None]
    return len(known) + len({point.series for point in known}) <= _MOST_MARKS


def _is_short(table: Table) -> bool:
    return len(table.rows) <= MOST_ROWS and not table.folded


def _is_open(block: Block) -> bool:
    """Whether it is more than words around what is folded."""
    return not isinstance(block, Folded | Prose) and not (isinstance(block, Code) and block.folded)


def _closed(block: Block) -> Block:
    """A figure or a table that stays not open, or a long list, under what it is of; anything else as it is."""
    if isinstance(block, Panel | Form):
        return Folded(title=block.title, blocks=(block,), small="figure") if _is_figure(block) else block
    if isinstance(block, Table) and block.rows:
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
