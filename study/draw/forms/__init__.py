"""The forms of figures: which drawer each has."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from study import forms
from study.draw.forms import (
    chart,
    equal,
    fall,
    lanes,
    life,
    over_time,
    rates,
    ring,
    speedup,
    squares,
    stack,
    strip,
    sweep,
    wall_bars,
    wall_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.draw.canvas import Sheet


class Drawer(NamedTuple):
    """What draws a form at a width, and what says it in words."""

    sheet_of: Callable[[Any, float], Sheet]
    alternative: Callable[[Any], str]


DRAWERS: Mapping[type[forms.Form], Drawer] = MappingProxyType(
    {
        forms.Life: Drawer(life.sheet_of, life.alternative),
        forms.Stack: Drawer(stack.sheet_of, stack.alternative),
        forms.Lanes: Drawer(lanes.sheet_of, lanes.alternative),
        forms.Squares: Drawer(squares.sheet_of, squares.alternative),
        forms.Sweep: Drawer(sweep.sheet_of, sweep.alternative),
        forms.Speedup: Drawer(speedup.sheet_of, speedup.alternative),
        forms.Fall: Drawer(fall.sheet_of, fall.alternative),
        forms.Map: Drawer(chart.sheet_of, chart.alternative),
        forms.Equal: Drawer(equal.sheet_of, equal.alternative),
        forms.Strip: Drawer(strip.sheet_of, strip.alternative),
        forms.History: Drawer(over_time.sheet_of, over_time.alternative),
        forms.Rates: Drawer(rates.sheet_of, rates.alternative),
        forms.Ring: Drawer(ring.sheet_of, ring.alternative),
        forms.WallBars: Drawer(wall_bars.sheet_of, wall_bars.alternative),
        forms.WallLines: Drawer(wall_lines.sheet_of, wall_lines.alternative),
    }
)
"""Form -> its drawer."""


def drawer_of(form: forms.Form) -> Drawer:
    """Who draws this form."""
    return DRAWERS[type(form)]
