"""Row heads in a PDF that typst has set: the first cell of each row of a table becomes its head.

typst marks the cells of a table's header as heads of their columns. To mark the head of a row it needs a feature that is not
to be had from Python (`pdf.header-cell`, 0.15). In the file such a cell is one name and one attribute more, so that both are
written in, and the table of where each object begins is moved on.
"""

from __future__ import annotations

import bisect
import re
from typing import NamedTuple

_TABLE = re.compile(rb"xref\r?\n0 (\d+)\r?\n")
_PLACE = re.compile(rb"(\d{10}) (\d{5}) ([nf])[ \r][\r\n]")
_START = re.compile(rb"startxref\r?\n(\d+)\r?\n%%EOF\s*\Z")
_ROW = re.compile(rb"\d+ 0 obj\s<</Type/StructElem/S/TR/P \d+ 0 R/K\[(\d+) 0 R")
_CELL = re.compile(rb"\d+ 0 obj\s<</Type/StructElem/S/(TD)/P \d+ 0 R/A\[<</O/Table()")
_HEAD, _SCOPE = b"TH", b"/Scope/Row"
_ENTRY_BYTES = 20


class _Written(NamedTuple):
    """A PDF with a plain table of places: where each object begins, where the entries are, where the last table begins."""

    places: tuple[int, ...]
    entries: int
    start: re.Match[bytes]


def with_row_heads(made: bytes) -> bytes:
    """The same PDF with row heads; one that is not written as typst writes today comes back unchanged."""
    written = _written(made)
    if written is None:
        return made
    cells = [cell for place in written.places if (cell := _first_cell(made, place, written.places)) is not None]
    inserted = sorted(cell.start(2) for cell in cells)
    changed = bytearray(made)
    for cell in cells:
        changed[cell.start(1) : cell.end(1)] = _HEAD
    _move_entries(changed, written, inserted)
    parts, begin = [], 0
    for end in inserted:
        parts += [bytes(changed[begin:end]), _SCOPE]
        begin = end
    tail = bytes(changed[begin : written.start.start(1)])
    table = int(written.start[1])
    return b"".join((*parts, tail, b"%d" % _moved(table, inserted), bytes(changed[written.start.end(1) :])))


def _written(made: bytes) -> _Written | None:
    start = _START.search(made, max(0, len(made) - 200))
    table = _TABLE.match(made, int(start[1])) if start else None
    if start is None or table is None:
        return None
    begin, number = table.end(), int(table[1])
    entries = [_PLACE.fullmatch(made, place, place + _ENTRY_BYTES) for place in _steps(begin, number)]
    if not all(entries):
        return None
    places = tuple(int(entry[1]) if entry and entry[3] == b"n" else -1 for entry in entries)
    return _Written(places, begin, start)


def _steps(begin: int, number: int) -> range:
    return range(begin, begin + number * _ENTRY_BYTES, _ENTRY_BYTES)


def _first_cell(made: bytes, place: int, places: tuple[int, ...]) -> re.Match[bytes] | None:
    """The first cell of the row that begins at a place, where it is no head yet; None of what is no row."""
    row = _ROW.match(made, place) if place >= 0 else None
    number = int(row[1]) if row else -1
    return _CELL.match(made, places[number]) if 0 <= number < len(places) and places[number] >= 0 else None


def _move_entries(changed: bytearray, written: _Written, inserted: list[int]) -> None:
    """Each entry names the place where its object will begin; every entry stays as long as it is."""
    for entry, place in zip(_steps(written.entries, len(written.places)), written.places, strict=True):
        if place >= 0:
            changed[entry : entry + 10] = b"%010d" % _moved(place, inserted)


def _moved(place: int, inserted: list[int]) -> int:
    """Where a place is once all is inserted that comes before it."""
    return place + len(_SCOPE) * bisect.bisect_left(inserted, place)
