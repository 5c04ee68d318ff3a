"""How the cells of a run move over its rounds: how many climb or fall, beside chance, and which."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.plan import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.evidence.run import Run
    from study.stats import Trends
    from study.table import CellData

Key = tuple[str, str]
MARKED = 0.01
"""Of cells that stand still so many are marked as moving: a mark is a hint beside an interval, and no verdict."""
MOST = 2.0 / 3.0
"""Share of the cells that lie on one side of their averages in a round, from which on most of them are said to."""
_SURE = 0.999
"""Confidence that more than half of such cells do, by the exact interval: there are many rounds, and one of them is furthest."""
_MOST_KEPT = 32


class Together(NamedTuple):
    """A round in which most cells lie on one side of their averages.

    Attributes
    ----------
    number : the first is 1.
    typical : the median cell over its average, less 1; below 0 where most take less.
    """

    number: int
    typical: float


class Drifts(NamedTuple):
    """How cells move over the rounds.

    Attributes
    ----------
    trends : of all cells with every round; None where there are too few rounds, or no such cell.
    of : cell -> its correlation with the number of the round, where chance shows as much in `MARKED` of cells at most.
    rounds : how many there are.
    together : rounds in which most cells take longer than on average, or less, in order.
    """

    trends: Trends | None
    of: Mapping[Key, float]
    rounds: int
    together: tuple[Together, ...] = ()


@functools.lru_cache(maxsize=_MOST_KEPT)
def drifts_of(run: Run) -> Drifts:
    """Of the cells that have all rounds of a full run, on logarithms."""
    most = max((len(data.rounds) for data in run.cells.values()), default=0)
    known: dict[Key, CellData] = {
        key: data
        for key, data in sorted(run.cells.items())
        if len(data.rounds) == most >= ROUNDS and bool(np.all(data.means > 0))
    }
    series = [_in_order(data) for data in known.values()]
    found = stats.trends(np.array(series)) if series else None
    if found is None:
        return Drifts(None, {}, most)
    marked = {
        key: float(r) for key, r in zip(known, found.r, strict=True) if stats.chance_of_r(float(r), most) <= MARKED
    }
    return Drifts(found, marked, most, tuple(_together(np.array(series))))


def _together(series: np.ndarray) -> Iterator[Together]:
    """Of logarithms, shape (C, G): the geometric mean of a cell stands for its average."""
    apart = series - series.mean(axis=1, keepdims=True)
    for number, cells in enumerate(apart.T, 1):
        typical = float(np.median(cells))
        same = int(np.count_nonzero(cells * typical > 0.0))
        low = stats.share(same, cells.size, confidence=_SURE).low
        if same >= MOST * cells.size and low is not None and low > 0.5:
            yield Together(number, math.expm1(typical))


def _in_order(data: CellData) -> np.ndarray:
    """The logarithms of its process means, in the order of the rounds."""
    return np.asarray(np.log(data.means)[np.argsort(np.asarray(data.rounds))])


def moving(means: Sequence[float]) -> float | None:
    """The correlation of a cell's process means with their order, where chance shows as much in `MARKED` of cells at most.

    None of one that stands still as far as can be told, of too few rounds, and of numbers that have no logarithm.
    """
    if len(means) < ROUNDS or min(means) <= 0:
        return None
    r = stats.r_with_order(np.log(means))
    return r if stats.chance_of_r(r, len(means)) <= MARKED else None
