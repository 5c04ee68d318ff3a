"""The numbers behind the report as CSV files: those of the sections, and those of every figure."""

from __future__ import annotations

import csv
import functools
import gzip
import io
import re
from typing import TYPE_CHECKING, Any
from unicodedata import category

from study.findings import Estimate
from study.report.text import fitted_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from study.blocks import Figure
    from study.reports import DataFile, Report

UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_HAVE_UNSEEN = (*range(0x20000), *range(0xE0000, 0xE1000))
"""Where Unicode has such: the two planes of scripts and signs, and tags; the rest are ideographs, or nothing."""
Value = str | float | int | bool | None
_PLAIN = frozenset({int, type(None)})
"""Kinds of values that a writer of CSV writes as they are."""
_DIGITS = ".9g"
"""Of a number: a nanosecond in a second, and more than any measurement has."""
_LEVEL = 6
"""Of gzip: the highest takes three times as long and makes a file 1 % smaller."""
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
"""What a spreadsheet takes for the beginning of a formula, wide and small forms among them."""
_SIGN = re.compile(f"[{_SIGNS}]")


@functools.cache
def _begins() -> re.Pattern[str]:
    """Where a cell begins or could, with the sign of a formula if one stands there.

    A spreadsheet may split at any of these, whatever the quotes say, passes over blanks, and takes the wide signs of East
    Asian keyboards for the narrow ones. Blanks are all that Unicode calls a space, a control or a format character.
    """
    unseen = (chr(code) for code in _HAVE_UNSEEN if category(chr(code)) in UNSEEN)
    blanks = "".join(map(re.escape, unseen))
    return re.compile(rf"""((?:\A|[,;\t\n\v\f\r\x85\u2028\u2029])[{blanks}",;]*+)([{_SIGNS}]?)""")


_ENDS = ("", "_low", "_high", "_n", "_unit", "_reason")
_NOTHING: tuple[Value, ...] = (None,) * len(_ENDS)


def listed(report: Report, figures: Iterable[Figure]) -> list[tuple[str, str]]:
    """Where each file lies, and what is in it, in the order of `files`: their texts take a while."""
    abouts = {file.path: f"{file.about}{opened(file.path)}" for section in report.sections for file in section.files}
    return list((abouts | {f"data/{_name(figure)}": _about(figure) for figure in figures}).items())


def opened(path: str) -> str:
    """How a file is opened that is packed, in brackets behind its name; of any other nothing."""
    return " (packed with gzip: pandas and R read it as it is, gunzip unpacks it)" if path.endswith(".gz") else ""


def files(report: Report, figures: Iterable[Figure]) -> dict[str, tuple[str, str]]:
    """File name -> (what is in it, its text)."""
    texts = {file.name: (file.about, rows_of(file, file.rows)) for section in report.sections for file in section.files}
    return texts | {_name(figure): (_about(figure), text_of(_figure(figure))) for figure in figures}


def rows_of(file: DataFile, rows: Iterable[Mapping[str, Value | Estimate]]) -> str:
    """Rows of a file as CSV, each estimate as point, low, high, n, unit and reason; texts are made fit to be shown."""
    if not file.rows:
        return ""
    columns = [(name, name in file.estimates or _holds_estimates(file, name)) for name in file.rows[0]]

    def flat(row: Mapping[str, Any]) -> list[Value]:
        values: list[Value] = []
        for name, is_parted in columns:
            value = row[name]
            if not is_parted:
                values.append(value)
            elif value is None:
                values += _NOTHING
            else:
                values += (value.point, value.low, value.high, value.n, value.unit, value.reason)
        return values

    heads = [f"{name}{end}" for name, is_parted in columns for end in (_ENDS if is_parted else ("",))]
    return _text(heads, map(flat, rows), _shown)


def _holds_estimates(file: DataFile, name: str) -> bool:
    """Whether a column has estimates: its first value that is there says it."""
    first = next((value for row in file.rows if (value := row[name]) is not None), None)
    return isinstance(first, Estimate)


def written(report: Report, files: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    """Where each of these files lies, and its bytes; `files` is what the function of that name gives."""
    packed = {file.name: file.path for section in report.sections for file in section.files if file.packed}
    for name, (_, text) in files.items():
        data = text.encode()
        yield (packed[name], _packed(data)) if name in packed else (f"data/{name}", data)


def _packed(data: bytes) -> bytes:
    """Gzip without a time or a name in it: with one zlib the same numbers give the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=_LEVEL) as file:
        file.write(data)
    return buffer.getvalue()


def _name(figure: Figure) -> str:
    return f"figure-{figure.id}.csv"


def _about(figure: Figure) -> str:
    return f"the numbers of the figure {figure.id}"


def _figure(figure: Figure) -> list[dict[str, Value]]:
    return [
        {
            **dict(zip(figure.heads, names, strict=True)),
            "point": estimate.point,
            "low": estimate.low,
            "high": estimate.high,
            "n": estimate.n,
            "unit": estimate.unit,
        }
        for names, estimate in figure.numbers
        if estimate.point is not None
    ]


def text_of(rows: Sequence[Mapping[str, Value]]) -> str:
    """The rows as CSV, numbers to nine digits; a piece of text that a spreadsheet would compute has an apostrophe before it."""
    names = list(rows[0]) if rows else []
    return _text(names, ([row[name] for name in names] for row in rows)) if rows else ""


def _text(
    heads: Iterable[str], rows: Iterable[Iterable[Value]], written: Callable[[Value], Value] | None = None
) -> str:
    written = written or _guarded
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(written, heads))
    writer.writerows([value if type(value) in _PLAIN else written(value) for value in values] for values in rows)
    return buffer.getvalue()


def _shown(value: Value) -> Value:
    """Of rows as sections made them, whose texts are not fit yet."""
    return _shown_text(value) if isinstance(value, str) else _guarded(value)


@functools.lru_cache(maxsize=2**14)
def _shown_text(text: str) -> str:
    return _guarded_text(fitted_text(text))


def _guarded(value: Value) -> Value:
    if type(value) is float:
        return format(value, _DIGITS)
    if isinstance(value, str):
        return _guarded_text(value)
    return format(value, _DIGITS) if isinstance(value, float) else value  # numpy's floats too


@functools.lru_cache(maxsize=2**14)
def _guarded_text(text: str) -> str:
    """Of the same few words that most columns have, once."""
    if not _SIGN.search(text):
        return text
    return _begins().sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[1], text)
