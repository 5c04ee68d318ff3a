"""Two intervals on one page: what the rounds of a sitting say, and where five sittings of the machine find the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pytest

from study.findings import Estimate
from study.units import parts
from tests.elements import text_of
from tests.known_claims import CLAIMS, claims_text
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.stored_run import Measured, reported, store_run

if TYPE_CHECKING:
    from study.cell import Cell
    from study.findings import Unit
    from tests.page import Page

MOVED = (1.0, 1.04, 0.97, 1.06, 0.99)
"""By which each sitting takes longer, whole."""
TEXTS = {name: EXPERIMENTS[name] for name in ("q1-work", "q1-ways")} | {
    "claims": claims_text([known for known in CLAIMS if known.id == "q1-gain"])
}
NUMBER = r"\u2212?[\d\u202f]+(?:\.\d+)?"
BRACKET = re.compile(rf"({NUMBER})(?:\s+[^\d\s\[]+)?\s*\[({NUMBER}),\s*({NUMBER})\]")


@pytest.fixture(scope="module")
def sittings(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of five sittings of one machine that moves as a whole."""
    folder = tmp_path_factory.mktemp("sittings")
    for number, factor in enumerate(MOVED):

        def times(target: str, cell: Cell, factor: float = factor) -> Measured:
            return measured(target, cell).times(factor)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("study.store.folders._stamp", lambda number=number: f"20260101t00000{number}z")
            store_run(folder / "results", TEXTS, times)
    return reported(folder / "results", folder / "report")


def test_the_table_of_every_cell_says_where_the_next_sitting_finds_it(sittings: Page) -> None:
    for row in sittings.rows("cells.csv"):
        low, high = float(row["next_sitting_low"]), float(row["next_sitting_high"])
        assert low < float(row["average"]) < high
        assert high / low > max(MOVED) / min(MOVED)
        assert row["next_sitting_n"] == str(len(MOVED))
    table = sittings.every_cell
    assert table.heads.index("Next sitting") == table.heads.index("Typical") + 1
    assert all(row["Next sitting"].small.startswith("[") for row in table.rows)
    told = "Brackets speak of the one sitting that was measured, under Next sitting of the machine&#39;s next sitting."
    assert table.text.count(told) == 1


def test_a_ratio_comes_again_where_the_whole_machine_moves_and_a_time_does_not(sittings: Page) -> None:
    (verdict,) = sittings.rows("verdicts.csv")[:1]
    ratio = float(verdict["next_sitting_high"]) / float(verdict["next_sitting_low"])
    times = [float(row["next_sitting_high"]) / float(row["next_sitting_low"]) for row in sittings.rows("cells.csv")]
    assert ratio < min(times)
    assert float(verdict["next_sitting_low"]) < float(verdict["average"]) < float(verdict["next_sitting_high"])
    assert re.fullmatch(r"\[.*\] next sitting \[.*\]", sittings.answers[0].interval)
    assert "from 5 sittings of this machine" in text_of(sittings.sections["answers"])
    row = next(row for row in sittings.tables["audit-table"].rows if "holds the next run" in row["Rule"].text)
    seen = row["Evidence"].text
    assert (row["Outcome"].text, "5 sittings" in seen) == ("pass", True)
    assert "another's ratio in 100 %, that of the machine, made without the run, in 100 %" in seen.replace(
        "\u00a0", " "
    )
    assert not any("sitting" in text for _, text in sittings.badges)


def test_sittings_stand_side_by_side_with_every_round_and_the_one_that_is_shown_has_a_band(sittings: Page) -> None:
    figure = sittings.figures["rounds-beside-1"]
    averages = figure.names("average")
    assert len(averages) == len(set(averages)) == len(MOVED)
    (shown,) = figure.names("band")
    assert shown in averages
    places = [figure.mark("average", name).points[0][0] for name in sorted(averages)]
    assert sorted(range(len(MOVED)), key=places.__getitem__) == sorted(range(len(MOVED)), key=MOVED.__getitem__)
    assert "averages of 5 sittings from" in figure.title


def test_where_no_other_sitting_is_stored_that_is_said(page: Page) -> None:
    assert not any(name.startswith("rounds-beside") for name in page.figures)
    assert "No other run of this code by the same interpreters" in text_of(page.sections["rounds"])


def test_of_one_sitting_it_is_said_that_the_next_is_not_known(page: Page) -> None:
    assert {row["Next sitting"].text for row in page.every_cell.rows} == {"–"}
    assert "how much another sitting moves is not known here" in page.every_cell.text.lower()
    assert "how much another sitting moves is not known here" in text_of(page.sections["answers"])
    assert {row["next_sitting_reason"] for row in page.rows("cells.csv")} == {
        "one sitting; how much another sitting moves is not known here"
    }


def test_no_number_of_the_page_is_an_end_of_its_bracket_unless_it_was_so_before_rounding(page: Page) -> None:
    equal = {"".join(parts(estimate)[:2]) for estimate in numbers_of(page) if has_no_arm(estimate)}
    brackets = [found for found in BRACKET.finditer(text_of(page.body)) if found[1] in found.groups()[1:]]
    assert len(list(BRACKET.finditer(text_of(page.body)))) > 500
    assert {f"{found[1]}[{found[2]}, {found[3]}]" for found in brackets} <= equal


def test_every_badge_leads_to_a_place_of_the_page(page: Page, sittings: Page) -> None:
    for shown in (page, sittings):
        places = {element.get("id") for element in shown.body.iter()}
        badges = [element for element in shown.body.iter("span") if element.get("class", "").startswith("badge ")]
        hrefs = [link.get("href", "") for badge in badges for link in badge.iter("a")]
        assert len(hrefs) == len(badges) > 2
        assert {href.removeprefix("#") for href in hrefs} <= places


def numbers_of(page: Page) -> list[Estimate]:
    """Every number with an interval of every file beside the page."""
    found = []
    for path in sorted((page.folder / "data").iterdir()):
        for row in page.rows(path.name.removesuffix(".gz")):
            names = [name.removesuffix("low") for name in row if name.endswith("low") and row[name]]
            for name in names:
                point = row[name.removesuffix("_") if name else "point"]
                low, high = (float(row[f"{name}{end}"]) for end in ("low", "high"))
                found.append(made(float(point), low, high, cast("Unit", row[f"{name}unit"])))
    return found


def has_no_arm(estimate: Estimate) -> bool:
    """Whether an end is the number itself, but for what adding in another order makes of it."""
    return any(estimate.point == pytest.approx(end, rel=1e-6) for end in (estimate.low, estimate.high))


def made(point: float, low: float, high: float, unit: Unit) -> Estimate:
    return Estimate(point=point, low=low, high=high, n=9, unit=unit, estimand="average", method="")
