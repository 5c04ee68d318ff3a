"""Jobs that were foretold and then measured: whose they are, and what was found, in sentences."""

from __future__ import annotations

import math
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from study import stats
from study.advise.model.intervals import LEVELS, Tried
from study.advise.model.judged import held, judged, regret
from study.advise.tried import ADVISE, followed, forecaster, loop_of, times_of, tried_of
from study.errors import ResultsError
from study.identity import fingerprint, traits_digest
from study.sections.build import grouped
from study.sections.places import machine_in_words
from study.things import BACKENDS
from study.units import count, counted, parts, percent, seconds, share, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.advise.model.job import Way
    from study.evidence import Run
    from study.findings import Estimate

    Stored = Mapping[str, Any]

OUTCOME = "advised"
NEAR = 0.1
"""Nearer than that is near, and slower by more than that is slower."""


class Trial(NamedTuple):
    """What was tried with one interpreter on one machine.

    `alone` where that machine has runs and none with the interpreter; `earlier` where another version of the program foretold.
    """

    hardware: str
    machine: str
    python: str
    jobs: tuple[Stored, ...]
    tried: tuple[Tried, ...]
    alone: bool = False
    earlier: bool = False

    @property
    def name(self) -> str:
        """Machine and interpreter in words."""
        return f"{self.machine}, CPython {self.python}"


def trials_of(found: Stored | None) -> tuple[Trial, ...]:
    """Each trial in which something was both foretold and measured.

    Raises
    ------
    ResultsError
        if that is not what this study writes.
    """
    try:
        named = [
            Trial(
                hardware=str(trial["hardware"]),
                machine=str(trial["machine"]),
                python=str(trial["python"]),
                jobs=tuple(trial["jobs"]),
                tried=tuple(tried_of(trial["jobs"])),
                earlier=trial.get("forecaster") != forecaster(),
            )
            for trial in (found or {}).get("trials", ())
        ]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{OUTCOME}.json: not what this study writes ({type(error).__name__}: {error})") from None
    return tuple(trial for trial in named if trial.tried)


def of_machines(trials: Sequence[Trial], runs: Sequence[Run]) -> tuple[Trial, ...]:
    """The trials, each under the name by which these runs know its machine, where one is; those of the first run's first."""
    known = grouped(runs, lambda run: traits_digest(fingerprint(run.manifest.machine)))
    own_first = sorted(trials, key=lambda trial: trial.hardware not in list(known)[:1])
    return tuple(_of_machine(trial, known.get(trial.hardware, [])) for trial in own_first)


def _of_machine(trial: Trial, runs: Sequence[Run]) -> Trial:
    if not runs:
        return trial
    versions = {str(target.facts.get("version")) for run in runs for target in run.manifest.targets}
    return trial._replace(
        machine=f"{machine_in_words(runs[0])} ({runs[0].machine})", alone=trial.python not in versions
    )


def answer_of(trials: Sequence[Trial]) -> str:
    """How near the predictions of each trial were, in a sentence: trials are not pooled."""
    near = sorted(factor_of(trial.tried).point or 1.0 for trial in trials)
    counts = sum(len(trial.tried) for trial in trials)
    if len(near) == 1:
        return f"Half of {counted(counts, 'prediction')} lie within a factor {_times(near[0])} of what was measured"
    ends = " to ".join(dict.fromkeys(map(_times, (near[0], near[-1]))))
    return f"Half of the predictions of each trial lie within a factor {ends} of what was measured"


def factor_of(tried: Sequence[Tried]) -> Estimate:
    """Half of the predictions are nearer than this factor, at least 1; its interval is over other functions."""
    return stats.over_groups(
        _by_function(tried), lambda errors, times: np.exp(stats.medians(np.abs(errors), times)), "ratio", "typical"
    )


def within(tried: Sequence[Tried], near: float) -> Estimate:
    """Share of the predictions that lie within a factor 1 + near of what was measured; its interval is over other functions."""
    limit = math.log1p(near)
    return stats.over_groups(
        _by_function(tried),
        lambda errors, times: stats.means((np.abs(errors) <= limit).astype(np.float64), times),
        "share",
        "share",
    )


def ratio_of(tried: Sequence[Tried]) -> Estimate:
    """The median of measured ÷ foretold, with its interval over other functions."""
    return stats.over_groups(
        _by_function(tried), lambda errors, times: np.exp(stats.medians(errors, times)), "ratio", "typical"
    )


