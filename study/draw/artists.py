"""What our pictures are made of: groups with a name, shapes, marks and words that have their place, in colours of tokens.

None of them is an artist of matplotlib: what they hold goes to its renderer as it is. An artist for each shape would carry a
hundred properties that no picture here uses, and take twice the time of all else.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from study.draw.style import rgba

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from matplotlib.backend_bases import GraphicsContextBase, RendererBase
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.transforms import Affine2D, Affine2DBase, Transform

NOTHING = "none"
HATCHED = "/"
"""Begins what is filled with thin lines of a colour."""
_HATCH, _STRENGTH, _THICK = "////", 0.55, 1.4
_STILL = IdentityTransform()


class Drawable(Protocol):
    """What a renderer can be given."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw it."""


class Group:
    """What is drawn in its order, as one group of the SVG where it has an id."""

    __slots__ = ("artists", "gid")

    def __init__(self, gid: str = "") -> None:
        """Make an empty one."""
        self.gid = gid
        self.artists: list[Drawable] = []

    def draw(self, renderer: RendererBase) -> None:
        """All of it."""
        if not self.artists:
            return
        if self.gid:
            renderer.open_group("group", self.gid)
        for artist in self.artists:
            artist.draw(renderer)
        if self.gid:
            renderer.close_group("group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A line or an area: its colours are tokens, `pixels` leads from its places to matplotlib's."""

    path: Path
    pixels: Transform
    fill: str = NOTHING
    stroke: str = NOTHING
    width: float = 1.0
    opacity: float = 1.0
    dashes: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no token where it is asked for, not when it is drawn."""
        for token in (self.fill.removeprefix(HATCHED), self.stroke):
            if token != NOTHING:
                rgba(token)

    def draw(self, renderer: RendererBase) -> None:
        """Draw it."""
        graphics = renderer.new_gc()
        if self.fill.startswith(HATCHED):
            graphics.set_linewidth(0.0)
            graphics.set_hatch(_HATCH)
            graphics.set_hatch_color(rgba(self.fill.removeprefix(HATCHED), _STRENGTH))
            graphics.set_hatch_linewidth(_THICK)
            renderer.draw_path(graphics, self.path, self.pixels, None)
            return
        if self.opacity < 1.0:
            graphics.set_alpha(self.opacity)
        graphics.set_linewidth(0.0 if self.stroke == NOTHING else self.width)
        if self.stroke != NOTHING:
            graphics.set_foreground(rgba(self.stroke), isRGBA=True)
        if self.dashes:
            graphics.set_dashes(0.0, [float(part) for part in self.dashes.split()])
        renderer.draw_path(graphics, self.path, self.pixels, None if self.fill == NOTHING else rgba(self.fill))


class _Outline(NamedTuple):
    """A mark of matplotlib: its shape at its size, and how its corners and ends are drawn."""

    path: Path
    transform: Affine2DBase
    joined: Literal["miter", "round", "bevel"]
    ended: Literal["butt", "projecting", "round"]


@functools.cache
def _outline(letter: str, radius: float) -> _Outline:
    marker = MarkerStyle(letter, fillstyle="full")
    transform = cast("Affine2D", marker.get_transform()).scale(2 * radius)
    return _Outline(marker.get_path(), transform, marker.get_joinstyle(), marker.get_capstyle())


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Marks of matplotlib by their letter, all alike."""

    letter: str
    places: Sequence[tuple[float, float]]
    pixels: Transform
    radius: float
    colour: str
    fill: str
    edge: float
    opacity: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no token where it is asked for, not when it is drawn."""
        for token in (self.colour, self.fill):
            rgba(token)

    def draw(self, renderer: RendererBase) -> None:
        """Draw them."""
        outline = _outline(self.letter, self.radius)
        graphics = renderer.new_gc()
        graphics.set_linewidth(self.edge)
        graphics.set_foreground(rgba(self.colour, self.opacity), isRGBA=True)
        graphics.set_joinstyle(outline.joined)
        graphics.set_capstyle(outline.ended)
        fill = rgba(self.fill, self.opacity)
        renderer.draw_markers(graphics, outline.path, outline.transform, Path(self.places), self.pixels, fill)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line of text that has its place: matplotlib would measure it again, to lay out what is laid out."""

    text: str
    place: tuple[float, float]
    pixels: Transform
    colour: str
    font: FontProperties
    aligned: Literal["left", "center", "right"]
    angle: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no token where it is asked for, not when it is drawn."""
        rgba(self.colour)

    def draw(self, renderer: RendererBase) -> None:
        """Only write it."""
        if not self.text:
            return
        x, y = self.pixels.transform(self.place)
        graphics: GraphicsContextBase = renderer.new_gc()
        graphics.set_foreground(rgba(self.colour), isRGBA=True)
        said = cast("Text", _Placed((x, y), self.aligned))
        _, high = renderer.get_canvas_width_height()
        renderer.draw_text(graphics, x, high - y, self.text, self.font, self.angle, ismath=False, mtext=said)


class _Placed(NamedTuple):
    """What a renderer asks a text of matplotlib for: where it stands, and by which of its ends."""

    place: tuple[float, float]
    aligned: str

    def get_rotation_mode(self) -> str:
        """It is turned about its place."""
        return "anchor"

    def get_transform(self) -> Transform:
        """Its place is the renderer's."""
        return _STILL

    def get_unitless_position(self) -> tuple[float, float]:
        """Its place."""
        return self.place

    def get_ha(self) -> str:
        """By which end it stands there."""
        return self.aligned
