"""What our pictures are made of: groups that say something, shapes, marks and words that have their place, in colours of tokens.

None of them is an artist of matplotlib: one for each shape would carry a hundred properties that no picture here uses, and take
twice the time of all else. They wait for the height of their picture and write themselves then, as elements of its SVG.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, NamedTuple, Protocol

from study.draw.ink import GROUP, NOTHING, PATH, TEXT, USE, exact, number, outline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.path import Path

    from study.draw.ink import Ink, Place
    from study.draw.lettering import Anchor

HATCHED = "/"
"""Begins what is filled with thin lines of a colour."""


class Drawable(Protocol):
    """What can be written."""

    def draw(self, ink: Ink, into: ET.Element) -> None:
        """Write it."""


class Group:
    """What is drawn in its order, as one group of the SVG where something is said of it."""

    __slots__ = ("artists", "said")

    def __init__(self, said: Mapping[str, str]) -> None:
        """Make an empty one, of which the SVG says this."""
        self.said = dict(said)
        self.artists: list[Drawable] = []

    def draw(self, ink: Ink, into: ET.Element) -> None:
        """All of it."""
        if self.artists:
            within = ET.SubElement(into, GROUP, self.said) if self.said else into
            for artist in self.artists:
                artist.draw(ink, within)


class Shape(NamedTuple):
    """A line or an area: its colours are tokens, its courses lines from place to place or a path with curves."""

    courses: Sequence[Sequence[Place]] | Path
    closed: bool
    fill: str
    stroke: str
    width: float
    opacity: float
    dashes: str

    def draw(self, ink: Ink, into: ET.Element) -> None:
        """Write it."""
        fill, hatched = self.fill.removeprefix(HATCHED), self.fill.startswith(HATCHED)
        said = {"d": ink.line(self.courses, closed=self.closed, filled=fill != NOTHING), "fill": ink.paints[fill]}
        if hatched:
            ink.hatch(ET.SubElement(into, PATH, said), fill)
            return
        if self.opacity < 1.0:
            said["opacity"] = exact(self.opacity)
        if self.dashes:
            said["stroke-dasharray"] = self.dashes.replace(" ", ",")
        if self.stroke != NOTHING:
            said["stroke"] = ink.paints[self.stroke]
            if self.width != 1.0:
                said["stroke-width"] = exact(self.width)
        ET.SubElement(into, PATH, said)


class Marks(NamedTuple):
    """Marks of matplotlib by the letter of one that can be filled, all alike."""

    letter: str
    places: Sequence[Place]
    radius: float
    colour: str
    fill: str
    edge: float
    opacity: float

    def draw(self, ink: Ink, into: ET.Element) -> None:
        """Write those that lie in the picture."""
        places = ink.inside(self.places)
        if not places:
            return
        shape = outline(self.letter, self.radius)
        edge = self._edge(ink, shape.joined) if self.edge else {}
        faint = {"fill-opacity": exact(self.opacity)} if self.opacity < 1.0 else {}
        name = ink.mark(into, (shape, self.colour, self.fill, self.edge, self.opacity), shape.drawn, edge)
        said = {"fill": ink.paints[self.fill], **faint, **edge, "href": f"#{name}"}
        for x, y in places:
            ET.SubElement(into, USE, {"x": number(x), "y": number(y), **said})

    def _edge(self, ink: Ink, joined: str) -> dict[str, str]:
        said = {"stroke": ink.paints[self.colour]}
        if self.opacity < 1.0:
            said["stroke-opacity"] = exact(self.opacity)
        if self.edge != 1.0:
            said["stroke-width"] = exact(self.edge)
        if joined != "round":
            said["stroke-linejoin"] = joined
        return said


class Words(NamedTuple):
    """A line of text that has its place, in a font of this size; turned, it is read from below upwards."""

    text: str
    place: Place
    colour: str
    size: float
    bold: bool
    anchor: Anchor
    turned: bool

    def draw(self, ink: Ink, into: ET.Element) -> None:
        """Write it."""
        if not self.text.strip():
            return
        x, y = map(number, self.place)
        said = {"x": x, "y": y}
        if self.turned:
            said["transform"] = f"rotate(-90 {x} {y})"
        if self.bold:
            said["font-weight"] = "700"
        said |= {"font-size": exact(self.size), "text-anchor": self.anchor, "fill": ink.paints[self.colour]}
        ET.SubElement(into, TEXT, said).text = self.text
