"""From when on a pool pays: the break-evens of a run beside each other, each with what it is of, in one unit.

A break-even is of a number of tasks, of workers that run or are made, and measured, a bound or a model. What all tasks take
together in the plain loop is the one number that such conditions leave comparable: so it stands first.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.config.numbers import TASKS_PER_WORKER
from study.findings import Estimate
from study.sections.foreteller import foreteller_of
from study.sections.frame import panel_of
from study.sections.loops import LOOPS
from study.sections.model_map import pays_from
from study.sections.questions import grain, length
from study.sections.questions.q5 import break_evens
from study.sections.said import joined
from study.things import BACKENDS
from study.things.backends import POOL, PROCESSES
from study.units import brief, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.evidence import Evidence

How = Literal["measured", "at best", "model"]
RUNNING, MADE, EACH = "a running pool", "a pool made for it", "a process for each task"
_WAYS = {"map": RUNNING, "pool_lifecycle": MADE, "process_per_task": EACH}
"""Pattern of tasks that do nothing -> the way that it stands for."""
_IN_WORDS = {"measured": "measured", "at best": "a bound: at best this soon", "model": "a model, without an interval"}
"""How a break-even is known -> in words."""


class PaysFrom(NamedTuple):
    """A break-even.

    Attributes
    ----------
    way : RUNNING or MADE.
    method : the start method's name.
    tasks : how many; `of` says them in words, and in which chunks.
    whole : seconds that all of them take in the plain loop.
    each : seconds of one of them.
    one_by_one : whether each was handed out alone.
    """

    way: str
    method: str
    tasks: int
    of: str
    whole: Estimate
    each: Estimate
    how: How
    one_by_one: bool = False

    @property
    def name(self) -> str:
        """The way in words."""
        return f"{self.way}, {self.method}"

    @property
    def known(self) -> str:
        """How it is known, in words."""
        return _IN_WORDS[self.how]


@functools.lru_cache(maxsize=32)
def pays_back(evidence: Evidence) -> tuple[PaysFrom, ...]:
    """Those of a Pool, of running ones first, and of a process for each task; a bound only of a way that has no measured one."""
    measured = [*_by_length_of_job(evidence), *_by_length_of_task(evidence)]
    ways = {_way_of(found) for found in measured}
    bounds = [found for found in _at_best(evidence) if _way_of(found) not in ways]
    order = tuple(_WAYS.values())
    return tuple(sorted([*measured, *bounds, *_by_model(evidence)], key=lambda found: order.index(found.way)))


def _way_of(found: PaysFrom) -> tuple[str, str]:
    """What a measured break-even stands for: how running workers were started once does not matter any more."""
    return found.way, "" if found.way == RUNNING else found.method


def in_a_sentence(found: Sequence[PaysFrom]) -> str:
    """Of each pool the first: `1.1 ms (a running pool, fork) or at least 46 ms (a pool made for it, spawn)`; '' of none."""
    first: dict[str, PaysFrom] = {}
    for one in found:
        if one.how != "model" and one.way != EACH:
            first.setdefault(one.name, one)
    told = [f"{'at least ' if one.how == 'at best' else ''}{brief(one.whole)} ({one.name})" for one in first.values()]
    return joined(told, "or")


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """So many times as much, its interval as well."""
    ends = (None if end is None else end * factor for end in (estimate.point, estimate.low, estimate.high))
    point, low, high = ends
    return replace(estimate, point=point, low=low, high=high)


def _by_length_of_job(evidence: Evidence) -> Iterator[PaysFrom]:
    """A few tasks for each worker, longer and longer ones: as the figure of the lengths of jobs has them."""
    shown = panel_of(evidence, length.break_even, "length-break-even")
    workers = evidence.usable_cpus
    for drawn in () if shown is None else shown.points:
        if drawn.estimate.point is not None:
            running = drawn.names[0].startswith(length.RUNNING)
            yield PaysFrom(
                way=RUNNING if running else MADE,
                method=drawn.names[0].rpartition(", ")[2],
                tasks=TASKS_PER_WORKER * workers,
                of=f"{counted(TASKS_PER_WORKER * workers, 'task')} for {counted(workers, 'worker')}",
                whole=scaled(drawn.estimate, workers),
                each=scaled(drawn.estimate, 1.0 / TASKS_PER_WORKER),
                how="measured",
            )


def _by_length_of_task(evidence: Evidence) -> Iterator[PaysFrom]:
    """Many tasks through a running pool, longer and longer ones: where the grain's efficiency is one worker's part of all."""
    for found in grain.even(evidence):
        cell = found.pool.cell
        if cell.backend == POOL.name and cell.workers == evidence.usable_cpus and found.grain_s.point is not None:
            yield PaysFrom(
                way=RUNNING,
                method=cell.start_method,
                tasks=cell.tasks,
                of=f"{counted(cell.tasks, 'task')}, {grain.chunks_of(cell)}",
                whole=scaled(found.grain_s, cell.tasks),
                each=found.grain_s,
                how="measured",
                one_by_one=cell.chunksize == 1,
            )


def _at_best(evidence: Evidence) -> Iterator[PaysFrom]:
    """From what tasks that do nothing take: of each way and start method the soonest."""
    soonest: dict[tuple[str, str], PaysFrom] = {}
    for found in break_evens(evidence):
        cell = found.cell
        way = _WAYS[cell.pattern]
        if cell.backend not in {POOL.name, PROCESSES.name} or found.grain_s.point is None:
            continue
        whole = scaled(found.grain_s, cell.tasks)
        key = way, cell.start_method
        if key not in soonest or (whole.point or 0.0) < (soonest[key].whole.point or 0.0):
            of = counted(cell.tasks, "task")
            soonest[key] = PaysFrom(way, cell.start_method, cell.tasks, of, whole, found.grain_s, "at best")
    yield from soonest.values()


def _by_model(evidence: Evidence) -> Iterator[PaysFrom]:
    """As the map of the first screen has it: workers that are made, used once and ended, without data."""
    model = foreteller_of(evidence)
    way = None if model is None else model.first_way()
    if model is None or way is None or BACKENDS[way[0]] is not POOL:
        return
    items = max(asked.items for asked in LOOPS)
    each_s = pays_from(model, items, way)
    if each_s is not None:
        each = Estimate(
            point=each_s,
            low=None,
            high=None,
            n=0,
            unit="s",
            estimand="fitted",
            method="the cost model",
            reason="a model",
        )
        of = counted(items, "task")
        yield PaysFrom(MADE, way[1], items, of, scaled(each, items), each, "model")
