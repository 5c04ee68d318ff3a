"""The report as paper has it: which sections, in which order, and what of each. Blocks to blocks, none known by its name.

What is left out here is on the page, and in the files that travel with the PDF.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Choice, Code, Folded, Heading, Item, Panel, Prose, Table, Verdict
from study.forms import Form, History
from study.report import spreads
from study.report.leads import shortened
from study.report.placed import NOTHING, flat, kind_of, shown, text_of
from study.report.room import heights_of
from study.units import TIMES, count, counted, parts, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from study.blocks import Block, Column, Figure, PanelPoint
    from study.findings import Decision
    from study.reports import Paper, Report, Section

_LEFT_OUT = frozenset({"appendix", "none"})
_MOST_PT: Mapping[Paper, float] = {"topic": 130.0, "flow": 190.0}
"""Of the rows of all tables of a section together; a page has 690. A question has what its two pages have room for."""
_LEAST_PT, _MOST_OF_ONE_PT = 60.0, 200.0
"""Of the rows of one table of a section that flows: it has its share of what the section has, no less and no more than that."""
_MOST_NAMES = 8
"""Of lines that are told to who hears the page."""
_LONGEST_NOTES = 200
"""Characters of what is said of a figure beside what is drawn."""
_FEWEST_ROWS = 4
"""Of a table that is cut: one with less is told in a sentence."""
_ELSEWHERE = "on the page of this report and in its files"
_MOST_BESIDE = 4
"""Columns of facts beside each other: more would be too narrow for their words."""
_FACTS = ("What", "Value")
_DIFFER = "What differs between them"


class _Elsewhere(NamedTuple):
    """A table of which paper has no row."""

    name: str
    rows: int


class Card(NamedTuple):
    """A question on the title page; `decision` is None where nothing decides it."""

    name: str
    asked: str
    place: str
    decision: Decision | None
    number: str
    interval: str
    said: str


class Decided(NamedTuple):
    """A row of the page of decisions: a choice; or, where `head` is not '', what those below it are of."""

    head: str = ""
    asked: str = ""
    answer: str = ""
    href: str = ""
    number: str = ""
    named: str = ""
    notes: tuple[str, ...] = ()


def on_paper(report: Report) -> Report:
    """What paper has of it: questions on their spreads first, then what else is in their part, then the other parts."""
    kept = [section for section in report.sections if section.paper not in _LEFT_OUT and not _is_bare(section)]
    first = {section.part for section in kept if section.paper == "spread"}
    ordered = sorted(kept, key=lambda section: (section.paper != "spread", section.part not in first))
    composed = (_composed(section) for section in ordered)
    return replace(report, sections=tuple(section for section in composed if section.blocks))


def bare(report: Report) -> tuple[str, ...]:
    """The topics of which nothing was measured, by their names: paper has them in one line."""
    return tuple(section.name for section in report.sections if _is_bare(section))


def elsewhere(report: Report) -> tuple[str, ...]:
    """The sections that stand on the page alone, by their titles: paper has them in one line."""
    return tuple(section.title for section in report.sections if section.paper == "none" and section.blocks)


def _is_bare(section: Section) -> bool:
    """Whether a topic has neither a figure nor a table nor a verdict: what it would say stands on the page."""
    told = (kind_of(block) in {"panel", "null", "line", "verdict"} or _has_rows(block) for block in section.blocks)
    return section.paper == "topic" and not any(told)


def _has_rows(block: Block) -> bool:
    return isinstance(block, Table) and bool(block.rows)


def appendix(report: Report) -> Report:
    """What only the appendix has, with every row of every run."""
    sections = tuple(
        replace(section, blocks=tuple(_everything(section.blocks)))
        for section in report.sections
        if section.paper == "appendix"
    )
    return replace(report, sections=sections)


def _everything(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every table that a screen has, also one on a page of its own; what stands for it on paper is not needed here."""
    for block in blocks:
        table = getattr(block, "table", block)
        if isinstance(table, Table) and getattr(block, "only", "") != "paper":
            yield from _said_once(replace(table, only=""))
        elif isinstance(block, Prose | Heading) and block.only != "paper":
            yield block


