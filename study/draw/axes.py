"""Axes with ticks that carry their unit: a few round values, the same on every machine and version."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study import units
from study.things.looks import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

_PAD = 0.045
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_DECADES_IN_FULL = 1.7
_FEWEST_TICKS, _MOST_TICKS = 3, 7


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


def dress(axes: Axes, axis: str, ends: tuple[float, float], *, unit: str, log: bool, most: int = _MOST_TICKS) -> None:
    """Set limits, ticks, labels and grid lines of the 'x' or 'y' axis."""
    is_x = axis == "x"
    (axes.set_xscale if is_x else axes.set_yscale)("log" if log else "linear")
    (axes.set_xlim if is_x else axes.set_ylim)(*ends)
    axes.minorticks_off()
    ticks = binary_ticks(*ends) if unit == "byte" and log else []
    if not _enough(ticks):
        factor = units.scale(ends, unit)[0] if unit == "byte" else 1.0  # round in MiB, not in millions of bytes
        low, high = (end / factor for end in ends)
        ticks = [factor * tick for tick in (log_ticks if log else linear_ticks)(low, high, most=most)]
    labels = tick_labels(ticks, unit, log=log)
    (axes.set_xticks if is_x else axes.set_yticks)(ticks, labels)
    axes.grid(visible=True, axis="x" if is_x else "y", color=GRID.light, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x" if is_x else "y", length=0, pad=4)


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


def binary_ticks(low: float, high: float) -> list[float]:
    """Powers of two for sizes, which are none of ten: each fourth or, where the axis is long, sixteenth."""
    step = 2 if high / max(low, 1.0) < 2**14 else 4
    return _between(low, high, (2.0**power for power in range(0, 60, step)))


def linear_ticks(low: float, high: float, *, most: int = _MOST_TICKS) -> list[float]:
    """A few multiples of 1, 2, 2.5 or 5 times a power of ten; more than `most` where those are too few to read a scale by."""
    rough = (high - low) / most
    power = math.floor(math.log10(rough))
    step = next(factor * 10.0**power for factor in _STEPS if factor * 10.0**power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    ticks = [float(f"{index * step:.10g}") for index in range(first, last + 1)]
    return ticks if _enough(ticks) else linear_ticks(low, high, most=most + 1)


def _between(low: float, high: float, values: Iterable[float]) -> list[float]:
    return [value for value in values if low <= value <= high]


def _enough(ticks: Sequence[float]) -> bool:
    """Whether so many ticks tell how an axis is divided."""
    return len(ticks) >= _FEWEST_TICKS


def tick_labels(ticks: Sequence[float], unit: str, *, log: bool) -> list[str]:
    """The ticks as text with their unit; on a log axis each in the unit that suits it, else all in one."""
    common = units.scale(ticks, unit)
    labels = []
    for tick in ticks:
        factor, name = units.scale([tick], unit) if log else common
        number = units.plain(tick / factor)
        labels.append(f"{number} {name}" if name and name != units.TIMES else number)
    return labels
