"""`nox -s validate`: does the method keep its promises? Thousands of simulated studies whose truth is known.

Noise is drawn from laws (skewed processes, modes, outliers, drift) and, for every noise class, resampled from the process
means of stored runs: then the scatter is this machine's own. Every promise is a rate over at least 2 000 studies, with its
exact interval; it is broken when the whole interval lies on the wrong side.
"""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from study import scaling, stats, store
from study.cell import Cell, noise_class
from study.errors import StudyError
from study.lab.simulate import Law, Noise, draw_studies, true_time_s
from study.lab.simulate.recovery import recoveries
from study.table import CellData, cells_of
from study.things import backends, start_methods
from study.units import count, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from study.findings import Estimate

STUDIES = 2000
ROUNDS = 10
VALUES = 3
SEED = 20_261_126
LEVEL = 0.05
LEAST_POOLED = 30
"""Process means of a noise class that are needed to resample from."""
MANY_WORKERS = 64
"""Workers with which every law is promised to be found; with fewer a small growth cannot be."""
RUNS = 8
"""Whole runs of one simulated machine: six of the past, and the two that are compared."""
RUN_CELLS = tuple(
    Cell(pattern="map", kernel=kernel, tasks=tasks)
    for kernel in ("fannkuch", "nbody", "sieve", "json", "zlib", "sort")
    for tasks in (4, 8)
)
HALF = len(RUN_CELLS) // 2
HALF_CV = 0.02
"""What a run does to one half of the cells alone: kinds of work do not move alike."""
MACHINE_CV = 0.05
"""What a whole run does to all cells alike, where cells are held against the others of their run."""
MOVING: Mapping[str, Noise] = {
    "runs that move by 1 %": Noise(process_cv=0.05, within_cv=0.0, run_cv=0.01),
    "runs that move by 3 %": Noise(process_cv=0.05, within_cv=0.0, run_cv=0.03),
    "runs that move by 3 %, skewed processes": Noise(process_cv=0.05, skewed=True, within_cv=0.0, run_cv=0.03),
}
MOST_CALLED = 0.10
"""Share of equal cells of whole runs that may be called different."""
INJECTED = 1.10
LEAST_SEEN = 0.70
SCALING_CV = 0.02
"""Coefficient of variation at which every law of the table is promised to be found."""

CALL = Cell(pattern="map", kernel="fannkuch", tasks=4)
AGAIN = replace(CALL, label="again")
POOL = replace(CALL, backend=backends.POOL.name, start_method=start_methods.FORK.name, workers=2)

