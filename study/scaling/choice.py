"""Which law of scaling is told of those that could be fitted, and how surely it is chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.scaling.nonnegative import aicc, columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from study.scaling.fitted import Studies

DECISIVE = 4.0
"""AICc by which a law with growing overhead must beat those without, and the other with it."""
UNKNOWN_SHAPE = "growing"
GROWING = ("logarithmic", "usl")


def choose(scores: Mapping[str, float]) -> str:
    """The law AICc picks; growing overhead only where it is decisively better than none."""
    best = min(scores, key=scores.__getitem__)
    plain = {law: score for law, score in scores.items() if law not in GROWING}
    simple = min(plain, key=plain.__getitem__)
    if best in plain:
        return best
    if scores[best] > plain[simple] - DECISIVE:
        return simple
    others = [score for law, score in scores.items() if law in GROWING and law != best]
    return best if all(scores[best] <= other - DECISIVE for other in others) else UNKNOWN_SHAPE


def may_be_true(scores: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.bool_]]:
    """Law -> whether it may be told in each study, or is not excluded by AICc where the best without growth is."""
    plain = np.minimum.reduce([score for law, score in scores.items() if law not in GROWING])
    return {law: (score < plain + DECISIVE) | (score == plain) for law, score in scores.items()}


def power(
    law: str,
    allowed: tuple[str, ...],
    best: NDArray[np.float64],
    studies: Studies,
    index: int,
    draws: int,
    rng: np.random.Generator,
) -> float | None:
    """Share of studies simulated from the fit, with its own scatter, in which the same law is chosen."""
    p, capacity, rounds = studies.p, studies.capacity[:, index : index + 1], studies.rounds
    if draws < 1 or rounds < 2:
        return None
    free = p.size * (rounds - 1)
    cv = math.sqrt(float(studies.pure[index]) / free)
    times = best @ columns(law, p, capacity, np.ones_like(capacity))[:, :, 0]
    means = times[:, np.newaxis] * np.maximum(1.0 + cv / math.sqrt(rounds) * rng.standard_normal((p.size, draws)), 0.05)
    scores = aicc(allowed, p, capacity, means, cv**2 * rng.chisquare(free, draws), rounds)
    chosen = [choose({each: float(scores[each][draw]) for each in allowed}) for draw in range(draws)]
    return chosen.count(law) / draws
