"""What comes straight from the times: speedup, efficiency, capacity, Karp–Flatt, break-even."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.scaling.mapping import at_least_one, mapped, without
from study.stats import average, ratio_of_averages_paired

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from study.findings import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Speedup:
    """A speedup that cannot be shown without its base (Hoefler & Belli, SC 2015, rule 1).

    Attributes
    ----------
    base_s : average time of the base, seconds.
    elapsed_s : average time of the parallel run, seconds.
    ratio : base ÷ elapsed, of averages.
    """

    base_s: Estimate
    elapsed_s: Estimate
    ratio: Estimate


def speedup(base_s: ArrayLike, elapsed_s: ArrayLike, *, confidence: float = 0.95) -> Speedup:
    """Speedup of a parallel run over its base, both measured in the same rounds.

    Parameters
    ----------
    base_s, elapsed_s : array_like, shape (G,)
        Process means round by round, seconds; the base is the serial call of the same tasks unless the caller names
        another.
    confidence : float
        Of the intervals.

    Returns
    -------
    Speedup
        Fieller's interval for the ratio of averages; below five rounds points only.

    Raises
    ------
    ValueError
        for unequal lengths, another shape, negative or non-finite numbers.

    Notes
    -----
    Harmonic in effect: seconds are averaged first and divided last (Hoefler & Belli, rules 3 and 4).
    """
    return Speedup(
        base_s=average(base_s, "s", confidence=confidence),
        elapsed_s=average(elapsed_s, "s", confidence=confidence),
        ratio=ratio_of_averages_paired(base_s, elapsed_s, confidence=confidence),
    )


def efficiency(speedup_ratio: Estimate, workers: int) -> Estimate:
    """Speedup per worker.

    Parameters
    ----------
    speedup_ratio : Estimate
        A speedup over a serial base.
    workers : int
        At least 1.

    Returns
    -------
    Estimate
        The speedup and its interval divided by `workers`.

    Raises
    ------
    ValueError
        for fewer than one worker.
    """
    at_least_one(workers)
    return mapped(speedup_ratio, lambda s: s / workers, f"speedup ÷ {workers}")


def capacity(solo_s: ArrayLike, together_s: ArrayLike, copies: int, *, confidence: float = 0.95) -> Estimate:
    """Measured capacity C(p): how many times the work of one process p independent processes do in the same time.

    Parameters
    ----------
    solo_s : array_like, shape (G,)
        Time of one copy alone, seconds, round by round.
    together_s : array_like, shape (G,)
        Time of one copy while `copies` of them run, same rounds.
    copies : int
        p, at least 1.

    Returns
    -------
    Estimate
        p · solo ÷ together; p on an ideal machine. It takes the place of p in bounds.

    Raises
    ------
    ValueError
        as `speedup`, and for fewer than one copy.

    Notes
    -----
    The idea of SPECrate: independent copies show the hardware's ceiling, without any communication.
    """
    at_least_one(copies)
    ratio = ratio_of_averages_paired(solo_s, together_s, confidence=confidence)
    return mapped(ratio, lambda r: copies * r, f"{copies} × {ratio.method}")


def karp_flatt(speedup_ratio: Estimate, workers: int) -> Estimate:
    """Experimentally determined serial fraction (1/S − 1/p) / (1 − 1/p).

    Parameters
    ----------
    speedup_ratio : Estimate
        A speedup over a serial base.
    workers : int
        p, at least 1.

    Returns
    -------
    Estimate
        The interval of the speedup, mapped (the map falls, so its ends change places). Below 0 for a speedup beyond p.
        `None` for one worker, where nothing was shared.

    Raises
    ------
    ValueError
        for fewer than one worker.

    Notes
    -----
    Karp & Flatt, CACM 33 (1990). Constant over p it is a serial fraction; growing with p it is overhead.
    """
    at_least_one(workers)
    if workers == 1:
        return without(speedup_ratio, "one worker shares nothing, so that no fraction can be told")

    def fraction(s: float) -> float:
        inverse = math.inf if s <= 0.0 else 1.0 / s
        return (inverse - 1.0 / workers) / (1.0 - 1.0 / workers)

    return mapped(speedup_ratio, fraction, f"Karp–Flatt, {workers} workers, interval mapped from the speedup's")


def gustafson_fraction(weak_efficiency: Estimate, workers: int) -> Estimate:
    """Serial share of the parallel run's time from weak scaling: (1 − E) · p / (p − 1).

    Parameters
    ----------
    weak_efficiency : Estimate
        E: time of one worker with its share ÷ time of p workers with p shares.
    workers : int
        p, at least 1.

    Returns
    -------
    Estimate
        The interval of the efficiency, mapped (the map falls, so its ends change places). Below 0 where more workers took
        less time. `None` for one worker, which shares nothing.

    Raises
    ------
    ValueError
        for fewer than one worker.

    Notes
    -----
    From p − s·(p − 1) = p·E (Gustafson, CACM 31, 1988).
    """
    at_least_one(workers)
    if workers == 1:
        return without(weak_efficiency, "one worker shares nothing, so that no fraction can be told")
    factor = workers / (workers - 1.0)
    return mapped(
        weak_efficiency, lambda e: (1.0 - e) * factor, f"Gustafson, {workers} workers, mapped from the efficiency"
    )


def break_even_grain(total_overhead_s: Estimate, tasks: int, workers: int) -> Estimate:
    """Least grain from which the parallel way is as fast as a plain loop: T₀ / (n·(1 − 1/p)).

    Parameters
    ----------
    total_overhead_s : Estimate
        T₀: seconds of everything the parallel way adds for these n tasks when they take no time.
    tasks, workers : int
        n and p, at least 1.

    Returns
    -------
    Estimate
        Seconds per task. A lower bound: it takes the workers to share the work perfectly. An overhead below 0 counts as
        0. `None` for one worker, which saves nothing.

    Raises
    ------
    ValueError
        for fewer than one task or worker.

    Notes
    -----
    From n·w = T₀ + n·w/p. Fewer tasks than workers keep only n of them busy, so p is at most n.
    """
    at_least_one(workers)
    if tasks < 1:
        raise ValueError(f"tasks={tasks}: expected at least 1")
    busy = min(workers, tasks)
    if busy == 1:
        return without(total_overhead_s, "one busy worker saves nothing: the parallel way never pays back")
    factor = tasks * (1.0 - 1.0 / busy)
    return mapped(total_overhead_s, lambda t: max(0.0, t) / factor, f"overhead ÷ {factor:g}")
