"""Drawings as texts: fit for a page or for paper, with ids of their own and colours by their tokens."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from study.draw.ink import SVG, TEXT
from study.draw.lean import leaned
from study.draw.style import FAMILY
from study.draw.tokens import COLOURS, POINTS

if TYPE_CHECKING:
    from study.draw.canvas import Sheet
    from study.draw.lean import Shared

_OF_A_PAGE = ("data-mark", "data-of", "data-tip", "class")
"""What is said of groups that only a page asks for."""


def for_paper(sheet: Sheet) -> str:
    """The picture as a file of its own, in points, without what only a pointer asks for."""
    root = sheet.drawn("i", lambda token: COLOURS[token].light)
    root.set("width", f"{sheet.width * POINTS:g}pt")
    root.set("height", f"{sheet.height * POINTS:g}pt")
    for element in root.iter():
        for name in _OF_A_PAGE:
            element.attrib.pop(name, None)
        if element.tag == TEXT:
            element.set("font-family", FAMILY)
    return _text(root)


def for_screen(sheet: Sheet, prefix: str, title: str, description: str) -> str:
    """The picture as part of a page, at its own size: named for those who hear it, coloured by the page's variables."""
    return _text(_on_screen(sheet, prefix, title, description))


def for_page(sheet: Sheet, prefix: str, title: str, description: str, *, said_by: str = "") -> tuple[str, Shared]:
    """The same as lean as it can be, and what the page has to say for it.

    Parameters
    ----------
    said_by : prefix of the drawing in the page that has this title and this description already, '' for none.
    """
    root = _on_screen(sheet, prefix, title, description.removeprefix(f"{title.rstrip('.')}.").strip())
    if said_by:
        root[:] = root[2:]
        root.set("aria-labelledby", f"{said_by}-t {said_by}-d")
    shared = leaned(root)
    return _text(root), shared


def _on_screen(sheet: Sheet, prefix: str, title: str, description: str) -> ET.Element:
    root = sheet.drawn(prefix, lambda token: f"var(--{token})")
    heading, text = ET.Element(f"{{{SVG}}}title"), ET.Element(f"{{{SVG}}}desc")
    for element, name, content in ((heading, "t", title), (text, "d", description)):
        element.set("id", f"{prefix}-{name}")
        element.text = content
    root.insert(0, text)
    root.insert(0, heading)
    for name, said in sheet.told.items():
        root.set(f"data-{name}", said)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-t {prefix}-d")
    return root


def _text(root: ET.Element) -> str:
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode") + "\n"
