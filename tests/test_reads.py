"""A verdict's number says how it is read, and a count says what it is of: neither can be taken for its opposite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.names import told_from
from study.sections import compare, spread
from study.sections.claims import verdicts
from study.store import cell_of
from tests.synthetic_study import run

if TYPE_CHECKING:
    from study.blocks import Verdict


def by_id() -> dict[str, Verdict]:
    return {verdict.claim: verdict for verdict in verdicts(run())}


def test_a_ratio_is_read_as_its_own_sentence_has_it() -> None:
    found = by_id()
    assert found["q5-faster"].reads == "as long"
    assert found["q3-spawn-costs-more"].reads == "as much"
    for verdict in (verdict for verdict in found.values() if verdict.average.point is not None):
        assert not verdict.reads or f" {verdict.reads}" in verdict.sentence, verdict.claim
        assert not (verdict.reads and verdict.counts), verdict.claim


def test_how_a_ratio_is_read_stands_beside_it_in_the_table_of_statements() -> None:
    faster = by_id()["q5-faster"]
    assert spread._number(faster).small == "as long"
    assert spread._number(replace(faster, reads="")).small == ""


def test_behind_a_number_that_is_not_there_nothing_is_read() -> None:
    faster = by_id()["programs-fork"]
    assert faster.read == "as long: plain loop"
    assert replace(faster, average=replace(faster.average, point=None)).read == ""


@pytest.mark.parametrize(
    ("claim", "whose"),
    [
        ("programs-fork", "plain loop"),
        ("q1-less-time", "Pool"),
        ("q3-spawn-costs-more", "under spawn"),
        ("messages-shared-memory", "Pipe (one way each)"),
        ("q4-chunks", "chunks of 1"),
        ("io-threads", "plain loop"),
    ],
)
def test_a_ratio_names_the_side_that_takes_longer_or_does_more(claim: str, whose: str) -> None:
    """`18 times as long` below a statement that threads are right would say the opposite."""
    assert by_id()[claim].whose == whose


def test_whoever_is_named_is_the_first_side_of_a_time_and_the_second_of_so_many_a_second() -> None:
    for verdict in by_id().values():
        first, second = map(cell_of, (*verdict.cells, "map", "map")[:2])
        sides = (second, first) if verdict.reads == "as many a second" else (first, second)
        assert verdict.whose in {"", told_from(*sides)}, verdict.claim
    assert by_id()["dispatch-imap"].whose == "", "its statement begins with it"


@pytest.mark.parametrize(
    ("hits", "direction", "said"),
    [
        (361, "always", "in 361, not in 89 of 450 trials"),
        (450, "always", "in 450 of 450 trials"),
        (2, "never", "in 2 of 450 trials"),
        (0, "never", "in 0 of 450 trials"),
    ],
)
def test_a_count_beside_a_verdict_says_how_often_and_how_often_not(
    hits: int, direction: compare.Direction, said: str
) -> None:
    tested = compare.proportion([(min(hits, 225), 225), (max(hits - 225, 0), 225)], direction, 0.0)
    assert tested.counts == said
