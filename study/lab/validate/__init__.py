"""`nox -s validate`: does the method keep its promises? Thousands of simulated studies whose truth is known.

Noise is drawn from laws (skewed processes, modes, outliers, drift) and, for every noise class, resampled from the process
means of stored runs: then the scatter is this machine's own. Every promise is a rate over at least 2 000 studies. By its
whole exact interval it is kept, broken, or not shown; what is not shown is tried with ten times as many studies.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from study import store
from study.lab.validate import calls, derived, gate, laws, messages, metg, noises, printed, sittings, whole_runs
from study.lab.validate.noises import LAWS, RESAMPLED, ROUNDS, VALUES
from study.lab.validate.promise import SEED, STUDIES, Promise, in_words, put_to_test

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

ROOMS = (printed, calls, whole_runs, sittings, laws, metg, derived, messages, gate)
"""Each has `trials(noises)`: name -> trial."""


def validate(results: Path, *, studies: int = STUDIES, say: Callable[[str], None] = print) -> bool:
    """Put every promise to the test, keep the outcome in `results/validation.json`, and say whether none is broken."""
    store.check_outcome(results, "validation")
    resampled, sources = noises.residuals(results)
    known = {**LAWS, **{f"{RESAMPLED}{name}": noise for name, noise in resampled.items()}}
    promises: list[Promise] = []
    for room in ROOMS:
        for name, trial in room.trials(known).items():
            for promise in put_to_test(name, trial, studies):
                promises.append(promise)
                say(f"{promise.state:9}  {in_words(promise)}")
    store.save_outcome(results, "validation", record(promises, sources, studies))
    return all(promise.state != "broken" for promise in promises)


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
