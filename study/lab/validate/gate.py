"""Promises of the gate: twenty cells of two arms, looked at as a gate looks, until all are decided or time is up."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study.lab.simulate import process_means
from study.lab.validate.noises import VALUES
from study.lab.validate.promise import Promise
from study.stats import sequential
from study.units import duration, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.random import Generator
    from numpy.typing import NDArray

    from study.lab.simulate import Noise
    from study.lab.validate.promise import Trial

CELLS = 20
SAME, LIMIT = 0.05, 0.10
BUDGET_S = 20 * 60.0
PAIR_S = 1.1
"""What a pair of processes of a headline cell takes, with its share of the third arm."""
AT_ONCE = 50
"""Gates that are drawn together: more would want more memory than they save time."""
SLOWED = 12
"""Cells that are slower, where some are: the others stop when they are the same, and their time goes to these."""
ERRATIC = 0.10
"""Standard deviation of the difference of two processes' logarithms beyond which a cell is erratic: nothing is promised of it.
That it depends on the spread was decided after a first try, in which every class was promised and some broke."""
LEAST_SEEN: Mapping[float, float] = {0.05: 0.80, 0.10: 0.95}
"""How much slower -> share of the slower cells that is called."""


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise that processes have of their own; what lasts longer meets both arms of a pair."""
    return {f"gate, {name}": partial(_gates, name, noise) for name, noise in noises.items() if not noise.slow_cv}


def _gates(name: str, noise: Noise, studies: int, rng: Generator) -> Iterator[Promise]:
    """Equal cells, and gates with slower ones: how many are called."""
    two = np.log(process_means(noise, (2, 20_000), VALUES, np.random.default_rng(0)))
    scatter = float((two[1] - two[0]).std())
    equal = _ended(noise, 0.0, studies, rng)
    yield Promise(
        group="gate", what=f"any of {CELLS} equal cells is called different", noise=name, side="at most",
        promised=sequential.LEVEL, hits=int(np.isin(equal, (1, -1)).any(axis=1).sum()), trials=studies,
    )  # fmt: skip
    for effect, promised in LEAST_SEEN.items() if scatter <= ERRATIC else ():
        slower = _ended(noise, effect, studies, rng)
        yield Promise(
            group="gate", noise=name, side="at least", promised=promised,
            hits=int((slower[:, 0] == 1).sum()), trials=studies,
            what=f"each of {SLOWED} of {CELLS} cells that is slower by {percent(effect)} is called within {duration(BUDGET_S)}",
        )  # fmt: skip


def _ended(noise: Noise, effect: float, studies: int, rng: Generator) -> NDArray[np.int8]:
    """What is said of the cells of each gate at its end; each round of an open cell costs time, what is decided costs none."""
    return np.concatenate(
        [_some(noise, effect, min(AT_ONCE, studies - done), rng) for done in range(0, studies, AT_ONCE)]
    )


def _some(noise: Noise, effect: float, studies: int, rng: Generator) -> NDArray[np.int8]:
    shape = (studies, CELLS, sequential.LOOKS[-1])
    base, head = (np.log(process_means(noise, shape, VALUES, rng)) for _ in range(2))
    d = head - base + math.log1p(effect) * (np.arange(CELLS) < SLOWED)[:, np.newaxis]
    state = sequential.unseen(shape[:2])
    took_s, last = np.zeros(studies), 0
    over = np.zeros(studies, dtype=np.bool_)
    for look, rounds in enumerate(sequential.LOOKS):
        round_s = PAIR_S * np.maximum((~state.settled).sum(axis=1), 1)
        ends = np.minimum(rounds, last + ((BUDGET_S - took_s) / round_s).astype(np.int64))
        ends = np.where(over, last, ends)
        took_s += np.where(state.settled.all(axis=1), 0.0, (ends - last) * round_s)
        for end in np.unique(ends[ends > last]):
            gates = ends == end
            mine = sequential.State._make(column[gates] for column in state)
            seen = sequential.levels(d[gates, :, :end])
            now = sequential.looked(mine, seen, look, same=SAME, limit=LIMIT)
            state.states[gates], state.settled[gates], state.p_values[gates] = now
        over |= ends < rounds
        last = rounds
    return state.states
