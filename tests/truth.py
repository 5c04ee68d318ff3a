"""The numbers that a report should show, computed apart from the study's own statistics: numpy, scipy and a pencil."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import optimize, stats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Truth(NamedTuple):
    """A number with the ends of its 95 % interval."""

    low: float
    point: float
    high: float


def average(means: NDArray[np.float64]) -> Truth:
    """Arithmetic mean, Student's t, and at the tail Hall's limit where it is wider; NaN is a process that is not there."""
    known = means[~np.isnan(means)]
    half = stats.t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / math.sqrt(len(known))
    low, high = known.mean() - half, known.mean() + half
    skew = float(stats.skew(known)) if np.ptp(known) > 0.0 else 0.0
    if abs(skew) > 1e-6:
        tail = known.mean() - known.std(ddof=1) * _halls_root(skew, len(known))
        low, high = min(low, tail), max(high, tail)
    return Truth(max(0.0, low), float(known.mean()), high)


def difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> Truth:
    """Difference of averages over pairs, with Student's t alone: what is skewed in both cells goes out of it."""
    gaps = first - second
    half = float(stats.t.ppf(0.975, len(gaps) - 1) * stats.sem(gaps))
    return Truth(float(gaps.mean()) - half, float(gaps.mean()), float(gaps.mean()) + half)


def _halls_root(skew: float, count: int) -> float:
    """(Mean - truth) over the standard deviation, at which Hall's cubic is Student's limit at the end of the tail."""
    limit = -math.copysign(stats.t.ppf(0.975, count - 1) / math.sqrt(count), skew)
    a = skew / 3.0

    def beyond(w: float) -> float:
        return w + a * w**2 + a**2 * w**3 / 3.0 + skew / (6.0 * count) - limit

    return float(optimize.brentq(beyond, -1e3, 1e3, xtol=1e-14, rtol=1e-14))


def typical(means: NDArray[np.float64]) -> Truth:
    """Median, and the order statistics that hold it in at least 95 %."""
    known = np.sort(means[~np.isnan(means)])
    reach = max(rank for rank in range(len(known) // 2) if 1.0 - 2.0 * stats.binom.cdf(rank, len(known), 0.5) >= 0.95)
    return Truth(float(known[reach]), float(np.median(known)), float(known[-reach - 1]))


def in_both(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The process means of two cells in the rounds that have both."""
    both = ~(np.isnan(first) | np.isnan(second))
    return first[both], second[both]


def ratio(first: NDArray[np.float64], second: NDArray[np.float64]) -> Truth:
    """Ratio of averages over pairs: every ratio that a t test of first − ratio · second does not reject."""
    count = len(first)
    t2 = stats.t.ppf(0.975, count - 1) ** 2 / count
    variances = np.cov(first, second)
    a = second.mean() ** 2 - t2 * variances[1, 1]
    b = first.mean() * second.mean() - t2 * variances[0, 1]
    c = first.mean() ** 2 - t2 * variances[0, 0]
    root = math.sqrt(max(0.0, b * b - a * c))
    return Truth((b - root) / a, float(first.mean() / second.mean()), (b + root) / a)


def share(hits: list[int], trials: list[int]) -> Truth:
    """Share of all trials, exact at the trials that would scatter as the processes do, or over processes (see below)."""
    of, out_of = np.array(hits, dtype=float), np.array(trials, dtype=float)
    count, whole, point = len(of), out_of.sum(), of.sum() / out_of.sum()
    few = min((of > 0).sum(), (of < out_of).sum())
    if few < 4:  # where few processes differ, or none, processes are the trials
        effective = float(count)
    else:
        error2 = np.var(of - point * out_of, ddof=1) * count / whole**2
        cost = stats.t.ppf(0.975, whole - 1) / stats.t.ppf(0.975, count - 1)
        effective = min(whole, point * (1.0 - point) / error2 * cost**2) if error2 else whole
    yes, no = effective * point, effective * (1.0 - point)
    low = float(stats.beta.ppf(0.025, yes, no + 1.0)) if yes else 0.0
    high = float(stats.beta.ppf(0.975, yes + 1.0, no)) if no else 1.0
    return Truth(min(low, point), float(point), max(high, point))


def floor(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """What equal cells differ by: Student's t on the root mean square of the logarithms of their ratios."""
    logs = np.log(first / second)
    return float(np.expm1(stats.t.ppf(0.975, len(logs)) * math.sqrt(float((logs**2).sum())) / len(logs)))


Side = Literal["longer", "shorter", "alike", "open"]
"""How the first of two cells lies to the second; 'open' where that cannot be told."""


def _of_logarithms(logs: NDArray[np.float64]) -> float:
    """The two-sided p value that ratios of each round, by their logarithms, are about 1."""
    error = logs.std(ddof=1) / math.sqrt(len(logs))
    return 1.0 if not logs.any() else float(2.0 * stats.t.sf(abs(logs.mean()) / error, len(logs) - 1))


def compared(family: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64], float]]) -> dict[str, Side]:
    """Pairs of cells, each with what equal cells differ by -> which takes longer, all tests counted together (Holm).

    One takes longer where logarithms and the interval of the ratio of averages say so, its point lies beyond the floor, and
    the median ratio does not point to the other side.
    """
    p_values = {name: _of_logarithms(np.log(first / second)) for name, (first, second, _) in family.items()}
    found: dict[str, Side] = {}
    refused = False
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        first, second, least = family[name]
        refused = refused or p_values[name] * (len(family) - rank) >= 0.05
        known, median = ratio(first, second), typical(first / second).point
        if 1.0 - least <= known.low and known.high <= 1.0 + least:
            found[name] = "alike"
        elif not refused and known.low > 1.0 and known.point > 1.0 + least and median >= 1.0:
            found[name] = "longer"
        elif not refused and known.high < 1.0 and known.point < 1.0 - least and median <= 1.0:
            found[name] = "shorter"
        else:
            found[name] = "open"
    return found


def smallest_effect(means: NDArray[np.float64], least: float) -> float:
    """The relative difference to an equally noisy cell that is called four times in five, beyond `least`.

    The test alone has two points more, which the rest of the rule may cost.
    """
    known = means[~np.isnan(means)]
    rounds, spread = len(known), math.sqrt(2.0 * math.log1p((known.std(ddof=1) / known.mean()) ** 2))
    critical, root = stats.t.ppf(0.975, rounds - 1), math.sqrt(rounds)
    squares = (np.arange(4000) + 0.5) / 4000
    seen_spreads = spread * np.sqrt(stats.chi2.ppf(squares, rounds - 1) / (rounds - 1))
    bounds = np.maximum(math.log1p(least), critical * seen_spreads / root)

    def missing(log_ratio: float) -> float:
        return float(stats.norm.sf((bounds - log_ratio) * root / spread).mean()) - 0.82

    return math.expm1(optimize.brentq(missing, 1e-6, 5.0))


def between_share(values: NDArray[np.float64]) -> float:
    """Share of the variance of one value that lies between processes: values of shape (processes, values)."""
    within = values.var(axis=1, ddof=1).mean()
    between = max(0.0, values.mean(axis=1).var(ddof=1) - within / values.shape[1])
    return float(between / (between + within))
