"""`python -m tests.trials.advise_trial PYTHON FOLDER [FUNCTION …]`: how good predictions are, on jobs that no constant knows.

For a machine that does nothing else; about half an hour. Twenty functions (`advised/kinds.py`), two sizes each: each job is
foretold by a probe of its own, then run in full in its loop, in every backend and start method, in what was picked and in what
people take without asking, twice each in shuffled order. What was found of a job is kept in FOLDER/<function>-<size>.json, and
one that is there is not measured again. At the end, or with what is there so far (`summary` in place of a FUNCTION):
the errors, what the intervals held, how far two measurements of the same job are apart, and what following each advice would
have cost. Ends with 1 where a limit of issue 15 does not hold.
"""

from __future__ import annotations

import json
import math
import random
import secrets
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from study.advise.asking import MOST_OUTPUT_BYTES, Asker
from study.advise.command import foretold
from study.advise.model.chunks import own_chunksize
from study.advise.model.intervals import Tried
from study.advise.model.job import Way
from study.advise.model.judged import held, judged, regret
from study.advise.reader import reader_of
from study.advise.rounds import look, probed
from study.advise.verify import once
from study.advise.wish import AdviseWish, checked
from study.errors import StudyError
from study.machine import usable_cpus
from study.supervise import Supervisor, temporary_folder
from study.things import BACKENDS
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.things.peers import LOKY
from tests.trials.advised import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.advise.outcome import Advice

SIZES = ("short", "long")
TIMES = 2
LEVEL = 0.8
LIMITS = {"of noise": 1.3, "calm": 0.10, "regret": 1.08, "slower than the loop": 1}
"""Of issue 15: median error over the median difference of two measurements, median error, mean cost of what was picked."""


