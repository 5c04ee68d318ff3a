"""What the looks of a gate decided of each cell: made again from the times alone, so that a resumed gate decides alike."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from study.stats import LEVEL, MIN_FOR_T, sequential

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.exits import Ending
    from study.run.looks import Means
    from study.store import GateRecord

Word = Literal["slower", "faster", "the same", "not decided"]
WORDS: Mapping[int, Word] = {1: "slower", -1: "faster", 2: "the same", 0: "not decided"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutcome:
    """One cell of a gate at the look that decided it, or at the last.

    Attributes
    ----------
    base, head : averages over the rounds that were used, in the unit of the cell.
    rounds : pairs that were used; look : its number, from 1.
    mean, deviation : of log(head) - log(base).
    level : p value at which this look alone calls this cell, were it the first in Holm's order.
    p : adjusted for looks and cells.
    low, high : of the ratio, at all looks together; None below five rounds.
    could_see : smallest relative difference that would have been called with a power of 80 %; None below five rounds.
    """

    cell: str
    word: Word
    base: float | None
    head: float | None
    rounds: int
    look: int
    mean: float
    deviation: float
    level: float
    p: float
    low: float | None
    high: float | None
    could_see: float | None

    @property
    def ratio(self) -> float | None:
        """Head over base: the geometric mean over rounds, of which the interval speaks."""
        return math.exp(self.mean) if self.rounds else None


class Alone(NamedTuple):
    """A cell that only one arm could measure: why the other could not, and whether it failed or is not there at all."""

    cell: str
    arm: Literal["base", "head"]
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A gate's cells in the order of its plan; of equal code, how many of how many cells were called different.

    `alone` are cells that are not compared, since an arm cannot measure them.
    """

    cells: tuple[CellOutcome, ...]
    equal_called: int
    equal: int
    verdict: Ending
    alone: tuple[Alone, ...] = ()


