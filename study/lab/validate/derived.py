"""Promises of what is derived from times: serial fractions, the length of job or number of tasks that pays, a task's costs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import scaling, stats
from study.lab.simulate import Noise, process_factors
from study.lab.validate.noises import RESAMPLED, ROUNDS
from study.lab.validate.promise import NOMINAL, Promise, held_to
from study.stats import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from study.lab.validate.promise import Trial

GROUP = "derived numbers"
SCATTER = "lognormal noise"
ROUND_CV = 0.02
"""Of what a round does to all of its times alike."""
SERIAL = 0.05
COUNTS = (2, 4, 16, 64)
SHARES_S = 4 * 25e-9 * np.array([2048, 8192, 32768, 524288, 4194304])
"""A worker's share of a job, as experiments/job-length.toml has them at 25 ns an iteration."""
FEWEST_ROUNDS = 6
"""Of job lengths."""
WRONG = 0.05
AVERAGED, METG_BY_LAW = (
    "the interval of the task from which on starting pays holds it",
    "the interval of METG(50 %) by the law holds it",
)
WAITING = "64 workers that wait for who hands out"


class Job(NamedTuple):
    """A job that takes its workers slower·share + added_s."""

    workers: int
    added_s: float
    slower: float = 1.0

    @property
    def pays_s(self) -> float:
        """The share from which on it is faster than a plain loop over all shares."""
        return self.added_s / (self.workers - self.slower)


JOBS: Mapping[str, Job] = {
    "a running pool of 2": Job(2, 0.6e-3),
    "a pool of 2 made for the job": Job(2, 8e-3, 1.1),
    "a pool of 16 made for the job by spawn": Job(16, 0.5, 1.3),
}


class Pool(NamedTuple):
    """A pool that costs life_s to make and close, worker_s and dispatch_s a task, and does the work of `capacity` CPUs."""

    workers: int
    capacity: float
    life_s: float = 20e-3
    worker_s: float = 45e-6
    dispatch_s: float = 4e-6

    def tasks(self, task_s: float) -> float:
        """From how many on it is faster than a plain loop; infinite where from none."""
        saved = task_s - max(self.dispatch_s, (task_s + self.worker_s) / self.capacity)
        return self.life_s // saved + 1.0 if saved > 0 else np.inf


POOLS: Mapping[str, Pool] = {
    "2 workers": Pool(2, 1.9),
    "16 workers": Pool(16, 12.0, life_s=0.1),
    WAITING: Pool(64, 40.0, life_s=0.4, dispatch_s=10e-6),
}
LESS: Mapping[str, float] = {
    **dict.fromkeys((f"{what}: {AVERAGED}" for what in POOLS), 0.92),
    f"{WAITING}: {METG_BY_LAW}": 0.92,
}
"""Known exceptions: under the scatter of stored runs what rests on one average holds as often as that, for few of hundreds of
processes stand far."""
PAYING_S, NEVER_PAYING_S = (1e-4, 1e-3, 1e-2), 2e-6
_LOOP_S, _CPU_S = 2e-4, 1.0
"""Of the longer task that shows what a worker adds, and of one process that works alone."""


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """With scatter of a known size, and with that of the stored runs' pools."""
    known = {SCATTER: Noise(process_cv=0.05)}
    known |= {name: noises[name] for name in (f"{RESAMPLED}compute", f"{RESAMPLED}dispatch") if name in noises}
    what = {"serial fractions": _serial, "job lengths": _lengths, "numbers of tasks": _tasks}
    return {
        f"{kind}, {name}": partial(trial, name, noise) for kind, trial in what.items() for name, noise in known.items()
    }


