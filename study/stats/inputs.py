"""What may go into a statistic: shapes and values are checked here, once; thin data pass, nonsense does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MIN_FOR_T = 5
"""Below this many processes no t interval is given, only a point (Hoefler & Belli, SC 2015)."""

MIN_FOR_RANKS = 6
"""The smallest sample whose extremes hold the median with at least 95 %: 1 − 2·0.5⁶ = 96.9 %."""

_FEW = 64
NEXT_TO_ZERO = 1e-100
"""No clock tells it from zero; quotients and squares of it have no room in a float."""


def series(values: ArrayLike, name: str, *, signed: bool = False) -> NDArray[np.float64]:
    """Check one number per process, shape (G,); G may be 0.

    Raises
    ------
    ValueError
        if the shape is not (G,), a number is not finite, or one is negative although `signed` is false.
    """
    array = _numbers(values, name, signed=signed)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one number per process, shape (G,), got shape {array.shape}")
    return array


def table(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Check the values of every process, shape (G, V) with V of at least 1.

    Raises
    ------
    ValueError
        if the shape is not (G, V), V is 0, or a number is negative or not finite.
    """
    array = _numbers(values, name, signed=False)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name}: expected the values of each process, shape (G, V), got shape {array.shape}")
    return array


def pair(a: ArrayLike, b: ArrayLike, *, signed: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check two series measured in the same rounds, in the same order.

    Raises
    ------
    ValueError
        as `series`, or if they differ in length.
    """
    first, second = series(a, "a", signed=signed), series(b, "b", signed=signed)
    if first.shape != second.shape:
        raise ValueError(f"paired series differ in length: {first.size} and {second.size} rounds")
    return first, second


def ratios(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Divide two paired series round by round, shape (G,).

    Raises
    ------
    ValueError
        as `pair`, or for a zero in `b`.
    """
    first, second = pair(a, b)
    if bool((second == 0.0).any()):
        raise ValueError("b: holds a zero, so that a round has no ratio")
    return np.asarray(first / second, dtype=np.float64)


def probability(value: float, name: str) -> float:
    """Check a number strictly between 0 and 1.

    Raises
    ------
    ValueError
        otherwise.
    """
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name}={value!r}: expected a number between 0 and 1")
    return value


def nonnegative(value: float, name: str) -> float:
    """Check a finite number of 0 or more.

    Raises
    ------
    ValueError
        otherwise.
    """
    if not (math.isfinite(value) and value >= 0.0):
        raise ValueError(f"{name}={value!r}: expected a finite number of 0 or more")
    return value


def mean(values: NDArray[np.float64]) -> float:
    """Take the arithmetic mean of a (G,) array, correctly rounded before the division and so independent of order."""
    return math.fsum(values.tolist()) / values.size


def variance(values: NDArray[np.float64]) -> float:
    """Take the sample variance (G − 1 in the denominator) of a (G,) array with G of at least 2."""
    apart = values - mean(values)
    return math.fsum((apart * apart).tolist()) / (values.size - 1)


def covariance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Take the sample covariance (G − 1 in the denominator) of two (G,) arrays with G of at least 2."""
    return math.fsum(((a - mean(a)) * (b - mean(b))).tolist()) / (a.size - 1)


def middle(rising: NDArray[np.float64]) -> float:
    """Take the median of a sorted (G,) array with G of at least 1, of an even number the mean of the two in the middle."""
    half = rising.size // 2
    return float(rising[half] if rising.size % 2 else (rising[half - 1] + rising[half]) / 2.0)


def _numbers(values: ArrayLike, name: str, *, signed: bool) -> NDArray[np.float64]:
    """Turn `values` into floats, refusing what is not finite or wrongly negative; what is next to zero is zero."""
    array = np.array(values, dtype=np.float64)
    if not array.size:
        return array
    least = _least(array)
    if not math.isfinite(least):
        raise ValueError(f"{name}: holds a number that is not finite")
    if not signed and least < 0.0:
        raise ValueError(f"{name}: holds a negative number")
    if least < NEXT_TO_ZERO:
        array[np.abs(array) < NEXT_TO_ZERO] = 0.0
    return array


def _least(array: NDArray[np.float64]) -> float:
    """The least of these numbers; one that is not finite where any is. Of few, as nearly always, an array takes longest."""
    if array.size <= _FEW and array.ndim == 1:
        numbers: list[float] = array.tolist()
        if all(map(math.isfinite, numbers)):
            return min(numbers)
    least, most = float(np.minimum.reduce(array, axis=None)), float(np.maximum.reduce(array, axis=None))
    return least if math.isfinite(most) else most
