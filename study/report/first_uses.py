"""Words of the glossary are links where they stand first in the open text of the page, and first in its folds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup, escape

from study.blocks import Terms
from study.report.placed import flat
from study.report.text import joined, pieces, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from study.reports import Report

_NO_WORD = re.compile(r"[^a-z0-9]+")


def place_of(term: str) -> str:
    """Where an entry stands in the page: `term-start-method`."""
    return f"term-{_NO_WORD.sub('-', term.lower()).strip('-')}"


class FirstUses:
    """Writes text of a page, in its order, and leads from the first use of each entry to what is said of it."""

    def __init__(self, report: Report) -> None:
        """Know every entry of the report; none was used yet."""
        self._means: dict[str, str] = {}
        words_of: dict[str, str] = {}
        for (term, means), words in _entries(report):
            self._means[place_of(term)] = means
            words_of |= dict.fromkeys(words, place_of(term))
        self._open, self._folded, self._hidden = _Left(words_of), _Left(words_of), _Left({})
        self._within: list[_Left] = [self._open]

    def begin(self, place: Literal["fold", "hidden"]) -> str:
        """From here on text is folded, or not shown at all: what nobody sees is no first use. Writes nothing.

        What is led to from a fold is led to from the open text once more: a fold may never be opened.
        """
        shown = place == "fold" and self._within[-1] is not self._hidden
        self._within.append(self._folded if shown else self._hidden)
        return ""

    def end(self) -> str:
        """Here ends what began last. Writes nothing."""
        self._within.pop()
        return ""

    def __call__(self, text: str) -> Markup:
        """The text as `prose` has it, with the links that are due."""
        return whole(list(self._written(text)))

    def _written(self, text: str) -> Iterator[Markup]:
        for piece, is_code in pieces(text):
            if is_code:
                yield Markup("<code>{}</code>").format(piece)
                continue
            text = joined(piece)
            while found := self._within[-1].found(text):
                yield escape(text[: found.start()])
                yield self._link(found[0])
                text = text[found.end() :]
            yield escape(text)

    def _link(self, word: str) -> Markup:
        """A link of the word; its entry is used from now on."""
        place = self._within[-1].place_of(word)
        for left in (self._folded, self._within[-1]):
            left.use(place)
        return Markup('<a class="term" href="#{}" title="{}">{}</a>').format(place, self._means[place], word)


class _Left:
    """Words that are not used yet, each with the place of its entry."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)
        self._wanted = _any_of(self._places)

    def found(self, text: str) -> re.Match[str] | None:
        """The first of them in a text."""
        return None if self._wanted is None else self._wanted.search(text)

    def place_of(self, word: str) -> str:
        """The place of its entry; one in small letters may begin a sentence."""
        return self._places.get(word) or self._places[word[:1].lower() + word[1:]]

    def use(self, place: str) -> None:
        """Without the words of this entry."""
        self._places = {word: there for word, there in self._places.items() if there != place}
        self._wanted = _any_of(self._places)


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Any of these words, the longest first; None where there is none."""
    every = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_at_will, every))})(?![\w(-])") if every else None


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