def cells_of(means: Means, gate: GateRecord) -> list[str]:
    """The cells that both arms have times of."""
    return [cell for target, cell in means if target == gate.base and (gate.head, cell) in means]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the cells of a gate stand after its latest look.

    Attributes
    ----------
    cells : in the order of the plan; the arrays have an entry for each.
    rounds : after which was looked.
    seen : levels of each cell after them.
    state : as `sequential.looked` has it.
    outcomes : cell -> what the look that settled it saw, or the latest.
    """

    cells: tuple[str, ...]
    rounds: int
    seen: sequential.Levels
    state: sequential.State
    outcomes: Mapping[str, CellOutcome]

    @property
    def settled(self) -> frozenset[str]:
        """The cells that need no further round."""
        return frozenset(cell for cell, done in zip(self.cells, self.state.settled, strict=True) if done)


def standing(means: Means, gate: GateRecord, rounds: int) -> Standing:
    """What the looks up to `rounds` have said, and one at `rounds` itself where it is no look: it was the last.

    Raises
    ------
    ValueError
        for other looks than those that the spending was made for.
    """
    if tuple(gate.looks) != sequential.LOOKS:
        raise ValueError(f"looks {gate.looks}: the error is spent over {sequential.LOOKS}")
    cells = cells_of(means, gate)
    ends = [look for look in gate.looks if look <= rounds]
    if len(ends) < len(gate.looks) and rounds > max(ends, default=0):
        ends.append(rounds)
    state = sequential.unseen((len(cells),))
    outcomes: dict[str, CellOutcome] = {}
    seen = _levels(means, gate.base, gate.head, cells, 0)
    for look, end in enumerate(ends):
        seen = _levels(means, gate.base, gate.head, cells, end)
        still = np.flatnonzero(~state.settled)
        state = sequential.looked(state, seen, look, same=gate.same, limit=gate.limit)
        for number in still:
            pairs = _pairs(means, gate.base, gate.head, cells[number], end)
            mine = sequential.Levels._make(column[number : number + 1] for column in seen)
            outcomes[cells[number]] = _outcome(cells[number], pairs, mine, look, len(cells))
    return Standing(cells=tuple(cells), rounds=max(ends, default=0), seen=seen, state=state, outcomes=outcomes)


def decided(means: Means, gate: GateRecord, rounds: int) -> Decided:
    """What was decided at every look up to `rounds`, and at `rounds` itself where it is no look: it was the last.

    Raises
    ------
    ValueError
        as `standing`.
    """
    stood = standing(means, gate, rounds)
    adjusted = sequential.holm_of(stood.state.p_values)
    outcomes = tuple(
        replace(stood.outcomes[cell], word=WORDS[int(state)], p=float(p))
        for cell, state, p in zip(stood.cells, stood.state.states, adjusted, strict=True)
        if cell in stood.outcomes
    )
    again = _levels(means, gate.base, gate.again, stood.cells, rounds)
    told = again.rounds >= MIN_FOR_T
    called = sequential.called_once(again) if stood.cells else told
    return Decided(
        cells=outcomes, equal_called=int(called.sum()), equal=int(told.sum()), verdict=verdict(outcomes, gate)
    )


def verdict(cells: Sequence[CellOutcome], gate: GateRecord) -> Ending:
    """The word of the whole: slower beyond the limit, else blind to it in a cell, else pass; nothing in common is no pass.

    A cell fails the gate where it is called slower and its ratio lies above the limit. It passes where it is the same, faster,
    or its whole interval lies below the limit, whatever it is called; else the gate is blind to it.
    """
    if not cells:
        return "not comparable"
    if any(fails(cell, gate) for cell in cells):
        return "slower"
    return "blind" if any(is_blind(cell, gate) for cell in cells) else "pass"


def fails(cell: CellOutcome, gate: GateRecord) -> bool:
    """Whether the cell fails its gate: called slower, and its ratio above the limit."""
    return cell.word == "slower" and (cell.ratio or 0.0) > 1.0 + gate.limit


def is_blind(cell: CellOutcome, gate: GateRecord) -> bool:
    """Whether it is not known on which side of the limit the cell lies."""
    settled = cell.word in {"the same", "faster"} or fails(cell, gate)
    return not settled and (cell.high is None or cell.high > 1.0 + gate.limit)


def _pairs(means: Means, base: str, head: str, cell: str, end: int) -> tuple[list[float], list[float]]:
    """The process means of both arms in the rounds before `end` that have both."""
    first, second = means.get((base, cell), {}), means.get((head, cell), {})
    common = sorted(index for index in first.keys() & second.keys() if index < end)
    return [first[index] for index in common], [second[index] for index in common]


def _levels(means: Means, base: str, head: str, cells: Sequence[str], end: int) -> sequential.Levels:
    """Levels of each cell; one with fewer than five pairs has an endless spread, so that nothing is called."""
    rows = []
    for cell in cells:
        first, second = _pairs(means, base, head, cell, end)
        if len(first) < MIN_FOR_T:
            rows.append((len(first), 0.0, math.inf, 0.0))
            continue
        seen = sequential.levels(np.log(second) - np.log(first))
        rows.append((int(seen.rounds), float(seen.mean), float(seen.deviation), float(seen.median)))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    return sequential.Levels(np.maximum(columns[0], 2).astype(np.int64), columns[1], columns[2], columns[3])


def _outcome(
    cell: str, pairs: tuple[list[float], list[float]], seen: sequential.Levels, look: int, cells: int
) -> CellOutcome:
    """What a look saw of a cell; its word and its p value are not known yet."""
    first, second = pairs
    enough = len(first) >= MIN_FOR_T
    low, high = sequential.interval(seen, look)
    return CellOutcome(
        cell=cell,
        word="not decided",
        base=float(np.mean(first)) if first else None,
        head=float(np.mean(second)) if second else None,
        rounds=len(first),
        look=look + 1,
        mean=float(seen.mean[0]),
        deviation=float(seen.deviation[0]) if enough else 0.0,
        level=LEVEL * sequential.SPENDING[look] / cells,
        p=1.0,
        low=float(low[0]) if enough else None,
        high=float(high[0]) if enough else None,
        could_see=float(sequential.could_have_seen(seen, look, cells)[0]) if enough else None,
    )
