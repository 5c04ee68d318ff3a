"""Promises of what is printed of a cell and of two, with an interval: how often it holds what it is an interval of."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.lab.simulate import Law, Noise, draw_studies, true_time_s
from study.lab.validate.cells import AGAIN, CALL, POOL
from study.lab.validate.noises import RESAMPLED, ROUNDS
from study.lab.validate.promise import NOMINAL, Promise, held_to
from study.plan import VALUES
from study.stats import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from study.findings import Estimand, Estimate
    from study.lab.validate.promise import Trial

PARETO = 2.5
QUANTILES = (np.arange(4000) + 0.5) / 4000
MORE: Mapping[str, Noise] = {
    "lognormal noise of 30 %": Noise(process_cv=0.30),
    "Pareto tail": Noise(residuals=tuple(((1.0 - QUANTILES) ** (-1.0 / PARETO)).tolist()), within_cv=0.0),
    "rounds alike their neighbours": Noise(process_cv=0.0, within_cv=0.0, slow_cv=0.05, slow_correlation=0.585),
}
"""Beside the laws of `noises`. The slow noise goes from process to process, three a round: 0.2 from round to round."""

AVERAGE, TYPICAL, RATIO, TYPICAL_RATIO, UNPAIRED, DIFFERENCE, TYPICAL_DIFFERENCE, FLOOR = (
    "the interval of an average holds the expected value of a fresh process",
    "the interval of the typical process holds the median process",
    "the 95 % interval of a ratio of averages holds the true ratio",
    "the interval of the typical ratio holds the median ratio",
    "the interval of a ratio of averages of other rounds holds the true ratio",
    "the interval of a difference of averages holds the true difference",
    "the interval of the typical difference holds the median difference",
    "a pair of equal cells differs by less than the noise floor of another run",
)
EVENTS = 100
PROBABILITIES: Mapping[Estimand, float] = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
OF_EVENTS: Mapping[Estimand, str] = {
    name: f"the interval of {words} holds that of a fresh process, on average"
    for name, words in zip(
        PROBABILITIES,
        ("the median of events", "the 90th percentile of events", "the 99th percentile of events",
         f"the largest of {EVENTS} events"),
        strict=True,
    )
}  # fmt: skip
_MOVING = ("drift and slow noise", "rounds alike their neighbours")
_FEW_FAR = tuple(f"{RESAMPLED}{name}" for name in ("compute", "dispatch"))
LESS: Mapping[tuple[str, str], float] = {
    # A slow value that is drawn in some studies only (in half, of two values a process): what was not drawn no interval holds.
    (AVERAGE, "outliers"): 0.46,
    (DIFFERENCE, "outliers"): 0.80,
    (FLOOR, "outliers"): 0.76,
    (OF_EVENTS["p99"], "outliers"): 0.87,
    (OF_EVENTS["max"], "outliers"): 0.58,
    (AVERAGE, "Pareto tail"): 0.87,
    (DIFFERENCE, "Pareto tail"): 0.90,
    (FLOOR, "Pareto tail"): 0.90,
    **{(what, "Pareto tail"): 0.87 for what in OF_EVENTS.values()},
    # Ten processes of a skewed law.
    **{(what, "skewed processes"): 0.93 for what in (AVERAGE, *OF_EVENTS.values())},
    (FLOOR, "skewed processes"): 0.92,
    (DIFFERENCE, "two modes"): 0.93,
    # Rounds that are like their neighbours count as fewer; what is paired by round is nearly free of that.
    **{(what, noise): 0.88 for what in (AVERAGE, *OF_EVENTS.values()) for noise in _MOVING},
    **{(UNPAIRED, noise): 0.87 for noise in _MOVING},
    **{(DIFFERENCE, noise): 0.92 for noise in _MOVING},
    # Scatter of stored runs: among hundreds of processes few that stand far, some drawn in some studies only.
    **{(what, noise): 0.91 for what in (AVERAGE, *OF_EVENTS.values()) for noise in _FEW_FAR},
    (FLOOR, RESAMPLED): 0.82,
}
"""Known exceptions: how often an interval of 95 % holds where that is less; of a floor, the least of all stored classes."""

TESTS, RUNS = 4, 12
CALIBRATED = 0.90
"""Known instead of the nominal rate, of the interval of a calibration ratio."""


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise and number, so that what is not shown is tried again alone, and one of the calibration."""
    known = {**noises, **MORE}
    cells: dict[str, Trial] = {
        f"{name}: {what}": partial(_of_cells, name, noise, what) for name, noise in known.items() for what in HELD
    }
    events = {f"events, {name}": partial(_of_events, name, noise) for name, noise in known.items()}
    return {**cells, **events, "calibration": _calibration}


class Drawn(NamedTuple):
    """Process means of many studies, (studies, rounds) each: a cell, its equal, another one; and what is true of them."""

    call: NDArray[np.float64]
    again: NDArray[np.float64]
    pool: NDArray[np.float64]
    true_call: float
    true_pool: float


