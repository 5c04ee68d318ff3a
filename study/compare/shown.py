"""Which cells of a comparison are shown, in which order, and by what their ratios are divided."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study.compare.called import Ratio
from study.compare.comparison import of_kinds
from study.findings import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.compare.called import Compared
    from study.compare.comparison import Comparison

Normalised = Literal["no", "loop", "middle"]
Order = Literal["size", "name", "kind"]
MOST_APART = 5
"""Cells that are shown where not all are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """How a comparison is shown.

    Attributes
    ----------
    least : cells that differ by less are left out.
    every : all cells and not only those that lie furthest from the middle.
    order : by how far they lie from the middle, by name, or by kind and name.
    normalised : whether ratios are divided by that of the plain loop, or by the middle one.
    """

    least: float = 0.0
    every: bool = False
    order: Order = "size"
    normalised: Normalised = "no"


def divisor(found: Comparison, show: Show) -> float:
    """What the ratios are divided by of what the machine's pace moves; 1 without such a loop, or where nothing is asked for."""
    if show.normalised == "loop":
        loops = of_kinds([cell for cell in found.cells if cell.both.kind == "loop" and cell.both.paced])
        return loops[0].middle if loops else 1.0
    return found.alike.ratio.point if show.normalised == "middle" and found.alike is not None else 1.0


def divided_by(found: Comparison, show: Show) -> Callable[[Compared], float]:
    """What the ratio of each cell is divided by: sizes and sleeps, which the machine's pace does not move, by nothing."""
    by = divisor(found, show)
    return lambda cell: by if cell.both.paced else 1.0


def cells_shown(found: Comparison, show: Show) -> list[Compared]:
    """The cells to be listed, in order: those that were called first where the furthest are asked for."""
    middle = found.alike.ratio.point if found.alike is not None else 1.0
    by = divided_by(found, show)
    kept = [cell for cell in found.cells if _away(cell, by(cell)) >= math.log1p(show.least)]
    orders = {
        "size": lambda cell: (
            not cell.fails,
            cell.word not in {"slower", "faster"},
            -_away(cell, middle if cell.both.paced else 1.0),
            cell.both.text,
        ),
        "name": lambda cell: (cell.both.words, cell.both.text),
        "kind": lambda cell: (cell.both.kind, cell.both.words, cell.both.text),
    }
    kept.sort(key=orders[show.order])
    return kept if show.every else kept[:MOST_APART]


def word_of(cell: Compared) -> str:
    """What a cell is called: a size is not slower but larger."""
    of_size = {"slower": "larger", "faster": "smaller"} if cell.both.unit == "byte" else {}
    return of_size.get(cell.word, cell.word)


def ratio_estimate(ratio: Ratio, n: int, by: float = 1.0) -> Estimate:
    """A ratio as an estimate, divided by `by`; an interval without end is none."""
    known = ratio.low is not None and ratio.high is not None and math.isfinite(ratio.high)
    return Estimate(
        point=ratio.point / by,
        low=ratio.low / by if known and ratio.low is not None else None,
        high=ratio.high / by if known and ratio.high is not None else None,
        n=n,
        unit="ratio",
        estimand="ratio of geometric means",
        method="Student's t on logarithms of process means",
        holds_for="these runs",
    )


def plain_ratio(ratio: float) -> Estimate:
    """A ratio alone, as an estimate."""
    return ratio_estimate(Ratio(ratio), 0)


def _away(cell: Compared, middle: float) -> float:
    return abs(math.log(cell.ratio.point / middle))
