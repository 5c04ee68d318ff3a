"""What pictures are made of: texts, marks and the lines that they are held against; the page tells them by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from study.draw.style import SMALL_PT, WIDTH_PT
from study.draw.svg import mark
from study.things.looks import SOFT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

    from study.blocks import PanelPoint

HELD_AGAINST: Mapping[str, Any] = {"color": SOFT.light, "linewidth": 0.9, "linestyle": (0, (4, 3)), "zorder": 1}
"""How lines are drawn that points are held against."""


def series_of(points: Iterable[PanelPoint]) -> list[str]:
    """The series, in their order."""
    return list(dict.fromkeys(point.series for point in points))


def values_of(points: Iterable[PanelPoint]) -> list[float | None]:
    """All estimates and the ends of their intervals."""
    return [end for point in points for end in (point.estimate.point, point.estimate.low, point.estimate.high)]


def sheet(height_pt: float) -> Figure:
    """An empty figure."""
    return Figure(figsize=(WIDTH_PT / 72, height_pt / 72), dpi=72)


def frame(figure: Figure, left_pt: float, bottom_pt: float, width_pt: float, height_pt: float) -> Axes:
    """Axes in a figure."""
    high_pt = float(figure.get_figheight()) * 72
    return figure.add_axes((left_pt / WIDTH_PT, bottom_pt / high_pt, width_pt / WIDTH_PT, height_pt / high_pt))


def write(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    where: str | Transform,
    offset_pt: tuple[float, float],
    **how: Any,  # noqa: ANN401 - matplotlib's
) -> None:
    """A text beside a place of the axes, in small print where nothing else is said."""
    usual = {"va": "center_baseline", "fontsize": SMALL_PT, "annotation_clip": False}
    axes.annotate(text, at, offset_pt, where, "offset points", **{**usual, **how})


def plot(axes: Axes, kind: str, names: Iterable[str], xs: Sequence[float], ys: Sequence[float], **how: Any) -> None:  # noqa: ANN401 - matplotlib's
    """A line of this kind, named."""
    (line,) = axes.plot(xs, ys, **how)
    line.set_gid(mark(kind, names))


def stamp(axes: Axes, point: PanelPoint, at: tuple[float, float], tip: str, *, hollow: bool, **how: Any) -> None:  # noqa: ANN401 - matplotlib's
    """The mark of a point, which says `tip` when it is pointed at."""
    colour = point.look.colour.light
    (drawn,) = axes.plot(
        [at[0]],
        [at[1]],
        linestyle="none",
        marker=point.look.marker,
        markerfacecolor="none" if hollow else colour,
        markeredgecolor=colour,
        **how,
    )
    drawn.set_gid(mark("point", point.names, tip))
