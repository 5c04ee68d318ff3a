"""Quantiles and tail areas. Everything that needs scipy is here, and loads it only when it is called."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_STEPS, _CLOSE = 50, 1e-10
"""Of Newton's method: the most there are, and the relative step that ends them."""

# scipy.special and not scipy.stats: same functions, a fifth of the import. Loaded inside the functions, because `plan`
# and `run` use the scipy-free part of `stats` and promise not to load scipy.


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(probability)


@cache
def _ndtr() -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    from scipy.special import ndtr  # noqa: PLC0415

    return cast("Callable[[NDArray[np.float64]], NDArray[np.float64]]", ndtr)


def normal_cdf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of a standard normal number at most this large, elementwise."""
    return _ndtr()(x)


@lru_cache(maxsize=1024)
def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t with `df` degrees of freedom, whole or not."""
    from scipy.special import stdtrit  # noqa: PLC0415

    return float(stdtrit(df, probability))


def t_quantiles(probability: float, df: NDArray[np.float64]) -> NDArray[np.float64]:
    """`t_quantile` of every number of degrees."""
    from scipy.special import stdtrit  # noqa: PLC0415

    return np.asarray(stdtrit(df, probability), dtype=np.float64)


def t_belows(t: NDArray[np.float64], df: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of a number at most this large, elementwise; both arrays of one shape."""
    from scipy.special import stdtr  # noqa: PLC0415

    return np.asarray(stdtr(df, t), dtype=np.float64)


def t_two_sided_p(t: float, df: float) -> float:
    """Probability of a |t| at least this large."""
    from scipy.special import stdtr  # noqa: PLC0415

    return float(min(1.0, 2.0 * stdtr(df, -abs(t))))


def t_two_sided_ps(t: NDArray[np.float64], df: NDArray[np.float64]) -> NDArray[np.float64]:
    """`t_two_sided_p` of every element; both arrays of one shape."""
    from scipy.special import stdtr  # noqa: PLC0415

    return np.asarray(np.minimum(1.0, 2.0 * stdtr(df, -np.abs(t))))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Quantile of the beta distribution."""
    from scipy.special import betaincinv  # noqa: PLC0415

    return float(betaincinv(a, b, probability))


def chi2_quantile(probability: float, df: float) -> float:
    """Quantile of the chi-square distribution."""
    from scipy.special import gammaincinv  # noqa: PLC0415

    return float(2.0 * gammaincinv(df / 2.0, probability))


def digamma(x: float) -> float:
    """Derivative of the logarithm of the gamma function."""
    from scipy.special import psi  # noqa: PLC0415

    return float(psi(x))


@lru_cache(maxsize=1024)
def trigamma(x: float) -> float:
    """Second derivative of the logarithm of the gamma function."""
    from scipy.special import zeta  # noqa: PLC0415

    return float(zeta(2.0, x))


def trigamma_inverse(y: float) -> float:
    """The x above 0 whose `trigamma` is y, by Newton on its reciprocal, which is nearly a line (Smyth 2004)."""
    from scipy.special import zeta  # noqa: PLC0415

    x = 0.5 + 1.0 / y
    for _ in range(_STEPS):
        now = float(zeta(2.0, x))
        step = now * (1.0 - now / y) / (-2.0 * float(zeta(3.0, x)))
        x += step
        if abs(step) <= _CLOSE * x:
            break
    return x


def half_binomial_cdf(k: int, n: int) -> float:
    """P(at most `k` heads in `n` tosses of a fair coin), from exact integers."""
    return math.fsum(math.comb(n, i) for i in range(k + 1)) / 2**n if k >= 0 else 0.0


@lru_cache(maxsize=1024)
def median_ranks(n: int, confidence: float) -> tuple[int, int, float] | None:
    """Ranks (counted from 1) of the two order statistics that hold the median, and the confidence they attain.

    The interval from the k-th smallest to the k-th largest of `n` misses the median with probability
    2·P(Binomial(n, ½) < k), whatever the distribution; `k` is the largest that keeps the promise. `None` if there is
    none.
    """
    alpha = 1.0 - confidence
    best = None
    for k in range(1, n // 2 + 1):
        missed = 2.0 * half_binomial_cdf(k - 1, n)
        if missed > alpha:
            break
        best = (k, n + 1 - k, 1.0 - missed)
    return best
