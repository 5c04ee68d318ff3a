"""Claims under load and on one CPU: what is left open, and what stands nevertheless. Every time is made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study import config
from study.config import CLAIMS_FILE, cell_of
from study.sections import claims
from tests.builders import LOOP, POOL
from tests.claim_data import RATIO, around, decided
from tests.made_up_run import measured
from tests.synthetic_study import run

if TYPE_CHECKING:
    from study.blocks import Verdict

CLAIMS = config.claims_in(config.read_texts(Path(__file__).parent.parent / "experiments"))


def verdicts(usable_cpus: int, foreign_cpus: float, only: str = "") -> dict[str, Verdict]:
    return {verdict.claim: verdict for verdict in claims.verdicts(run(usable_cpus, foreign_cpus, only))}


def speaks_of(claim: str, usable_cpus: int = 2) -> str:
    (found,) = [one for one in CLAIMS if one.id == claim]
    cells = [cell_of(each, usable_cpus, CLAIMS_FILE, claim) for each in (found.of, found.to) if each is not None]
    return claims.side_by_side(found, cells, usable_cpus)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("q1-less-time", "gains"),
        ("q2-one-thread-at-a-time", "gains"),
        ("scaling-capacity", "gains"),
        ("dispatch-ragged", "gains"),
        ("q4-chunks", "costs"),
        ("q5-faster", "costs"),
        ("workers-oversubscribed", "costs"),
        ("q2-start", "nothing"),
        ("q2-message", "nothing"),
        ("q6-in-order", "nothing"),
        ("memory-spawn", "nothing"),
        ("workers-affinity", "nothing"),
    ],
)
def test_a_claim_speaks_of_things_side_by_side_where_its_cells_are_timed_so(claim: str, expected: str) -> None:
    assert speaks_of(claim) == expected


def test_what_was_measured_under_load_is_not_called_unmeasured_and_keeps_its_number() -> None:
    found = verdicts(2, 1.69)["q1-less-time"]
    assert found.decision == "cannot be decided here"
    assert found.sentence.startswith("Measured, but not decided: others took 1.69 CPUs")
    assert "as many a second" in found.sentence
    assert found.average.point is not None
    assert found.gated
    assert "Holm" not in found.strength


def test_a_verdict_beyond_all_that_others_can_have_taken_stands_and_says_so() -> None:
    found = verdicts(2, 0.56)["q5-faster"]
    assert found.decision == "refuted"
    assert "Others took 0.56 CPUs" in found.sentence
    assert "2 times as fast or as slow" in found.sentence
    assert not found.gated


@pytest.mark.parametrize(("ratio", "expected"), [(1.9, "cannot be decided here"), (2.1, "supported")])
def test_how_far_is_beyond_is_the_number_of_cpus(ratio: float, expected: str) -> None:
    text = RATIO.replace("DIRECTION", "above")
    found = decided(text, measured(POOL, around(ratio, 0.002)), measured(LOOP, around(1.0, 0.002, 2)), foreign=0.9)
    assert found.decision == expected


def test_workers_beyond_the_cpus_may_have_got_a_larger_share() -> None:
    text = RATIO.replace("DIRECTION", "below")
    for workers, expected in ((1, "supported"), (2, "cannot be decided here")):
        pool = measured(replace(POOL, workers=workers), around(0.6, 0.002))
        asked = text.replace("workers = 2", f"workers = {workers}")
        found = decided(asked, pool, measured(LOOP, around(1.0, 0.002, 2)), usable_cpus=1, foreign=0.9)
        assert found.decision == expected


def test_load_may_also_have_made_things_side_by_side_look_good() -> None:
    text = RATIO.replace("DIRECTION", "below")
    found = decided(text, measured(POOL, around(0.6, 0.002)), measured(LOOP, around(1.0, 0.002, 2)), foreign=0.9)
    assert found.decision == "cannot be decided here"


BUSY = """
schema = 1
[[claim]]
id = "c"
question = "Q2"
statement = "s"
estimand = "value"
of = { pattern = "pool_lifecycle", kernel = "square", backend = "pool", start_method = "fork", workers = 2, tasks = 5 }
outcome = "cpu_time_us"
per = "elapsed_us"
direction = "DIRECTION"
threshold = 1.0
finding = "{value} CPUs"
"""


@pytest.mark.parametrize("direction", ["above", "below"])
@pytest.mark.parametrize(("busy", "stands"), [(0.2, False), (2.5, True)])
def test_a_number_with_nothing_beside_it_stands_on_the_side_to_which_load_cannot_bring_it(
    direction: str, busy: float, stands: bool
) -> None:
    outcomes = [{"elapsed_us": 1_000_000 + index, "cpu_time_us": round(busy * 1_000_000)} for index in range(10)]
    pool = measured(POOL, around(1.0, 0.002), outcomes=outcomes)
    found = decided(BUSY.replace("DIRECTION", direction), pool, foreign=1.6)
    kept = "supported" if (direction == "above") == (busy > 1.0) else "refuted"
    assert found.decision == (kept if stands else "cannot be decided here")
    assert decided(BUSY.replace("DIRECTION", direction), pool, foreign=0.01).decision == kept


@pytest.mark.parametrize(("seconds", "stands"), [(0.2, True), (2.5, False)])
def test_a_time_with_nothing_beside_it_stands_where_it_is_short(seconds: float, stands: bool) -> None:
    text = BUSY.replace("DIRECTION", "below").replace('outcome = "cpu_time_us"\nper = "elapsed_us"\n', "")
    found = decided(text, measured(POOL, around(seconds, 0.002)), foreign=1.6)
    assert found.decision == ("supported" if stands else "cannot be decided here")


def test_a_claim_whose_cells_the_run_never_had_says_that_and_not_who_took_the_cpus() -> None:
    found = verdicts(2, 1.69, "q3")["q1-less-time"]
    assert found.sentence.startswith("Not measured: 140 × fannkuch, plain loop, ")
    assert "others took" not in found.sentence


@pytest.mark.parametrize("claim", ["memory-spawn", "workers-affinity", "q6-in-order", "q3-spawn-costs-more"])
def test_bytes_counts_and_single_processes_are_decided_whoever_took_the_cpus(claim: str) -> None:
    calm, busy = verdicts(2, 0.01)[claim], verdicts(2, 1.69)[claim]
    assert busy.decision in {"supported", "refuted"}
    assert (busy.decision, busy.sentence) == (calm.decision, calm.sentence)


# One usable CPU


def test_on_one_cpu_what_pools_cost_is_decided() -> None:
    found = verdicts(1, 0.01)
    for claim in ("q4-pool-saves", "q4-chunks", "q4-executor", "q5-faster", "q5-spawn", "workers-oversubscribed"):
        assert found[claim].decision in {"supported", "refuted"}, claim
        assert "one usable CPU:" not in found[claim].sentence
    headlines = {one.question: one.decision for one in found.values() if one.headline}
    assert {headlines[each] for each in ("Q4", "Q5")} <= {"supported", "refuted"}


def test_on_one_cpu_what_several_gain_is_left_open_for_that_reason() -> None:
    found = verdicts(1, 0.01)
    for claim in ("q1-less-time", "q2-one-thread-at-a-time", "scaling-capacity", "sharing-private", "dispatch-ragged"):
        assert found[claim].decision == "cannot be decided here"
        assert found[claim].sentence == (
            "Not decided: this machine has one usable CPU: nothing can run side by side here."
        )
