"""Promises of the gate of two runs apart: unchanged code seldom fails its limit, and a slowdown of its size is mostly found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.lab.simulate import process_means
from study.lab.validate.noises import RESAMPLED, ROUNDS
from study.lab.validate.promise import Promise, held_to
from study.plan import VALUES
from study.stats.alarms import GROUP
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.lab.simulate import Noise
    from study.lab.validate.promise import Trial

PAST = 8
"""Earlier runs of unchanged code, which say how the machine moves; two more are compared."""
CELLS = 20
"""Of a headline."""
WHOLE = 0.05
"""What a run does to all cells alike, a standard deviation."""
MOVES = (0.01, 0.02)
"""What it does to one cell against the others."""
LIMIT = stats.SMALLEST_LIMIT
FOUND = 0.75
"""Of slowdowns as large as the limit: less than the chance that errors tell, which are picked for being small."""
FAILED_KNOWN: Mapping[tuple[str, float], float] = {}
FOUND_KNOWN: Mapping[tuple[str, float], float] = {}
"""Known exceptions, by class of noise and movement."""


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise of stored runs and each movement."""
    return {
        f"separate runs, {name}, cells that move by {percent(moves)}": partial(_separate, name, noise, moves)
        for name, noise in noises.items()
        if name.startswith(RESAMPLED)
        for moves in MOVES
    }


def _separate(name: str, noise: Noise, moves: float, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Runs of one machine, of which the last two are compared as if something had changed."""
    failed = found = spoken = 0
    for _ in range(studies):
        *past, first, second = _runs(noise, moves, rng)
        tried = stats.tried((first, second), past, LIMIT)
        failed += tried.failed
        if tried.spoken.any():  # one cell of each study: those of one study are not independent
            spoken += 1
            found += bool(tried.found[int(np.argmax(tried.spoken))])
    where = f"{name}, cells that move by {percent(moves)}"
    yield Promise(
        group=GROUP, what=f"a comparison of {CELLS} cells of unchanged code fails a limit of {percent(LIMIT)}", noise=where,
        side="at most", hits=failed, trials=studies, **held_to(stats.LEVEL, FAILED_KNOWN.get((name, moves))),
    )  # fmt: skip
    yield Promise(
        group=GROUP, what=f"a slowdown of {percent(LIMIT)} of one cell alone that the limit speaks for is found", noise=where,
        side="at least", hits=found, trials=max(1, spoken), **held_to(FOUND, FOUND_KNOWN.get((name, moves))),
    )  # fmt: skip


def _runs(noise: Noise, moves: float, rng: np.random.Generator) -> list[stats.Levels]:
    """The cells of each run, on the scale of logarithms."""
    shape = (PAST + 2, CELLS)
    logs = np.log(process_means(noise, (*shape, ROUNDS), VALUES, rng))
    levels = logs.mean(axis=2) + rng.normal(0.0, WHOLE, (PAST + 2, 1)) + rng.normal(0.0, moves, shape)
    errors = logs.var(axis=2, ddof=1) / ROUNDS
    return [stats.Levels(*run, np.full(CELLS, float(ROUNDS))) for run in zip(levels, errors, strict=True)]
