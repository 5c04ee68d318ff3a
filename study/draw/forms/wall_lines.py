"""Lines for a wall: few, thick, each with its name at its end; what a model foretells is dotted and stands on a tinted ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.draw.axes import Scale, limits, ticks_of
from study.draw.canvas import Sheet
from study.draw.forms.courses import (
    dashes_of,
    draw_band,
    known_courses,
    last_of,
    place_of,
    said_at_end,
    spots_of,
    values_of,
)
from study.draw.forms.frame import in_words, is_narrow, tip_of
from study.draw.forms.wall_frame import draw_below, draw_head, fitting, letters_of
from study.draw.labels import spread
from study.draw.lettering import LINE, first_baseline, height_of, widest, wrapped

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.draw.forms.wall_frame import Letters
    from study.forms import Course, WallLines

_HIGH, _NARROW_HIGH = 380.0, 280.0
_NAMES = 0.28
"""How much of the width the names at the ends of lines take at most."""
_WIDTH, _RADIUS = 3.0, 5.5
_MOST_UPRIGHT = 5


def sheet_of(wall: WallLines, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    letters = letters_of(width)
    top = draw_head(sheet, wall, letters)
    axes = sheet.layer("axes")
    grounds = axes.layer()
    courses = known_courses(wall.courses)
    title = wrapped(wall.y_label, width, letters.tick)
    sheet.text(title, 0, top + 0.78 * letters.tick, size=letters.tick, fill="third")
    top += height_of(title, letters.tick) + 0.6 * letters.tick
    ends = [_end_lines(course, width, letters) for course in courses]
    high = max(
        _NARROW_HIGH if is_narrow(width) else _HIGH, sum(_end_high(name, said, letters) + 4 for name, said in ends)
    )
    y = _upright(wall, courses, top, top + high)
    unit = last_of(courses[0]).y.unit
    marks = {y.at(value): label for value, label in ticks_of(y, unit, most=_MOST_UPRIGHT).items()}
    left = 12 + widest(list(marks.values()), letters.tick)
    beside = max(max(widest(name, letters.tick, bold=True), widest(said, letters.tick)) for name, said in ends)
    x = _lying(wall, courses, left, width - 16 - beside)
    _draw_levels(grounds, wall, x, y, letters)
    for place, label in marks.items():
        tick = axes.layer("ytick")
        tick.line(left, place, x.end, place, stroke="hair")
        tick.text(label, left - 8, place, size=letters.tick, fill="third", anchor="end", middle=True)
    low = draw_below(
        grounds, fitting(x, wall.x_unit, letters.tick), wall.x_label, top=top, bottom=top + high, ends=(0.0, width),
        size=letters.tick,
    )  # fmt: skip
    for course, dashes in dashes_of(courses):
        _draw_course(axes, course, dashes, x, y)
    _name_ends(axes, courses, ends, x, y, letters)
    sheet.height = low
    return sheet


def alternative(wall: WallLines) -> str:
    """The picture in words."""
    told = [(f"{course.name} at the end", last_of(course).y) for course in known_courses(wall.courses)]
    return in_words(wall.title, told)


def _lying(wall: WallLines, courses: list[Course], left: float, right: float) -> Scale:
    every = [spot.x for course in courses for spot in spots_of(course)]
    low, high = limits(every, log=True) if wall.log_x else (0.0, 1.04 * max(every))
    return Scale(low=low, high=high, start=left, end=right, log=wall.log_x)


def _upright(wall: WallLines, courses: list[Course], top: float, bottom: float) -> Scale:
    values = [*values_of(courses), *(at for _, at in wall.levels)]
    low, high = limits(values, log=wall.log_y)
    return Scale(low=low if wall.log_y else 0.0, high=high, start=bottom, end=top, log=wall.log_y)


def _end_lines(course: Course, width: float, letters: Letters) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The name of a line, and what is said below it."""
    said = "model" if course.dotted else said_at_end(course)
    return wrapped(course.name, _NAMES * width, letters.tick, bold=True), (said,)


def _end_high(name: tuple[str, ...], said: tuple[str, ...], letters: Letters) -> float:
    return height_of((*name, *said), letters.tick)


def _draw_levels(layer: Layer, wall: WallLines, x: Scale, y: Scale, letters: Letters) -> None:
    """Dashed lines, each with its name at the left end, above it, in as many lines as it needs."""
    for name, at in wall.levels:
        line = layer.layer("reference", (name,))
        line.line(x.start, y.at(at), x.end, y.at(at), stroke="second", dashes="6 5", width=1.5)
        lines = wrapped(name, x.end - x.start - 12, letters.tick)
        first = y.at(at) - (0.4 + LINE * (len(lines) - 1)) * letters.tick
        line.text(lines, x.start + 6, first, size=letters.tick, fill="second")


def _draw_course(axes: Layer, course: Course, dashes: str, x: Scale, y: Scale) -> None:
    token, spots = course.look.token, spots_of(course)
    draw_band(axes, course, x, y)
    places = [place_of(spot, x.at, y) for spot in spots]
    axes.layer("course", (course.name,)).path(places, stroke=token, width=_WIDTH, dashes=dashes)
    if course.dotted:
        return
    for spot, (across, down) in zip(spots, places, strict=True):
        names = (course.name, spot.name)
        mark = axes.layer("point", names, tip_of(names, spot.y))
        mark.marker(course.look.marker, across, down, _RADIUS, colour=token, hollow=course.hollow)


def _name_ends(
    axes: Layer, courses: list[Course], ends: list[tuple[tuple[str, ...], tuple[str, ...]]], x: Scale, y: Scale,
    letters: Letters,
) -> None:  # fmt: skip
    """Names in a column, each as near to the end of its line as the others leave it room."""
    size, at = letters.tick, x.end + 14
    heights = [_end_high(name, said, letters) for name, said in ends]
    wanted = [y.at(last_of(course).y.point or 0.0) for course in courses]
    for course, (name, said), middle in zip(courses, ends, spread(wanted, heights, y.end, y.start), strict=True):
        last = place_of(last_of(course), x.at, y)
        group = axes.layer("name", (course.name,))
        group.line(last[0] + 6, last[1], at - 4, middle, stroke=course.look.token)
        baseline = first_baseline((*name, *said), middle, size)
        group.text(name, at, baseline, size=size, fill=course.look.token, bold=True)
        group.text(said, at, baseline + len(name) * LINE * size, size=size, fill="third")
