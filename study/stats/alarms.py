"""How often a limit fails unchanged code, and how often it finds a slowdown of its size: from stored runs of one machine."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats.apart import MARGIN, Apart, Levels, apart, beyond, movement, spoken_for, table_of
from study.stats.between import FEWEST_CELLS, FEWEST_PAST_RUNS, against_others, run_component
from study.stats.called import share_called
from study.stats.calling import LEVEL
from study.stats.shares import complement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from study.findings import Estimate

GROUP = "separate runs"
"""Of promises: under which heading simulated studies try this."""
FEWEST_RUNS = FEWEST_PAST_RUNS + 2
"""Two are compared; the others say how the machine moves."""
MOST_RUNS = 12
"""An old history does not speak for today, and pairs grow with the square."""


class Alarms(NamedTuple):
    """Pairs of runs of unchanged code, each compared as if something had changed, by what the other runs say.

    Attributes
    ----------
    false : share of comparisons that would have failed.
    found : share of cells × comparisons in which a slowdown of the limit's size, put into that cell alone, was found: of the
        cells that the limit speaks for in most comparisons.
    pairs, runs : how many comparisons, of how many runs.
    spoken, cells : how many cells it speaks for, of how many.
    """

    false: Estimate
    found: Estimate
    pairs: int
    runs: int
    spoken: int
    cells: int


class Tried(NamedTuple):
    """One comparison: whether it failed; of each cell, whether the limit speaks for it, and finds a slowdown put into it."""

    failed: bool
    spoken: NDArray[np.bool_]
    found: NDArray[np.bool_]


def alarms(runs: Sequence[Levels], limit: float, unpaced: Sequence[Levels] = ()) -> Alarms | None:
    """Try a limit on stored runs of unchanged code, the oldest first; None where six runs with eight cells are not there.

    Parameters
    ----------
    runs : sequence of Levels
        The same cells in each; of more than twelve runs the last ones.
    limit : float
        Relative, such as 0.2.
    unpaced : sequence of Levels
        Of each of the runs the cells that the pace of the machine does not move; empty where there are none.
    """
    runs, unpaced = list(runs)[-MOST_RUNS:], list(unpaced)[-MOST_RUNS:]
    if len(runs) < FEWEST_RUNS or runs[0].mean.size < FEWEST_CELLS:
        return None
    pairs = list(itertools.combinations(range(len(runs)), 2))
    every = []
    for pair in pairs:
        past, others = ([run for index, run in enumerate(some) if index not in pair] for some in (runs, unpaced))
        two = (unpaced[pair[0]], unpaced[pair[1]]) if unpaced else None
        every.append(tried((runs[pair[0]], runs[pair[1]]), past, limit, two and (two, others)))
    spoken = np.mean([one.spoken for one in every], axis=0) > 0.5
    missed = share_called([~one.found[spoken] for one in every], pairs, len(runs))
    false = share_called([[one.failed] for one in every], pairs, len(runs))
    return Alarms(false, complement(missed), len(pairs), len(runs), int(spoken.sum()), spoken.size)


def tried(
    pair: tuple[Levels, Levels],
    past: Sequence[Levels],
    limit: float,
    unpaced: tuple[tuple[Levels, Levels], Sequence[Levels]] | None = None,
) -> Tried:
    """Try a limit on two runs, and find out in which cells it would find a slowdown of its size put in alone.

    Parameters
    ----------
    past : the earlier runs that say how the machine moves: four or more.
    unpaced : the same of the cells that the pace of the machine does not move.
    """
    means, errors = table_of(past)
    component = run_component(against_others(means), errors)
    moved = movement(means)
    extra = 0 if moved is None else 1
    found = apart(*pair, (component, component))
    paced = found.gap.size
    if unpaced is not None:
        own = run_component(*table_of(unpaced[1]))
        found = found.beside(apart(*unpaced[0], (own, own), alone=True))
    spoken = spoken_for(found, limit, extra)
    tests = max(1, int(spoken.sum()) + extra)
    failed = bool(beyond(found, limit, tests)[spoken].any())
    if moved is not None:
        failed = failed or moves_beyond(found.common, moved.reach(LEVEL / tests), limit)
    gaps = np.tile(found.gap, (found.gap.size, 1)) + np.diag(np.full(found.gap.size, math.log1p(limit)))
    put_in = np.diag(gaps).copy()
    put_in[:paced] -= np.median(gaps[:paced, :paced], axis=1)  # the others tell what the machine did
    seen = beyond(Apart(put_in, found.common, found.error, found.df), limit, tests)
    return Tried(failed, spoken, seen)


def moves_beyond(common: float, reach: float, limit: float) -> bool:
    """Whether what moved all cells alike fails a limit, as `beyond` has it of a cell."""
    return common - reach > math.log1p(MARGIN * limit) and common + reach >= math.log1p(limit)
