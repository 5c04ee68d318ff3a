"""A figure as a reader sees it: its marks in the numbers of its axes, which are read from the labelled ticks alone."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tests.drawn import shapes_of, texts_of
from tests.elements import text_of

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
HOLLOW = "var(--page)"
"""What fills a hollow mark: the ground of the page."""
UNITS = {
    "": 1.0, "%": 0.01, "s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9,
    "×": 1.0, "B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "CPUs": 1.0,
}  # fmt: skip
_TICK = re.compile(r"([−\-]?[\d\u202f.]+)\s*(\S*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: what its ticks say, and where they stand."""

    labels: tuple[str, ...]
    places: tuple[float, ...]
    said: str

    @property
    def values(self) -> list[float]:
        """The numbers of the ticks, in the basic unit."""
        found = []
        for label in self.labels:
            match = _TICK.fullmatch(label)
            assert match is not None, label
            found.append(float(match[1].replace("\u202f", "").replace("−", "-")) * UNITS[match[2]])
        return found

    def at(self, place: float) -> float:
        """The number at a place."""
        values = np.array(self.values)
        assert len(values) >= 2, f"an axis with the ticks {self.labels}"
        straight = _line(self.places, values, place)
        bent = _line(self.places, np.log(values), place) if bool((values > 0).all()) else (math.nan, math.inf)
        if len(values) > 2:
            assert min(straight[1], bent[1]) < 0.02, f"the ticks {self.labels} stand on no scale"
            is_log = bent[1] < straight[1]
        else:
            is_log = "log scale" in self.said
        return math.exp(bent[0]) if is_log else straight[0]

    def near(self, place: float) -> str:
        """The label of the tick that is nearest."""
        return min(zip(self.labels, self.places, strict=True), key=lambda tick: abs(tick[1] - place))[0]


