"""A claim that says more than one number shows has further tests, and holds where all of them do."""

from __future__ import annotations

import pytest

from study.cell import Cell
from study.config import parse_claims
from study.errors import ConfigError
from study.sections import topology
from tests.builders import LOOP, POOL
from tests.claim_data import RATIO, around, decided
from tests.made_up_run import measured

ABOVE = RATIO.replace("DIRECTION", "above")
FURTHER = """
[[claim.also]]
estimand = "value"
of = { pattern = "map", kernel = "square", tasks = 5 }
direction = "DIRECTION"
threshold = 0.5
because = "half a second"
finding = "And it takes {value}"
"""
POOLED, LOOPED = measured(POOL, around(2.0, 0.02)), measured(LOOP, around(1.0, 0.02, 2))


@pytest.mark.parametrize(("direction", "expected"), [("above", "supported"), ("below", "refuted")])
def test_it_holds_where_every_test_holds_and_one_refutes_it(direction: str, expected: str) -> None:
    found = decided(ABOVE + FURTHER.replace("DIRECTION", direction), POOLED, LOOPED)
    assert found.decision == expected
    assert found.sentence.count(", here, with one.") == 2
    assert "And it takes 1.0" in found.sentence
    assert found.needed.endswith(f"; and {direction} 0.5 s, half a second")
    assert set(found.cells) == {POOL.text, LOOP.text}


def test_number_and_cells_are_those_of_the_test_that_decides() -> None:
    held, refuted = (decided(ABOVE + FURTHER.replace("DIRECTION", way), POOLED, LOOPED) for way in ("above", "below"))
    assert (held.test, held.average.unit, held.cells[0]) == (0, "ratio", POOL.text)
    assert (refuted.test, refuted.average.unit, refuted.cells[0]) == (1, "s", LOOP.text)
    assert refuted.average.point == pytest.approx(float(LOOPED.means.mean()))
    assert (held.claim, held.statement) == (refuted.claim, refuted.statement)
    assert refuted.averages[0] == held.average
    assert refuted.average_of(1) == refuted.average
    assert refuted.average_of(2) is None


def test_the_p_value_is_that_of_the_test_that_refutes_and_the_worst_of_all_that_hold() -> None:
    weak = measured(POOL, around(1.05, 0.012, 3))
    held, refuted = (
        decided(ABOVE + FURTHER.replace("DIRECTION", way), weak, LOOPED, floor=None) for way in ("above", "below")
    )
    assert (held.decision, refuted.decision) == ("supported", "refuted")
    assert held.p_holm is not None
    assert refuted.p_holm is not None
    assert refuted.p_holm < held.p_holm


def test_what_one_test_leaves_open_is_open() -> None:
    found = decided(ABOVE + FURTHER.replace("DIRECTION", "above").replace("0.5", "1.0"), POOLED, LOOPED)
    assert found.decision == "cannot be decided here"


def test_further_tests_are_counted_with_the_others_of_the_question() -> None:
    weak = measured(POOL, around(1.02, 0.028, 3))
    alone = decided(ABOVE, weak, LOOPED, floor=None)
    weaker = f"{float(LOOPED.means.mean())!r}"
    beside = decided(ABOVE + FURTHER.replace("DIRECTION", "above").replace("0.5", weaker), weak, LOOPED, floor=None)
    assert alone.p_holm is not None
    assert beside.p_holm is not None
    assert beside.p_holm >= min(1.0, 2 * alone.p_holm)


def test_a_further_test_is_read_as_strictly_as_the_claim() -> None:
    with pytest.raises(ConfigError, match=r"also\[0\].*finding"):
        parse_claims(ABOVE + FURTHER.replace("DIRECTION", "above").replace("{value}", "{ratio}"))
    many = "".join(FURTHER.replace("DIRECTION", "above") for _ in range(5))
    with pytest.raises(ConfigError, match="4 at most"):
        parse_claims(ABOVE + many)


@pytest.mark.parametrize(
    ("placement", "machine", "missing"),
    [
        ("siblings", {"threads_per_core": 1}, "one hardware thread"),
        ("siblings", {"threads_per_core": 2}, ""),
        ("siblings", {"threads_per_core": None}, "could not be read"),
        ("slowest", {"cpu_classes": "alike"}, "one class"),
        ("slowest", {"cpu_classes": "8 at 4600 MHz, 4 at 3400 MHz"}, ""),
        ("slowest", {}, "could not be read"),
        ("", {"threads_per_core": 1, "cpu_classes": "alike"}, ""),
    ],
)
def test_what_the_machine_lacks_for_a_statement_is_said(
    placement: str, machine: dict[str, object], missing: str
) -> None:
    workers = 1 if placement == "slowest" else 2
    cell = Cell(
        pattern="capacity",
        kernel="fannkuch",
        backend="processes",
        start_method="fork",
        workers=workers,
        placement=placement,
    )
    why = topology.left_open([cell], machine)
    assert (missing in why) if missing else why == ""
