"""`python -m tests.trials.advise_trial PYTHON RESULTS [FUNCTION …]`: how good predictions are, on jobs that no constant knows.

For a machine that does nothing else; some twenty minutes. Twenty functions (`advised/kinds.py`), two sizes each: each job is
foretold by a probe of its own, then run in full in its loop, in every backend and start method, in what was picked and in what
people take without asking, twice each in shuffled order. PYTHON had better have joblib, whose batches are one of these.
What was found of a job is kept in RESULTS/advised.json as soon as it is known: a series that was stopped goes on, one of another
interpreter or machine lies beside it, and `advise` takes its intervals from there. At the end, or with what is there so far
(`summary` in place of a FUNCTION): the errors, what the intervals held, how far two measurements of the same job are apart,
what following each advice would have cost, and what is missing. Ends with 1 where a limit of acceptance does not hold.

What the probes found is kept too, in RESULTS/probes. After a change of the model `refit` in place of a FUNCTION foretells the
same jobs again from there, measures nothing, and sums up; nothing is written. A change of the probe asks for a new trial.
"""

from __future__ import annotations

import itertools
import math
import os
import pickle
import platform
import random
import secrets
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

import msgspec

from study import store
from study.advise.asking import MOST_OUTPUT_BYTES, Asker
from study.advise.command import foretold
from study.advise.costs import constants_of
from study.advise.model.choice import pick
from study.advise.model.chunks import own_chunksize
from study.advise.model.figures import lacks
from study.advise.model.intervals import Tried, spread_of
from study.advise.model.job import Predicted, Shares, Way
from study.advise.model.judged import held, judged, regret
from study.advise.model.predict import predict, roughly_s
from study.advise.model.ways import Possible
from study.advise.reader import reader_of
from study.advise.rounds import BUSY, look, probed
from study.advise.tried import followed, forecaster, loop_of, times_of, tried_of
from study.advise.verify import once
from study.advise.wish import AdviseWish, checked
from study.errors import StudyError
from study.identity import fingerprint, traits_digest
from study.machine import describe, usable_cpus
from study.supervise import Supervisor, temporary_folder
from study.things import BACKENDS, START_METHODS
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.things.peers import LOKY
from study.units import counted
from tests.trials.advised import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from study.advise.model.job import Constants
    from study.advise.outcome import Advice

NAME, PROBES = "advised", "probes"
SIZES = ("short", "long")
TIMES = 2
LEVELS = (0.8, 0.9)
SUMMARY, REFIT = "summary", "refit"
JOBLIB = "joblib's batches"
LIMITS = {
    "of noise": 1.3,
    "calm": 0.10,
    "least held": 0.75,
    "most held": 0.85,
    "apart": 1.6,
    "regret": 1.08,
    "slower": 1,
}
"""Median error over the median difference of two measurements, median error, what 80 % intervals hold and how far their ends
are apart, mean cost of what was picked, jobs for which that was slower than the loop by more than 10 %."""


