"""One promise put to the test, and how many studies it is given."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypedDict

import numpy as np

from study import stats
from study.units import count, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.findings import Estimate

STUDIES = 2000
AGAIN = 10
"""What is not shown by the first studies is tried with so many times as many in all."""
SEED = 20_261_126
NOMINAL = 0.94
"""What an interval of 95 % is held to: a rate of 95 % itself is shown by no number of studies."""
POWER = 0.80
"""What a smallest effect is held to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise put to the test.

    Attributes
    ----------
    what : the promise in words; `noise` : under which noise; `group` : which heading it stands under.
    side : 'at least' or 'at most'; `promised` : the rate; None where a rate is told and nothing is promised of it.
    hits, trials : studies in which it held or was called, of how many.
    short_of : the nominal rate that is known not to be reached here: then this is a known exception, no promise that counts
        as kept, and `promised` is what is known to be true instead. None of a nominal promise.
    """

    group: str
    what: str
    noise: str
    side: stats.Side
    promised: float | None
    hits: int
    trials: int
    short_of: float | None = None

    @property
    def rate(self) -> Estimate:
        """The rate seen, with its exact interval."""
        return stats.share(self.hits, self.trials, confidence=stats.CONFIDENCE_OF_PROMISES)

    @property
    def state(self) -> stats.State:
        """Kept, broken, not shown, or not promised."""
        return stats.state_of(self.side, self.promised, self.hits, self.trials)

    @property
    def mark(self) -> str:
        """What stands before it in a list: its state, but an exception that is no worse than known is never 'kept'."""
        return "exception" if self.short_of is not None and self.state == "kept" else self.state


class Bound(TypedDict):
    """What is promised, and the nominal rate that it falls short of."""

    promised: float | None
    short_of: float | None


def held_to(nominal: float, known: float | None = None) -> Bound:
    """The nominal rate; where that is known not to be reached, the known one, which falls short of it."""
    return {"promised": nominal, "short_of": None} if known is None else {"promised": known, "short_of": nominal}


NOTHING: Bound = {"promised": None, "short_of": None}
"""Of a rate that is counted, and of which nothing is promised."""


class Trial(Protocol):
    """Draws so many studies and says of each promise how often it came about: the same promises at each call."""

    def __call__(self, studies: int, rng: np.random.Generator, /) -> Iterable[Promise]:
        """Promises with the hits and trials of these studies alone."""
        ...


class Tried(NamedTuple):
    """A trial, what came of its promises, and how long it took."""

    name: str
    promises: list[Promise]
    elapsed_s: float


def tried(name: str, trial: Trial, studies: int) -> Tried:
    """`put_to_test`, timed."""
    began_s = time.perf_counter()
    promises = put_to_test(name, trial, studies)
    return Tried(name, promises, time.perf_counter() - began_s)


def put_to_test(name: str, trial: Trial, studies: int = STUDIES, times: int = AGAIN) -> list[Promise]:
    """The promises of one trial: after `studies` studies, and those that are not shown by then after `times` as many.

    There are two looks, no more: one that is taken until it pleases would break promises that hold. The second is taken in
    parts as large as the first, for which there is memory; what the first has shown stands.
    """
    rng = np.random.default_rng([SEED, *name.encode()])
    promises = {(promise.what, promise.noise): promise for promise in trial(studies, rng)}
    unsure = [key for key, promise in promises.items() if promise.state == "not shown"]
    for _ in range(times - 1 if unsure else 0):
        again = {(promise.what, promise.noise): promise for promise in trial(studies, rng)}
        for key in unsure:
            before, more = promises[key], again[key]
            promises[key] = replace(before, hits=before.hits + more.hits, trials=before.trials + more.trials)
    return list(promises.values())


def in_words(promise: Promise) -> str:
    """The promise, what came out, and of what is not shown how many studies would show it."""
    rate = promise.rate
    bounds = "" if rate.low is None or rate.high is None else f" [{percent(rate.low)}, {percent(rate.high)}]"
    seen = "no trial" if rate.point is None else percent(rate.point)
    return f"{promise.noise}: {promise.what}: {seen}{bounds} of {count(promise.trials)} studies ({_promised(promise)})"


def _promised(promise: Promise) -> str:
    """What is promised, or known instead; of what is not shown, how many studies would show it."""
    if promise.promised is None:
        return "nothing is promised of it"
    rate = f"{promise.side} {percent(promise.promised)}"
    wanted = _wanted(promise.state, promise.promised, promise.rate)
    if promise.short_of is None:
        return f"promised: {rate}{wanted}"
    return f"known exception: {rate}, and not {percent(promise.short_of)}{wanted}"


def _wanted(state: stats.State, promised: float, rate: Estimate) -> str:
    """Of what is not shown, how many studies would; nothing of the rest."""
    if state != "not shown":
        return ""
    wanted = stats.studies_to_show(promised, rate)
    return "; no number of studies would tell" if wanted is None else f"; some {count(wanted)} studies would tell"
