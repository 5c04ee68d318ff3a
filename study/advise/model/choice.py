"""The answer: the way to take, which others cannot be told from it, and the loop beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.advise.model.figures import lacks
from study.advise.model.intervals import NOTHING_TRIED, with_intervals
from study.advise.model.predict import predict, roughly_s
from study.advise.model.ways import ALL, simpler_first, ways_of
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.advise.model.intervals import Errors
    from study.advise.model.job import Constants, Job, Predicted, Way
    from study.advise.model.ways import Asked, Possible

TOO_CLOSE = 1.25
"""Two ways of a smaller ratio are not told apart: at this one the order was right in 80 of 100 pairs of the prototype's jobs."""
WORTH = 1 / TOO_CLOSE
"""Of the loop's time: what takes more cannot be told from the loop, which needs no writing."""
MOST_SIMULATED = 24
"""So many ways, of those that look fastest in closed form, are simulated, beside the best of each backend and start method."""
FAR_BEHIND = 2.0
"""Times the fastest in closed form: what looks slower than that is not simulated for its own sake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said to somebody who asks.

    Attributes
    ----------
    picked : the way to take.
    loop : what everything is held against.
    ways : all that were simulated, the fastest first, the loop among them.
    too_close : those that cannot be told from the fastest, the simplest first.
    lacking : backend and start method -> why nothing is foretold of it.
    """

    picked: Predicted
    loop: Predicted
    ways: tuple[Predicted, ...]
    too_close: tuple[Predicted, ...]
    lacking: dict[tuple[str, str], str]

    @property
    def fastest(self) -> Predicted:
        """The one of the least time, which need not be the one to take."""
        return self.ways[0]

    @property
    def is_loop(self) -> bool:
        """Whether the loop is the way to take."""
        return self.picked.way == self.loop.way

    @property
    def is_close(self) -> bool:
        """Whether the answer is that loop and fastest way cannot be told apart."""
        return self.loop.seconds <= TOO_CLOSE * self.fastest.seconds


def answer(
    job: Job, possible: Possible, constants: Constants, errors: Errors = NOTHING_TRIED, asked: Asked = ALL
) -> Answer:
    """The way to take for a job."""
    lacking: dict[tuple[str, str], str] = {}
    rough: list[tuple[float, Way]] = []
    for way in ways_of(job.items, job.waits, possible, asked):
        if why := lacks(job, way, constants):
            lacking[way.backend, way.start_method] = why
        else:
            rough.append((roughly_s(job, way, constants), way))
    foretold = [with_intervals(predict(job, way, constants), job, constants, errors) for way in shortlist(rough)]
    ways = sorted(foretold, key=lambda predicted: (predicted.seconds, simpler_first(predicted.way, possible)))
    loop = next(predicted for predicted in ways if _is_loop(predicted.way))
    close = [predicted for predicted in ways if predicted.seconds <= TOO_CLOSE * ways[0].seconds]
    close.sort(key=lambda predicted: simpler_first(predicted.way, possible))
    return Answer(
        picked=pick(ways, loop, possible), loop=loop, ways=tuple(ways), too_close=tuple(close), lacking=lacking
    )


def pick(ways: Iterable[Predicted], loop: Predicted, possible: Possible, too_close: float = TOO_CLOSE) -> Predicted:
    """The loop where nothing is clearly faster; else the simplest of those that cannot be told from the fastest."""
    worth = [predicted for predicted in ways if predicted.seconds < WORTH * loop.seconds]
    if not worth:
        return loop
    fastest_s = min(predicted.seconds for predicted in worth)
    close = [predicted for predicted in worth if predicted.seconds <= too_close * fastest_s]
    return min(close, key=lambda predicted: simpler_first(predicted.way, possible))


def shortlist(rough: Iterable[tuple[float, Way]]) -> list[Way]:
    """Of ways with their rough seconds those that are worth simulating, in the order in which they came.

    The loop; of each backend and start method the fastest and the fastest that asks for no chunk size; and the fastest of all.
    """
    known = list(rough)
    by_time = sorted(known, key=lambda pair: pair[0])
    chosen: set[Way] = {way for _, way in known if _is_loop(way)}
    kinds: set[tuple[str, str, bool]] = set()
    for _, way in by_time:
        kind = way.backend, way.start_method, way.is_own
        if kind not in kinds:
            kinds.add(kind)
            chosen.add(way)
    parallel = [(seconds, way) for seconds, way in by_time if not _is_loop(way)]
    for seconds, way in parallel[:MOST_SIMULATED]:
        if seconds <= FAR_BEHIND * parallel[0][0]:
            chosen.add(way)
    return [way for _, way in known if way in chosen]


def _is_loop(way: Way) -> bool:
    return BACKENDS[way.backend].kind == "loop"
