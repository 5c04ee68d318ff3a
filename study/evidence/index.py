"""The cells of one interpreter of a run, so laid out that a query looks at few of them."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from study.cell import chunksize_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from study.cell import Cell
    from study.evidence.run import Run
    from study.table import CellData

_MOST_KEPT = 64
"""Runs and interpreters whose index is kept: every section asks."""
_SAID_OR_NOT = "chunksize"
"""The factor of which a number may be left unsaid."""


def ANY(value: object) -> bool:  # noqa: N802 - it stands where a value stands
    """As a factor: every value of it."""
    del value
    return True


class _Row(NamedTuple):
    """A cell that was measured, and the questions that asked for it."""

    data: CellData
    cell: Cell
    asked_by: frozenset[str]


class Index(NamedTuple):
    """All cells of one interpreter: sorted by their text, in that order by pattern, by that and backend, and each by itself."""

    rows: Sequence[_Row]
    of_pattern: Mapping[str, Sequence[_Row]]
    of_backend: Mapping[tuple[str, object], Sequence[_Row]]
    of_cell: Mapping[Cell, CellData]

    def find(self, factors: Mapping[str, object], questions: AbstractSet[str]) -> list[CellData]:
        """The cells whose factors are all what is wanted of them, which a question of these asked for, where there are any."""
        pattern = factors["pattern"]
        rows = self.of_pattern.get(pattern, ()) if isinstance(pattern, str) else self.rows
        plain = {name: value for name, value in factors.items() if _is_plain(name, value)}
        if isinstance(pattern, str) and isinstance(plain.get("backend"), str):  # few of many are looked at
            rows = self.of_backend.get((pattern, plain["backend"]), ())
        if len(plain) > 1:  # of one name `attrgetter` gives no tuple
            of, values = attrgetter(*plain), tuple(plain.values())
            rows = [row for row in rows if of(row.cell) == values]
            factors = {name: value for name, value in factors.items() if name not in plain and value is not ANY}
        return [
            row.data
            for row in rows
            if (not questions or questions & row.asked_by)
            and all(_has(row.cell, name, value) for name, value in factors.items())
        ]


@lru_cache(maxsize=_MOST_KEPT)
def index_of(run: Run, target: str) -> Index:
    """Of one interpreter; runs do not change."""
    nobody: frozenset[str] = frozenset()
    rows = [
        _Row(data, data.cell, run.asked_by.get(key, nobody))
        for key, data in sorted(run.cells.items(), key=lambda item: item[0])
        if key[0] == target
    ]
    of_pattern: dict[str, list[_Row]] = {}
    of_backend: dict[tuple[str, object], list[_Row]] = {}
    for row in rows:
        of_pattern.setdefault(row.cell.pattern, []).append(row)
        of_backend.setdefault((row.cell.pattern, row.cell.backend), []).append(row)
    return Index(rows, of_pattern, of_backend, {row.cell: row.data for row in rows})


def _is_plain(name: str, wanted: object) -> bool:
    """Whether the value itself is wanted, and nothing else has its meaning."""
    return name != _SAID_OR_NOT and not isinstance(wanted, tuple) and not callable(wanted)


def _has(cell: Cell, name: str, wanted: object) -> bool:
    """Whether the cell's factor is what is wanted; a chunk size that the library chooses is also the number it is."""
    value = getattr(cell, name)
    return _is(value, wanted) or (name == _SAID_OR_NOT and not value and _is(chunksize_of(cell), wanted))


def _is(value: object, wanted: object) -> bool:
    if callable(wanted):
        return bool(wanted(value))
    return value in wanted if isinstance(wanted, tuple) else value == wanted
