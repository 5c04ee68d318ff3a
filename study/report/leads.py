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
_ROW_PT, _PICTURE_PT = 18.0, 190.0
"""How high a row is over the whole page, and one of two small pictures beside each other."""
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


def second_of(figures: Sequence[Figure], first: Figure) -> Figure | None:
    """A figure of something else for the page that faces the first, where both together are not higher than one may be."""
    if _small_pictures(first) > 1:
        return None
    others = (figure for figure in figures if _what(figure) != _what(first) and _small_pictures(figure) == 1)
    return next((figure for figure in others if _rows(first) + _rows(figure) <= _MOST_WHOLE), None)


def height_of(figure: Figure) -> float:
    """About how high it is over the whole page, in points, without its words."""
    return _ROW_PT * _rows(figure) or _PICTURE_PT * math.ceil(_small_pictures(figure) / 2)


def _what(figure: Figure) -> str:
    """What is shown: the same of another interpreter is not another figure."""
    return figure.subtitle if isinstance(figure, Panel) else figure.id


def shortened(figure: Figure, *, half: bool = False) -> Figure:
    """The figure; of one that no page has room for, its first groups or small pictures, and how many rows it has beside them."""
    if not isinstance(figure, Panel) or _fits(figure, half=half):
        return figure
    room = _MOST_HALF if half else _MOST_WHOLE
    kept = list(
        _first_rows(figure, room) if figure.kind == "rows" else _first_pictures(figure, 1 if half else _MOST_SMALL)
    )
    more = len(_known(figure)) - len(kept)
    what = ("more row is", "more rows are") if figure.kind == "rows" else ("more point is", "more points are")
    return replace(figure, points=tuple(kept), notes=(f"{counted(more, *what)} {_ELSEWHERE}.", *figure.notes))


def _fits(figure: Figure, *, half: bool) -> bool:
    return _rows(figure) <= (_MOST_HALF if half else _MOST_WHOLE) and _small_pictures(figure) <= (
        1 if half else _MOST_SMALL
    )


def _known(panel: Panel) -> list[PanelPoint]:
    return [point for point in panel.points if point.estimate.point is not None]


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
