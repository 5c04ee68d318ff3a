"""Figures -> pictures: drawn for the page at two widths and once for paper, one colour per thing everywhere.

What draws is imported where it is asked for: the process that writes a report mostly leaves drawing to another, and matplotlib
takes it half a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from study import units
from study.blocks import Panel
from study.draw.tokens import HALF, NARROW, PAPER_HALF, PAPER_WHOLE, WHOLE, css_variables, typst

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from study.blocks import Figure, PanelPoint
    from study.draw.canvas import Sheet
    from study.findings import Estimate
    from study.forms import Form

__all__ = ["Drawn", "css_variables", "draw", "draw_for_paper", "draw_for_screen", "missing", "ready", "typst"]

_MOST_IN_ALT = 3
_NO_NUMBER = "none of its numbers could be had"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The picture of a figure.

    Attributes
    ----------
    subtitle : the figure's, with what the bars are and how many processes stand behind them.
    alt : the figure in a sentence or two: what it shows, and a few of its numbers.
    wide, narrow : for the page, at the two widths between which it chooses: colours are CSS variables, ids unique in the page.
    paper : for paper: plain colours, no fonts inside; '' where it has no such figure.
    shapes, paints : what the page has to say for its drawings (`lean`): name -> outline of a mark; name -> how something is
        painted.
    """

    subtitle: str
    alt: str
    wide: str
    narrow: str
    paper: str
    shapes: Mapping[str, str] = field(default_factory=dict)
    paints: Mapping[str, str] = field(default_factory=dict)


def missing(figure: Figure) -> str:
    """Why there is nothing to draw of a figure, or ''."""
    if figure.reason:
        return figure.reason
    return "" if figure.shows else _NO_NUMBER


def ready() -> None:
    """Import what draws, before there is anything to draw."""
    from study.draw import curves, forms, rows, svg  # noqa: F401, PLC0415 - see above


def draw(figure: Figure) -> Drawn:
    """The pictures of a figure of which at least one number is known: each by itself, its marks say what they are of."""
    return replace(draw_for_screen(figure, lean=False), paper=draw_for_paper(figure))


def draw_for_screen(figure: Figure, *, lean: bool = True) -> Drawn:
    """The same without a picture for paper; as lean as a page needs it, or each drawing by itself."""
    return _of_panel(figure, lean=lean) if isinstance(figure, Panel) else _of_form(figure, lean=lean)


def draw_for_paper(figure: Figure) -> str:
    """The picture for paper, which has not every figure, and of some less than the page."""
    from study.draw import style, svg  # noqa: PLC0415 - see above

    sheet_of = _panel_at(figure) if isinstance(figure, Panel) else _form_at(figure)
    with style.styled():
        return svg.for_paper(sheet_of(PAPER_WHOLE if figure.span == "whole" else PAPER_HALF))


def _panel_at(panel: Panel) -> Callable[[float], Sheet]:
    from study.draw import curves, rows  # noqa: PLC0415 - see above

    points = [point for point in panel.points if point.estimate.point is not None]
    drawer = rows if panel.kind == "rows" else curves
    return lambda width: drawer.sheet_of(panel, points, width)


def _form_at(form: Form) -> Callable[[float], Sheet]:
    from study.draw import forms  # noqa: PLC0415 - see above

    drawer = forms.drawer_of(form)
    return lambda width: drawer.sheet_of(form, width)


def _of_panel(panel: Panel, *, lean: bool) -> Drawn:
    points = [point for point in panel.points if point.estimate.point is not None]
    dots = (
        f"; small dots: single {panel.behind.split()[-1]}"
        if panel.kind == "rows" and any(point.means for point in points)
        else ""
    )
    return _drawn(
        panel,
        _panel_at(panel),
        subtitle=f"{panel.subtitle}; {_heard([point.estimate for point in points], panel.behind)}{dots}.",
        alt=_alternative(panel.title, points),
        lean=lean,
    )


def _of_form(form: Form, *, lean: bool) -> Drawn:
    from study.draw import forms  # noqa: PLC0415 - see above

    drawer = forms.drawer_of(form)
    said = f" Illustration: {form.illustration}" if form.illustration else ""
    return _drawn(
        form,
        _form_at(form),
        subtitle=f"{form.caption}{said}",
        alt=drawer.alternative(form),
        lean=lean,
    )


def _drawn(figure: Figure, sheet_of: Callable[[float], Sheet], *, subtitle: str, alt: str, lean: bool) -> Drawn:
    from study.draw import style, svg  # noqa: PLC0415 - see above

    wide, narrow = (WHOLE if figure.span == "whole" else HALF), f"{figure.id}-narrow"
    with style.styled():
        if lean:
            wide_text, wide_shared = svg.for_page(sheet_of(wide), figure.id, figure.title, alt)
            narrow_text, shared = svg.for_page(sheet_of(NARROW), narrow, figure.title, alt, said_by=figure.id)
            return Drawn(
                subtitle=subtitle, alt=alt, wide=wide_text, narrow=narrow_text, paper="",
                shapes=wide_shared.shapes | shared.shapes, paints=wide_shared.paints | shared.paints,
            )  # fmt: skip
        return Drawn(
            subtitle=subtitle,
            alt=alt,
            wide=svg.for_screen(sheet_of(wide), figure.id, figure.title, alt),
            narrow=svg.for_screen(sheet_of(NARROW), narrow, figure.title, alt),
            paper="",
        )


def _heard(known: Sequence[Estimate], behind: str) -> str:
    """What the bars are, where there are any, and how many of what stand behind each row."""
    sizes = sorted({estimate.n for estimate in known})
    number = units.count(sizes[0]) if len(sizes) == 1 else f"{units.count(sizes[0])} to {units.count(sizes[-1])}"
    confidence = units.percent(known[0].confidence)
    bars = f"bars: {confidence} intervals; " if any(estimate.low is not None for estimate in known) else ""
    return f"{bars}single {behind}" if sizes == [1] else f"{bars}n = {number} {behind} a row"


def _alternative(title: str, points: Sequence[PanelPoint]) -> str:
    shown = [
        f"{', '.join(name for name in point.names if name)}: {units.with_interval(point.estimate)}"
        for point in points[:_MOST_IN_ALT]
    ]
    more = len(points) - _MOST_IN_ALT
    if more > 0:
        shown.append(f"{more} more in the table")
    return f"{title.rstrip('.')}. {'; '.join(shown)}."
