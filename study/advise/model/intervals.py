"""How wrong a prediction may be: by jobs that were foretold and then measured, and by what is known of this one.

Conformal, by kind of way and start method (Vovk et al., Algorithmic Learning in a Random World, 2005): of n signed errors
log(measured ÷ foretold) of jobs that no constant was fitted to, the one at place ⌊(n + 1)·α/2⌋ from below and its fellow from
above hold the next with the chance 1 − α. Jobs are unlike: what is known of each, the error of its sample and the spread of its
constants, is its own spread, and what starting workers misses weighs more in a short one: errors are compared in the unit
√(1 + (own spread ÷ `EVEN`)² + (`SHORT_S` ÷ seconds)²) (normalised conformal: Papadopoulos et al., 2002). Finer groups of ways
hold the same few functions: of the trial's, left out in turn, intervals of each backend, method and kind of chunk were wider.
No interval is narrower than measuring the same job once more. Without jobs that were held out there is no interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from study.advise.model.figures import start_of
from study.advise.model.job import Constant, Dispatch, Handed, Interval, Start
from study.advise.model.predict import roughly_s
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from study.advise.model.job import Constants, Job, Points, Predicted, Way

LEVELS = (0.8, 0.9)
EVEN = 0.2
"""Own spread of a job that adds as much to its error as all that is not known of it."""
SHORT_S, MOST_SHORT = 0.1, 10.0
"""So long a job of workers misses once more as much as one that never ends; and so many times as much at most."""
STARTED = ("process", "interpreter")
"""Kinds of ways whose workers take long to start."""
_Record = TypeVar("_Record", Dispatch, Handed, Start)


class Tried(NamedTuple):
    """A job that was foretold, then measured, in one way; `function` says whose it is, `spread` its own spread."""

    function: str
    way: Way
    foretold_s: float
    measured_s: float
    spread: float = 0.0

    @property
    def error(self) -> float:
        """The logarithm of measured ÷ foretold."""
        return math.log(self.measured_s / self.foretold_s)

    @property
    def unit(self) -> float:
        """In which its error is compared with others."""
        return unit_of(self.way, self.foretold_s, self.spread)

    @property
    def in_units(self) -> float:
        """Its error in that unit."""
        return self.error / self.unit


class Known(NamedTuple):
    """The `kin` of a job's way, and its error in units."""

    names: tuple[str, ...]
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """What is known of how wrong predictions are.

    Attributes
    ----------
    tried : jobs that no constant was fitted to.
    noise : the `kin` of a way -> standard deviation of the logarithm of one measurement of a job.
    """

    tried: tuple[Tried, ...] = ()
    noise: Mapping[str, float] = field(default_factory=dict)


NOTHING_TRIED = Errors()


def unit_of(way: Way, seconds: float, spread: float) -> float:
    """The unit in which errors of jobs of this length and with this spread of their own are compared; 1 of long exact ones."""
    short = BACKENDS[way.backend].kind in STARTED
    return math.hypot(1.0, spread / EVEN, min(MOST_SHORT, SHORT_S / max(seconds, 1e-9)) if short else 0.0)


def kin(way: Way) -> tuple[str, ...]:
    """What a way has in common with others, from the very like to all: whose errors may stand for its own."""
    kind = BACKENDS[way.backend].kind
    return f"{kind} {way.start_method}".strip(), kind, ""


def noise_of(again: Iterable[tuple[Way, float, float]]) -> dict[str, float]:
    """Kin -> how one measurement scatters, from ways of jobs that were measured twice.

    The logarithms of both differ by √2 times what one scatters; squares are averaged, so that few large ones count.
    """
    squares: dict[str, list[float]] = {}
    for way, first_s, second_s in again:
        for name in kin(way):
            squares.setdefault(name, []).append(math.log(second_s / first_s) ** 2 / 2.0)
    return {name: math.sqrt(math.fsum(some) / len(some)) for name, some in squares.items()}


