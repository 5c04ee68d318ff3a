"""Promises of everything that is printed with an interval: how often it holds what it is an interval of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.lab.simulate import Law, Noise, draw_studies, true_time_s
from study.lab.validate.cells import AGAIN, CALL, POOL
from study.lab.validate.noises import RESAMPLED, ROUNDS, VALUES
from study.lab.validate.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from study.findings import Estimate
    from study.lab.validate.promise import Trial

PARETO = 2.5
QUANTILES = (np.arange(4000) + 0.5) / 4000
RARE = Noise(mode_share=0.07, mode_factor=5.0)
MORE: Mapping[str, Noise] = {
    "lognormal noise of 30 %": Noise(process_cv=0.30),
    "Pareto tail": Noise(residuals=tuple(((1.0 - QUANTILES) ** (-1.0 / PARETO)).tolist()), within_cv=0.0),
    "rounds alike their neighbours": Noise(process_cv=0.0, within_cv=0.0, slow_cv=0.05, slow_correlation=0.585),
}
"""Beside the laws of `noises`. The slow noise goes from process to process, three a round: 0.2 from round to round."""

AVERAGE, TYPICAL, RATIO, TYPICAL_RATIO, UNPAIRED, DIFFERENCE, QUANTILE, FLOOR = (
    "the interval of an average holds the expected value of a fresh process",
    "the interval of the typical process holds the median process",
    "the 95 % interval of a ratio of averages holds the true ratio",
    "the interval of the typical ratio holds the median ratio",
    "the interval of a ratio of averages of other rounds holds the true ratio",
    "the interval of a difference of averages holds the true difference",
    "the interval of the 90th percentile of events holds that of a fresh process, on average",
    "a pair of equal cells differs by less than the noise floor of another run",
)
MOST_PROMISED = 0.94
_MOVING = ("drift and slow noise", "rounds alike their neighbours")
LESS: Mapping[tuple[str, str], float] = {
    # A slow value that is drawn in some studies only: what was not drawn no interval holds.
    (AVERAGE, "outliers"): 0.59,
    (DIFFERENCE, "outliers"): 0.86,
    (FLOOR, "outliers"): 0.84,
    (QUANTILE, "outliers"): 0.70,
    (AVERAGE, "Pareto tail"): 0.87,
    (DIFFERENCE, "Pareto tail"): 0.90,
    (FLOOR, "Pareto tail"): 0.90,
    (QUANTILE, "Pareto tail"): 0.88,
    # Ten processes of a skewed law.
    (AVERAGE, "skewed processes"): 0.93,
    (DIFFERENCE, "skewed processes"): 0.93,
    (QUANTILE, "skewed processes"): 0.93,
    (FLOOR, "skewed processes"): 0.92,
    (DIFFERENCE, "two modes"): 0.93,
    (DIFFERENCE, "lognormal noise of 30 %"): 0.93,
    # Rounds that are like their neighbours count as fewer; what is paired by round is free of that.
    **{(what, noise): 0.88 for what in (AVERAGE, UNPAIRED, QUANTILE) for noise in _MOVING},
    **{(what, noise): 0.93 for what in (DIFFERENCE, FLOOR) for noise in _MOVING},
    # Scatter of stored runs: among hundreds of processes few that stand far, some drawn in some studies only.
    (AVERAGE, RESAMPLED): 0.91,
    (DIFFERENCE, RESAMPLED): 0.93,
    (QUANTILE, RESAMPLED): 0.91,
    (FLOOR, RESAMPLED): 0.84,
}
"""Where less is true: for all noises of stored runs together the least of their classes."""

EVENTS = 20
SHARES: Mapping[tuple[float, float], float] = {
    (0.01, 0.0): 0.94,
    (0.01, 0.1): 0.94,
    (0.05, 0.1): 0.91,
    (0.14, 0.1): 0.94,
    (0.5, 0.1): 0.94,
    (0.76, 0.0): 0.94,
}
"""True share and correlation of the trials of a process, and the promised rate: 200 trials a process."""
TRIALS = 200
TESTS, RUNS = 4, 12


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise, one for a rare mode, for shares, and for the calibration of equal cells."""
    known = {f"printed, {name}": partial(_printed, name, noise) for name, noise in {**noises, **MORE}.items()}
    return {**known, "rare mode": _rare_mode, "shares": _shares, "calibration": _calibration}


class _Truths(NamedTuple):
    """What the numbers of a study are estimates of."""

    call: float
    pool: float
    median: float
    median_ratio: float


