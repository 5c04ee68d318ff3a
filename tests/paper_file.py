"""A PDF as a reader's program has it: words and their places, the outline, links, the tree of tags, the files inside."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pdfplumber
from pdfminer import pdftypes, utils

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOP_PT, BOTTOM_PT = 27 / 25.4 * 72, 26 / 25.4 * 72
"""Margins, above and below."""


@dataclass(frozen=True)
class Tag:
    """An element of the tree of tags."""

    kind: str
    attributes: dict[str, Any]
    alt: str
    below: tuple[Tag, ...]

    def walk(self) -> Iterator[Tag]:
        """It, and all below it."""
        yield self
        for tag in self.below:
            yield from tag.walk()


class PaperFile:
    """One PDF."""

    def __init__(self, path: Path) -> None:
        """Open it; nothing is read before it is asked for."""
        self.path = path
        self.pdf = pdfplumber.open(io.BytesIO(path.read_bytes()))

    @cached_property
    def pages(self) -> list[Any]:
        """As pdfplumber has them."""
        return list(self.pdf.pages)

    @cached_property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        return {name: str(value) for name, value in self.pdf.metadata.items()}

    def words(self, number: int) -> list[dict[str, Any]]:
        """The words of a page, the first being 0: 'text', and 'x0', 'x1', 'top' and 'bottom' in points."""
        return list(self.pages[number].extract_words())

    def text(self, number: int) -> str:
        """The words of a page, one after the other."""
        return " ".join(word["text"] for word in self.words(number))

    def full(self, number: int) -> float:
        """How far down the ink of a page reaches, as a share of what lies between its margins; the first page is 0."""
        page = self.pages[number]
        end = page.height - BOTTOM_PT
        ink = (*self.words(number), *page.lines, *page.rects, *page.curves, *page.images)
        lowest = max((mark["bottom"] for mark in ink if mark["bottom"] <= end + 1), default=TOP_PT)
        return float((lowest - TOP_PT) / (end - TOP_PT))

    @cached_property
    def outline(self) -> list[tuple[int, str, int]]:
        """Level, title and page of each bookmark."""
        found = []
        for level, title, dest, action, _ in self.pdf.doc.get_outlines():
            led = dest if dest is not None else pdftypes.resolve1(action).get("D")
            found.append((level, str(title), self._page_of(led)))
        return found

    def links(self, number: int) -> list[tuple[str, int]]:
        """The words of each link of a page that leads into the file, and the page that it leads to."""
        page, found = self.pages[number], []
        for annotation in pdftypes.resolve1(page.page_obj.attrs.get("Annots")) or ():
            data = pdftypes.resolve1(annotation)
            action = pdftypes.resolve1(data.get("A")) or {}
            led = data.get("Dest") or action.get("D")
            if led is None:
                continue
            x0, y0, x1, y1 = (float(end) for end in pdftypes.resolve1(data["Rect"]))
            inside = [
                word["text"]
                for word in self.words(number)
                if x0 - 1 <= (word["x0"] + word["x1"]) / 2 <= x1 + 1
                and page.height - y1 - 1 <= (word["top"] + word["bottom"]) / 2 <= page.height - y0 + 1
            ]
            found.append((" ".join(inside), self._page_of(led)))
        return found

    @cached_property
    def addresses(self) -> set[str]:
        """Where the links lead that leave the file."""
        found = set()
        for page in self.pages:
            for annotation in pdftypes.resolve1(page.page_obj.attrs.get("Annots")) or ():
                action = pdftypes.resolve1(pdftypes.resolve1(annotation).get("A")) or {}
                if "URI" in action:
                    found.add(pdftypes.resolve1(action["URI"]).decode())
        return found

    @cached_property
    def tags(self) -> Tag:
        """The tree, from its root."""
        root = pdftypes.resolve1(self.pdf.doc.catalog["StructTreeRoot"])
        return Tag("", {}, "", tuple(self._below(root)))

    @cached_property
    def attachments(self) -> dict[str, bytes]:
        """Name of a file inside -> what it holds."""
        names = pdftypes.resolve1(pdftypes.resolve1(self.pdf.doc.catalog["Names"])["EmbeddedFiles"])
        found = {}
        for spec in self._leaves(names):
            data = pdftypes.resolve1(pdftypes.resolve1(spec["EF"])["F"]).get_data()
            found[utils.decode_text(pdftypes.resolve1(spec.get("UF") or spec["F"]))] = data
        return found

    def _leaves(self, node: Any) -> Iterator[Any]:
        entries = pdftypes.resolve1(node.get("Names")) or []
        yield from (pdftypes.resolve1(spec) for spec in entries[1::2])
        for kid in pdftypes.resolve1(node.get("Kids")) or ():
            yield from self._leaves(pdftypes.resolve1(kid))

    def _below(self, node: Any) -> Iterator[Tag]:
        kids = pdftypes.resolve1(node.get("K"))
        for kid in kids if isinstance(kids, list) else [kids]:
            own = pdftypes.resolve1(kid)
            if isinstance(own, dict) and "S" in own:
                alt = own.get("Alt")
                yield Tag(
                    own["S"].name,
                    _attributes(own),
                    utils.decode_text(pdftypes.resolve1(alt)) if alt else "",
                    tuple(self._below(own)),
                )

    def _page_of(self, dest: Any) -> int:
        """The number of the page, the first being 0; -1 of one that is not there."""
        led = pdftypes.resolve1(dest)
        if isinstance(led, bytes | str) or hasattr(led, "name"):
            led = pdftypes.resolve1(self.pdf.doc.get_dest(getattr(led, "name", led)))
        if isinstance(led, dict):
            led = pdftypes.resolve1(led["D"])
        ids = [page.page_obj.pageid for page in self.pages]
        return ids.index(led[0].objid) if led[0].objid in ids else -1


def _attributes(own: Any) -> dict[str, Any]:
    given = pdftypes.resolve1(own.get("A")) or []
    found: dict[str, Any] = {}
    for attributes in given if isinstance(given, list) else [given]:
        for name, value in pdftypes.resolve1(attributes).items():
            known = pdftypes.resolve1(value)
            found[name] = known.name if hasattr(known, "name") else known
    return found
