"""Whole runs set against each other, each cell against the others of its run: gaps, who is called, and what would be seen.

Arrays have an entry for each cell; everything is on the scale of natural logarithms of process means. `between` does the same
of one cell at a time, and explains the interval.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats import inputs, quantiles
from study.stats.between import FEWEST_CELLS, FEWEST_PAST_RUNS, common_movement
from study.stats.calling import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from study.stats.between import RunComponent

SMALLEST_LIMIT = 0.2
"""Whole runs promise to find no smaller slowdown."""
MARGIN = 0.15
"""Of the limit: a cell fails where it is slower by more than this share of the limit for certain."""
WANTED_CHANCE = 0.8
"""Of finding a slowdown as large as the limit: a limit speaks for the cells where it is no less, by their errors as known."""
POWER = 0.8
LARGEST_LOG = 700.0
"""No larger number has an exponential."""


class Levels(NamedTuple):
    """Cells of one run: mean of the logarithms of their process means, its squared standard error, how many processes."""

    mean: NDArray[np.float64]
    squared_error: NDArray[np.float64]
    processes: NDArray[np.float64]


class Apart(NamedTuple):
    """Second run over first, by cell.

    Attributes
    ----------
    gap : logarithm of the ratio, `common` taken off.
    common : what moved all cells alike: the median of their gaps; 0 where it was not taken off.
    error, df : standard error of `gap` with its degrees of freedom.
    """

    gap: NDArray[np.float64]
    common: float
    error: NDArray[np.float64]
    df: NDArray[np.float64]

    @property
    def p(self) -> NDArray[np.float64]:
        """Two-sided p values against a gap of 0."""
        return quantiles.t_two_sided_ps(self.gap / self.error, self.df)

    def reach(self, tail: float) -> NDArray[np.float64]:
        """How far a limit lies from the gap that chance passes with probability `tail`."""
        return quantiles.t_quantiles(1.0 - tail, self.df) * self.error

    def beside(self, others: Apart) -> Apart:
        """These cells, then others of which something else, or nothing, was taken off; `common` stays."""
        both = zip((self.gap, self.error, self.df), (others.gap, others.error, others.df), strict=True)
        gap, error, df = (np.concatenate(parts) for parts in both)
        return Apart(gap, self.common, error, df)

    def of(self, cells: NDArray[np.bool_]) -> Apart:
        """Some of the cells, what is common being that of all."""
        return Apart(self.gap[cells], self.common, self.error[cells], self.df[cells])


class Movement(NamedTuple):
    """How far all cells of earlier runs of unchanged code moved alike: `spread`, a standard deviation with `df` degrees.

    `most` is the largest ratio of two of these runs; `runs`, how many there are.
    """

    spread: float
    df: float
    most: float
    runs: int

    def reach(self, tail: float) -> float:
        """How far two runs of unchanged code lie apart, on the log scale, beyond which chance comes with probability `tail`."""
        return quantiles.t_quantile(1.0 - tail, self.df) * math.sqrt(2.0) * self.spread


def apart(
    first: Levels, second: Levels, components: tuple[RunComponent, RunComponent], *, alone: bool = False
) -> Apart:
    """Set the cells of two whole runs against each other.

    Parameters
    ----------
    first, second : Levels
        The same cells in both, of two processes or more each.
    components : pair of RunComponent
        By how much a cell moves from run to run against the others of its run, on either side; equal ones count as one
        estimate used twice.
    alone : bool
        Each cell by itself: nothing is taken off.

    Raises
    ------
    ValueError
        for other shapes, numbers that are not finite, fewer than two processes.
    """
    checked(first)
    checked(second)
    if first.mean.shape != second.mean.shape:
        raise ValueError(f"shapes {first.mean.shape} and {second.mean.shape}: expected the same cells in both runs")
    gaps = second.mean - first.mean
    common = 0.0 if alone or not gaps.size else float(np.median(gaps))
    one, other = components
    terms = [(first.squared_error, first.processes - 1.0), (second.squared_error, second.processes - 1.0)]
    if one == other:
        terms.append((np.full(gaps.shape, 2.0 * one.tau**2), np.full(gaps.shape, one.df)))
    else:
        terms += [(np.full(gaps.shape, side.tau**2), np.full(gaps.shape, side.df)) for side in components]
    parts, degrees = (np.array(column) for column in zip(*terms, strict=True))
    whole = parts.sum(axis=0)
    df = whole**2 / (parts**2 / degrees).sum(axis=0)
    return Apart(gaps - common, common, np.sqrt(whole), df)


def paired_apart(differences: Sequence[ArrayLike]) -> Apart:
    """The same of two arms of one run: of each cell the differences of logarithms, second less first, round by round.

    Nothing is taken off, and nothing is added: what a run does, it does to both arms.

    Raises
    ------
    ValueError
        for another shape, numbers that are not finite, fewer than two rounds.
    """
    rows = [inputs.series(found, "differences", signed=True) for found in differences]
    if any(row.size < 2 for row in rows):
        raise ValueError("differences: expected two rounds or more of each cell")
    count = np.array([float(row.size) for row in rows])
    least = inputs.NEXT_TO_ZERO
    variances = np.array([max(least, inputs.variance(row)) for row in rows])
    return Apart(np.array([inputs.mean(row) for row in rows]), 0.0, np.sqrt(variances / count), count - 1.0)


def checked(levels: Levels) -> None:
    """Refuse what is no level.

    Raises
    ------
    ValueError
        for unequal shapes, numbers that are not finite, a negative error, fewer than two processes.
    """
    if len({part.shape for part in levels}) > 1 or levels.mean.ndim != 1:
        raise ValueError("levels: expected an entry for each cell in every part")
    if not all(bool(np.isfinite(part).all()) for part in levels):
        raise ValueError("levels: numbers must be finite")
    if bool((levels.squared_error < 0.0).any() or (levels.processes < 2.0).any()):
        raise ValueError("levels: errors are not negative, and of two processes at least")


def table_of(runs: Sequence[Levels]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`Levels.mean` and `Levels.squared_error` of runs of the same cells, each of shape (K, C)."""
    return np.array([run.mean for run in runs]), np.array([run.squared_error for run in runs])