def _printed(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Every number of one cell, and of two."""
    law = Law(noise=noise)
    means = draw_studies([CALL, AGAIN, POOL], ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)
    expected = _expected_factor(law, processes=3 * ROUNDS)
    truth = _Truths(
        true_time_s(CALL, law) * expected,
        true_time_s(POOL, law) * expected,
        float(np.median(means[:, 0])),
        float(np.median(means[:, 0] / means[:, 2])),
    )
    call, again, pool = (means[:, index] for index in range(3))
    held: dict[str, Iterable[bool]] = {
        AVERAGE: (_holds(stats.average(x, "s"), truth.call) for x in call),
        TYPICAL: (_holds(stats.typical(x, "s"), truth.median) for x in call),
        RATIO: _of_two(stats.ratio_of_averages_paired, call, pool, truth.call / truth.pool),
        TYPICAL_RATIO: _of_two(stats.ratio_typical_paired, call, pool, truth.median_ratio),
        UNPAIRED: _of_two(stats.ratio_of_averages, call, np.roll(pool, 1, axis=0), truth.call / truth.pool),
        DIFFERENCE: (
            _holds(stats.difference_paired(a, b, "s"), truth.call - truth.pool) for a, b in zip(call, pool, strict=True)
        ),
        FLOOR: _within_floors(np.log(call / again)),
    }
    for what, kept in held.items():
        yield _promise(what, name, kept, studies)
    events = draw_studies([CALL, AGAIN, POOL], ROUNDS, EVENTS, rng, law, studies=studies)[:, 0]
    own = float(np.quantile(events, 0.9, axis=2, method="median_unbiased").mean())
    yield _promise(QUANTILE, name, (_holds(stats.event_quantiles(study, "s")["p90"], own) for study in events), studies)


def _promise(what: str, name: str, kept: Iterable[bool], studies: int) -> Promise:
    least = LESS.get((what, name), LESS.get((what, _kind(name)), MOST_PROMISED))
    return Promise(
        group="coverage", what=what, noise=name, side="at least", promised=least, hits=_count(kept), trials=studies
    )


def _kind(name: str) -> str:
    return RESAMPLED if name.startswith(RESAMPLED) else name


def _count(kept: Iterable[bool]) -> int:
    return int(np.count_nonzero(list(kept)))


def _holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high


def _of_two(
    estimate: Callable[[NDArray[np.float64], NDArray[np.float64]], Estimate],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    truth: float,
) -> Iterator[bool]:
    return (_holds(estimate(a, b), truth) for a, b in zip(first, second, strict=True))


def _within_floors(differences: NDArray[np.float64]) -> Iterator[bool]:
    """Whether each run differs by less than the run before it foretells."""
    for foretelling, differing in zip(differences, np.roll(differences, -1, axis=0), strict=True):
        floor = stats.noise_floor([foretelling]).point
        yield floor is not None and abs(float(differing.mean())) <= np.log1p(floor)


def _expected_factor(law: Law, processes: int) -> float:
    """What the noise does to the expected time: modes and outliers add, and a drifting machine is slower on average."""
    noise = law.noise
    modes = 1.0 + noise.mode_share * (noise.mode_factor - 1.0)
    outliers = 1.0 + noise.outlier_share * (noise.outlier_factor - 1.0)
    drifted = 1.0 + noise.drift_per_hour * law.process_s * (processes - 1) / 2.0 / 3600.0
    return modes * outliers * drifted


def _rare_mode(studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """An average holds where a slow process was drawn; what was not drawn no interval holds, but its share is bounded."""
    law = Law(noise=RARE)
    means = draw_studies([CALL], ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)[:, 0]
    true_s = true_time_s(CALL, law)
    drawn = means[(means > 2.0 * true_s).any(axis=1)]
    name = "one process of fourteen takes five times as long"
    yield Promise(
        group="coverage", what=f"{AVERAGE}, where a slow process was drawn", noise=name, side="at least", promised=0.98,
        hits=_count(_holds(stats.average(x, "s"), true_s * _expected_factor(law, 1)) for x in drawn), trials=len(drawn),
    )  # fmt: skip
    yield Promise(
        group="coverage", what="slow processes that few of ten are, are named", noise=name, side="at least",
        promised=0.90, hits=_count(stats.far_processes(x) is not None for x in drawn), trials=len(drawn),
    )  # fmt: skip
    rarest = stats.unseen_share(ROUNDS) or 0.0
    yield Promise(
        group="coverage", what="a kind of process of the largest share that may be missed is drawn", noise=name,
        side="at least", promised=MOST_PROMISED, hits=_count((rng.random((studies, ROUNDS)) < rarest).any(axis=1)),
        trials=studies,
    )  # fmt: skip


def _shares(studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Shares of trials that lie in processes."""
    for (true, correlation), least in SHARES.items():
        size = (studies, ROUNDS)
        weight = (1.0 - correlation) / correlation if correlation else 0.0
        own = rng.beta(true * weight, (1.0 - true) * weight, size) if weight else np.full(size, true)
        hits = rng.binomial(TRIALS, own)
        kept = (_holds(stats.share_of_processes(study, [TRIALS] * ROUNDS), true) for study in hits)
        yield Promise(
            group="coverage", what=f"the interval of a share of {true:g} holds it", side="at least", promised=least,
            noise=f"trials of a process correlated by {correlation:g}", hits=_count(kept), trials=studies,
        )  # fmt: skip


def _calibration(studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """The calibration ratio of honest intervals is one: its interval holds that."""
    means = rng.lognormal(0.0, 0.05, (studies, RUNS * TESTS, 2, ROUNDS))
    logs = np.log(means[:, :, 0] / means[:, :, 1])
    t = logs.mean(axis=2) / (logs.std(axis=2, ddof=1) / np.sqrt(ROUNDS))
    runs = [str(run) for run in range(RUNS) for _ in range(TESTS)]
    kept = (_holds(stats.calibration_ratio(row, [ROUNDS - 1.0] * row.size, runs=runs), 1.0) for row in t)
    yield Promise(
        group="coverage", what="the interval of the calibration ratio of honest intervals holds one",
        noise=f"{RUNS} runs of {TESTS} pairs", side="at least", promised=0.90, hits=_count(kept), trials=studies,
    )  # fmt: skip
