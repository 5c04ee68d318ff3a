"""Lanes: who works when; a block is a task at its own length, dotted is waiting, hatched is what was not spent on tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import units
from study.draw.axes import Scale, draw_x, fitting_ticks
from study.draw.canvas import Sheet
from study.draw.forms.frame import (
    GAP,
    height_beside,
    in_words,
    interval_of,
    is_narrow,
    known,
    name_above,
    name_beside,
    number_of,
    room_for_names,
    tip_of,
)
from study.draw.forms.squares import draw_squares
from study.draw.lettering import fits, height_of, text_width, widest, wrapped
from study.draw.tokens import LABEL, TICK, VALUE

if TYPE_CHECKING:
    from study.draw.canvas import Layer
    from study.forms import Crew, Lanes, Spell

_LANE, _BETWEEN, _AIR = 19.0, 5.0, 14.0
_WITH_COLUMNS_FROM, _LABEL_ROOM = 700.0, 50.0
_MOST_SQUARES = 4
"""More CPUs than these are told as a number alone: squares would leave the lanes no room."""


@dataclass(frozen=True, slots=True)
class _Places:
    """From where to where the lanes go, and where the columns beside them begin; None where there is no room for columns."""

    scale: Scale
    busy: float | None
    against: float | None


def sheet_of(lanes: Lanes, width: float) -> Sheet:
    """The picture."""
    sheet = Sheet(width)
    crews = [crew for crew in lanes.crews if crew.whole.point is not None]
    places = _places(lanes, crews, width)
    axes = sheet.layer("axes")
    below = axes.layer()
    y = _draw_heads(sheet, places)
    top, group = y, ""
    for crew in crews:
        if crew.group != group:
            y = _draw_group(axes, crew.group, y)
            group = crew.group
        y = _draw_crew(axes, crew, lanes.cpus, places, y)
    ticks = {places.scale.at(value): label for value, label in fitting_ticks(places.scale, "s").items()}
    end = places.scale.end + GAP if places.busy is None else places.busy - GAP
    sheet.height = draw_x(below, ticks, top=top, bottom=y, ends=(0.0, end)) + 4
    return sheet


def alternative(lanes: Lanes) -> str:
    """The picture in words."""
    told = [(f"{crew.name}{', ' if crew.group else ''}{crew.group}", crew.whole) for crew in lanes.crews]
    return in_words(lanes.title, told)


def _places(lanes: Lanes, crews: list[Crew], width: float) -> _Places:
    left = room_for_names([crew.name for crew in crews], width, words=[crew.words for crew in crews])
    longest = max((end for crew in crews for end in _all_ends(crew)), default=1.0)
    value = max(
        widest([number_of(crew.whole) for crew in crews], VALUE, bold=True),
        widest([interval_of(crew.whole) for crew in crews], TICK),
    )
    right = width - (2.0 if is_narrow(width) else 10 + value)
    busy: float | None = None
    against: float | None = None
    if width >= _WITH_COLUMNS_FROM and any(crew.busy or crew.against for crew in crews):
        told = [crew.against for crew in crews if crew.against is not None]
        against_room = GAP + max(
            text_width("against the loop", TICK),
            widest([interval_of(estimate) for estimate in told], TICK),
            widest([number_of(estimate) for estimate in told], VALUE, bold=True),
        )
        against = width - against_room + GAP
        busy = against - 2 * GAP - max(_squares_wide(lanes.cpus) + _LABEL_ROOM, text_width("CPUs busy", TICK))
        right = busy - 2 * GAP - 10 - value
    return _Places(Scale(low=0.0, high=longest or 1.0, start=left, end=right), busy, against)


def _squares_wide(cpus: int) -> float:
    return cpus * 23.0 if cpus <= _MOST_SQUARES else 0.0


def _all_ends(crew: Crew) -> list[float]:
    return [crew.whole.point or 0.0, *(spell.end_s for lane in crew.lanes for spell in lane)]


def _draw_heads(sheet: Sheet, places: _Places) -> float:
    if places.busy is None or places.against is None:
        return 4.0
    sheet.text("CPUs busy", places.busy, 14, fill="third")
    sheet.text("against the loop", places.against, 14, fill="third")
    return 22.0


def _draw_group(axes: Layer, group: str, y: float) -> float:
    lines = wrapped(group, axes.sheet.width, LABEL, bold=True)
    axes.text(lines, 0, y + 18, size=LABEL, bold=True)
    low = y + 12 + height_of(lines, LABEL)
    axes.line(0, low, axes.sheet.width, low, stroke="line")
    return low + _AIR


def _draw_crew(axes: Layer, crew: Crew, cpus: int, places: _Places, y: float) -> float:
    width, token, scale = axes.sheet.width, crew.look.token, places.scale
    whole, interval = number_of(crew.whole), interval_of(crew.whole)
    high = len(crew.lanes) * (_LANE + _BETWEEN) - _BETWEEN
    if is_narrow(width):
        y = name_above(axes, crew.name, y=y, width=width, fill=token, words=crew.words, value=whole)
        first, low = y, y + high
    else:
        block = max(high, height_beside(crew.name, scale.start - GAP, crew.words), 34.0)
        first, low = y + (block - high) / 2, y + block
        middle = y + block / 2
        name_beside(axes, crew.name, right=scale.start - GAP, middle=middle, fill=token, words=crew.words)
    for number, lane in enumerate(crew.lanes):
        for spell in lane:
            _draw_spell(axes, crew, number, spell, scale, first + number * (_LANE + _BETWEEN))
    end = scale.at(crew.whole.point or 0.0)
    mark = axes.layer("whole", (crew.group, crew.name), tip_of((crew.name, "until the last has ended"), crew.whole))
    mark.line(end, first - 3, end, first + high + 3, stroke=token, width=2.0)
    if not is_narrow(width):
        middle = first + high / 2
        axes.text(whole, end + 7, middle - (6 if interval else 0), size=VALUE, bold=True, middle=True)
        if interval:
            axes.text(interval, end + 7, middle + 9, fill="third", middle=True)
    if places.busy is None or places.against is None:
        return _tell_below(axes, crew, scale, low + 6) + _AIR
    _tell_beside(axes, crew, cpus, places, first + high / 2)
    return low + _AIR


def _draw_spell(axes: Layer, crew: Crew, number: int, spell: Spell, scale: Scale, y: float) -> None:
    token, begin, end = crew.look.token, scale.at(spell.begin_s), scale.at(spell.end_s)
    names = (crew.group, crew.name, f"worker {number + 1}", spell.label or spell.doing)
    lasts = f"{units.seconds(spell.begin_s)} to {units.seconds(spell.end_s)}"
    mark = axes.layer(spell.doing.replace(" ", "-"), names, f"{spell.label or spell.doing}: {lasts}")
    if spell.doing == "waits":
        mark.line(begin, y + _LANE / 2, end, y + _LANE / 2, stroke=token, width=1.5, dashes="2 3")
        return
    fill = token if spell.doing == "works" else axes.sheet.hatch(token)
    mark.rect(begin, y, max(end - begin - 1.0, 0.8), _LANE, fill=fill, radius=1.5)
    if spell.doing == "works" and fits(spell.label, end - begin, TICK, bold=True):
        x = (begin + end) / 2
        mark.text(spell.label, x, y + _LANE / 2, fill="page", anchor="middle", bold=True, middle=True, inside=True)


def _tell_beside(axes: Layer, crew: Crew, cpus: int, places: _Places, middle: float) -> None:
    """CPUs busy as squares with their number, and how the crew stands against the loop, in columns."""
    if places.busy is not None and crew.busy is not None:
        busy, x = known(crew.busy), places.busy
        said = units.parts(crew.busy)[0] if busy is not None else "not measured"
        if busy is not None and cpus <= _MOST_SQUARES:
            names = (crew.group, crew.name, "CPUs busy")
            mark = axes.layer("busy", names, tip_of((crew.name, "CPUs busy"), crew.busy))
            draw_squares(mark, busy, cpus, (x, middle - 9), x + _squares_wide(cpus), crew.look.token)
            x += _squares_wide(cpus) + 4
        if busy is None:
            lines = wrapped(said, _squares_wide(cpus) + _LABEL_ROOM, TICK)
            axes.text(lines, x, middle, fill="third", middle=True)
        else:
            axes.text(said, x, middle, size=VALUE, bold=True, middle=True)
    if places.against is not None:
        number, interval = ("1", "") if crew.against is None else (number_of(crew.against), interval_of(crew.against))
        axes.text(number, places.against, middle - (6 if interval else 0), size=VALUE, bold=True, middle=True)
        if interval:
            axes.text(interval, places.against, middle + 9, fill="third", middle=True)


def _tell_below(axes: Layer, crew: Crew, scale: Scale, y: float) -> float:
    """The same in a line below the lanes, with the interval of the whole where lanes are narrow; where it ends."""
    told: list[str] = []
    if is_narrow(axes.sheet.width) and interval_of(crew.whole):  # there is no room for it at the end of the lanes
        told.append(interval_of(crew.whole))
    if known(crew.busy) is not None and crew.busy is not None:
        told.append(f"CPUs busy: {units.parts(crew.busy)[0]}")
    if known(crew.against) is not None and crew.against is not None:
        told.append(f"{number_of(crew.against)} {interval_of(crew.against)} against the loop".replace("  ", " "))
    if not told:
        return y
    lines = wrapped(" · ".join(told), axes.sheet.width - scale.start, TICK)
    axes.text(lines, scale.start, y + 0.78 * TICK, fill="second")
    return y + height_of(lines, TICK)
