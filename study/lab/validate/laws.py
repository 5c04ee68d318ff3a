"""Promises of the laws of scaling: which is found, and whether its parameters lie in their intervals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import scaling
from study.lab.simulate.recovery import MACHINES, recoveries
from study.lab.validate.noises import RESAMPLED
from study.lab.validate.promise import Promise
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from study.lab.simulate import Noise
    from study.lab.simulate.recovery import Machine
    from study.lab.validate.promise import Trial

LEVEL = 0.05
MANY_WORKERS = 64
"""Workers with which every law is promised to be found; with fewer a small growth cannot be."""
SCALING_CV = 0.02
"""Coefficient of variation at which every law of the table is promised to be found."""
DRAWS = 2000
FEWER = 20
"""So many times fewer studies of each machine whose CPUs are not equal: a fit takes hundredths of a second."""
RESAMPLES = 300
"""Of a fit that is tried: fewer than the report's, whose ends scatter less."""
WRONG = 0.10
"""Studies whose interval of the serial fraction may leave it out; one that is refused says nothing wrong."""


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
    for machine in MACHINES:
        equal = machine == MACHINES[0]
        number = studies if equal else max(studies // FEWER, 1)
        yield from _of_recoveries("lognormal noise", drawn, number, rng, machine=machine, power=equal)


def _of_recoveries(
    name: str,
    noise: NDArray[np.float64],
    studies: int,
    rng: np.random.Generator,
    *,
    machine: Machine = MACHINES[0],
    power: bool,
) -> Iterator[Promise]:
    noise_name = name + ("" if machine == MACHINES[0] else f", {_in_words(machine)}")
    promise = partial(Promise, group="laws of scaling", noise=noise_name, trials=studies)
    for row in recoveries(studies, int(rng.integers(2**32)), noise, fitted, machine):
        label = f"{row.truth.name}, {len(row.levels)} counts up to {row.levels[-1]}"
        if len(row.levels) < 3 or not machine.measured:
            yield promise(what=f"{label}: no law is fitted", side="at least", promised=1.0, hits=row.refused)
            continue
        yield promise(
            what=f"{label}: the interval of a serial fraction leaves it out", side="at most", promised=WRONG,
            hits=row.serial_wrong,
        )  # fmt: skip
        if not row.truth.growth:
            yield promise(what=f"{label}: growing overhead is called", side="at most", promised=LEVEL, hits=row.growing)
        elif row.truth.law == "usl":
            yield promise(
                what=f"{label}: it is called logarithmic", side="at most", promised=LEVEL, hits=row.logarithmic
            )
        if power and row.levels[-1] >= MANY_WORKERS:
            yield promise(what=f"{label}: the law is found", side="at least", promised=0.80, hits=row.right)


def _in_words(machine: Machine) -> str:
    offset = f", counts off by {percent(machine.offset, 1)}" if machine.offset else ""
    return f"{machine.name}{offset}{'' if machine.measured else ', capacity not measured'}"


def fitted(
    workers: NDArray[np.float64],
    times_s: NDArray[np.float64],
    busy_s: NDArray[np.float64] | None,
    rng: np.random.Generator,
) -> tuple[str, dict[str, tuple[float, float]]]:
    """The law chosen, and the intervals of those parameters it has."""
    cpus = int(workers.max())
    fit = scaling.fit_models(workers, times_s, cpus, busy_s=busy_s, seed=rng, power_draws=0, resamples=RESAMPLES)
    parameters = {} if fit.law in {"", "linear"} else {"serial": fit.serial_fraction, "growth": fit.growth}
    return fit.law, {
        name: (one.low, one.high)
        for name, one in parameters.items()
        if one is not None and one.low is not None and one.high is not None
    }
