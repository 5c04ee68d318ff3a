"""What the page's script is given, and what the templates ask of screens: parts with their sections, sheets, pairs in words."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from study.report.placed import flat, text_of
from study.report.text import fit
from study.screens import AnyTwo, Calculator, Choose, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from study.blocks import Item
    from study.reports import Part, Report, Section

    T = TypeVar("T")

_ESCAPED = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
"""What could end a script, or begin markup, inside of one."""


def parts(report: Report) -> list[tuple[Part, list[Section]]]:
    """The parts of the report in their order, each with its sections; what stands apart from its part is brought to it."""
    found: dict[Part, list[Section]] = {}
    for section in report.sections:
        found.setdefault(section.part, []).append(section)
    return list(found.items())


def _every(report: Report, kind: type[T]) -> Iterator[T]:
    for section in report.sections:
        yield from (block for block in flat(section.blocks) if isinstance(block, kind))


def sheets(report: Report) -> list[Sheet]:
    """Every table that has a page of its own."""
    return list(_every(report, Sheet))


def page_data(report: Report) -> Markup:
    """Places, what answers a loop at each, and the sides of which any two are compared."""
    return script_data(
        {
            "places": [asdict(place) for choose in _every(report, Choose) for place in choose.places],
            "calculators": {calculator.place: _told(calculator) for calculator in _every(report, Calculator)},
            "pairs": {found.id: _sides(found) for found in _every(report, AnyTwo)},
        }
    )


def _told(calculator: Calculator) -> dict[str, Any]:
    """Without the answer that stands on the page already, and without what only pictures need."""
    plain = replace(calculator, model=None)
    told = {name: value for name, value in asdict(plain).items() if name not in {"reply", "only"}}
    told["model"] = calculator.model and calculator.model.told()
    told["jobs"] = [
        {name: value for name, value in job.items() if name not in {"estimate", "made"}} for job in told["jobs"]
    ]
    return told


def sheet_data(sheet: Sheet) -> Markup:
    """The rows of a sheet: of each cell its text, or where there is more to it text, small text and what it is sorted by."""
    data: dict[str, object] = {
        "heads": [{"text": text, "kind": kind} for text, kind in sheet.table.heads],
        "rows": [[_cell(item) for item in row] for row in sheet.table.rows],
    }
    return script_data(data if sheet.two is None else data | {"pairs": {sheet.two.id: _sides(sheet.two)}})


def _sides(found: AnyTwo) -> object:
    """What its sides measured, every text in it made fit: facts of machines are data."""
    return _fitted(found.levels.told())


def _fitted(value: object) -> object:
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, dict):
        return {name: _fitted(part) for name, part in value.items()}
    return [_fitted(part) for part in value] if isinstance(value, list) else value


def _cell(item: Item) -> str | list[str]:
    shown = text_of(item)
    return [shown.text, shown.small, shown.sort] if shown.small or shown.sort else shown.text


def script_data(value: object) -> Markup:
    """JSON that cannot end the element it stands in; keys and numbers are ours, texts were made fit."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for char, escaped in _ESCAPED.items():
        text = text.replace(char, escaped)
    return Markup(text)  # noqa: S704 - nothing of markup is left in it
