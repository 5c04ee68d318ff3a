"""Axes with ticks that carry their unit: a few round values, the same on every machine and version."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from study import units
from study.draw.lettering import height_of, text_width, wrapped
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.draw.canvas import Layer

_PAD = 0.045
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_BINARY_STEPS = (2, 4, 6, 8, 10)
_MOST_DECADES_IN_FULL = 1.7
_FEWEST_TICKS, _MOST_TICKS = 3, 7
_DIGITS = 9
"""How many digits of the length of an axis its ticks have at most."""
_BETWEEN_TICKS = 12.0
"""The least room between the labels of two ticks, in pixels."""
TICK_ROOM = 20.0
"""How much room the labels of a lying axis take below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where numbers stand: from `low` at the place `start` to `high` at the place `end`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a number; of one that lies beyond an end, that end."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether a number lies on it."""
        return self.low <= value <= self.high


def limits(values: Iterable[float | None], *, log: bool, include: Sequence[float] = ()) -> tuple[float, float]:
    """Where an axis begins and ends so that every one of these values is on it; on a log axis those above zero."""
    shown = [value for value in (*values, *include) if value is not None and math.isfinite(value)]
    if log:
        shown = [value for value in shown if value > 0]
    if not shown:
        return (0.1, 10.0) if log else (0.0, 1.0)
    low, high = min(shown), max(shown)
    if log:
        pad = max(_PAD * math.log10(high / low), 0.05)
        return low / 10**pad, high * 10**pad
    pad = _PAD * (high - low) or max(abs(high) * _PAD, _PAD)
    return low - pad, high + pad


def from_zero(values: Iterable[float | None], start: float, end: float) -> Scale:
    """A linear scale from 0 to the largest of these: for bars."""
    largest = max((value for value in values if value is not None and math.isfinite(value)), default=0.0)
    return Scale(low=0.0, high=largest or 1.0, start=start, end=end)


def ticks_of(scale: Scale, unit: str, *, most: int = _MOST_TICKS) -> dict[float, str]:
    """Number -> label of a few ticks of a scale, at most about `most`, at least three."""
    low, high, log = scale.low, scale.high, scale.log
    ticks = binary_ticks(low, high, most=most) if unit == "byte" and log else []
    if not _enough(ticks):
        factor = units.scale((low, high), unit)[0] if unit == "byte" else 1.0  # round in MiB, not in millions of bytes
        low, high = low / factor, high / factor
        ticks = [factor * tick for tick in (log_ticks if log else linear_ticks)(low, high, most=most)]
    return dict(zip(ticks, tick_labels(ticks, unit, log=log), strict=True))


def fitting_ticks(scale: Scale, unit: str) -> dict[float, str]:
    """As many ticks of a lying scale as have room for their labels beside each other; never fewer than three."""
    for most in range(_MOST_TICKS, _FEWEST_TICKS - 1, -1):
        ticks = ticks_of(scale, unit, most=most)
        if _apart(scale, ticks):
            return ticks
    return three_of(ticks)


