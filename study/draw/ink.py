"""What a picture is written with: an SVG as a page needs it from the start, so that nothing is made fit afterwards.

It is no renderer of matplotlib, since nothing of matplotlib would call it: our shapes are none of its artists, and their places
are pixels from the upper left corner, as an SVG has them. From matplotlib are the outlines of marks, circles and hatches and, of
a line that leaves its picture, what of it lies inside.
"""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, NamedTuple, cast

from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from study.draw.tokens import COLOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.transforms import Transform

Place = tuple[float, float]

SVG = "http://www.w3.org/2000/svg"
GROUP, TEXT, PATH, USE, _ROOT, _DEFINITIONS, _PATTERN, _RECTANGLE = (
    f"{{{SVG}}}{name}" for name in ("g", "text", "path", "use", "svg", "defs", "pattern", "rect")
)
NOTHING = "none"
_TOKENS = frozenset({*COLOURS, NOTHING})
_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_HATCH, _DENSITY, _STRENGTH, _THICK, _TILE = "////", 6.0, "0.55", "1.4", 72
"""Of hatches: what they are to matplotlib, how strong and thick their lines are, and the side of what is repeated."""
_FAR = 1e9
"""No place in a picture is as far away, and none that is no number is nearer."""


def known(token: str) -> None:
    """Refuse what is no token of a colour where it is asked for, not when it is drawn."""
    if token not in _TOKENS:
        raise ValueError(f"{token} is no token of a colour")


@functools.lru_cache(maxsize=2**15)
def number(value: float) -> str:
    """A place with two digits, by six: the last bits of what was computed must not decide where a half goes."""
    text = f"{round(value, 6):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@functools.lru_cache(maxsize=2**10)
def exact(value: float) -> str:
    """A size or a strength with six digits."""
    return f"{value:f}".rstrip("0").rstrip(".")


class Outline(NamedTuple):
    """A mark of matplotlib that can be filled: its shape at its size, and how its corners are drawn."""

    drawn: str
    joined: str


@functools.cache
def outline(letter: str, radius: float) -> Outline:
    """The mark of this letter about the place where it will stand."""
    marker = MarkerStyle(letter, fillstyle="full")
    upright = cast("Affine2D", marker.get_transform()).scale(2 * radius, -2 * radius)
    return Outline(_drawn(marker.get_path(), upright), str(marker.get_joinstyle()))


@functools.cache
def _hatch() -> str:
    upright = Affine2D().scale(_TILE, -_TILE).translate(0, _TILE)
    return _drawn(Path.hatch(_HATCH, _DENSITY), upright)


def _drawn(
    path: Path, transform: Transform | None = None, clip: tuple[float, float, float, float] | None = None
) -> str:
    """A path of matplotlib as SVG has it."""
    parts: list[str] = []
    for places, code in path.iter_segments(transform, clip=clip, simplify=False):
        parts += [_LETTERS[code], *map(number, places.tolist())] if code in _LETTERS else ["z"]
    return " ".join(parts)


class Ink:
    """A picture while it is written.

    Attributes
    ----------
    root : its SVG.
    paints : token -> what is written for it.
    """

    def __init__(self, width: float, height: float, prefix: str, colour: Callable[[str], str]) -> None:
        """Begin with nothing.

        Parameters
        ----------
        width, height : of the picture, in pixels.
        prefix : begins every id, so that the page has one owner of each.
        colour : what is written for a token.
        """
        size = f"{width:g}", f"{height:g}"
        self.root = ET.Element(_ROOT, {
            "width": size[0], "height": size[1], "viewBox": f"0 0 {size[0]} {size[1]}", "version": "1.1",
            "stroke-linejoin": "round",
        })  # fmt: skip
        self.paints = {token: colour(token) for token in COLOURS} | {NOTHING: NOTHING}
        self._width, self._height, self._prefix = width, height, prefix
        self._marks: dict[object, str] = {}
        self._hatched: dict[str, list[ET.Element]] = {}

    def line(self, courses: Sequence[Sequence[Place]] | Path, *, closed: bool, filled: bool) -> str:
        """A shape as a path has it; of what is not filled, only what lies in the picture.

        Parameters
        ----------
        courses : lines from place to place, or a path of matplotlib where there are curves.
        closed : whether each of the lines surrounds an area.
        """
        clip = None if filled else (0.0, 0.0, self._width, self._height)
        if isinstance(courses, Path):
            return _drawn(courses, clip=clip)
        left, top, right, bottom = clip or (-_FAR, -_FAR, _FAR, _FAR)
        if all(left <= x <= right and top <= y <= bottom for places in courses for x, y in places):
            end = " z" if closed else ""
            return " ".join([
                f"M {' L '.join([f'{number(x)} {number(y)}' for x, y in places])}{end}" for places in courses
            ])  # fmt: skip
        paths = [Path([*places, places[0]] if closed else list(places), closed=closed) for places in courses]
        return _drawn(Path.make_compound_path(*paths) if len(paths) > 1 else paths[0], clip=clip)

    def inside(self, places: Sequence[Place]) -> list[Place]:
        """Those of the places that lie in the picture."""
        return [(x, y) for x, y in places if 0.0 <= x <= self._width and 0.0 <= y <= self._height]

    def mark(self, into: ET.Element, key: object, drawn: str, edge: dict[str, str]) -> str:
        """The id of a mark, which is defined where it is asked for first."""
        if key not in self._marks:
            self._marks[key] = f"{self._prefix}-{len(self._marks) + 1}"
            ET.SubElement(ET.SubElement(into, _DEFINITIONS), PATH, {"d": drawn, **edge, "id": self._marks[key]})
        return self._marks[key]

    def hatch(self, area: ET.Element, token: str) -> None:
        """Fill an area with thin lines of this colour."""
        self._hatched.setdefault(token, []).append(area)

    def finish(self) -> ET.Element:
        """Define the hatches, whose ids follow those of the marks; the whole."""
        definitions = ET.SubElement(self.root, _DEFINITIONS) if self._hatched else self.root
        tile, more = str(_TILE), str(_TILE + 1)
        for at, (token, areas) in enumerate(self._hatched.items(), start=len(self._marks) + 1):
            name, paint = f"{self._prefix}-{at}", self.paints[token]
            pattern = ET.SubElement(definitions, _PATTERN, {
                "patternUnits": "userSpaceOnUse", "x": "0", "y": "0", "width": tile, "height": tile, "id": name,
            })  # fmt: skip
            ET.SubElement(pattern, _RECTANGLE, {"x": "0", "y": "0", "width": more, "height": more, "fill": NOTHING})
            ET.SubElement(pattern, PATH, {
                "d": _hatch(), "fill": paint, "stroke": paint, "stroke-width": _THICK, "stroke-linecap": "butt",
                "stroke-linejoin": "miter", "stroke-opacity": _STRENGTH,
            })  # fmt: skip
            for area in areas:
                area.set("fill", f"url(#{name})")
        return self.root
