"""No cell of a CSV file is a formula, whatever a spreadsheet splits at."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from study.findings import Estimate
from study.report.csvs import files as files_of
from study.report.csvs import listed, rows_of, text_of, written
from study.reports import DataFile, Report, Section

SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
HOSTILE = st.text(alphabet=" \t\r\n,;\"'=+-@\uff1d\u00a0ab1", max_size=20)


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def formulas(text: str, delimiter: str) -> list[str]:
    """The fields of the file that a spreadsheet would compute."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    every = [field for row in rows for field in row]
    return [field for field in every if field.lstrip(' \t\r\n\u00a0"').startswith(SIGNS) and not is_number(field)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(texts=st.lists(HOSTILE, min_size=1, max_size=4), number=st.floats(allow_nan=False, allow_infinity=False))
@example(texts=["a;=cmd|calc"], number=-1.0)
@example(texts=["\n=cmd"], number=-1.0)
@example(texts=['a;"=cmd', "b"], number=-1.0)
@example(texts=["a,b\n@cmd"], number=-1.0)
@example(texts=["a\t+1", ";"], number=-1.0)
@example(texts=["x; ", "=1"], number=-1.0)
def test_no_field_is_a_formula(delimiter: str, texts: list[str], number: float) -> None:
    row: dict[str, str | float] = {
        "run": "r",
        **{f"{index}{text}": text for index, text in enumerate(texts)},
        "number": number,
    }
    assert formulas(text_of([row]), delimiter) == []


@given(st.lists(st.text(alphabet="abc ,;\"\n'|§%", max_size=20), min_size=1))
def test_a_text_without_a_sign_comes_back_as_it_was(texts: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(text_of([{"text": text, "end": 1} for text in texts]), newline="")))
    assert [row[0] for row in rows[1:]] == texts


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-1.5, "-1.5"),
        (-3, "-3"),
        (True, "True"),
        (None, ""),
        (1e-9, "1e-09"),
        (0.1 + 0.2, "0.3"),
        (0.123456789123, "0.123456789"),
        (np.float64(2 / 3), "0.666666667"),
        ("map backend=pool workers=2", "map backend=pool workers=2"),
        ("x-y; z = 3", "x-y; z = 3"),
        ("-1.5", "'-1.5"),
        ("a; -b", "a; '-b"),
    ],
)
def test_numbers_stay_numbers_and_plain_texts_plain(value: str | float | None, shown: str) -> None:
    assert text_of([{"value": value, "end": 1}]) == f"value,end\n{shown},1\n"


def test_a_file_that_is_packed_lies_beside_the_others_and_has_no_time_and_no_name_in_it() -> None:
    small = DataFile(name="checks.csv", about="every check", rows=({"cell": "a", "mean_s": 0.5},))
    large = replace(small, name="cells.csv", about="every cell", packed=True)
    section = Section(id="files", name="Files", title="Files", blocks=(), files=(large, small))
    report = Report(title="", about="", badges=(), sections=(section,), finished="")
    files = files_of(report, ())
    found = dict(written(report, files))
    assert list(found) == ["data/cells.csv.gz", "data/checks.csv"]
    assert found["data/checks.csv"] == b"cell,mean_s\na,0.5\n"
    packed = found["data/cells.csv.gz"]
    assert gzip.decompress(packed) == found["data/checks.csv"]
    flags, time = packed[3], packed[4:8]
    assert (flags, time) == (0, bytes(4))
    assert dict(written(report, files)) == found
    (_, told), (_, other) = listed(report, ())
    assert told.startswith("every cell (")
    assert "pandas and R read it as it is" in told
    assert "gunzip" in told
    assert other == "every check"


def test_a_column_has_estimates_where_its_first_value_that_is_there_is_one() -> None:
    known = Estimate(point=2.0, low=1.0, high=4.0, n=7, unit="s", estimand="average", method="")
    rows = ({"a": None, "b": None, "c": "x\x07"}, {"a": known, "b": None, "c": "y"})
    file = DataFile(name="a.csv", about="", rows=rows, estimates=("b",))
    assert rows_of(file, rows) == (
        "a,a_low,a_high,a_n,a_unit,a_reason,b,b_low,b_high,b_n,b_unit,b_reason,c\n"
        ",,,,,,,,,,,,x\ufffd\n2,1,4,7,s,,,,,,,,y\n"
    )
    assert rows_of(file, rows[1:]).splitlines()[1:] == ["2,1,4,7,s,,,,,,,,y"]


def test_a_long_run_of_separators_is_passed_once() -> None:
    assert text_of([{"value": "\n" * 200_000 + "=1"}]).count("'=") == 1


@pytest.mark.parametrize("sign", [*SIGNS, "\ufe62", "\ufe63", "\ufe66", "\ufe6b", "\u2212"])
@pytest.mark.parametrize("before", ["", "\u200e", "\u00ad", "\u2060", "\u3000", "\x7f", "\U000e0020", "a\v", "a\f", "a\x85",
                                    "a\u2028", "a\u2029 \u202e"])  # fmt: skip
def test_no_sign_is_hidden_by_what_is_not_seen(sign: str, before: str) -> None:
    assert f"{before}'{sign}1" in text_of([{"x": f"{before}{sign}1"}])
