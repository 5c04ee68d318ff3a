"""What a reader must know of a run before believing it: each badge where it is so, and nowhere else; other runs beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.configs import experiment
from tests.elements import text_of
from tests.known_claims import CLAIMS, claims_text
from tests.known_experiments import EXPERIMENTS
from tests.known_run import ROUNDS, life, measured
from tests.stored_run import Measured, reported, store_run

if TYPE_CHECKING:
    from pathlib import Path

    from study.cell import Cell
    from tests.page import Page

BADGES = {
    "simulated": ("loud", "SIMULATED: these times come from a made-up law, not from a machine"),
    "quick": ("warn", "quick run: only {rounds} rounds"),
    "unfinished": ("warn", "unfinished run"),
    "stale": ("warn", "stale: measured by another version of the programs than the present one"),
    "partial": ("warn", "2 of 3 possible measurements made"),
    "disturbed": ("warn", "2 of {rounds} rounds disturbed"),
}
SIDES = (
    ("simulated", "quick", "partial"),
    ("quick", "unfinished", "disturbed"),
    ("stale", "partial", "disturbed"),
    ("simulated", "unfinished", "stale"),
)
"""What is so of each of four runs: of no two badges it is the same in all of them."""
TEXTS = {"q1-loop": experiment('pattern = "map"\nkernel = ["square", "sieve", "nbody"]\ntasks = 5')}


TRUST = re.compile("not passed: |of the self-audit failed|the method was not put|[0-9] sittings?: |built without PGO")
"""What else stands at the head; see tests/test_trust.py."""


def of_the_run(page: Page) -> list[tuple[str, str]]:
    """The badges that say how much was measured."""
    return [(kind, text) for kind, text in page.badges if not TRUST.search(text)]


def made(results: Path, out: Path, true: tuple[str, ...]) -> Page:
    """The report of a small run of which these things are so."""
    rounds = 8 if "quick" in true else ROUNDS

    def times(_: str, cell: Cell) -> Measured | None:
        if "partial" in true and cell.kernel == "nbody":
            return None
        found = measured(_, cell)
        return Measured(means=found.means[:rounds])

    store_run(
        results, TEXTS, times, finished="unfinished" not in true, simulated="simulated" in true, quick="quick" in true,
        disturbed=(1, 4) if "disturbed" in true else (), digest="0" * 16 if "stale" in true else "",
    )  # fmt: skip
    return reported(results, out)


@pytest.mark.parametrize("true", SIDES, ids=" ".join)
def test_a_badge_stands_where_it_is_so_and_nowhere_else(true: tuple[str, ...], tmp_path: Path) -> None:
    page = made(tmp_path / "r", tmp_path / "o", true)
    rounds = 8 if "quick" in true else ROUNDS
    expected = [(kind, text.format(rounds=rounds)) for name, (kind, text) in BADGES.items() if name in true]
    found = [(kind, text.partition(": headline")[0].partition(": core")[0].partition(": q1-loop")[0])
             for kind, text in of_the_run(page)]  # fmt: skip
    assert found == expected
    for row in page.rows("cells.csv"):
        assert row["simulated"] == str("simulated" in true)
    if "partial" in true:
        texts = [item.text for item in page.tables["not-measured-cells"].rows[0].values()]
        assert texts == ["left out", "q1-loop: the budget did not reach it", "1", "5 × n-body, plain loop"]
        assert page.one("cells.csv", state="left out")["reason"] == "the budget did not reach it"
    about = text_of(page.body)
    assert ("begun 2026-01-01 00:00 UTC (unfinished)" in about) == ("unfinished" in true)
    assert ("finished 2026-01-01 01:00 UTC" in about) == ("unfinished" not in true)


def test_a_whole_run_has_one_badge_that_says_how_whole_it_is(page: Page) -> None:
    assert of_the_run(page) == [("fine", f"full run: {ROUNDS} rounds of all 115 cells")]
    for _, text in BADGES.values():
        assert text.format(rounds=ROUNDS) not in page.text


def test_disturbed_rounds_are_counted_among_all(tmp_path: Path) -> None:
    page = made(tmp_path / "r", tmp_path / "o", ("disturbed",))
    assert page.tables["run-facts"].row("rounds")["Value"].text == "12, of which 2 stayed disturbed"
    assert of_the_run(page) == [("warn", "2 of 12 rounds disturbed")]


def test_other_runs_stand_beside_the_one_that_was_asked_for_each_with_its_own_answer(tmp_path: Path) -> None:
    texts = {name: EXPERIMENTS[name] for name in ("q1-work", "q1-ways")} | {
        "claims": claims_text([known for known in CLAIMS if known.id == "q1-gain"])
    }

    def at_half(_: str, cell: Cell) -> Measured:
        return measured(_, cell).times(2.0 if cell.backend == "pool" else 1.0)

    store_run(tmp_path / "r", texts, measured, machine="first")
    store_run(tmp_path / "r", texts, at_half, machine="second", disturbed=(0,), digest="e" * 16)
    page = reported(tmp_path / "r", tmp_path / "o", "--about", "first")
    assert page.answers[0].number == "3.08 times"
    rows = page.tables["other-runs-table"].rows
    assert [(row["Run"].text.partition(",")[0], row["Verdict"].text, row["Number"].text) for row in rows] == [
        ("first", "✔ supported", "3.08 times"),
        ("second", "✘ refuted", "1.54 times"),
    ]
    assert "1 of 12 rounds disturbed" in rows[1]["Run"].small
    assert "disturbed" not in rows[0]["Run"].small
    assert {row["machine"] for row in page.rows("cells.csv")} == {"first", "second"}
    low, point, high = page.figures["q1-speedup-r2-t1"].curve("fannkuch | Pool | 4")
    assert low < point < high
    assert point == pytest.approx(3.0832 / 2, rel=0.01)
    assert "second" in page.figures["q1-speedup-r2-t1"].title


def test_two_interpreters_of_one_run_stand_side_by_side_each_with_its_numbers(tmp_path: Path) -> None:
    facts = {"cpython-3.14": {"version": "3.14.1"}, "cpython-3.15": {"version": "3.15.0"}}

    def times(target: str, cell: Cell) -> Measured:
        return measured(target, cell).times({"cpython-3.14": 1.0, "cpython-3.15": 0.5}[target])

    store_run(tmp_path / "r", {"q3-lives": EXPERIMENTS["q3-lives"]}, times, facts=facts)
    page = reported(tmp_path / "r", tmp_path / "o")
    both = [page.figures[name] for name in ("q3-lifecycle", "q3-lifecycle-t2")]
    name = "join() returns: the whole life | spawn"
    first, second = (figure.row(name)[1] for figure in both)
    assert second == pytest.approx(first / 2, rel=5e-3)
    rows = [row for row in page.rows("cells.csv") if row["cell"] == life("spawn").text]
    assert {row["target"]: float(row["average"]) for row in rows} == {
        "cpython-3.14": pytest.approx(first, rel=5e-3),
        "cpython-3.15": pytest.approx(second, rel=5e-3),
    }


def test_the_paper_is_there_and_is_a_pdf(page: Page) -> None:
    assert (page.folder / "report.pdf").read_bytes().startswith(b"%PDF")
