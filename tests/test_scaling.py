"""Formulas against each other and against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import scaling, stats
from study.config import curve
from study.findings import Estimate
from tests.estimates import ends

BASE = [4.0, 4.1, 3.9, 4.0, 4.2, 3.8, 4.05, 3.95]
HALF = [2.1, 2.15, 2.0, 2.1, 2.2, 2.0, 2.1, 2.05]


def estimate_of(point: float | None, low: float | None, high: float | None, reason: str = "") -> Estimate:
    return Estimate(
        point=point, low=low, high=high, n=10, unit="ratio", estimand="average", method="given", reason=reason
    )


def test_a_speedup_carries_its_base_and_is_a_ratio_of_averages() -> None:
    found = scaling.speedup(BASE, HALF)
    assert found.base_s == stats.average(BASE, "s")
    assert found.elapsed_s == stats.average(HALF, "s")
    assert found.ratio == stats.ratio_of_averages_paired(BASE, HALF)
    assert found.ratio.point == pytest.approx(4.0 / 2.0875)


def test_efficiency_is_speedup_per_worker() -> None:
    found = scaling.efficiency(estimate_of(1.8, 1.6, 2.0), 2)
    assert (found.point, ends(found)) == (0.9, (0.8, 1.0))


@given(st.floats(0.1, 50.0), st.floats(0.0, 10.0), st.floats(0.0, 10.0), st.integers(2, 64))
def test_mapped_intervals_hold_their_point(point: float, down: float, up: float, workers: int) -> None:
    s = estimate_of(point, max(0.0, point - down), point + up)
    for found in (scaling.karp_flatt(s, workers), scaling.efficiency(s, workers)):
        low, high = ends(found)
        assert found.point is not None
        assert low <= found.point <= high


def test_a_higher_speedup_is_a_lower_serial_fraction() -> None:
    found = scaling.karp_flatt(estimate_of(1.6, 1.5, 2.0), 2)
    assert found.point == pytest.approx(0.25)  # 2 / S - 1
    assert ends(found) == pytest.approx((0.0, 1.0 / 3.0))


def test_an_unbounded_speedup_maps_to_bounds_and_not_to_errors() -> None:
    found = scaling.karp_flatt(estimate_of(1.6, 0.0, math.inf, "unbounded"), 2)
    assert ends(found) == (-1.0, math.inf)
    assert found.reason == "unbounded"


def test_one_worker_has_no_serial_fraction_and_thin_data_no_interval() -> None:
    alone = scaling.karp_flatt(estimate_of(1.0, 0.9, 1.1), 1)
    assert alone.point is None
    assert "one worker" in alone.reason
    thin = scaling.karp_flatt(scaling.speedup(BASE[:3], HALF[:3]).ratio, 2)
    assert thin.point is not None
    assert thin.low is None
    assert thin.reason


def test_capacity_of_an_ideal_machine_is_the_number_of_copies() -> None:
    assert ends(scaling.capacity(BASE, BASE, 4)) == (4.0, 4.0)
    slowed = scaling.capacity(BASE, [2 * x for x in BASE], 2)
    assert slowed.point == pytest.approx(1.0)


@given(st.floats(1e-6, 10.0), st.integers(2, 1000), st.integers(2, 64))
def test_at_the_break_even_grain_both_ways_take_as_long(overhead_s: float, tasks: int, workers: int) -> None:
    grain_s = scaling.break_even_grain(estimate_of(overhead_s, overhead_s, overhead_s), tasks, workers).point
    assert grain_s is not None
    assert tasks * grain_s == pytest.approx(overhead_s + tasks * grain_s / min(tasks, workers))


def test_break_even_by_hand_with_interval() -> None:
    found = scaling.break_even_grain(estimate_of(0.01, -0.002, 0.02), 5, 2)
    assert found.point == pytest.approx(0.004)
    assert ends(found) == pytest.approx((0.0, 0.008))


def test_one_worker_never_pays_back() -> None:
    for tasks, workers in ((5, 1), (1, 5)):
        found = scaling.break_even_grain(estimate_of(0.01, 0.0, 0.02), tasks, workers)
        assert found.point is None
        assert found.reason


@pytest.mark.parametrize(
    ("cpus", "words"),
    [
        (1, ["cannot show parallel speedup"]),
        (2, ["1 and 2", "No curve of Amdahl", "no law is told beyond 2 workers"]),
        (3, ["3 worker counts, 1, 2 and 3", "single degree of freedom", "beyond 3 workers"]),
        (4, ["4 worker counts, 1, 2, 3 and 4", "cannot be told from so few", "beyond 4 workers"]),
        (6, ["5 worker counts, 1, 2, 3, 4 and 6", "cannot be told from so few", "beyond 6 workers"]),
        (8, ["4 worker counts", "cannot be told from so few"]),
        (16, ["5 worker counts, 1, 2, 4, 8 and 16", "beyond 16 workers"]),
        (96, ["5 worker counts, 1, 2, 4, 48 and 96", "beyond 96 workers"]),
    ],
)
def test_the_sentence_says_what_this_many_cpus_allow_and_why_no_more(cpus: int, words: list[str]) -> None:
    sentence = scaling.limits_sentence(curve(cpus))
    assert all(word in sentence for word in words)
    assert sentence.endswith(".")


@given(st.floats(0.0, 1.0), st.integers(2, 256))
def test_karp_flatt_inverts_amdahl(fraction: float, workers: int) -> None:
    s = 1.0 / (fraction + (1.0 - fraction) / workers)
    found = scaling.karp_flatt(estimate_of(s, s, s), workers)
    assert found.point == pytest.approx(fraction, abs=1e-9)


def test_nonsense_is_refused() -> None:
    good = estimate_of(1.5, 1.4, 1.6)
    for call in (
        lambda: scaling.speedup(BASE, HALF[:-1]),
        lambda: scaling.speedup(BASE, [math.nan] * 8),
        lambda: scaling.efficiency(good, 0),
        lambda: scaling.karp_flatt(good, 0),
        lambda: scaling.capacity(BASE, HALF, 0),
        lambda: scaling.break_even_grain(good, 0, 2),
        lambda: scaling.limits_sentence([]),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            call()
