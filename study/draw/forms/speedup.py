"""Speedup: how many times as fast over workers, linear both ways, under the ideal and what the machine can give."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, apart, draw_x, draw_y, fitting_ticks, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.forms.courses import (
    MOST_FOR_NAMES,
    dashes_of,
    draw_course,
    known_courses,
    last_of,
    name_of,
    place_of,
    said_at_end,
    spots_of,
    values_of,
)
from study.draw.forms.frame import in_words, interval_of, is_narrow, number_of, tip_of
from study.draw.labels import EndLabel, name_ends, rooms_along, set_about
from study.draw.lettering import Box, height_of, text_width, widest, wrapped
from study.draw.marks import RADIUS
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.forms import Course, Speedup, Spot

_HIGH, _NARROW_HIGH, _AIR = 400.0, 300.0, 8.0
_ROOM = 1.04
_SHIFT, _COLUMN = 7.0, 18.0
_LOOP = "plain loop = 1"


def sheet_of(speedup: Speedup, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    grounds = axes.layer()
    courses = known_courses(speedup.courses)
    top = title_above(axes, "times as fast as the plain loop", 0.0, width, 0.0) + _AIR
    named = sum(height_of(_end_lines(course, width), TICK) + 4 for course in courses)
    high = max(_NARROW_HIGH if is_narrow(width) else _HIGH, named)
    y = Scale(low=0.0, high=_ROOM * _highest(speedup, courses), start=top + high, end=top)
    left = 12 + widest(list(_upright(y).values()), TICK)
    right = width - 18 - max(widest(_end_lines(course, width), TICK, bold=True) for course in courses)
    x = Scale(low=0.0, high=_ROOM * max(_counts(speedup, courses)), start=left, end=right)
    _draw_grounds(grounds, speedup, courses, x, y)
    draw_y(axes, _upright(y), left=left, right=right)
    ends = (0.0, right + _AIR)
    title = f"workers, on {units.counted(speedup.cpus, 'CPU')}"
    low = draw_x(axes, _lying(speedup, courses, x), top=top + high, bottom=top + high, ends=ends, title=title)
    _draw_bounds(axes, speedup, x, y)
    marks = _draw_courses(axes, courses, x, y, speedup.missing) + _rooms(speedup, x, y)
    _name_bounds(axes, speedup, courses, x, y, marks)
    sheet.height = low + 4
    return sheet


def alternative(speedup: Speedup) -> str:
    """The picture in words."""
    told = [
        (f"{course.name} with {units.counted(int(last_of(course).x), 'worker')}", last_of(course).y)
        for course in known_courses(speedup.courses)
    ]
    return in_words(speedup.title, told)


def _counts(speedup: Speedup, courses: list[Course]) -> list[float]:
    """Every number of workers that is told of, and that of the CPUs."""
    told = {spot.x for course in courses for spot in spots_of(course)}
    return sorted({1.0, float(speedup.cpus), *map(float, speedup.missing), *told})


def _highest(speedup: Speedup, courses: list[Course]) -> float:
    """The largest number: of what was measured, of what the machine can give, and of the ideal as far as it has CPUs."""
    capacity = [spot.y.point for spot in speedup.capacity]
    told = (*values_of(courses), *capacity, float(speedup.cpus), 1.0)
    return max(value for value in told if value is not None and math.isfinite(value))


def _upright(y: Scale) -> dict[float, str]:
    return {y.at(value): label for value, label in ticks_of(y, "ratio").items()}


def _lying(speedup: Speedup, courses: list[Course], x: Scale) -> dict[float, str]:
    """The counts that were measured or left out, as far as they can be told apart, else round ones."""
    counts = apart({x.at(value): units.count(value) for value in _counts(speedup, courses)})
    if len(counts) < 3 and x.low <= 0.0:  # a half of a worker is no number of workers
        counts = {x.at(0.0): units.count(0), **counts}
    if len(counts) >= 3:
        return counts
    return {x.at(value): label for value, label in fitting_ticks(x, "count").items()}


def _end_lines(course: Course, width: float) -> tuple[str, ...]:
    return (*name_of(course, width), *_said(course, width))


def _said(course: Course, width: float) -> tuple[str, ...]:
    text = f"{said_at_end(course)} {interval_of(last_of(course).y)}".strip()
    return wrapped(text, max(MOST_FOR_NAMES * width, widest(text.split(" "), TICK)), TICK)


def _draw_grounds(layer: Layer, speedup: Speedup, courses: list[Course], x: Scale, y: Scale) -> None:
    """Where workers are more than CPUs, and the counts that were left out."""
    if max(_counts(speedup, courses)) > speedup.cpus:
        beyond = layer.layer("region", ("more workers than CPUs",))
        beyond.rect(x.at(speedup.cpus), y.end, x.end - x.at(speedup.cpus), y.start - y.end, fill="open-tint")
    for count in speedup.missing:
        at = x.at(count)
        column = layer.layer("missing", (f"{count:g}",), f"{units.counted(count, 'worker')}: not measured")
        column.rect(at - _COLUMN / 2, y.end, _COLUMN, y.start - y.end, fill=layer.sheet.hatch("third"))


def _draw_bounds(axes: Layer, speedup: Speedup, x: Scale, y: Scale) -> None:
    """The ideal, the loop and the capacity."""
    reach = min(x.high, y.high)
    ideal = axes.layer("ideal", ("ideal",))
    ideal.path([(x.at(0.0), y.at(0.0)), (x.at(reach), y.at(reach))], stroke="second", dashes="5 4", width=1.2)
    axes.layer("reference", (_LOOP,)).line(x.start, y.at(1.0), x.end, y.at(1.0), stroke="slate", width=1.2)
    places = _capacity(speedup, x, y)
    if places:
        last = _ceilings(speedup)[-1]
        capacity = axes.layer("capacity", ("capacity", last.name), tip_of(("capacity",), last.y))
        capacity.path(places, stroke="third", width=1.8)


def _ceilings(speedup: Speedup) -> list[Spot]:
    """What is known of the capacity, from left to right."""
    return sorted((spot for spot in speedup.capacity if spot.y.point is not None), key=lambda spot: spot.x)


def _capacity(speedup: Speedup, x: Scale, y: Scale) -> list[tuple[float, float]]:
    """The line of the capacity; none where it was not measured."""
    spots = _ceilings(speedup)
    if not spots:
        return []
    places = [place_of(spot, x.at, y) for spot in spots]
    if spots[-1].x < x.high and spots[-1].x >= speedup.cpus:  # more workers find no more CPUs
        places.append((x.end, places[-1][1]))
    if len(places) == 1:
        places = [(places[0][0] - _COLUMN, places[0][1]), (places[0][0] + _COLUMN, places[0][1])]
    return places


def _beside(courses: list[Course], x: Scale, y: Scale) -> dict[str, dict[float, float]]:
    """Course -> number of workers -> where that stands: what would lie over another stands beside it."""
    placed: dict[str, dict[float, float]] = {course.name: {} for course in courses}
    for count in sorted({spot.x for course in courses for spot in spots_of(course)}):
        here = [(course.name, spot) for course in courses for spot in spots_of(course) if spot.x == count]
        for crowd in _crowds(here, y):
            for index, (name, _) in enumerate(crowd):
                shift = _SHIFT * (index - (len(crowd) - 1) / 2)
                placed[name][count] = min(max(x.at(count) + shift, x.start + RADIUS), x.end)
    return placed


def _crowds(here: list[tuple[str, Spot]], y: Scale) -> list[list[tuple[str, Spot]]]:
    """Those whose marks or bars reach over each other, together; in each crowd in the order of their names at the ends."""
    crowds: list[list[tuple[str, Spot]]] = []
    reach = -math.inf
    for name, spot in sorted(here, key=lambda found: y.at(_end(found[1].y.high, found[1]))):
        if not crowds or y.at(_end(spot.y.high, spot)) - RADIUS > reach:
            crowds.append([])
        crowds[-1].append((name, spot))
        reach = max(reach, y.at(_end(spot.y.low, spot)) + RADIUS)
    order = [name for name, _ in here]
    return [sorted(crowd, key=lambda found: order.index(found[0])) for crowd in crowds]


def _end(end: float | None, spot: Spot) -> float:
    return (spot.y.point or 0.0) if end is None else end


def _draw_courses(axes: Layer, courses: list[Course], x: Scale, y: Scale, gaps: tuple[int, ...]) -> list[Box]:
    placed = _beside(courses, x, y)
    marks: list[Box] = []
    labels = []
    width = axes.sheet.width
    for course, dashes in dashes_of(courses):
        x_of = placed[course.name].__getitem__
        marks += draw_course(axes, course, dashes, x_of, y, x_unit="count", bars=True, gaps=gaps, line_of=x.at)
        end = place_of(last_of(course), x_of, y)
        label = EndLabel(name=name_of(course, width), at=end, colour=course.look.token, said=_said(course, width))
        labels.append(label)
    name_ends(axes, labels, x=x.end + 18, low=y.end, high=y.start)
    return marks


def _rooms(speedup: Speedup, x: Scale, y: Scale) -> list[Box]:
    """The room that the ideal and the columns take."""
    reach = min(x.high, y.high)
    columns = [Box(x.at(count) - _COLUMN / 2, y.end, x.at(count) + _COLUMN / 2, y.start) for count in speedup.missing]
    ideal = rooms_along([(x.at(0.0), y.at(0.0)), (x.at(reach), y.at(reach))])
    capacity = rooms_along(_capacity(speedup, x, y))
    return [*columns, *ideal, *capacity, *rooms_along([(x.start, y.at(1.0)), (x.end, y.at(1.0))])]


def _name_bounds(axes: Layer, speedup: Speedup, courses: list[Course], x: Scale, y: Scale, marks: list[Box]) -> None:
    """What the lines and columns are called, each where there is room beside it."""
    room = Box(x.start, y.end, x.end, y.start)
    for count in speedup.missing:
        if text_width("not measured", TICK) < y.start - y.end:
            column = axes.layer("column-name", (f"{count:g}",))
            across = x.at(count)
            low = y.end + text_width("not measured", TICK) + 8
            ground = Box(across - _COLUMN / 2 + 2, y.end + 4, across + _COLUMN / 2 - 2, low + 4)
            column.patch(ground, gap=0.0)
            column.text("not measured", across + TICK * 0.35, low, fill="second", turned=True)
    reach = min(x.high, y.high)
    middle = 0.62 * reach
    ideal = wrapped(
        "ideal" if is_narrow(axes.sheet.width) else "ideal: as many times as workers", 0.45 * (x.end - x.start), TICK
    )
    set_about(axes, ideal, (x.at(middle), y.at(middle)), room=room, fill="second", avoid=marks)
    if max(_counts(speedup, courses)) > speedup.cpus:
        beyond = wrapped("more workers than CPUs", x.end - x.at(speedup.cpus), TICK)
        low = y.start - 8 - height_of(beyond, TICK) + 0.78 * TICK
        axes.text(beyond, (x.at(speedup.cpus) + x.end) / 2, low, fill="third", anchor="middle")
    at = (x.start + 0.5 * (x.end - x.start), y.at(1.0))
    set_about(axes, [_LOOP], at, room=room, fill="slate", avoid=marks)
    if speedup.capacity and _ceilings(speedup):
        last = _ceilings(speedup)[-1]
        said = wrapped(f"capacity {number_of(last.y)}", 0.4 * (x.end - x.start), TICK)
        set_about(axes, said, place_of(last, x.at, y), room=room, fill="third", avoid=marks)
