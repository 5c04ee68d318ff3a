"""How surely a law of scaling is told: studies simulated from a fit go through all of the rule once more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from study.scaling.nonnegative import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from study.scaling.fitted import FittedLaw, Studies

    LawsOf = Callable[[NDArray[np.float64], NDArray[np.float64], Generator], Sequence[str]]

_LEAST = 0.05
"""Of its expected length; no drawn time is shorter."""


def power(
    law: str, fit: FittedLaw, studies: Studies, index: int, draws: int, rng: Generator, laws_of: LawsOf
) -> float | None:
    """Share of studies simulated from the fit in which the same law is told; None with a single round.

    Parameters
    ----------
    fit : of that law, to all studies; `index` : of the study in question.
    draws : studies that are simulated.
    laws_of : times and busy seconds of many studies, shape (S, G, L) each -> the law told of each, '' where it is refused. The
        whole rule: growth whose interval holds 0 is not told, and what does not fit is refused.

    Notes
    -----
    Single times scatter as they do about the round and the count. Where the averages lie further from the law than that
    explains, each count is off besides, the same in all rounds of a study: by the variance that F, less 1, leaves. Where F is
    above 1 by chance that is too much, and the power told too small.
    """
    p, capacity, rounds = studies.p, studies.capacity[:, index], studies.rounds
    if draws < 1 or rounds < 2:
        return None
    cv = math.sqrt(float(studies.pure[index]) / (p.size * (rounds - 1)))
    ratio = float(fit.ratio[index])
    off = cv * math.sqrt(max(0.0, ratio - 1.0) / rounds) if math.isfinite(ratio) else 0.0
    alone = capacity[:, np.newaxis]
    expected_s = fit.best[:, index] @ columns(law, p, alone, np.ones_like(alone))[:, :, 0]
    offsets = np.exp(off * rng.standard_normal((draws, 1, p.size)))
    scatter = np.maximum(1.0 + cv * rng.standard_normal((draws, rounds, p.size)), _LEAST)
    busy_s = np.broadcast_to(p / capacity, scatter.shape)
    return list(laws_of(expected_s * offsets * scatter, busy_s, rng)).count(law) / draws
