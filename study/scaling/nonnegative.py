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
    scaled = matrix / times[:, :, None]
    gram, right = np.swapaxes(scaled, 1, 2) @ scaled, scaled.sum(axis=1)
    there = np.flatnonzero(np.any(matrix != 0.0, axis=tuple(range(matrix.ndim - 1))))
    coefficients, least = np.zeros((len(times), 3)), np.full(len(times), np.inf)
    free = np.zeros(len(times), dtype=bool)
    for size in range(len(there), 0, -1):
        open_rows = np.flatnonzero(~free)
        if not open_rows.size:
            break
        for kept in map(np.array, itertools.combinations(there, size)):
            _try(kept, open_rows, scaled, gram, right, coefficients, least)
        if size == len(there):  # where the free minimum is allowed, no other is better
            free = np.isfinite(least)
    return coefficients, least


def _try(
    kept: NDArray[np.intp],
    rows: NDArray[np.intp],
    scaled: NDArray[np.float64],
    gram: NDArray[np.float64],
    right: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    least: NDArray[np.float64],
) -> None:
    """Solve with these columns alone, and keep the result in the rows where it is allowed and better."""
    found = np.linalg.solve(gram[rows][:, kept[:, None], kept], right[rows][:, kept, None])[:, :, 0]
    squares = np.sum(((scaled[rows][:, :, kept] @ found[:, :, None])[:, :, 0] - 1.0) ** 2, axis=1)
    better = np.all(found >= 0.0, axis=1) & (squares < least[rows])
    chosen = rows[better]
    least[chosen] = squares[better]
    coefficients[chosen] = 0.0
    coefficients[chosen[:, None], kept] = found[better]


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
    p, capacity : ndarray, shape (L,)
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
