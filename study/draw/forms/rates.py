"""Rates: promises against what was found; a dot and its exact interval each, the kept side tinted, the promise a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    GAP,
    height_beside,
    in_words,
    is_narrow,
    known,
    known_ends,
    name_above,
    name_beside,
    tip_of,
)
from study.draw.lettering import height_of, wrapped
from study.draw.tokens import LABEL, TICK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.draw.canvas import Layer
    from study.forms import Promise, Rate, Rates

_STEP, _AIR, _PAD = 7.0, 8.0, 4.0
_MOST_HIGH = 22.0
"""Of the dots of one promise: many of them stand closer, and show where they crowd."""
_APART = 2.6
"""Nearer than that dots cannot be pointed at one by one: those that were kept are drawn as one mark."""
_NAMES, _OUTCOMES = 0.3, 0.2
_RADII = {"kept": 2.6, "not shown": 2.6, "broken": 4.5}
_TOKENS = {"kept": "second", "not shown": "warn", "broken": "no"}


def sheet_of(rates: Rates, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    left = GAP if is_narrow(width) else _NAMES * width
    right = width - GAP if is_narrow(width) else (1.0 - _OUTCOMES) * width
    y = 4.0
    for promise in rates.promises:
        if any(rate.found.point is not None for rate in promise.rates):
            y = _draw_promise(sheet, promise, left, right, y)
    sheet.height = y
    return sheet


def alternative(rates: Rates) -> str:
    """The picture in words: every promise that was broken, and how many were kept."""
    broken = [
        (f"{promise.name}, {rate.label}", rate.found) for promise, rate in _all(rates) if rate.outcome == "broken"
    ]
    kept = sum(rate.outcome == "kept" for _, rate in _all(rates))
    return in_words(rates.title, broken, f"{units.counted(kept, 'promise')} kept; broken")


def _all(rates: Rates) -> list[tuple[Promise, Rate]]:
    return [(promise, rate) for promise in rates.promises for rate in promise.rates]


def _draw_promise(sheet: Sheet, promise: Promise, left: float, right: float, y: float) -> float:
    axes = sheet.layer("axes")
    below = axes.layer()
    rates = sorted(
        (rate for rate in promise.rates if rate.found.point is not None), key=lambda rate: rate.found.point or 0.0
    )
    scale = Scale(low=promise.ends[0], high=promise.ends[1], start=left, end=right)
    outcome, narrow = _outcome(rates), is_narrow(sheet.width)
    room = sheet.width - 2 * GAP if narrow else sheet.width - right - 2 * GAP
    step = min(_STEP, _MOST_HIGH / len(rates))
    high = max(2 * _PAD + step * len(rates), 20.0)
    if narrow:
        y = name_above(axes, promise.name, y=y, width=sheet.width, fill="ink", words=promise.words)
    else:
        named = height_beside(promise.name, left - GAP, promise.words)
        high = max(high, named, _outcome_high(outcome, room))
        name_beside(axes, promise.name, right=left - GAP, middle=y + high / 2, fill="ink", words=promise.words)
        _write_outcome(axes, outcome, right + 2 * GAP, y + (high - _outcome_high(outcome, room)) / 2, room)
    _tint(below, promise, scale, y, high)
    first = y + (high - step * (len(rates) - 1)) / 2
    places = [(rate, first + number * step) for number, rate in enumerate(rates)]
    places.sort(key=lambda place: place[0].outcome != "kept")  # what was not kept lies above
    if step < _APART:
        kept = [place for place in places if place[0].outcome == "kept"]
        _draw_kept(axes, promise, kept, scale)
        places = places[len(kept) :]
    for rate, at in places:
        _draw_rate(axes, promise, rate, scale, at)
    ticks = {scale.at(value): f"{units.plain(100 * value)}\u00a0%" for value in _ticks(promise)}
    low = draw_x(below, ticks, top=y + high, bottom=y + high, ends=(left - GAP, min(right + GAP, sheet.width)))
    return (_write_outcome(axes, outcome, GAP, low + 2, room) if narrow else low) + _AIR


def _ticks(promise: Promise) -> list[float]:
    """Both ends and the promise; where it is one of the ends, the middle as well."""
    told = {*promise.ends, promise.at}
    return sorted(told if len(told) > 2 else {*told, sum(promise.ends) / 2})


def _tint(layer: Layer, promise: Promise, scale: Scale, y: float, high: float) -> None:
    """The side on which the promise is kept, and the promise itself."""
    at = scale.at(promise.at)
    low, end = (at, scale.end) if promise.side == "at least" else (scale.start, at)
    side = layer.layer("kept-side", (promise.name,))
    side.rect(low, y, max(end - low, 1.0), high, fill="yes-tint")
    line = layer.layer("promise", (promise.name,), f"{promise.name}: {promise.side} {units.share(promise.at)}")
    line.line(at, y - 2, at, y + high + 2, stroke="yes", width=1.6)


def _draw_rate(axes: Layer, promise: Promise, rate: Rate, scale: Scale, y: float) -> None:
    token, names = _TOKENS[rate.outcome], (promise.name, rate.label)
    low, high = rate.found.low, rate.found.high
    if low is not None and high is not None:
        bar = axes.layer("interval", names)
        bar.line(scale.at(low), y, scale.at(high), y, stroke=token, width=1.6 if rate.outcome == "broken" else 1.0)
    mark = axes.layer("point", names, tip_of(names, rate.found))
    mark.marker("o", scale.at(known(rate.found) or 0.0), y, _RADII[rate.outcome], colour=token)


def _draw_kept(axes: Layer, promise: Promise, kept: Sequence[tuple[Rate, float]], scale: Scale) -> None:
    """Dots and intervals that crowd, as one mark."""
    token = _TOKENS["kept"]
    ends = [(known_ends(rate.found), y) for rate, y in kept]
    bars = [
        ((scale.at(low), y), (scale.at(high), y)) for (low, high), y in ends if low is not None and high is not None
    ]
    axes.layer("intervals", (promise.name,)).lines(bars, stroke=token)
    dots = axes.layer("points", (promise.name,), f"{promise.name}: {units.count(len(kept))} kept")
    dots.markers("o", [(scale.at(known(rate.found) or 0.0), y) for rate, y in kept], _RADII["kept"], colour=token)


def _outcome(rates: list[Rate]) -> tuple[str, str, str]:
    """How many were broken, kept, or not shown, its colour, and which ones were broken."""
    broken = [rate for rate in rates if rate.outcome == "broken"]
    unshown = sum(rate.outcome == "not shown" for rate in rates)
    if broken:
        told = "; ".join(f"{units.share(rate.found.point)}, {rate.label}" for rate in broken)
        return f"{len(broken)} broken", "no", told
    if unshown:
        return f"{unshown} not shown", "warn", f"{len(rates) - unshown} kept"
    return f"{len(rates)} kept", "yes", ""


def _outcome_lines(outcome: tuple[str, str, str], room: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return wrapped(outcome[0], room, LABEL, bold=True), wrapped(outcome[2], room, TICK) if outcome[2] else ()


def _outcome_high(outcome: tuple[str, str, str], room: float) -> float:
    said, told = _outcome_lines(outcome, room)
    return height_of(said, LABEL) + (4 + height_of(told, TICK) if told else 0.0)


def _write_outcome(axes: Layer, outcome: tuple[str, str, str], x: float, y: float, room: float) -> float:
    """The outcome from `y` on; where it ends."""
    said, told = _outcome_lines(outcome, room)
    axes.text(said, x, y + 0.78 * LABEL, size=LABEL, fill=outcome[1], bold=True)
    if told:
        axes.text(told, x, y + height_of(said, LABEL) + 4 + 0.78 * TICK, fill=outcome[1])
    return y + _outcome_high(outcome, room)
