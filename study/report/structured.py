"""The report as JSON, for a program: verdicts, decisions, tables and figures, each number with its interval and unit."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from study.blocks import Choice, Panel, Table, Verdict
from study.forms import Form
from study.report import placed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.blocks import Block, Figure, Item
    from study.reports import Report, Section

SCHEMA = 1
"""Rises when a key changes its meaning or goes."""


def text_of(report: Report) -> str:
    """The whole, ending with a line feed; what is infinite has no number there, as what is not known."""
    data = {
        "schema": SCHEMA,
        "title": report.title,
        "about": report.about,
        "finished": report.finished,
        "badges": [{"kind": kind, "text": text, "href": href} for kind, text, href in report.badges],
        "sections": [_section(section) for section in report.sections],
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def _section(section: Section) -> dict[str, Any]:
    blocks = list(placed.flat(section.blocks))
    return {
        "id": section.id,
        "part": section.part,
        "name": section.name,
        "title": section.title,
        "answer": section.answer,
        "verdicts": _verdicts(blocks),
        "decisions": [_decision(block) for block in blocks if isinstance(block, Choice)],
        "tables": [_table(block) for block in blocks if isinstance(block, Table)],
        "figures": [_figure(block) for block in blocks if isinstance(block, Panel | Form)],
    }


def _verdicts(blocks: list[Block]) -> list[dict[str, Any]]:
    """Each once: the one at the head of a spread stands among its statements as well."""
    found = {(block.claim, block.target): block for block in blocks if isinstance(block, Verdict)}
    return [_plain(verdict) for verdict in found.values()]


def _decision(choice: Choice) -> dict[str, Any]:
    numbers = None if choice.numbers is None else _table(choice.numbers)
    return {"asked": choice.asked, "answer": choice.answer, "numbers": numbers, "notes": list(choice.notes)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "caption": table.caption or table.label,
        "heads": [head for head, _ in table.heads],
        "rows": [[_item(item) for item in row] for row in table.rows],
        "notes": list(table.notes),
    }


def _item(item: Item) -> dict[str, Any]:
    """What a reader sees, and the number behind it."""
    shown = placed.text_of(item)
    value = item.share if item.share is not None else item.value
    found: dict[str, Any] = {"text": shown.text, "small": shown.small, "value": _plain(value)}
    decision = item.decision or item.mark
    return found | ({"decision": decision} if decision else {})


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.id,
        "title": figure.title,
        "reason": figure.reason,
        "numbers": [
            {"of": dict(zip(figure.heads, names, strict=True)), "number": _plain(estimate)}
            for names, estimate in figure.numbers
        ],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return _of_mapping(value)


def _of_mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): _plain(item) for key, item in value.items()}
