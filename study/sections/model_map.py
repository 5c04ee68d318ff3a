"""When it pays, as the cost model has it: the length of a task by what is sent with it, for as many items as the loop has."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from study.forms import Map
from study.screens import Loop
from study.sections.foreteller import WAITS
from study.sections.pays_map import LEVELS, NEXT_TO_NOTHING, measured, most_known, own
from study.things import BACKENDS, START_METHODS
from study.units import counted, seconds, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.screens import Calculator
    from study.sections.foreteller import Foreteller

_LENGTHS: tuple[float, ...] = tuple(10.0 ** (step / 3) for step in range(-18, 1))
"""From a microsecond to a second, three in each power of ten."""
_SERVED = ", its server running,"
"""Of a start method with a server: that one starts is in no number of the map."""
_SIZES = (NEXT_TO_NOTHING, *(float(1 << power) for power in (10, 14, 16, 18, 20, 22, 23)))


def model_map(calculator: Calculator, model: Foreteller, *, identity: str, kind: str) -> Map | None:
    """Of the simplest backend that is known, started as its library does; None where what data cost is not known."""
    way = model.first_way()
    if way is None or not model.constants.transfer:
        return None
    backend, method = BACKENDS[way[0]], way[1]
    most = max(model.constants.pipe_bytes, *(place for place, _ in model.constants.transfer))
    sizes = [number for number in _SIZES if number <= most]
    gains = []
    for sent in sizes:
        loop = replace(
            calculator.loop, kind=kind, returned_bytes=0, sent_bytes=0 if sent == NEXT_TO_NOTHING else round(sent)
        )
        gains.append(_gains(model, loop, way))
    known = most_known(calculator, kind)
    items = counted(calculator.loop.items, "item")
    server = method in START_METHODS and START_METHODS[method].has_server
    return Map(
        id=identity,
        title=_title(
            f"{backend.look.label} made for {items}{_SERVED if server else ''}",
            sizes[-1],
            _even(gains[0]),
            _even(gains[-1]),
        ),
        caption=(
            f"A model: workers{f' under {method}' if method else ''} are started, used and ended, in the number and"
            " chunks that suit best. Dots: one for each job measured, without data, workers running."
        ),
        span="half",
        xs=_LENGTHS,
        ys=tuple(sizes),
        gains=tuple(gains),
        x_label="useful work of one task",
        y_label="bytes sent with each task",
        pays=f"{backend.look.label} is sooner",
        fails="the plain loop is sooner",
        look=backend.look,
        cases=(
            *measured(known.jobs if known.carrier == backend.look.label else ()),
            *own(calculator.loop, _LENGTHS, sizes),
        ),
        levels=tuple(level for level in LEVELS if level < max(max(row) for row in gains))[:1],
        items=calculator.loop.items,
    )


def pays_from(model: Foreteller, items: int, way: tuple[str, str]) -> float | None:
    """Seconds of one of so many items that carry no data, from which on this backend and start method beat the loop for good.

    None where they beat it at no length of the map.
    """
    loop = Loop(items=items, length_s=0.0, sent_bytes=0, returned_bytes=0, kind=next(iter(WAITS)))
    return _even(_gains(model, loop, way))


def _gains(model: Foreteller, loop: Loop, way: tuple[str, str]) -> tuple[float, ...]:
    """How many times as fast as the loop, at each length of the map."""
    return tuple(_gain(model, replace(loop, length_s=length_s), way) for length_s in _LENGTHS)


def _gain(model: Foreteller, loop: Loop, way: tuple[str, str]) -> float:
    return loop.items * loop.length_s / min(took_s for took_s, _ in model.times(loop, *way))


def _even(gains: Sequence[float]) -> float | None:
    """The length at which it breaks even for good, between two of the map in equal factors; None where it does at none."""
    below = max((number for number, gain in enumerate(gains) if gain <= 1.0), default=-1)
    if below + 1 == len(gains):
        return None
    if below < 0:
        return _LENGTHS[0]
    low, high = _LENGTHS[below], _LENGTHS[below + 1]
    part = -math.log(gains[below]) / math.log(gains[below + 1] / gains[below])
    return low * math.exp(part * math.log(high / low))


def _title(carrier: str, most: float, first: float | None, last: float | None) -> str:
    if first is None:
        return f"A {carrier} beats the loop with none of up to {seconds(_LENGTHS[-1])}"
    with_most = f"from {seconds(last, 2)} on" if last is not None else f"with none of up to {seconds(_LENGTHS[-1])}"
    return f"A {carrier} beats the loop from {seconds(first, 2)} each on, with {size(most)} each {with_most}"