def _said_once(table: Table) -> Iterator[Block]:
    """The table without the columns of words that say the same in every row, and what these say."""
    columns = list(zip(*table.rows, strict=True)) if len(table.rows) > 1 else []
    alike = [
        number
        for number, (items, (_, kind)) in enumerate(zip(columns, table.heads, strict=False))
        if number != table.names and len(said := {text_of(item).text for item in items}) == 1
        if kind != "num" or said == {NOTHING}
    ]
    if alike:
        told = "; ".join(f"{table.heads[number][0]}: {text_of(table.rows[0][number]).text}" for number in alike)
        yield Prose(text=f"In every row: {told}.", kind="small")
    yield _named_first(replace(table, aside=tuple(alike)))


def _composed(section: Section) -> Section:
    blocks: Iterable[Block] = shown(section, paper=True)
    if section.paper == "spread":
        blocks = tuple(spreads.spread(section, blocks))
    elif section.paper == "topic":
        blocks = spreads.topic(blocks)
    elif section.paper == "flow":
        blocks = _merged(_unfolded(blocks))
    elif section.paper == "choices":  # rows of one table: nothing leads into it
        blocks = (replace(block, id="") if isinstance(block, Heading) else block for block in blocks)
    standing = [_named_first(block) for block in blocks]
    most = spreads.room_of(section, standing) if section.paper == "spread" else _MOST_PT.get(section.paper, math.inf)
    most = math.inf if section.brief else most
    fitted = _rationed(standing, most, _share(standing, most) if section.paper == "flow" else most)
    return replace(section, blocks=tuple(_with_something_below(tuple(_told_together(fitted)))))


def _unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    """What stands, and what is folded, without files and without the figures that are folded."""
    for block in blocks:
        if isinstance(block, Folded):
            inside = (own for own in _unfolded(block.blocks) if kind_of(own) != "panel")
            yield from (Heading(id=block.id, text=block.title), *inside)
        elif isinstance(block, Panel | Form):
            if not (isinstance(block, History) and block.still):  # nothing changed: that stands on the page
                yield shortened(block)
        elif kind_of(block) != "filed":
            yield block


def _named_first(block: Block) -> Block:
    """A table without the columns that paper lacks, and with the one first that names its rows: it is read out before others."""
    if not isinstance(block, Table) or not (block.names or block.aside):
        return block
    order = sorted(range(len(block.heads)), key=lambda column: column != block.names)
    order = [column for column in order if column not in block.aside]
    return replace(
        block,
        names=0,
        aside=(),
        heads=tuple(block.heads[column] for column in order),
        rows=tuple(tuple(row[column] for column in order) for row in block.rows),
    )


def _rationed(blocks: Sequence[Block], left: float, most_of_one: float) -> Iterator[Block | _Elsewhere]:
    """Tables that have so many points of height, together and each; what is left out is counted where it is missing."""
    for block in blocks:
        if isinstance(block, Table) and block.caption != _DIFFER and not block.whole and left < math.inf:
            fits = list(_within(min(left, most_of_one), itertools.accumulate(heights_of(block))))
            yield _cut(block, len(fits))
            left -= fits[-1] if fits and len(fits) >= min(_FEWEST_ROWS, len(block.rows)) else 0.0
        else:
            yield block


def _within(most: float, ends: Iterable[float]) -> Iterator[float]:
    """Where the rows of a table end that end above that height."""
    return itertools.takewhile(lambda end: end <= most, ends)


