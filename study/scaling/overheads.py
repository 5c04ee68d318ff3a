"""What follows from a pool's two costs of a task: the METG law, and from how many tasks on going parallel pays."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study.findings import Estimate
from study.scaling.mapping import at_least_one, mapped
from study.stats import average, difference_paired
from study.units import with_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChecked:
    """A predicted METG(50 %) beside the measured one.

    Attributes
    ----------
    predicted, measured : seconds of granularity (workers × time ÷ tasks), that is of useful work and overhead.
    inside : whether the predicted number lies in the measured interval; None where that cannot be said.
    sentence : the finding in words.
    """

    predicted: Estimate
    measured: Estimate
    inside: bool | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCosts:
    """The costs of a task in a pool, seconds: `worker_s` in the worker, `dispatch_s` where tasks are handed out.

    `both_s` is their sum: what a task costs the workers' CPUs at most, where who hands out has none of its own.
    """

    worker_s: Estimate
    dispatch_s: Estimate
    both_s: Estimate


def task_costs(alone_s: ArrayLike, loop_s: ArrayLike, handed_s: ArrayLike, *, confidence: float = 0.95) -> TaskCosts:
    """o_w and o_d of a pool, from three times of a task in the same rounds.

    Parameters
    ----------
    alone_s : array_like, shape (G,)
        A task that is longer than handing it out takes, in a pool of one worker.
    loop_s : array_like, shape (G,)
        The same task in a plain loop.
    handed_s : array_like, shape (G,)
        A task so short that handing out is all that takes time, in the pool.
    confidence : float
        Of the intervals.

    Returns
    -------
    TaskCosts
        o_w = alone − loop, of averages; below 0 it counts as 0, the average and its ends, not single rounds: a cost near 0
        would come out too high. o_d is the average time of the short task.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, non-finite numbers.
    """
    alone, handed = np.asarray(alone_s, dtype=np.float64), np.asarray(handed_s, dtype=np.float64)
    return TaskCosts(
        worker_s=_at_least_nothing(difference_paired(alone, loop_s, "s", confidence=confidence)),
        dispatch_s=average(handed, "s", confidence=confidence),
        both_s=_at_least_nothing(difference_paired(alone + handed, loop_s, "s", confidence=confidence)),
    )


def _at_least_nothing(cost_s: Estimate) -> Estimate:
    return mapped(cost_s, lambda seconds: max(0.0, seconds), cost_s.method)


def predicted_metg(worker_s: Estimate, dispatch_s: Estimate, workers: int) -> Estimate:
    """METG(50 %) of a pool from its two costs of a task: max(2·o_w, p·o_d).

    Parameters
    ----------
    worker_s : Estimate
        o_w, what a worker spends on a task besides its useful work, seconds.
    dispatch_s : Estimate
        o_d, what the one process that hands out tasks spends on each, seconds.
    workers : int
        p, at least 1.

    Returns
    -------
    Estimate
        Seconds of granularity; useful work is half of it. Its ends are the law at the ends of both costs, at least as
        wide as their confidence asks for. `None` where a cost is.

    Raises
    ------
    ValueError
        for fewer than one worker.

    Notes
    -----
    From T/N = max(o_d, (w + o_w)/p) and Slaughter et al. (SC'20): while workers limit, efficiency is w/(w + o_w); while
    the dispatcher limits, it is w/(p·o_d).
    """
    at_least_one(workers)
    return _combined(
        (worker_s, dispatch_s), lambda own, given: max(2.0 * own, workers * given), "s", "max(2·o_w, p·o_d)"
    )


def law_checked(predicted_s: Estimate, useful_s: Estimate) -> LawChecked:
    """Whether the law foretells the METG that was measured.

    Parameters
    ----------
    predicted_s : Estimate
        As `predicted_metg` gives it.
    useful_s : Estimate
        METG(50 %) as `metg` gives it, in useful work; twice this is the granularity.

    Returns
    -------
    LawChecked
    """
    measured = mapped(useful_s, lambda w: 2.0 * w, f"2 × useful work: {useful_s.method}")
    inside: bool | None = None
    if predicted_s.point is None or measured.point is None:
        missing, why = ("predicted", predicted_s) if predicted_s.point is None else ("measured", measured)
        sentence = f"The law cannot be checked: the {missing} METG is {with_interval(why)}."
    elif measured.low is None or measured.high is None:
        sentence = f"The law cannot be checked: the measured METG has no interval, {measured.reason}."
    else:
        inside = measured.low <= predicted_s.point <= measured.high
        sentence = (
            f"The law foretells {with_interval(predicted_s)}, {'inside' if inside else 'outside'} the interval of the"
            f" measured {with_interval(measured)}."
        )
    return LawChecked(predicted=predicted_s, measured=measured, inside=inside, sentence=sentence)


def break_even_tasks(
    task_s: float, start_s: Estimate, worker_s: Estimate, dispatch_s: Estimate, capacity: Estimate
) -> Estimate:
    """Smallest number of tasks for which a pool, its start included, is faster than a plain loop.

    Parameters
    ----------
    task_s : float
        w, useful seconds of a task, above 0.
    start_s : Estimate
        T₀, what it costs to make the pool and close it, seconds.
    worker_s, dispatch_s : Estimate
        o_w and o_d, as in `predicted_metg`.
    capacity : Estimate
        How many times the work of one process all workers do together, at least 1.

    Returns
    -------
    Estimate
        ⌊T₀ ÷ (w − max(o_d, (w + o_w)/C))⌋ + 1. Its ends are the formula at the least and most favourable ends of all
        costs; infinite where the pool never pays there. `None` where it never pays at the numbers themselves.

    Raises
    ------
    ValueError
        for a task that takes no time.

    Notes
    -----
    Tasks are taken to keep all workers busy; with a handful of tasks the last ones leave some idle, and it takes more.
    """
    if not (math.isfinite(task_s) and task_s > 0):
        raise ValueError(f"task_s={task_s!r}: expected seconds above 0")

    def least(start: float, own: float, given: float, inverse: float) -> float:
        saved = task_s - max(given, (task_s + own) * inverse)
        return math.floor(max(start, 0.0) / saved) + 1.0 if saved > 0 else math.inf

    method = "⌊T₀ ÷ (w − max(o_d, (w + o_w)/C))⌋ + 1"
    found = _combined((start_s, worker_s, dispatch_s, mapped(capacity, _inverse, "1/C")), least, "count", method)
    if found.point is None or math.isfinite(found.point):
        return found
    reason = "a task costs as much in the pool as in a plain loop or more: no number of them pays"
    return replace(found, point=None, low=None, high=None, reason=reason)


def _inverse(capacity: float) -> float:
    return 1.0 / max(capacity, 1.0)


def _combined(costs: tuple[Estimate, ...], law: Callable[..., float], unit: str, method: str) -> Estimate:
    """A law that rises with each cost, at their points and at their ends."""
    points = [cost.point for cost in costs]
    lows, highs = [cost.low for cost in costs], [cost.high for cost in costs]
    reason = next((cost.reason for cost in costs if cost.point is None or cost.low is None), "")
    known = None not in points
    ranged = known and None not in lows and None not in highs
    return Estimate(
        point=law(*points) if known else None,
        low=law(*lows) if ranged else None,
        high=law(*highs) if ranged else None,
        n=min(cost.n for cost in costs),
        unit=unit,  # type: ignore[arg-type]
        estimand="fitted",
        method=f"{method}, at the ends of all costs",
        confidence=min(cost.confidence for cost in costs),
        reason=reason,
    )