def _of_cells(name: str, noise: Noise, what: str, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """One number of one cell, or of two."""
    law = Law(noise=noise)
    means = draw_studies([CALL, AGAIN, POOL], ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)
    call, again, pool = (means[:, index] for index in range(3))
    expected = _expected_factor(law, processes=3 * ROUNDS)
    true_call, true_pool = (true_time_s(cell, law) * expected for cell in (CALL, POOL))
    yield _promise(what, name, HELD[what](Drawn(call, again, pool, true_call, true_pool)), studies)


def _of_events(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Quantiles of the single events of one cell."""
    events = draw_studies([CALL, AGAIN, POOL], ROUNDS, EVENTS, rng, Law(noise=noise), studies=studies)[:, 0]
    printed = [stats.event_quantiles(study, "s") for study in events]
    true = {
        quantile: float(np.quantile(events, probability, axis=2, method="median_unbiased").mean())
        for quantile, probability in PROBABILITIES.items()
    }
    for quantile, what in OF_EVENTS.items():
        kept = [holds(found[quantile], true[quantile]) for found in printed]
        yield _promise(what, name, kept, studies)


def _promise(what: str, name: str, kept: Iterable[bool], studies: int) -> Promise:
    known = LESS.get((what, name), LESS.get((what, _kind(name))))
    return Promise(
        group="coverage", what=what, noise=name, side="at least", hits=sum(kept), trials=studies, **held_to(NOMINAL, known)
    )  # fmt: skip


def _kind(name: str) -> str:
    return RESAMPLED if name.startswith(RESAMPLED) else name


def _of_two(
    estimate: Callable[[NDArray[np.float64], NDArray[np.float64]], Estimate],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    truth: float,
) -> Iterator[bool]:
    return (holds(estimate(a, b), truth) for a, b in zip(first, second, strict=True))


def _within_floors(drawn: Drawn) -> Iterator[bool]:
    """Whether each run differs by less than the run before it foretells."""
    differences = np.log(drawn.call / drawn.again)
    for foretelling, differing in zip(differences, np.roll(differences, -1, axis=0), strict=True):
        floor = stats.noise_floor([foretelling]).point
        yield floor is not None and abs(float(differing.mean())) <= math.log1p(floor)


_difference = partial(stats.difference_paired, unit="s")
_typical_difference = partial(stats.difference_typical_paired, unit="s")
HELD: Mapping[str, Callable[[Drawn], Iterable[bool]]] = {
    AVERAGE: lambda drawn: (holds(stats.average(x, "s"), drawn.true_call) for x in drawn.call),
    TYPICAL: lambda drawn: (holds(stats.typical(x, "s"), float(np.median(drawn.call))) for x in drawn.call),
    RATIO: lambda drawn: _of_two(
        stats.ratio_of_averages_paired, drawn.call, drawn.pool, drawn.true_call / drawn.true_pool
    ),
    TYPICAL_RATIO: lambda drawn: _of_two(
        stats.ratio_typical_paired, drawn.call, drawn.pool, float(np.median(drawn.call / drawn.pool))
    ),
    UNPAIRED: lambda drawn: _of_two(
        stats.ratio_of_averages, drawn.call, np.roll(drawn.pool, 1, axis=0), drawn.true_call / drawn.true_pool
    ),
    DIFFERENCE: lambda drawn: _of_two(_difference, drawn.call, drawn.pool, drawn.true_call - drawn.true_pool),
    TYPICAL_DIFFERENCE: lambda drawn: _of_two(
        _typical_difference, drawn.call, drawn.pool, float(np.median(drawn.call - drawn.pool))
    ),
    FLOOR: _within_floors,
}
"""What is printed -> of each study whether it is true."""


def _expected_factor(law: Law, processes: int) -> float:
    """What the noise does to the expected time: modes and outliers add, and a drifting machine is slower on average."""
    noise = law.noise
    modes = 1.0 + noise.mode_share * (noise.mode_factor - 1.0)
    outliers = 1.0 + noise.outlier_share * (noise.outlier_factor - 1.0)
    drifted = 1.0 + noise.drift_per_hour * law.process_s * (processes - 1) / 2.0 / 3600.0
    return modes * outliers * drifted


def _calibration(studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """The calibration ratio of honest intervals is one: its interval holds that."""
    means = rng.lognormal(0.0, 0.05, (studies, RUNS * TESTS, 2, ROUNDS))
    logs = np.log(means[:, :, 0] / means[:, :, 1])
    t = logs.mean(axis=2) / (logs.std(axis=2, ddof=1) / np.sqrt(ROUNDS))
    runs = [str(run) for run in range(RUNS) for _ in range(TESTS)]
    kept = (holds(stats.calibration_ratio(row, [ROUNDS - 1.0] * row.size, runs=runs), 1.0) for row in t)
    yield Promise(
        group="coverage", what="the interval of the calibration ratio of honest intervals holds one",
        noise=f"{RUNS} runs of {TESTS} pairs", side="at least", hits=sum(kept), trials=studies,
        **held_to(NOMINAL, CALIBRATED),
    )  # fmt: skip
