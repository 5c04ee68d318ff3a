"""Words of the glossary are links where they stand first in the running text of the page, and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from study.blocks import Terms
from study.report.placed import flat
from study.report.text import joined, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.reports import Report

_NO_WORD = re.compile(r"[^a-z0-9]+")


def place_of(term: str) -> str:
    """Where an entry stands in the page: `term-start-method`."""
    return f"term-{_NO_WORD.sub('-', term.lower()).strip('-')}"


class FirstUses:
    """Writes text of a page, in the order of the page, and leads from the first use of each entry to what is said of it."""

    def __init__(self, report: Report) -> None:
        """Know every entry of the report; none was used yet."""
        self._means: dict[str, str] = {}
        self._left: dict[str, str] = {}
        self._paused = False
        for (term, means), words in _entries(report):
            self._means[place_of(term)] = means
            self._left |= dict.fromkeys(words, place_of(term))
        self._wanted = self._compiled()

    def pause(self, *, paused: bool) -> str:
        """From here on lead nowhere, or again: what is not shown is no first use. Writes nothing."""
        self._paused = paused
        return ""

    def __call__(self, text: str) -> Markup:
        """The text as `prose` has it, with the links that are due."""
        return Markup("").join(self._written(text))

    def _written(self, text: str) -> Iterator[Markup]:
        for piece, is_code in pieces(text):
            if is_code:
                yield Markup("<code>{}</code>").format(piece)
                continue
            left = joined(piece)
            while found := self._found(left):
                yield escape(left[: found.start()])
                yield self._link(found[0])
                left = left[found.end() :]
            yield escape(left)

    def _found(self, text: str) -> re.Match[str] | None:
        return None if self._wanted is None or self._paused else self._wanted.search(text)

    def _link(self, word: str) -> Markup:
        """A link of the word; its entry is used from now on."""
        place = self._left.get(word) or self._left[word[:1].lower() + word[1:]]
        self._left = {other: there for other, there in self._left.items() if there != place}
        self._wanted = self._compiled()
        return Markup('<a class="term" href="#{}" title="{}">{}</a>').format(place, self._means[place], word)

    def _compiled(self) -> re.Pattern[str] | None:
        """Any of the words that are left, the longest first; one in small letters may begin a sentence."""
        if not self._left:
            return None
        every = sorted(self._left, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_at_will, every))})(?![\w(-])")


def _at_will(word: str) -> str:
    """The word as a pattern; its first letter small or large where it is small."""
    first = word[0]
    if not first.islower():
        return re.escape(word)
    return f"[{first}{first.upper()}]{re.escape(word[1:])}"


def _entries(report: Report) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for section in report.sections:
        for block in flat(section.blocks):
            if isinstance(block, Terms) and block.uses:
                yield from zip(block.items, block.uses, strict=True)
