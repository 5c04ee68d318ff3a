"""Panels -> pictures: one drawer for every figure, one colour per thing everywhere, every interval drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import units
from study.draw import curves, rows, svg
from study.draw.style import WIDTH_PT, css_variables, styled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.blocks import Panel, PanelPoint
    from study.findings import Estimate

__all__ = ["Drawn", "css_variables", "draw", "missing"]

_MOST_IN_ALT = 40
_NO_NUMBER = "none of its numbers could be had"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The picture of a panel.

    Attributes
    ----------
    subtitle : the panel's, with what the bars are and how many processes stand behind them.
    alt : the figure in words: what it shows and its numbers, row by row.
    svg : the picture for paper: plain colours, no fonts inside.
    screen_svg : the same picture for the page: CSS variables for colours, ids that are unique in the page.
    """

    subtitle: str
    alt: str
    svg: str
    screen_svg: str


def missing(panel: Panel) -> str:
    """Why there is nothing to draw of a panel, or ''."""
    if panel.reason:
        return panel.reason
    return "" if any(_is_known(point) for point in panel.points) else _NO_NUMBER


def draw(panel: Panel) -> Drawn:
    """The picture of a panel of rows or curves of which at least one number is known."""
    points = [point for point in panel.points if _is_known(point)]
    with styled():
        figure, height_pt = (rows if panel.kind == "rows" else curves).figure_of(panel, points)
    tree = svg.rendered(figure)
    alt = _alternative(panel.title, points)
    dots = "; small dots: single processes" if panel.kind == "rows" and any(point.means for point in points) else ""
    return Drawn(
        subtitle=f"{panel.subtitle}; {_heard(point.estimate for point in points)}{dots}.",
        alt=alt,
        svg=svg.for_paper(tree, WIDTH_PT, height_pt),
        screen_svg=svg.for_screen(tree, panel.id, panel.title, alt),
    )


def _is_known(point: PanelPoint) -> bool:
    return point.estimate.point is not None


def _heard(estimates: Iterable[Estimate]) -> str:
    """What the bars are, and how many processes stand behind them."""
    known = list(estimates)
    sizes = sorted({estimate.n for estimate in known})
    number = units.count(sizes[0]) if len(sizes) == 1 else f"{units.count(sizes[0])} to {units.count(sizes[-1])}"
    confidence = units.percent(known[0].confidence)
    return f"bars: {confidence} intervals; n = {number} fresh processes a row"


def _alternative(title: str, points: Sequence[PanelPoint]) -> str:
    shown = [
        f"{', '.join(name for name in point.names if name)}: {units.with_interval(point.estimate)}"
        for point in points[:_MOST_IN_ALT]
    ]
    more = len(points) - _MOST_IN_ALT
    if more > 0:
        shown.append(f"{more} more in the table")
    return f"{title.rstrip('.')}. {'; '.join(shown)}."