def _drawn(
    times_s: Iterable[float], noise: Noise, studies: int, rounds: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Times of these lengths in every study: shape (studies, rounds, lengths)."""
    lengths = np.array(list(times_s))
    together = process_factors(Noise(process_cv=ROUND_CV), (studies, rounds, 1), rng)
    return np.asarray(lengths * together * process_factors(noise, (studies, rounds, lengths.size), rng))


def _serial(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """Karp and Flatt's fraction of a job whose serial part is known."""
    for workers in COUNTS:
        times_s = _drawn((1.0, SERIAL + (1.0 - SERIAL) / workers), noise, studies, ROUNDS, rng)
        fractions = (scaling.karp_flatt(scaling.speedup(*study.T).ratio, workers) for study in times_s)
        yield Promise(
            group=GROUP, what=f"{workers} workers: the interval of Karp and Flatt's serial fraction holds it", noise=name,
            side="at least", **held_to(NOMINAL), hits=sum(holds(fraction, SERIAL) for fraction in fractions), trials=studies,
        )  # fmt: skip


def _lengths(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """The length of job from which on a pool pays."""
    for what, job in JOBS.items():
        times_s = _drawn((*SHARES_S, *(job.slower * SHARES_S + job.added_s)), noise, studies, FEWEST_ROUNDS, rng)
        shares_s, elapsed_s = np.split(times_s, 2, axis=2)
        found = (scaling.metg(*study, level=1.0 / job.workers) for study in zip(shares_s, elapsed_s, strict=True))
        yield Promise(
            group=GROUP, what=f"{what}: the interval of the length of job from which on it pays holds it", noise=name,
            side="at least", **held_to(NOMINAL), hits=sum(holds(length, job.pays_s) for length in found), trials=studies,
        )  # fmt: skip


def _tasks(name: str, noise: Noise, studies: int, rng: np.random.Generator) -> Iterator[Promise]:
    """A task's costs, and what follows from them."""
    for what, pool in POOLS.items():
        lengths = (
            _LOOP_S + pool.worker_s, _LOOP_S, pool.dispatch_s, pool.life_s, _CPU_S, _CPU_S * pool.workers / pool.capacity,
        )  # fmt: skip
        held: dict[str, int] = {}
        for study in _drawn(lengths, noise, studies, ROUNDS, rng):
            for number, kept in _of_pool(pool, *study.T):
                held[number] = held.get(number, 0) + kept
        known: Mapping[str, float] = LESS if name.startswith(RESAMPLED) else {}
        for number, hits in held.items():
            never = number == _NEVER
            yield Promise(
                group=GROUP, what=f"{what}: {number}", noise=name, side="at most" if never else "at least",
                hits=hits, trials=studies, **(held_to(WRONG) if never else held_to(NOMINAL, known.get(f"{what}: {number}"))),
            )  # fmt: skip


_NEVER = "where no number of tasks pays, an interval ends at one"


def _of_pool(
    pool: Pool,
    alone_s: NDArray[np.float64],
    loop_s: NDArray[np.float64],
    handed_s: NDArray[np.float64],
    life_s: NDArray[np.float64],
    solo_s: NDArray[np.float64],
    together_s: NDArray[np.float64],
) -> Iterator[tuple[str, bool]]:
    """Each number that the report derives from one study, and whether its interval holds the truth."""
    costs = scaling.task_costs(alone_s, loop_s, handed_s)
    life, capacity = stats.average(life_s, "s"), scaling.capacity(solo_s, together_s, pool.workers)
    yield "the interval of what a worker adds to a task holds it", holds(costs.worker_s, pool.worker_s)
    granularity_s = max(2.0 * pool.worker_s, pool.workers * pool.dispatch_s)
    foretold = scaling.predicted_metg(costs.worker_s, costs.dispatch_s, pool.workers)
    yield METG_BY_LAW, holds(foretold, granularity_s)
    grain_s = scaling.break_even_grain(life, pool.workers, pool.workers)
    yield AVERAGED, holds(grain_s, pool.life_s / (pool.workers - 1.0))
    for task_s in PAYING_S:
        tasks = scaling.break_even_tasks(task_s, life, costs.worker_s, costs.dispatch_s, capacity)
        yield (
            f"the interval of the number of tasks of {task_s:g} s that pays holds it",
            holds(tasks, pool.tasks(task_s)),
        )
    never = scaling.break_even_tasks(NEVER_PAYING_S, life, costs.worker_s, costs.dispatch_s, capacity)
    yield _NEVER, never.high is not None and bool(np.isfinite(never.high))
