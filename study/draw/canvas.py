"""A picture while it is drawn: shapes and words in colours of tokens, in groups that say what they are a mark of.

There is no figure and there are no axes of matplotlib, of which nothing would be used: every place is a pixel already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.path import Path

from study.draw.artists import HATCHED, Group, Marks, Shape, Words
from study.draw.ink import NOTHING, Ink, known
from study.draw.lettering import LINE, Box, box_of, first_baseline
from study.draw.tokens import TICK

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from study.draw.ink import Place
    from study.draw.lettering import Anchor

_FULL_EDGE, _HOLLOW_EDGE = 1.0, 1.6
_LINES, _INSIDE = {"class": "lines"}, {"class": "inside"}
"""What is said of lines of one text; of words on a mark, which have its colour behind them."""


class Layer:
    """A group of the picture; what is drawn later lies above. All places are pixels from the upper left corner."""

    def __init__(self, group: Group, sheet: Sheet | None) -> None:
        """Draw into this group; `sheet` is the whole picture, None where it is this."""
        self.group = group
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
        said = {"data-mark": kind, "data-of": " | ".join(names), "data-tip": tip} if kind else {}
        return self.inside({name: value for name, value in said.items() if value})

    def inside(self, said: Mapping[str, str]) -> Layer:
        """A group inside, of which the SVG says this."""
        group = Group(said)
        self.group.artists.append(group)
        return Layer(group, self.sheet)

    def rect(  # noqa: PLR0913 - a rectangle has four numbers
        self, x: float, y: float, width: float, height: float, *, fill: str, opacity: float = 1.0, radius: float = 0.0,
        stroke: str = NOTHING, dashes: str = "",
    ) -> None:  # fmt: skip
        """A filled rectangle."""
        wide, high = max(width, 0.0), max(height, 0.0)
        round_by = min(radius, wide / 2, high / 2)
        if round_by > 0.0:
            corners = _rounded(x, y, x + wide, y + high, round_by)
            self._shape(corners, fill=fill, stroke=stroke, opacity=opacity, dashes=dashes, closed=True)
        else:
            places = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
            self._shape([places], fill=fill, stroke=stroke, opacity=opacity, dashes=dashes, closed=True)

    def line(  # noqa: PLR0913 - a line has four numbers
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1.0, dashes: str = "",
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """A straight line."""
        self._shape([[(x1, y1), (x2, y2)]], stroke=stroke, width=width, dashes=dashes, opacity=opacity)

    def path(
        self, places: Sequence[Place], *, stroke: str = NOTHING, fill: str = NOTHING, width: float = 1.0,
        dashes: str = "", opacity: float = 1.0, closed: bool = False,
    ) -> None:  # fmt: skip
        """A line from place to place, or the area that it surrounds."""
        if places:
            self._shape(
                [places], stroke=stroke, fill=fill, width=width, dashes=dashes, opacity=opacity, closed=closed
            )  # fmt: skip

    def lines(self, courses: Sequence[Sequence[Place]], *, stroke: str, width: float = 1.0, dashes: str = "") -> None:
        """Many lines, drawn as one."""
        drawn = [places for places in courses if len(places) > 1]
        if drawn:
            self._shape(drawn, stroke=stroke, width=width, dashes=dashes)

    def areas(self, rings: Sequence[Sequence[Place]], *, fill: str) -> None:
        """Areas within these edges, as one shape; an edge in the other direction is that of a hole."""
        drawn = [places for places in rings if len(places) > 2]
        if drawn:
            self._shape(drawn, fill=fill, closed=True)

    def _shape(
        self, courses: Sequence[Sequence[Place]] | Path, *, fill: str = NOTHING, stroke: str = NOTHING, width: float = 1.0,
        opacity: float = 1.0, dashes: str = "", closed: bool = False,
    ) -> None:  # fmt: skip
        known(fill.removeprefix(HATCHED))
        known(stroke)
        self.group.artists.append(Shape(courses, closed, fill, stroke, width, opacity, dashes))

    def ring(self, x: float, y: float, radius: float, *, stroke: str, width: float = 2.0, fill: str = NOTHING) -> None:
        """A circle, empty unless it is said what fills it."""
        self._shape(Path.circle((x, y), radius), fill=fill, stroke=stroke, width=width)

    def dots(self, places: Sequence[Place], radius: float, *, fill: str, opacity: float = 1.0) -> None:
        """Small discs, drawn as one."""
        self.markers("o", places, radius, colour=fill, edge=0.0, opacity=opacity)

    def marker(self, letter: str, x: float, y: float, radius: float, *, colour: str, hollow: bool = False) -> None:
        """The mark of a look, full or hollow: a hollow one covers what lies below it."""
        edge = _HOLLOW_EDGE if hollow else _FULL_EDGE
        self.markers(letter, [(x, y)], radius, colour=colour, fill="page" if hollow else colour, edge=edge)

    def markers(
        self, letter: str, places: Sequence[Place], radius: float, *, colour: str, fill: str = "", edge: float = 1.0,
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """Marks of matplotlib by their letter, all alike and drawn as one."""
        if places:
            known(colour)
            known(fill or colour)
            self.group.artists.append(Marks(letter, places, radius, colour, fill or colour, edge, opacity))

    def text(  # noqa: PLR0913 - all of it is said by name
        self, words: str | Sequence[str], x: float, y: float, *, size: float = TICK, fill: str = "ink",
        anchor: Anchor = "start", bold: bool = False, middle: bool = False, inside: bool = False, turned: bool = False,
    ) -> Box:  # fmt: skip
        """Words, in one line or several: `y` is the baseline of the first or, with `middle`, the middle of all.

        With `inside` they stand on a mark and not on the page; `turned`, in one line, they are read from below upwards.
        """
        lines = [words] if isinstance(words, str) else list(words)
        baseline = first_baseline(lines, y, size) if middle else y
        layer = self.inside(_INSIDE) if inside else self
        layer = layer.inside(_LINES) if len(lines) > 1 else layer
        known(fill)
        for at, line in enumerate(lines):
            place = x, baseline + at * LINE * size
            layer.group.artists.append(Words(line.replace("\n", " "), place, fill, size, bold, anchor, turned))
        box = box_of(lines, x, baseline, size, anchor, bold=bold)
        room = turned_about(box, x, baseline) if turned else box
        self.sheet.boxes.append(room)
        return room

    def patch(self, box: Box, *, fill: str = "page", gap: float = 2.0) -> None:
        """A ground for words that stand over something."""
        wide, high = box.right - box.left + 2 * gap, box.bottom - box.top + gap
        self.rect(box.left - gap, box.top - gap / 2, wide, high, fill=fill)


class Sheet(Layer):
    """A whole picture, as wide as was asked for; its height is known when it is drawn."""

    def __init__(self, width: float) -> None:
        """Make an empty one."""
        super().__init__(Group({}), None)
        self.width = width
        self.height = 0.0
        self.boxes: list[Box] = []
        """The room of every text so far."""
        self.told: dict[str, str] = {}
        """What the page's script is told of the picture: name of the data -> its text."""

    @property
    def sheet(self) -> Sheet:
        """Itself."""
        return self

    def hatch(self, token: str) -> str:
        """What fills an area with thin lines of this colour: what does not work yet, or was not measured."""
        return HATCHED + token

    def drawn(self, prefix: str, colour: Callable[[str], str]) -> ET.Element:
        """The picture as it is now, as SVG whose ids begin with `prefix`; `colour` says what is written for a token."""
        ink = Ink(self.width, self.height, prefix, colour)
        self.group.draw(ink, ink.root)
        return ink.finish()


def _rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Path:
    """A rectangle with round corners."""
    corners = [
        ((left + radius, top), Path.MOVETO),
        ((right - radius, top), Path.LINETO), ((right, top), Path.CURVE3), ((right, top + radius), Path.CURVE3),
        ((right, bottom - radius), Path.LINETO), ((right, bottom), Path.CURVE3), ((right - radius, bottom), Path.CURVE3),
        ((left + radius, bottom), Path.LINETO), ((left, bottom), Path.CURVE3), ((left, bottom - radius), Path.CURVE3),
        ((left, top + radius), Path.LINETO), ((left, top), Path.CURVE3), ((left + radius, top), Path.CURVE3),
        ((left + radius, top), Path.CLOSEPOLY),
    ]  # fmt: skip
    places, codes = zip(*corners, strict=True)
    return Path(places, codes)


def turned_about(box: Box, x: float, y: float) -> Box:
    """The room of words that are turned about their place so that they are read upwards."""
    return Box(x + box.top - y, y - (box.right - x), x + box.bottom - y, y - (box.left - x))
