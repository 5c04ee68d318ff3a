"""Map: when it pays, by the length of a task and what is sent with it; break-even is the one thick line."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, draw_y, fitting_ticks, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.forms.contour import Place, areas, contour
from study.draw.forms.frame import in_words, is_narrow, number_of
from study.draw.labels import has_room_about, rooms_along, set_about
from study.draw.lettering import Box, height_of, widest, wrapped
from study.draw.tokens import LABEL, TICK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.draw.canvas import Layer
    from study.forms import Case, Map, Tint

_HIGH, _NARROW_HIGH, _AIR = 220.0, 260.0, 8.0
_RING, _DOT = 7.0, 4.5
_SHARES = (0.4, 0.22)
"""Of the width: as much as a line of a region's name takes at most, or less where there is no room for that."""
_PARTS = (0.25, 0.5, 0.75)
_BESIDE = 9.0
"""How far from its line a name stands at most, unless there is no room anywhere along it."""


def sheet_of(chart: Map, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    top = title_above(axes, chart.y_label, 12.0, width, 0.0) + _AIR
    high = _NARROW_HIGH if is_narrow(width) else max(_HIGH, min(0.42 * width, 420.0))
    y = Scale(low=min(chart.ys), high=max(chart.ys), start=top + high, end=top, log=True)
    upright = {y.at(value): label for value, label in ticks_of(y, chart.y_unit, most=6).items()}
    left = 12 + widest(list(upright.values()), TICK)
    x = Scale(low=min(chart.xs), high=max(chart.xs), start=left, end=width - 12, log=True)
    sheet.told |= {"x-scale": _scale_in_words(x), "y-scale": _scale_in_words(y)}
    if chart.items is not None:
        sheet.told["items"] = str(chart.items)
    _tint(axes, chart, x, y)
    draw_y(axes, upright, left=left, right=left)
    ticks = {x.at(value): label for value, label in fitting_ticks(x, chart.x_unit).items()}
    low = draw_x(axes, ticks, top=top + high, bottom=top + high, ends=(0.0, width), title=chart.x_label)
    taken = _draw_lines(axes, chart, x, y)
    taken += _draw_cases(axes, chart, x, y, taken)
    _name_regions(axes, chart, x, y, taken)
    sheet.height = low + 4
    return sheet


def alternative(chart: Map) -> str:
    """The picture in words."""
    said = f"{chart.title.rstrip('.')}. Two regions: {chart.pays}; {chart.fails}"
    own = [f"{case.label} lies at {_place_in_words(chart, case)}" for case in chart.cases if case.own]
    return in_words("; ".join([said, *own]), [])


def _scale_in_words(scale: Scale) -> str:
    """What a page needs to place a point that it is asked for: first and last value, and where they stand."""
    return f"{scale.low:.12g} {scale.high:.12g} {scale.start:g} {scale.end:g}"


def _place_in_words(chart: Map, case: Case) -> str:
    x, y = (
        units.size(value) if unit == "byte" else units.seconds(value) if unit == "s" else units.count(value)
        for value, unit in ((case.x, chart.x_unit), (case.y, chart.y_unit))
    )
    return f"{x} and {y}"


def _side(gain: float | None) -> Tint | None:
    """In which region a gain lies; in none where it is not known."""
    if gain is None:
        return None
    return "yes" if gain >= 1.0 else "no"


def _tint(axes: Layer, chart: Map, x: Scale, y: Scale) -> None:
    """The two regions, which meet where it breaks even; what is not known is hatched."""
    across, down = _grid(chart, x, y)
    if any(gain is None for gains in chart.gains for gain in gains):
        unknown = axes.layer("region", ("not known",))
        unknown.rect(x.start, y.end, x.end - x.start, y.start - y.end, fill=axes.sheet.hatch("third"))
    for side, name, low, high in (("no", chart.fails, 0.0, 1.0), ("yes", chart.pays, 1.0, math.inf)):
        ground = axes.layer("region", (name,))
        ground.areas(areas(across, down, chart.gains, low, high), fill=f"{side}-tint")


def _grid(chart: Map, x: Scale, y: Scale) -> tuple[list[float], list[float]]:
    """Where the lengths and payloads stand."""
    return [x.at(value) for value in chart.xs], [y.at(value) for value in chart.ys]


def _draw_lines(axes: Layer, chart: Map, x: Scale, y: Scale) -> list[Box]:
    """Break-even, thick, and further levels, thin and dashed, each with its number; the room that all lines take."""
    across, down = _grid(chart, x, y)
    drawn = {level: contour(across, down, chart.gains, level) for level in (*chart.levels, 1.0)}
    rooms = [box for courses in drawn.values() for course in courses for box in rooms_along(course)]
    for level, courses in drawn.items():
        even = level == 1.0
        name = "break-even" if even else f"{units.plain(level)}×"
        line = axes.layer("break-even" if even else "level", (name,))
        line.lines(
            courses, stroke="ink" if even else "second", width=3.0 if even else 1.0, dashes="" if even else "4 3"
        )
        if courses:
            room = Box(x.start + 2, y.end + 2, x.end - 2, y.start - 2)
            at = _place_to_name(axes, name, courses, room, rooms, from_foot=even)
            set_about(axes, [name], at, room=room, fill="ink" if even else "second", bold=even, avoid=rooms)
    return rooms


def _place_to_name(
    axes: Layer, name: str, courses: list[list[Place]], room: Box, lines: list[Box], *, from_foot: bool
) -> Place:
    """Where a line is named: as near to its foot, or to its head, as there is room right beside it."""
    places = sorted((place for course in courses for place in course), key=lambda place: place[1], reverse=from_foot)
    return next(
        (
            place
            for place in places
            if has_room_about(axes, [name], place, room=room, avoid=lines, within=_BESIDE, bold=from_foot)
        ),
        places[0],
    )


def _inside(chart: Map, x: Scale, y: Scale) -> list[Case]:
    """The cases that lie on the map."""
    return [case for case in chart.cases if x.holds(case.x) and y.holds(case.y)]


def _rooms(cases: Sequence[Case], x: Scale, y: Scale) -> list[Box]:
    """The room that the marks of cases take."""
    return [Box(x.at(case.x) - 8, y.at(case.y) - 8, x.at(case.x) + 8, y.at(case.y) + 8) for case in cases]


def _draw_cases(axes: Layer, chart: Map, x: Scale, y: Scale, taken: list[Box]) -> list[Box]:
    """What was measured as dots that speak when they are pointed at, the reader's own as a ring with its name; their room."""
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
            continue
        lines = wrapped(case.label, 0.45 * (x.end - x.start), TICK, bold=True)
        set_about(mark, lines, at, room=room, fill="ink", bold=True, avoid=[*marks, *taken], radius=_RING / 2)
    return marks


def _name_regions(axes: Layer, chart: Map, x: Scale, y: Scale, taken: list[Box]) -> None:
    """The name of each region, as far from the other as it can stand."""
    across, down = _grid(chart, x, y)
    places = {side: _places_of(chart, across, down, side) for side in ("yes", "no", None)}
    room = Box(x.start + 8, y.end + 8, x.end - 8, y.start - 8)
    for side, name in (("yes", chart.pays), ("no", chart.fails)):
        if not places[side]:
            continue
        others = [place for other, there in places.items() if other != side for place in there]
        named = axes.layer("region-name", (name,))
        lines, best = _lines_with_room(name, x, places[side], others, room, [*axes.sheet.boxes, *taken])
        if best is None:
            middle = places[side][len(places[side]) // 2]
            set_about(named, lines, middle, room=room, fill=side, size=LABEL, bold=True, avoid=taken)
        else:
            named.text(lines, *best, size=LABEL, fill=side, anchor="middle", bold=True, middle=True)


def _lines_with_room(
    name: str, x: Scale, own: list[Place], others: list[Place], room: Box, taken: list[Box]
) -> tuple[tuple[str, ...], Place | None]:
    """A name in as few lines as have room in its region, and their middle; None where they have in no number of lines."""
    for share in _SHARES:
        lines = wrapped(name, share * (x.end - x.start), LABEL, bold=True)
        half = widest(lines, LABEL, bold=True) / 2, height_of(lines, LABEL) / 2
        if best := _farthest(own, others, half, room, taken):
            return lines, best
    return wrapped(name, _SHARES[0] * (x.end - x.start), LABEL, bold=True), None


def _places_of(chart: Map, across: list[float], down: list[float], side: Tint | None) -> list[Place]:
    """Where gains are that lie in a region, and what lies between four of them."""
    inside = [[_side(gain) == side for gain in gains] for gains in chart.gains]
    places = [
        (across[column], down[row]) for row, sides in enumerate(inside) for column, is_own in enumerate(sides) if is_own
    ]
    for row, column in itertools.product(range(len(down) - 1), range(len(across) - 1)):
        if all(inside[row][column : column + 2]) and all(inside[row + 1][column : column + 2]):
            places += [
                (
                    across[column] + part * (across[column + 1] - across[column]),
                    down[row] + other * (down[row + 1] - down[row]),
                )
                for part, other in itertools.product(_PARTS, _PARTS)
            ]
    return places


def _farthest(
    own: list[Place], others: list[Place], half: tuple[float, float], room: Box, taken: list[Box]
) -> Place | None:
    """The middle of words that keep off all else, as far from the other regions as can be; None where there is none."""
    found: tuple[float, Place] | None = None
    for place in own:
        middle = (
            min(max(place[0], room.left + half[0]), room.right - half[0]),
            min(max(place[1], room.top + half[1]), room.bottom - half[1]),
        )
        box = Box(middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
        if any(box.meets(other, 4.0) for other in taken):
            continue
        least = found[0] if found else 0.0
        gap = math.inf
        for other in others:
            gap = min(gap, _beyond(box, other))
            if gap <= least:
                break  # another place is farther
        else:
            found = (gap, middle)
    return found[1] if found else None


def _beyond(box: Box, place: Place) -> float:
    """How far a place lies from a box; 0 inside it."""
    return math.hypot(
        max(box.left - place[0], 0.0, place[0] - box.right), max(box.top - place[1], 0.0, place[1] - box.bottom)
    )
