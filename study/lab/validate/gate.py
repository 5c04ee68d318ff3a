"""Promises of the gate: twenty cells of two arms, looked at as a gate looks, until all are decided or time is up."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.gate.decided import Standing
from study.gate.foretold import seconds_left
from study.lab.simulate import process_means
from study.lab.validate import played
from study.lab.validate.played import BUDGET_S, LIMIT, SAME, Drawn, ended
from study.lab.validate.promise import NOMINAL, NOTHING, Bound, Promise, held_to
from study.plan import VALUES
from study.stats import sequential
from study.units import duration, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from study.lab.simulate import Noise
    from study.lab.validate.noises import Event
    from study.lab.validate.played import Ended
    from study.lab.validate.promise import Trial
    from study.stats import Side

GROUP = "gate"
CELLS = 20
PAIR_S = 1.1
"""What a pair of processes of a headline cell takes, with its share of the third arm."""
ROUND_ARMS = 2.25
"""Processes of an event in a round on average: both arms, and the third in every fourth."""
AGAIN_EVERY = 4
"""The third arm is in each round of so many."""
SLOWED = 12
"""Cells that are slower, where some are: the others stop when they are the same, and their time goes to these."""
ERRATIC = 0.10
"""Standard deviation of the difference of two processes' logarithms beyond which a cell is erratic: nothing is promised of it.
That it depends on the spread was decided after a first try, in which every class was promised and some broke."""
LEAST_SEEN: Mapping[float, float] = {0.05: 0.80, 0.10: 0.95}
"""How much slower -> share of the slower cells that is called."""
FORETOLD_WITHIN, LEAST_FORETOLD = 0.25, 0.90
"""How near the foretold time lies to the time it takes, and in how many gates. Of cells that are slower by just the limit nothing
is promised: whether they leave it is chance."""
FORETOLD_ONE_OF = 10
"""Of so many gates one is foretold: each plays through hundreds of futures."""
LEAST_FAILED = 0.95
"""Gates that fail with one cell that is slower by twice the limit."""
ONE_SLOWER = (LIMIT / 2.0, LIMIT, 2.0 * LIMIT)
"""How much slower the one cell is whose gate's word is asked: half of the limit is the margin within which cells are the same."""
_Said = tuple["Side", Bound]
_SELDOM: _Said = ("at most", held_to(stats.LEVEL))
_MOSTLY: _Said = ("at least", held_to(LEAST_FAILED))
_COUNTED: _Said = ("at most", NOTHING)


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """One trial for each noise that processes have of their own; what lasts longer meets both arms of a pair."""
    own = {name: noise for name, noise in noises.items() if not noise.slow_cv}
    return {
        **{f"gate, {name}": partial(_gates, name, noise) for name, noise in own.items()},
        **{f"gate, its word, {name}": partial(_words, name, noise) for name, noise in own.items()},
    }


def _gates(name: str, noise: Noise, studies: int, rng: Generator) -> Iterator[Promise]:
    """Equal cells, and gates with slower ones: how many are called."""
    events = _events_alike()
    equal = ended(partial(_alike, noise, 0.0, 0), events, studies, rng)
    yield _promise(
        f"any of {CELLS} equal cells is called different", name, "at most", equal.any_called, held_to(stats.LEVEL)
    )
    for effect, promised in LEAST_SEEN.items() if _scatter(noise) <= ERRATIC else ():
        slower = ended(partial(_alike, noise, effect, SLOWED), events, studies, rng)
        yield _promise(
            f"each of {SLOWED} of {CELLS} cells that is slower by {percent(effect)} is called within {duration(BUDGET_S)}",
            name, "at least", slower.states[:, 0] == 1, held_to(promised),
        )  # fmt: skip


