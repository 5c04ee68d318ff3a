"""Promises of the grain at which half of the workers' time is work: pools whose law is known, at the study's own grains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import scaling
from study.lab.simulate import Noise, process_factors
from study.lab.validate.noises import RESAMPLED, ROUNDS
from study.lab.validate.promise import NOMINAL, Promise, held_to
from study.stats import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from study.lab.validate.promise import Trial

GRAINS_S = 25e-9 * np.array([32, *2 ** np.arange(7, 16), 131072, 524288], dtype=np.float64)
"""As experiments/grain.toml has them, at 25 ns an iteration."""
TASKS = 1024
LEVEL = 0.5
GRAIN_CV, ROUND_CV = 0.01, 0.02
"""Scatter of the plain loop, and of what a round does to all of its times."""
_NARROW = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool that is known: a task takes its workers max(workers·dispatch_s, w + worker_s + what waking up takes).

    Attributes
    ----------
    wake_s : seconds that waking up takes where a worker has fallen asleep, which it does over long tasks.
    asleep_s : grain at which half of the workers have.
    """

    workers: int
    worker_s: float
    dispatch_s: float
    wake_s: float = 0.0
    asleep_s: float = 60e-6

    def granularity_s(self, grain_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds of all workers for a task."""
        waking_s = self.wake_s / (1.0 + (self.asleep_s / grain_s) ** 4)
        return np.asarray(np.maximum(self.workers * self.dispatch_s, grain_s + self.worker_s + waking_s))

    def half_s(self) -> float:
        """The grain that is half of its granularity, by bisection."""
        low, high = GRAINS_S[0], GRAINS_S[-1]
        while high / low > 1.0 + _NARROW:
            middle = (low * high) ** 0.5
            less = middle < LEVEL * self.granularity_s(np.array([middle]))[0]
            low, high = (middle, high) if less else (low, middle)
        return float(low)


POOLS: Mapping[str, Pool] = {
    "2 workers limit": Pool(workers=2, worker_s=45e-6, dispatch_s=4e-6),
    "4 workers limit": Pool(workers=4, worker_s=45e-6, dispatch_s=4e-6),
    "16 workers limit": Pool(workers=16, worker_s=45e-6, dispatch_s=2.5e-6),
    "who hands out to 16 limits": Pool(workers=16, worker_s=45e-6, dispatch_s=10e-6),
    "who hands out to 16 limits by a little": Pool(workers=16, worker_s=40e-6, dispatch_s=5.6e-6),
    "who hands out to 64 limits": Pool(workers=64, worker_s=45e-6, dispatch_s=10e-6),
    "2 workers that wake up": Pool(workers=2, worker_s=20e-6, dispatch_s=4e-6, wake_s=40e-6),
    "2 workers that wake up in 10 µs": Pool(workers=2, worker_s=35e-6, dispatch_s=4e-6, wake_s=10e-6),
    "who hands out to 16 that wake up": Pool(workers=16, worker_s=20e-6, dispatch_s=6e-6, wake_s=60e-6),
}


SCATTER = "lognormal noise"
OF_A_KIND = ("2 workers limit", "who hands out to 64 limits", "2 workers that wake up")
KNOWN: Mapping[tuple[str, str], float] = {
    ("2 workers that wake up", SCATTER): 0.90,
    ("2 workers that wake up in 10 µs", SCATTER): 0.90,
    ("2 workers limit", f"{RESAMPLED}dispatch"): 0.90,
}
"""Known exceptions: where workers wake up, a straight line stands for a bend; few of hundreds of stored processes stand far."""


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """Each pool with scatter of a known size, and one of a kind with that of the stored runs' pools."""
    found: dict[str, Trial] = {
        f"METG, {SCATTER}, {what}": partial(_covered, what, pool, SCATTER, Noise(process_cv=0.05))
        for what, pool in POOLS.items()
    }
    name = f"{RESAMPLED}dispatch"
    if (noise := noises.get(name)) is not None:
        found |= {f"METG, {name}, {what}": partial(_covered, what, POOLS[what], name, noise) for what in OF_A_KIND}
    return found


def _covered(
    what: str, pool: Pool, name: str, noise: Noise, studies: int, rng: np.random.Generator
) -> Iterator[Promise]:
    truth = pool.half_s()
    held = 0
    for grain_s, granularity_s in zip(*draw(pool, noise, studies, rng), strict=True):
        found = scaling.metg(grain_s, granularity_s, level=LEVEL)
        held += holds(found, truth)
    yield Promise(
        group="METG", what=f"{what}: the interval of METG(50 %) holds it", noise=name, side="at least",
        hits=held, trials=studies, **held_to(NOMINAL, KNOWN.get((what, name))),
    )  # fmt: skip


def draw(
    pool: Pool, noise: Noise, studies: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(Useful grains, granularities) of so many studies, shape (studies, G, L) each."""
    shape = (studies, ROUNDS, GRAINS_S.size)
    together = process_factors(Noise(process_cv=ROUND_CV), (studies, ROUNDS, 1), rng)
    grain_s = GRAINS_S * together * process_factors(Noise(process_cv=GRAIN_CV), shape, rng)
    elapsed_s = pool.granularity_s(GRAINS_S) * TASKS / pool.workers * together * process_factors(noise, shape, rng)
    tasks = np.full(GRAINS_S.size, TASKS)
    return grain_s, np.stack([scaling.granularities(study_s, tasks, pool.workers) for study_s in elapsed_s])
