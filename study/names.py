"""Cells in words, for people: two cells never have one name."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import Cell, own_chunksize, variant_of
from study.things import BACKENDS, CHANNELS, DEFAULT, FORMS, KERNELS, LABELS, PATTERNS, PLACEMENTS
from study.things.kernels import SQUARE
from study.units import count, scale, size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST_KEPT = 2**14
"""Cells whose words are kept: runs have the same few hundred."""
_MOST_LETTERS = 24
"""Of what tells two cells apart: it stands behind a number in a table."""
_PARTS = re.compile(r"[,:] ")
_NAME = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=_MOST_KEPT)
def cell_name(cell: Cell) -> str:
    """The cell in words: what is done, by whom, which part of it, and whatever of it those words do not say."""
    words = _in_words(cell)
    unsaid = [
        f", {name.replace('_', ' ')} {getattr(cell, name)}"
        for name, usual in _usual(cell.pattern).items()
        if getattr(cell, name) != usual and _in_words(replace(cell, **{name: usual})) == words  # type: ignore[arg-type]
    ]
    return words + "".join(unsaid)


@cache
def _usual(pattern: str) -> Mapping[str, str | int]:
    plain = Cell(pattern=pattern)
    defaults = {field.name: getattr(plain, field.name) for field in fields(Cell) if field.name != "pattern"}
    return MappingProxyType({**defaults, **PATTERNS[pattern].usual})


def _in_words(cell: Cell) -> str:
    pattern = PATTERNS[cell.pattern]
    part, label = pattern.parts.get(cell.part, ""), LABELS[cell.label].words
    return _filled(pattern.words, cell) + (f": {part}" if part else "") + (f" ({label})" if label else "")


def _filled(words: str, cell: Cell) -> str:
    """The words of a record with what stands in braces said of this cell."""
    return _NAME.sub(lambda name: FILLED[name[1]](cell), words)


def who(cell: Cell) -> str:
    """Who carries out the tasks, such as 'plain loop', '2 threads' or 'Pool of 2 under fork'."""
    return _filled(BACKENDS[cell.backend].words, cell)


def told_from(cell: Cell, other: Cell) -> str:
    """What tells a cell from another, in few words: who does the tasks, else the first that differs; '' where it takes many.

    `Pool`, `under spawn`, `Pipe`, `chunks of 1`.
    """
    if BACKENDS[cell.backend].words != BACKENDS[other.backend].words:
        return BACKENDS[cell.backend].look.label
    for factor, words in _APART.items():
        if getattr(cell, factor) != getattr(other, factor):
            return words(cell)
    own, others = (_PARTS.split(cell_name(one)) for one in (cell, other))
    told = ", ".join(part for part in own if part not in others)
    return told if len(told) <= _MOST_LETTERS else ""


def size_name(number: int) -> str:
    """`64 KiB`, and every byte where rounding would make two sizes one: `16 383 B`."""
    words = size(number)
    factor, name = scale([number], "byte")
    rounded = "".join(letter for letter in words.removesuffix(name) if letter in "0123456789.")
    return words if float(rounded) * factor == number else f"{count(number)} B"


def _workers(cell: Cell) -> str:
    return "as many as the library likes" if cell.workers == 0 else count(cell.workers)


def _method(cell: Cell) -> str:
    return "the default start method" if cell.start_method == DEFAULT else cell.start_method


def _tasks(cell: Cell) -> str:
    return f"{count(cell.tasks)} × {work_name(cell)}"


def work_name(cell: Cell) -> str:
    """`fannkuch`, `integer loop of 512 iterations`: what one task does."""
    words = KERNELS[cell.kernel].words
    return f"{words} of {count(cell.spins)} iterations" if cell.spins else words


def _few_tasks(cell: Cell) -> str:
    return "five squares" if cell.kernel == SQUARE.name and cell.tasks == 5 else _tasks(cell)


def _variant(cell: Cell) -> str:
    variant = variant_of(cell)
    words = variant.words if variant else cell.variant
    return f", {words}" if words else ""


def chunks_name(cell: Cell) -> str:
    """How many tasks go in a message: a chosen number, or the library's own with the number that it is."""
    if cell.chunksize:
        return f"chunks of {count(cell.chunksize)}"
    own = own_chunksize(cell)
    return "its own chunk size" + (f" ({count(own)})" if own else "")


def _chunks(cell: Cell) -> str:
    """The chunk size where somebody chose it, or more than one task is sent at a time because the library does so."""
    return f", {chunks_name(cell)}" if cell.chunksize or own_chunksize(cell) > 1 else ""


FILLED: Mapping[str, Callable[[Cell], str]] = MappingProxyType(
    {
        "n": _workers,
        "s": lambda cell: "" if cell.workers == 1 else "s",
        "es": lambda cell: "" if cell.workers == 1 else "es",
        "under": lambda cell: f" under {_method(cell)}" if cell.start_method else "",
        "method": _method,
        "who": who,
        "alone": lambda cell: _filled(BACKENDS[cell.backend].alone, cell),
        "partners": lambda cell: _filled(BACKENDS[cell.backend].partners, cell),
        "workers": lambda cell: count(cell.workers),
        "tasks": _tasks,
        "count": lambda cell: count(cell.tasks),
        "few_tasks": _few_tasks,
        "api": lambda cell: f", {cell.api}" if cell.api else "",
        "chunks": _chunks,
        "library_threads": lambda cell: (
            f", {count(cell.library_threads)} library threads each" if cell.library_threads else ""
        ),
        "recycled": lambda cell: (
            f", a new worker after every {count(cell.tasks_per_child)}" if cell.tasks_per_child else ""
        ),
        "size": lambda cell: size_name(cell.payload_bytes),
        "answer": lambda cell: size_name(cell.result_bytes),
        "held": lambda cell: size_name(cell.parent_bytes),
        "holding": lambda cell: f", the parent holding {size_name(cell.parent_bytes)}" if cell.parent_bytes else "",
        "form": lambda cell: f" as {FORMS[cell.form].words}" if cell.form else "",
        "made_of": lambda cell: FORMS[cell.form].words,
        "channel": lambda cell: f" over {CHANNELS[cell.channel].words}" if cell.channel else "",
        "placement": lambda cell: f", {PLACEMENTS[cell.placement].words}" if cell.placement else "",
        "beside": lambda cell: (
            ", alone"
            if BACKENDS[cell.backend].kind == "loop"
            else f" beside {who(cell)} at {KERNELS[cell.kernel].words}"
        ),
        "variant": _variant,
    }
)
"""What stands in braces in the words of a record -> what it is of a cell."""
_APART: Mapping[str, Callable[[Cell], str]] = MappingProxyType(
    {
        "start_method": lambda cell: f"under {_method(cell)}" if cell.start_method else "",
        "channel": lambda cell: CHANNELS[cell.channel].titles.get(BACKENDS[cell.backend].kind, ""),
        "api": lambda cell: cell.api or "map",
        "chunksize": chunks_name,
        "form": lambda cell: FORMS[cell.form].words,
    }
)
"""Factors of which one says enough where it differs, the telling ones first -> what is said of it."""
