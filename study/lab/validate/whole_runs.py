"""Promises of whole runs that are compared: by the movement of earlier runs of unchanged code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import Cell
from study.lab.simulate import Law, Noise, draw_studies
from study.lab.validate.noises import RESAMPLED, ROUNDS
from study.lab.validate.promise import POWER, Promise, held_to
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.lab.validate.promise import Trial

RUNS = 8
"""Whole runs of one simulated machine: six of the past, and the two that are compared."""
RUN_CELLS = tuple(
    Cell(pattern="map", kernel=kernel, tasks=tasks)
    for kernel in ("fannkuch", "nbody", "sieve", "json", "zlib", "sort")
    for tasks in (4, 8)
)
HALF = len(RUN_CELLS) // 2
HALF_CV = 0.02
"""What a run does to one half of the cells alone: kinds of work do not move alike."""
MACHINE_CV = 0.05
"""What a whole run does to all cells alike, where cells are held against the others of their run."""
MOVING: Mapping[str, Noise] = {
    "runs that move by 1 %": Noise(process_cv=0.05, within_cv=0.0, run_cv=0.01),
    "runs that move by 3 %": Noise(process_cv=0.05, within_cv=0.0, run_cv=0.03),
    "runs that move by 3 %, skewed processes": Noise(process_cv=0.05, skewed=True, within_cv=0.0, run_cv=0.03),
}
APART_KNOWN: Mapping[str, float] = {"runs that move by 1 %": 0.10}
"""Share of equal cells that may be called different from the others of their run, where more than the rule's level are known
to be."""
INJECTED = 1.10


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each machine, among them one whose processes scatter as those of the stored runs."""
    moving = dict(MOVING)
    if (compute := noises.get(f"{RESAMPLED}compute")) is not None:
        moving[f"runs that move by 3 %, {RESAMPLED}compute"] = replace(compute, run_cv=0.03)
    return {name: partial(_between_runs, name, noise) for name, noise in moving.items()}


def _between_runs(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Equal cells of two whole runs, judged with the run component of the six runs before; and a change put between them."""
    drawn = draw_studies(RUN_CELLS, ROUNDS, 1, rng, Law(noise=noise), studies=studies * RUNS).mean(axis=3)
    means = drawn.reshape(studies, RUNS, len(RUN_CELLS), ROUNDS)
    logs = np.log(means)
    levels, variances = logs.mean(axis=3), logs.var(axis=3, ddof=1) / ROUNDS
    together = rng.lognormal(0.0, MACHINE_CV, (studies, RUNS))
    called = seen = apart = seen_apart = 0
    halves = rng.lognormal(0.0, HALF_CV, (studies, RUNS))
    for machine, level, variance, moved, other in zip(means, levels, variances, together, halves, strict=True):
        component = stats.run_component(level[: RUNS - 2], variance[: RUNS - 2])
        first, second = machine[-2, 0], machine[-1, 0]
        called += _told_apart(stats.between(first, second, component, component))
        seen += _told_apart(stats.between(first * INJECTED, second, component, component))
        shifted = level + np.log(moved)[:, np.newaxis]
        shifted[:, HALF:] += np.log(other)[:, np.newaxis]
        past = shifted[: RUNS - 2]
        own = stats.run_component(stats.against_others(past), variance[: RUNS - 2])
        gaps = shifted[-2] - shifted[-1]
        for factor in (1.0, INJECTED):
            common = float(np.median([gaps[0] + np.log(factor), *gaps[1:]]))
            told = stats.between(first * moved[-2] * factor, second * moved[-1], own, own, common=common)
            apart += factor == 1.0 and _told_apart(told)
            seen_apart += factor != 1.0 and _told_apart(told)
    yield Promise(
        group="whole runs", what="a cell of unchanged code is called different", noise=name, side="at most",
        hits=called, trials=studies, **held_to(stats.LEVEL),
    )  # fmt: skip
    all_move = f"the machine moving by {percent(MACHINE_CV)}, half of its cells by {percent(HALF_CV)} more"
    yield Promise(
        group="whole runs", what=f"a cell of unchanged code is called different from the others of its run, {all_move}",
        noise=name, side="at most", hits=apart, trials=studies, **held_to(stats.LEVEL, APART_KNOWN.get(name)),
    )  # fmt: skip
    if noise.run_cv <= 0.01:
        yield Promise(
            group="whole runs", what=f"a change of {percent(INJECTED - 1.0)} of one cell alone is called, {all_move}",
            noise=name, side="at least", hits=seen_apart, trials=studies, **held_to(POWER),
        )  # fmt: skip
        yield Promise(
            group="whole runs", what=f"a change of {percent(INJECTED - 1.0)} is called", noise=name, side="at least",
            hits=seen, trials=studies, **held_to(POWER),
        )  # fmt: skip


def _told_apart(found: stats.Between) -> bool:
    return stats.decide_between(found, p_adjusted=found.p, tests=1).decision == "different"
