"""What our pictures ask of matplotlib's artists: groups with a name, words that have their place, colours of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.text import Text

from study.draw.style import ink

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase
    from matplotlib.patches import Patch

NOTHING = "none"
HATCHED = "/"
"""Begins what is filled with thin lines of a colour."""
_HATCH, _STRENGTH = "////", 0.55


class Group(Artist):
    """Artists that are drawn in their order, as one group of the SVG."""

    def __init__(self, gid: str = "") -> None:
        """Make an empty one."""
        super().__init__()
        self.set_gid(gid or None)
        self.artists: list[Artist] = []

    def draw(self, renderer: RendererBase) -> None:
        """All of them."""
        renderer.open_group("group", self.get_gid())
        for artist in self.artists:
            artist.draw(renderer)
        renderer.close_group("group")


class Words(Text):
    """A line of text that has its place: matplotlib would measure it again, to lay out what is laid out."""

    def draw(self, renderer: RendererBase) -> None:
        """Only write it."""
        words = self.get_text()
        if not words:
            return
        x, y = self.get_transform().transform(self.get_unitless_position())
        _, high = renderer.get_canvas_width_height()
        graphics = renderer.new_gc()
        graphics.set_foreground(self.get_color())
        font, angle = self.get_fontproperties(), self.get_rotation()
        renderer.draw_text(graphics, x, high - y, words, font, angle, ismath=False, mtext=self)
        graphics.restore()


def paint(patch: Patch, *, fill: str, stroke: str, width: float = 1.0, opacity: float = 1.0, dashes: str = "") -> None:
    """Give a shape its colours, by their tokens, its lines and its hatching."""
    if fill.startswith(HATCHED):
        patch.set_facecolor(NOTHING)
        patch.set_hatch(_HATCH)
        patch.set_edgecolor((ink(fill.removeprefix(HATCHED)), _STRENGTH))
        patch.set_linewidth(0.0)
        return
    patch.set_facecolor(NOTHING if fill == NOTHING else ink(fill))
    patch.set_edgecolor(NOTHING if stroke == NOTHING else ink(stroke))
    patch.set_linewidth(width)
    if dashes:
        patch.set_linestyle((0.0, tuple(float(part) for part in dashes.split())))
    if opacity < 1.0:
        patch.set_alpha(opacity)