def _by_function(tried: Sequence[Tried]) -> list[list[float]]:
    """The errors of each function: those of one are alike."""
    return [[job.error for job in jobs] for jobs in grouped(tried, lambda job: job.function).values()]


def _times(factor: float) -> str:
    """`1.062`."""
    return f"{factor:.3f}"


def findings(trial: Trial) -> tuple[str, ...]:
    """How near predictions were, what intervals held, what following the advice cost, each a sentence."""
    factor, interval, _ = parts(factor_of(trial.tried))
    near, wider = judged(trial.tried).within[0], within(trial.tried, 2 * NEAR)
    near_text = (
        f"Half of {counted(len(trial.tried), 'prediction')} ({counted(len(trial.jobs), 'job')}) lie within a factor"
        f" {f'{factor} {interval}'.strip()} of what was measured, {share(near, 2)} within {1 + NEAR:g},"
        f" {with_interval(wider, reason=False)} within {1 + 2 * NEAR:g}"
    )
    noise = apart(trial.jobs)
    beside = "" if noise is None else f"; two measurements of one job are {percent(noise)} apart"
    return (f"{near_text}{beside}.", *_held(trial.tried), *_followed(trial.jobs))


def apart(jobs: Sequence[Stored]) -> float | None:
    """The median relative difference of the first two measurements of a job; None where none was measured twice."""
    again = [several[:2] for job in jobs for several in times_of(job).values() if len(several) > 1]
    return math.expm1(median(abs(math.log(second / first)) for first, second in again)) if again else None


def _held(tried: Sequence[Tried]) -> Iterator[str]:
    """What intervals held, which is said of the first level for which there are enough jobs."""
    for level in LEVELS:
        if found := held(tried, level):
            yield (
                f"{percent(level)} intervals, made of the trial's other functions, held {share(found.share, 2)}, their ends a"
                f" factor {found.apart:.2f} apart."
            )
            return
    yield "Too few functions were tried to say what intervals hold."


def _followed(jobs: Sequence[Stored]) -> Iterator[str]:
    """What the way picked cost, and what habits would have: over loops of which lengths, for that decides what a habit costs."""
    costs = costs_of(jobs)
    if ADVISE not in costs:
        return
    picks = followed(jobs)[ADVISE]
    looped = [(took, seconds_of, way) for seconds_of, way in picks if (took := loop_of(seconds_of)) is not None]
    away = [(took, seconds_of[way]) for took, seconds_of, way in looped if BACKENDS[way.backend].kind != "loop"]
    slower = sum(way_s > (1.0 + NEAR) * took for took, way_s in away)
    told = f"The way picked took {costs[ADVISE][0]:.2f} times the best measured (geometric mean)"
    if away:
        picked = f"; workers, picked in {counted(len(away), 'job')}, took over"
        told += f"{picked} {percent(NEAR)} longer than the loop in {count(slower)}"
    others = ", ".join(f"{said} {cost:.2f}" for said, (cost, *_) in costs.items() if said != ADVISE)
    yield f"{told}. {_lengths(looped)}: {others}." if others else f"{told}."


def _lengths(looped: Sequence[tuple[float, Mapping[Way, float], Way]]) -> str:
    """Of which loops habits are told."""
    if not looped:
        return "Habits instead"
    times = sorted(took for took, *_ in looped)
    ends = " to ".join(dict.fromkeys(seconds(end, 2) for end in (times[0], times[-1])))
    best = sum(took <= min(seconds_of.values()) for took, seconds_of, _ in looped)
    loops = f"loops of {ends}, a pool made for each"
    return f"Habits instead, in {loops}, the loop itself best in {count(best)} of {count(len(looped))}"


def longest_of(trial: Trial) -> float | None:
    """Seconds of the longest loop that was tried; None where no loop was measured."""
    loops = (loop_of({way: median(took) for way, took in times_of(job).items()}) for job in trial.jobs)
    return max((took for took in loops if took is not None), default=None)


def costs_of(jobs: Sequence[Stored]) -> dict[str, tuple[float, float, float, int]]:
    """Whose advice -> geometric mean, mean and worst of its time ÷ the best that was measured, and of how many jobs."""
    found: dict[str, tuple[float, float, float, int]] = {}
    for said, pairs in followed(jobs).items():
        costs = [seconds_of[way] / min(seconds_of.values()) for seconds_of, way in pairs]
        found[said] = regret(pairs), fmean(costs), max(costs), len(costs)
    return found
