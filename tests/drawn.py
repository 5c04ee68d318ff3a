"""A drawn picture as a reader sees it: its words with the room they take, its marks with theirs, its colours."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from study.draw.lettering import Box, box_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        return [_words(element) for element in self.root.iter(f"{SVG}text")]

    @cached_property
    def said(self) -> str:
        """All that is written."""
        return " | ".join(words.text for words in self.words)

    @cached_property
    def marks(self) -> list[Mark]:
        """All marks that have a shape, in the order of drawing; ticks and axes are none."""
        groups = [group for group in self.root.iter(f"{SVG}g") if group.get("data-mark", "axes") not in {"axes", "xtick", "ytick"}]
        return [
            Mark(group.get("data-mark", ""), group.get("data-of", ""), group.get("data-tip", ""), _around(boxes))
            for group in groups
            if (boxes := list(_shapes(group)))
        ]

    def of(self, kind: str) -> dict[str, Mark]:
        """The marks of a kind by what they are of."""
        return {mark.of: mark for mark in self.marks if mark.kind == kind}

    def ticks(self, kind: str = "xtick") -> list[list[tuple[str, float]]]:
        """Of each pair of axes the ticks of this kind: label and place."""
        axes = [group for group in self.root.iter(f"{SVG}g") if group.get("data-mark") == "axes"]
        found = [[_tick(tick, kind) for tick in group.iter(f"{SVG}g") if tick.get("data-mark") == kind] for group in axes]
        return [ticks for ticks in found if ticks]

    @cached_property
    def paints(self) -> set[str]:
        """Whatever something is filled or drawn with, hatching apart."""
        found = {element.get(name, "none") for element in self.root.iter() for name in ("fill", "stroke")}
        return {paint for paint in found if paint != "none" and not paint.startswith("url(")}


def _words(element: ET.Element) -> Words:
    pieces = list(element.iter(f"{SVG}tspan"))
    lines = [piece.text or "" for piece in pieces] or [element.text or ""]
    first = pieces[0] if pieces else element
    x, y, size = (float(first.get("x", "nan")), float(first.get("y", "nan")), float(element.get("font-size", "nan")))
    anchor = cast("Anchor", element.get("text-anchor", "start"))
    box = box_of(lines, x, y, size, anchor, bold=element.get("font-weight") == "bold")
    if "rotate(-90" in element.get("transform", ""):
        box = Box(x + box.top - y, y - (box.right - x), x + box.bottom - y, y - (box.left - x))
    return Words(" ".join(lines), box, size)


def _tick(tick: ET.Element, kind: str) -> tuple[str, float]:
    label, line = next(tick.iter(f"{SVG}text")), next(tick.iter(f"{SVG}path"))
    place = _numbers(line.get("d", ""))[0 if kind == "xtick" else 1]
    return label.text or "", place


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _shapes(group: ET.Element) -> Iterator[Box]:
    for shape in group:
        said = {name: float(shape.get(name, "0")) for name in ("x", "y", "width", "height", "cx", "cy", "r")}
        if shape.tag == f"{SVG}rect":
            yield Box(said["x"], said["y"], said["x"] + said["width"], said["y"] + said["height"])
        elif shape.tag == f"{SVG}circle":
            yield Box(said["cx"] - said["r"], said["cy"] - said["r"], said["cx"] + said["r"], said["cy"] + said["r"])
        elif shape.tag == f"{SVG}path" and shape.get("transform"):
            x, y = _numbers(shape.get("transform", ""))
            yield Box(x, y, x, y)
        elif shape.tag == f"{SVG}path":
            numbers = _numbers(shape.get("d", ""))
            yield Box(min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))


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