def _line(places: tuple[float, ...], values: np.ndarray, place: float) -> tuple[float, float]:
    """What a straight line through the ticks says at a place, and how far from it they stand, of their distance."""
    slope, start = np.polyfit(places, values, 1)
    off = np.abs(slope * np.array(places) + start - values).max() / max(float(np.ptp(values)), 1e-300)
    return float(slope * place + start), float(off)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark: `kind`, what it is of, and its points on the paper; `visible` says whether ink is there."""

    kind: str
    of: str
    points: tuple[tuple[float, float], ...]
    colour: str
    tip: str
    visible: bool
    hollow: bool


@dataclass(slots=True)
class Axes:
    """One pair of axes with what is drawn in it."""

    x: Scale
    y: Scale
    marks: list[Seen] = field(default_factory=list)
    texts: list[tuple[str, float, float]] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, Seen]:
        """The marks of one kind, by what they are of."""
        found = [mark for mark in self.marks if mark.kind == kind]
        named = {mark.of: mark for mark in found}
        assert len(named) == len(found), f"two marks of one name among {sorted(mark.of for mark in found)}"
        return named

    def row_text(self, place: float) -> list[str]:
        """The texts at this height, from left to right."""
        here = [text for text in self.texts if abs(text[2] - 3.0 - place) < 6.0]
        return [text for text, _, _ in sorted(here, key=lambda text: text[1])]

    def title_above(self, place: float) -> str:
        """The title of the rows among which this height lies: the nearest one above that begins at the left edge; or ''."""
        above = [text for text in self.texts if text[1] == 0.0 and text[2] < place]
        return max(above, key=lambda text: text[2], default=("", 0.0, 0.0))[0]


class Figure:
    """A figure of the page."""

    def __init__(self, element: ET.Element) -> None:
        """Read it."""
        self.element = element
        self.id = element.get("id", "")
        strong, small = element.find("figcaption/strong"), element.find("figcaption/small")
        self.title = text_of(strong)
        self.subtitle = text_of(small)

    @cached_property
    def svg(self) -> ET.Element:
        """The picture."""
        return next(self.element.iter(f"{SVG}svg"))

    @cached_property
    def axes(self) -> list[Axes]:
        """Every pair of axes of the picture, in its order."""
        return [_axes(group) for group in self.svg.iter(f"{SVG}g") if group.get("data-mark") == "axes"]

    @property
    def only(self) -> Axes:
        """Its axes, where there is one pair."""
        (axes,) = self.axes
        return axes

    @property
    def description(self) -> str:
        """The words for those who cannot see it."""
        return text_of(self.svg.find(f"{SVG}desc"))

    def _all(self, kind: str) -> dict[str, tuple[Axes, Seen]]:
        return {name: (axes, mark) for axes in self.axes for name, mark in axes.of(kind).items()}

    def row(self, name: str) -> tuple[float, float, float]:
        """(Low, point, high) of a row, in the numbers of its axis; the bar lies at the height of its mark."""
        axes, point = self._all("point")[name]
        _, bar = self._all("interval")[name]
        (x, y) = point.points[0]
        assert point.visible, f"the mark of {name} is not to be seen"
        assert bar.visible, f"the bar of {name} is not to be seen"
        assert {round(height, 1) for _, height in bar.points} == {round(y, 1)}, name
        low, high = sorted(axes.x.at(place) for place, _ in bar.points)
        return low, axes.x.at(x), high

    def dots(self, name: str) -> list[float]:
        """The small dots of a row, in their order."""
        axes, dots = self._all("means")[name]
        (_, y) = self._all("point")[name][1].points[0]
        assert {round(height, 1) for _, height in dots.points} == {round(y, 1)}, name
        return [axes.x.at(x) for x, _ in dots.points]

    def curve(self, name: str) -> tuple[float, float, float]:
        """(Low, point, high) of a point of a curve, in the numbers of the upright axis."""
        axes, point = self._all("point")[name]
        _, bar = self._all("interval")[name]
        (x, y) = point.points[0]
        assert point.visible, f"the mark of {name} is not to be seen"
        assert bar.visible, f"the bar of {name} is not to be seen"
        assert {round(place, 1) for place, _ in bar.points} == {round(x, 1)}, name
        low, high = sorted(axes.y.at(height) for _, height in bar.points)
        return low, axes.y.at(y), high

    def x_of(self, name: str) -> float:
        """Where a point of a curve stands on the lying axis."""
        axes, point = self._all("point")[name]
        return axes.x.at(point.points[0][0])

    def names(self, kind: str = "point") -> list[str]:
        """What the marks of a kind are of, in the order of drawing."""
        return [mark.of for axes in self.axes for mark in axes.marks if mark.kind == kind]

    def mark(self, kind: str, name: str) -> Seen:
        """One mark."""
        return self._all(kind)[name][1]

    def axes_of(self, kind: str, name: str) -> Axes:
        """The axes in which a mark stands."""
        return self._all(kind)[name][0]


def _axes(group: ET.Element) -> Axes:
    made = Axes(_scale(group, "xtick", 0), _scale(group, "ytick", 1))
    for element in group.iter(f"{SVG}g"):
        kind = element.get("data-mark", "")
        if kind and kind not in {"xtick", "ytick", "axes"}:
            made.marks.append(_seen(element, kind))
    for lines in texts_of(group):
        heights = [float(line.get("y", "nan")) for line in lines]
        said = " ".join(text_of(line) for line in lines)
        made.texts.append((said, float(lines[0].get("x", "nan")), math.fsum(heights) / len(heights)))
    return made


def _scale(group: ET.Element, kind: str, direction: int) -> Scale:
    """The ticks of an axis: each label, and the place of its line or, without one, of the label itself."""
    labels, places, said = [], [], ""
    for axis in group.iter(f"{SVG}g"):
        ticks = [child for child in axis if child.get("data-mark") == kind]
        if not ticks:
            continue
        for tick in ticks:
            text = next(tick.iter(f"{SVG}text"))
            line = next(tick.iter(f"{SVG}path"), None)
            labels.append(text_of(text))
            label_at = float(text.get("x" if direction == 0 else "y", "nan"))
            places.append(label_at if line is None else _numbers(line.get("d", ""))[direction])
        said = " ".join(text_of(child) for child in axis if child.get("data-mark") != kind)
    return Scale(tuple(labels), tuple(places), said)


def _numbers(path: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(path)]


def _seen(element: ET.Element, kind: str) -> Seen:
    shapes = shapes_of(element)
    uses = [shape for shape in shapes if shape.tag == f"{SVG}use"]
    paths = [shape for shape in shapes if shape.tag == f"{SVG}path"]
    if kind in {"point", "means"}:
        points = [(float(use.get("x", "nan")), float(use.get("y", "nan"))) for use in uses]
    else:
        numbers = [number for path in paths for number in _numbers(path.get("d", ""))]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
    ink = [shape.get("stroke", "none") for shape in shapes] + [shape.get("fill", "none") for shape in shapes]
    inked = [name for name in ink if name != "none"]
    thin = kind == "interval" and any(float(path.get("stroke-width", "1")) < 1.0 for path in paths)
    return Seen(
        kind=kind,
        of=element.get("data-of", ""),
        points=tuple(points),
        colour=inked[0] if inked else "none",
        tip=element.get("data-tip", ""),
        visible=bool(inked) and not thin,
        hollow=kind == "point" and all(use.get("fill") == HOLLOW for use in uses),
    )
