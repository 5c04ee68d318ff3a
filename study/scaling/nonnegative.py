"""Non-negative least squares of the scaling laws for many studies at once: every active set is tried, so it is exact."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAWS = {"linear": 1, "amdahl": 2, "logarithmic": 3, "usl": 3}
"""Law -> parameters, in the order b, a, c."""
_LEAST_MEAN_SQUARE = 1e-18


def columns(
    law: str, p: NDArray[np.float64], capacity: NDArray[np.float64], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What b, a and c are multiplied by, those that a law has, over the times: a sum of 1 is no deviation.

    Parameters
    ----------
    law : str
        One of `LAWS`.
    p : ndarray, shape (L,)
        Worker counts.
    capacity : ndarray, shape (L, B) or (L, 1)
        What stands in their place in b/p.
    times : ndarray, shape (L, B)
        Mean times of B studies, above 0; so weights are 1/T².

    Returns
    -------
    ndarray, shape (k, L, B)
        Studies last, so that sums over counts run along whole rows of memory.
    """
    found = np.empty((LAWS[law], *times.shape))
    np.divide(1.0, times * capacity, out=found[0])
    if len(found) > 1:
        np.divide(1.0, times, out=found[1])
    if len(found) > 2:
        growing = np.log2(p) if law == "logarithmic" else p - 1.0
        np.multiply(growing[:, np.newaxis], found[1], out=found[2])
    return found


def solve(relative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares of relative deviations with coefficients of 0 or more.

    Parameters
    ----------
    relative : ndarray, shape (k, L, B)
        As from `columns`; independent.

    Returns
    -------
    ndarray, shape (k, B)
    """
    size = len(relative)
    gram, right = _normal_equations(relative)
    best = _eliminated(gram.copy(), right.copy())
    rows = np.flatnonzero(~np.all(best >= 0.0, axis=0))  # where the free minimum is allowed, no other is better
    if not rows.size:
        return best
    gram, right = gram[:, :, rows], right[:, rows]
    within, explained = np.zeros((size, rows.size)), np.full(rows.size, -np.inf)
    for number in range(1, size):
        for kept in map(list, itertools.combinations(range(size), number)):
            found = _eliminated(gram[np.ix_(kept, kept)], right[kept])
            by_these = np.einsum("kb,kb->b", found, right[kept])
            better = np.all(found >= 0.0, axis=0) & (by_these > explained)
            explained = np.where(better, by_these, explained)
            within[:, better] = 0.0
            within[np.ix_(kept, better)] = found[:, better]
    best[:, rows] = within
    return best


def squares(relative: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of squared relative deviations, shape (B,)."""
    return np.asarray(np.sum((1.0 - np.einsum("klb,kb->lb", relative, coefficients)) ** 2, axis=0))


def _normal_equations(relative: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Products of the columns with each other, shape (k, k, B), and with ones, shape (k, B)."""
    size, _, studies = relative.shape
    gram = np.empty((size, size, studies))
    for first, second in itertools.combinations_with_replacement(range(size), 2):
        gram[first, second] = gram[second, first] = np.einsum("lb,lb->b", relative[first], relative[second])
    return gram, relative.sum(axis=1)


def _eliminated(gram: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve the equations of every study; what is symmetric and positive needs no pivots. Both arguments are used up."""
    size = len(right)
    with np.errstate(divide="ignore", invalid="ignore"):
        for pivot, below in itertools.combinations(range(size), 2):
            factor = gram[below, pivot] / gram[pivot, pivot]
            for column in range(pivot + 1, size):
                gram[below, column] -= factor * gram[pivot, column]
            right[below] -= factor * right[pivot]
        for row in reversed(range(size)):
            for column in range(row + 1, size):
                right[row] -= gram[row, column] * right[column]
            right[row] /= gram[row, row]
    return right


def aicc(
    laws: tuple[str, ...],
    p: NDArray[np.float64],
    capacity: NDArray[np.float64],
    means: NDArray[np.float64],
    pure: NDArray[np.float64],
    rounds: int,
) -> dict[str, NDArray[np.float64]]:
    """Law -> AICc of each study, from mean times and scatter about them.

    Parameters
    ----------
    laws : tuple of str
        Some of `LAWS`.
    p : ndarray, shape (L,)
    capacity : ndarray, shape (L, B) or (L, 1)
    means : ndarray, shape (L, B)
    pure : ndarray, shape (B,)
        Sum of squared relative deviations of single times from the mean of their level.
    rounds : int
        Times behind each mean.

    Returns
    -------
    dict of ndarray, shape (B,)
        Infinite where there are too few times for the correction.
    """
    n = rounds * p.size
    scores = {}
    for law in laws:
        relative = columns(law, p, capacity, means)
        total = pure + rounds * squares(relative, solve(relative))
        k = LAWS[law] + 1
        correction = 2.0 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
        scores[law] = n * np.log(np.maximum(total / n, _LEAST_MEAN_SQUARE)) + 2.0 * k + correction
    return scores
