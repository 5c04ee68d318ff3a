"""What forms do alike: names beside bars or above them, numbers in short, words on marks, and the picture in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study import units
from study.draw.lettering import Box, box_of, first_baseline, fits, height_of, widest, wrapped
from study.draw.tokens import HALF, LABEL, TICK, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.draw.canvas import Layer
    from study.findings import Estimate

_NO_BREAK = "\u00a0"
_MOST_IN_WORDS = 4
_LEAD = "In numbers"
_MOST_FOR_NAMES = 0.26
GAP = 12.0
_PATCH = 4.0


def is_narrow(width: float) -> bool:
    """Whether names stand above their marks: beside them there is no room for both."""
    return width < HALF


def number_of(estimate: Estimate) -> str:
    """`1.32 ms`, `19.7×`: a number in short, without its interval."""
    point, _, name = units.parts(estimate)
    if name == units.TIMES:
        return f"{point}×"
    return f"{point}{_NO_BREAK}{name}" if name else point


def interval_of(estimate: Estimate) -> str:
    """`[1.27, 1.37]`, or '' where there is none; it is never broken into lines."""
    return units.parts(estimate)[1].replace(" ", _NO_BREAK)


def tip_of(names: Iterable[str], estimate: Estimate) -> str:
    """What a mark says when it is pointed at."""
    return f"{', '.join(name for name in names if name)}: {units.with_interval(estimate, reason=False)}"


def known(estimate: Estimate | None) -> float | None:
    """The number of an estimate that can be had."""
    return None if estimate is None else estimate.point


def known_ends(estimate: Estimate) -> tuple[float | None, float | None]:
    """Where the interval of an estimate begins and ends, None where it does not."""
    ends = (estimate.low, estimate.high)
    low, high = (None if end is None or not math.isfinite(end) else end for end in ends)
    return low, high


def in_words(title: str, numbers: Sequence[tuple[str, Estimate]], lead: str = "") -> str:
    """A figure in two sentences: its finding, and a few of its numbers, which `lead` says what they are of."""
    shown = [(name, estimate) for name, estimate in numbers if estimate.point is not None]
    told = "; ".join(f"{name}: {number_of(estimate)}" for name, estimate in shown[:_MOST_IN_WORDS])
    more = len(shown) - _MOST_IN_WORDS
    rest = f"; {units.counted(more, 'more number')} in the table" if more > 0 else ""
    first = title.rstrip(".")
    if not told:
        return f"{first}."
    return f"{first}. {lead or _LEAD}: {told}{rest}."


def room_for_names(
    names: Sequence[str], width: float, *, words: Sequence[str] = (), most: float = _MOST_FOR_NAMES
) -> float:
    """How much room names take left of the marks, with a gap, at most that share; none where they stand above."""
    if is_narrow(width):
        return 0.0
    widest_name = max(widest(names, LABEL, bold=True), widest(words, TICK))
    return min(widest_name, most * width) + GAP


def name_beside(layer: Layer, name: str, *, right: float, middle: float, fill: str, words: str = "") -> None:
    """A name that ends at `right`, and words in small print below it, about this height."""
    lines = wrapped(name, right, LABEL, bold=True)
    below = wrapped(words, right, TICK) if words else ()
    high = height_of(lines, LABEL) + (height_of(below, TICK) + 2 if below else 0.0)
    top = middle - high / 2
    layer.text(lines, right, top + 0.78 * LABEL, size=LABEL, fill=fill, anchor="end", bold=True)
    if below:
        y = top + height_of(lines, LABEL) + 2 + 0.78 * TICK
        layer.text(below, right, y, fill="third", anchor="end")


def height_beside(name: str, right: float, words: str = "") -> float:
    """How high a name with its words is that ends at `right`."""
    high = height_of(wrapped(name, right, LABEL, bold=True), LABEL)
    return high + (height_of(wrapped(words, right, TICK), TICK) + 2 if words else 0.0)


def name_above(
    layer: Layer, name: str, *, y: float, width: float, fill: str, words: str = "", value: str = ""
) -> float:
    """A name at the left edge below `y`, words in small print below it, and a number at the right edge; where all that ends."""
    room = width - (widest([value], VALUE, bold=True) + GAP if value else 0.0)
    lines = wrapped(name, room, LABEL, bold=True)
    layer.text(lines, 0, y + 15, size=LABEL, fill=fill, bold=True)
    if value:
        layer.text(value, width, y + 15, size=VALUE, anchor="end", bold=True)
    low = y + 15 - 0.78 * LABEL + height_of(lines, LABEL)
    if words:
        below = wrapped(words, width, TICK)
        layer.text(below, 0, low + 2 + 0.78 * TICK, fill="third")
        low += 2 + height_of(below, TICK)
    return low + 4


def write_on(
    layer: Layer, words: str, *, left: float, right: float, middle: float, fill: str, ground: float = 0.0
) -> bool:
    """Words on a mark that reaches from `left` to `right`, where they have room; whether they had.

    On a ground of the page that is so high, where one is asked for.
    """
    if not words or not fits(words, right - left, TICK):
        return False
    x, baseline = (left + right) / 2, first_baseline([words], middle, TICK)
    if ground:
        box = box_of([words], x, baseline, TICK, "middle")
        layer.patch(Box(box.left, middle - ground / 2, box.right, middle + ground / 2), gap=_PATCH)
    layer.text(words, x, baseline, fill=fill, anchor="middle", inside=not ground)
    return True
