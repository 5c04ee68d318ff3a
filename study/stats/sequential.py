"""Equal cells told from changed ones while they are measured: looks, what each may spend, and what is decided there.

The data are paired: d = log(mean of head) - log(mean of base) of the two processes that stood back to back in a round.
A look's two-sided p values are those of Student's t on d; divided by the share of the error that the look may spend, the
smallest so far is a p value whenever one stops (Bonferroni over looks), and Holm's correction over all cells of such p
values bounds the chance that any equal cell is called different, whatever the cells have in common.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats import quantiles
from study.stats.calling import LEVEL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LOOKS = (10, 20, 40, 80, 160)
"""Rounds after which is looked: each time twice the rounds, so that a cell takes less than twice what it needs."""
SPENDING = (0.2, 0.2, 0.2, 0.2, 0.2)
"""Share of the error that each look may spend; equal parts, chosen on resampled stored noise (ARCHITECTURE.md, Comparing)."""
POWER = 0.8
"""Of the smallest effect that is told."""


class Levels(NamedTuple):
    """Of every cell at a look: rounds, mean and standard deviation of d, and the median; arrays of one shape."""

    rounds: NDArray[np.int64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    median: NDArray[np.float64]


def levels(differences: ArrayLike) -> Levels:
    """Sum up the paired log differences of cells.

    Parameters
    ----------
    differences : array_like, shape (..., rounds)
        log(head) - log(base), round by round; two rounds at least.
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.ndim < 1 or d.shape[-1] < 2:
        raise ValueError("a spread needs two rounds")
    if not np.isfinite(d).all():
        raise ValueError("differences of logarithms are finite")
    return Levels(
        rounds=np.full(d.shape[:-1], d.shape[-1], dtype=np.int64),
        mean=d.mean(axis=-1),
        deviation=d.std(axis=-1, ddof=1),
        median=np.median(d, axis=-1),
    )


def p_different(seen: Levels, look: int, before: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """P values that head and base are equal, valid at whatever look one stops.

    Parameters
    ----------
    seen : of the cells, at this look.
    look : its number, from 0.
    before : the same p values at the look before; none at the first.

    Returns
    -------
    ndarray
        min over looks of p / share, at most 1; not yet corrected for the number of cells.
    """
    now = np.minimum(1.0, _two_sided(seen) / SPENDING[look])
    return now if before is None else np.minimum(now, before)


def holm_of(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's correction along the last axis, the cells of a gate."""
    order = np.argsort(p_values, axis=-1, kind="stable")
    sorted_ = np.take_along_axis(p_values, order, axis=-1)
    cells = p_values.shape[-1]
    raised = np.maximum.accumulate(sorted_ * (cells - np.arange(cells)), axis=-1)
    adjusted = np.empty_like(p_values)
    np.put_along_axis(adjusted, order, np.minimum(1.0, raised), axis=-1)
    return adjusted


def called_once(seen: Levels) -> NDArray[np.bool_]:
    """Cells that the rule calls different where it looks once, with all of the error."""
    return np.asarray((holm_of(_two_sided(seen)) < LEVEL) & (seen.mean * seen.median > 0.0))


def same(seen: Levels, look: int, margin: float) -> NDArray[np.bool_]:
    """Whether each cell is the same within a margin: both one-sided tests (TOST) at what the look may spend.

    Parameters
    ----------
    margin : relative, such as 0.05: the ratio lies between 1 / 1.05 and 1.05.
    """
    half = _half(seen, 1.0 - LEVEL * SPENDING[look])
    edge = math.log1p(margin)
    return np.asarray((seen.mean - half > -edge) & (seen.mean + half < edge))


def standings(
    seen: Levels, look: int, margin: float, p_values: NDArray[np.float64], stopped: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """What is said of each cell at a look: 1 slower, -1 faster, 2 the same within the margin, 0 open.

    Parameters
    ----------
    seen, p_values : of all cells of the gate; those that stopped earlier keep what they had.
    stopped : cells that stopped earlier; they are not decided again, and are part of Holm's family.

    Notes
    -----
    A cell whose average and median point to opposite sides is not called different: then modes moved, not a level.
    """
    low, high = interval(seen, look)
    apart = (low > 1.0) | (high < 1.0)  # the evidence of an earlier look may have been of the other side
    called = (holm_of(p_values) < LEVEL) & ~stopped & apart & (seen.mean * seen.median > 0.0)
    alike = same(seen, look, margin) & ~stopped & ~called
    found = np.where(called, np.sign(seen.mean), 0.0) + np.where(alike, 2.0, 0.0)
    return np.asarray(found, dtype=np.int8)


class State(NamedTuple):
    """How the cells of a gate stand: arrays of one shape.

    Attributes
    ----------
    states : what is said, as `standings`; once called a cell stays called.
    settled : whether a cell needs no further round.
    p_values : as `p_different`, up to the look at which the cell was called or found the same.
    """

    states: NDArray[np.int8]
    settled: NDArray[np.bool_]
    p_values: NDArray[np.float64]


def unseen(shape: tuple[int, ...]) -> State:
    """Of cells at which nobody has looked."""
    return State(np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.bool_), np.ones(shape))


def looked(before: State, seen: Levels, look: int, *, same: float, limit: float) -> State:
    """Look once more: decide what is open, and settle what needs no further round.

    A cell that is the same or faster is settled. One that is called slower is measured on until its interval lies above the
    limit or below it: what an early look calls, it calls because it looks large then.

    Parameters
    ----------
    before : after the look before; settled cells stay as they are.
    seen : of all cells, at this look.
    same, limit : relative, such as 0.05 and 0.10.
    """
    known = before.states != 0
    p_values = np.where(known, before.p_values, p_different(seen, look, before.p_values))
    states = np.where(known, before.states, standings(seen, look, same, p_values, known)).astype(np.int8)
    low, high = interval(seen, look)
    clear = (low > 1.0 + limit) | (high < 1.0 + limit)
    return State(states, before.settled | np.isin(states, (-1, 2)) | ((states == 1) & clear), p_values)


def interval(seen: Levels, look: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the ratio's interval: with 95 % it holds the true ratio at all looks of the cell together."""
    half = _half(seen, 1.0 - LEVEL * SPENDING[look] / 2.0)
    return np.exp(seen.mean - half), np.exp(seen.mean + half)


def could_have_seen(seen: Levels, look: int, cells: int) -> NDArray[np.float64]:
    """Smallest relative difference that the whole rule calls with a power of 80 %, at the least favourable step of Holm.

    Parameters
    ----------
    cells : of the gate.
    """
    wanted = _quantile(1.0 - LEVEL * SPENDING[look] / (2.0 * cells), seen.rounds - 1) + _quantile(
        POWER, seen.rounds - 1
    )
    return np.asarray(np.expm1(wanted * seen.deviation / np.sqrt(seen.rounds)))


def _two_sided(seen: Levels) -> NDArray[np.float64]:
    off = np.abs(seen.mean)
    error = seen.deviation / np.sqrt(seen.rounds)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(off == 0.0, 0.0, off / error)
    return quantiles.t_two_sided_ps(t, np.asarray(seen.rounds - 1.0))


def _half(seen: Levels, probability: float) -> NDArray[np.float64]:
    return np.asarray(_quantile(probability, seen.rounds - 1) * seen.deviation / np.sqrt(seen.rounds))


def _quantile(probability: float, df: NDArray[np.int64]) -> NDArray[np.float64]:
    known = {int(freedom): quantiles.t_quantile(probability, float(freedom)) for freedom in np.unique(df)}
    return np.asarray(np.vectorize(known.__getitem__, otypes=[np.float64])(df))
