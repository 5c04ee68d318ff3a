"""From how many items on, or from which item length on, the answer is another one: solved in closed form, then simulated."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study.advise.model.choice import WORTH
from study.advise.model.figures import lacks
from study.advise.model.predict import predict, roughly_s
from study.advise.model.ways import ALL, ways_of, workers_of
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.advise.model.job import Constants, Job, Way
    from study.advise.model.ways import Asked, Possible

MOST_ITEMS = 10**9
FARTHEST = 1e6
"""Times an item's length, either way: beyond it nothing is looked for."""
STEPS, FINE_STEPS = 20, 6
"""How often the place is halved, in closed form and simulated."""
AROUND = 4.0
"""Times what the closed form says, either way: there the simulation looks."""
SIMULATED = 3
"""So many ways are simulated at each place: those that look fastest there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Where workers begin to be worth it.

    Attributes
    ----------
    items : from so many items of this length on; None: with no number of them.
    item_s : for so many items, from this length on; None: with none.
    """

    items: int | None
    item_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Whether something beats the loop, of jobs that differ from one another in one number."""

    job: Job
    possible: Possible
    constants: Constants
    asked: Asked

    def with_items(self, items: float) -> Job:
        return replace(self.job, items=max(1, round(items)))

    def with_length(self, times: float) -> Job:
        return replace(self.job, item_s=tuple(seconds * times for seconds in self.job.item_s))

    def ways(self, job: Job) -> list[tuple[float, Way]]:
        """Ways other than the loop with their rough seconds, the fastest first; of all workers that may be used."""
        most = {workers_of(job.waits, self.possible, self.asked, threads=threads)[-1] for threads in (False, True)}
        found = [
            (roughly_s(job, way, self.constants), way)
            for way in ways_of(job.items, job.waits, self.possible, replace(self.asked, workers=tuple(most)))
            if BACKENDS[way.backend].kind != "loop" and not lacks(job, way, self.constants)
        ]
        return sorted(found, key=lambda pair: pair[0])

    def is_worth_roughly(self, job: Job) -> bool:
        ways = self.ways(job)
        return bool(ways) and ways[0][0] < WORTH * job.loop_s

    def is_worth(self, job: Job) -> bool:
        return any(
            predict(job, way, self.constants).seconds < WORTH * job.loop_s for _, way in self.ways(job)[:SIMULATED]
        )


def change(job: Job, possible: Possible, constants: Constants, asked: Asked = ALL) -> Change:
    """From where on workers take less than `choice.WORTH` of the loop's time.

    What a way costs beside its work hardly grows with an item's length and not at all with their number, so that longer jobs gain
    more: one place is looked for, by halving.
    """
    question = _Question(job=job, possible=possible, constants=constants, asked=asked)
    items = _from(question, question.with_items, 1.0, float(MOST_ITEMS))
    times = _from(question, question.with_length, 1.0 / FARTHEST, FARTHEST)
    return Change(
        items=None if items is None else math.ceil(items), item_s=None if times is None else times * job.mean_s
    )


def _from(question: _Question, made: Callable[[float], Job], low: float, high: float) -> float | None:
    """The least number whose job is worth it, between two; None where none is."""
    rough = first_where(lambda number: question.is_worth_roughly(made(number)), low, high, STEPS)
    if rough is None:
        return None
    near, far = max(low, rough / AROUND), min(high, rough * AROUND)
    simulated = first_where(lambda number: question.is_worth(made(number)), near, far, FINE_STEPS)
    return rough if simulated is None else simulated


def first_where(is_so: Callable[[float], bool], low: float, high: float, steps: int) -> float | None:
    """The least number of those between, above 0, for which something is so; it stays so above. By halving their ratio."""
    if is_so(low):
        return low
    if not is_so(high):
        return None
    for _ in range(steps):
        middle = math.sqrt(low * high)
        if is_so(middle):
            high = middle
        else:
            low = middle
    return high
