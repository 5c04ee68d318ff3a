"""History: a strip for each kind of thing, a dot for each run, a band where nothing changed, a line where something did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.draw.axes import Scale, apart, draw_x, draw_y, limits, ticks_of, title_above
from study.draw.canvas import Sheet
from study.draw.forms.frame import GAP, in_words, tip_of
from study.draw.lettering import height_of, widest, wrapped
from study.draw.tokens import LABEL, TICK

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.forms import History, Track

_HIGH, _AIR, _BETWEEN = 52.0, 8.0, 10.0
_RADIUS, _MOST_RADIUS_RUNS = 3.2, 60
_FEW_TICKS = 3


def sheet_of(history: History, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    axes = sheet.layer("axes")
    below = axes.layer()
    low, high = limits(_values(history), log=True, include=(1.0,))
    scale = Scale(low=low, high=high, start=_HIGH, end=0.0, log=True)
    left = 12 + widest(list(ticks_of(scale, "ratio", most=_FEW_TICKS).values()), TICK)
    step = (width - GAP - left) / len(history.runs)
    y = title_above(axes, history.y_label, 0.0, width, 0.0)
    first = y = y + (TICK + _AIR if history.changed else 0.0)

    def at(run: float) -> float:
        """The middle of a run's place."""
        return left + (run + 0.5) * step

    for track in history.tracks:
        y = _draw_track(sheet, track, history, at, (left, width - GAP), (low, high), y)
    last = y - _BETWEEN
    for number, run in enumerate(history.changed, start=1):
        x = at(run - 0.5)
        line = axes.layer("change", (history.runs[run],))
        line.line(x, first, x, last, stroke="ink", dashes="5 3")
        axes.text(str(number), x, first - _AIR / 2, fill="ink", anchor="middle", bold=True)
    named = apart({at(run): name for run, name in enumerate(history.runs)})
    sheet.height = draw_x(below, named, top=last, bottom=last, ends=(0.0, width)) + 4
    return sheet


def alternative(history: History) -> str:
    """The picture in words: the newest level of each strip."""
    told = [(track.name, track.levels[-1]) for track in history.tracks]
    return in_words(history.title, told, "The newest run")


def _values(history: History) -> list[float | None]:
    return [
        value
        for track in history.tracks
        for value in (
            *(level.point for level in track.levels),
            *(end for steady in track.steady for end in (steady.low, steady.high)),
        )
    ]


def _draw_track(
    sheet: Sheet,
    track: Track,
    history: History,
    at: Callable[[float], float],
    room: tuple[float, float],
    ends: tuple[float, float],
    top: float,
) -> float:
    """A strip below `top`, with an axis of its own; where the next one begins."""
    axes = sheet.layer("axes")
    below = axes.layer()
    lines = wrapped(track.name, room[1], LABEL, bold=True)
    axes.text(lines, 0, top + LABEL, size=LABEL, bold=True)
    upper = top + height_of(lines, LABEL) + _AIR
    scale = Scale(low=ends[0], high=ends[1], start=upper + _HIGH, end=upper, log=True)
    ticks = ticks_of(scale, "ratio", most=_FEW_TICKS)
    draw_y(below, {scale.at(value): label for value, label in ticks.items()}, left=room[0], right=room[1])
    for steady in track.steady:
        begin, end = at(steady.begin - 0.5), at(steady.end - 0.5)
        low, high = scale.at(steady.low), scale.at(steady.high)
        corners = [(begin, low), (end, low), (end, high), (begin, high)]
        below.layer("band", (track.name,)).path(corners, fill="second", opacity=0.14, closed=True)
    radius = _RADIUS if len(track.levels) <= _MOST_RADIUS_RUNS else _RADIUS / 2
    for run, level in enumerate(track.levels):
        if level.point is not None:
            names = (track.name, history.runs[run])
            axes.layer("point", names, tip_of(names, level)).dots(
                [(at(run), scale.at(level.point))], radius, fill="ink"
            )
    return upper + _HIGH + _BETWEEN
