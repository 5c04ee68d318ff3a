"""What a reader sees of a number: its unit, and no more digits than its interval bears."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import units
from study.findings import Estimate

if TYPE_CHECKING:
    from study.findings import Unit


def estimate(
    point: float | None, low: float | None, high: float | None, unit: Unit = "s", reason: str = ""
) -> Estimate:
    return Estimate(point=point, low=low, high=high, n=10, unit=unit, estimand="average", method="", reason=reason)


@pytest.mark.parametrize(
    ("given_estimate", "expected"),
    [
        (estimate(1.63e-3, 1.58e-3, 1.69e-3), "1.63 ms [1.58, 1.69]"),
        (estimate(1.62e-7, 1.60e-7, 1.65e-7), "162 ns [160, 165]"),
        (estimate(46, 41, 52, "ratio"), "46 [41, 52] times"),
        (estimate(0.12, 0.08, 0.17, "share"), "12 % [8, 17]"),
        (estimate(0.981, 0.662, 1.0, "share"), "98 % [66, 100]"),
        (estimate(0.004, 0.0, 0.315, "share"), "0.4 % [0, 32]"),
        (estimate(0.80312, 0.80307, 0.80318, "share"), "80.3 % [80.2, 80.4]"),
        (estimate(0.99, 0.95, 0.998, "share"), "99 % [95, 100]"),
        (estimate(1.98, 1.95, 2.01, "count"), "1.98 [1.95, 2.01]"),
        (estimate(29841, 27000, 32012, "ratio"), "29\u202f800 [27\u202f000, 32\u202f000] times"),
        (estimate(-0.02, -0.03, -0.01, "share"), "\u22122.0 % [\u22123.0, \u22121.0]"),
        (estimate(3.0, 2.0, math.inf, "ratio"), "3.0 [2.0, unbounded] times"),
        (estimate(1.5e-3, None, None, reason="one round"), "1.50 ms (no interval: one round)"),
        (estimate(None, None, None, reason="no rounds"), "not available: no rounds"),
        (estimate(math.nan, None, None), "not available"),
        (estimate(math.inf, 2.0, math.inf, "ratio"), "unbounded"),
    ],
)
def test_an_estimate_is_written_with_its_unit_and_the_digits_its_interval_bears(
    given_estimate: Estimate, expected: str
) -> None:
    assert units.with_interval(given_estimate) == expected


def test_a_tighter_interval_earns_more_digits() -> None:
    wide = units.with_interval(estimate(1.6312, 1.2, 2.1))
    tight = units.with_interval(estimate(1.6312, 1.602, 1.661))
    assert (wide, tight) == ("1.6 s [1.2, 2.1]", "1.63 s [1.60, 1.66]")


@pytest.mark.parametrize(
    ("given_estimate", "expected"),
    [
        (estimate(44.6, 43.3, 93.8, "ratio"), "44.6 [43.3, 93.8] times"),
        (estimate(58e-6, 31e-6, 61e-6), "58 µs [31, 61]"),
        (estimate(1.3, 1.0, 6.2, "count"), "1.3 [1.0, 6.2]"),
        (estimate(1.0004, 0.9998, 1.001, "ratio"), "1.0004 [0.9998, 1.0010] times"),
        (estimate(44.6, 44.6, 93.8, "ratio"), "40 [40, 90] times"),
    ],
)
def test_the_shorter_arm_says_how_many_digits_are_shown(given_estimate: Estimate, expected: str) -> None:
    assert units.with_interval(given_estimate) == expected


def test_no_digit_is_shown_that_another_sitting_would_not_find_again() -> None:
    ratio = units.with_interval(estimate(20.604, 20.600, 20.608, "ratio"))
    time = units.with_interval(estimate(20.604e-3, 20.600e-3, 20.608e-3))
    assert (ratio, time) == ("20.6 [20.5, 20.7] times", "20.6 ms [20.5, 20.7]")


@pytest.mark.parametrize(
    ("point", "low", "high", "expected"),
    [
        (1.9411, 1.9383, 1.9438, "1.94 [1.93, 1.95] times"),
        (1.00421, 1.00401, 1.00441, "1.0042 [1.0040, 1.0044] times"),
        (0.96412, 0.96402, 0.96422, "0.964 [0.963, 0.965] times"),
    ],
)
def test_a_ratio_near_1_keeps_the_digits_that_tell_on_which_side_of_it_it_lies(
    point: float, low: float, high: float, expected: str
) -> None:
    assert units.with_interval(estimate(point, low, high, "ratio")) == expected


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        (None, "94.3 ms [93.9, 94.8]"),
        (0.001, "94.3 ms [93.9, 94.8]"),
        (0.03, "94 ms [93, 95]"),
        (0.3, "90 ms [80, 100]"),
    ],
)
def test_a_time_has_no_digit_finer_than_what_it_moves_from_sitting_to_sitting(
    moves: float | None, expected: str
) -> None:
    assert units.with_interval(replace(estimate(94.3e-3, 93.9e-3, 94.8e-3), moves=moves)) == expected


def test_a_whole_number_that_never_varied_has_no_decimals() -> None:
    assert units.with_interval(estimate(2.0, 2.0, 2.0, "count")) == "2 [2, 2]"


def test_the_reason_can_be_left_to_the_page() -> None:
    assert units.with_interval(estimate(None, None, None, reason="no rounds"), reason=False) == "not available"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (units.seconds(35e-6), "35.0 µs"),
        (units.seconds(0.0), "0 s"),
        (units.seconds(0.99999), "1.00 s"),
        (units.seconds(None), "not available"),
        (units.seconds(math.inf), "unbounded"),
        (units.ratio(46.44), "46.4 times"),
        (units.share(1.0), "100 %"),
        (units.percent(0.042), "4.2 %"),
        (units.signed_percent(0.05), "+5.0 %"),
        (units.signed_percent(-0.05), "\u22125.0 %"),
        (units.size(8 * 2**20), "8 MiB"),
        (units.size(64), "64 B"),
        (units.size(1500), "1.46 KiB"),
        (units.count(12_000), "12\u202f000"),
        (units.count(1234), "1234"),
        (units.counted(1, "round"), "1 round"),
        (units.counted(12, "process", "processes"), "12 processes"),
        (units.duration(581.2), "9 min 41 s"),
        (units.duration(3725), "1 h 2 min"),
        (units.duration(41), "41 s"),
        (units.duration(4.21), "4.2 s"),
    ],
)
def test_a_number_without_interval_is_written_with_its_unit(text: str, expected: str) -> None:
    assert text == expected


def test_an_axis_gets_one_unit_for_all_its_values() -> None:
    assert units.scale([2e-6, 3.1e-3, None, math.inf], "s") == (1e-3, "ms")


@given(
    point=st.floats(1e-9, 1e5),
    below=st.floats(0, 0.9),
    above=st.floats(0, 3),
)
def test_every_written_interval_still_holds_its_number(point: float, below: float, above: float) -> None:
    written = units.with_interval(estimate(point, point * (1 - below), point * (1 + above)))
    number = r"(\u2212?[\d\u202f]+(?:\.\d+)?)"
    match = re.fullmatch(rf"{number} (?:ns|µs|ms|s) \[{number}, {number}\]", written)
    assert match, written
    shown, low, high = (float(text.replace("\u202f", "").replace("\u2212", "-")) for text in match.groups())
    assert low <= shown <= high
    assert (low < shown) or below * point <= 1e-6 * point
    assert (shown < high) or above * point <= 1e-6 * point


@pytest.mark.parametrize("width", [0.0, 1e-16, 1e-9])
def test_an_interval_without_width_earns_three_digits(width: float) -> None:
    found = Estimate(
        point=0.745845483, low=0.745845483 - width, high=0.745845483 + width, n=10, unit="ratio", estimand="average",
        method="",
    )  # fmt: skip
    assert units.with_interval(found) == "0.746 [0.746, 0.746] times"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (estimate(1.316e-3, 1.29e-3, 1.34e-3), "1.32 ms"),
        (estimate(1.954, 1.93, 1.97, "CPU"), "1.95 CPUs"),
        (estimate(1.954, 1.3, 2.6, "CPU"), "2.0 CPUs"),
        (estimate(2.03, 2.01, 2.05, "ratio"), "2.0×"),
        (estimate(0.998, 0.994, 1.001, "CPU"), "0.998 CPUs"),
        (estimate(59e-6, 57e-6, 61e-6), "59 µs"),
        (estimate(19.7, 19.3, 20.0, "ratio"), "19.7×"),
        (estimate(20_000.0, 15_000.0, 30_000.0, "ratio"), "20\u202f000×"),
        (estimate(0.14, 0.07, 0.21, "share"), "14 %"),
        (estimate(None, None, None, reason="no rounds"), "not available"),
    ],
)
def test_a_headline_has_two_digits_three_behind_a_one_and_no_more_than_the_interval_bears(
    found: Estimate, expected: str
) -> None:
    assert units.brief(found) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (estimate(19.7, 18.2, 21.4, "ratio"), "[18.2, 21.4]"),
        (estimate(29.7, 28.2, 31.4, "ratio"), "[28, 32]"),
        (estimate(2.02, 1.98, 2.06, "ratio"), "[1.9, 2.1]"),
        (estimate(35_000.0, 31_000.0, 39_500.0, "ratio"), "[31\u202f000, 40\u202f000]"),
        (estimate(1.316e-3, 1.29e-3, 1.34e-3), "[1.29, 1.34]"),
        (estimate(2.0, 2.0, 2.0, "ratio"), "[2, 2]"),
        (estimate(2.0, 1.0, math.inf, "ratio"), ""),
        (estimate(2.0, None, None, "ratio"), ""),
        (estimate(None, None, None), ""),
    ],
)
def test_beside_a_headline_s_number_its_interval_has_as_few_digits_and_is_no_narrower(
    found: Estimate, expected: str
) -> None:
    assert units.brief_interval(found) == expected


def test_a_time_that_was_foretold_stands_between_its_ends_in_one_unit() -> None:
    assert units.seconds_within(10.72, 10.15, 11.44) == "10.7 s [10.2, 11.4]"
    assert units.seconds_within(0.9e-3, 0.4e-3, 1.2e-3) == "900 µs [400, 1200]"
    assert units.seconds_within(0.377, 0.377, 0.511) == "377 ms [376, 511]"
    assert units.seconds_within(10.7, 10.2, 10.72) == "10.7 s [10.2, 10.8]"
    assert units.seconds_within(0.0, 0.0, 0.0) == "0 s [0, 0]"


def test_a_ratio_stands_with_its_interval_and_what_is_no_ratio_as_everywhere() -> None:
    assert units.multiple(estimate(1.8, 1.7, 1.9, "ratio")) == "1.80× [1.70, 1.90]"
    assert units.multiple(estimate(2e-3, 1e-3, 3e-3)) == units.with_interval(estimate(2e-3, 1e-3, 3e-3))


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (estimate(1.04, 1.03, 1.05, "ratio"), "4.0 % slower [3.0, 5.0]"),
        (estimate(0.9, 0.85, 0.95, "ratio"), "10 % faster [5, 15]"),
        (estimate(None, None, None, "ratio", "no rounds"), "not available"),
    ],
)
def test_a_change_is_told_in_the_direction_it_has(ratio: Estimate, expected: str) -> None:
    assert units.change(ratio, "slower", "faster") == expected
