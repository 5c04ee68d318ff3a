"""How many rounds, in which order, which curves take part in a round, and what so many rounds can show."""

from __future__ import annotations

import math
import random
from statistics import NormalDist
from typing import TYPE_CHECKING

from study.config import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def smallest_effect_planned(cv: float, rounds: int, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest relative difference that `rounds` paired rounds show with this power.

    Parameters
    ----------
    cv : relative standard deviation of a process mean; a paired difference of two cells has sqrt(2) times it.
    rounds : paired rounds, at least 2.

    Notes
    -----
    expm1 of (z_{1-alpha/2} + z_power) * cv * sqrt(2 / rounds), with the normal quantile widened to t by Gurland and Tripathi's
    first-order term (1 + (z^2 + 1) / (4 (rounds - 1))); exact power uses the noncentral t (see `stats`).
    """
    z = NormalDist().inv_cdf(1 - alpha / 2)
    widened = z * (1 + (z * z + 1) / (4 * (rounds - 1)))
    return math.expm1((widened + NormalDist().inv_cdf(power)) * cv * math.sqrt(2 / rounds))
