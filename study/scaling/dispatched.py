"""What a task takes in a pool, max(c, o + s·w), fitted to many studies at once: the dispatcher limits, or the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARAMETERS = 4
"""c, o, s, and the grain at which one gives way to the other."""
FEWEST_FOR_LAW = PARAMETERS + 2
"""Grains that can contradict the law."""


def law_crossing(
    w: NDArray[np.float64], g: NDArray[np.float64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the law says that w = level·g(w), and how far the law is from the averages.

    Parameters
    ----------
    w, g : ndarray, shape (B, L)
        Average useful grains, rising, and average granularities, of B studies; L at least 2.
    level : float
        Of the efficiency.

    Returns
    -------
    crossing, squares : ndarray, shape (B,) each
        Seconds, 0 below the shortest grain and infinite beyond the longest, where nothing was measured; and the sum of
        squared relative deviations.

    Notes
    -----
    Every grain is tried as the first one of the line; the grains before it make the level stretch. The best is kept.
    """
    weights = 1.0 / g**2
    least = np.full(len(w), np.inf)
    found = np.full(len(w), np.inf)
    for first in range(w.shape[1] - 1):
        flat = weights[:, :first]
        level_s = (flat * g[:, :first]).sum(axis=1) / flat.sum(axis=1) if first else np.zeros(len(w))
        own_s, slope = _line(w[:, first:], g[:, first:], weights[:, first:])
        law = np.maximum(level_s[:, None], own_s[:, None] + slope[:, None] * w)
        squares = (weights * (g - law) ** 2).sum(axis=1)
        useful = 1.0 - level * slope
        by_line = np.where(useful > 0, level * own_s / np.where(useful > 0, useful, 1.0), np.inf)
        better = squares < least
        least = np.where(better, squares, least)
        found = np.where(better, np.maximum(level * level_s, by_line), found)
    return np.where(found < w[:, 0], 0.0, np.where(found > w[:, -1], np.inf, found)), least


def _line(
    w: NDArray[np.float64], g: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intercept and slope by weighted least squares, of each row."""
    total = weights.sum(axis=1)
    mean_w, mean_g = (weights * w).sum(axis=1) / total, (weights * g).sum(axis=1) / total
    apart = w - mean_w[:, None]
    slope = (weights * apart * (g - mean_g[:, None])).sum(axis=1) / (weights * apart**2).sum(axis=1)
    return mean_g - slope * mean_w, slope
