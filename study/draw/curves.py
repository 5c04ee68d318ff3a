"""Lines over a swept number: one picture, or a small one for each facet, on one scale."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, apart, draw_x, draw_y, fitting_ticks, limits, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.labels import EndLabel, name_ends
from study.draw.lettering import Box, box_of, height_of, widest, wrapped
from study.draw.marks import DASHES, interval_upright, series_of, stamp, values_of
from study.draw.tokens import HALF, LABEL, TICK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from study.blocks import Panel, PanelPoint
    from study.draw.canvas import Layer
    from study.draw.lettering import Anchor

_HIGH, _LOW, _FACET_HIGH, _AIR, _GAP = 320.0, 270.0, 180.0, 8.0, 14.0
_LEAST_FACET, _MOST_FACETS = 320.0, 3
_MOST_FOR_NAMES = 0.36
_BETWEEN_NAMES = 6.0
_APART = 0.35
"""How much further what lies beyond the edge stands apart, in steps."""
_BEFORE, _BEHIND = 0.35, 0.3
"""Room before the first and behind the last count, in steps."""
_BOUND_STEPS, _BOUND_ALONE = 0.22, 60.0
_SHIFT_STEPS = 0.07
_NEAR, _STEPS = 4.0, 12
"""How near a line may pass by the name of another, in pixels; and at how many places it is looked at, from point to point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """One picture: where a swept number stands, the scale of the other, and the named places of the lying axis."""

    at: Callable[[float], float]
    y: Scale
    left: float
    right: float
    named: Mapping[float, str]
    edge: float | None
    step: float = 0.0
    """From one count to the next, in pixels, where counts stand at equal distances; else 0."""

    @property
    def top(self) -> float:
        """The upper end."""
        return self.y.end

    @property
    def bottom(self) -> float:
        """The lower end."""
        return self.y.start


