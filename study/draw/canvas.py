"""A picture while it is drawn: shapes and words in colours of tokens, in groups that say what they are a mark of."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from study.draw.lettering import LINE, Box, box_of, first_baseline
from study.draw.markers import outline
from study.draw.tokens import COLOURS, TICK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.draw.lettering import Anchor

SVG = "http://www.w3.org/2000/svg"
TOKEN = "$"
"""Begins what is painted in the colour of a token, until the picture is made for a page or for paper."""
_BETWEEN = " | "
_UNPAINTED = ("none", "url(")


class Layer:
    """A group of the picture; what is drawn later lies above. All places are pixels from the upper left corner."""

    def __init__(self, element: ET.Element, sheet: Sheet | None) -> None:
        """Draw into this element; `sheet` is the whole picture, None where it is this."""
        self.element = element
        self._sheet = sheet

    @property
    def sheet(self) -> Sheet:
        """The whole picture."""
        assert self._sheet is not None  # noqa: S101 - a sheet says itself
        return self._sheet

    def layer(self, kind: str = "", names: Iterable[str] = (), tip: str = "") -> Layer:
        """A group inside.

        Parameters
        ----------
        kind : which kind of mark it is, such as 'point', 'interval' or 'part'; '' where it is none.
        names : what it is a mark of, as the table behind the figure names it.
        tip : what is shown beside it when it is pointed at, '' for nothing.
        """
        group = self._add("g")
        said = {"data-mark": kind, "data-of": _BETWEEN.join(names), "data-tip": tip}
        for name, value in said.items():
            if value:
                group.set(name, value)
        return Layer(group, self.sheet)

    def rect(  # noqa: PLR0913 - a rectangle has four numbers
        self, x: float, y: float, width: float, height: float, *, fill: str, opacity: float = 1.0, radius: float = 0.0,
        stroke: str = "none", dashes: str = "",
    ) -> None:  # fmt: skip
        """A filled rectangle."""
        shape = self._add("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0))
        _paint(shape, fill=fill, stroke=stroke, opacity=opacity, dashes=dashes)
        if radius:
            shape.set("rx", _number(radius))

    def line(  # noqa: PLR0913 - a line has four numbers
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1.0, dashes: str = "",
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """A straight line."""
        self.path([(x1, y1), (x2, y2)], stroke=stroke, width=width, dashes=dashes, opacity=opacity)

    def path(  # noqa: PLR0913 - all of it is said by name
        self, places: Sequence[tuple[float, float]], *, stroke: str = "none", fill: str = "none", width: float = 1.0,
        dashes: str = "", opacity: float = 1.0, closed: bool = False,
    ) -> None:  # fmt: skip
        """A line from place to place, or the area that it surrounds."""
        if not places:
            return
        said = "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in places) + ("Z" if closed else "")
        shape = self._add("path", d=said)
        _paint(shape, fill=fill, stroke=stroke, width=width, opacity=opacity, dashes=dashes)

    def segments(
        self, pieces: Sequence[tuple[tuple[float, float], tuple[float, float]]], *, stroke: str, width: float = 1.0,
        dashes: str = "",
    ) -> None:  # fmt: skip
        """Many short lines, drawn as one."""
        if pieces:
            said = "".join(f"M{_number(a)} {_number(b)}L{_number(c)} {_number(d)}" for (a, b), (c, d) in pieces)
            shape = self._add("path", d=said)
            _paint(shape, fill="none", stroke=stroke, width=width, dashes=dashes)
            shape.set("stroke-linecap", "round")

    def dot(self, x: float, y: float, radius: float, *, fill: str, opacity: float = 1.0) -> None:
        """A small disc."""
        _paint(self._add("circle", cx=x, cy=y, r=radius), fill=fill, opacity=opacity)

    def ring(  # noqa: PLR0913 - all of it is said by name
        self, x: float, y: float, radius: float, *, stroke: str, width: float = 2.0, fill: str = "none"
    ) -> None:
        """A circle, empty unless it is said what fills it."""
        _paint(self._add("circle", cx=x, cy=y, r=radius), fill=fill, stroke=stroke, width=width)

    def marker(self, letter: str, x: float, y: float, radius: float, *, colour: str, hollow: bool = False) -> None:  # noqa: PLR0913
        """The mark of a look, full or hollow: a hollow one covers what lies below it."""
        shape = self._add("path", d=outline(letter, radius), transform=f"translate({_number(x)} {_number(y)})")
        _paint(shape, fill="page" if hollow else colour, stroke=colour, width=1.6 if hollow else 1.0)

    def text(  # noqa: PLR0913 - all of it is said by name
        self, words: str | Sequence[str], x: float, y: float, *, size: float = TICK, fill: str = "ink",
        anchor: Anchor = "start", bold: bool = False, middle: bool = False, inside: bool = False, turned: bool = False,
    ) -> Box:  # fmt: skip
        """Words, in one line or several: `y` is the baseline of the first or, with `middle`, the middle of all.

        With `inside` they stand on a mark and not on the page; `turned`, they are read from below upwards.
        """
        lines = [words] if isinstance(words, str) else list(words)
        baseline = first_baseline(lines, y, size) if middle else y
        element = self._add("text", x=x, y=first_baseline([""], y, size) if middle else y)
        element.set("font-size", _number(size))
        _paint(element, fill=fill)
        if anchor != "start":
            element.set("text-anchor", anchor)
        if bold:
            element.set("font-weight", "bold")
        if inside:
            element.set("class", "inside")
        _write(element, lines, x, baseline, size)
        box = box_of(lines, x, baseline, size, anchor, bold=bold)
        if turned:
            element.set("transform", f"rotate(-90 {_number(x)} {_number(y)})")
            box = _turned(box, x, y)
        self.sheet.boxes.append(box)
        return box

    def patch(self, box: Box, *, fill: str = "page", gap: float = 2.0) -> None:
        """A ground for words that stand over something."""
        self.rect(
            box.left - gap, box.top - gap / 2, box.right - box.left + 2 * gap, box.bottom - box.top + gap, fill=fill
        )

    def _add(self, tag: str, **said: float | str) -> ET.Element:
        attributes = {name: value if isinstance(value, str) else _number(value) for name, value in said.items()}
        return ET.SubElement(self.element, f"{{{SVG}}}{tag}", attributes)


class Sheet(Layer):
    """A whole picture, as wide as was asked for; its height is known when it is drawn."""

    def __init__(self, width: float) -> None:
        """Make an empty one."""
        super().__init__(ET.Element(f"{{{SVG}}}svg"), None)
        self.width = width
        self.height = 0.0
        self.boxes: list[Box] = []
        """The room of every text so far."""
        self._hatches: set[str] = set()

    @property
    def sheet(self) -> Sheet:
        """Itself."""
        return self

    def hatch(self, token: str) -> str:
        """What fills an area with thin lines of this colour: what does not work yet, or was not measured."""
        name = f"hatch-{token}"
        if token not in self._hatches:
            self._hatches.add(token)
            definitions = ET.Element(f"{{{SVG}}}defs")
            self.element.insert(0, definitions)
            said = {"id": name, "width": "5", "height": "5", "patternUnits": "userSpaceOnUse"}
            pattern = ET.SubElement(definitions, f"{{{SVG}}}pattern", {**said, "patternTransform": "rotate(45)"})
            inside = Layer(pattern, self)
            inside.rect(0, 0, 5, 5, fill=token, opacity=0.13)
            inside.rect(0, 0, 1.6, 5, fill=token, opacity=0.55)
        return f"url(#{name})"


def _write(element: ET.Element, lines: Sequence[str], x: float, baseline: float, size: float) -> None:
    """One line as it is; of several each in its place. A blank between them would move lines that end at their place."""
    if len(lines) == 1:
        element.text = lines[0]
        return
    for number, line in enumerate(lines):
        place = {"x": _number(x), "y": _number(baseline + number * LINE * size)}
        piece = ET.SubElement(element, f"{{{SVG}}}tspan", place)
        piece.text = line


def _paint(  # noqa: PLR0913 - all of it is said by name
    shape: ET.Element, *, fill: str, stroke: str = "none", width: float = 1.0, opacity: float = 1.0, dashes: str = ""
) -> None:
    shape.set("fill", _painted(fill))
    if stroke != "none":
        shape.set("stroke", _painted(stroke))
        shape.set("stroke-width", _number(width))
    if dashes:
        shape.set("stroke-dasharray", dashes)
    if opacity < 1.0:
        shape.set("opacity", _number(opacity))


def _painted(token: str) -> str:
    if token.startswith(_UNPAINTED):
        return token
    if token not in COLOURS:
        raise ValueError(f"{token} is no token of a colour")
    return TOKEN + token


def _turned(box: Box, x: float, y: float) -> Box:
    """The room of words that are turned about their place so that they are read upwards."""
    return Box(x + box.top - y, y - (box.right - x), x + box.bottom - y, y - (box.left - x))


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