def three_of(ticks: Mapping[float, str]) -> dict[float, str]:
    """The first, a middle one and the last."""
    values = list(ticks)
    chosen = {0, (len(values) - 1) // 2, len(values) - 1}
    return {values[index]: ticks[values[index]] for index in sorted(chosen)}


def _apart(scale: Scale, ticks: Mapping[float, str]) -> bool:
    free = -math.inf
    for value, label in ticks.items():
        half = text_width(label, TICK) / 2
        if scale.at(value) - half < free:
            return False
        free = scale.at(value) + half + _BETWEEN_TICKS
    return True


def apart(names: Mapping[float, str]) -> dict[float, str]:
    """Place -> name from left to right, without those that would touch the next one."""
    kept: list[float] = []
    free = math.inf
    for place in reversed(list(names)):
        half = text_width(names[place], TICK) / 2
        if place + half + _BETWEEN_TICKS / 2 <= free:
            kept.append(place)
            free = place - half
    return {place: names[place] for place in reversed(kept)}


def draw_x(
    layer: Layer, places: Mapping[float, str], *, top: float, bottom: float, ends: tuple[float, float], title: str = ""
) -> float:
    """Ticks of a lying axis, place -> label, with a hair line upwards each, and its title; how far down it reaches.

    `ends` are the places between which labels and title have to stay.
    """
    axis = layer.layer()
    for place, label in places.items():
        tick = axis.layer("xtick")
        tick.line(place, bottom, place, top, stroke="hair")
        half = text_width(label, TICK) / 2
        inside = max(min(place, ends[1] - half), ends[0] + half)
        tick.text(label, inside, bottom + 16, fill="third", anchor="middle")
    if not title:
        return bottom + TICK_ROOM
    lines = wrapped(title, ends[1] - ends[0], TICK)
    axis.text(lines, (ends[0] + ends[1]) / 2, bottom + TICK_ROOM + 14, fill="third", anchor="middle")
    return bottom + TICK_ROOM + 6 + height_of(lines, TICK)


def draw_y(layer: Layer, places: Mapping[float, str], *, left: float, right: float) -> None:
    """Ticks of an upright axis, place -> label, with a hair line to the right each."""
    axis = layer.layer()
    for place, label in places.items():
        tick = axis.layer("ytick")
        tick.line(left, place, right, place, stroke="hair")
        tick.text(label, left - 8, place, fill="third", anchor="end", middle=True)


def title_above(layer: Layer, title: str, left: float, right: float, top: float) -> float:
    """The title of an upright axis, above it from the left; where it ends below."""
    if not title:
        return top
    lines = wrapped(title, right - left, TICK)
    layer.text(lines, left, top + TICK, fill="third")
    return top + height_of(lines, TICK) + 8


def log_ticks(low: float, high: float, *, most: int = _MOST_TICKS) -> list[float]:
    """Powers of ten; with 3, or 2 and 5, between them where the axis is short; on a very short one evenly spaced values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))

    def ticks(*factors: int, step: int = 1) -> list[float]:
        # Written as decimal text and read back: 10**-6 * 5 would not be the same float as 5e-6.
        powers = range(first, last + 1, step)
        return _between(low, high, (float(f"{factor}e{power}") for power in powers for factor in factors))

    fine = ticks(1, 2, 5)
    short = math.log10(high / low) <= min(_MOST_DECADES_IN_FULL, most / 3)
    widest = max(1, math.ceil((last - first) / most))
    coarse = [] if short else [*(ticks(1, step=step) for step in range(widest, 0, -1)), ticks(1, 3)]
    return next(filter(_enough, [*coarse, fine]), None) or linear_ticks(low, high, most=most)


def binary_ticks(low: float, high: float, *, most: int = _MOST_TICKS) -> list[float]:
    """Powers of two for sizes, which are none of ten: each second one or, where those are too many, fewer."""
    found: list[float] = []
    for step in _BINARY_STEPS:
        found = _between(low, high, (2.0**power for power in range(0, 60, step)))
        if len(found) <= most:
            break
    return found


def linear_ticks(low: float, high: float, *, most: int = _MOST_TICKS) -> list[float]:
    """A few multiples of 1, 2, 2.5 or 5 times a power of ten; more than `most` where those are too few to read a scale by."""
    found = MaxNLocator(nbins=most, steps=_STEPS, min_n_ticks=_FEWEST_TICKS).tick_values(low, high)
    digits = _DIGITS - math.floor(math.log10(high - low))  # what is computed as nearly 0 is 0
    return _between(low, high, (round(float(tick), digits) + 0.0 for tick in found))


def _between(low: float, high: float, values: Iterable[float]) -> list[float]:
    return [value for value in values if low <= value <= high]


def _enough(ticks: Sequence[float]) -> bool:
    """Whether so many ticks tell how an axis is divided."""
    return len(ticks) >= _FEWEST_TICKS


def tick_labels(ticks: Sequence[float], unit: str, *, log: bool) -> list[str]:
    """The ticks as text with their unit; on a log axis each in the unit that suits it, else all in one. 0 has none."""
    common = units.scale(ticks, unit)
    return [_label(tick, *(units.scale([tick], unit) if log else common)) for tick in ticks]


def _label(tick: float, factor: float, name: str) -> str:
    number = units.plain(tick / factor)
    if not tick or not name:
        return number
    return f"{number}×" if name == units.TIMES else f"{number} {name}"
