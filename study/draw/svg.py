"""A drawn picture as text: for the page in the page's colours and with ids of its own, for paper as a file."""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from study.draw.canvas import SVG, TOKEN
from study.draw.tokens import COLOURS, POINTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.draw.canvas import Sheet

PAPER_FONT = "DejaVu Sans"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PAINTED = ("fill", "stroke")


def for_paper(sheet: Sheet) -> str:
    """The picture as a file of its own, in points, without what only a pointer asks for."""
    root = _copied(sheet, lambda token: COLOURS[token].light)
    root.set("width", f"{sheet.width * POINTS:g}pt")
    root.set("height", f"{sheet.height * POINTS:g}pt")
    _renumber(root, "i")
    for element in root.iter():
        for name in ("data-mark", "data-of", "data-tip", "class"):
            element.attrib.pop(name, None)
        if element.tag == f"{{{SVG}}}text":
            element.set("font-family", PAPER_FONT)
    return _text(root)


def for_screen(sheet: Sheet, prefix: str, title: str, description: str) -> str:
    """The picture as part of a page, at its own size: named for those who hear it, coloured by the page's variables."""
    root = _copied(sheet, lambda token: f"var(--{token})")
    root.set("width", f"{sheet.width:g}")
    root.set("height", f"{sheet.height:g}")
    _renumber(root, prefix)
    heading, text = ET.Element(f"{{{SVG}}}title"), ET.Element(f"{{{SVG}}}desc")
    for element, name, content in ((heading, "t", title), (text, "d", description)):
        element.set("id", f"{prefix}-{name}")
        element.text = content
    root.insert(0, text)
    root.insert(0, heading)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-t {prefix}-d")
    return _text(root)


def _copied(sheet: Sheet, colour: Callable[[str], str]) -> ET.Element:
    """The picture with each token painted by what `colour` says of it."""
    root = copy.deepcopy(sheet.element)
    root.set("viewBox", f"0 0 {sheet.width:g} {sheet.height:g}")
    for element in root.iter():
        for name in _PAINTED:
            value = element.get(name, "")
            if value.startswith(TOKEN):
                element.set(name, colour(value.removeprefix(TOKEN)))
    return root


def _text(root: ET.Element) -> str:
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode") + "\n"


def _renumber(root: ET.Element, prefix: str) -> None:
    """Ids by order of appearance, only where something is painted with them: the page has one owner of each id."""
    painted = [(element, name, element.get(name, "")) for element in root.iter() for name in _PAINTED]
    used = {found for _, _, value in painted for found in _REFERENCE.findall(value)}
    names: dict[str, str] = {}
    for element in root.iter():
        old = element.attrib.pop("id", "")
        if old in used:
            names[old] = f"{prefix}-{len(names) + 1}"
            element.set("id", names[old])
    for element, name, value in painted:
        if "url(#" in value:
            element.set(name, _REFERENCE.sub(lambda match: f"url(#{names[match[1]]})", value))
