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
    own_s, slope = _lines(w, g, weights)
    level_s = np.zeros_like(own_s)
    level_s[:, 1:] = (np.cumsum(weights * g, axis=1) / np.cumsum(weights, axis=1))[:, : own_s.shape[1] - 1]
    law = np.maximum(level_s[:, :, None], own_s[:, :, None] + slope[:, :, None] * w[:, None, :])
    squares = np.sum((law / g[:, None, :] - 1.0) ** 2, axis=2)
    best = np.argmin(squares, axis=1)[:, None]
    least, own_s, slope, level_s = (
        np.take_along_axis(all_firsts, best, axis=1)[:, 0] for all_firsts in (squares, own_s, slope, level_s)
    )
    useful = 1.0 - level * slope
    by_line = np.where(useful > 0, level * own_s / np.where(useful > 0, useful, 1.0), np.inf)
    found = np.maximum(level * level_s, by_line)
    return np.where(found < w[:, 0], 0.0, np.where(found > w[:, -1], np.inf, found)), least


def _lines(
    w: NDArray[np.float64], g: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intercept and slope of the lines from each grain on, shape (B, L − 1) each, by weighted least squares."""

    def from_each(terms: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.cumsum(terms[:, ::-1], axis=1)[:, :0:-1])

    total, sum_w, sum_g = from_each(weights), from_each(weights * w), from_each(weights * g)
    sum_ww, sum_wg = from_each(weights * w * w), from_each(weights * w * g)
    slope = (total * sum_wg - sum_w * sum_g) / (total * sum_ww - sum_w**2)
    return (sum_g - slope * sum_w) / total, slope
