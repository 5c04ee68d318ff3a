"""One law of scaling fitted to many studies at once: its parameters with their ends, and whether it fits at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats as distributions

from study.scaling.nonnegative import LAWS, columns, solve, squares
from study.scaling.resampling import ends_as_far_out, resampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_ROUNDS = 5
_LEAST_PURE = 1e-18
_LEAST_RANK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """S studies of the same L worker counts and rounds.

    Attributes
    ----------
    p : worker counts, rising, the first is 1; `rounds` : of every study.
    mean_s, capacity : average times, and C(p) of average busy times, shape (L, S).
    pure : squares of single times about their round and count, shape (S,).
    drawn_s, capacities : both of studies drawn again, shape (L, R, S); R is 0 below five rounds.
    """

    p: NDArray[np.float64]
    rounds: int
    mean_s: NDArray[np.float64]
    capacity: NDArray[np.float64]
    pure: NDArray[np.float64]
    drawn_s: NDArray[np.float64]
    capacities: NDArray[np.float64]


def studies_of(
    p: NDArray[np.float64],
    times_s: NDArray[np.float64],
    busy_s: NDArray[np.float64],
    resamples: int,
    rng: np.random.Generator,
) -> Studies:
    """Averages, scatter and resamples of studies whose times have the shape (S, G, L)."""
    rounds = times_s.shape[1]
    mean_s, capacity = times_s.mean(axis=1).T, _capacity(p, busy_s.mean(axis=1).T)
    both = np.empty((2 * p.size, 0, len(times_s)))
    if rounds >= MIN_ROUNDS:
        both = resampled(np.concatenate([times_s, busy_s], axis=2), resamples, rng)
    return Studies(
        p=p,
        rounds=rounds,
        mean_s=mean_s,
        capacity=capacity,
        pure=_pure(times_s, busy_s, p, mean_s, capacity),
        drawn_s=both[: p.size],
        capacities=_capacity(p, both[p.size :]),
    )


def _capacity(p: NDArray[np.float64], busy_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """C(p) = p · alone ÷ together; counts first."""
    return np.asarray(p.reshape(-1, *[1] * (busy_s.ndim - 1)) * busy_s[:1] / busy_s)


def identified(law: str, studies: Studies) -> NDArray[np.bool_]:
    """Whether the counts can tell the parameters of a law apart, in each study."""
    matrix = columns(law, studies.p, studies.capacity, np.ones_like(studies.mean_s)).T  # studies, counts, parameters
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(np.linalg.matrix_rank(matrix / lengths, tol=_LEAST_RANK) == LAWS[law])


def _pure(
    times_s: NDArray[np.float64],
    busy_s: NDArray[np.float64],
    p: NDArray[np.float64],
    mean_s: NDArray[np.float64],
    capacity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Squares of single times about their round and count; the capacity's scatter counts by the share that is shared."""
    relative = columns("amdahl", p, capacity, mean_s)
    parts = relative * solve(relative)[:, np.newaxis]
    share = (parts[0] / parts.sum(axis=0)).T[:, np.newaxis]
    left = np.log(times_s) - share * np.log(busy_s)
    left -= left.mean(axis=1, keepdims=True)
    left -= left.mean(axis=2, keepdims=True)
    return np.asarray(np.sum(left**2, axis=(1, 2)) * p.size / (p.size - 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedLaw:
    """A law in each of S studies, NaN where it was not asked for.

    Attributes
    ----------
    best : the parameters that it has of b, a and c, shape (k, S).
    wrong : p of the lack of fit, shape (S,); NaN without rounds or residual degrees.
    ratio : F of the lack of fit, likewise.
    serial, growth : a ÷ (a + b) and c ÷ (a + b): number, lower and upper end, shape (3, S); NaN for what is not there.
    """

    best: NDArray[np.float64]
    wrong: NDArray[np.float64]
    ratio: NDArray[np.float64]
    serial: NDArray[np.float64]
    growth: NDArray[np.float64]


def fitted(law: str, studies: Studies, wanted: NDArray[np.bool_], confidence: float) -> FittedLaw:
    """Fit a law in those of the studies that want it."""
    number, levels = len(wanted), studies.p.size
    found = FittedLaw(
        best=np.full((LAWS[law], number), np.nan),
        wrong=np.full(number, np.nan),
        ratio=np.full(number, np.nan),
        serial=np.full((3, number), np.nan),
        growth=np.full((3, number), np.nan),
    )
    rows = np.flatnonzero(wanted)
    if not rows.size:
        return found
    relative = columns(law, studies.p, studies.capacity[:, rows], studies.mean_s[:, rows])
    best = solve(relative)
    ratio, wrong = _lack_of_fit(squares(relative, best), studies.pure[rows], levels, LAWS[law], studies.rounds)
    found.best[:, rows], found.wrong[rows], found.ratio[rows] = best, wrong, ratio
    fractions = _fractions(best)
    found.serial[0, rows], found.growth[0, rows] = fractions
    if not studies.drawn_s.shape[1]:
        return found
    drawn_s, capacities = (drawn[:, :, rows].reshape(levels, -1) for drawn in (studies.drawn_s, studies.capacities))
    many = _fractions(solve(columns(law, studies.p, capacities, drawn_s)))
    stretch = _stretch(ratio, levels - LAWS[law], studies.rounds, confidence)
    for parameter, point, drawn in zip((found.serial, found.growth), fractions, many, strict=True):
        ends = ends_as_far_out(drawn.reshape(-1, rows.size).T, studies.rounds, confidence)
        low, high = point + stretch * (ends - point)
        parameter[1, rows], parameter[2, rows] = np.minimum(low, point), np.maximum(high, point)
    return found


def _fractions(coefficients: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each study a ÷ (a + b) and c ÷ (a + b); 0 for a parameter that the law does not have."""
    nothing = np.zeros_like(coefficients[0])
    b, a, c = (coefficients[place] if place < len(coefficients) else nothing for place in range(3))
    return a / (a + b), c / (a + b)


def _lack_of_fit(
    lack: NDArray[np.float64], pure: NDArray[np.float64], levels: int, parameters: int, rounds: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F of the means' distance from the law against the scatter between rounds, and its p; NaN where there is none."""
    free, within = levels - parameters, (levels - 1) * (rounds - 1)
    if free < 1 or within < 1:
        return np.full_like(lack, np.nan), np.full_like(lack, np.nan)
    scatter = np.where(pure > _LEAST_PURE, pure, np.nan) / (levels * (rounds - 1))
    ratio = rounds * lack / free / scatter
    return ratio, np.asarray(distributions.f.sf(ratio, free, within))


def _stretch(ratio: NDArray[np.float64], free: int, rounds: int, confidence: float) -> NDArray[np.float64]:
    """What intervals are stretched by: the averages' distance from the law over their scatter, with its few degrees."""
    if free < 1:
        return np.ones_like(ratio)
    tail = 0.5 + confidence / 2.0
    t = float(distributions.t.ppf(tail, free)) / float(distributions.t.ppf(tail, rounds - 1))
    return np.where(np.isnan(ratio), 1.0, np.maximum(1.0, np.sqrt(np.maximum(ratio, 1.0)) * t))