def main(python: str, folder: Path, names: list[str]) -> int:
    """Measure what is not there, sum up what is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or list(kinds.ITEMS):
        for size in SIZES if name in kinds.ITEMS else ():
            path = folder / f"{name}-{size}.json"
            if not path.exists():
                path.write_text(json.dumps(measured(python, name, size), indent=1), encoding="utf-8")
                print(f"{name}, {size}", flush=True)
    return summary([json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))])


def measured(python: str, name: str, size: str) -> dict[str, Any]:
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
        advice = foretold(wish, asker.reader, found)
        ways = {**dict(defaults(advice)), **dict(reversed(list(compared(advice))))}
        times: dict[Way, list[float]] = {}
        for turn in range(TIMES):
            order = list(dict.fromkeys(ways.values()))
            random.Random(f"{name}/{size}/{turn}").shuffle(order)
            for way in order:
                known = next((seen.seconds for seen in advice.answer.ways if seen.way == way), advice.job.loop_s)
                try:
                    took = once(asker, wish, way, max(known, advice.job.loop_s), found.done)
                except StudyError as error:
                    print(f"  {name}, {size}, {way}: {error}", flush=True)
                    continue
                times.setdefault(way, []).append(float(took["wall_s"]))
    return {
        "function": name,
        "size": size,
        "foreign": found.foreign,
        "picked": asdict(advice.answer.picked.way),
        "taken": {said: asdict(way) for said, way in defaults(advice)},
        "foretold": [{"way": asdict(seen.way), "seconds": seen.seconds} for seen in advice.answer.ways],
        "measured": [{"way": asdict(way), "times_s": several} for way, several in times.items()],
    }


def compared(advice: Advice) -> Iterator[tuple[str, Way]]:
    """Of each backend, start method and kind of chunk the fastest that was foretold; the loop and the way picked are there."""
    for seen in (*advice.answer.ways, advice.answer.picked):
        way = seen.way
        yield f"{way.backend} {way.start_method} {way.is_own} {way == advice.answer.picked.way}", way


def defaults(advice: Advice) -> Iterator[tuple[str, Way]]:
    """What people take without asking, as far as it was foretold or can be run."""
    cpus, items = advice.probed.cpus, advice.job.items
    if not advice.probed.sends:
        return
    usual = str(advice.probed.python["usual_method"])
    own = own_chunksize(POOL.name, items, cpus)
    yield "Pool's defaults", Way(backend=POOL.name, start_method=usual, workers=cpus, chunksize=own)
    yield "Pool in chunks of one", Way(backend=POOL.name, start_method=usual, workers=cpus, is_own=own == 1)
    yield "executor's defaults", Way(backend=PROCESS_EXECUTOR.name, start_method=usual, workers=cpus)
    if LOKY.package in advice.probed.python["has"]:
        yield "joblib's batches", Way(backend=LOKY.name, workers=cpus, chunksize=0)


def summary(jobs: list[dict[str, Any]]) -> int:
    """Print what came of it; 1 where a limit does not hold."""
    tried: list[Tried] = []
    apart: list[float] = []
    for job in jobs:
        times = {Way(**seen["way"]): seen["times_s"] for seen in job["measured"]}
        for seen in job["foretold"]:
            way = Way(**seen["way"])
            if way in times:
                tried.append(Tried(job["function"], way, seen["seconds"], median(times[way])))
        apart += [abs(math.log(several[1] / several[0])) for several in times.values() if len(several) > 1]
    if not tried:
        print("nothing was measured yet")
        return 1
    found, noise, inside = judged(tried), math.expm1(median(apart)), held(tried, LEVEL)
    print(f"{found.jobs} jobs in one way each, of {len(jobs)} jobs: median error {found.typical:.1%}, p80 {found.p80:.0%}, p90"
          f" {found.p90:.0%}, bias {found.bias:+.1%}; two measurements are {noise:.1%} apart (median)")  # fmt: skip
    if inside is not None:
        print(f"intervals of {LEVEL:.0%} held {inside.share:.1%}, ends a factor {inside.apart:.2f} apart")
    costs = {said: regret(pairs) for said, pairs in followed(jobs).items() if pairs}
    for said, times_best in costs.items():
        print(f"{said}: {times_best:.2f} times the best that was measured (geometric mean)")
    picks = [(seconds, way) for seconds, way in followed(jobs)["advise"]]
    mean = fmean(seconds[way] / min(seconds.values()) for seconds, way in picks)
    slower = sum(seconds[way] > 1.1 * loop_of(seconds) for seconds, way in picks)
    print(
        f"advise: mean {mean:.2f} times the best; slower than the loop by more than 10 %: {slower} of {len(picks)} jobs"
    )
    good = {
        "of noise": found.typical <= LIMITS["of noise"] * noise,
        "calm": found.typical <= LIMITS["calm"],
        "regret": mean <= LIMITS["regret"],
        "slower than the loop": slower <= LIMITS["slower than the loop"],
    }
    for limit, holds in good.items():
        print(f"{limit}: {'holds' if holds else 'does not hold'} ({LIMITS[limit]})")
    return 0 if all(good.values()) else 1


def followed(jobs: list[dict[str, Any]]) -> dict[str, list[tuple[dict[Way, float], Way]]]:
    """Whose advice -> of each job where it could be followed all measured ways with their seconds, and the way taken."""
    found: dict[str, list[tuple[dict[Way, float], Way]]] = {"advise": []}
    for job in jobs:
        seconds = {Way(**seen["way"]): median(seen["times_s"]) for seen in job["measured"]}
        loop = next(way for way in seconds if BACKENDS[way.backend].kind == "loop")
        for said, way in (("advise", job["picked"]), *job["taken"].items(), ("the loop", asdict(loop))):
            taken = Way(**way)
            if taken in seconds:
                found.setdefault(said, []).append((seconds, taken))
    return found


def loop_of(seconds: dict[Way, float]) -> float:
    """Seconds of the loop."""
    return next(took for way, took in seconds.items() if BACKENDS[way.backend].kind == "loop")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
