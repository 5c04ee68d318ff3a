"""Which figure a section has on paper, and how wide: one that a page has room for. Figures to figures, none known by its name."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from study.blocks import Panel
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Figure, PanelPoint

_GROUP_ROWS = 0.6
"""Of a row, what the name of a group takes."""
_MOST_HALF, _MOST_WHOLE = 17.0, 25.5
"""Rows of a figure in one of two columns, where a row is higher, and over the whole page: about three fifths of its height."""
_MOST_SMALL = 4
"""Small pictures of one figure."""
_ROW_PT, _PICTURE_PT, _LONE_PT, _WORDS_PT = 18.0, 190.0, 295.0, 40.0
"""How high a row is over the whole page, one of two small pictures beside each other, a lone picture, and the words around it."""
_FEWEST_ROWS = 4
"""Of a figure of which only a part has room: one with less is not worth it."""
_ELSEWHERE = "on the page of this report"


def lead_of(figures: Sequence[Figure], *, half: bool = False) -> Figure | None:
    """The first figure, where a page has room for it; else the first that has; else the first parts of the first.

    Parameters
    ----------
    figures : by rank.
    half : whether it stands in one of two columns.
    """
    if not figures:
        return None
    first = figures[0]
    if half or _small_pictures(first) <= _MOST_SMALL:
        first = next((figure for figure in figures if _fits(figure, half=half)), first)
    first = shortened(first, half=half)
    return replace(first, span="half") if half else first


def others_of(figures: Sequence[Figure], first: Figure, room_pt: float) -> Iterator[Figure]:
    """Figures of something else than the first, each once, that are together no higher than that, in points.

    Of one with more rows than there is room for, its first groups.
    """
    shown = {_what(first)}
    for figure in figures:
        low = _of_rows(figure, min(_MOST_WHOLE, max(0.0, room_pt - _WORDS_PT) / _ROW_PT))
        few = low is not figure and len(_known(low)) < _FEWEST_ROWS
        if _what(figure) not in shown and not few and height_of(low) <= room_pt:
            shown.add(_what(figure))
            room_pt -= height_of(low)
            yield low


def height_of(figure: Figure) -> float:
    """About how high it is over the whole page, in points, with its words."""
    pictures = _small_pictures(figure)
    drawn = _PICTURE_PT * math.ceil(pictures / 2) if pictures > 1 else _LONE_PT
    return _WORDS_PT + (_ROW_PT * _rows(figure) or drawn)


def _what(figure: Figure) -> str:
    """What is shown: the same of another interpreter is not another figure."""
    return figure.subtitle if isinstance(figure, Panel) else figure.id


def shortened(figure: Figure, *, half: bool = False) -> Figure:
    """The figure; of one that no page has room for, its first groups or small pictures, and how many rows it has beside them."""
    if not isinstance(figure, Panel) or _fits(figure, half=half):
        return figure
    if figure.kind == "rows":
        return _of_rows(figure, _MOST_HALF if half else _MOST_WHOLE)
    return _with(figure, tuple(_first_pictures(figure, 1 if half else _MOST_SMALL)), "point")


def _of_rows(figure: Figure, most: float) -> Figure:
    """The figure; of one with more rows, its first groups."""
    if not isinstance(figure, Panel) or _rows(figure) <= most:
        return figure
    return _with(figure, tuple(_first_rows(figure, most)), "row")


def _with(figure: Panel, kept: tuple[PanelPoint, ...], what: str) -> Figure:
    """The figure with these points alone, and how many it has beside them."""
    more = counted(len(_known(figure)) - len(kept), f"more {what} is", f"more {what}s are")
    return replace(figure, points=kept, notes=(f"{more} {_ELSEWHERE}.", *figure.notes))


def _fits(figure: Figure, *, half: bool) -> bool:
    return _rows(figure) <= (_MOST_HALF if half else _MOST_WHOLE) and _small_pictures(figure) <= (
        1 if half else _MOST_SMALL
    )


def _known(figure: Figure) -> list[PanelPoint]:
    return [point for point in figure.points if point.estimate.point is not None] if isinstance(figure, Panel) else []


def _rows(figure: Figure) -> float:
    """How many rows a figure is high; 0 of one whose height does not grow with what it shows."""
    if not isinstance(figure, Panel) or figure.kind != "rows":
        return 0.0
    known = _known(figure)
    return len(known) + _GROUP_ROWS * len({point.series for point in known})


def _small_pictures(figure: Figure) -> int:
    return len({point.facet for point in _known(figure)}) if isinstance(figure, Panel) else 1


def _first_rows(panel: Panel, most: float) -> Iterator[PanelPoint]:
    """Of as many groups as there is room for, one at least; of a group without an end, its first rows."""
    room = most
    for _, several in groupby(_known(panel), key=lambda point: point.series):
        rows = list(several)
        if len(rows) + _GROUP_ROWS > room and room < most:
            return
        yield from rows[: int(most - _GROUP_ROWS)]
        room -= len(rows) + _GROUP_ROWS


def _first_pictures(panel: Panel, most: int) -> Iterator[PanelPoint]:
    names = list(dict.fromkeys(point.facet for point in _known(panel)))[:most]
    yield from (point for point in _known(panel) if point.facet in names)
