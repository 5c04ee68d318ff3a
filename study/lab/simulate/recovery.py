"""Studies of scaling whose law is known: how often a fit finds it, and how often its intervals hold the parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

ROUNDS = 10
LEVELS = ((1, 2, 4, 8, 16, 32, 64), (1, 2, 3, 4, 6, 8), (1, 2))


@dataclass(frozen=True, slots=True)
class Truth:
    """A law T(p) = (1 − α)/p + α + β·g(p), one worker taking 1 s; `law` as the fit names it."""

    name: str
    law: str
    serial: float = 0.0
    growth: float = 0.0

    def times_s(self, workers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds at each worker count."""
        growing = np.log2(workers) if self.law == "logarithmic" else workers - 1.0
        return (1.0 - self.serial) / workers + self.serial + self.growth * growing


TRUTHS = (
    Truth("linear", "linear"),
    Truth("Amdahl, α = 0.05", "amdahl", 0.05),
    Truth("logarithmic, 0.01", "logarithmic", 0.05, 0.01),
    Truth("universal, 0.01", "usl", 0.05, 0.01),
    Truth("universal, 0.001", "usl", 0.05, 0.001),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What came out of the studies of one truth and set of levels.

    Attributes
    ----------
    truth, levels : the law, and the worker counts measured.
    studies : how many; `right` : with the true law chosen; `growing` : with a law of growing overhead chosen; `refused`.
    intervals : intervals of the true law's parameters where it was chosen; `covered` : those that hold the truth.
    """

    truth: Truth
    levels: tuple[int, ...]
    studies: int
    right: int
    growing: int
    refused: int
    intervals: int
    covered: int


class Fit(Protocol):
    """The fit under test."""

    def __call__(
        self, workers: NDArray[np.float64], times_s: NDArray[np.float64], rng: np.random.Generator, /
    ) -> tuple[str, Mapping[str, tuple[float, float]]]:
        """Law chosen, empty where refused, and intervals of 'serial' and 'growth' where it gives them."""


def recoveries(repetitions: int, seed: int, noise: ArrayLike, fit: Fit) -> list[Recovery]:
    """Simulate studies of ten rounds for every truth and set of levels, and fit them.

    Parameters
    ----------
    repetitions : int
        Studies a row.
    seed : int
        Of noise and fits.
    noise : array_like, shape (N,)
        Relative deviations of process means to resample from, above −1; their average is taken off.
    fit : Fit
        What is tried.

    Returns
    -------
    list of Recovery

    Raises
    ------
    ValueError
        for noise that is empty, not finite, or not above −1.
    """
    deviations = np.asarray(noise, dtype=np.float64).ravel()
    if not deviations.size or not bool(np.all(np.isfinite(deviations)) and np.all(deviations > -1.0)):
        raise ValueError("noise must be finite relative deviations above -1, at least one")
    factors = (1.0 + deviations) / (1.0 + deviations.mean())
    return [
        _recovery(truth, levels, repetitions, factors, np.random.default_rng([seed, row, column]), fit)
        for column, levels in enumerate(LEVELS)
        for row, truth in enumerate(TRUTHS)
    ]


def _recovery(
    truth: Truth,
    levels: tuple[int, ...],
    repetitions: int,
    factors: NDArray[np.float64],
    rng: np.random.Generator,
    fit: Fit,
) -> Recovery:
    workers = np.array(levels, dtype=np.float64)
    right = growing = refused = intervals = covered = 0
    true = {"serial": truth.serial, "growth": truth.growth}
    for _ in range(repetitions):
        times = truth.times_s(workers) * rng.choice(factors, size=(ROUNDS, workers.size))
        law, found = fit(workers, times, rng)
        refused += not law
        growing += law in {"logarithmic", "usl"}
        if law == truth.law:
            right += 1
            intervals += len(found)
            covered += sum(low <= true[name] <= high for name, (low, high) in found.items())
    return Recovery(
        truth=truth,
        levels=levels,
        studies=repetitions,
        right=right,
        growing=growing,
        refused=refused,
        intervals=intervals,
        covered=covered,
    )
