"""Whole jobs that were foretold by a probe and then measured, of `results/advised.json`: how wrong such predictions are."""

from __future__ import annotations

import functools
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from study.advise.model.intervals import NOTHING_TRIED, Errors, Tried, noise_of
from study.advise.model.job import Way
from study.identity import digest_of_files
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


HERE = Path(__file__).parent
FORETELLS = ("model", "probe", "costs.py", "measured.py", "piloted.py", "rounds.py", "starting.py")
"""What of `study.advise` a prediction comes from: what probes, and what counts."""


@functools.cache
def forecaster() -> str:
    """Digest of the program that foretells now, 16 hexadecimal digits: of its sources, words in them too, under any Python."""
    paths = [
        path for name in FORETELLS for path in sorted((HERE / name).rglob("*.py") if "." not in name else [HERE / name])
    ]
    return digest_of_files(HERE, paths)[:16]


def errors_of(outcome: Mapping[str, Any] | None, hardware: str) -> tuple[Errors, str]:
    """Errors of the jobs that were tried, and on which machine, in words: on this hardware, or else on all others."""
    trials = [trial for trial in (outcome or {}).get("trials", ()) if trial["jobs"]]
    here = [trial for trial in trials if trial["hardware"] == hardware]
    jobs = [job for trial in here or trials for job in trial["jobs"]]
    if not jobs:
        return NOTHING_TRIED, ""
    others = ", ".join(dict.fromkeys(str(trial["machine"]) for trial in trials))
    return Errors(tried=tuple(tried_of(jobs)), noise=noise_of(_again(jobs))), "this machine" if here else others


def tried_of(jobs: Sequence[Mapping[str, Any]]) -> Iterator[Tried]:
    """Each job in each way that was foretold and measured; measured is the median of its times."""
    for job in jobs:
        times = times_of(job)
        for foretold in job["foretold"]:
            way = Way(**foretold["way"])
            if way in times:
                spread = float(foretold["spread"])
                yield Tried(str(job["function"]), way, float(foretold["seconds"]), median(times[way]), spread)


def times_of(job: Mapping[str, Any]) -> dict[Way, list[float]]:
    """Way -> the times that were measured, at least one."""
    return {Way(**seen["way"]): [float(took_s) for took_s in seen["times_s"]] for seen in job["measured"]}


def _again(jobs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Way, float, float]]:
    """Way, and the first two times that the same job took in it."""
    for job in jobs:
        for way, several in times_of(job).items():
            if len(several) > 1:
                yield way, several[0], several[1]


ADVISE, ALWAYS_LOOP = "advise", "always the loop"
"""Whose advice is followed, beside the habits that were stored."""


def followed(jobs: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[dict[Way, float], Way]]]:
    """Whose advice -> of each job where it could be followed all measured ways with their seconds, and the way taken."""
    found: dict[str, list[tuple[dict[Way, float], Way]]] = {}
    for job in jobs:
        seconds = {way: median(several) for way, several in times_of(job).items()}
        taken = {ADVISE: job["picked"], **job["taken"]}
        loops = [(ALWAYS_LOOP, way) for way in seconds if BACKENDS[way.backend].kind == "loop"]
        for said, way in [*((said, Way(**way)) for said, way in taken.items()), *loops]:
            if way in seconds:
                found.setdefault(said, []).append((seconds, way))
    return found


def loop_of(seconds: Mapping[Way, float]) -> float | None:
    """Seconds of the loop; None where it was not measured."""
    return next((took for way, took in seconds.items() if BACKENDS[way.backend].kind == "loop"), None)
