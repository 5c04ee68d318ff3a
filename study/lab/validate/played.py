"""Gates played through on arrays: looks, what is settled, when time is up, and what is said of each cell at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study.stats import sequential

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

SAME, LIMIT = 0.05, 0.10
BUDGET_S = 20 * 60.0
AT_ONCE = 50
"""Gates that are drawn together: more would want more memory than they save time."""


class Drawn(NamedTuple):
    """Log differences of the cells of many gates, shape (gates, cells, rounds), and which of the cells are slower."""

    d: NDArray[np.float64]
    slower: NDArray[np.bool_]


class Event(NamedTuple):
    """Cells that are measured together, by number, and the seconds of a round of them: what is settled costs none."""

    cells: NDArray[np.int64]
    round_s: float


class Ended(NamedTuple):
    """The cells of many gates at their end, arrays of shape (gates, cells).

    Attributes
    ----------
    states : as `sequential.State`.
    slower : which were drawn slower.
    mean : of the log differences; `low`, `high` : of the ratio; each at the look that settled the cell, or the last.
    took_s : seconds that each gate took, shape (gates,).
    """

    states: NDArray[np.int8]
    slower: NDArray[np.bool_]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    took_s: NDArray[np.float64]

    @property
    def any_called(self) -> NDArray[np.bool_]:
        """Gates in which a cell is called different."""
        return np.asarray(np.isin(self.states, (1, -1)).any(axis=1))

    def verdicts(self) -> NDArray[np.str_]:
        """The word of each gate, as `compare.decided.verdict` has it: 'slower', 'blind' or 'pass'."""
        fails = (self.states == 1) & (np.exp(self.mean) > 1.0 + LIMIT)
        blind = ~np.isin(self.states, (-1, 2)) & ~fails & (self.high > 1.0 + LIMIT)
        return np.where(fails.any(axis=1), "slower", np.where(blind.any(axis=1), "blind", "pass"))

    def holds(self, ratio: float) -> NDArray[np.bool_]:
        """Whether each cell's interval holds this ratio."""
        return np.asarray((self.low <= ratio) & (ratio <= self.high))


def ended(draw: Callable[[int, Generator], Drawn], events: Sequence[Event], studies: int, rng: Generator) -> Ended:
    """Play so many gates through."""
    parts = []
    for done in range(0, studies, AT_ONCE):
        drawn = draw(min(AT_ONCE, studies - done), rng)
        parts.append(played(drawn, events, BUDGET_S))
    return Ended._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def played(drawn: Drawn, events: Sequence[Event], budget_s: float) -> Ended:
    """Look after 10, 20 … rounds, and once more where time is up between two looks."""
    d, slower = drawn
    studies, shape = len(d), d.shape[:2]
    state = sequential.unseen(shape)
    took_s, last = np.zeros(studies), 0
    found = Ended(state.states, slower, np.zeros(shape), np.zeros(shape), np.full(shape, np.inf), took_s)
    over = np.zeros(studies, dtype=np.bool_)
    for look, rounds in enumerate(sequential.LOOKS):
        round_s = np.sum([event.round_s * (~state.settled[:, event.cells]).any(axis=1) for event in events], axis=0)
        open_still = round_s > 0.0
        affordable = np.minimum((budget_s - took_s) / np.where(open_still, round_s, 1.0), rounds).astype(np.int64)
        ends = np.where(over | ~open_still, last, np.minimum(rounds, last + affordable))
        took_s += (ends - last) * round_s
        for end in np.unique(ends[ends > last]):
            gates = np.flatnonzero(ends == end)
            _look(found, state, gates, sequential.levels(d[gates, :, :end]), look)
        over |= ends < rounds
        last = rounds
    return found


def _look(found: Ended, state: sequential.State, gates: NDArray[np.int64], seen: sequential.Levels, look: int) -> None:
    """Look at some of the gates; of the cells that were not settled before, keep what is seen of them now."""
    mine = sequential.State._make(column[gates] for column in state)
    low, high = sequential.interval(seen, look)
    for kept, new in ((found.mean, seen.mean), (found.low, low), (found.high, high)):
        kept[gates] = np.where(mine.settled, kept[gates], new)
    state.states[gates], state.settled[gates], state.p_values[gates] = sequential.looked(
        mine, seen, look, same=SAME, limit=LIMIT
    )
