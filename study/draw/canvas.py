"""A picture while it is drawn: shapes and words in colours of tokens, in groups that say what they are a mark of.

matplotlib draws it: its renderer of SVG is given every shape, on a canvas of as many points as the picture has pixels. There is
no figure and there are no axes of matplotlib, of which nothing would be used: every place is a pixel already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.patches import BoxStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from study.draw.artists import HATCHED, NOTHING, Group, Marks, Shape, Words
from study.draw.lettering import LINE, Box, box_of, first_baseline
from study.draw.style import font
from study.draw.svg import INSIDE, LINES, mark
from study.draw.tokens import TICK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal, TextIO

    from study.draw.lettering import Anchor

Place = tuple[float, float]
_FULL_EDGE, _HOLLOW_EDGE = 1.0, 1.6
_ALIGNED: Mapping[Anchor, Literal["left", "center", "right"]] = {"start": "left", "middle": "center", "end": "right"}


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
        return self.inside(mark(kind, names, tip) if kind else "")

    def inside(self, gid: str) -> Layer:
        """A group inside with this id, of which the SVG makes what it says."""
        group = Group(gid)
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
            corners = BoxStyle.Round(pad=0.0, rounding_size=round_by)(x, y, wide, high, 1.0)
        else:
            corners = Path([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)], closed=True)
        self._shape(corners, fill=fill, stroke=stroke, opacity=opacity, dashes=dashes)

    def line(  # noqa: PLR0913 - a line has four numbers
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1.0, dashes: str = "",
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """A straight line."""
        self._shape(Path([(x1, y1), (x2, y2)]), stroke=stroke, width=width, dashes=dashes, opacity=opacity)

    def path(
        self, places: Sequence[Place], *, stroke: str = NOTHING, fill: str = NOTHING, width: float = 1.0,
        dashes: str = "", opacity: float = 1.0, closed: bool = False,
    ) -> None:  # fmt: skip
        """A line from place to place, or the area that it surrounds."""
        if places:
            corners = [*places, places[0]] if closed else list(places)
            shape = Path(corners, closed=closed)
            self._shape(shape, stroke=stroke, fill=fill, width=width, dashes=dashes, opacity=opacity)

    def lines(self, courses: Sequence[Sequence[Place]], *, stroke: str, width: float = 1.0, dashes: str = "") -> None:
        """Many lines, drawn as one."""
        drawn = [Path(list(places)) for places in courses if len(places) > 1]
        if drawn:
            self._shape(Path.make_compound_path(*drawn), stroke=stroke, width=width, dashes=dashes)

    def areas(self, rings: Sequence[Sequence[Place]], *, fill: str) -> None:
        """Areas within these edges, as one shape; an edge in the other direction is that of a hole."""
        drawn = [Path([*places, places[0]], closed=True) for places in rings if len(places) > 2]
        if drawn:
            self._shape(Path.make_compound_path(*drawn), fill=fill)

    def _shape(
        self, shape: Path, *, fill: str = NOTHING, stroke: str = NOTHING, width: float = 1.0, opacity: float = 1.0,
        dashes: str = "",
    ) -> None:  # fmt: skip
        drawn = Shape(
            path=shape, pixels=self.sheet.pixels, fill=fill, stroke=stroke, width=width, opacity=opacity, dashes=dashes
        )
        self.group.artists.append(drawn)

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
            marks = Marks(
                letter=letter, places=places, pixels=self.sheet.pixels, radius=radius, colour=colour,
                fill=fill or colour, edge=edge, opacity=opacity,
            )  # fmt: skip
            self.group.artists.append(marks)

    def text(  # noqa: PLR0913 - all of it is said by name
        self, words: str | Sequence[str], x: float, y: float, *, size: float = TICK, fill: str = "ink",
        anchor: Anchor = "start", bold: bool = False, middle: bool = False, inside: bool = False, turned: bool = False,
    ) -> Box:  # fmt: skip
        """Words, in one line or several: `y` is the baseline of the first or, with `middle`, the middle of all.

        With `inside` they stand on a mark and not on the page; `turned`, in one line, they are read from below upwards.
        """
        lines = [words] if isinstance(words, str) else list(words)
        baseline = first_baseline(lines, y, size) if middle else y
        layer = self.inside(INSIDE) if inside else self
        layer = layer.inside(LINES) if len(lines) > 1 else layer
        for number, line in enumerate(lines):
            written = Words(
                text=line.replace("\n", " "), place=(x, baseline + number * LINE * size), pixels=self.sheet.pixels,
                colour=fill, font=font(size, bold=bold), aligned=_ALIGNED[anchor], angle=90.0 if turned else 0.0,
            )  # fmt: skip
            layer.group.artists.append(written)
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
        super().__init__(Group(), None)
        self.width = width
        self.height = 0.0
        self.boxes: list[Box] = []
        """The room of every text so far."""
        self.told: dict[str, str] = {}
        """What the page's script is told of the picture: name of the data -> its text."""
        self.pixels = Affine2D()
        """From pixels to matplotlib's places, which begin below: set when the height is known."""

    @property
    def sheet(self) -> Sheet:
        """Itself."""
        return self

    def hatch(self, token: str) -> str:
        """What fills an area with thin lines of this colour: what does not work yet, or was not measured."""
        return HATCHED + token

    def write(self, file: TextIO) -> None:
        """The picture as it is now, as SVG of matplotlib."""
        high = max(self.height, 1.0)
        self.pixels.clear().scale(1.0, -1.0).translate(0.0, high)
        renderer: Any = RendererSVG(self.width, high, file, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
        self.group.draw(renderer)
        renderer.finalize()


def turned_about(box: Box, x: float, y: float) -> Box:
    """The room of words that are turned about their place so that they are read upwards."""
    return Box(x + box.top - y, y - (box.right - x), x + box.bottom - y, y - (box.left - x))
