"""How long a gate will need: its further looks, played through many times at the spread that was seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.stats import sequential

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from study.gate.decided import Standing

FUTURES = 400
"""That are played through."""
EQUAL = 0.8
"""Share of the cells that are taken to be equal, before anything is known of them."""
CHANGED = 0.1
"""Standard deviation of the logarithm of the ratio of those that are not."""
_SEED = 13


def seconds_left(
    standing: Standing,
    gate_looks: Sequence[int],
    margins: tuple[float, float],
    events: Sequence[tuple[tuple[str, ...], float]],
    scatter: Mapping[str, float],
) -> float:
    """Seconds until every cell is decided, or the last look is taken: the median of many futures.

    Parameters
    ----------
    standing : what the looks so far have left open.
    margins : within which a cell is the same, and the limit.
    events : cells that are measured together, and the seconds that a round of them takes.
    scatter : cell -> how many times as far its means will scatter as they did.
    """
    number = {cell: index for index, cell in enumerate(standing.cells)}
    together = [([number[cell] for cell in cells if cell in number], seconds) for cells, seconds in events]
    rng = np.random.default_rng(_SEED)
    future = _Future(standing, np.array([scatter.get(cell, 1.0) for cell in standing.cells]), rng)
    left_s = np.zeros(FUTURES)
    done = standing.rounds
    for look, rounds in enumerate(gate_looks):
        if rounds <= done:
            continue
        for cells, seconds in together:
            left_s += np.where((~future.state.settled[:, cells]).any(axis=1), (rounds - done) * seconds, 0.0)
        future.go_on(rounds - done)
        future.look(look, *margins)
        done = rounds
    return float(np.median(left_s))


class _Future:
    """What may come of each cell, `FUTURES` times: true ratios and spreads that fit what was seen, and what is then drawn."""

    def __init__(self, standing: Standing, scatter: NDArray[np.float64], rng: Generator) -> None:
        """Draw the truth: a cell is equal, or differs by some percent, as likely as what was seen of it makes that."""
        self.rng = rng
        shape = (FUTURES, len(standing.cells))
        seen = standing.seen
        self.known = np.isfinite(seen.deviation)
        self.rounds = np.where(self.known, seen.rounds, 2)
        spread = np.where(self.known, seen.deviation, 0.0)
        df = np.maximum(self.rounds - 1, 1)
        true = np.broadcast_to(
            spread, shape
        )  # as seen: drawn from what ten rounds alone allow, it foretells a fifth too much
        error2 = np.maximum(true**2 / self.rounds, 1e-30)
        slab2 = CHANGED**2
        of_equal = EQUAL * np.exp(-(seen.mean**2) / (2.0 * error2)) / np.sqrt(error2)
        of_changed = (1.0 - EQUAL) * np.exp(-(seen.mean**2) / (2.0 * (error2 + slab2))) / np.sqrt(error2 + slab2)
        equal = rng.random(shape) * (of_equal + of_changed) < of_equal
        kept = slab2 / (slab2 + error2)
        changed = seen.mean * kept + np.sqrt(kept * error2) * rng.standard_normal(shape)
        self.level = np.where(equal, 0.0, changed)
        self.true = true * scatter
        self.mean = np.broadcast_to(seen.mean, shape).copy()
        self.squares = np.broadcast_to(spread**2 * df, shape).copy()
        self.state = sequential.State._make(np.broadcast_to(column, shape) for column in standing.state)

    def go_on(self, more: int) -> None:
        """Draw so many further rounds of every cell."""
        new = self.level + self.true / math.sqrt(more) * self.rng.standard_normal(self.level.shape)
        apart2 = (new - self.mean) ** 2 * self.rounds * more / (self.rounds + more)
        self.squares += self.true**2 * self.rng.chisquare(max(more - 1, 1), self.level.shape) + apart2
        self.mean = (self.rounds * self.mean + more * new) / (self.rounds + more)
        self.rounds = self.rounds + more

    def look(self, look: int, same: float, limit: float) -> None:
        """Decide what can be decided, by the rules of the gate."""
        rounds = np.broadcast_to(self.rounds, self.mean.shape)
        spread = np.where(self.known, np.sqrt(self.squares / (rounds - 1)), np.inf)
        seen = sequential.Levels(rounds.astype(np.int64), np.where(self.known, self.mean, 0.0), spread, self.mean)
        self.state = sequential.looked(self.state, seen, look, same=same, limit=limit)
