"""Promises of the laws of scaling: which is found, and whether its parameters lie in their intervals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import scaling, stats
from study.lab.simulate.recovery import LEVELS, MACHINES, TRUTHS, recovery
from study.lab.validate.noises import RESAMPLED
from study.lab.validate.promise import NOTHING, POWER, Promise, held_to
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from study.lab.simulate import Noise
    from study.lab.simulate.recovery import Machine, Truth
    from study.lab.validate.promise import Trial

MANY_WORKERS = 64
"""Workers with which every law is promised to be found; with fewer a small growth cannot be."""
SCALING_CV = 0.02
"""Coefficient of variation at which every law of the table is promised to be found."""
DRAWS = 2000
RESAMPLES = 300
"""Of a fit that is tried: fewer than the report's, whose ends scatter less."""
TOLD = tuple(levels for levels in LEVELS if len(levels) >= 3)
"""Worker counts of which a law is told; without measured capacity none is, which no study could show to be otherwise."""
WRONG = 0.06
"""Studies that may say of the serial fraction what is not so, the linear law among them: what an interval of 95 % is held to."""
OFF_KNOWN, WRONG_KNOWN = 0.01, 0.10
"""Known exception: where every count is off by so much, of logarithmic growth up to 64 workers."""
LOGNORMAL = "lognormal noise"


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """Every machine and set of worker counts with scatter of a known size, and equal CPUs with that of the stored runs.

    That a law is found is promised for a known scatter of 2 % only: with that of a machine it depends on the machine,
    and the power printed beside each fit says so.
    """
    known: dict[str, Trial] = {
        f"laws of scaling, {_in_words(machine)}, {levels}": partial(_of_known_scatter, machine, levels)
        for machine in MACHINES
        for levels in TOLD
        if machine.measured
    }
    if (compute := noises.get(f"{RESAMPLED}compute")) is not None:
        name, scatter = f"{RESAMPLED}compute", np.array(compute.residuals) - 1.0
        known |= {
            f"laws of scaling, {name}, {levels}": partial(_of_truths, name, scatter, MACHINES[0], levels)
            for levels in TOLD
        }
    return known


def _of_known_scatter(
    machine: Machine, levels: tuple[int, ...], studies: int, rng: np.random.Generator
) -> Iterator[Promise]:
    drawn = rng.lognormal(0.0, SCALING_CV, DRAWS) - 1.0
    return _of_truths(LOGNORMAL, drawn, machine, levels, studies, rng)


def _of_truths(
    name: str,
    noise: NDArray[np.float64],
    machine: Machine,
    levels: tuple[int, ...],
    studies: int,
    rng: np.random.Generator,
) -> Iterator[Promise]:
    equal = machine == MACHINES[0]
    promise = partial(
        Promise, group="laws of scaling", noise=name if equal else f"{name}, {_in_words(machine)}", trials=studies
    )
    for truth in TRUTHS:
        row = recovery(truth, machine, levels, studies, noise, rng, fitted)
        label = f"{truth.name}, {len(levels)} counts up to {levels[-1]}"
        yield promise(
            what=f"{label}: what is said of a serial fraction leaves it out", side="at most", hits=row.serial_wrong,
            **held_to(WRONG, WRONG_KNOWN if _is_known(truth, machine, levels) else None),
        )  # fmt: skip
        yield promise(what=f"{label}: nothing is said of a serial fraction", side="at most", hits=row.silent, **NOTHING)
        if not truth.growth:
            yield promise(
                what=f"{label}: growing overhead is called", side="at most", hits=row.growing, **held_to(stats.LEVEL)
            )
        elif truth.law == "usl":
            yield promise(
                what=f"{label}: it is called logarithmic", side="at most", hits=row.logarithmic, **held_to(stats.LEVEL)
            )
        if equal and name == LOGNORMAL and levels[-1] >= MANY_WORKERS:
            yield promise(what=f"{label}: the law is found", side="at least", hits=row.right, **held_to(POWER))


def _is_known(truth: Truth, machine: Machine, levels: tuple[int, ...]) -> bool:
    """Whether more intervals than a few are known to leave the serial fraction out."""
    return truth.law == "logarithmic" and machine.offset == OFF_KNOWN and levels[-1] >= MANY_WORKERS


def _in_words(machine: Machine) -> str:
    offset = f", counts off by {percent(machine.offset, 1)}" if machine.offset else ""
    return f"{machine.name}{offset}"


def fitted(
    workers: NDArray[np.float64],
    times_s: NDArray[np.float64],
    busy_s: NDArray[np.float64] | None,
    rng: np.random.Generator,
) -> Sequence[tuple[str, dict[str, tuple[float, float]]]]:
    """The law chosen in each study, and the intervals of those parameters it has."""
    fits = scaling.fit_studies(workers, times_s, int(workers.max()), busy_s=busy_s, seed=rng, resamples=RESAMPLES)
    return [(fit.law, _intervals(fit)) for fit in fits]


def _intervals(fit: scaling.ModelFit) -> dict[str, tuple[float, float]]:
    known = {"serial": fit.serial_fraction, "growth": fit.growth}
    return {
        name: (parameter.low, parameter.high)
        for name, parameter in known.items()
        if parameter is not None and parameter.low is not None and parameter.high is not None
    }
