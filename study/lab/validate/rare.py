"""Promises of what is seldom, or is counted: shares, counts, a kind of process that few are, where the variance lies."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.lab.simulate import Law, Noise, draw_studies, true_time_s
from study.lab.validate.cells import CALL
from study.lab.validate.noises import ROUNDS
from study.lab.validate.promise import NOMINAL, Promise, held_to
from study.plan import VALUES
from study.stats import holds
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.lab.validate.promise import Trial

RARE = Noise(mode_share=0.07, mode_factor=5.0)
RARE_IN_WORDS = "one process of fourteen takes five times as long"
FAR = 2.0
"""Times the usual: what is beyond is a slow process."""
SHARES: Mapping[tuple[float, float], float | None] = {
    (0.01, 0.0): None,
    (0.01, 0.1): None,
    (0.05, 0.1): 0.91,
    (0.14, 0.1): None,
    (0.5, 0.1): None,
    (0.76, 0.0): None,
}
"""True share and correlation of the trials of a process -> the known rate where the nominal one is not reached: 200 trials a
process."""
TRIALS = 200
COUNTS = (1.0, 10.0)
"""What happens so often in a process on average, each time by itself."""
BETWEEN: Mapping[float, float | None] = {0.2: 0.82, 0.5: 0.78, 0.9: None}
"""Share of the variance between processes -> how often it is known to be printed so closely where that is less often: two values
of a process tell little of what is inside it."""
CLOSE = 0.3


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each; none of them is under one of these noises."""
    del noises
    shares: dict[str, Trial] = {
        f"a share of {true:g}, correlated by {correlation:g}": partial(_share, true, correlation, known)
        for (true, correlation), known in SHARES.items()
    }
    counts = {f"counts of {true:g}": partial(_counts, true) for true in COUNTS}
    between = {f"between processes: {true:g}": partial(_between, true, known) for true, known in BETWEEN.items()}
    return {"rare mode": _rare_mode, **shares, **counts, **between}


def _rare_mode(studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """An average holds where a slow process was drawn; what was not drawn no interval holds, but its share is bounded."""
    law = Law(noise=RARE)
    means = draw_studies([CALL], ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)[:, 0]
    usual_s = true_time_s(CALL, law)
    expected_s = usual_s * (1.0 + RARE.mode_share * (RARE.mode_factor - 1.0))
    drawn = means[(means > FAR * usual_s).any(axis=1)]
    promise = partial(Promise, group="coverage", noise=RARE_IN_WORDS, side="at least")
    yield promise(
        what="the interval of an average holds the expected value of a fresh process, where a slow one was drawn",
        hits=sum(holds(stats.average(x, "s"), expected_s) for x in drawn), trials=len(drawn), **held_to(NOMINAL),
    )  # fmt: skip
    yield promise(
        what="slow processes that few of ten are, are named", **held_to(NOMINAL),
        hits=sum(stats.far_processes(x) is not None for x in drawn), trials=len(drawn),
    )  # fmt: skip
    rarest = stats.unseen_share(ROUNDS) or 0.0
    yield promise(
        what="a kind of process of the largest share that may be missed is drawn", **held_to(NOMINAL),
        hits=int((rng.random((studies, ROUNDS)) < rarest).any(axis=1).sum()), trials=studies,
    )  # fmt: skip


def _share(
    true: float, correlation: float, known: float | None, studies: int, rng: np.random.Generator
) -> Iterator[Promise]:
    """A share of trials that lie in processes."""
    size = (studies, ROUNDS)
    weight = (1.0 - correlation) / correlation if correlation else 0.0
    own = rng.beta(true * weight, (1.0 - true) * weight, size) if weight else np.full(size, true)
    kept = (holds(stats.share_of_processes(hits, [TRIALS] * ROUNDS), true) for hits in rng.binomial(TRIALS, own))
    yield Promise(
        group="coverage", what=f"the interval of a share of {percent(true)} holds it", side="at least",
        noise=f"trials of a process correlated by {correlation:g}", hits=sum(kept), trials=studies, **held_to(NOMINAL, known),
    )  # fmt: skip


def _counts(true: float, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """How often something happens in a process."""
    kept = (holds(stats.average(counts, "count"), true) for counts in rng.poisson(true, (studies, ROUNDS)))
    yield Promise(
        group="coverage", what="the interval of an average count holds the expected one", side="at least",
        noise=f"{true:g} a process, independent", hits=sum(kept), trials=studies, **held_to(NOMINAL),
    )  # fmt: skip


def _between(true: float, known: float | None, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """The share of the variance that lies between processes has no interval: how far it is off."""
    cv = 0.05
    noise = Noise(process_cv=cv * math.sqrt(true), within_cv=cv * math.sqrt(1.0 - true))
    values = draw_studies([CALL], ROUNDS, VALUES, rng, Law(noise=noise), studies=studies)[:, 0]
    printed = (stats.icc(study) for study in values)
    yield Promise(
        group="coverage", what=f"the share of the variance between processes is off by at most {CLOSE:g}",
        noise=f"it is {percent(true)}", side="at least", trials=studies, **held_to(NOMINAL, known),
        hits=sum(share is not None and abs(share - true) <= CLOSE for share in printed),
    )  # fmt: skip
