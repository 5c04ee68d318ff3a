"""One value of one factor: its words, and the numbers it may have."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.config.reading import nearest, refuse, shown
from study.config.shapes import EVERY, POWERS, TASK_WORDS, WORKER_WORDS
from study.things import DEFAULT, PATTERNS, START_METHODS, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.config.shapes import Scalar

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **words.WORDS,
        "pattern": tuple(PATTERNS),
        "start_method": (*START_METHODS, DEFAULT, EVERY, ""),
    }
)
"""Factor -> its possible words."""
NUMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "workers": WORKER_WORDS,
        "tasks": TASK_WORDS,
        "library_threads": ("cpus",),
        "chunksize": (),
        "tasks_per_child": (),
        "payload_bytes": (),
        "result_bytes": (),
        "spins": (),
        "parent_bytes": (),
    }
)
"""Factor -> the words that may stand for its number."""
MOST: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "workers": (1024, "more processes than an ordinary system lets one user start"),
        "tasks": (2**20, "their arguments and answers are held in lists, and an event of more lasts seconds"),
        "chunksize": (2**20, "there are no more tasks than that"),
        "tasks_per_child": (2**20, "there are no more tasks than that"),
        "payload_bytes": (2**30, "both sides of a message hold it, and its copy"),
        "result_bytes": (2**30, "both sides of a message hold it, and its copy"),
        "spins": (10**9, "half a minute for one task"),
        "parent_bytes": (2**33, "8 GiB are held and touched before each event"),
        "library_threads": (1024, "more threads than any library here starts"),
    }
)
"""Factor -> its greatest number, and what more would mean."""
_SLUG = re.compile(r"[A-Za-z0-9_.\-]{0,64}\Z")
_RANGE = re.compile(r"\d+\s*(\.\.\.?|-|–|:)\s*\d+\Z")


def check_value(file: str, place: str, name: str, value: Scalar) -> None:
    """Refuse a value that the factor `name` cannot have."""
    if name in NUMBERS:
        _check_number(file, place, name, value)
    elif name in WORDS:
        check_word(file, place, value, WORDS[name])
    elif not isinstance(value, str) or not _SLUG.match(value):
        refuse(file, place, f"{shown(value)} is not a word; letters, digits, '_', '-' and '.' are allowed, 64 at most")


def check_word(file: str, place: str, value: Scalar, choices: Sequence[str]) -> None:
    """Refuse a word that is none of the choices."""
    if value not in choices:
        expected = ", ".join(repr(choice) for choice in choices)
        hint = nearest(value, choices) if isinstance(value, str) else ""
        refuse(file, place, f"{shown(value)} is not one of {expected}{hint}")


def _check_number(file: str, place: str, name: str, value: Scalar) -> None:
    words = NUMBERS[name]
    if isinstance(value, str):
        if _RANGE.match(value):
            refuse(file, place, f"{shown(value)} is not a number; write a list of the numbers, such as [1, 2, 4, 8]")
        if not words:
            refuse(file, place, f"{shown(value)} is not a whole number")
        if (name, value) != ("workers", POWERS):
            check_word(file, place, value, words)
        return
    least = 1 if name == "tasks" else 0
    most, why = MOST[name]
    if value < least:
        refuse(file, place, f"{shown(value)} is too small; expected {least} or more")
    if value > most:
        refuse(file, place, f"{shown(value)} is too large; expected {most} or less ({why})")


def check_text(file: str, place: str, text: str, most: int) -> None:
    """Refuse a text that is empty or too long for where it will stand."""
    if not text.strip():
        refuse(file, place, "is empty; write what the report shall say")
    if len(text) > most:
        refuse(file, place, f"has {len(text)} characters; {most} are enough")
