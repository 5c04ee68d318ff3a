"""Sweep: cost over size on two logarithmic axes; lines with bands, regions tinted and named, names at the ends of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, draw_y, fitting_ticks, limits, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.forms.courses import (
    dashes_of,
    draw_band,
    draw_course,
    known_courses,
    last_of,
    name_of,
    place_of,
    said_at_end,
    spots_of,
    values_of,
)
from study.draw.forms.frame import in_words, is_narrow
from study.draw.labels import EndLabel, has_room_about, name_ends, row_tops, set_about, stacked
from study.draw.lettering import Box, height_of, widest, wrapped
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.forms import Course, Region, Sweep

_HIGH, _NARROW_HIGH, _AIR = 400.0, 320.0, 8.0
_LEAST_FOR_REGION, _REMARK_ROOM, _SAMPLE = 110.0, 180.0, 11.0


def sheet_of(sweep: Sweep, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    grounds = axes.layer()
    courses = known_courses(sweep.courses)
    unit = last_of(courses[0]).y.unit
    top = title_above(axes, sweep.y_label, 0.0, width, 0.0)
    high = max(
        _NARROW_HIGH if is_narrow(width) else _HIGH, sum(height_of(_end_lines(c, width), TICK) + 4 for c in courses)
    )
    low_y, high_y = limits(values_of(courses), log=True)
    left = 12 + widest(
        list(_upright(Scale(low=low_y, high=high_y, start=high, end=0.0, log=True), unit).values()), TICK
    )
    right = width - 16 - max(widest(_end_lines(course, width), TICK, bold=True) for course in courses)
    low_x, high_x = limits([spot.x for course in courses for spot in spots_of(course)], log=True)
    x = Scale(low=low_x, high=high_x, start=left, end=right, log=True)
    top = _name_regions(axes, sweep.regions, x, top)
    y = Scale(low=low_y, high=high_y, start=top + high, end=top, log=True)
    _tint_regions(grounds, sweep.regions, x, y)
    draw_y(axes, _upright(y, unit), left=left, right=right)
    ticks = {x.at(value): label for value, label in fitting_ticks(x, sweep.x_unit).items()}
    ends = (0.0, right + _AIR)
    low = draw_x(axes, ticks, top=top + high, bottom=top + high, ends=ends, title=sweep.x_label) + 4
    marks = _draw_courses(axes, sweep, courses, x, y)
    sheet.height = _write_remarks(axes, sweep, courses, x, y, marks, low)
    return sheet


def alternative(sweep: Sweep) -> str:
    """The picture in words."""
    return in_words(
        sweep.title, [(f"{course.name} at the end", last_of(course).y) for course in known_courses(sweep.courses)]
    )


def _upright(y: Scale, unit: str) -> dict[float, str]:
    return {y.at(value): label for value, label in ticks_of(y, unit).items()}


def _end_lines(course: Course, width: float) -> tuple[str, ...]:
    return (*name_of(course, width), said_at_end(course))


def _reach(region: Region, x: Scale) -> tuple[float, float]:
    """From where to where a region lies."""
    begin = x.start if region.begin is None else x.at(region.begin)
    return begin, x.end if region.end is None else x.at(region.end)


def _name_regions(axes: Layer, regions: tuple[Region, ...], x: Scale, top: float) -> float:
    """The names of the regions above them; where the picture may begin."""
    if not regions:
        return top + _AIR
    if is_narrow(axes.sheet.width):
        return _list_regions(axes, regions, top)
    wanted: list[tuple[tuple[str, ...], float]] = []
    for region in regions:
        begin, end = _reach(region, x)
        wanted.append((wrapped(region.label, max(end - begin, _LEAST_FOR_REGION), TICK, bold=True), (begin + end) / 2))
    placed = stacked(wanted, 0.0, axes.sheet.width, TICK, bold=True)
    tops = row_tops(wanted, placed, TICK)
    for region, (lines, _), (middle, row) in zip(regions, wanted, placed, strict=True):
        axes.text(lines, middle, top + TICK + tops[row], fill=region.tint, anchor="middle", bold=True)
    return top + tops[-1] + _AIR


def _list_regions(axes: Layer, regions: tuple[Region, ...], top: float) -> float:
    """The names of the regions below each other, each behind a sample of its ground."""
    y = top
    for region in regions:
        lines = wrapped(region.label, axes.sheet.width - _SAMPLE - 8, TICK, bold=True)
        axes.rect(0, y + 1, _SAMPLE, _SAMPLE, fill=f"{region.tint}-tint", stroke=region.tint)
        axes.text(lines, _SAMPLE + 8, y + 0.88 * TICK, fill=region.tint, bold=True)
        y += height_of(lines, TICK) + 6
    return y + _AIR


def _tint_regions(layer: Layer, regions: tuple[Region, ...], x: Scale, y: Scale) -> None:
    for region in regions:
        begin, end = _reach(region, x)
        mark = layer.layer("region", (region.label,))
        mark.rect(begin, y.end, end - begin, y.start - y.end, fill=f"{region.tint}-tint")


def _draw_courses(axes: Layer, sweep: Sweep, courses: list[Course], x: Scale, y: Scale) -> list[Box]:
    """Bands below, lines above them, names at their ends; the room that the marks take."""
    for course in courses:
        draw_band(axes, course, x, y)
    marks: list[Box] = []
    labels = []
    for course, dashes in dashes_of(courses):
        marks += draw_course(axes, course, dashes, x.at, y, x_unit=sweep.x_unit, bars=False)
        end = place_of(last_of(course), x.at, y)
        name = name_of(course, axes.sheet.width)
        labels.append(EndLabel(name=name, at=end, colour=course.look.token, said=(said_at_end(course),)))
    name_ends(axes, labels, x=x.end + 16, low=y.end, high=y.start)
    return marks


def _write_remarks(
    axes: Layer, sweep: Sweep, courses: list[Course], x: Scale, y: Scale, marks: list[Box], low: float
) -> float:
    """What is said at points of lines, beside them where there is room, else below the picture; where all that ends."""
    room = Box(x.start + 4, y.end + 4, x.end - 4, y.start - 4)
    for remark in sweep.remarks:
        course = next((course for course in courses if course.name == remark.course), None)
        spot = next((spot for spot in spots_of(course) if spot.x == remark.x), None) if course else None
        if course is None or spot is None:
            continue
        lines = wrapped(remark.text, min(_REMARK_ROOM, (x.end - x.start) * 0.6), TICK)
        note = axes.layer("remark", (remark.course, f"{remark.x:g}"))
        token, at = course.look.token, place_of(spot, x.at, y)
        if has_room_about(note, lines, at, room=room, avoid=marks):
            set_about(note, lines, at, room=room, fill=token, avoid=marks)
            continue
        where = units.size(spot.x) if sweep.x_unit == "byte" else units.count(spot.x)
        whole = wrapped(f"{course.name}, {where}: {remark.text}", axes.sheet.width, TICK)
        note.text(whole, 0.0, low + TICK, fill=token)
        low += height_of(whole, TICK) + 6
    return low + 2
