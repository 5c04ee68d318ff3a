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
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from study.lab.simulate import Noise
    from study.lab.validate.noises import Event
    from study.lab.validate.promise import Trial

    _Drawn = tuple[NDArray[np.float64], NDArray[np.bool_]]

CELLS = 20
SAME, LIMIT = 0.05, 0.10
BUDGET_S = 20 * 60.0
PAIR_S = 1.1
"""What a pair of processes of a headline cell takes, with its share of the third arm."""
ROUND_ARMS = 2.25
"""Processes of an event in a round on average: both arms, and the third in every fourth."""
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
    costs = [(np.array([cell]), PAIR_S) for cell in range(CELLS)]
    equal = _ended(partial(_alike, noise, 0.0), costs, studies, rng)[0]
    yield Promise(
        group="gate", what=f"any of {CELLS} equal cells is called different", noise=name, side="at most",
        promised=sequential.LEVEL, hits=int(np.isin(equal, (1, -1)).any(axis=1).sum()), trials=studies,
    )  # fmt: skip
    for effect, promised in LEAST_SEEN.items() if scatter <= ERRATIC else ():
        slower = _ended(partial(_alike, noise, effect), costs, studies, rng)[0]
        yield Promise(
            group="gate", noise=name, side="at least", promised=promised,
            hits=int((slower[:, 0] == 1).sum()), trials=studies,
            what=f"each of {SLOWED} of {CELLS} cells that is slower by {percent(effect)} is called within {duration(BUDGET_S)}",
        )  # fmt: skip


def headline(events: Sequence[Event]) -> dict[str, Trial]:
    """The gate over the headline of a stored run: each cell with its own scatter, each event with its own seconds."""
    return {"gate, the headline": partial(_headline, events)} if events else {}


def _headline(events: Sequence[Event], studies: int, rng: Generator) -> Iterator[Promise]:
    """Equal cells, and gates in which twelve cells drawn by lot are slower: how many are called."""
    residuals = [np.log(cell) for event in events for cell in event.residuals]
    calm = np.array([math.sqrt(2.0) * float(cell.std(ddof=1)) <= ERRATIC for cell in residuals])
    ends = np.cumsum([len(event.residuals) for event in events])
    costs = [
        (np.arange(end - len(event.residuals), end), ROUND_ARMS * event.process_s)
        for event, end in zip(events, ends, strict=True)
    ]
    noise = f"{len(residuals)} cells of the headline as stored"
    equal = _ended(partial(_own, residuals, 0.0), costs, studies, rng)[0]
    yield Promise(
        group="gate", what="any of the equal cells is called different", noise=noise, side="at most",
        promised=sequential.LEVEL, hits=int(np.isin(equal, (1, -1)).any(axis=1).sum()), trials=studies,
    )  # fmt: skip
    for effect, promised in LEAST_SEEN.items():
        states, slower = _ended(partial(_own, residuals, effect), costs, studies, rng)
        lots = np.where(slower & calm, rng.random(states.shape), -1.0)
        drawn = np.arange(studies), lots.argmax(axis=1)
        counted = lots.max(axis=1) > 0.0
        yield Promise(
            group="gate", noise=noise, side="at least", promised=promised, hits=int((states[drawn] == 1)[counted].sum()),
            trials=int(counted.sum()),
            what=f"a cell that is slower by {percent(effect)}, as {SLOWED} are, is called within {duration(BUDGET_S)};"
            f" of the {int(calm.sum())} that are not erratic",
        )  # fmt: skip


def _own(residuals: Sequence[NDArray[np.float64]], effect: float, studies: int, rng: Generator) -> _Drawn:
    """Differences of cells that scatter each as it was stored; twelve by lot are slower."""
    rounds = sequential.LOOKS[-1]
    shape = (studies, len(residuals))
    d = np.stack(
        [rng.choice(cell, (studies, rounds)) - rng.choice(cell, (studies, rounds)) for cell in residuals], axis=1
    )
    slower = rng.random(shape).argsort(axis=1) < (SLOWED if effect else 0)
    return d + math.log1p(effect) * slower[:, :, np.newaxis], slower


def _alike(noise: Noise, effect: float, studies: int, rng: Generator) -> _Drawn:
    """Differences of cells that all scatter alike; the first twelve are slower."""
    shape = (studies, CELLS, sequential.LOOKS[-1])
    base, head = (np.log(process_means(noise, shape, VALUES, rng)) for _ in range(2))
    slower = np.broadcast_to(np.arange(CELLS) < (SLOWED if effect else 0), shape[:2])
    return head - base + math.log1p(effect) * slower[:, :, np.newaxis], slower


def _ended(
    draw: Callable[[int, Generator], _Drawn],
    costs: Sequence[tuple[NDArray[np.int64], float]],
    studies: int,
    rng: Generator,
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """What is said of the cells of each gate at its end, and which were slower, shape (studies, cells) each.

    `costs` are cells that are measured together and the seconds of a round of them: what is settled costs none.
    """
    states, slower = [], []
    for done in range(0, studies, AT_ONCE):
        d, those = draw(min(AT_ONCE, studies - done), rng)
        states.append(_played(d, costs))
        slower.append(those)
    return np.concatenate(states), np.concatenate(slower)


def _played(d: NDArray[np.float64], costs: Sequence[tuple[NDArray[np.int64], float]]) -> NDArray[np.int8]:
    """Look after 10, 20 … rounds, and once more where time is up between two looks."""
    studies = len(d)
    state = sequential.unseen(d.shape[:2])
    took_s, last = np.zeros(studies), 0
    over = np.zeros(studies, dtype=np.bool_)
    for look, rounds in enumerate(sequential.LOOKS):
        round_s = np.sum([cost * (~state.settled[:, cells]).any(axis=1) for cells, cost in costs], axis=0)
        open_still = round_s > 0.0
        affordable = ((BUDGET_S - took_s) / np.where(open_still, round_s, 1.0)).astype(np.int64)
        ends = np.where(over | ~open_still, last, np.minimum(rounds, last + affordable))
        took_s += (ends - last) * round_s
        for end in np.unique(ends[ends > last]):
            gates = ends == end
            mine = sequential.State._make(column[gates] for column in state)
            seen = sequential.levels(d[gates, :, :end])
            now = sequential.looked(mine, seen, look, same=SAME, limit=LIMIT)
            state.states[gates], state.settled[gates], state.p_values[gates] = now
        over |= ends < rounds
        last = rounds
    return state.states
