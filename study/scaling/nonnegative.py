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


def columns(law: str, p: NDArray[np.float64], capacity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns of b, a and c; those a law does not have are 0.

    Parameters
    ----------
    law : str
        One of `LAWS`.
    p : ndarray, shape (L,)
        Worker counts.
    capacity : ndarray, shape (L,) or (B, L)
        What stands in their place in b/p.

    Returns
    -------
    ndarray, shape (L, 3) or (B, L, 3)
    """
    growing = {"logarithmic": np.log2(p), "usl": p - 1.0}.get(law, np.zeros_like(p))
    constant = np.zeros_like(p) if law == "linear" else np.ones_like(p)
    return np.stack(np.broadcast_arrays(1.0 / capacity, constant, growing), axis=-1)


def solve(matrix: NDArray[np.float64], times: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least squares of relative deviations with coefficients of 0 or more.

    Parameters
    ----------
    matrix : ndarray, shape (L, 3) or (B, L, 3)
        As from `columns`; the columns that are not 0 are independent.
    times : ndarray, shape (B, L)
        Mean times of B studies, above 0; weights are 1/T².

    Returns
    -------
    coefficients, squares : ndarray, shapes (B, 3) and (B,)
        b, a and c, and the sum of squared relative deviations.
    """
    there = np.flatnonzero(np.any(matrix != 0.0, axis=tuple(range(matrix.ndim - 1))))
    relative = np.stack([np.ascontiguousarray((matrix[..., column] / times).T) for column in there])  # (k, L, B)
    gram, right = _normal_equations(relative)
    best, explained = np.zeros((len(there), len(times))), np.full(len(times), -np.inf)
    rows = np.arange(len(times))
    for size in range(len(there), 0, -1):
        for kept in itertools.combinations(range(len(there)), size):
            found = _eliminated(gram[np.ix_(kept, kept)][:, :, rows], right[list(kept)][:, rows])
            with np.errstate(invalid="ignore"):
                by_these = np.sum(found * right[list(kept)][:, rows], axis=0)
            better = np.all(found >= 0.0, axis=0) & (by_these > explained[rows])
            chosen = rows[better]
            explained[chosen] = by_these[better]
            best[:, chosen] = 0.0
            best[np.ix_(kept, chosen)] = found[:, better]
        if size == len(there):  # where the free minimum is allowed, no other is better
            rows = np.flatnonzero(np.isneginf(explained))
    coefficients = np.zeros((len(times), 3))
    coefficients[:, there] = best.T
    away = 1.0 - sum(column * factor for column, factor in zip(relative, best, strict=True))
    return coefficients, np.sum(away**2, axis=0)


def _normal_equations(relative: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Products of the columns with each other, shape (k, k, B), and with ones, shape (k, B)."""
    size = len(relative)
    gram = np.empty((size, size, relative.shape[2]))
    for first, second in itertools.combinations_with_replacement(range(size), 2):
        gram[first, second] = gram[second, first] = np.sum(relative[first] * relative[second], axis=0)
    return gram, relative.sum(axis=1)


def _eliminated(gram: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve the equations of every study; what is symmetric and positive needs no pivots. Both arguments are used up."""
    size = len(right)
    with np.errstate(divide="ignore", invalid="ignore"):
        for pivot, below in itertools.combinations(range(size), 2):
            factor = gram[below, pivot] / gram[pivot, pivot]
            gram[below] -= factor * gram[pivot]
            right[below] -= factor * right[pivot]
        for row in reversed(range(size)):
            known = np.sum(gram[row, row + 1 :] * right[row + 1 :], axis=0)
            right[row] = (right[row] - known) / gram[row, row]
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
    capacity : ndarray, shape (L,) or (B, L)
    means : ndarray, shape (B, L)
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
        total = pure + rounds * solve(columns(law, p, capacity), means)[1]
        k = LAWS[law] + 1
        correction = 2.0 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
        scores[law] = n * np.log(np.maximum(total / n, _LEAST_MEAN_SQUARE)) + 2.0 * k + correction
    return scores
