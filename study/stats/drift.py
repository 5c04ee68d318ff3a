"""Whether a run stood still: one half against the other, and how many cells climb or fall over its rounds."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats import inputs, quantiles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


FEWEST_ROUNDS = 5
"""Below them an order of rounds says next to nothing: there are 120 orders of five."""
_ORDERS = 2000
"""Random orders of the rounds: the 99 % point of what chance gives lies within 20 of them."""


class Trends(NamedTuple):
    """How cells move over the rounds of a run.

    Attributes
    ----------
    r : shape (C,); correlation of each cell with the number of the round, 0 of one that does not vary.
    critical : so far from 0 lies the r of a cell that stands still in `level` of all orders of its rounds.
    falling, rising : cells beyond it.
    expected : how many are beyond it on average where the order of rounds means nothing.
    limit : no more than so many are in 99 of 100 random orders of the rounds, all cells together.
    """

    r: NDArray[np.float64]
    critical: float
    falling: int
    rising: int
    expected: float
    limit: int

    @property
    def beyond(self) -> int:
        """Cells that climb or fall."""
        return self.falling + self.rising


def trends(
    per_round: ArrayLike, *, level: float = 0.05, confidence: float = 0.99, orders: int = _ORDERS, seed: int = 1
) -> Trends | None:
    """How many cells climb or fall over the rounds, beside how many do by chance.

    Parameters
    ----------
    per_round : array_like, shape (C, G)
        Of each cell one number per round in order, for instance logarithms of process means.
    level : float
        Share of the orders of a cell that stands still in which it is said to move.
    confidence : float
        Of the limit.
    orders : int
        Random orders of the rounds that the limit is made of.
    seed : int
        Of the random orders.

    Returns
    -------
    Trends or None
        None below `FEWEST_ROUNDS` rounds, and without a cell.

    Raises
    ------
    ValueError
        for another shape or non-finite numbers.

    Notes
    -----
    Rounds are put into random orders whole, all cells together: what slows a round down slows many cells, so that these are no
    independent trials, and a binomial limit would be passed too often.
    """
    x = np.asarray(per_round, dtype=np.float64)
    if x.ndim != 2 or not bool(np.all(np.isfinite(x))):
        raise ValueError(f"per_round: expected finite numbers of shape (C, G), got shape {x.shape}")
    cells, rounds = x.shape
    if rounds < FEWEST_ROUNDS or not cells:
        return None
    inputs.probability(level, "level")
    inputs.probability(confidence, "confidence")
    unit, time = _of_length_one(x), _time(rounds)
    t = quantiles.t_quantile(1.0 - level / 2.0, rounds - 2)
    critical = t / math.sqrt(rounds - 2 + t * t)
    r = unit @ time
    drawn = np.argsort(np.random.default_rng(seed).random((orders, rounds)), axis=1)
    by_chance = (np.abs(unit @ time[drawn].T) > critical).sum(axis=0)
    return Trends(
        r=r,
        critical=critical,
        falling=int((r < -critical).sum()),
        rising=int((r > critical).sum()),
        expected=float(by_chance.mean()),
        limit=int(np.quantile(by_chance, confidence, method="higher")),
    )


def r_with_order(series: ArrayLike) -> float:
    """Correlation of one series with the number of the round, as `Trends.r` has it of many; 0 where it does not vary.

    Parameters
    ----------
    series : array_like, shape (G,)
        One number per round in order, G of at least 2.

    Raises
    ------
    ValueError
        for another shape or non-finite numbers.
    """
    x = inputs.series(series, "series", signed=True)
    return float((_of_length_one(x[np.newaxis]) @ _time(x.size))[0])


def chance_of_r(r: float, rounds: int) -> float:
    """How often a series of so many independent normal numbers correlates with its order at least so far from 0."""
    if rounds < 3 or abs(r) >= 1.0:
        return 1.0 if rounds < 3 else 0.0
    t = abs(r) * math.sqrt((rounds - 2) / (1.0 - r * r))
    return quantiles.t_two_sided_p(t, rounds - 2)


@functools.cache
def _time(rounds: int) -> NDArray[np.float64]:
    """The numbers of the rounds, shape (G,), less their mean, of length one."""
    time: NDArray[np.float64] = _of_length_one(np.arange(rounds, dtype=np.float64)[np.newaxis])[0]
    time.flags.writeable = False
    return time


def _of_length_one(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row less its mean, over its length; a row that does not vary is 0."""
    apart = x - x.mean(axis=1, keepdims=True)
    length = np.sqrt((apart * apart).sum(axis=1, keepdims=True))
    found: NDArray[np.float64] = np.divide(apart, length, out=np.zeros_like(apart), where=length > 1e-12)
    return found


def halves_t(per_round: ArrayLike) -> float | None:
    """Welch's t between the first and the second half of a run; beyond ±4 the run did not stand still.

    Parameters
    ----------
    per_round : array_like, shape (G,)
        One number per round in order, for instance logarithms of process means; an odd middle round is left out.

    Returns
    -------
    float or None
        Positive if the second half is larger; ±infinity if only the halves differ; `None` below four rounds.

    Raises
    ------
    ValueError
        for another shape or non-finite numbers.
    """
    x = inputs.series(per_round, "per_round", signed=True)
    half = x.size // 2
    if half < 2:
        return None
    before, after = x[:half], x[-half:]
    gap = inputs.mean(after) - inputs.mean(before)
    error = math.sqrt((inputs.variance(before) + inputs.variance(after)) / half)
    if error == 0.0:
        return 0.0 if gap == 0.0 else math.copysign(math.inf, gap)
    return gap / error
