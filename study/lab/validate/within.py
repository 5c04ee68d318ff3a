"""Promises of one run: coverage."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import Cell
from study.lab.simulate import Law, Noise, draw_studies, true_time_s
from study.lab.validate.noises import ROUNDS, VALUES
from study.lab.validate.promise import Promise
from study.things import backends, start_methods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from study.findings import Estimate
    from study.lab.validate.promise import Trial

CALL = Cell(pattern="map", kernel="fannkuch", tasks=4)
POOL = replace(CALL, backend=backends.POOL.name, start_method=start_methods.FORK.name, workers=2)


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise."""
    return {name: partial(_within_a_run, name, noise) for name, noise in noises.items()}


def _within_a_run(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Coverage within one run, under one noise."""
    law = Law(noise=noise)
    cells = [CALL, POOL]
    means = draw_studies(cells, ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)
    truth = true_time_s(CALL, law) / true_time_s(POOL, law)
    # Resampled scatter has heavy tails and few different values; plain t is known to cover a little less there.
    yield Promise(
        group="coverage", what="the 95 % interval of a ratio of averages holds the true ratio", noise=name,
        side="at least", promised=0.95,
        hits=_covered(means, lambda x: stats.ratio_of_averages_paired(x[0], x[1]), truth), trials=studies,
    )  # fmt: skip
    yield Promise(
        group="coverage", what="the interval of the typical ratio holds the median ratio", noise=name,
        side="at least", promised=0.95,
        hits=_covered(means, lambda x: stats.ratio_typical_paired(x[0], x[1]), float(np.median(means[:, 0] / means[:, 1]))),
        trials=studies,
    )  # fmt: skip


def _covered(means: NDArray[np.float64], estimate: Callable[[NDArray[np.float64]], Estimate], truth: float) -> int:
    found = (estimate(study) for study in means)
    return sum(one.low is not None and one.high is not None and one.low <= truth <= one.high for one in found)
