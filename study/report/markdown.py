"""The report in short, as Markdown: verdicts, numbers to remember, decisions. For an issue, a pull request, a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study.blocks import Choice, Table, Verdict
from study.report import placed
from study.report.text import pieces
from study.units import with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.blocks import Item
    from study.reports import Report

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")
"""What Markdown takes for a sign of its own."""
_BLANK = re.compile(r"\s+")
_HEADS = ("Statement", "Measured", "Needed", "Verdict")


def text_of(report: Report) -> str:
    """The whole text; it ends with a line feed."""
    parts = (_head(report), *_verdicts(report), *_briefs(report), *_decisions(report))
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(report: Report) -> str:
    badges = (_loud(kind, text) for kind, text, _ in report.badges)
    return "\n\n".join((f"# {escaped(report.title)}", escaped(report.about), "\n".join(badges)))


def _loud(kind: str, text: str) -> str:
    return f"- **{escaped(text)}**" if kind == "loud" else f"- {escaped(text)}"


def _verdicts(report: Report) -> Iterator[str]:
    """The verdict that stands for each question, on each interpreter, once."""
    found = {
        (verdict.claim, verdict.target): verdict
        for section in report.sections
        for verdict in placed.flat(section.blocks)
        if isinstance(verdict, Verdict) and verdict.headline
    }
    if found:
        yield "## Verdicts"
        yield _table(_HEADS, (_verdict(verdict) for verdict in found.values()))


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    on = f" ({verdict.on})" if verdict.on else ""
    number = verdict.counts or with_interval(verdict.average, reason=False)
    sign, decision = placed.MARKS[verdict.decision][1], verdict.decision
    return f"{verdict.question}: {verdict.statement}{on}", number, verdict.needed, f"{sign} {decision}"


def _briefs(report: Report) -> Iterator[str]:
    """The tables of sections that say they are short."""
    for section in report.sections:
        tables = [block for block in placed.flat(section.blocks) if isinstance(block, Table)]
        if section.brief and tables:
            yield f"## {escaped(section.title)}"
            yield from map(_rows, tables)


def _rows(table: Table) -> str:
    if not table.rows:
        return escaped(table.empty)
    return _table([head for head, _ in table.heads], ([_cell(item) for item in row] for row in table.rows))


def _cell(item: Item) -> str:
    found = placed.text_of(item)
    return " ".join(filter(None, (found.text, found.small)))


def _decisions(report: Report) -> Iterator[str]:
    found = [
        choice for section in report.sections for choice in placed.flat(section.blocks) if isinstance(choice, Choice)
    ]
    if found:
        yield "## Decisions"
        yield "\n".join(f"- {escaped(choice.asked)} **{escaped(choice.answer)}**" for choice in found)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    head, rule, *body = lines
    return "\n".join((_line(head), f"| {' | '.join(rule)} |", *map(_line, body)))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def escaped(text: str) -> str:
    """The text on one line, in which nothing is a sign of Markdown but what we have marked as code."""
    return "".join(f"`{_one_line(piece)}`" if is_code else _plain(piece) for piece, is_code in pieces(text))


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    return _BLANK.sub(" ", text)
