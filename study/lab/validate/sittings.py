"""A promise of a machine over its sittings: an interval holds the mean of the next run. How often that of one does is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.lab.validate.noises import ROUNDS
from study.lab.validate.promise import NOTHING, Promise, held_to
from study.stats import holds
from study.units import count, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.lab.simulate import Noise
    from study.lab.validate.promise import Trial

MOVES = (0.01, 0.03, 0.06)
"""Standard deviation of a cell's level from run to run."""
SITTINGS = (4, 6, 10)
CELLS = 12
"""Of one class, as a headline has them."""
COMMON = 0.5
"""Share of the variance between runs that all cells of the run have in common: so it was on stored runs."""
SPREAD = 0.5
"""Standard deviation of the logarithm of how much a cell moves against the others of its class."""
PROCESS_CV = 0.05
HELD = 0.95
"""In 20 000 studies each: 96 % with ten sittings, 98 % and more with four, whose shrunk variance is better known than the
K − 1 degrees of freedom say."""


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each machine and number of sittings; the noise of one run plays no part."""
    del noises
    return {
        f"sittings that move by {percent(moves)}, {count(sittings)} of them": partial(_sittings, moves, sittings)
        for moves in MOVES
        for sittings in SITTINGS
    }


def _sittings(moves: float, sittings: int, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """The next run's mean of one cell of a class, and the intervals of the runs before it."""
    noise = f"sittings that move by {percent(moves)}, {count(sittings)} of them"
    shape = (studies, sittings + 1, CELLS)
    own = moves * rng.lognormal(-(SPREAD**2), SPREAD, (studies, 1, CELLS))
    common = rng.normal(size=(studies, sittings + 1, 1))
    levels = own * (np.sqrt(COMMON) * common + np.sqrt(1.0 - COMMON) * rng.normal(size=shape))
    means = np.exp(levels[..., np.newaxis] + PROCESS_CV * rng.normal(size=(*shape, ROUNDS)))
    averages = means.mean(axis=3)
    errors = means.var(axis=3, ddof=1) / ROUNDS / averages**2
    held = held_by_one = 0
    for average, error, rounds in zip(averages, errors, means[:, 0, 0], strict=True):
        past, following = np.log(average[:-1]), float(average[-1, 0])
        moved = float(stats.squeezed(past, error[:-1])[0])
        held += holds(stats.next_sitting(past[:, 0], moved, "s"), following)
        held_by_one += holds(stats.average(rounds, "s"), following)
    yield Promise(
        group="sittings", what="the interval of this machine holds the mean of its next sitting", noise=noise,
        side="at least", hits=held, trials=studies, **held_to(HELD),
    )  # fmt: skip
    yield Promise(
        group="sittings", what="the interval of one sitting holds the mean of another", noise=noise,
        side="at most", hits=held_by_one, trials=studies, **NOTHING,
    )  # fmt: skip
