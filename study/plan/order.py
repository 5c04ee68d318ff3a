"""How many rounds, in which order, which curves take part in a round, and what so many rounds can show."""

from __future__ import annotations

import functools
import math
import random
from typing import TYPE_CHECKING

from study.config import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from study.cell import Cell
    from study.plan.expansion import Curve
    from study.things import NoiseClass

QUICK_ROUNDS = 5
"""Rounds of a run whose budget cannot pay ten of what it must have: marked quick."""
BEYOND = 0.3
"""Share of the budget that rounds beyond the tenth may take while an experiment of the core is left out."""
ASSUMED_CV: Mapping[NoiseClass, float] = {
    "compute": 0.04,
    "start": 0.08,
    "dispatch": 0.15,
    "message": 0.30,
    "memory": 0.02,
}
"""Spread between processes where this machine has no run yet, by noise class; only `plan` uses it, and says so."""
_STEPS = 240
"""Of the integral over the spread that a run happens to show."""
_HALVINGS = 30
_SPARED = 0.1
"""As `stats.smallest.SPARED`."""


def takes_part(rounds: int, round_index: int) -> bool:
    """Whether a curve that is in `rounds` of ten rounds is in this one: evenly spread, the first among them."""
    return round_index * rounds % ROUNDS < rounds


def blocks_of(curves: Sequence[Curve]) -> list[list[int]]:
    """The curves, by number, in blocks: those with the same event on several targets are one block, which is the pair."""
    blocks: list[list[int]] = []
    block_with: dict[Cell, list[int]] = {}
    for number, curve in enumerate(curves):
        block = next((block_with[point] for point in curve.points if point in block_with), None)
        if block is None:
            blocks.append(block := [])
        block.append(number)
        for point in curve.points:
            block_with.setdefault(point, block)
    return blocks


def order_of_round(blocks: Sequence[Sequence[int]], seed: int, round_index: int) -> list[int]:
    """The order in which a round measures its curves, the same for the same seed and round.

    Blocks come in random order, and the curves of a block one after the other, in random order too: what a machine does
    for a while meets all targets of a cell.
    """
    random_ = random.Random(f"{seed}/{round_index}")
    shuffled = [random_.sample(block, len(block)) for block in blocks]
    random_.shuffle(shuffled)
    return [number for block in shuffled for number in block]


def smallest_effect_planned(
    cv: float, rounds: int, *, tests: int = 1, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Smallest relative difference that the calling rule sees in `rounds` paired rounds with this power.

    Parameters
    ----------
    cv : relative standard deviation of a process mean; a paired difference of two cells has sqrt(2) times it.
    rounds : paired rounds, at least 2.
    tests : that are counted together; the level is that of Holm's first, hardest, step.

    Notes
    -----
    As `stats.smallest_effect_planned`, with the standard library alone; no noise floor is known before a run.
    """
    spread = math.sqrt(2 * math.log1p(cv * cv))
    wanted = power + _SPARED * (1 - power)
    return math.expm1(spread / math.sqrt(rounds) * _effect_in_errors(rounds - 1, alpha / tests, wanted))


@functools.lru_cache(maxsize=1024)
def _effect_in_errors(df: int, level: float, power: float) -> float:
    """The smallest effect of a t test in standard errors: P(M > t·s) is the mean of P(M > t·s given s) over s."""
    reach = 8 / math.sqrt(2 * df)
    least, most = max(0.0, 1 - reach), 1 + reach
    spreads = [least + (most - least) * (step + 0.5) / _STEPS for step in range(_STEPS)]
    logs = [(df - 1) * math.log(spread) - df * spread * spread / 2 for spread in spreads]
    weights = [math.exp(log - max(logs)) for log in logs]
    whole = math.fsum(weights)

    def beyond(effect: float, bound: float) -> float:
        """Chance of a mean, off by `effect`, above `bound` times its spread."""
        tails = (math.erfc((bound * spread - effect) / math.sqrt(2)) / 2 for spread in spreads)
        return math.fsum(weight * tail for weight, tail in zip(weights, tails, strict=True)) / whole

    bound = _where(lambda bound: beyond(0.0, bound) < level / 2)
    return _where(lambda effect: beyond(effect, bound) > power)


def _where(holds: Callable[[float], bool]) -> float:
    """The least number, 0 or more, from which on something holds."""
    low, high = 0.0, 1.0
    while not holds(high):
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
