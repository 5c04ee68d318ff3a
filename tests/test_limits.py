"""What lies at the limit of what can be told apart, and what is counted: told as that, without an interval or a test."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from study import stats
from study.cell import Cell
from study.findings import Estimate
from study.sections import compare, detection
from study.table import CellData
from study.units import parts, with_interval
from tests.made_up_run import TARGET, evidence

PAGE = 4096.0
BYTES = Cell(
    pattern="copy_on_write", backend="processes", start_method="fork", form="ints", parent_bytes=1 << 26, part="dirtied"
)
BLOCK = replace(BYTES, form="")
MUCH = [13000.0, 13010.0, 13005.0, 12990.0, 12995.0, 13001.0]


def pages(cell: Cell, counts: list[float]) -> CellData:
    """So many pages in each process."""
    values = np.array(counts)[:, np.newaxis] * PAGE
    return CellData(
        cell=cell,
        target=TARGET,
        rounds=np.arange(len(counts)),
        values=values,
        outcomes=tuple({} for _ in counts),
        injected_ppm=None,
    )


def ratio_of(of: list[float], to: list[float], direction: compare.Direction = "above") -> compare.Tested:
    first, second = pages(BYTES, of), pages(BLOCK, to)
    return compare.ratio(evidence(first, second), first, second, direction, 10.0)


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_a_ratio_to_less_than_a_page_is_at_least_so_much_without_upper_end_test_or_typical() -> None:
    found = ratio_of(MUCH, [1.0] * 6)
    assert plain(with_interval(found.average)) == "at least 12 000 times"
    assert found.average.high == math.inf
    assert (found.p, found.typical) == (None, None)
    assert "less than 4 KiB cannot be told from nothing" in found.told
    assert compare.decided(found, None).decision == "supported"


def test_one_process_at_the_limit_is_enough_to_make_it_a_limit() -> None:
    assert ratio_of(MUCH, [1.0, 2.0, 3.0, 2.0, 3.0, 2.0]).average.limit == "at least"
    assert ratio_of(MUCH, [2.0, 2.0, 3.0, 2.0, 3.0, 2.0]).average.limit == ""


def test_a_numerator_at_the_limit_is_at_most_so_much_and_two_are_nothing() -> None:
    above = ratio_of([1.0] * 6, MUCH, "below")
    assert above.average.limit == "at most"
    assert above.average.low == 0.0
    assert compare.decided(above, None).decision == "supported"
    neither = ratio_of([1.0, 1.0, 1.0, 1.0, 1.0, 2.0], [1.0, 2.0, 1.0, 1.0, 1.0, 1.0])
    assert neither.average.point is None
    assert compare.decided(neither, None) == ("cannot be decided here", detection.BOTH_AT_LIMIT)


def test_a_limit_below_the_threshold_decides_nothing() -> None:
    found = ratio_of([4.0, 5.0, 4.0, 5.0, 4.0, 5.0], [1.0] * 6)
    assert compare.decided(found, None).decision == "cannot be decided here"


def test_the_step_is_what_the_run_counted_in_and_nobody_types_it() -> None:
    many, few = pages(BYTES, [3.0, 5.0]), pages(BLOCK, [2.0, 4.0])
    assert detection.step_of(evidence(many, few), many) == PAGE
    assert detection.step_of(None, many) == 0.0
    assert detection.step_of(evidence(pages(BYTES, [3.0, 3.0])), pages(BYTES, [3.0, 3.0])) == 0.0
    timed = replace(many, cell=Cell(pattern="map", kernel="square", tasks=5))
    assert detection.step_of(evidence(timed), timed) == 0.0


def test_a_value_at_the_limit_is_at_most_so_much() -> None:
    found = compare.value(np.array([PAGE] * 6), "byte", "below", 10 * PAGE, step=PAGE)
    assert plain(with_interval(found.average)) == "at most 4.0 KiB"
    assert found.p is None
    assert compare.decided(found, None).decision == "supported"


def test_a_count_that_every_process_had_is_told_as_that() -> None:
    found = compare.quotient(np.array([2.0] * 3), np.array([1.0] * 3), "count", "above", 1.5)
    assert found.counts == "2 in 3 of 3 processes"
    assert (found.average.low, found.average.high, found.p, found.typical) == (None, None, None, None)
    assert compare.decided(found, None).decision == "supported"
    at_it = compare.quotient(np.array([2.0] * 3), np.array([1.0] * 3), "count", "above", 2.0)
    assert compare.decided(at_it, None).decision == "refuted"
    below = compare.quotient(np.array([2.0] * 3), np.array([1.0] * 3), "count", "below", 2.5)
    assert compare.decided(below, None).decision == "supported"


def test_busy_cpus_and_counts_that_differ_are_estimated() -> None:
    whole = np.array([1.0] * 6)
    assert compare.quotient(np.array([2.0] * 6), whole, "CPU", "above", 1.5).counts == ""
    assert compare.quotient(np.array([2.0, 2.0, 2.0, 2.0, 2.0, 3.0]), whole, "count", "above", 1.5).counts == ""


@pytest.mark.parametrize(
    ("hits", "trials", "expected"),
    [(0, 12, "0 % (at most 27 %)"), (12, 12, "100 % (at least 73 %)"), (0, 3000, "0 % (at most 0.13 %)")],
)
def test_a_share_at_an_end_of_its_scale_has_one_limit_which_holds(hits: int, trials: int, expected: str) -> None:
    share = stats.share(hits, trials)
    assert plain(with_interval(share)) == expected
    number, interval, unit = parts(share)
    assert interval[0] == ("≤" if hits == 0 else "≥")
    assert plain(f"{number} {unit}") == expected.partition(" (")[0]


@pytest.mark.parametrize(
    ("low", "high", "limit", "expected"),
    [
        (13154.2, math.inf, "at least", "at least 13 000 times"),
        (0.0, 0.0123, "at most", "at most 0.013 times"),
        (1.99, math.inf, "at least", "at least 1.9 times"),
    ],
)
def test_a_limit_alone_is_rounded_so_that_it_still_holds(low: float, high: float, limit: str, expected: str) -> None:
    whole = Estimate(point=2.0, low=low, high=high, n=6, unit="ratio", estimand="ratio of averages", method="given")
    alone = detection.one_sided(whole, "at least" if limit == "at least" else "at most")
    assert plain(with_interval(alone)) == expected


def test_shares_of_pairs_that_were_called_have_an_upper_limit_only() -> None:
    called = stats.share_called(np.zeros((3, 4), dtype=bool), [(0, 1), (2, 3), (4, 5)], 6)
    assert called.limit == "at most"
    assert with_interval(called).startswith("0 % (at most")