def main(python: str, results: Path, names: list[str]) -> int:
    """Measure what is not there, sum up what is."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it has started ends with it
    trial = opened(results, python)
    if names == [REFIT]:
        return summary(list(again(trial, results / PROBES)))
    if trial["jobs"] and names != [SUMMARY] and trial.get("forecaster") != forecaster():
        sys.exit("what is there was foretold by another version: for a trial of this one, name another folder")
    wanted = [] if names == [SUMMARY] else [(name, size) for name in names or list(kinds.ITEMS) for size in SIZES]
    for name, size in wanted:
        if (name, size) not in {(job["function"], job["size"]) for job in trial["jobs"]}:
            try:
                with store.one_at_a_time(store.machine_lock(None)):
                    trial["jobs"].append(measured(python, name, size, results / PROBES))
            except StudyError as error:
                print(f"{name}, {size}: {error}", flush=True)
                continue
            keep(results, trial)
            print(f"{name}, {size}", flush=True)
    return summary(trial["jobs"])


def opened(results: Path, python: str) -> dict[str, Any]:
    """The trial of this machine and interpreter: as it stands, or a new one."""
    asked = "import platform; print(platform.python_version())"
    version = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    hardware = traits_digest(fingerprint(msgspec.to_builtins(describe())))
    for trial in (store.load_outcome(results, NAME) or {}).get("trials", ()):
        if (trial["hardware"], trial["python"]) == (hardware, version):
            found: dict[str, Any] = trial
            return found
    machine = f"{platform.machine()}, {counted(os.cpu_count() or 1, 'CPU')}"
    return {
        "machine": machine,
        "hardware": hardware,
        "python": version,
        "cpus": usable_cpus(),
        "forecaster": forecaster(),
        "jobs": [],
    }


def keep(results: Path, trial: Mapping[str, Any]) -> None:
    """Write it in the place of what stood there of the same machine and interpreter."""
    known = (store.load_outcome(results, NAME) or {}).get("trials", ())
    own = trial["hardware"], trial["python"]
    others = [other for other in known if (other["hardware"], other["python"]) != own]
    store.save_outcome(results, NAME, {"finished": store.now_text(), "trials": [*others, trial]}, on_one_line=True)


def measured(python: str, name: str, size: str, probes: Path) -> dict[str, Any]:
    """One job: foretold, then run in every way that is compared."""
    wish = checked(
        AdviseWish(
            function=f"kinds:{name}", items=f"kinds:{name}_{size}", folder=Path(kinds.__file__).parent, python=python
        )
    )
    token = secrets.token_hex(4)
    with temporary_folder(token) as scratch, Supervisor(largest_output_bytes=MOST_OUTPUT_BYTES) as supervisor:
        asker = Asker(
            reader=reader_of(python, wish.folder),
            wish=wish,
            folder=scratch,
            run_id=f"advise-{token}",
            supervisor=supervisor,
        )
        found = probed(asker, wish, look(asker, wish), usable_cpus(), lambda _: None)
        probes.mkdir(parents=True, exist_ok=True)
        (probes / f"{name}-{size}-{asker.reader.version}.pickle").write_bytes(pickle.dumps((wish, asker.reader, found)))
        advice = foretold(wish, asker.reader, found)
        constants = constants_of(found)
        ways = list(dict.fromkeys([*dict(defaults(advice, constants)).values(), *compared(advice)]))
        times: dict[Way, list[tuple[float, float]]] = {}
        for turn in range(TIMES):
            random.Random(f"{name}/{size}/{turn}").shuffle(ways)
            for way in ways:
                known = next((seen.seconds for seen in advice.answer.ways if seen.way == way), advice.job.loop_s)
                try:
                    took = once(asker, wish, way, max(known, advice.job.loop_s), found.done)
                except StudyError as error:
                    print(f"  {name}, {size}, {way}: {error}", flush=True)
                    continue
                times.setdefault(way, []).append((float(took["wall_s"]), max(0.0, float(took["cpu_s"]))))
    return {
        "function": name,
        "size": size,
        "foreign": max(0.0, found.foreign),
        "picked": asdict(advice.answer.picked.way),
        "taken": {said: asdict(way) for said, way in defaults(advice, constants)},
        "foretold": [said_of(seen, advice, constants) for seen in advice.answer.ways],
        "measured": [
            {"way": asdict(way), "times_s": [wall_s for wall_s, _ in took], "cpu_s": [cpu_s for _, cpu_s in took]}
            for way, took in times.items()
        ],
    }


def said_of(seen: Predicted, advice: Advice, constants: Constants) -> dict[str, Any]:
    """What is kept of a way that was foretold."""
    return {
        "way": asdict(seen.way),
        "seconds": seen.seconds,
        "cpu_s": seen.cpu_s,
        "spread": spread_of(advice.job, seen.way, constants),
    }


def again(trial: Mapping[str, Any], probes: Path) -> Iterator[dict[str, Any]]:
    """The jobs of the trial of which the probe was kept, foretold anew; their times are those that were measured."""
    kept: dict[tuple[str, str], Any] = {}
    for path in sorted(probes.glob("*.pickle")):
        wish, reader, found = pickle.loads(path.read_bytes())  # noqa: S301 - written by this program
        if reader.version == trial["python"]:
            name, _, size = wish.items.partition(":")[2].rpartition("_")
            kept[name, size] = wish, reader, found
    for job in trial["jobs"]:
        if (job["function"], job["size"]) not in kept:
            continue
        wish, reader, found = kept[job["function"], job["size"]]
        advice, constants = foretold(wish, reader, found), constants_of(found)
        before = {Way(**seen["way"]) for seen in job["foretold"]}
        ways = {seen.way: seen for seen in advice.answer.ways}
        ways |= {way: predict(advice.job, way, constants) for way in before - set(ways)}
        yield {
            **job,
            "picked": asdict(advice.answer.picked.way),
            "foretold": [said_of(seen, advice, constants) for seen in ways.values()],
        }


def compared(advice: Advice) -> Iterator[Way]:
    """Of each backend, start method and kind of chunk the fastest that was foretold; the loop, and the way that was picked.

    What is foretold to take very much longer than the loop is left out: nobody chooses between such ways.
    """
    best: dict[tuple[str, str, bool], Way] = {}
    for seen in advice.answer.ways:  # the fastest first
        if seen.seconds <= max(LONGEST_S, MANY_LOOPS * advice.answer.loop.seconds):
            best.setdefault((seen.way.backend, seen.way.start_method, seen.way.is_own), seen.way)
    yield from best.values()
    yield advice.answer.picked.way


def defaults(advice: Advice, constants: Constants) -> Iterator[tuple[str, Way]]:
    """What people take without asking, as far as it can be run, in a time that can be waited for."""
    cpus, items = advice.probed.cpus, advice.job.items
    if not advice.probed.sends:
        return
    usual = str(advice.probed.python["usual_method"])
    own = own_chunksize(POOL.name, items, cpus)
    habits = {
        "Pool's defaults": Way(backend=POOL.name, start_method=usual, workers=cpus, chunksize=own),
        "Pool in chunks of one": Way(backend=POOL.name, start_method=usual, workers=cpus, is_own=own == 1),
        "executor's defaults": Way(backend=PROCESS_EXECUTOR.name, start_method=usual, workers=cpus),
    }
    for said, way in habits.items():
        if lacks(advice.job, way, constants) or roughly_s(advice.job, way, constants) <= LONGEST_HABIT_S:
            yield said, way
    if LOKY.package in advice.probed.python["has"]:
        yield JOBLIB, Way(backend=LOKY.name, workers=cpus, chunksize=0)


LONGEST_S, MANY_LOOPS, LONGEST_HABIT_S = 3.0, 3.0, 20.0
LEAST_CPU_S = 1e-3


def summary(jobs: list[dict[str, Any]]) -> int:
    """Print what came of it, and what is missing; 1 where a limit does not hold."""
    tried = list(tried_of(jobs))
    apart = [
        abs(math.log(second / first))
        for job in jobs
        for several in times_of(job).values()
        for first, second in itertools.pairwise(several)
    ]
    if not tried or not apart:
        print("nothing was measured yet")
        return 1
    found, noise = judged(tried), math.expm1(median(apart))
    print(f"{len(jobs)} jobs, {found.jobs} of them in one way each: median error {found.typical:.1%}, p80 {found.p80:.0%}, p90"
          f" {found.p90:.0%}, bias {found.bias:+.1%}; two measurements are {noise:.1%} apart (median)")  # fmt: skip
    _by(tried, lambda job: job.function)
    _by(tried, lambda job: f"{job.way.backend} {job.way.start_method}")
    used = list(cpu_of(jobs))
    if used:
        of_cpu = judged(used)
        print(f"CPU seconds: median error {of_cpu.typical:.1%}, p90 {of_cpu.p90:.0%}, bias {of_cpu.bias:+.1%}")
        _by(used, lambda job: f"{job.way.backend} {job.way.start_method}")
    inside = {level: held(tried, level) for level in LEVELS}
    for level, of_level in inside.items():
        if of_level is not None:
            print(f"intervals of {level:.0%}, made of other functions: hold {of_level.share:.1%} of {of_level.jobs}, ends a"
                  f" factor {of_level.apart:.2f} apart (median)")  # fmt: skip
    for said, pairs in followed(jobs).items():
        print(f"{said}: {regret(pairs):.2f} times the best that was measured (geometric mean of {len(pairs)} jobs)")
    picks = followed(jobs)["advise"]
    costs = sorted(seconds[way] / min(seconds.values()) for seconds, way in picks)
    slower = [way for seconds, way in picks if seconds[way] > 1.1 * (loop_of(seconds) or math.inf)]
    print(f"advise: mean {fmean(costs):.3f} times the best, worst {costs[-1]:.2f}; slower than the loop by more than 10 %:"
          f" {len(slower)} of {len(picks)} jobs")  # fmt: skip
    for too_close in (1.0, 1.05, 1.1, 1.15, 1.25):
        pairs = [pair for job in jobs if (pair := _picked(job, too_close)) is not None]
        mean = fmean(seconds[way] / min(seconds.values()) for seconds, way in pairs)
        print(f"  the simplest within {too_close:.2f} of the fastest foretold: mean {mean:.3f} times the best")
    _missing(jobs)
    of_80 = inside[LEVELS[0]]
    good = {
        "of noise": found.typical <= LIMITS["of noise"] * noise,
        "calm": found.typical <= LIMITS["calm"],
        "least held": of_80 is not None and of_80.share >= LIMITS["least held"],
        "most held": of_80 is not None and of_80.share <= LIMITS["most held"],
        "apart": of_80 is not None and of_80.apart <= LIMITS["apart"],
        "regret": fmean(costs) <= LIMITS["regret"],
        "slower": len(slower) <= LIMITS["slower"],
    }
    for limit, holds in good.items():
        print(f"{limit}: {'holds' if holds else 'does not hold'} ({LIMITS[limit]})")
    return 0 if all(good.values()) else 1


def _by(tried: list[Tried], group_of: Callable[[Tried], str]) -> None:
    """Errors of each group, a line each."""
    for group in dict.fromkeys(map(group_of, tried)):
        found = judged([job for job in tried if group_of(job) == group])
        print(f"  {group}: median error {found.typical:.1%}, p90 {found.p90:.0%}, bias {found.bias:+.1%}")


def cpu_of(jobs: list[dict[str, Any]]) -> Iterator[Tried]:
    """CPU seconds that were foretold, and measured, of the jobs that need as much as a clock of them tells apart.

    Workers that a server starts are no children of the program, and what they use is not counted.
    """
    for job in jobs:
        used = {Way(**seen["way"]): median(seen["cpu_s"]) for seen in job["measured"]}
        for foretold_ in job["foretold"]:
            way = Way(**foretold_["way"])
            if way.start_method and START_METHODS[way.start_method].has_server:
                continue
            if min(used.get(way, 0.0), foretold_["cpu_s"]) > LEAST_CPU_S:
                yield Tried(job["function"], way, foretold_["cpu_s"], used[way])


def _missing(jobs: list[dict[str, Any]]) -> None:
    """Say what the figures do not speak of."""
    there = {(job["function"], job["size"]) for job in jobs}
    lacking = [f"{name} {size}" for name in kinds.ITEMS for size in SIZES if (name, size) not in there]
    if lacking:
        print(f"missing: {len(lacking)} jobs ({', '.join(lacking[:6])}{', …' if len(lacking) > 6 else ''})")
    if not any(JOBLIB in job["taken"] for job in jobs):
        print("missing: joblib, which the interpreter does not have")
    busy = [f"{job['function']} {job['size']}" for job in jobs if job["foreign"] > BUSY]
    if busy:
        print(f"not calm: others kept CPUs busy while {len(busy)} jobs were foretold ({', '.join(busy[:6])}, …)")
    elsewhere = sum(Way(**job["picked"]) not in times_of(job) for job in jobs)
    if elsewhere:
        print(f"missing: of {elsewhere} jobs the way that is picked was not measured")
    once_only = sum(len(several) < TIMES for job in jobs for several in times_of(job).values())
    if once_only:
        print(f"missing: {once_only} second measurements")


def _picked(job: dict[str, Any], too_close: float) -> tuple[dict[Way, float], Way] | None:
    """What would be picked of the ways that were measured, if so much were too close to call."""
    seconds = {way: median(several) for way, several in times_of(job).items()}
    methods = dict.fromkeys(way.start_method for way in [Way(**job["picked"]), *seconds] if way.start_method)
    usual = next((Way(**way).start_method for way in job["taken"].values() if way["start_method"]), "")
    possible = Possible(cpus=2, start_methods=tuple(sorted(methods, key=lambda method: method != usual)))
    foretold = [
        Predicted(way=way, seconds=seen["seconds"], cpu_s=0.0, memory_bytes=0.0, shares=Shares(), bound="workers")
        for seen in job["foretold"]
        if (way := Way(**seen["way"])) in seconds
    ]
    loop = next((seen for seen in foretold if BACKENDS[seen.way.backend].kind == "loop"), None)
    return None if loop is None else (seconds, pick(foretold, loop, possible, too_close).way)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on")
