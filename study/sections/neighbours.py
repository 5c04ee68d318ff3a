"""Are rounds like their neighbours? By class of cell, with what so few rounds would show of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.blocks import Item, Table
from study.cell import noise_class
from study.sections.allocations import WHOLE_EVENTS
from study.sections.tables import row
from study.units import count, plain

if TYPE_CHECKING:
    from study.evidence import Evidence, Run

LITTLE, MUCH = 0.2, 0.7
"""Correlations of neighbouring rounds: what an interval hardly minds, and what it does not stand."""
_NOTE = (
    "Correlation of a process mean with that of the round before, averaged over cells: about 0 where rounds are independent. An"
    " interval of an average takes them as such and is too narrow where they are not; ratios of the same rounds are free of"
    " what meets both cells. The last columns say how many cells that are really correlated so a test of each alone would find."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Of one class of cells.

    Attributes
    ----------
    cells, rounds : how many cells it rests on, and the median number of their rounds.
    lag_1 : the average over the cells.
    little, much : share of cells correlated by `LITTLE`, by `MUCH`, that so many rounds would show.
    """

    noise_class: str
    cells: int
    rounds: int
    lag_1: float
    little: float | None
    much: float | None


def neighbours(evidence: Evidence) -> tuple[Neighbours, ...]:
    """Each class of which a cell tells, one part of each event."""
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for (target, _), data in sorted(evidence.run.cells.items()):
        if target == evidence.target and not data.cell.label and data.cell.part in WHOLE_EVENTS:
            lag = stats.lag_1(data.means)
            if lag is not None:
                found[noise_class(data.cell)].append((lag, len(data.rounds)))
    return tuple(_of_class(name, cells) for name, cells in sorted(found.items()))


def _of_class(name: str, cells: list[tuple[float, int]]) -> Neighbours:
    rounds = int(np.median([rounds for _, rounds in cells]))
    return Neighbours(
        noise_class=name,
        cells=len(cells),
        rounds=rounds,
        lag_1=float(np.mean([lag for lag, _ in cells])),
        little=stats.neighbours_power(rounds, LITTLE),
        much=stats.neighbours_power(rounds, MUCH),
    )


def neighbours_table(run: Run) -> Table:
    """A line for each class of each interpreter."""
    return Table(
        id="neighbours-table",
        caption="Are rounds like their neighbours?",
        heads=(
            ("Class", "word"),
            ("Cells", "num"),
            ("Rounds", "num"),
            ("Correlation", "num"),
            (f"{plain(LITTLE)} would be seen", "num"),
            (f"{plain(MUCH)} would be seen", "num"),
        ),
        rows=tuple(
            row(
                Item(value=found.noise_class, small=target),
                found.cells,
                found.rounds,
                Item(value=count(found.lag_1), sort=repr(found.lag_1)),
                Item(share=found.little),
                Item(share=found.much),
            )
            for target in run.targets
            for found in neighbours(run.of(target))
        ),
        notes=(_NOTE,),
        empty="No cell has rounds enough to tell.",
    )
