"""What a topic's analysis sees: the cells of one target, and why others are missing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from study import gate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from study.findings import SideBySide
    from study.table import CellData


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The cells of one run as seen from one target, and the CPUs that others took meanwhile (None: nobody could tell)."""

    cells: Mapping[tuple[str, str], CellData]
    missing: Mapping[tuple[str, str], str]
    target: str
    usable_cpus: int
    foreign_cpus: float | None = None

    def left_open(self, side_by_side: SideBySide) -> str:
        """Why a title that speaks of this may conclude nothing, or ''."""
        return gate.left_open(side_by_side, self.usable_cpus, self.foreign_cpus)

    def find(self, **wanted: object) -> list[CellData]:
        """The measured cells whose factors have these values, sorted by text; labelled arms only when asked for.

        A tuple stands for each of its values.
        """
        wanted.setdefault("label", "")
        found = []
        for (target, _), data in sorted(self.cells.items()):
            given = {field.name: getattr(data.cell, field.name) for field in fields(data.cell)}
            if target == self.target and all(_is(given[name], value) for name, value in wanted.items()):
                found.append(data)
        return found


def _is(value: object, wanted: object) -> bool:
    return value in wanted if isinstance(wanted, tuple) else value == wanted


def aligned(cells: Sequence[CellData]) -> NDArray[np.float64]:
    """Process means of cells of one run in the rounds that all of them have: shape (G, L), a column per cell."""
    rounds = cells[0].rounds
    for data in cells[1:]:
        rounds = np.intersect1d(rounds, data.rounds)
    columns = [data.means[np.searchsorted(data.rounds, rounds)] for data in cells]
    return np.column_stack(columns)
