"""From the pools that the probe started: how those of a program start and end, which is to say its first pool, of each way."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from study.advise.model.job import NOTHING, Constant, Start
from study.things import START_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from study.advise.rounds import Probed

    Life = Mapping[str, Any]

SPREAD_OF_ONE = 0.15
"""Of a constant that was measured in one stretch of time: standard deviation of its logarithm from one to the next. On the
machine of the model's first trials one sample read 45, 73 and 47 µs within 20 s, with nothing else running."""
SPREAD_BORROWED = 0.4
"""Of a start that was taken from another backend with the same start method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """What was found of the pools of one way.

    Attributes
    ----------
    first : the first of a process, with a look at when each worker was ready.
    placed : the first of a process, made for a short job.
    later : others after the first, of several numbers of workers.
    copies : whether workers begin as copies of their parent.
    """

    first: list[Life] = field(default_factory=list)
    placed: list[Life] = field(default_factory=list)
    later: list[Life] = field(default_factory=list)
    copies: bool = False


def positive(value: Any) -> float:  # noqa: ANN401 - a number of the probe's
    """Seconds, no less than nothing: two readings of a clock may fall together."""
    return max(0.0, float(value))


def one(value: float) -> Constant:
    """A constant that was measured in one stretch of time."""
    return Constant(max(0.0, value), SPREAD_OF_ONE)


def copies(method: str) -> bool:
    """Whether workers of a start method begin as copies of their parent."""
    return method in START_METHODS and START_METHODS[method].copies_parent


def pools_of(probed: Probed) -> dict[tuple[str, str], Pools]:
    """Backend and start method -> what was found, in all processes that were asked."""
    found: dict[tuple[str, str], Pools] = {}
    for part in probed.parts.get("starts", ()):
        for told in part["starts"]:
            pools = found.setdefault(
                (str(told["backend"]), str(told["method"])), Pools(copies=copies(str(told["method"])))
            )
            pools.first.extend(filter(None, [told["first"]]))
            pools.placed.extend(filter(None, [told["placed"]]))
            pools.later.extend(told["later"])
    return found


def lives(probed: Probed) -> Iterator[tuple[str, Life]]:
    """Start method, and what was found of a pool whose workers were looked at."""
    for (_, method), pools in pools_of(probed).items():
        yield from ((method, life) for life in (*pools.first, *pools.later))


def starts_of(probed: Probed, backends: Iterable[str]) -> dict[tuple[str, str], Start]:
    """Backend and start method -> start and end. What its time did not suffice for is taken from its like."""
    found = {key: _start(pools, probed.cpus) for key, pools in pools_of(probed).items() if pools.first}
    for method in probed.methods:
        like = next((start for (_, other), start in found.items() if other == method), None)
        for backend in backends:
            if like is not None and (backend, method) not in found:
                found[backend, method] = borrowed(like)
    return found


def _start(pools: Pools, cpus: int) -> Start:
    """How the first pool of a program starts and ends, of the largest that was looked at, with those of fewer workers."""
    numbers = sorted({int(life["workers"]) for life in pools.first})
    *fewer, most = (start_from(_of(pools, workers), cpus) for workers in numbers)
    return replace(most, fewer=tuple(fewer))


def _of(pools: Pools, workers: int) -> Pools:
    """The first ones of so many workers alone, beside all later ones."""
    first, placed = ([life for life in of if int(life["workers"]) == workers] for of in (pools.first, pools.placed))
    return replace(pools, first=first, placed=placed)


def start_from(pools: Pools, cpus: int) -> Start:
    """How the first pool of a program starts and ends; what more workers add is told by later ones of two sizes.

    Where there was time for one size alone, each is taken to add its part of all. What one needs until it is ready is told by
    the smaller ones, which have a CPU each.

    Parameters
    ----------
    cpus : CPUs that may be used.
    """
    workers = int(pools.first[0]["workers"])
    first_s, last_s = median(map(_first_s, pools.first)), median(map(_last_s, pools.first))
    begun = [*pools.first, *pools.placed]
    as_many = [life for life in pools.later if int(life["workers"]) == workers]
    fewer = [life for life in pools.later if int(life["workers"]) < workers]
    held_s = _held_s if pools.copies else _not_held_s
    made_s, end_s = median(map(_made_s, begun)) + median(map(held_s, pools.first)), median(map(_end_s, begun))
    each_made_s, each_end_s = made_s / workers, end_s / workers
    if as_many and fewer:
        more = workers - int(fewer[0]["workers"])
        most_s, fewer_s = (median(_made_s(life) + held_s(life) for life in lives) for lives in (as_many, fewer))
        each_made_s = (most_s - fewer_s) / more
        each_end_s = (median(map(_end_s, as_many)) - median(map(_end_s, fewer))) / more
    return Start(
        workers=workers,
        made_s=one(made_s),
        first_s=one(first_s),
        each_s=one((last_s - first_s) / max(1, workers - 1)),
        end_s=one(end_s),
        each_made_s=one(each_made_s),
        each_end_s=one(each_end_s),
        boot_s=one(_boot_s(fewer or as_many or pools.first, cpus)),
    )


def _boot_s(lives: Sequence[Life], cpus: int) -> float:
    """CPU seconds of a worker from its start until it is ready, from pools of one size.

    Of workers that are more than CPUs each has a part of one alone: what it waits for the others is no work of its own.
    """
    workers = int(lives[0]["workers"])
    ready_s = median(map(_first_s, lives)) - median(map(_made_s, lives)) / workers
    return ready_s * min(1.0, cpus / workers)


def borrowed(like: Start) -> Start:
    """The same start, less certain."""
    numbers = {part.name: getattr(like, part.name) for part in fields(like)}
    less = {
        name: number._replace(spread=SPREAD_BORROWED)
        for name, number in numbers.items()
        if isinstance(number, Constant) and number != NOTHING
    }
    changed: Start = replace(like, fewer=tuple(map(borrowed, like.fewer)), **less)  # type: ignore[arg-type]
    return changed


def _made_s(life: Life) -> float:
    return positive(life["made_s"])


def _held_s(life: Life) -> float:
    """From when a pool can be used until its first task begins, of workers that are copies of their parent.

    An executor makes all of them at its first task, before it hands out any.
    """
    return max(0.0, positive(life.get("handed_s", 0.0)) - _made_s(life))


def _not_held_s(life: Life) -> float:
    """Where workers are no copies the first task waits for them, and not for the parent."""
    del life
    return 0.0


def _end_s(life: Life) -> float:
    return positive(life["end_s"])


def _first_s(life: Life) -> float:
    return min(map(positive, life["ready_s"]), default=0.0)


def _last_s(life: Life) -> float:
    return max(map(positive, life["ready_s"]), default=0.0)