def with_intervals(predicted: Predicted, job: Job, constants: Constants, errors: Errors) -> Predicted:
    """The same prediction with its intervals; without them where too few jobs were held out."""
    if not errors.tried:
        return predicted
    unit = unit_of(predicted.way, predicted.seconds, spread_of(job, predicted.way, constants))
    noise = next((errors.noise[name] for name in kin(predicted.way) if name in errors.noise), 0.0)
    intervals = []
    held_out = 0
    for level in LEVELS:
        like = alike(predicted.way, errors.tried, level)
        ends = conformal(like, level)
        if ends is None:
            continue
        beyond = NormalDist().inv_cdf(0.5 + level / 2.0)
        arms = [max(arm * unit, beyond * noise) for arm in (max(0.0, -ends[0]), max(0.0, ends[1]))]
        low_s, high_s = predicted.seconds * math.exp(-arms[0]), predicted.seconds * math.exp(arms[1])
        intervals.append(Interval(low_s, high_s, level))
        held_out = max(held_out, len(like))
    return replace(predicted, intervals=tuple(intervals), held_out=held_out)


def fewest_for(level: float) -> int:
    """How many errors an interval of this level asks for: one of them must lie at each end."""
    return math.ceil(round(2.0 / (1.0 - level), 9)) - 1


def conformal(errors: Iterable[float], level: float) -> tuple[float, float] | None:
    """Between which errors the next lies with this chance; None of too few."""
    rising = sorted(errors)
    if len(rising) < fewest_for(level):
        return None
    place = math.floor(round((len(rising) + 1) * (1.0 - level) / 2.0, 9))
    return rising[place - 1], rising[-place]


def alike(way: Way, tried: Iterable[Tried], level: float) -> list[float]:
    """Errors, in units, of the nearest kin of whom there are enough; none where there are not."""
    return nearest(way, map(known_of, tried), level)


def known_of(job: Tried) -> Known:
    """What `nearest` asks of a job: counted once, where it is asked often."""
    return Known(kin(job.way), job.in_units)


def nearest(way: Way, known: Iterable[Known], level: float) -> list[float]:
    """As `alike`, of jobs whose kin and errors were counted before."""
    every = list(known)
    for name in kin(way):
        errors = [error for names, error in every if name in names]
        if len(errors) >= fewest_for(level):
            return errors
    return []


def spread_of(job: Job, way: Way, constants: Constants) -> float:
    """Standard deviation of the logarithm of a way's time by what is not known exactly: the items, and each constant.

    Each is moved by its spread, alone; the closed form says what follows.
    """
    at_s = roughly_s(job, way, constants)
    if at_s <= 0.0:
        return 0.0
    longer = replace(job, item_s=tuple(seconds * math.exp(job.sample_spread) for seconds in job.item_s))
    moved_s = [roughly_s(longer, way, constants)] if job.sample_spread > 0.0 else []
    moved_s += [roughly_s(job, way, changed) for changed in _moved(way, constants)]
    return math.sqrt(math.fsum(math.log(seconds / at_s) ** 2 for seconds in moved_s if seconds > 0.0))


def _moved(way: Way, constants: Constants) -> Iterator[Constants]:
    """The constants with one of those that the way counts with moved, in turn; what travels in messages all together."""
    if way.backend in constants.handed:
        for handed in _handed_moved(constants.handed[way.backend]):
            yield replace(constants, handed={**constants.handed, way.backend: handed})
    key = way.backend, way.start_method
    if key in constants.starts:
        own = replace(start_of(way, constants), fewer=())
        moved = [*_each_moved(own)]
        if own.placement_s:
            moved.append(replace(own, placement_s=_all_more(own.placement_s)))
        for start in moved:
            yield replace(constants, starts={**constants.starts, key: start})
    if any(number.spread for _, number in constants.transfer):
        yield replace(constants, transfer=_all_more(constants.transfer))
    if constants.placement_s.spread:
        yield replace(constants, placement_s=_more(constants.placement_s))
    if constants.forked_byte_s.spread:
        yield replace(constants, forked_byte_s=_more(constants.forked_byte_s))


def _handed_moved(handed: Handed) -> Iterator[Handed]:
    yield from _each_moved(handed)
    for dispatch in _each_moved(handed.saturated):
        yield replace(handed, saturated=dispatch)
    for dispatch in _each_moved(handed.busy):
        yield replace(handed, busy=dispatch)


def _each_moved(record: _Record) -> Iterator[_Record]:
    """The record with each of its constants moved in turn."""
    for part in fields(record):
        number = getattr(record, part.name)
        if isinstance(number, Constant) and number.spread:
            changed: _Record = replace(record, **{part.name: _more(number)})  # type: ignore[arg-type]
            yield changed


def _all_more(points: Points) -> Points:
    return tuple((place, _more(number)) for place, number in points)


def _more(number: Constant) -> Constant:
    return number._replace(value=number.value * math.exp(number.spread))
