"""What a value in a file of results can be at all: types with ranges, for what is read and for what is written.

The ranges are wide: they keep out what no machine and no run has, and what would break arithmetic, not what is unusual.
"""

from __future__ import annotations

import math
import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated

from msgspec import Meta

from study.cell import Cell, parts_of
from study.errors import printable
from study.things import PATTERNS
from study.things.words import WORDS

CLOCKS_APART = timedelta(days=1)
"""Clocks of two machines may differ by this much; what is dated later has not been measured yet."""
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""Nothing was measured by this study before."""
MOST_CPUS = 2**16
"""Eight times what Linux can be built for."""
SECONDS = 1e9
"""30 years."""
LARGEST = {"second": 1e6, "byte": 1e15}
SMALLEST = 1e-18
"""Of a time or size: a nanosecond, the least that a clock tells, over a thousand million loops."""
COUNT = 10**12
FACT_BYTES = 2**64
"""No fact of a machine is a larger number."""

Index = Annotated[int, Meta(ge=0, le=10**6)]
Curve = Annotated[int, Meta(ge=-1, le=10**6)]
Few = Annotated[int, Meta(ge=0, le=10**4)]
Loops = Annotated[int, Meta(ge=0, le=COUNT)]
Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Cpus = Annotated[int, Meta(ge=1, le=MOST_CPUS)]
Seconds = Annotated[float, Meta(ge=0, le=SECONDS)]
CpuTime = Annotated[float, Meta(ge=-MOST_CPUS, le=MOST_CPUS)]
Size = Annotated[float, Meta(ge=SMALLEST, lt=LARGEST["byte"])]
"""A value of a suite: seconds, or bytes; its unit says which, and `LARGEST` how large it may be."""
Real = Annotated[float, Meta(ge=-1e18, le=1e18)]
Ratio = Annotated[float, Meta(ge=0, le=1e6)]
Share = Annotated[float, Meta(ge=0, le=1)]
Word = Annotated[str, Meta(max_length=64, pattern=r"\A[A-Za-z0-9._+ -]*\Z")]
SLUG = r"\A[a-z0-9][a-z0-9._+-]{0,63}\Z"
Slug = Annotated[str, Meta(pattern=SLUG)]
"""A name that is part of a file's name."""
Hex = Annotated[str, Meta(max_length=128, pattern=r"\A[0-9a-f]*\Z")]
Line = Annotated[str, Meta(max_length=1000)]
Text = Annotated[str, Meta(max_length=100_000)]
CellText = Annotated[str, Meta(min_length=1, max_length=1000)]
ConfigText = Annotated[str, Meta(max_length=2**18)]
Instant = Annotated[str, Meta(max_length=20)]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MOST = {
    "workers": MOST_CPUS,
    "library_threads": MOST_CPUS,
    "payload_bytes": 2**44,
    "result_bytes": 2**44,
    "parent_bytes": 2**44,
}
_NUMBERS = tuple(field.name for field in fields(Cell) if isinstance(field.default, int))
NEWER = "a newer study may have measured it: then use that one"


def wrong_instant(text: str) -> str:
    """What is wrong with a time in UTC, ISO 8601 to the second; '' if nothing."""
    try:
        when = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if _INSTANT.fullmatch(text) else None
    except ValueError:
        when = None
    if when is None:
        return f"{printable(repr(text), 40)} is no time such as 2026-01-31T12:00:00Z"
    if when < EARLIEST:
        return f"{text} is before this study was: the clock was wrong when it was measured"
    if when > datetime.now(UTC) + CLOCKS_APART:
        return f"{text} is in the future: the clock was wrong when it was measured, or is wrong here"
    return ""


@lru_cache(maxsize=2**14)
def cell_or_fault(text: str) -> Cell | str:
    """The cell with this canonical text, or what is wrong with it. Runs have the same few hundred cells."""
    try:
        cell = Cell.parse(text)
    except ValueError as error:
        return printable(str(error), 200)
    if cell.pattern not in PATTERNS:
        return f"the pattern {printable(cell.pattern, 40)!r} is unknown; {NEWER}"
    for name, words in WORDS.items():
        if getattr(cell, name) not in words:
            return f"{name} {printable(getattr(cell, name), 40)!r} is unknown; {NEWER}"
    if cell.part not in ("total", *parts_of(cell)):  # a point, of which the cells are parts, has the part total
        return f"part {printable(cell.part, 40)!r} is unknown; {NEWER}"
    for name in _NUMBERS:
        if getattr(cell, name) > _MOST.get(name, COUNT):
            return f"{name} is larger than {_MOST.get(name, COUNT)}"
    return cell


def cell_of(text: str) -> Cell:
    """The cell with this canonical text.

    Raises
    ------
    ValueError
        if it is none.
    """
    found = cell_or_fault(text)
    if isinstance(found, str):
        raise ValueError(found)  # noqa: TRY004 - what a cell that is wrong has always been
    return found


def wrong_cell(text: str) -> str:
    """What is wrong with a cell's canonical text; '' if nothing."""
    found = cell_or_fault(text)
    return found if isinstance(found, str) else ""


def wrong_fact(value: object, depth: int = 3) -> str:
    """What is wrong with a fact of a machine or an interpreter; '' if nothing.

    A fact is None, a truth, a finite number that is not negative, a short text, or a short list or object of these.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = math.isfinite(value) and 0 <= value <= FACT_BYTES
        return "" if fits else f"{printable(str(value), 40)} is no number that a fact can be"
    if isinstance(value, str):
        return "" if len(value) <= 1000 else "a text of more than 1000 characters"
    if not isinstance(value, list | dict):
        return ""
    if not depth or len(value) > 200:
        return "nested more deeply, or of more entries, than any fact"
    keys = [key for key in value if isinstance(value, dict) and len(key) > 100]
    inner = list(value.values()) if isinstance(value, dict) else value
    return (
        "a key of more than 100 characters"
        if keys
        else next(filter(None, (wrong_fact(fact, depth - 1) for fact in inner)), "")
    )