def movement(means: ArrayLike) -> Movement | None:
    """How far the cells of earlier runs moved alike; None below four runs or eight cells.

    Parameters
    ----------
    means : array_like, shape (K, C)
        `Levels.mean` of C cells in K runs of unchanged code on one machine in one state.
    """
    m = np.asarray(means, dtype=np.float64)
    if m.ndim != 2 or m.shape[0] < FEWEST_PAST_RUNS or m.shape[1] < FEWEST_CELLS:
        return None
    moved = common_movement(m)
    most = math.exp(float(moved.max() - moved.min()))
    return Movement(float(moved.std(ddof=1)), m.shape[0] - 1.0, most, m.shape[0])


def beyond(found: Apart, limit: float, tests: int) -> NDArray[np.bool_]:
    """The cells that fail a limit: slower for certain by more than a part of it, and not for certain by less than all of it.

    Parameters
    ----------
    limit : float
        Relative, such as 0.2.
    tests : int
        Of how many tests this is one: each has its part of the 5 % (Bonferroni), one-sided.

    Notes
    -----
    So a slowdown as large as the limit is mostly found, though half of its measurements lie below the limit; and a smaller
    one that is known well, such as 8 ± 2 % where 20 % are allowed, passes.
    """
    reach = found.reach(LEVEL / tests)
    return (found.gap - reach > math.log1p(MARGIN * limit)) & (found.gap + reach >= math.log1p(limit))


def chance_to_see(found: Apart, limit: float, tests: int) -> NDArray[np.float64]:
    """With what probability `beyond` would find a slowdown of the limit in each cell, its error being as it is."""
    room = (math.log1p(limit) - math.log1p(MARGIN * limit)) / found.error
    return quantiles.t_belows(room - quantiles.t_quantiles(1.0 - LEVEL / tests, found.df), found.df)


def spoken_for(found: Apart, limit: float, extra: int = 0) -> NDArray[np.bool_]:
    """The cells that a limit speaks for: as many as can be had so that each would mostly be found, were it so much slower.

    The others scatter too much. They are not tested, so that those which can be seen are not tested more strictly for them.

    Parameters
    ----------
    extra : int
        Tests beside those of cells.

    Notes
    -----
    They are picked by their errors, not by their gaps: of normal numbers these tell nothing of each other.
    """
    for cells in range(found.gap.size, 0, -1):
        chances = chance_to_see(found, limit, cells + extra)
        if int((chances >= WANTED_CHANCE).sum()) >= cells:
            picked = np.zeros(found.gap.size, dtype=np.bool_)
            picked[np.argsort(-chances, kind="stable")[:cells]] = True
            return picked
    return np.zeros(found.gap.size, dtype=np.bool_)


def smallest_seen(found: Apart, tests: int) -> NDArray[np.float64]:
    """The smallest relative change of each cell that would be called, Holm over so many cells, with a power of 80 %."""
    reach = quantiles.t_quantiles(1.0 - LEVEL / (2.0 * tests), found.df) + quantiles.t_quantiles(POWER, found.df)
    return np.asarray(np.expm1(np.minimum(reach * found.error, LARGEST_LOG)))
