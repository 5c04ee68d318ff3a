"""Text from results made fit to be shown: nothing in it can end a line of XML, turn the reading direction or hide."""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from operator import is_
from typing import TypeVar, cast

from markupsafe import Markup, escape

from study.blocks import Marked
from study.reports import DataFile
from study.things import Look

T = TypeVar("T")

LONGEST = 4000
"""Characters of one text; a config file is longer than a name, but nothing is longer than this without being cut."""
_LONGEST_FILE = 20_000
_REPLACEMENT = "\ufffd"
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
    "|[\U000e0000-\U000e0fff]"
)
"""Control characters but tab and line feed, marks that turn the reading direction, what is invisible, what XML forbids."""

_TEXTS = (str, Marked)
"""Kinds of texts that may stay what they are; others, such as what a template takes for safe, become plain."""
_NO_TEXT = frozenset({float, int, bool, type(None)})
_ONE_TEXT = frozenset({str})
_JOINED = re.compile(r" (?<=[\d\]] )(?=(?:\[|ns\b|µs\b|ms\b|s\b|%|times\b|min\b|h\b|B\b|KiB\b|MiB\b|GiB\b))")
_ROWS = ("rows",)
_BOUNDS = re.compile(r"\[[^\[\]]{1,40}\]")


def fit(text: str, longest: int = LONGEST) -> str:
    """The text with every character that could do harm shown as U+FFFD, and cut where it is far too long."""
    if len(text) <= longest and not _UNFIT.search(text):
        return text
    shown = _UNFIT.sub(_REPLACEMENT, text[:longest])
    return shown if len(text) <= longest else f"{shown} … ({len(text) - longest} more characters)"


def fitted(value: T) -> T:
    """A report, or any part of it, with every text in it made fit; a look is no text from elsewhere.

    Nearly all is fit as it is: only what holds a text that is not is made anew. Rows of numbers are left to `csvs`, which alone
    reads their texts.
    """
    return cast("T", _Fitting().of(value))


class _Fitting:
    """Of one report, which has a million texts and ten thousand different ones: what was fit once is not looked at again."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._fit: set[object] = set()

    def of(self, value: object) -> object:
        """The value made fit; the very same where nothing in it had to be."""
        kind = type(value)
        if kind in _NO_TEXT:
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Look):
            return value
        if isinstance(value, tuple):
            items = self._each(value)
            return value if kind is tuple and all(map(is_, items, value)) else tuple(items)
        if isinstance(value, Mapping):
            keys, items = self._keys(value), self._each(value.values())
            same = all(map(is_, keys, value)) and all(map(is_, items, value.values()))
            return value if same else dict(zip(keys, items, strict=True))
        changed = {}
        for name in _names(cast("Hashable", kind)):
            was = getattr(value, name)
            if (of := type(was)) in _NO_TEXT or (of is str and was in self._fit):
                continue
            if (part := self.of(was)) is not was:
                changed[name] = part
        return replace(value, **changed) if changed else value  # type: ignore[type-var]

    def _each(self, parts: Iterable[object]) -> list[object]:
        """Each of them, without a call for what is no text, or known."""
        known, of = self._fit, self.of
        return [
            part if (kind := type(part)) in _NO_TEXT or (kind is str and part in known) else of(part) for part in parts
        ]

    def _keys(self, value: Mapping[object, object]) -> Iterable[object]:
        """Those of a row, which are the same in thousands; other kinds of texts may be equal to a known one."""
        return value if {*map(type, value)} <= _ONE_TEXT and value.keys() <= self._fit else self._each(value)

    def _text(self, value: str) -> str:
        found = fitted_text(value)
        if found is value and type(value) is str:
            self._fit.add(value)
        return found


def fitted_text(value: str) -> str:
    """A text of a report made fit, as `fitted` does it."""
    if type(value) in _TEXTS and len(value) <= LONGEST and value.isascii() and value.isprintable():
        return value  # nearly all are plain
    text = fit(value, _LONGEST_FILE if "\n" in value else LONGEST)
    if text is value and type(value) in _TEXTS:
        return value
    return Marked(text) if isinstance(value, Marked) else str(text)


@functools.cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """The fields of a dataclass but rows of numbers; none of anything else."""
    left = _ROWS if kind is DataFile else ()
    return tuple(field.name for field in fields(kind) if field.name not in left) if is_dataclass(kind) else ()


def prose(text: str) -> Markup:
    """The text for a page: what is marked as code is code, and a number stays with its interval and unit on one line."""
    return whole(
        [
            Markup("<code>{}</code>").format(piece) if is_code else escape(joined(piece))
            for piece, is_code in pieces(text)
        ]
    )


def whole(parts: list[Markup]) -> Markup:
    """The pieces of a text as one; nearly all have one."""
    return parts[0] if len(parts) == 1 else Markup("").join(parts)


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, and of each whether it is code: only a sentence of our own has marks."""
    parts = text.split("`") if isinstance(text, Marked) else [text]
    return [(part, bool(index % 2)) for index, part in enumerate(parts) if part]


def joined(text: str) -> str:
    """The text with spaces that do not break inside a number with its unit and interval."""
    inside = _BOUNDS.sub(lambda match: match[0].replace(", ", ",\u00a0"), text) if "[" in text else text
    return _JOINED.sub("\u00a0", inside)