def _words(name: str, noise: Noise, studies: int, rng: Generator) -> Iterator[Promise]:
    """What else a gate prints: its word, intervals, 'the same', and what the third arm shows of equal code."""
    events = _events_alike()
    equal = ended(partial(_alike, noise, 0.0, 0), events, studies, rng)
    yield from _of_word(name, "all cells are equal", equal, _words_of(0.0, calm=True))
    yield _held(name, "equal", equal, 1.0)
    yield from _third_arm(name, noise, studies, rng)
    calm = _scatter(noise) <= ERRATIC
    for effect in ONE_SLOWER:
        one = ended(partial(_alike, noise, effect, 1), events, studies, rng)
        words = _words_of(effect, calm=calm)
        yield from _of_word(name, f"one cell is slower by {percent(effect)}", one, words)
        yield _held(name, f"slower by {percent(effect)}", one, 1.0 + effect)
        if math.isclose(effect, SAME):
            yield _promise(
                f"a cell that is slower by just the {percent(SAME)} within which cells are the same is called the same, each cell"
                " by itself", name, "at most", one.states[:, 0] == 2, held_to(stats.LEVEL),
            )  # fmt: skip


def _words_of(effect: float, *, calm: bool) -> Mapping[str, _Said]:
    """What is promised of a gate's word where one cell is slower by so much: a cell at the limit may be called either way."""
    if math.isclose(effect, LIMIT):
        return {"pass": _SELDOM, "slower": _COUNTED}
    if effect < LIMIT:
        return {"slower": _SELDOM, "pass": _COUNTED}
    return {"pass": _SELDOM, "slower": _MOSTLY if calm else _COUNTED}


def _of_word(name: str, what: str, found: Ended, words: Mapping[str, _Said]) -> Iterator[Promise]:
    """How often a gate ends with these words."""
    verdicts = found.verdicts()
    for word, (side, bound) in words.items():
        yield _promise(f"{what}, limit {percent(LIMIT)}: “gate: {word}”", name, side, verdicts == word, bound)


def _held(name: str, what: str, found: Ended, ratio: float) -> Promise:
    """Whether the first cell's interval, where its measuring ended, holds the true ratio."""
    return _promise(
        f"the interval of a cell that is {what} holds its true ratio where its measuring ended", name, "at least",
        found.holds(ratio)[:, 0], held_to(NOMINAL),
    )  # fmt: skip


def _third_arm(name: str, noise: Noise, studies: int, rng: Generator) -> Iterator[Promise]:
    """Base against itself, in every fourth round, after the shortest gate that tells it and the longest."""
    for rounds in (sequential.LOOKS[1], sequential.LOOKS[-1]):
        called = []
        for done in range(0, studies, played.AT_ONCE):
            d = _alike(noise, 0.0, 0, min(played.AT_ONCE, studies - done), rng).d
            called.append(sequential.called_once(sequential.levels(d[:, :, :rounds:AGAIN_EVERY])).any(axis=1))
        yield _promise(
            f"the third arm, after {rounds} rounds: equal code is called different in any of {CELLS} cells", name, "at most",
            np.concatenate(called), held_to(stats.LEVEL),
        )  # fmt: skip


def headline(events: Sequence[Event]) -> dict[str, Trial]:
    """The gate over the headline of a stored run: each cell with its own scatter, each event with its own seconds."""
    if not events:
        return {}
    return {"gate, the headline": partial(_headline, events), "gate, its time": partial(_times, events)}


def _headline(events: Sequence[Event], studies: int, rng: Generator) -> Iterator[Promise]:
    """Equal cells, and gates in which twelve cells drawn by lot are slower: how many are called."""
    residuals, costs = _stored(events)
    calm = np.array([math.sqrt(2.0) * float(cell.std(ddof=1)) <= ERRATIC for cell in residuals])
    noise = f"{len(residuals)} cells of the headline as stored"
    equal = ended(partial(_own, residuals, 0.0), costs, studies, rng)
    yield _promise(
        "any of the equal cells is called different", noise, "at most", equal.any_called, held_to(stats.LEVEL)
    )
    for effect, promised in LEAST_SEEN.items():
        found = ended(partial(_own, residuals, effect), costs, studies, rng)
        lots = np.where(found.slower & calm, rng.random(found.states.shape), -1.0)
        drawn = np.arange(studies), lots.argmax(axis=1)
        counted = lots.max(axis=1) > 0.0
        yield _promise(
            f"a cell that is slower by {percent(effect)}, as {SLOWED} are, is called within {duration(BUDGET_S)};"
            f" of the {int(calm.sum())} that are not erratic", noise, "at least", (found.states[drawn] == 1)[counted],
            held_to(promised),
        )  # fmt: skip


