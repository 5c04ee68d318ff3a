"""The report as a reader has it: sections, tables, verdicts, badges and choices of the page, and the files beside it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.elements import has_class, text_of
from tests.marks import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in one cell of a table: its text without sign and small text, that, where it links to, what it is sorted by."""

    text: str
    small: str
    href: str
    sort: str

    @property
    def number(self) -> float:
        """What the script of the page sorts it by."""
        return float(self.sort)


class Table:
    """A table of the page."""

    def __init__(self, element: ET.Element) -> None:
        """Read it."""
        self.element = element
        self.id = element.get("id", "")
        self.caption = text_of(element.find("caption"))
        self.heads = [text_of(head) for head in element.iterfind("thead/tr/th")]
        self.numeric = [has_class(head, "num") for head in element.iterfind("thead/tr/th")]
        self.rows = [dict(zip(self.heads, self._items(row), strict=True)) for row in element.iterfind("tbody/tr")]

    @staticmethod
    def _items(row: ET.Element) -> Iterator[Item]:
        for cell in row.iterfind("td"):
            small, link = cell.find("small"), cell.find(".//a")
            whole, aside = text_of(cell), text_of(small)
            text = whole.removesuffix(aside).strip() if aside else whole
            text = text.removeprefix(text_of(cell.find("abbr"))).strip()
            sort = cell.get("data-sort", text if text.isdecimal() else "")  # as the script has it
            yield Item(text, aside, "" if link is None else link.get("href", ""), sort)

    def row(self, *names: str) -> dict[str, Item]:
        """The one row whose first columns have these texts."""
        found = [row for row in self.rows if [item.text for item in row.values()][: len(names)] == list(names)]
        shown = [[item.text for item in row.values()][: len(names)] for row in self.rows]
        assert len(found) == 1, f"{len(found)} rows {names} in {self.id!r}: {shown}"
        return found[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as it stands in a section, or in the answers at the top."""

    sign: str
    decision: str
    kind: str
    sentence: str
    small: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the table at the top."""

    question: str
    href: str
    statement: str
    verdict: Verdict
    number: str
    interval: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision for the reader: what is asked, the answer, the table of its numbers, and the notes."""

    asked: str
    href: str
    answer: str
    numbers: Table | None
    notes: list[str]


class Sheet:
    """A table on a page of its own, as its script is given it."""

    def __init__(self, path: Path) -> None:
        """Read it."""
        self.text = path.read_text(encoding="utf-8")
        found = re.search(r'<script type="application/json" id="data">(.*?)</script>', self.text, flags=re.DOTALL)
        assert found is not None
        data = json.loads(found[1])
        self.heads = [head["text"] for head in data["heads"]]
        self.rows = [dict(zip(self.heads, map(self._item, row), strict=True)) for row in data["rows"]]

    @staticmethod
    def _item(cell: str | list[str]) -> Item:
        text, small, sort = (cell, "", "") if isinstance(cell, str) else cell
        return Item(" ".join(text.split()), small, "", sort)

    def row(self, **wanted: str) -> dict[str, Item]:
        """The one row with these texts under these heads, or sorted by them."""
        found = [
            row for row in self.rows if all(value in {row[head].text, row[head].sort} for head, value in wanted.items())
        ]
        assert len(found) == 1, f"{len(found)} rows {wanted}"
        return found[0]


class Page:
    """`index.html` and `data/` of one report."""

    def __init__(self, folder: Path) -> None:
        """Read what stands in `folder`."""
        self.folder = folder
        self.text = (folder / "index.html").read_text(encoding="utf-8")
        start, end = self.text.index("<body"), self.text.index("</body>") + len("</body>")
        # The script is no XML, and has a browser to try it.
        body = re.sub(r"<script[^>]*>.*?</script>", "<script/>", self.text[start:end], flags=re.DOTALL)
        self.body = ET.fromstring(body)  # noqa: S314 - our own

    @cached_property
    def sections(self) -> dict[str, ET.Element]:
        """Id of its heading -> section, in the order of the page."""
        return {
            str(heading.get("id")): section
            for section in self.body.iter("section")
            if (heading := section.find("h2")) is not None
        }

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table that has an id, by it."""
        return {table.id: table for element in self.body.iter("table") if (table := Table(element)).id}

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure, by its id."""
        return {str(element.get("id")): Figure(element) for element in self.body.iter("figure")}

    def behind(self, figure: str) -> Table:
        """The table behind a figure."""
        return Table(next(self.figures[figure].element.iter("table")))

    @cached_property
    def every_cell(self) -> Sheet:
        """The page of all cells."""
        return Sheet(self.folder / "cells.html")

    @cached_property
    def badges(self) -> list[tuple[str, str]]:
        """(Kind, text) of each badge."""
        found = [element for element in self.body.iter("span") if has_class(element, "badge")]
        return [(badge.get("class", "").removeprefix("badge").strip(), text_of(badge)) for badge in found]

    @cached_property
    def answers(self) -> list[Answer]:
        """The table at the top of the page."""
        element = next(element for element in self.body.iter("table") if has_class(element, "answers"))
        found = []
        for row in element.iterfind("tbody/tr"):
            question, verdict, finding, number, evidence = row.iterfind("td")
            link, statement, interval = question.find("a"), question.find("small"), number.find("small")
            assert link is not None
            decided = self._decided(verdict, sentence=text_of(finding), small="")
            found.append(
                Answer(
                    question=text_of(link.find("strong")),
                    href=link.get("href", ""),
                    statement=text_of(statement),
                    verdict=decided,
                    number=text_of(number).removesuffix(text_of(interval)).strip(),
                    interval=text_of(interval),
                    evidence=text_of(evidence),
                )
            )
        return found

    def verdicts(self, section: str) -> list[Verdict]:
        """The verdicts of one section, in the order of the page."""
        found = []
        for element in self.sections[section].iter("div"):
            if has_class(element, "verdict"):
                sentence = next(part for part in element.iter("p") if has_class(part, "finding"))
                small = next(part for part in element.iter("p") if has_class(part, "small"))
                decided = self._decided(element, sentence=text_of(sentence), small=text_of(small))
                assert has_class(element, decided.kind), "the verdict's frame and its sign are of one class"
                found.append(decided)
        return found

    @staticmethod
    def _decided(element: ET.Element, *, sentence: str, small: str) -> Verdict:
        decision = next(part for part in element.iter("span") if has_class(part, "decision"))
        sign = text_of(next(part for part in decision.iter("span") if has_class(part, "sign")))
        kind = decision.get("class", "").removeprefix("decision").strip()
        return Verdict(sign, text_of(decision).removeprefix(sign).strip(), kind, sentence, small)

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """What is asked -> the choice."""
        found = {}
        for element in self.body.iter("div"):
            if has_class(element, "choice"):
                link = element.find("p/a")
                table = next(element.iter("table"), None)
                assert link is not None
                notes = [text_of(part) for part in element.iterfind(".//p") if has_class(part, "small")]
                notes = [note for note in notes if not note.startswith("Brackets speak ")]  # of the table
                answer = next(part for part in element.iterfind(".//p") if has_class(part, "answer"))
                numbers = None if table is None else Table(table)
                found[text_of(link)] = Choice(text_of(link), link.get("href", ""), text_of(answer), numbers, notes)
        return found

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a file of numbers, by its columns; of one that is packed too."""
        path = self.folder / "data" / name
        packed = path.with_name(f"{name}.gz")
        data = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))

    def one(self, file: str, **wanted: str) -> dict[str, str]:
        """The one row of a file with these values."""
        found = [row for row in self.rows(file) if all(row[name] == value for name, value in wanted.items())]
        assert len(found) == 1, f"{len(found)} rows of {file} with {wanted}"
        return found[0]


def in_order(texts: Sequence[str], whole: str) -> bool:
    """Whether the texts stand in `whole`, each after the one before."""
    at = 0
    for text in texts:
        at = whole.find(text, at) + 1
        if not at:
            return False
    return True
