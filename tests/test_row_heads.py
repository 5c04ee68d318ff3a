"""Row heads are written into a PDF without moving anything else out of its place."""

from __future__ import annotations

import re

from study.report.row_heads import with_row_heads

OBJECTS = (
    b"<</Type/Catalog>>",
    b"<</Type/StructElem/S/TR/P 9 0 R/K[3 0 R 4 0 R]>>",
    b"<</Type/StructElem/S/TD/P 2 0 R/A[<</O/Table/Headers[(U1x0y0)]>>]/K[1]>>",
    b"<</Type/StructElem/S/TD/P 2 0 R/A[<</O/Table/Headers[(U1x1y0)]>>]/K[2]>>",
    b"<</Type/StructElem/S/TR/P 9 0 R/K[6 0 R]>>",
    b"<</Type/StructElem/S/TH/P 5 0 R/ID(U1x0y0)/A[<</O/Table/Scope/Column/Headers[]>>]/K[3]>>",
    b"<</Type/StructElem/S/TR/P 9 0 R/K[8 0 R]>>",
    b"<</Type/StructElem/S/TD/P 7 0 R/A[<</O/Table/Headers[(U1x0y0)]>>]/K[4]>>",
    b"<</Length 6>>\nstream\n/S/TD/\nendstream",
)


def made(objects: tuple[bytes, ...] = OBJECTS) -> bytes:
    """A file that is built as typst builds one."""
    body, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    entries = b"0000000000 65535 f\r\n" + b"".join(b"%010d 00000 n\r\n" % place for place in places)
    table = b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\n" % (len(places) + 1, entries, len(places) + 1)
    return body + table + b"startxref\n%d\n%%%%EOF" % len(body)


def read(pdf: bytes) -> list[bytes]:
    """Every object, found by the table of places."""
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF", pdf)[0])
    assert pdf[start:].startswith(b"xref\n")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n\r\n", pdf[start:])]
    found = []
    for number, place in enumerate(places, 1):
        begin = b"%d 0 obj\n" % number
        assert pdf[place:].startswith(begin)
        found.append(pdf[place + len(begin) : pdf.index(b"\nendobj", place)])
    return found


def test_the_first_cell_of_a_row_becomes_its_head_and_nothing_else_changes() -> None:
    before, after = read(made()), read(with_row_heads(made()))
    changed = {number for number, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new}
    assert changed == {3, 8}
    assert after[2] == b"<</Type/StructElem/S/TH/P 2 0 R/A[<</O/Table/Scope/Row/Headers[(U1x0y0)]>>]/K[1]>>"


def test_a_second_time_changes_nothing() -> None:
    assert with_row_heads(with_row_heads(made())) == with_row_heads(made())


def test_a_file_that_is_written_otherwise_comes_back_as_it_is() -> None:
    streams = made().replace(b"xref\n0 10", b"xrex\n0 10")
    for other in (b"", b"%PDF-1.7\n", streams, made()[:-5], made((b"<</Type/Catalog>>",))):
        assert with_row_heads(other) == other
