"""matplotlib's SVG, made fit for a page or for paper: no styles, no metadata, ids of its own, colours by their tokens."""

from __future__ import annotations

import functools
import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from study.draw.lean import leaned
from study.draw.style import FAMILY, INKS, styled
from study.draw.tokens import COLOURS, POINTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from study.draw.canvas import Sheet
    from study.draw.lean import Shared

SVG = "http://www.w3.org/2000/svg"
LINES, INSIDE = "lines", "inside"
"""Ids of groups that become classes: lines of one text; words on a mark, which have its colour behind them."""
_XLINK = "{http://www.w3.org/1999/xlink}href"
_GROUP, _TEXT, _DEFINITIONS = f"{{{SVG}}}g", f"{{{SVG}}}text", f"{{{SVG}}}defs"
_DROPPED = {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}
_PRESENTATION = re.compile(r"fill|stroke|opacity|text-anchor|font-size|font-weight|font-style")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_MEASURED = ("d", "transform", "x", "y")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PAINTED = ("fill", "stroke")
_MARK, _BETWEEN = "mark", "\u241f"
_SAID = ("data-mark", "data-of", "data-tip")
_TOKENS = {paint: token for token, paint in INKS.items()}


def mark(kind: str, names: Iterable[str], tip: str = "") -> str:
    """The id of a mark, from which its `data-mark`, `data-of` and `data-tip` are made."""
    return _BETWEEN.join((_MARK, kind, " | ".join(names), tip))


def for_paper(sheet: Sheet) -> str:
    """The picture as a file of its own, in points, without what only a pointer asks for."""
    root = _rendered(sheet, lambda token: COLOURS[token].light)
    root.set("width", f"{sheet.width * POINTS:g}pt")
    root.set("height", f"{sheet.height * POINTS:g}pt")
    _renumber(root, "i")
    for element in root.iter():
        for name in (*_SAID, "class"):
            element.attrib.pop(name, None)
        if element.tag == _TEXT:
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
    root = _rendered(sheet, lambda token: f"var(--{token})")
    root.set("width", f"{sheet.width:g}")
    root.set("height", f"{sheet.height:g}")
    _renumber(root, prefix)
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


def _rendered(sheet: Sheet, colour: Callable[[str], str]) -> ET.Element:
    """The picture as an SVG tree: styles are attributes, so that no policy of the page can take them away."""
    buffer = io.StringIO()
    with styled():
        sheet.write(buffer)
    # The text is our own, just written by matplotlib from text that was cleaned: no foreign XML is read here.
    root = ET.fromstring(buffer.getvalue())  # noqa: S314
    for element in root.iter():
        _plain(element)
        _named(element)
        for name in _PAINTED:
            paint = element.get(name, "").lower()
            if paint in _TOKENS:
                element.set(name, colour(_TOKENS[paint]))
    _pruned(root)
    root.set("viewBox", f"0 0 {sheet.width:g} {sheet.height:g}")
    root.set("stroke-linejoin", "round")
    return root


def _plain(element: ET.Element) -> None:
    """Styles as attributes, links without a namespace, numbers of two digits, no blanks between elements."""
    attributes = element.attrib
    if "style" in attributes:
        attributes.update(_attributes(attributes.pop("style")))
    if _XLINK in attributes:
        attributes["href"] = attributes.pop(_XLINK)
    if attributes.get("transform", "").startswith(("rotate(0 ", "rotate(-0 ")):
        del attributes["transform"]
    for name in _MEASURED:
        if name in attributes:
            said = _LONG_NUMBER.sub(lambda found: _shorter(found[0]), attributes[name])
            attributes[name] = " ".join(said.split())
    if element.text is not None and not element.text.strip():
        element.text = None
    element.tail = None


@functools.lru_cache(maxsize=4096)
def _attributes(style: str) -> tuple[tuple[str, str], ...]:
    """What a style says, as attributes."""
    said = (tuple(part.strip() for part in declaration.partition(":")[::2]) for declaration in style.split(";"))
    return tuple(
        (name, value.removesuffix("px"))
        for name, value in said
        if _PRESENTATION.match(name) and name != "stroke-dashoffset"
    )


def _named(element: ET.Element) -> None:
    """What the ids of our groups say becomes data of the page or a class; the ids of all other groups go."""
    if element.tag != _GROUP:
        return
    gid = element.attrib.pop("id", "")
    marked = gid.split(_BETWEEN, 3)
    if marked[0] == _MARK:
        said = dict(zip(_SAID, marked[1:], strict=True))
        element.attrib |= {name: value for name, value in said.items() if value}
    elif gid in {LINES, INSIDE}:
        element.set("class", gid)


def _pruned(element: ET.Element) -> None:
    """Without what a page does not need: metadata, styles, what defines nothing, groups that say nothing."""
    kept: list[ET.Element] = []
    for child in element:
        if child.tag in _DROPPED:
            continue
        _pruned(child)
        if child.tag == _GROUP and not child.attrib:
            kept.extend(child)
        elif len(child) or child.tag != _DEFINITIONS:
            kept.append(child)
    element[:] = kept


@functools.lru_cache(maxsize=2**14)
def _shorter(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(root: ET.Element) -> str:
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode") + "\n"


def _renumber(root: ET.Element, prefix: str) -> None:
    """Ids by order of appearance, only where something refers to them: the page has one owner of each id."""
    used = {
        found for element in root.iter() for name in _PAINTED for found in _REFERENCE.findall(element.get(name, ""))
    }
    used |= {element.attrib["href"][1:] for element in root.iter() if element.get("href", "").startswith("#")}
    names: dict[str, str] = {}
    for element in root.iter():
        old = element.attrib.pop("id", "")
        if old in used:
            names[old] = f"{prefix}-{len(names) + 1}"
            element.set("id", names[old])
    for element in root.iter():
        if element.get("href", "").startswith("#"):
            element.set("href", f"#{names[element.attrib['href'][1:]]}")
        for name in _PAINTED:
            if "url(#" in element.get(name, ""):
                element.set(name, _REFERENCE.sub(lambda match: f"url(#{names[match[1]]})", element.attrib[name]))
