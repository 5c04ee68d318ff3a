"""Values of a process against processes: the Kalibera-Jones optimum of the moment, from what the first look saw."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.stats import quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.run.seen_costs import Processes, Values

MOST_VALUES = 30
"""Of a process: more would make rounds so long that looks come late."""
_STEPS = 64
"""Equally likely values of a chi-square that its distribution is cut into."""


class Parts(NamedTuple):
    """Of one cell, relative to its mean: variance of a value inside a process, and of the processes' own levels."""

    within: float
    between: float


def best_values(seen: Processes, open_cells: frozenset[str]) -> int:
    """Values for each process of an event from now on, 1 … `MOST_VALUES`; the present number where nothing can be told.

    Notes
    -----
    Variance times time is linear in the variance between processes, so what is expected of that variance takes its place:
    an estimate cut at 0, which ten processes often give, would ask for as many values as there may be.
    """
    parts = [found for cell in seen.cells if cell in open_cells and (found := parts_of(seen.times[cell])) is not None]
    if not parts or seen.value_s <= 0.0:
        return seen.values
    within = math.fsum(part.within for part in parts) / len(parts)
    between = math.fsum(part.between for part in parts) / len(parts)
    if within + between == 0.0:
        return seen.values
    components = stats.VarianceComponents(within=within, between=between)
    return stats.optimal_values(components, seen.around_s, seen.value_s, warmups=0, most=MOST_VALUES)


def parts_of(arms: Sequence[Sequence[Values]]) -> Parts | None:
    """The parts of the variance of a cell over its two arms, pair by pair; None where they cannot be told.

    Within is an average; between is what is expected of it, given the scatter of so many process means.
    """
    tables = [np.array(arm, dtype=np.float64) for arm in arms if len(arm) > 1 and len(arm[0]) > 1]
    if len(tables) < len(arms):
        return None
    within = float(np.mean([(table / table.mean()).var(axis=1, ddof=1).mean() for table in tables]))
    first, second = (np.log(table.mean(axis=1)) for table in tables)
    of_means = float((second - first).var(ddof=1)) / 2.0  # what both arms of a round share is in none of it
    df = len(first) - 1
    likely = [of_means * df / quantiles.chi2_quantile((step + 0.5) / _STEPS, df) for step in range(_STEPS)]
    share = within / tables[0].shape[1]
    return Parts(within, math.fsum(max(0.0, variance - share) for variance in likely) / _STEPS)


def thinned(seen: Processes, values: Mapping[str, int]) -> dict[str, float]:
    """Cell -> how many times as far its process means will scatter with so many values; 1 where nothing can be told."""
    found = {}
    for cell in seen.cells:
        parts = parts_of(seen.times[cell])
        before = parts.between + parts.within / seen.values if parts is not None else 0.0
        after = parts.between + parts.within / values[cell] if parts is not None else 0.0
        found[cell] = math.sqrt(after / before) if before else 1.0
    return found
