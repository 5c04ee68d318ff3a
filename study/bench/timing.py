"""Time the points of a job: set up, check, warm up, measure (or find the loops), tear down, look for leftovers."""

from __future__ import annotations

import math
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from study.bench import registry
from study.bench.errors import LeftBehindError
from study.cell import sampling_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.bench.job import Job
    from study.bench.patterns import Session
    from study.cell import Cell

INJECTED = "injected"
LENGTHS_ENOUGH = 5
"""A first event of so many times the least time of a value is not measured again."""
INJECTED_EVERY = 20
"""An injected arm runs one operation more for every 20 that it reports."""
STAGES = ("timed_s", "warmup_s", "set_up_s", "check_s", "tear_down_s")


@dataclass(slots=True)
class Measured:
    """What one point gave: seconds per event of every part, one number for each value and warm-up."""

    point: Cell
    loops: int
    injected_ppm: int
    values: list[dict[str, float]] = field(default_factory=list)
    warmups: list[dict[str, float]] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)


class Stopwatch:
    """Seconds that this process spent in each stage."""

    def __init__(self) -> None:
        """Start at zero."""
        self.seconds = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time inside the block to the stage."""
        begun_ns = time.perf_counter_ns()
        try:
            yield
        finally:
            self.seconds[name] += (time.perf_counter_ns() - begun_ns) / 1e9


def measure(job: Job, watch: Stopwatch) -> list[Measured]:
    """Warm-ups and values of every point, the points in a random order that the seed decides."""
    return [_measure_point(point, job, watch) for point in _shuffled(job)]


class Calibrated(NamedTuple):
    """What calibrating finds of every point, by its text: loops, seconds of one event, and of all that is around its events."""

    loops: dict[str, int]
    event_s: dict[str, float]
    around_s: dict[str, float]


def calibrate(job: Job, watch: Stopwatch) -> Calibrated:
    """Find loops and lengths of every point."""
    found = Calibrated({}, {}, {})
    for point in _shuffled(job):
        fixed = sampling_of(point, job.values, job.warmups).loops
        begun_ns, timed_s = time.perf_counter_ns(), watch.seconds["timed_s"]
        with _ready(point, watch, look_first=False) as session:
            event_s = _event_time(session, 0.0 if fixed else job.min_time_s, watch)
        whole_s = (time.perf_counter_ns() - begun_ns) / 1e9
        found.loops[point.text] = fixed or max(1, math.ceil(job.min_time_s / event_s))
        found.event_s[point.text] = event_s
        found.around_s[point.text] = whole_s - (watch.seconds["timed_s"] - timed_s)
    return found


def operations(point: Cell, loops: int) -> int:
    """How many events are really done where `loops` are reported: more in the injected arm."""
    return loops + max(1, round(loops / INJECTED_EVERY)) if point.label == INJECTED else loops


def _shuffled(job: Job) -> list[Cell]:
    points = list(job.points)
    if len(points) > 1:
        import random

        random.Random(job.seed).shuffle(points)
    return points


@contextmanager
def _ready(point: Cell, watch: Stopwatch, *, look_first: bool) -> Iterator[Session]:
    """A session of the point, set up and checked; torn down whatever happens, and nothing may be left of it."""
    session = registry.session_of(point)
    session.look_first = look_first
    try:
        with watch.stage("set_up_s"):
            session.set_up()
        with watch.stage("check_s"):
            session.check()
        yield session
    finally:
        with watch.stage("tear_down_s"):
            session.tear_down()
    if found := leftovers():
        raise LeftBehindError(f"{point.text!r} left behind: {', '.join(found)}")


def _measure_point(point: Cell, job: Job, watch: Stopwatch) -> Measured:
    loops = job.loops[point.text]
    is_long = point.text in job.long
    sampling = sampling_of(point, job.values, job.warmups, is_long=is_long)
    done = operations(point, loops)
    measured = Measured(point, loops, injected_ppm=round(1_000_000 * done / loops))

    def value(stage: str) -> dict[str, float]:
        with watch.stage(stage):
            parts = session.event(done)
        return {part: elapsed_s / loops for part, elapsed_s in parts.items()}

    with _ready(point, watch, look_first=not is_long) as session:
        measured.warmups = [value("warmup_s") for _ in range(sampling.warmups)]
        session.outcomes.clear()
        measured.values = [value("timed_s") for _ in range(sampling.values)]
        measured.outcomes = dict(session.outcomes)
    return measured


def _event_time(session: Session, min_time_s: float, watch: Stopwatch) -> float:
    """Seconds of one event, all of it, from the last of at least two measurements with ever more loops.

    One is enough where the first event alone is so long that what it warms up does not matter.
    """
    loops, warm = 1, False
    while True:
        begun_ns = time.perf_counter_ns()
        with watch.stage("timed_s"):
            session.event(operations(session.cell, loops))
        elapsed_s = (time.perf_counter_ns() - begun_ns) / 1e9
        if elapsed_s >= min_time_s / 2 and (warm or elapsed_s > LENGTHS_ENOUGH * min_time_s > 0.0):
            return elapsed_s / loops
        if elapsed_s < min_time_s / 2:
            loops *= 2
        warm = True


def leftovers() -> list[str]:
    """Child processes and threads that are still there, in words; imports nothing that was not needed before."""
    found = []
    if (processes := sys.modules.get("multiprocessing.process")) is not None:
        found += [f"process {child.name}" for child in processes.active_children()]
    if (threading := sys.modules.get("threading")) is not None:
        found += [f"thread {thread.name}" for thread in threading.enumerate() if thread is not threading.main_thread()]
    return found