def _times(events: Sequence[Event], studies: int, rng: Generator) -> Iterator[Promise]:
    """How far off the time is that a gate foretells after its first look."""
    residuals, costs = _stored(events)
    for effect in (0.0, *LEAST_SEEN):
        drawn = _own(residuals, effect, max(1, studies // FORETOLD_ONE_OF), rng)
        ratio = _foretold(drawn, costs)
        what = f"{SLOWED} cells are slower by {percent(effect)}" if effect else "all cells are equal"
        bound = held_to(LEAST_FORETOLD) if effect < LIMIT else NOTHING
        yield _promise(
            f"{what}: after its first look a gate foretells its time to within {percent(FORETOLD_WITHIN)} of what it takes",
            f"{len(residuals)} cells of the headline as stored", "at least", np.abs(ratio - 1.0) <= FORETOLD_WITHIN, bound,
        )  # fmt: skip


def _stored(events: Sequence[Event]) -> tuple[list[NDArray[np.float64]], list[played.Event]]:
    """How the cells of a stored run scatter, in logarithms, and what their events take."""
    ends = np.cumsum([len(event.residuals) for event in events])
    costs = [
        played.Event(np.arange(end - len(event.residuals), end), ROUND_ARMS * event.process_s)
        for event, end in zip(events, ends, strict=True)
    ]
    return [np.log(cell) for event in events for cell in event.residuals], costs


def _foretold(drawn: Drawn, costs: Sequence[played.Event]) -> NDArray[np.float64]:
    """How long each gate foretells after its first look that it will need ÷ how long it needs, where no budget ends it."""
    took_s = played.played(drawn, costs, budget_s=math.inf).took_s
    first, names = sequential.LOOKS[0], tuple(map(str, range(drawn.d.shape[1])))
    events = [(tuple(names[cell] for cell in event.cells), event.round_s) for event in costs]
    foretold_s = np.full(len(took_s), first * math.fsum(event.round_s for event in costs))
    for number, d in enumerate(drawn.d):
        seen = sequential.levels(d[:, :first])
        state = sequential.looked(sequential.unseen(seen.mean.shape), seen, 0, same=SAME, limit=LIMIT)
        standing = Standing(cells=names, rounds=first, seen=seen, state=state, outcomes={})
        foretold_s[number] += seconds_left(standing, sequential.LOOKS, (SAME, LIMIT), events, {})
    return np.asarray(foretold_s / took_s)


def _promise(what: str, noise: str, side: Side, hits: NDArray[np.bool_], bound: Bound) -> Promise:
    return Promise(
        group=GROUP, what=what, noise=noise, side=side, hits=int(hits.sum()), trials=len(hits), **bound
    )  # fmt: skip


def _events_alike() -> list[played.Event]:
    """Each cell by itself, all at one price."""
    return [played.Event(np.array([cell]), PAIR_S) for cell in range(CELLS)]


def _scatter(noise: Noise) -> float:
    """Standard deviation of the difference of two processes' logarithms."""
    two = np.log(process_means(noise, (2, 20_000), VALUES, np.random.default_rng(0)))
    return float((two[1] - two[0]).std())


def _own(residuals: Sequence[NDArray[np.float64]], effect: float, studies: int, rng: Generator) -> Drawn:
    """Differences of cells that scatter each as it was stored; twelve by lot are slower."""
    rounds = sequential.LOOKS[-1]
    shape = (studies, len(residuals))
    d = np.stack(
        [rng.choice(cell, (studies, rounds)) - rng.choice(cell, (studies, rounds)) for cell in residuals], axis=1
    )
    slower = rng.random(shape).argsort(axis=1) < (SLOWED if effect else 0)
    return Drawn(d + math.log1p(effect) * slower[:, :, np.newaxis], slower)


def _alike(noise: Noise, effect: float, many: int, studies: int, rng: Generator) -> Drawn:
    """Differences of cells that all scatter alike; the first so many are slower."""
    shape = (studies, CELLS, sequential.LOOKS[-1])
    base, head = (np.log(process_means(noise, shape, VALUES, rng)) for _ in range(2))
    slower = np.broadcast_to(np.arange(CELLS) < many, shape[:2])
    return Drawn(head - base + math.log1p(effect) * slower[:, :, np.newaxis], slower)