def _share(blocks: Sequence[Block], most: float) -> float:
    """What a table of a section has when those that need less than their share leave the rest to the others."""
    needs = sorted(
        min(most, sum(heights_of(block)))
        for block in blocks
        if isinstance(block, Table) and block.rows and not block.whole
    )
    for number, need in enumerate(needs):
        if need > (share := most / (len(needs) - number)):
            return min(_MOST_OF_ONE_PT, max(_LEAST_PT, share))
        most -= need
    return _MOST_OF_ONE_PT


def _cut(table: Table, most: int) -> Block | _Elsewhere:
    more = len(table.rows) - most
    if more <= 0:
        return table
    if most < _FEWEST_ROWS:
        return _Elsewhere(name=_first_sentence(table.caption or table.label), rows=len(table.rows))
    note = f"{counted(more, 'more row is', 'more rows are')} {_ELSEWHERE}."
    return replace(table, rows=table.rows[:most], notes=(*table.notes, note))


def _first_sentence(text: str) -> str:
    """A caption goes on to say how its numbers were made: where these are not printed, that is not either."""
    return text.partition(". ")[0].rstrip(".")


def _told_together(blocks: Iterable[Block | _Elsewhere]) -> Iterator[Block]:
    """Tables that follow each other and of which paper has no row stand in one sentence."""
    for gone, several in itertools.groupby(blocks, key=lambda block: isinstance(block, _Elsewhere)):
        if not gone:
            yield from (block for block in several if not isinstance(block, _Elsewhere))
            continue
        tables = [block for block in several if isinstance(block, _Elsewhere)]
        are = "row is" if len(tables) == 1 and tables[0].rows == 1 else "rows are"
        named = [f"{table.name}: {counted(table.rows, 'row')}" for table in tables[:-1]]
        named.append(f"{tables[-1].name}: {count(tables[-1].rows)} {are}")
        yield Prose(text=f"{'; '.join(named)} {_ELSEWHERE}.", kind="small")


def _with_something_below(blocks: Sequence[Block]) -> Iterator[Block]:
    """Without the headings below which nothing is left."""
    for block, following in itertools.zip_longest(blocks, blocks[1:]):
        if not isinstance(block, Heading) or not (following is None or isinstance(following, Heading)):
            yield block


def _merged(blocks: Iterable[Block]) -> Iterator[Block]:
    """Tables of facts of one kind that follow each other as one with a column each."""
    for kind, several in itertools.groupby(blocks, key=_facts_of):
        own = list(several)
        tables = [block for block in own if isinstance(block, Table)]
        if not kind:
            yield from own
            continue
        each = math.ceil(len(tables) / math.ceil(len(tables) / _MOST_BESIDE))  # none stands alone beside a full one
        for begin in range(0, len(tables), each):
            yield _beside(tables[begin : begin + each])


def _facts_of(block: Block) -> str:
    """What kind of facts a table has: the first thing that it says; '' of any other block."""
    if not isinstance(block, Table) or tuple(text for text, _ in block.heads) != _FACTS or not block.rows:
        return ""
    return str(block.rows[0][0].value)


def _beside(tables: Sequence[Table]) -> Table:
    """Facts beside each other; those that are alike are told once, below."""
    if len(tables) == 1:
        return tables[0]
    columns = [{text_of(name).text: text_of(value).text for name, value in table.rows} for table in tables]
    names = list(dict.fromkeys(name for column in columns for name in column))
    alike = [name for name in names if len({column.get(name, "") for column in columns}) == 1]
    told = "; ".join(f"{name}: {columns[0][name]}" for name in alike)
    heads: tuple[tuple[str, Column], ...] = tuple((table.caption, "text") for table in tables)
    return Table(
        id=tables[0].id,
        caption=_DIFFER,
        heads=((_FACTS[0], "text"), *heads),
        rows=tuple(
            (Item(value=name), *(Item(value=column.get(name)) for column in columns))
            for name in names
            if name not in alike
        ),
        empty="They are alike in all that is known of them.",
        notes=(f"Alike: {told}.",) if told else (),
    )


