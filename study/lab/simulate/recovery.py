"""Studies of scaling whose law is known: how often a fit finds it, and how often its intervals hold the parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

ROUNDS = 10
TOGETHER = 200
"""Studies that are fitted at once."""
LEVELS = ((1, 2, 4, 8, 16, 32, 64), (1, 2, 4, 8, 16), (1, 2, 3, 4, 6, 8), (1, 2, 4), (1, 2))
_FASTER_ALONE = 1.2
_SIBLING = 0.3


@dataclass(frozen=True, slots=True)
class Truth:
    """A law T(p) = (1 − α)/p + α + β·g(p), one worker taking 1 s; `law` as the fit names it."""

    name: str
    law: str
    serial: float = 0.0
    growth: float = 0.0

    def times_s(self, workers: NDArray[np.float64], capacity: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Seconds at each worker count, on a machine of this capacity; without one, each CPU does what one does alone."""
        growing = np.log2(workers) if self.law == "logarithmic" else workers - 1.0
        shared = workers if capacity is None else capacity
        return np.asarray((1.0 - self.serial) / shared + self.serial + self.growth * growing)


TURBO = "a lone core is 20 % faster"
SIBLINGS = "the upper half are hyper-threads worth 0.3"


@dataclass(frozen=True, slots=True)
class Machine:
    """What the CPUs do together, and what each count is off by in all rounds of a run (placement, layout)."""

    name: str = "equal CPUs"
    offset: float = 0.0
    measured: bool = True

    def capacity(self, workers: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many times the work of one process they do."""
        if self.name == TURBO:
            return np.where(workers > 1, workers / _FASTER_ALONE, 1.0)
        if self.name == SIBLINGS:
            cores = workers[-1] / 2.0
            return np.asarray(np.minimum(workers, cores) + _SIBLING * np.maximum(workers - cores, 0.0))
        return workers


MACHINES = (
    Machine(),
    *(Machine(offset=offset) for offset in (0.005, 0.01, 0.02)),
    *(Machine(name, offset) for name in (TURBO, SIBLINGS) for offset in (0.0, 0.01)),
    *(Machine(name, measured=False) for name in (TURBO, SIBLINGS)),
)

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
    truth, machine, levels : the law, where, and the worker counts measured.
    studies : how many; `right` : with the true law chosen; `growing` : with a law of growing overhead;
        `logarithmic` : with that one; `refused`.
    intervals : intervals of the true law's parameters where it was chosen; `covered` : those that hold the truth.
    serial_wrong : studies that say of the serial fraction what is not so: its interval, whatever the law chosen, does not hold
        it, or the law is linear, which says that it is 0.
    silent : studies that say nothing of a serial fraction: no law is told, or how overhead grows is not known.
    """

    truth: Truth
    machine: Machine
    levels: tuple[int, ...]
    studies: int
    right: int
    growing: int
    logarithmic: int
    refused: int
    intervals: int
    covered: int
    serial_wrong: int
    silent: int


class Fit(Protocol):
    """The fit under test, of many studies at once."""

    def __call__(
        self,
        workers: NDArray[np.float64],
        times_s: NDArray[np.float64],
        busy_s: NDArray[np.float64] | None,
        rng: np.random.Generator,
        /,
    ) -> Sequence[tuple[str, Mapping[str, tuple[float, float]]]]:
        """Of each study, times having the shape (S, G, L): the law, empty where refused, and intervals that it gives."""


def recovery(
    truth: Truth,
    machine: Machine,
    levels: tuple[int, ...],
    repetitions: int,
    noise: ArrayLike,
    rng: np.random.Generator,
    fit: Fit,
) -> Recovery:
    """Simulate studies of ten rounds of one truth, and fit them.

    Parameters
    ----------
    truth, machine, levels
        The law, where, and the worker counts.
    repetitions : int
        Studies.
    noise : array_like, shape (N,)
        Relative deviations of process means to resample from, above −1; their average is taken off.
    rng : Generator
        Of noise and fits.
    fit : Fit
        What is tried.

    Returns
    -------
    Recovery

    Raises
    ------
    ValueError
        for noise that is empty, not finite, or not above −1.
    """
    deviations = np.asarray(noise, dtype=np.float64).ravel()
    if not deviations.size or not bool(np.all(np.isfinite(deviations)) and np.all(deviations > -1.0)):
        raise ValueError("noise must be finite relative deviations above -1, at least one")
    factors = (1.0 + deviations) / (1.0 + deviations.mean())
    workers = np.array(levels, dtype=np.float64)
    capacity = machine.capacity(workers)
    true = {"serial": truth.serial, "growth": truth.growth}
    right = growing = logarithmic = refused = intervals = covered = serial_wrong = silent = 0
    for first in range(0, repetitions, TOGETHER):
        shape = (2, min(TOGETHER, repetitions - first), ROUNDS, workers.size)
        offsets = np.exp(rng.normal(0.0, machine.offset, (*shape[:2], 1, workers.size)))
        scatter = offsets * rng.choice(factors, size=shape)
        times, busy = truth.times_s(workers, capacity) * scatter[0], workers / capacity * scatter[1]
        for law, found in fit(workers, times, busy if machine.measured else None, rng):
            refused += not law
            growing += law in {"logarithmic", "usl", "growing"}
            logarithmic += law == "logarithmic"
            silent += law in {"", "growing"}
            low, high = (0.0, 0.0) if law == "linear" else found.get("serial", (-np.inf, np.inf))
            serial_wrong += not low <= truth.serial <= high
            if law == truth.law:
                right += 1
                intervals += len(found)
                covered += sum(low <= true[name] <= high for name, (low, high) in found.items())
    return Recovery(
        truth=truth,
        machine=machine,
        levels=levels,
        studies=repetitions,
        right=right,
        growing=growing,
        logarithmic=logarithmic,
        refused=refused,
        intervals=intervals,
        covered=covered,
        serial_wrong=serial_wrong,
        silent=silent,
    )
