"""matplotlib's SVG, made fit for a page: no styles, no metadata, ids of its own, colours by name."""

from __future__ import annotations

import copy
import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from study.draw.style import colours, styled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.figure import Figure

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_DROPPED = {f"{{{_SVG}}}{name}" for name in ("metadata", "style")}
_PRESENTATION = re.compile(r"(fill|stroke|clip|opacity|text-anchor|font-size|font-weight|font-style|marker)")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_MARK, _BETWEEN = "mark", "\u241f"
_PLACES = re.compile(r"(axes)_\d+|([xy]tick)_\d+")


def mark(kind: str, names: Iterable[str], tip: str = "") -> str:
    """The id of a mark, from which the page's `data-mark`, `data-of` and `data-tip` are made.

    Parameters
    ----------
    kind : 'point', 'interval', 'means', 'course', 'reference', 'band', 'ideal' or 'capacity'.
    names : what the mark is of, as the table behind the figure names it; a reference by its label.
    tip : what is shown beside the mark when it is pointed at, '' for nothing.
    """
    return _BETWEEN.join((_MARK, kind, " | ".join(names), tip))


def rendered(figure: Figure) -> ET.Element:
    """The figure as an SVG tree: styles are attributes, so that no policy of the page can take them away."""
    buffer = io.StringIO()
    with styled():
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    # The text is our own, just written by matplotlib from text that was cleaned: no foreign XML is read here.
    root = ET.fromstring(buffer.getvalue())  # noqa: S314
    _prune(root)
    _attributes_for_styles(root)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    return root


def for_paper(root: ET.Element, width_pt: float, height_pt: float) -> str:
    """The picture as a file of its own."""
    root = copy.deepcopy(root)
    root.set("width", f"{width_pt:g}pt")
    root.set("height", f"{height_pt:g}pt")
    _renumber(root, "i")
    for element in root.iter():
        for name in ("data-mark", "data-of", "data-tip"):
            element.attrib.pop(name, None)
        if element.tag == f"{{{_SVG}}}text":
            element.set("font-family", "DejaVu Sans")
    return _text(root)


def for_screen(root: ET.Element, prefix: str, title: str, description: str) -> str:
    """The picture as part of a page: named for those who hear it, coloured by the page's variables."""
    root = copy.deepcopy(root)
    _renumber(root, prefix)
    names: Mapping[str, str] = {colour.light: f"var(--{colour.name})" for colour in colours()}
    for element in root.iter():
        for name in ("fill", "stroke"):
            value = element.get(name, "").lower()
            if value in names:
                element.set(name, names[value])
    heading, text = ET.Element(f"{{{_SVG}}}title"), ET.Element(f"{{{_SVG}}}desc")
    for element, name, content in ((heading, "t", title), (text, "d", description)):
        element.set("id", f"{prefix}-{name}")
        element.text = content
    root.insert(0, text)
    root.insert(0, heading)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-t {prefix}-d")
    return _text(root)


def _text(root: ET.Element) -> str:
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode") + "\n"


def _prune(element: ET.Element) -> None:
    for child in list(element):
        if child.tag in _DROPPED:
            element.remove(child)
        else:
            _prune(child)
            if child.tag == f"{{{_SVG}}}defs" and not len(child):  # it defines nothing
                element.remove(child)


def _attributes_for_styles(root: ET.Element) -> None:
    for element in root.iter():
        style = element.attrib.pop("style", "")
        for declaration in filter(None, (part.strip() for part in style.split(";"))):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if name == "font":
                _font(element, value)
            elif _PRESENTATION.match(name):
                element.set(name, value)
        if _XLINK in element.attrib:
            element.set("href", element.attrib.pop(_XLINK))
        _named(element)
        for name, value in element.attrib.items():
            if name in {"d", "transform", "x", "y", "width", "height", "points"}:
                element.set(name, " ".join(_LONG_NUMBER.sub(_shorter, value).split()))
        if element.text is not None and not element.text.strip():
            element.text = None
        if element.tail is not None and not element.tail.strip():
            element.tail = None


def _named(element: ET.Element) -> None:
    """What the ids of marks, axes and ticks say becomes data of the page; matplotlib's own ids go."""
    gid = element.get("id", "")
    marked, place = gid.split(_BETWEEN, 3), _PLACES.fullmatch(gid)
    if marked[0] == _MARK:
        found = dict(zip(("data-mark", "data-of", "data-tip"), marked[1:], strict=True))
        element.attrib |= {name: value for name, value in found.items() if value}
        del element.attrib["id"]
    elif place is not None:
        element.set("data-mark", place[1] or place[2])


def _shorter(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _font(element: ET.Element, shorthand: str) -> None:
    """`bold 9px 'DejaVu Sans'` -> attributes; the family is the page's."""
    size = re.search(r"([\d.]+)px", shorthand)
    if size:
        element.set("font-size", size[1])
    if "bold" in shorthand or re.search(r"\b[67]00\b", shorthand):
        element.set("font-weight", "bold")


def _renumber(root: ET.Element, prefix: str) -> None:
    """Ids by order of appearance, only where something refers to them: the page has one owner of each id."""
    used = {
        found for element in root.iter() for value in element.attrib.values() for found in _REFERENCE.findall(value)
    }
    used |= {element.attrib["href"][1:] for element in root.iter() if element.get("href", "").startswith("#")}
    names: dict[str, str] = {}
    for element in root.iter():
        old = element.attrib.pop("id", "")
        if old in used:
            names[old] = f"{prefix}-{len(names) + 1}"
            element.set("id", names[old])
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "href" and value.startswith("#"):
                element.set(name, f"#{names[value[1:]]}")
            elif "url(#" in value:
                element.set(name, _REFERENCE.sub(lambda match: f"url(#{names[match[1]]})", value))
