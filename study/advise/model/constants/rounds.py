"""Rounds of cells -> constants: averages, and differences of cells in the rounds that both have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.advise.model.job import NOTHING, Constant
from study.evidence import aligned
from study.things import START_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from study.evidence import CellData, Evidence

PIPE_BYTES = 65536
"""Of a pipe on Linux, unless somebody changed it (pipe(7)); a message beyond it needs a reader."""
COPYING = tuple(method.name for method in START_METHODS.values() if method.copies_parent)
"""Start methods whose workers begin as copies: where the way to begin is not the point."""


def constant(values: NDArray[np.float64]) -> Constant:
    """Their average, at least 0, and how far single ones lie apart: the deviation of a lognormal of the same spread."""
    average = float(values.mean()) if values.size else 0.0
    if average <= 0.0:
        return NOTHING
    varied = float(values.std(ddof=1)) / average if values.size > 1 else 0.0
    return Constant(average, math.sqrt(math.log1p(varied**2)))


def less(more: CellData, fewer: CellData) -> NDArray[np.float64]:
    """The difference in the rounds that have both."""
    both = aligned([more, fewer])
    return np.asarray(both[:, 0] - both[:, 1], dtype=np.float64)


def ends(cells: Iterable[CellData], factor: str) -> tuple[CellData, CellData]:
    """The cells with the least and with the most of a factor."""
    rising = sorted(cells, key=lambda data: int(getattr(data.cell, factor)))
    return rising[0], rising[-1]


def has_gil(evidence: Evidence) -> bool:
    """Whether the threads of the interpreter take turns."""
    facts = {target.name: target.facts for target in evidence.run.manifest.targets}
    return facts.get(evidence.target, {}).get("gil_enabled") is not False
