"""Speedup: how many times as fast over workers, linear both ways, under the ideal and what the machine can give."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, apart, draw_x, draw_y, fitting_ticks, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.forms.courses import (
    dashes_of,
    draw_course,
    known_courses,
    last_of,
    place_of,
    said_at_end,
    spots_of,
    values_of,
)
from study.draw.forms.frame import in_words, interval_of, is_narrow, number_of, tip_of
from study.draw.labels import EndLabel, name_ends, set_about
from study.draw.lettering import Box, height_of, text_width, widest, wrapped
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.draw.canvas import Layer
    from study.forms import Course, Speedup

_HIGH, _NARROW_HIGH, _AIR = 400.0, 300.0, 8.0
_MOST_FOR_NAMES, _ROOM = 0.3, 1.04
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
    marks = _draw_courses(axes, courses, x, y)
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
    if len(counts) >= 3:
        return counts
    return {x.at(value): label for value, label in fitting_ticks(x, "count").items()}


def _end_lines(course: Course, width: float) -> tuple[str, ...]:
    return (*_name_of(course, width), *_said(course, width))


def _name_of(course: Course, width: float) -> tuple[str, ...]:
    return wrapped(course.name, _MOST_FOR_NAMES * width, TICK, bold=True)


def _said(course: Course, width: float) -> tuple[str, ...]:
    text = f"{said_at_end(course)} {interval_of(last_of(course).y)}".strip()
    return wrapped(text, _MOST_FOR_NAMES * width, TICK)


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
    spots = sorted((spot for spot in speedup.capacity if spot.y.point is not None), key=lambda spot: spot.x)
    if not spots:
        return
    places = [place_of(spot, x.at, y) for spot in spots]
    if spots[-1].x < x.high and spots[-1].x >= speedup.cpus:  # more workers find no more CPUs
        places.append((x.end, places[-1][1]))
    if len(places) == 1:
        places = [(places[0][0] - _COLUMN, places[0][1]), (places[0][0] + _COLUMN, places[0][1])]
    capacity = axes.layer("capacity", ("capacity", spots[-1].name), tip_of(("capacity",), spots[-1].y))
    capacity.path(places, stroke="third", width=1.8)


def _beside(courses: list[Course], x: Scale) -> dict[str, Callable[[float], float]]:
    """Course -> where its numbers of workers stand: those of one number beside each other, so that bars can be told apart."""
    placed: dict[str, Callable[[float], float]] = {}
    for index, course in enumerate(courses):
        shift = _SHIFT * (index - (len(courses) - 1) / 2)

        def at(value: float, shift: float = shift) -> float:
            return min(x.at(value) + shift, x.end)

        placed[course.name] = at
    return placed


def _draw_courses(axes: Layer, courses: list[Course], x: Scale, y: Scale) -> list[Box]:
    x_of = _beside(courses, x)
    marks: list[Box] = []
    labels = []
    width = axes.sheet.width
    for course, dashes in dashes_of(courses):
        marks += draw_course(axes, course, dashes, x_of[course.name], y, x_unit="count", bars=True)
        end = place_of(last_of(course), x_of[course.name], y)
        label = EndLabel(name=_name_of(course, width), at=end, colour=course.look.token, said=_said(course, width))
        labels.append(label)
    name_ends(axes, labels, x=x.end + 18, low=y.end, high=y.start)
    return marks


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
    ideal = wrapped("ideal: as many times as workers", 0.45 * (x.end - x.start), TICK)
    set_about(axes, ideal, (x.at(middle), y.at(middle)), room=room, fill="second", avoid=marks, patched=True)
    if max(_counts(speedup, courses)) > speedup.cpus:
        beyond = wrapped("more workers than CPUs", x.end - x.at(speedup.cpus), TICK)
        at = ((x.at(speedup.cpus) + x.end) / 2, y.start - 12 - height_of(beyond, TICK))
        set_about(axes, beyond, at, room=room, fill="third", avoid=marks)
    at = (x.start + 0.5 * (x.end - x.start), y.at(1.0))
    set_about(axes, [_LOOP], at, room=room, fill="slate", avoid=marks, patched=True)
    spots = [spot for spot in speedup.capacity if spot.y.point is not None]
    if spots:
        last = max(spots, key=lambda spot: spot.x)
        said = wrapped(f"capacity {number_of(last.y)}", 0.4 * (x.end - x.start), TICK)
        set_about(axes, said, place_of(last, x.at, y), room=room, fill="third", avoid=marks, patched=True)
