"""A drawn picture as a reader sees it: its words with the room they take, its marks with theirs, its colours."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from study.draw.canvas import turned_about
from study.draw.lettering import Box, box_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.draw.lettering import Anchor

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Words:
    """A text: all of it, with a blank between its lines, and the room that it takes."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: its kind, what it is of, what it says, and the room that its shapes take."""

    kind: str
    of: str
    tip: str
    box: Box


class Picture:
    """One drawing of a figure."""

    def __init__(self, svg: str) -> None:
        """Read it."""
        self.root = ET.fromstring(svg)  # noqa: S314 - our own
        _, _, width, height = (float(part) for part in self.root.get("viewBox", "").split())
        self.width, self.height = width, height

    @cached_property
    def words(self) -> list[Words]:
        """All texts, in the order of drawing."""
        return [_words(lines) for lines in texts_of(self.root)]

    @cached_property
    def said(self) -> str:
        """All that is written."""
        return " | ".join(words.text for words in self.words)

    @cached_property
    def marks(self) -> list[Mark]:
        """All marks that have a shape, in the order of drawing; ticks and axes are none."""
        groups = [
            group
            for group in self.root.iter(f"{SVG}g")
            if group.get("data-mark", "axes") not in {"axes", "xtick", "ytick"}
        ]
        return [
            Mark(group.get("data-mark", ""), group.get("data-of", ""), group.get("data-tip", ""), _around(boxes))
            for group in groups
            if (boxes := [room_of(shape) for shape in shapes_of(group)])
        ]

    def of(self, kind: str) -> dict[str, Mark]:
        """The marks of a kind by what they are of."""
        return {mark.of: mark for mark in self.marks if mark.kind == kind}

    def ticks(self, kind: str = "xtick") -> list[list[tuple[str, float]]]:
        """Of each pair of axes the ticks of this kind: label and place."""
        axes = [group for group in self.root.iter(f"{SVG}g") if group.get("data-mark") == "axes"]
        found = [
            [_tick(tick, kind) for tick in group.iter(f"{SVG}g") if tick.get("data-mark") == kind] for group in axes
        ]
        return [ticks for ticks in found if ticks]

    @cached_property
    def paints(self) -> set[str]:
        """Whatever something is filled or drawn with, hatching apart."""
        found = {element.get(name, "none") for element in self.root.iter() for name in ("fill", "stroke")}
        return {paint for paint in found if paint != "none" and not paint.startswith("url(")}


def texts_of(element: ET.Element) -> Iterator[list[ET.Element]]:
    """Every text in it, in the order of drawing, as the elements of its lines."""
    for child in element:
        if child.tag == f"{SVG}text":
            yield [child]
        elif child.get("class") == "lines":
            yield list(child)
        else:
            yield from texts_of(child)


def _words(lines: Sequence[ET.Element]) -> Words:
    first, said = lines[0], [line.text or "" for line in lines]
    x, y, size = (float(first.get(name, "nan")) for name in ("x", "y", "font-size"))
    anchor = cast("Anchor", first.get("text-anchor", "start"))
    box = box_of(said, x, y, size, anchor, bold=first.get("font-weight") == "700")
    if "rotate(-90" in first.get("transform", ""):
        box = turned_about(box, x, y)
    return Words(" ".join(said), box, size)


def _tick(tick: ET.Element, kind: str) -> tuple[str, float]:
    label, line = next(tick.iter(f"{SVG}text")), next(tick.iter(f"{SVG}path"))
    place = _numbers(line.get("d", ""))[0 if kind == "xtick" else 1]
    return label.text or "", place


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def shapes_of(group: ET.Element) -> list[ET.Element]:
    """What is drawn in a group itself: paths, and marks that are used from where they are defined."""
    return [shape for shape in group if shape.tag in {f"{SVG}path", f"{SVG}use"}]


def room_of(shape: ET.Element) -> Box:
    """The room of a path, whose curves stay within the places that bend them; of a mark its middle."""
    if shape.tag == f"{SVG}use":
        x, y = float(shape.get("x", "nan")), float(shape.get("y", "nan"))
        return Box(x, y, x, y)
    numbers = _numbers(shape.get("d", ""))
    return Box(min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


HALF_A_PIXEL = 0.5


def outside(shown: Picture) -> list[Words]:
    """Words that leave the picture."""
    return [
        words
        for words in shown.words
        if min(words.box.left, words.box.top) < -HALF_A_PIXEL
        or words.box.right > shown.width + HALF_A_PIXEL
        or words.box.bottom > shown.height + HALF_A_PIXEL
    ]


def overlapping(shown: Picture) -> list[tuple[str, str]]:
    """Pairs of words that lie over each other."""
    pairs = itertools.combinations(shown.words, 2)
    return [(one.text, other.text) for one, other in pairs if one.box.meets(other.box, -HALF_A_PIXEL)]


def complaints_of_axes(shown: Picture) -> list[str]:
    """Axes with fewer than three ticks, with two of one name, or in no order."""
    found = []
    for kind in ("xtick", "ytick"):
        for ticks in shown.ticks(kind):
            labels, places = [label for label, _ in ticks], [place for _, place in ticks]
            if len(ticks) < 3:
                found.append(f"too few: {labels}")
            if len(set(labels)) < len(labels):
                found.append(f"alike: {labels}")
            if places not in (sorted(places), sorted(places, reverse=True)):
                found.append(f"in no order: {labels}")
    return found
