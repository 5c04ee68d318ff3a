"""One query over the cells of a run: the only one. A factor that is not named has its default, as in `experiments/`."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from study import loaded
from study.cell import Cell, chunksize_of, under_one_name
from study.config import Cpus
from study.evidence.index import index_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from study.evidence.run import Run
    from study.findings import SideBySide
    from study.table import CellData


_DEFAULTS = {field.name: field.default for field in fields(Cell) if field.name != "pattern"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one target of one run shows: the same to whoever asks for it again, so that what is made of it is made once."""

    run: Run
    target: str

    @property
    def usable_cpus(self) -> int:
        """CPUs that the run could use."""
        return self.run.manifest.usable_cpus

    @property
    def cpus(self) -> Cpus:
        """The CPUs that the run was planned with."""
        return Cpus.of(self.usable_cpus, self.run.manifest.machine)

    def left_open(self, side_by_side: SideBySide) -> str:
        """Why a sentence that speaks of this may conclude nothing, or ''."""
        return loaded.left_open(side_by_side, self.usable_cpus, self.run.foreign_cpus)

    def find(self, pattern: object, *, question: str | tuple[str, ...] = "", **wanted: object) -> list[CellData]:
        """The measured cells of a pattern, or of `ANY`, whose factors have these values, sorted by their text.

        Parameters
        ----------
        question : '' or the question, or those, of whose experiments one must have asked for them.
        wanted : factor -> value, a tuple of values, `ANY`, or a test of the value; one that is not named has its default.
        """
        unknown = wanted.keys() - _DEFAULTS.keys()
        if unknown:
            raise TypeError(f"a cell has no {', '.join(sorted(unknown))}")
        questions = {question} - {""} if isinstance(question, str) else set(question)
        return index_of(self.run, self.target).find({"pattern": pattern, **_DEFAULTS, **wanted}, questions)

    def one(self, pattern: object, *, question: str | tuple[str, ...] = "", **wanted: object) -> CellData | None:
        """The first of them, or None."""
        return next(iter(self.find(pattern, question=question, **wanted)), None)

    def get(self, cell: Cell) -> CellData | None:
        """What was measured of this very cell, or of the same event with its chunk size said or left unsaid; or None."""
        known = index_of(self.run, self.target).of_cell
        if cell not in known:
            names = (under_one_name(cell), replace(cell, chunksize=chunksize_of(cell)))
            cell = next((name for name in names if name in known), cell)
        return known.get(cell)

    def floor(self, noise_class: str) -> float | None:
        """Relative difference that equal cells of the class show in this run, None where it has no A/A pair."""
        return self.run.floors[self.target].get(noise_class)


def aligned(cells: Sequence[CellData]) -> NDArray[np.float64]:
    """Process means of cells of one run in the rounds that all of them have: shape (G, L), a column per cell."""
    rounds = reduce(np.intersect1d, (data.rounds for data in cells))
    return np.column_stack([data.means[np.searchsorted(data.rounds, rounds)] for data in cells])
