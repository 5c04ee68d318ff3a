"""p values, each the dual of an interval, and their correction for being many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def average_test(process_means: ArrayLike, null: float) -> float | None:
    """Two-sided p value of the t test that the expected value of a fresh process is `null`.

    Parameters
    ----------
    process_means : array_like, shape (G,)
        As in `average`.
    null : float
        In the same unit.

    Returns
    -------
    float or None
        `None` below five processes.

    Raises
    ------
    ValueError
        as `average`.
    """
    return _t_p(inputs.series(process_means, "process_means"), null)


def ratio_test_paired(a: ArrayLike, b: ArrayLike, null: float = 1.0) -> float | None:
    """Two-sided p value of the t test that the averages of two paired cells stand in the ratio `null`.

    Parameters
    ----------
    a, b : array_like, shape (G,)
        As in `ratio_of_averages_paired`, whose interval holds exactly the ratios this test does not reject.
    null : float
        Ratio under test, 0 or more.

    Returns
    -------
    float or None
        `None` below five rounds.

    Raises
    ------
    ValueError
        as `ratio_of_averages_paired`.
    """
    first, second = inputs.pair(a, b)
    return _t_p(first - inputs.nonnegative(null, "null") * second, 0.0)


def log_ratio_test_paired(a: ArrayLike, b: ArrayLike, null: float = 1.0) -> float | None:
    """Two-sided p value of the t test, on the logarithms of each round, that two paired cells stand in the ratio `null`.

    Parameters
    ----------
    a, b : array_like, shape (G,)
        As in `ratio_of_averages_paired`.
    null : float
        Ratio under test, above 0.

    Returns
    -------
    float or None
        `None` below five rounds. 1 where logarithms and averages lie on different sides of `null`: no side to call. With
        a zero, which has no logarithm, as `ratio_test_paired`.

    Raises
    ------
    ValueError
        as `ratio_of_averages_paired`; for a `null` that is not above 0.

    Notes
    -----
    Times are skewed and scatter in proportion to their size; their logarithms do less.
    """
    first, second = inputs.pair(a, b)
    if inputs.nonnegative(null, "null") == 0.0:
        raise ValueError("a ratio of 0 has no logarithm")
    if bool((first == 0.0).any() or (second == 0.0).any()):
        return ratio_test_paired(first, second, null)
    logs = np.log(first) - np.log(second) - math.log(null)
    if logs.size and inputs.mean(logs) * (inputs.mean(first) - null * inputs.mean(second)) < 0.0:
        return 1.0 if logs.size >= inputs.MIN_FOR_T else None
    return _t_p(logs, 0.0)


def difference_test_paired(a: ArrayLike, b: ArrayLike, null: float = 0.0) -> float | None:
    """Two-sided p value of the paired t test that the averages differ by `null`; `None` below five rounds."""
    first, second = inputs.pair(a, b, signed=True)
    return _t_p(first - second, null)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p values so that the chance of any false rejection in the family stays below the level.

    Parameters
    ----------
    p_values : sequence of float
        One per test of the family, each in [0, 1].

    Returns
    -------
    tuple of float
        Adjusted, in the same order; never smaller than they were.

    Raises
    ------
    ValueError
        if one is not in [0, 1].

    Notes
    -----
    Holm, Scandinavian Journal of Statistics 6 (1979): valid under any dependence.
    """
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise ValueError("p values lie between 0 and 1")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return tuple(adjusted)


def _t_p(x: NDArray[np.float64], null: float) -> float | None:
    """Two-sided p value of the one-sample t test of a (G,) array; `None` below five."""
    if x.size < inputs.MIN_FOR_T:
        return None
    off = inputs.mean(x) - null
    error = math.sqrt(inputs.variance(x) / x.size)
    if error == 0.0:
        return 1.0 if off == 0.0 else 0.0
    return quantiles.t_two_sided_p(off / error, x.size - 1)
