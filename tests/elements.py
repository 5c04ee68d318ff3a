"""Elements of the page: the text in them, and their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET


def text_of(element: ET.Element | None) -> str:
    """All text in it, blanks made one; '' for none."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def has_class(element: ET.Element, name: str) -> bool:
    """Whether one of its classes is this."""
    return name in element.get("class", "").split()


def of_class(body: ET.Element, name: str) -> list[ET.Element]:
    """Every element of this class, in the order of the page."""
    return [element for element in body.iter() if has_class(element, name)]
