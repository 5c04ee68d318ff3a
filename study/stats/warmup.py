"""Whether a process warms up, and from which value on it stands still."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from study.stats import inputs
from study.stats.changepoints import SHORTEST_SEGMENT, changepoints, isolated_outliers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SeriesKind = Literal["flat", "warm-up", "slow-down", "no steady state"]
ProcessesKind = Literal["flat", "warm-up", "slow-down", "no steady state", "inconsistent"]

STEADY_SHARE = 0.25
"""The last quarter of a series must stand still (Barrett et al.: the last 500 of 2 000)."""

_STANDARD_ERRORS = 3.0


class SeriesClass(NamedTuple):
    """What one process did.

    Attributes
    ----------
    kind : see `classify`.
    steady_from : index of the first value of the steady state; `None` without one.
    cold_s, warm_s : first value, and arithmetic mean of the steady state (`None` without one), seconds.
    changes : indices at which segments begin, 0 left out.
    outliers : isolated values that were left out of the segmentation; they count in `warm_s`.
    """

    kind: SeriesKind
    steady_from: int | None
    cold_s: float
    warm_s: float | None
    changes: tuple[int, ...]
    outliers: int


class ProcessesClass(NamedTuple):
    """What the processes of one cell did: the class they share or 'inconsistent', and each of them in order."""

    kind: ProcessesKind
    processes: tuple[SeriesClass, ...]


def classify(series: ArrayLike, *, delta: float = 0.01, shortest: int = SHORTEST_SEGMENT) -> SeriesClass:
    """Say whether the series of one process is flat, warms up, slows down or does not settle.

    Parameters
    ----------
    series : array_like, shape (V,)
        Times of one process in order, first value cold, seconds, above 0.
    delta : float
        Levels that differ by no more than this (0.01: 1 %) are the same.
    shortest : int
        As in `changepoints`.

    Returns
    -------
    SeriesClass
        A segment is equivalent to the last one if their means (of logarithms) differ by no more than the largest of
        `delta`, the variance of the last one, and three standard errors of such a difference, at the scatter of the last
        one. 'no steady state' if a segment that is not reaches into the last
        quarter; else 'flat' if all are equivalent, 'warm-up' if those that are not are all slower than the last one,
        'slow-down' if one is faster. The steady state begins after the last segment that is not equivalent.

    Raises
    ------
    ValueError
        as `changepoints`; for fewer than 2·`shortest` values, which cannot show a change; for a delta not above 0.

    Notes
    -----
    Barrett et al., Virtual Machine Warmup Blows Hot and Cold, OOPSLA 2017 (arXiv:1602.00602). Their rule compares a
    difference in seconds with a variance in square seconds; on logarithms both are without unit. The standard errors
    are added: without them two stretches of one level, parted by another level, differ by chance. A cold phase shorter
    than `shortest` is seen if it is cold enough, and `steady_from` is then up to `shortest` − 1 values late.
    """
    x = inputs.series(series, "series")
    if not inputs.nonnegative(delta, "delta"):
        raise ValueError("delta=0: expected a relative difference above 0")
    if x.size < 2 * shortest:
        raise ValueError(f"series: {x.size} values cannot show a change, {2 * shortest} are needed")
    kept = np.flatnonzero(~isolated_outliers(x))
    changes = changepoints(x[kept], shortest=shortest)
    bounds = [0, *changes, kept.size]
    parts = [np.log(x[kept[start:end]]) for start, end in itertools.pairwise(bounds)]
    level, scatter = inputs.mean(parts[-1]), inputs.variance(parts[-1])
    gaps = [inputs.mean(part) - level for part in parts]
    chance = [_STANDARD_ERRORS * math.sqrt(scatter / part.size + scatter / parts[-1].size) for part in parts]
    other = [index for index, gap in enumerate(gaps) if abs(gap) > max(delta, scatter, chance[index])]
    begins = [int(kept[at]) for at in changes]
    steady_from = begins[other[-1]] if other else 0
    kind: SeriesKind = "flat"
    if steady_from > math.floor(x.size * (1.0 - STEADY_SHARE)):
        kind = "no steady state"
    elif other:
        kind = "warm-up" if all(gaps[index] > 0.0 for index in other) else "slow-down"
    settled = kind != "no steady state"
    return SeriesClass(
        kind,
        steady_from if settled else None,
        float(x[0]),
        inputs.mean(x[steady_from:]) if settled else None,
        tuple(begins),
        x.size - kept.size,
    )


def classify_processes(
    table: ArrayLike, *, delta: float = 0.01, shortest: int = SHORTEST_SEGMENT
) -> ProcessesClass | None:
    """Classify every process of a cell, and the cell.

    Parameters
    ----------
    table : array_like, shape (G, V)
        The series of each of G processes, as in `classify`.
    delta, shortest
        As in `classify`.

    Returns
    -------
    ProcessesClass or None
        'inconsistent' where processes differ in class; then, and without a steady state, no mean of the warm times
        speaks for all processes. `None` without a process.

    Raises
    ------
    ValueError
        as `classify`.
    """
    rows = inputs.table(table, "table")
    found = tuple(classify(row, delta=delta, shortest=shortest) for row in rows)
    if not found:
        return None
    kinds = {each.kind for each in found}
    return ProcessesClass(found[0].kind if len(kinds) == 1 else "inconsistent", found)
