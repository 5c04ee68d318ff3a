"""What forms with lines do alike: a line with its band and its marks, and what is said at its end."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from study import units
from study.draw.forms.frame import number_of, tip_of
from study.draw.labels import rooms_along
from study.draw.lettering import Box, wrapped
from study.draw.marks import DASHES, RADIUS, interval_upright
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from study.draw.axes import Scale
    from study.draw.canvas import Layer
    from study.forms import Course, Spot

_DOTTED = "2 3"
_MARK = "o"
"""Every line has its name at its end: its marks need not tell whose they are."""
_BAND = 0.18
MOST_FOR_NAMES = 0.3
"""Share of a picture's width that names at the ends of lines take at most."""
Place = tuple[float, float]


def spots_of(course: Course) -> list[Spot]:
    """Those of which the number is known, from left to right."""
    return sorted((spot for spot in course.spots if spot.y.point is not None), key=lambda spot: spot.x)


def known_courses(courses: Sequence[Course]) -> list[Course]:
    """Those that have something to draw."""
    return [course for course in courses if spots_of(course)]


def values_of(courses: Sequence[Course]) -> list[float | None]:
    """All numbers, and the ends of their intervals."""
    spots = [spot for course in courses for spot in course.spots]
    return [end for spot in spots for end in (spot.y.point, spot.y.low, spot.y.high)]


def dashes_of(courses: Sequence[Course]) -> Iterator[tuple[Course, str]]:
    """Each course with its dashes: lines of one colour that nothing else tells apart differ in them."""
    seen: dict[tuple[str, bool, bool], int] = {}
    for course in courses:
        told = (course.look.token, course.hollow, course.dotted)
        number = seen.get(told, 0)
        seen[told] = number + 1
        yield course, _DOTTED if course.dotted else DASHES[number % len(DASHES)]


def place_of(spot: Spot, x_of: Callable[[float], float], y: Scale) -> Place:
    """Where a spot stands."""
    return x_of(spot.x), y.at(spot.y.point or 0.0)


def draw_band(layer: Layer, course: Course, x: Scale, y: Scale) -> None:
    """The intervals of a line as a band about it."""
    spots = [spot for spot in spots_of(course) if spot.y.low is not None and spot.y.high is not None]
    if len(spots) < 2:
        return
    over = [(x.at(spot.x), y.at(spot.y.high or 0.0)) for spot in spots]
    under = [(x.at(spot.x), y.at(spot.y.low or 0.0)) for spot in spots]
    band = layer.layer("band", (course.name,))
    band.path([*over, *reversed(under)], fill=course.look.token, opacity=_BAND, closed=True)


def draw_course(  # noqa: PLR0913 - what is drawn, and where
    layer: Layer, course: Course, dashes: str, x_of: Callable[[float], float], y: Scale, *, x_unit: str, bars: bool,
    gaps: Sequence[float] = (), line_of: Callable[[float], float] | None = None,
) -> list[Box]:  # fmt: skip
    """The line of a course and its marks, with upright bars where they are asked for; the room that all of it takes.

    No line leads over `gaps`: numbers at which nothing was measured. `line_of`: where the line stands, if marks are moved aside.
    """
    token, spots = course.look.token, spots_of(course)
    places = [place_of(spot, x_of, y) for spot in spots]
    bends = [place_of(spot, line_of or x_of, y) for spot in spots]
    whole = [
        (before, after)
        for (one, before), (other, after) in itertools.pairwise(zip(spots, bends, strict=True))
        if not any(one.x < gap < other.x for gap in gaps)
    ]
    if len(whole) == len(places) - 1 and whole:
        layer.layer("course", (course.name,)).path(bends, stroke=token, width=1.8, dashes=dashes)
    elif whole:
        layer.layer("course", (course.name,)).lines(whole, stroke=token, width=1.8, dashes=dashes)
    for spot, (across, down) in zip(spots, places, strict=True):
        names = (course.name, spot.name)
        if bars:
            interval_upright(layer, names, spot.y, y, across, token)
        said = units.size(spot.x) if x_unit == "byte" else units.count(spot.x)
        mark = layer.layer("point", names, tip_of((course.name, said), spot.y))
        mark.marker(_MARK, across, down, RADIUS, colour=token, hollow=course.hollow)
    taken = [Box(across - 6, down - 6, across + 6, down + 6) for across, down in places]
    if bars:
        upright = [(x_of(spot.x), spot.y.low, spot.y.high) for spot in spots]
        for x, low, high in upright:
            if low is not None and high is not None:
                taken.append(Box(x - 2, y.at(high), x + 2, y.at(low)))
    return [*taken, *(room for ends in whole for room in rooms_along(ends))]


def last_of(course: Course) -> Spot:
    """The spot at which the name of a course stands."""
    return spots_of(course)[-1]


def name_of(course: Course, width: float) -> tuple[str, ...]:
    """The lines of its name at its end, in a picture so many pixels wide."""
    return wrapped(course.name, MOST_FOR_NAMES * width, TICK, bold=True)


def said_at_end(course: Course) -> str:
    """The number of the last spot."""
    return number_of(last_of(course).y)