LAWS: Mapping[str, Noise] = {
    "lognormal noise": Noise(process_cv=0.05),
    "skewed processes": Noise(process_cv=0.05, skewed=True),
    "three modes": Noise(mode_share=1 / 3, mode_factor=4.0),
    "outliers": Noise(outlier_share=0.03, outlier_factor=3.0),
    "drift and slow noise": Noise(drift_per_hour=15.0, slow_cv=0.03),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise put to the test.

    Attributes
    ----------
    what : the promise in words; `noise` : under which noise; `group` : which heading it stands under.
    side : 'at least' or 'at most'; `promised` : the rate.
    hits, trials : studies in which it held or was called, of how many.
    """

    group: str
    what: str
    noise: str
    side: str
    promised: float
    hits: int
    trials: int

    @property
    def rate(self) -> Estimate:
        """The rate seen, with its exact interval."""
        return stats.share(self.hits, self.trials)

    @property
    def kept(self) -> bool:
        """Whether the data are compatible with the promise."""
        rate = self.rate
        if rate.low is None or rate.high is None:
            return False
        return rate.high >= self.promised if self.side == "at least" else rate.low <= self.promised


def validate(results: Path, *, studies: int = STUDIES, say: Callable[[str], None] = print) -> bool:
    """Put every promise to the test, keep the outcome in `results/validation.json`, and say whether all are kept."""
    store.check_outcome(results, "validation")
    resampled, sources = residuals(results)
    noises = {**LAWS, **{f"resampled: {name}": noise for name, noise in resampled.items()}}
    promises: list[Promise] = []
    within = (promise for name, noise in noises.items() for promise in _within_a_run(name, noise, studies))
    moving = dict(MOVING)
    if "compute" in resampled:
        moving["runs that move by 3 %, resampled: compute"] = replace(resampled["compute"], run_cv=0.03)
    between = (promise for name, noise in moving.items() for promise in _between_runs(name, noise, studies))
    for promise in itertools.chain(within, between, _of_scaling(resampled.get("compute"), studies)):
        promises.append(promise)
        say(f"{'kept  ' if promise.kept else 'BROKEN'}  {_words(promise)}")
    store.save_outcome(results, "validation", record(promises, sources, studies))
    return all(promise.kept for promise in promises)


def record(promises: Sequence[Promise], sources: Mapping[str, int], studies: int) -> dict[str, Any]:
    """What is kept of a validation."""
    return {
        "finished": store.now_text(),
        "studies": studies,
        "rounds": ROUNDS,
        "values": VALUES,
        "seed": SEED,
        "resampled_process_means": dict(sources),
        "promises": [asdict(promise) for promise in promises],
    }


def _words(promise: Promise) -> str:
    rate = promise.rate
    bounds = "" if rate.low is None or rate.high is None else f" [{percent(rate.low)}, {percent(rate.high)}]"
    seen = "no trial" if rate.point is None else percent(rate.point)
    return (
        f"{promise.noise}: {promise.what}: {seen}{bounds} of {count(promise.trials)} studies"
        f" (promised: {promise.side} {percent(promise.promised)})"
    )


def residuals(results: Path) -> tuple[dict[str, Noise], dict[str, int]]:
    """Noise class -> noise resampled from stored runs, and how many process means it rests on.

    The residuals are the process means of a cell over their average, pooled over the cells of a class; they hold what
    differs between processes, drift included. A skew, which may be next to nothing, is no length that scatters.
    """
    pooled: dict[str, list[float]] = {}
    for data in _stored(results):
        if len(data.rounds) >= ROUNDS and not data.cell.label and data.cell.part != "skew":
            means = data.means
            pooled.setdefault(noise_class(data.cell), []).extend(means / means.mean())
    kept = {name: found for name, found in sorted(pooled.items()) if len(found) >= LEAST_POOLED}
    noises = {name: Noise(residuals=tuple(found), within_cv=0.0) for name, found in kept.items()}
    return noises, {name: len(found) for name, found in kept.items()}


def _stored(results: Path) -> Iterator[CellData]:
    for path in store.run_folders(results):
        try:
            folder = store.RunFolder.open(path)
            if folder.manifest.simulated:
                continue
            samples = folder.load()
        except StudyError:  # the report names what cannot be read; here it is only not resampled
            continue
        yield from cells_of(samples).values()


def _within_a_run(name: str, noise: Noise, studies: int) -> Iterator[Promise]:
    """Coverage, false differences and power within one run, under one noise."""
    law = Law(noise=noise)
    rng = np.random.default_rng([SEED, *name.encode()])
    cells = [CALL, AGAIN, POOL]
    means = draw_studies(cells, ROUNDS, VALUES, rng, law, studies=studies).mean(axis=3)
    truth = true_time_s(CALL, law) / true_time_s(POOL, law)
    # Resampled scatter has heavy tails and few different values; plain t is known to cover a little less there.
    yield Promise(
        group="coverage", what="the 95 % interval of a ratio of averages holds the true ratio", noise=name,
        side="at least", promised=0.95,
        hits=_covered(means, lambda x: stats.ratio_of_averages_paired(x[0], x[2]), truth), trials=studies,
    )  # fmt: skip
    yield Promise(
        group="coverage", what="the interval of the typical ratio holds the median ratio", noise=name,
        side="at least", promised=0.95,
        hits=_covered(means, lambda x: stats.ratio_typical_paired(x[0], x[2]), float(np.median(means[:, 0] / means[:, 2]))),
        trials=studies,
    )  # fmt: skip
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


def _between_runs(name: str, noise: Noise, studies: int) -> Iterator[Promise]:
    """Equal cells of two whole runs, judged with the run component of the six runs before; and a change put between them."""
    rng = np.random.default_rng([SEED, *name.encode()])
    drawn = draw_studies(RUN_CELLS, ROUNDS, 1, rng, Law(noise=noise), studies=studies * RUNS).mean(axis=3)
    means = drawn.reshape(studies, RUNS, len(RUN_CELLS), ROUNDS)
    logs = np.log(means)
    levels, variances = logs.mean(axis=3), logs.var(axis=3, ddof=1) / ROUNDS
    together = rng.lognormal(0.0, MACHINE_CV, (studies, RUNS))
    called = seen = apart = seen_apart = 0
    halves = rng.lognormal(0.0, HALF_CV, (studies, RUNS))
    for machine, level, variance, moved, other in zip(means, levels, variances, together, halves, strict=True):
        component = stats.run_component(level[: RUNS - 2], variance[: RUNS - 2])
        first, second = machine[-2, 0], machine[-1, 0]
        called += _told_apart(stats.between(first, second, component, component))
        seen += _told_apart(stats.between(first * INJECTED, second, component, component))
        shifted = level + np.log(moved)[:, np.newaxis]
        shifted[:, HALF:] += np.log(other)[:, np.newaxis]
        past = shifted[: RUNS - 2]
        own = stats.run_component(stats.against_others(past), variance[: RUNS - 2])
        gaps = shifted[-2] - shifted[-1]
        for factor in (1.0, INJECTED):
            common = float(np.median([gaps[0] + np.log(factor), *gaps[1:]]))
            told = stats.between(first * moved[-2] * factor, second * moved[-1], own, own, common=common)
            apart += factor == 1.0 and _told_apart(told)
            seen_apart += factor != 1.0 and _told_apart(told)
    yield Promise(
        group="whole runs", what="a cell of unchanged code is called different", noise=name, side="at most",
        promised=MOST_CALLED, hits=called, trials=studies,
    )  # fmt: skip
    all_move = f"the machine moving by {percent(MACHINE_CV)}, half of its cells by {percent(HALF_CV)} more"
    yield Promise(
        group="whole runs", what=f"a cell of unchanged code is called different from the others of its run, {all_move}",
        noise=name, side="at most", promised=MOST_CALLED, hits=apart, trials=studies,
    )  # fmt: skip
    if noise.run_cv <= 0.01:
        yield Promise(
            group="whole runs", what=f"a change of {percent(INJECTED - 1.0)} of one cell alone is called, {all_move}",
            noise=name, side="at least", promised=LEAST_SEEN, hits=seen_apart, trials=studies,
        )  # fmt: skip
        yield Promise(
            group="whole runs", what=f"a change of {percent(INJECTED - 1.0)} is called", noise=name, side="at least",
            promised=LEAST_SEEN, hits=seen, trials=studies,
        )  # fmt: skip


def _told_apart(found: stats.Between) -> bool:
    return stats.decide_between(found, p_adjusted=found.p, tests=1).decision == "different"


def _of_scaling(compute: Noise | None, studies: int) -> Iterator[Promise]:
    """Which law of scaling is found, and whether its parameters lie in their intervals, row by row of the truths.

    That a law is found is promised for a known scatter of 2 % only: with that of a machine it depends on the machine,
    and the power printed beside each fit says so.
    """
    drawn = np.random.default_rng(SEED).lognormal(0.0, SCALING_CV, 2000) - 1.0
    yield from _of_recoveries("lognormal noise", drawn, studies, power=True)
    if compute is not None:
        yield from _of_recoveries("resampled: compute", np.array(compute.residuals) - 1.0, studies, power=False)


def _of_recoveries(name: str, noise: NDArray[np.float64], studies: int, *, power: bool) -> Iterator[Promise]:
    for row in recoveries(studies, SEED, noise, _fitted):
        label = f"{row.truth.name}, {len(row.levels)} counts up to {row.levels[-1]}"
        if len(row.levels) < 3:
            yield Promise(
                group="laws of scaling", what=f"{label}: no law is fitted", noise=name, side="at least", promised=1.0,
                hits=row.refused, trials=studies,
            )  # fmt: skip
            continue
        if not row.truth.growth:
            yield Promise(
                group="laws of scaling", what=f"{label}: growing overhead is called", noise=name, side="at most",
                promised=LEVEL, hits=row.growing, trials=studies,
            )  # fmt: skip
        if row.levels[-1] < MANY_WORKERS:
            continue
        if power:
            yield Promise(
                group="laws of scaling", what=f"{label}: the law is found", noise=name, side="at least", promised=0.80,
                hits=row.right, trials=studies,
            )  # fmt: skip
        if row.intervals:
            yield Promise(
                group="laws of scaling", what=f"{label}: an interval holds its parameter", noise=name, side="at least",
                promised=0.95, hits=row.covered, trials=row.intervals,
            )  # fmt: skip


def _fitted(
    workers: NDArray[np.float64], times_s: NDArray[np.float64], rng: np.random.Generator
) -> tuple[str, dict[str, tuple[float, float]]]:
    """The law chosen, and the intervals of those parameters it has."""
    cpus = int(workers.max())
    fit = scaling.fit_models(workers, times_s, cpus, seed=rng, power_draws=0)
    parameters = {} if fit.law in {"", "linear"} else {"serial": fit.serial_fraction, "growth": fit.growth}
    return fit.law, {
        name: (one.low, one.high)
        for name, one in parameters.items()
        if one is not None and one.low is not None and one.high is not None
    }


def _covered(means: NDArray[np.float64], estimate: Callable[[NDArray[np.float64]], Estimate], truth: float) -> int:
    found = (estimate(study) for study in means)
    return sum(one.low is not None and one.high is not None and one.low <= truth <= one.high for one in found)


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
