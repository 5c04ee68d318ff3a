"""Promises of one run: false differences, power."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import Cell
from study.lab.simulate import Law, Noise, draw_studies
from study.lab.validate.noises import ROUNDS, VALUES
from study.lab.validate.promise import Promise
from study.things import backends, start_methods

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from study.lab.validate.promise import Trial

LEVEL = 0.05
CALL = Cell(pattern="map", kernel="fannkuch", tasks=4)
AGAIN = replace(CALL, label="again")
POOL = replace(CALL, backend=backends.POOL.name, start_method=start_methods.FORK.name, workers=2)


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise."""
    return {name: partial(_within_a_run, name, noise) for name, noise in noises.items()}


def _within_a_run(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """False differences and power within one run, under one noise."""
    law = Law(noise=noise)
    cells = [CALL, AGAIN, POOL]
    means = draw_studies(cells, ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)
    yield Promise(
        group="false differences", what="equal cells are called different", noise=name, side="at most", promised=LEVEL,
        hits=_called(means[:, 0], means[:, 1]), trials=studies,
    )  # fmt: skip
    effect = _planned_effect(means[:, 0])
    if effect is not None:
        yield Promise(
            group="power", what="a difference of the planned smallest size is seen by the paired test", noise=name,
            side="at least", promised=0.80, hits=_seen(means[:, 0] * (1.0 + effect), means[:, 1]), trials=studies,
        )  # fmt: skip


def _called(first: NDArray[np.float64], second: NDArray[np.float64]) -> int:
    """Studies in which the rule of the report calls one cell slower or faster than the other."""
    called = 0
    for a, b in zip(first, second, strict=True):
        decided = stats.decide(
            stats.ratio_of_averages_paired(a, b),
            stats.ratio_typical_paired(a, b),
            direction="above",
            threshold=1.0,
            floor=None,
            p_adjusted=stats.ratio_test_paired(a, b, 1.0),
        )
        called += decided.decision in {"supported", "refuted"}
    return called


def _seen(first: NDArray[np.float64], second: NDArray[np.float64]) -> int:
    tests = (stats.ratio_test_paired(a, b, 1.0) for a, b in zip(first, second, strict=True))
    return sum(p is not None and p < LEVEL for p in tests)


def _planned_effect(means: NDArray[np.float64]) -> float | None:
    """Smallest effect that the plan promises at the average spread of these studies."""
    cv = float(np.sqrt(np.mean(means.var(axis=1, ddof=1) / means.mean(axis=1) ** 2)))
    return stats.smallest_effect_planned(cv, ROUNDS)
