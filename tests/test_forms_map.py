"""The map of a figure: where its regions meet, where they are named, and what stands on it."""

from __future__ import annotations

import itertools
import math

import pytest

from study.draw.tokens import HALF
from tests import known_forms as known
from tests.marks import Scale
from tests.test_forms import WIDTHS, picture


def test_the_regions_of_a_map_meet_where_it_breaks_even() -> None:
    shown = picture("map", HALF)
    line = shown.of("break-even")["break-even"].box
    fails, pays = (shown.of("region")[name].box for name in (known.MAP.fails, known.MAP.pays))
    assert pays.left == pytest.approx(line.left, abs=0.1)
    assert fails.right == pytest.approx(line.right, abs=0.1)


@pytest.mark.parametrize("width", WIDTHS["half"])
def test_each_region_of_a_map_is_named_inside_it(width: float) -> None:
    """The law of the map breaks even where half a task is 1.2 µs and 1.6 ns for each byte sent."""
    shown = picture("map", width)
    along, up = (
        Scale(tuple(label for label, _ in ticks), tuple(place for _, place in ticks), "log scale")
        for ticks in (*shown.ticks("xtick"), *shown.ticks("ytick"))
    )
    names = {words.text: words.box for words in shown.words}
    for name, is_sooner in (("a pool is faster", True), ("the plain loop is faster", False)):
        box = names[name]
        for x, y in itertools.product((box.left, box.right), (box.top, box.bottom)):
            assert (along.at(x) / 2 > 1.2e-6 + 1.6e-9 * up.at(y)) is is_sooner, (name, along.at(x), up.at(y))


def test_break_even_lies_where_the_law_has_it_and_the_readers_case_has_a_ring() -> None:
    shown = picture("map", HALF)
    line = shown.of("break-even")["break-even"].box
    case = shown.of("case")["your loop"].box
    assert line.left < case.left
    assert case.right - case.left == pytest.approx(2 * 7.0, abs=0.1)
    (lying,) = shown.ticks("xtick")
    assert lying[0][0].endswith("µs")
    assert {"a pool is faster", "the plain loop is faster", "your loop", "1.5×"} <= {
        words.text for words in shown.words
    }
    even = 2.4e-6 + 2 * known.PAYLOADS[0] * 1.6e-9
    first, last = (math.log10(value) for value in (known.LENGTHS[0], known.LENGTHS[-1]))
    places = [place for _, place in lying]
    plot = shown.of("region")["the plain loop is faster"].box.left, shown.of("region")["a pool is faster"].box.right
    expected = plot[0] + (math.log10(even) - first) / (last - first) * (plot[1] - plot[0])
    assert min(places) >= plot[0] - 1.0
    assert line.left == pytest.approx(expected, abs=12.0)
