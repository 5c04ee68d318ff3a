"""The tables of the page: what stands under which heading, and that each number is sorted by what it is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study.cell import Cell, noise_class
from tests import truth
from tests.elements import text_of
from tests.known_choices import floors
from tests.known_figures import noise_ratio
from tests.known_run import ROUNDS, handed, in_both, life, loop, means_of, message, pool, work
from tests.marks import UNITS
from tests.page import Page, Table
from tests.stored_run import LOOPS, WITHIN

if TYPE_CHECKING:
    from tests.page import Item

_NUMBER = re.compile(r"([−\-+±]?)([\d\u202f ]+(?:\.\d+)?)\s*([^\d\s\[]*)(?:\s.*)?")
_NAMED = {"times": 1.0, "×": 1.0, "CPUs": 1.0, **UNITS}


_TRIALS = re.compile(r"in (\d+)(?:, not in \d+)? of (\d+) trials?")
_COUNTED = re.compile(r" in \S+ of \S+ process(es)?$")


def said(text: str) -> float:
    """The number that a text begins with, in the basic unit; of trials the share that it counts."""
    if trials := _TRIALS.fullmatch(text.replace("\u202f", "")):
        return int(trials[1]) / int(trials[2])
    text = _COUNTED.sub("", text).lstrip("✔✘≈? ")
    match = _NUMBER.fullmatch(text)
    assert match is not None, text
    sign = -1.0 if match[1] in {"−", "-"} else 1.0
    return sign * float(match[2].replace("\u202f", "").replace(" ", "")) * _NAMED[match[3]]


def ends(item: Item) -> list[float]:
    """The ends of the interval in the small text, in the unit of the number."""
    unit = _NAMED[item.text.rpartition(" ")[2]] if " " in item.text else 1.0
    return [unit * float(end.replace("\u202f", "")) for end in re.findall(r"[\d.\u202f]+", item.small)]


CELLS = (
    ("q1-cells", "8 × fannkuch, Pool of 4 under fork", work("fannkuch", "pool")),
    ("q1-cells", "8 × fannkuch, plain loop", loop()),
    ("q2-cells", "64 B there and back between threads", message("threads", 64)),
    ("q3-cells", "one Process under spawn: start to the end of join()", life("spawn")),
    ("q4-cells", "8 × nothing, a process each under fork, 4 at a time", handed("process_per_task", "fork")),
    ("q5-cells", "Pool of 4 under forkserver for five squares, made and closed", pool("forkserver", "total")),
)


@pytest.mark.parametrize(("table", "name", "cell"), CELLS)
def test_average_typical_and_smallest_effect_stand_each_under_its_heading(
    page: Page, table: str, name: str, cell: Cell
) -> None:
    row = page.tables[table].row(name)
    means = means_of(cell)
    assert list(row) == ["Cell", "Average", "Typical", "Processes", "Smallest effect of one test"]
    for heading, known in (("Average", truth.average(means)), ("Typical", truth.typical(means))):
        assert row[heading].number == pytest.approx(known.point)
        assert said(row[heading].text) == pytest.approx(known.point, rel=0.02)
        assert ends(row[heading]) == pytest.approx([known.low, known.high], rel=0.03)
    assert row["Processes"].text == row["Processes"].sort == str(int((~np.isnan(means)).sum()))
    least = floors(means_of).get(noise_class(cell), 0.0)
    assert row["Smallest effect of one test"].number == pytest.approx(truth.smallest_effect(means, least), rel=0.03)
    assert said(row["Smallest effect of one test"].text) == pytest.approx(
        row["Smallest effect of one test"].number, rel=0.05
    )


def test_every_cell_stands_in_the_table_of_all_with_what_is_between_its_processes(page: Page) -> None:
    table = page.every_cell
    assert "115 cells of 1 run" in table.text
    by_cell = {row["Cell"].sort: row for row in table.rows}
    assert len(by_cell) == len(table.rows) == 115
    assert table.heads == [
        "Machine",
        "Run",
        "Cell",
        "Target",
        "State",
        "Tier",
        "Loops",
        "Processes",
        "Average",
        "Typical",
        "Next sitting",
        "Smallest effect of one test",
        "Between processes",
    ]
    for text, row in by_cell.items():
        means = means_of(Cell.parse(text))
        known = means[~np.isnan(means)]
        assert row["Cell"].small.startswith(text)
        assert row["Average"].number == pytest.approx(truth.average(means).point)
        assert row["Typical"].number == pytest.approx(truth.typical(means).point)
        share = truth.between_share(np.outer(known, WITHIN))
        assert row["Between processes"].number == pytest.approx(share)
        assert said(row["Between processes"].text) == pytest.approx(share, rel=0.02)
        assert (row["Loops"].text, row["Processes"].text) == (str(LOOPS), str(len(known)))
    assert "order_1234" not in table.text
    assert any("3 orders of lines" in row["Cell"].small for row in table.rows)


def every_table(page: Page) -> list[Table]:
    """All tables of data, also those without an id."""
    return [table for element in page.body.iter("table") if any((table := Table(element)).numeric)]


def test_each_number_with_a_unit_is_sorted_by_what_it_is(page: Page) -> None:
    seen = 0
    for table in every_table(page):
        if table.id == "" and "answers" in table.element.get("class", ""):
            continue
        for row in table.rows:
            for (heading, item), numeric in zip(row.items(), table.numeric, strict=True):
                if not numeric or not any(letter.isdigit() for letter in item.text):
                    continue
                if not item.sort:
                    assert item.text.isdigit(), f"{table.id}, {heading}: {item.text} has no key"
                    continue
                seen += 1
                assert said(item.text) == pytest.approx(item.number, rel=0.1, abs=1e-12), (table.id, heading)
    assert seen > 500


def test_pairs_and_injected_effects_stand_with_the_true_ratio_and_whether_it_was_found(page: Page) -> None:
    table = page.tables["noise-pairs-table"]
    expected = {
        "5 × one square, plain loop": ("injected", noise_ratio(loop("square", 5), "injected"), 1.05, "yes"),
        "5 × prime sieve, plain loop": ("injected", noise_ratio(loop("sieve", 5), "injected"), 1.05, "no"),
        "5 × n-body, plain loop": ("injected", noise_ratio(loop("nbody", 5), "injected"), 1.05, "no"),
        "8 × fannkuch, plain loop": ("A/A", noise_ratio(loop(), "again"), 1.0, "yes"),
    }
    for name, (kind, ratio, true, found) in expected.items():
        row = table.row(name)
        assert (row["Kind"].text, row["Class"].text) == (kind, "compute")
        assert row["Ratio seen"].number == pytest.approx(ratio.point)
        assert ends(row["Ratio seen"]) == pytest.approx([ratio.low, ratio.high], rel=5e-3)
        assert row["True ratio"].number == true
        assert row["Inside the interval"].text == found
    low, _, high = noise_ratio(loop("nbody", 5), "injected")
    assert low < 1.0 < high - 0.05, "or the third case would show nothing"


def test_the_largest_floor_is_said_as_a_number(page: Page) -> None:
    cell = handed("map", "fork")
    floors = {name: truth.floor(*pair) for name, pair in _pairs(cell).items()}
    assert floors["compute"] < 0.01 < floors["start"] < 0.1 < floors["dispatch"]
    whole = text_of(page.sections["noise"])
    text = whole.partition("where it is largest: ")[2].partition(". A statement")[0]
    assert said(text.partition("[")[0].strip()) == pytest.approx(floors["dispatch"], rel=0.05)


def _pairs(dispatch: Cell) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Both labels of one pair of each class, in the rounds of both."""
    found = {}
    for name, cell in (("compute", loop()), ("start", life("fork")), ("dispatch", dispatch)):
        found[name] = in_both(replace(cell, label="again"), cell)
    return found


def test_sections_stand_in_order_and_everything_was_measured(page: Page) -> None:
    order = ["answers", "decisions", "asked", *(f"q{number}" for number in range(1, 7)), "start", "dispatch", "grain",
             "messages", "scaling", "memory", "machine", "noise", "not-measured", "method", "cells"]  # fmt: skip
    assert [name for name in page.sections if name in order] == order
    text = text_of(page.sections["not-measured"])
    assert "Every cell of the plan was measured." in text
    links = [link.get("href", "") for link in next(page.body.iter("nav")).iter("a")]
    assert set(links) == {*(f"#{name}" for name in page.sections), "cells.html"}
    assert page.tables["run-facts"].row("rounds")["Value"].text.startswith(f"{ROUNDS}, of which 0")
