"""`nox -s validate`: does the method keep its promises? Thousands of simulated studies whose truth is known.

Noise is drawn from laws (skewed processes, modes, outliers, drift) and, for every noise class, resampled from the process
means of stored runs: then the scatter is this machine's own. Every promise is a rate over at least 2 000 studies. By its
whole exact interval it is kept, broken, or not shown; what is not shown is tried with ten times as many studies.

Trials are tried side by side, on all CPUs. Each draws from a seed of its own: what comes out is the same on any number.
"""

from __future__ import annotations

import itertools
import multiprocessing
import signal
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from study import stats, store
from study.lab.validate import (
    calls,
    derived,
    gate,
    laws,
    messages,
    metg,
    noises,
    printed,
    rare,
    separate,
    sittings,
    whole_runs,
)
from study.lab.validate.noises import LAWS, RESAMPLED, ROUNDS
from study.lab.validate.promise import SEED, STUDIES, Promise, Tried, in_words, tried
from study.plan import VALUES
from study.units import counted, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from study.lab.validate.promise import Trial

ROOMS = (printed, rare, calls, whole_runs, separate, sittings, laws, metg, derived, messages, gate)
"""Each has `trials(noises)`: name -> trial. Tried from the last one on, which has the longest trials."""
_WIDTH = max(map(len, get_args(stats.State)))


def validate(
    results: Path, *, studies: int = STUDIES, processes: int | None = None, say: Callable[[str], None] = print
) -> bool:
    """Put every promise to the test, keep the outcome in `results/validation.json`, and say whether none is broken.

    Parameters
    ----------
    processes : that try side by side, one for each CPU where it is None; with one all is done in this process.
    """
    began_s = time.monotonic()
    store.check_outcome(results, "validation")
    resampled, sources = noises.residuals(results)
    known = {**LAWS, **{f"{RESAMPLED}{name}": noise for name, noise in resampled.items()}}
    trials = dict(itertools.chain.from_iterable(room.trials(known).items() for room in ROOMS))
    trials |= gate.headline(noises.headline(results))
    outcomes: dict[str, Tried] = {}
    for outcome in _side_by_side(list(trials.items())[::-1], studies, processes):
        outcomes[outcome.name] = outcome
        for promise in outcome.promises:
            say(f"{promise.mark:{_WIDTH}}  {in_words(promise)}")
    in_order = [outcomes[name] for name in trials]
    promises = [promise for outcome in in_order for promise in outcome.promises]
    store.save_outcome(results, "validation", record(promises, sources, studies))
    say(_ended(in_order, promises, time.monotonic() - began_s))
    return all(promise.state != "broken" for promise in promises)


def _side_by_side(trials: Sequence[tuple[str, Trial]], studies: int, processes: int | None) -> Iterator[Tried]:
    """What came of each trial, in order."""
    of_one = partial(tried, studies=studies)
    if processes == 1:
        yield from itertools.starmap(of_one, trials)
        return
    # Ctrl-C ends the workers without a word: this process has one.
    with ProcessPoolExecutor(processes, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL)) as pool:
        try:
            yield from pool.map(of_one, *zip(*trials, strict=True))
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def _ended(outcomes: Sequence[Tried], promises: Sequence[Promise], elapsed_s: float) -> str:
    """How many promises were kept, how many exceptions are known, and where the time went."""
    states = [promise.state for promise in promises if promise.short_of is None]
    exceptions = [promise.state for promise in promises if promise.short_of is not None]
    spent_s: dict[str, float] = defaultdict(float)
    for outcome in outcomes:
        for promise in outcome.promises:
            spent_s[promise.group] += outcome.elapsed_s / len(outcome.promises)
    groups = ", ".join(f"{group} {duration(group_s)}" for group, group_s in spent_s.items())
    return (
        f"{counted(len(states) - states.count('not promised'), 'promise')}: {states.count('kept')} kept,"
        f" {states.count('broken')} broken, {states.count('not shown')} not shown;"
        f" {counted(len(exceptions), 'known exception')}, {exceptions.count('broken')} of them worse than known,"
        f" {exceptions.count('not shown')} not shown; {counted(states.count('not promised'), 'rate')} of which nothing is"
        f" promised; in {duration(elapsed_s)}. All processes together: {groups}."
    )


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