def sheet_of(panel: Panel, points: Sequence[PanelPoint], width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    facets = list(dict.fromkeys(point.facet for point in points))
    columns = max(1, min(_MOST_FACETS, len(facets), int(width // _LEAST_FACET)))
    column = (width - _GAP * (columns - 1)) / columns
    top, low = 0.0, 0.0
    for index, facet in enumerate(facets):
        if index % columns == 0:
            top = low
        left = (index % columns) * (column + _GAP)
        own = [point for point in points if point.facet == facet]
        low = max(low, _draw_facet(sheet, panel, points, own, Box(left, top, left + column, top)))
    sheet.height = low
    return sheet


def _draw_facet(sheet: Sheet, panel: Panel, points: Sequence[PanelPoint], own: Sequence[PanelPoint], box: Box) -> float:
    """One picture in the column of `box`, below its top; how far down it reaches."""
    axes = sheet.layer("axes")
    top = box.top
    if own[0].facet:
        title = wrapped(own[0].facet, box.right - box.left, LABEL, bold=True)
        axes.text(title, box.left, top + LABEL + 2, size=LABEL, bold=True)
        top += height_of(title, LABEL) + _AIR
    top = title_above(axes, panel.y_label, box.left, box.right, top) + _AIR
    names = _names(own, _MOST_FOR_NAMES * (box.right - box.left))
    taken = sum(height_of(lines, TICK) + 4 for lines in names.values())
    whole = _LOW if box.right - box.left == HALF else _HIGH  # topics stand beside each other
    high = max(_FACET_HIGH if own[0].facet else whole, taken)
    right = box.right - _BETWEEN_NAMES - _AIR - max(widest(lines, TICK, bold=True) for lines in names.values())
    frame = _frame(panel, points, Box(box.left, top, right, top + high))
    draw_y(axes, _upright(frame.y, points), left=frame.left, right=frame.right)
    ends = (box.left, frame.right + _AIR)
    low = draw_x(axes, frame.named, top=frame.bottom, bottom=frame.bottom, ends=ends, title=panel.x_label)
    _draw_bounds(axes, panel, own, frame)
    _draw_courses(axes, own, frame, names)
    return low + _GAP


def _upright(scale: Scale, points: Sequence[PanelPoint]) -> dict[float, str]:
    """Place -> label of the upright axis: fewer where it is short."""
    most = 7 if abs(scale.end - scale.start) > _FACET_HIGH + _AIR else 5
    return {scale.at(value): label for value, label in ticks_of(scale, points[0].estimate.unit, most=most).items()}


def _frame(panel: Panel, points: Sequence[PanelPoint], room: Box) -> _Frame:
    """Scales of one picture; all pictures of a panel have the same numbers on them."""
    xs = sorted({point.x for point in points if point.x is not None})
    zero = [] if panel.log_y or panel.include else [0.0]
    wanted = [*zero, *panel.include, *(line.at for line in panel.references)]
    low, high = limits(values_of(points), log=panel.log_y, include=wanted)
    y = Scale(low=low, high=high, start=room.bottom, end=room.top, log=panel.log_y)
    left = room.left + 12 + widest(list(_upright(y, points).values()), TICK)
    name = units.size if panel.x_unit == "byte" else units.count
    if panel.steps:
        beyond = math.inf if panel.edge is None else panel.edge
        steps = {x: index + (_APART if x > beyond else 0.0) for index, x in enumerate(xs)}
        step = (room.right - left) / (_BEFORE + _BEHIND + max(steps.values()))
        places = {x: left + (_BEFORE + at) * step for x, at in steps.items()}
        named = apart({places[x]: name(x) for x in xs})
        return _Frame(at=places.__getitem__, y=y, left=left, right=room.right, named=named, edge=panel.edge, step=step)
    log = panel.log_x and xs[0] > 0
    low, high = limits(xs, log=log)
    lying = Scale(low=low, high=high, start=left, end=room.right, log=log)
    if panel.x_unit == "byte" and not log:
        named = apart({lying.at(x): name(x) for x in xs})
    else:
        named = {lying.at(value): label for value, label in fitting_ticks(lying, panel.x_unit).items()}
    return _Frame(at=lying.at, y=y, left=left, right=room.right, named=named, edge=panel.edge)


def _draw_bounds(axes: Layer, panel: Panel, points: Sequence[PanelPoint], frame: _Frame) -> None:
    """What the points are held against: lines, the ideal, measured bounds, and where they stand apart."""
    for reference in panel.references:
        at = frame.y.at(reference.at)
        line = axes.layer("reference", (reference.label,))
        line.line(frame.left, at, frame.right, at, stroke="second", dashes="4 3")
        _name_reference(axes, wrapped(reference.label, frame.right - frame.left - _AIR, TICK), frame, at, points)
    xs = sorted({point.x for point in points if point.x is not None}) if panel.steps else []
    inside = [x for x in xs if frame.edge is None or x <= frame.edge]
    beyond = [x for x in xs if x not in inside]
    if panel.ideal:
        reached = [x for x in inside if frame.y.holds(x)]
        ideal = axes.layer("ideal", dict.fromkeys(point.facet for point in points))
        ideal.path([(frame.at(x), frame.y.at(x)) for x in reached], stroke="second", dashes="4 3")
    if inside and beyond:
        edge = (frame.at(beyond[0]) + frame.at(inside[-1])) / 2
        axes.layer("edge").line(edge, frame.top, edge, frame.bottom, stroke="third", dashes="1 2")
    for point in points:
        bound = None if point.bound is None else point.bound.point
        if bound is not None:
            x, half = frame.at(_x(point)), _BOUND_STEPS * (frame.step or _BOUND_ALONE)
            mark = axes.layer("capacity", point.names)
            mark.line(x - half, frame.y.at(bound), x + half, frame.y.at(bound), stroke="second", width=1.6)


def _name_reference(axes: Layer, lines: Sequence[str], frame: _Frame, at: float, points: Sequence[PanelPoint]) -> None:
    """Above the line that it names or below it, at its beginning or its end: where no words stand and no line passes."""
    high = height_of(lines, TICK)
    heights = (at - 4 - high + TICK * 0.78, at + 2 + TICK)
    sides: tuple[tuple[float, Anchor], ...] = ((frame.left + 4, "start"), (frame.right - 4, "end"))
    passed = list(_passed(points, frame))

    def crowded(place: tuple[float, float, Anchor]) -> tuple[bool, int]:
        x, y, anchor = place
        taken = box_of(lines, x, y, TICK, anchor)
        words = any(taken.meets(other) for other in axes.sheet.boxes) or taken.top < frame.top - _AIR
        return words, sum(taken.meets(other, _NEAR) for other in passed)

    x, y, anchor = min(((x, y, anchor) for x, anchor in sides for y in heights), key=crowded)
    axes.text(lines, x, y, anchor=anchor, fill="second")


def _passed(points: Sequence[PanelPoint], frame: _Frame) -> Iterator[Box]:
    """Where lines pass, as places in short distances."""
    for course, _ in _courses(points):
        places = [(frame.at(_x(point)), frame.y.at(_height(point))) for point in course]
        for (x0, y0), (x1, y1) in itertools.pairwise(places):
            for step in range(_STEPS + 1):
                x, y = x0 + (x1 - x0) * step / _STEPS, y0 + (y1 - y0) * step / _STEPS
                yield Box(x, y, x, y)


def _courses(points: Sequence[PanelPoint]) -> Iterator[tuple[list[PanelPoint], int]]:
    """The points of each line from left to right, and how many lines before it have its colour."""
    seen: dict[str, int] = {}
    for name in series_of(points):
        course = sorted((point for point in points if point.series == name and point.x is not None), key=_x)
        token = course[0].look.token
        yield course, seen.get(token, 0)
        seen[token] = seen.get(token, 0) + 1


def _names(points: Sequence[PanelPoint], room: float) -> dict[str, tuple[str, ...]]:
    """Series -> what its line is called at its end, in lines: in a small picture, with the number of its last point."""
    return {course[0].series: wrapped(_name(course[-1]), room, TICK, bold=True) for course, _ in _courses(points)}


def _name(point: PanelPoint) -> str:
    return f"{point.series} {units.parts(point.estimate)[0]}" if point.facet else point.series


def _draw_courses(
    axes: Layer, points: Sequence[PanelPoint], frame: _Frame, names: Mapping[str, tuple[str, ...]]
) -> None:
    labels = []
    courses = list(_courses(points))
    for index, (course, number) in enumerate(courses):
        shift = _SHIFT_STEPS * frame.step * (index - (len(courses) - 1) / 2) if frame.edge else 0.0
        _draw_course(axes, course, frame, shift=shift, number=number)
        end = (frame.at(_x(course[-1])) + shift, frame.y.at(_height(course[-1])))
        labels.append(EndLabel(name=names[course[0].series], at=end, colour=course[0].look.token))
    name_ends(axes, labels, x=frame.right + _BETWEEN_NAMES + _AIR, low=frame.top, high=frame.bottom)


def _x(point: PanelPoint) -> float:
    return point.x or 0.0


def _draw_course(axes: Layer, course: Sequence[PanelPoint], frame: _Frame, *, shift: float, number: int) -> None:
    """A line, each point with its interval; beyond the edge no line, since what is there is another case."""
    token, dashes = course[0].look.token, DASHES[number % len(DASHES)]
    joined = [point for point in course if frame.edge is None or _x(point) <= frame.edge]
    line = axes.layer("course", filter(None, (course[0].facet, course[0].series)))
    places = [(frame.at(_x(point)) + shift, frame.y.at(_height(point))) for point in joined]
    line.path(places, stroke=token, width=1.6, dashes=dashes)
    for point in course:
        at = frame.at(_x(point)) + shift
        interval_upright(axes, point.names, point.estimate, frame.y, at, token)
        tip = f"{', '.join(point.names)}: {units.with_interval(point.estimate)}"
        stamp(axes, point, (at, frame.y.at(_height(point))), tip, hollow=point.hollow or bool(number % 2))


def _height(point: PanelPoint) -> float:
    return math.nan if point.estimate.point is None else point.estimate.point
