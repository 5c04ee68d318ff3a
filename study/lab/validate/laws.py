"""Promises of the laws of scaling: which is found, and whether its parameters lie in their intervals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import scaling
from study.lab.simulate.recovery import recoveries
from study.lab.validate.noises import RESAMPLED
from study.lab.validate.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from study.lab.simulate import Noise
    from study.lab.validate.promise import Trial

LEVEL = 0.05
MANY_WORKERS = 64
"""Workers with which every law is promised to be found; with fewer a small growth cannot be."""
SCALING_CV = 0.02
"""Coefficient of variation at which every law of the table is promised to be found."""
DRAWS = 2000


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """Scatter of a known size, and that of the stored runs.

    That a law is found is promised for a known scatter of 2 % only: with that of a machine it depends on the machine,
    and the power printed beside each fit says so.
    """
    found: dict[str, Trial] = {"laws of scaling": _of_known_scatter}
    if (compute := noises.get(f"{RESAMPLED}compute")) is not None:
        scatter = np.array(compute.residuals) - 1.0
        found[f"laws of scaling, {RESAMPLED}compute"] = partial(
            _of_recoveries, f"{RESAMPLED}compute", scatter, power=False
        )
    return found


def _of_known_scatter(studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    drawn = rng.lognormal(0.0, SCALING_CV, DRAWS) - 1.0
    yield from _of_recoveries("lognormal noise", drawn, studies, rng, power=True)


def _of_recoveries(
    name: str, noise: NDArray[np.float64], studies: int, rng: np.random.Generator, *, power: bool
) -> Iterator[Promise]:
    for row in recoveries(studies, int(rng.integers(2**32)), noise, fitted):
        label = f"{row.truth.name}, {len(row.levels)} counts up to {row.levels[-1]}"
        if len(row.levels) < 3:
            yield Promise(
                group="laws of scaling", what=f"{label}: no law is fitted", noise=name, side="at least", promised=1.0,
                hits=row.refused, trials=studies,
            )  # fmt: skip
            continue
        if not row.truth.growth:
            yield Promise(
                group="laws of scaling", what=f"{label}: growing overhead is called", noise=name, side="at most",
                promised=LEVEL, hits=row.growing, trials=studies,
            )  # fmt: skip
        if row.levels[-1] < MANY_WORKERS:
            continue
        if power:
            yield Promise(
                group="laws of scaling", what=f"{label}: the law is found", noise=name, side="at least", promised=0.80,
                hits=row.right, trials=studies,
            )  # fmt: skip
        if row.intervals:
            yield Promise(
                group="laws of scaling", what=f"{label}: an interval holds its parameter", noise=name, side="at least",
                promised=0.95, hits=row.covered, trials=row.intervals,
            )  # fmt: skip


def fitted(
    workers: NDArray[np.float64], times_s: NDArray[np.float64], rng: np.random.Generator
) -> tuple[str, dict[str, tuple[float, float]]]:
    """The law chosen, and the intervals of those parameters it has."""
    cpus = int(workers.max())
    fit = scaling.fit_models(workers, times_s, cpus, seed=rng, power_draws=0)
    parameters = {} if fit.law in {"", "linear"} else {"serial": fit.serial_fraction, "growth": fit.growth}
    return fit.law, {
        name: (one.low, one.high)
        for name, one in parameters.items()
        if one is not None and one.low is not None and one.high is not None
    }