def cards(report: Report) -> tuple[Card, ...]:
    """The questions that have a spread, each with the verdict that stands for it."""
    return tuple(_card(section) for section in report.sections if section.paper == "spread")


def _card(section: Section) -> Card:
    lines = (block for block in flat(section.blocks) if isinstance(block, Verdict) and block.form == "line")
    verdict = next(lines, None)
    if verdict is None:
        said = section.answer or "Nothing was measured for it."
        return Card(section.name, section.eyebrow, section.id, None, "", "", said)
    number, interval = verdict.counts, ""
    if not number:
        number, interval, unit = parts(verdict.average)
        number = f"{number}×" if unit == TIMES else f"{number} {unit}".strip()
    said = section.answer or verdict.sentence
    beside = f"{interval} {verdict.read}".strip()
    return Card(section.name, section.eyebrow, section.id, verdict.decision, number, beside, said)


def decided(section: Section) -> tuple[Decided, ...]:
    """The decisions of a section, below the headings that they have there."""
    return tuple(_rows_of(section))


def _rows_of(section: Section) -> Iterator[Decided]:
    for block in flat(section.blocks):
        if isinstance(block, Heading):
            yield Decided(head=block.text)
        elif isinstance(block, Choice):
            number = "" if block.number is None else with_interval(block.number, reason=False)
            yield Decided(
                asked=block.asked,
                answer=block.answer,
                href=block.href,
                number=number,
                named=block.named if number else "",
                notes=block.notes,
            )


def numbered(section: Section) -> tuple[str, ...]:
    """Ids of the figures and tables of a section that have a number on paper, in order: the text refers to them."""
    return tuple(
        str(getattr(block, "id", ""))
        for block in flat(section.blocks)
        if kind_of(block) == "panel" or (isinstance(block, Table) and block.id and block.rows)
    )


def alt_of(figure: Figure, alt: str) -> str:
    """What is seen, for who hears it: the caption has the finding, and there is no table beside it. Of a form, what was drawn."""
    if not isinstance(figure, Panel):
        return alt
    known = [point for point in figure.points if point.estimate.point is not None]
    if figure.kind == "curves":
        named = dict.fromkeys(f"{point.facet}: {point.series}" if point.facet else point.series for point in known)
        return f"{counted(len(named), 'line')} over {figure.x_label}, with intervals: {_and_more(list(named))}."
    first, last = (f"{_named(point)}: {with_interval(point.estimate)}" for point in (known[0], known[-1]))
    seen = f"{counted(len(known), 'row')}, each a dot with its interval and its number"
    return f"{seen}. The first is {first}." if len(known) == 1 else f"{seen}, from {first} to {last}."


def _named(point: PanelPoint) -> str:
    return ", ".join(filter(None, point.names))


def _and_more(names: Sequence[str]) -> str:
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return "; ".join([*names[:_MOST_NAMES], *more])


def notes_of(figure: Figure) -> tuple[str, ...]:
    """What is said below a figure beside what is drawn, as far as there is room; the page has all of it."""
    lengths = itertools.accumulate(len(note) for note in figure.notes)
    return tuple(note for note, length in zip(figure.notes, lengths, strict=True) if length <= _LONGEST_NOTES)


def caption_of(figure: Figure, subtitle: str) -> str:
    """What is said below a figure: of rows and curves without what is said once for all of them, else what was drawn."""
    if not isinstance(figure, Panel):
        return subtitle
    sizes = sorted({point.estimate.n for point in figure.points if point.estimate.point is not None})
    number = " to ".join(count(size) for size in dict.fromkeys((sizes[0], sizes[-1])))
    return f"{figure.subtitle.rstrip('.')}; n = {number}."


def files_of(report: Report) -> tuple[Code, ...]:
    """The files that are folded on the page: they travel with the PDF, whole."""
    found = (block for section in report.sections for block in flat(section.blocks))
    return tuple(block for block in found if isinstance(block, Code) and block.folded)
