"""A gate's outcome in words: a table, Markdown, JSON and JUnit. Of the machine nothing but its cells is said."""

from __future__ import annotations

import dataclasses
import json
import math
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from study import units
from study.cell import Cell, unit_of
from study.errors import printable
from study.findings import Estimate
from study.gate.decided import fails, is_blind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.gate.decided import Alone, CellOutcome, Decided
    from study.store import GateRecord

COLUMNS = ("cell", "base", "head", "ratio (geometric)", "95 % over looks", "outcome")
NOTE = (
    "base and head are averages, the ratio is the geometric mean over rounds; its interval holds at all looks of that cell"
    " together; slower and faster are told of all cells together, the same of each cell by itself"
)
"""What the columns are: below every table."""


def table_of(found: Decided, gate: GateRecord) -> str:
    """The table as lines of text, then what equal code showed, and the word of the whole on the last line."""
    rows = [COLUMNS, *_rows(found, gate)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", *_closing(found)])


def markdown_of(found: Decided, gate: GateRecord) -> str:
    """The table in Markdown."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *_rows(found, gate)]
    lines = ["| " + " | ".join(map(_in_cell, row)) + " |" for row in rows]
    return "\n\n".join(["\n".join(lines), *_closing(found)]) + "\n"


def _in_cell(text: str) -> str:
    """Text as text: `<private>` in a reason would be taken for a mark, and vanish."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def json_of(found: Decided, gate: GateRecord) -> str:
    """Everything that was decided, with what it was decided from: enough to decide it again without this code."""
    cells = [
        dataclasses.asdict(cell) | {"ratio": cell.ratio, "unit": unit_of(Cell.parse(cell.cell))} for cell in found.cells
    ]
    data: dict[str, Any] = {
        "schema": 1,
        "gate": found.verdict,
        "limit": gate.limit,
        "same": gate.same,
        "looks": gate.looks,
        "equal_called_different": found.equal_called,
        "equal": found.equal,
        "cells": cells,
        "not_compared": [alone._asdict() for alone in found.alone],
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def junit_of(found: Decided, gate: GateRecord) -> str:
    """A test case for each cell: slower beyond the limit fails, as does a cell that one arm failed at; what may be is skipped."""
    cases = []
    failures = skipped = 0
    for cell in found.cells:
        case = ET.Element("testcase", classname="gate", name=printable(cell.cell, 1000))
        said = _said(cell, gate)
        if fails(cell, gate):
            ET.SubElement(case, "failure", message=said)
            failures += 1
        elif is_blind(cell, gate):
            ET.SubElement(case, "skipped", message=said)
            skipped += 1
        cases.append(case)
    for alone in found.alone:
        case = ET.Element("testcase", classname="gate", name=printable(alone.cell, 1000))
        ET.SubElement(case, "failure" if alone.failed else "skipped", message=_not_compared(alone))
        failures += alone.failed
        skipped += not alone.failed
        cases.append(case)
    suite = ET.Element(
        "testsuite", name=f"gate: {found.verdict}", tests=str(len(cases)), failures=str(failures), skipped=str(skipped)
    )
    suite.extend(cases)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _rows(found: Decided, gate: GateRecord) -> Iterator[tuple[str, ...]]:
    for cell in found.cells:
        show = units.size if unit_of(Cell.parse(cell.cell)) == "byte" else units.seconds
        ratio, between, _ = units.parts(_ratio(cell))
        yield (
            printable(cell.cell, 1000),
            show(cell.base),
            show(cell.head),
            ratio,
            between or "none",
            _said(cell, gate),
        )
    for alone in found.alone:
        yield (printable(alone.cell, 1000), "", "", "", "", _not_compared(alone))


def _not_compared(alone: Alone) -> str:
    return f"not compared: {alone.arm} has no times of it ({printable(alone.reason, 300)})"


def _ratio(cell: CellOutcome) -> Estimate:
    return Estimate(
        point=cell.ratio, low=cell.low, high=cell.high, n=cell.rounds, unit="ratio", estimand="ratio of geometric means",
        method="Student's t on logarithms of pairs, at all looks together",
    )  # fmt: skip


def _said(cell: CellOutcome, gate: GateRecord) -> str:
    """The outcome in words: what it is, and of what is not decided how much could have been seen."""
    if cell.word == "the same":
        return f"the same within {_typed(gate.same)}"
    if cell.word == "not decided":
        seen = cell.could_see
        return f"not decided (could have seen {units.percent(seen)})" if seen and math.isfinite(seen) else "not decided"
    if cell.word == "slower":
        return f"slower{_beside(cell, gate)}"
    return cell.word


def _beside(cell: CellOutcome, gate: GateRecord) -> str:
    """On which side of the limit a slower cell lies, as far as that is known; '' where it lies beyond."""
    limit = _typed(gate.limit)
    if fails(cell, gate):
        return "" if (cell.low or 0.0) > 1.0 + gate.limit else f", perhaps by less than {limit}"
    return f", perhaps by more than {limit}" if is_blind(cell, gate) else f", not by more than {limit}"


def _typed(share: float) -> str:
    """A margin as it was typed."""
    return units.threshold(share, "share")


def _closing(found: Decided) -> Iterator[str]:
    of_equal = f"{units.count(found.equal_called)} of {units.counted(found.equal, 'cell')}"
    if not found.equal:
        of_equal = "too few rounds to tell"
    yield NOTE
    yield f"equal code called different: {of_equal}"
    yield f"gate: {found.verdict}"
