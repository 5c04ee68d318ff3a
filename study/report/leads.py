"""Which figure a section has on paper, and how wide: one that a page has room for. Figures to figures, none known by its name."""

from __future__ import annotations

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
_ELSEWHERE = "on the page of this report"


def lead_of(figures: Sequence[Figure], *, half: bool) -> Figure | None:
    """The first figure, where a page has room for it; else the first that has; else the first parts of the first.

    Parameters
    ----------
    figures : by rank.
    half : whether it stands in one of two columns, where it is low enough for that.
    """
    if not figures:
        return None
    first = figures[0]
    if _small_pictures(first) <= _MOST_SMALL:
        first = next((figure for figure in figures if _fits(figure)), first)
    first = shortened(first)
    return replace(first, span="half") if half and _rows(first) <= _MOST_HALF and _small_pictures(first) == 1 else first


def shortened(figure: Figure) -> Figure:
    """The figure; of one that no page has room for, its first groups or small pictures, and how many rows it has beside them."""
    if not isinstance(figure, Panel) or _fits(figure):
        return figure
    kept = list(_first_rows(figure) if figure.kind == "rows" else _first_pictures(figure))
    more = len(_known(figure)) - len(kept)
    what = ("more row is", "more rows are") if figure.kind == "rows" else ("more point is", "more points are")
    return replace(figure, points=tuple(kept), notes=(*figure.notes, f"{counted(more, *what)} {_ELSEWHERE}"))


def _fits(figure: Figure) -> bool:
    return _rows(figure) <= _MOST_WHOLE and _small_pictures(figure) <= _MOST_SMALL


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


def _first_rows(panel: Panel) -> Iterator[PanelPoint]:
    """Of as many groups as there is room for, one at least; of a group without an end, its first rows."""
    room = _MOST_WHOLE
    for _, several in groupby(_known(panel), key=lambda point: point.series):
        rows = list(several)
        if len(rows) + _GROUP_ROWS > room and room < _MOST_WHOLE:
            return
        yield from rows[: int(_MOST_WHOLE - _GROUP_ROWS)]
        room -= len(rows) + _GROUP_ROWS


def _first_pictures(panel: Panel) -> Iterator[PanelPoint]:
    names = list(dict.fromkeys(point.facet for point in _known(panel)))[:_MOST_SMALL]
    yield from (point for point in _known(panel) if point.facet in names)
