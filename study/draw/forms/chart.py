"""Map: when it pays, by the length of a task and what is sent with it; break-even is the one thick line."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, draw_y, fitting_ticks, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.forms.contour import contour
from study.draw.forms.frame import in_words, is_narrow, number_of
from study.draw.labels import set_about
from study.draw.lettering import Box, widest, wrapped
from study.draw.tokens import LABEL, TICK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.draw.canvas import Layer
    from study.forms import Case, Map, Tint

_HIGH, _NARROW_HIGH, _AIR = 300.0, 260.0, 8.0
_RING, _DOT = 7.0, 4.5


def sheet_of(chart: Map, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    top = title_above(axes, chart.y_label, 0.0, width, 0.0) + _AIR
    high = _NARROW_HIGH if is_narrow(width) else max(_HIGH, min(0.45 * width, 420.0))
    y = Scale(low=min(chart.ys), high=max(chart.ys), start=top + high, end=top, log=True)
    upright = {y.at(value): label for value, label in ticks_of(y, chart.y_unit, most=6).items()}
    left = 12 + widest(list(upright.values()), TICK)
    x = Scale(low=min(chart.xs), high=max(chart.xs), start=left, end=width - 12, log=True)
    _tint(axes, chart, x, y)
    draw_y(axes, upright, left=left, right=left)
    ticks = {x.at(value): label for value, label in fitting_ticks(x, chart.x_unit).items()}
    low = draw_x(axes, ticks, top=top + high, bottom=top + high, ends=(0.0, width), title=chart.x_label)
    _draw_lines(axes, chart, x, y)
    _draw_cases(axes, chart, x, y)
    _name_regions(axes, chart, x, y)
    sheet.height = low + 4
    return sheet


def alternative(chart: Map) -> str:
    """The picture in words."""
    said = f"{chart.title.rstrip('.')}. Two regions: {chart.pays}; {chart.fails}"
    own = [f"{case.label} lies at {_place_in_words(chart, case)}" for case in chart.cases if case.own]
    return in_words("; ".join([said, *own]), [])


def _place_in_words(chart: Map, case: Case) -> str:
    x, y = (
        units.size(value) if unit == "byte" else units.seconds(value) if unit == "s" else units.count(value)
        for value, unit in ((case.x, chart.x_unit), (case.y, chart.y_unit))
    )
    return f"{x} and {y}"


def _edges(values: Sequence[float], scale: Scale) -> list[float]:
    """Where the ground of one value ends and that of the next begins."""
    between = [scale.at(math.sqrt(low * high)) for low, high in itertools.pairwise(values)]
    return [scale.at(values[0]), *between, scale.at(values[-1])]


def _side(gain: float | None) -> Tint | None:
    """In which region a gain lies; in none where it is not known."""
    if gain is None:
        return None
    return "yes" if gain >= 1.0 else "no"


def _tint(axes: Layer, chart: Map, x: Scale, y: Scale) -> None:
    """The two regions; what is not known is hatched. Neighbours of one region are one area."""
    across, down = _edges(chart.xs, x), _edges(chart.ys, y)
    grounds = {side: axes.layer("region", (name,)) for side, name in (("yes", chart.pays), ("no", chart.fails))}
    unknown = axes.layer("region", ("not known",))
    for row, gains in enumerate(chart.gains):
        for side, first, last in _runs(gains):
            ground = unknown if side is None else grounds[side]
            fill = axes.sheet.hatch("third") if side is None else f"{side}-tint"
            left, top = across[first], down[row + 1]
            # A hair wider and higher than it is, so that no gap is seen between neighbours.
            ground.rect(left, top, across[last + 1] - left + 0.3, down[row] - top + 0.3, fill=fill)


def _runs(gains: Sequence[float | None]) -> Iterator[tuple[Tint | None, int, int]]:
    """Each stretch of a row that lies in one region: which, its first and its last place."""
    place = 0
    for side, several in itertools.groupby(gains, key=_side):
        many = len(list(several))
        yield side, place, place + many - 1
        place += many


def _draw_lines(axes: Layer, chart: Map, x: Scale, y: Scale) -> None:
    """Break-even, thick, and further levels, thin and dashed, each with its number."""
    across, down = [x.at(value) for value in chart.xs], [y.at(value) for value in chart.ys]
    for level in (*chart.levels, 1.0):
        courses = contour(across, down, chart.gains, level)
        even = level == 1.0
        name = "break-even" if even else f"{units.plain(level)}×"
        line = axes.layer("break-even" if even else "level", (name,))
        line.lines(
            courses, stroke="ink" if even else "second", width=3.0 if even else 1.0, dashes="" if even else "4 3"
        )
        if courses:
            lowest = max((place for course in courses for place in course), key=lambda place: place[1])
            room = Box(x.start + 2, y.end + 2, x.end - 2, y.start - 2)
            at = (lowest[0], lowest[1] - 10)
            set_about(axes, [name], at, room=room, fill="ink" if even else "second", bold=even)


def _inside(chart: Map, x: Scale, y: Scale) -> list[Case]:
    """The cases that lie on the map."""
    return [case for case in chart.cases if x.holds(case.x) and y.holds(case.y)]


def _rooms(cases: Sequence[Case], x: Scale, y: Scale) -> list[Box]:
    """The room that the marks of cases take."""
    return [Box(x.at(case.x) - 8, y.at(case.y) - 8, x.at(case.x) + 8, y.at(case.y) + 8) for case in cases]


def _draw_cases(axes: Layer, chart: Map, x: Scale, y: Scale) -> None:
    """What was measured as dots, the reader's own as a ring, each with its name."""
    room = Box(x.start + 2, y.end + 2, x.end - 2, y.start - 2)
    inside = _inside(chart, x, y)
    marks = _rooms(inside, x, y)
    for case in inside:
        at = (x.at(case.x), y.at(case.y))
        number = "" if case.measured is None else f": {number_of(case.measured)}"
        mark = axes.layer("case", (case.label,), f"{case.label}, {_place_in_words(chart, case)}{number}")
        if case.own:
            mark.ring(*at, _RING, stroke="ink", width=2.5, fill="page")
            mark.dots([at], 2.2, fill="ink")
        else:
            mark.dots([at], _DOT, fill=chart.look.token)
        lines = wrapped(case.label, 0.45 * (x.end - x.start), TICK, bold=case.own)
        set_about(axes, lines, at, room=room, fill="ink", bold=case.own, avoid=marks, radius=_RING / 2)


def _name_regions(axes: Layer, chart: Map, x: Scale, y: Scale) -> None:
    """The name of each region in the middle of it."""
    room, marks = Box(x.start + 4, y.end + 4, x.end - 4, y.start - 4), _rooms(_inside(chart, x, y), x, y)
    for side, name in (("yes", chart.pays), ("no", chart.fails)):
        places = [
            (x.at(chart.xs[column]), y.at(chart.ys[row]))
            for row, gains in enumerate(chart.gains)
            for column, gain in enumerate(gains)
            if _side(gain) == side
        ]
        if places:
            middle = (math.fsum(place[0] for place in places), math.fsum(place[1] for place in places))
            at = (middle[0] / len(places), middle[1] / len(places))
            nearest = min(places, key=lambda place: math.dist(place, at))
            lines = wrapped(name, 0.4 * (x.end - x.start), LABEL, bold=True)
            named = axes.layer("region-name", (name,))
            set_about(named, lines, nearest, room=room, fill=side, size=LABEL, bold=True, avoid=marks)
