"""Whether a run stood still: slope over time, and one half against the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study.stats import inputs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


_SECONDS_PER_HOUR = 3600.0


def halves_t(per_round: ArrayLike) -> float | None:
    """Welch's t between the first and the second half of a run; beyond ±4 the run did not stand still.

    Parameters
    ----------
    per_round : array_like, shape (G,)
        One number per round in order, for instance logarithms of process means; an odd middle round is left out.

    Returns
    -------
    float or None
        Positive if the second half is larger; ±infinity if only the halves differ; `None` below four rounds.

    Raises
    ------
    ValueError
        for another shape or non-finite numbers.
    """
    x = inputs.series(per_round, "per_round", signed=True)
    half = x.size // 2
    if half < 2:
        return None
    before, after = x[:half], x[-half:]
    gap = inputs.mean(after) - inputs.mean(before)
    error = math.sqrt((inputs.variance(before) + inputs.variance(after)) / half)
    if error == 0.0:
        return 0.0 if gap == 0.0 else math.copysign(math.inf, gap)
    return gap / error
