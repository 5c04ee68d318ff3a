"""Which law of scaling is told of those that could be fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

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
