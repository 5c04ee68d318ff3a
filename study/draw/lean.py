"""A drawing as small as a page of hundreds of them needs it; whoever looks at it sees the same.

What marks are of is said where the page's script asks for it, and nowhere else. How things are painted, and what shape marks
have, the page says once for all its drawings: a drawing names it. Numbers have one digit, a tenth of a pixel.
"""

from __future__ import annotations

import functools
import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Iterator, Mapping

_SVG = "{http://www.w3.org/2000/svg}"
_G, _TEXT, _PATH, _USE, _DEFS, _PATTERN, _ROOT = (
    f"{_SVG}{name}" for name in ("g", "text", "path", "use", "defs", "pattern", "svg")
)
_SAID = frozenset({f"{_SVG}title", f"{_SVG}desc"})
_HOLD = frozenset({_ROOT, _G, _DEFS, _PATTERN})
_ASKED_FOR = frozenset({"case"})
"""Kinds of marks that the page's script looks for by what they are of."""
_NAMES, _TIP = ("data-mark", "data-of"), "data-tip"
_LINES = "lines"
"""The class of lines that are one text: a page has no use for it."""
_USUAL: Mapping[str, str] = MappingProxyType(
    {
        "fill": "",
        "fill-opacity": "1",
        "stroke": "none",
        "stroke-opacity": "1",
        "stroke-width": "1",
        "stroke-dasharray": "none",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
        "font-size": "",
        "font-weight": "400",
        "text-anchor": "start",
    }
)
"""How an element is painted of which nothing is said; '' where it is always said."""
_OF_FILL = ("fill-opacity",)
_OF_STROKE = tuple(name for name in _USUAL if name.startswith("stroke-"))
_OF_WORDS = ("font-size", "font-weight", "text-anchor")
_PIXELS = frozenset({"font-size"})
"""What has a unit in a style and none in a drawing."""
_PLACES = ("x", "y")
_DIGITS, _DIGITS_OF_SHAPES = 1, 2
_NUMBERS: Mapping[str, int] = MappingProxyType({"M": 2, "L": 2, "Q": 4, "C": 6})
"""Letters of a path, and how many numbers each takes."""


class Shared(NamedTuple):
    """What drawings name and a page says: name of a shape -> its outline; name of a paint -> its style."""

    shapes: dict[str, str]
    paints: dict[str, str]


def leaned(root: ET.Element) -> Shared:
    """Make a drawing lean where it stands; what the page has to say for it."""
    shared = Shared({}, {})
    root.attrib.pop("version", None)
    for group in root.iter(_G):
        if group.get("class") == _LINES:
            del group.attrib["class"]
        if group.get("data-mark") not in _ASKED_FOR:
            for name in _NAMES:
                group.attrib.pop(name, None)
    _take_shapes(root, shared.shapes)
    _dissolve(root)
    _take_paints(root, _USUAL, shared.paints)
    for element in root.iter():
        for name in _PLACES:
            if name in element.attrib:
                element.set(name, _rounded(element.attrib[name], _DIGITS))
        if "d" in element.attrib:
            element.set("d", packed(element.attrib["d"], _DIGITS))
    return shared


def _name(letter: str, said: str) -> str:
    """A name that is the same for the same in every drawing, and another one for all else."""
    return f"{letter}{zlib.crc32(said.encode()):08x}"


def _take_shapes(root: ET.Element, shapes: dict[str, str]) -> None:
    """Outlines of marks leave the drawing, and what used them uses the page's."""
    renamed: dict[str, str] = {}
    for definitions in root.iter(_DEFS):
        for path in [child for child in definitions if child.tag == _PATH]:
            outline = packed(path.get("d", ""), _DIGITS_OF_SHAPES)
            name = _name("m", outline)
            renamed[f"#{path.get('id')}"] = f"#{name}"
            shapes[name] = outline
            definitions.remove(path)
    for element in root.iter(_USE):
        element.set("href", renamed[element.get("href", "")])


def _dissolve(element: ET.Element) -> None:
    """Without groups that say nothing, or only what the one thing in them can say, and without empty definitions."""
    kept: list[ET.Element] = []
    for child in element:
        if child.tag in _HOLD:
            _dissolve(child)
        if child.tag == _G and not child.attrib:
            kept.extend(child)
        elif child.tag == _G and len(child) == 1 and set(child.attrib) == {_TIP} and _TIP not in child[0].attrib:
            child[0].set(_TIP, child.attrib[_TIP])
            kept.append(child[0])
        elif len(child) or child.tag not in _HOLD:
            kept.append(child)
    element[:] = kept


def _take_paints(element: ET.Element, inherited: Mapping[str, str], paints: dict[str, str]) -> None:
    """How things are painted leaves the drawing; each names its paint."""
    attributes = element.attrib
    own = {name: attributes.pop(name) for name in _USUAL if name in attributes}
    told = {**inherited, **own} if own else inherited
    if element.tag in _HOLD:
        for child in element:
            _take_paints(child, told, paints)
    elif element.tag not in _SAID:
        name, style = _paint(element.tag, tuple(told.values()))
        paints[name] = style
        attributes["class"] = name


@functools.lru_cache(maxsize=2**12)
def _paint(tag: str, told: tuple[str, ...]) -> tuple[str, str]:
    """The name and the style of how an element is painted of which this is told, in the order of what is usual."""
    style = ";".join(f"{name}:{value}" for name, value in _painted(tag, dict(zip(_USUAL, told, strict=True))))
    return _name("p", style), style


def _painted(tag: str, told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What decides how an element looks, and is not as usual."""
    wanted = ["fill", "stroke"]
    if told["fill"] != "none":
        wanted += _OF_FILL
    if told["stroke"] != "none":
        wanted += _OF_STROKE
    if tag == _TEXT:
        wanted += _OF_WORDS
    for name in wanted:
        if told[name] != _USUAL[name]:
            yield name, f"{told[name]}px" if name in _PIXELS else told[name]


@functools.lru_cache(maxsize=2**14)
def _rounded(number: str, digits: int) -> str:
    text = f"{float(number):.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def packed(outline: str, digits: int) -> str:
    """A path without what can be left out: digits, blanks beside letters and minus signs, what a line does not change."""
    tokens = iter(outline.split())
    parts: list[str] = []
    said, at = "", ("", "")
    for token in tokens:
        numbers = tuple(_rounded(next(tokens), digits) for _ in range(_NUMBERS.get(token, 0)))
        letter, was = token, at
        at = (*at, *numbers)[-2], (*at, *numbers)[-1]
        if letter == "L" and at[0] == was[0]:
            letter, numbers = "V", numbers[1:]
        elif letter == "L" and at[1] == was[1]:
            letter, numbers = "H", numbers[:1]
        if letter != said:
            parts.append(letter)
        elif numbers[0][0] != "-":
            parts.append(" ")
        parts.append(" ".join(numbers).replace(" -", "-"))
        said = {"M": "L", "z": ""}.get(letter, letter)  # after a move numbers alone are those of a line
    return "".join(parts)
