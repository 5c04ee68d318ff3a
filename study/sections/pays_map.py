"""When it pays, as a map: the length of a task by what is sent with it. What lies between what was measured is a model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study.forms import Case, Map
from study.things import BACKENDS
from study.units import count, counted, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.screens import Calculator, Freight, Job, Loop
    from study.things import Look

_FEWEST = 2
"""Lengths without which there is no map."""
_ALIKE = 1.25
"""Lengths that differ by less are one: each was measured with a loop of its own."""
_LEVELS = (1.5, 2.0, 4.0, 8.0)
_NEXT_TO_NOTHING = 1.0
"""Where tasks without data stand on an axis that has no 0, in bytes."""


class Known(NamedTuple):
    """What is known of a carrier: its best job of each length, and what data cost it: (bytes, seconds a task)."""

    carrier: str
    jobs: tuple[Job, ...]
    costs: tuple[tuple[float, float], ...]


def pays_map(calculator: Calculator, *, identity: str, kind: str) -> Map:
    """Of the carrier of which most is known; where too little is, a map without gains that says why."""
    known = _most_known(calculator, kind)
    enough = len(known.jobs) >= _FEWEST and not calculator.why
    lengths = tuple(job.length_s for job in known.jobs) if enough else ()
    sizes = tuple(number for number, _ in known.costs) if enough else ()
    return Map(
        id=identity,
        title=_title(known) if enough else "Where workers beat the loop",
        caption=(
            "Gain of a job that was measured without data, less what data of this size cost the same workers, which are"
            " running already: a model of two measurements, without an interval. Dots, at the foot, were measured: tasks without"
            " data, each under its length."
        ),
        span="half",
        xs=lengths,
        ys=sizes,
        gains=tuple(tuple(_gain(job, cost_s) for job in known.jobs) for _, cost_s in known.costs) if enough else (),
        x_label="useful work of one task",
        y_label="bytes sent with each task",
        pays=f"{known.carrier} is sooner",
        fails="the plain loop is sooner",
        look=_look(known.carrier),
        cases=(*_measured(known.jobs if enough else ()), *_own(calculator.loop, lengths, sizes)),
        levels=_LEVELS,
        reason="" if enough else calculator.why or "too few lengths of tasks, or no sizes of data, were measured",
        illustration="the field between the measured lengths and sizes." if enough else "",
    )


def _most_known(calculator: Calculator, kind: str) -> Known:
    """The carrier with most lengths of those whose data are known."""
    best = Known("", (), ())
    for carrier in dict.fromkeys(freight.carrier for freight in calculator.freights):
        jobs = _by_length(job for job in calculator.jobs if job.carrier == carrier and job.kind == kind)
        costs = _costs(calculator.freights, carrier)
        if costs and len(jobs) > len(best.jobs):
            best = Known(carrier, jobs, ((_NEXT_TO_NOTHING, 0.0), *costs))
    return best


def _by_length(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Of jobs without data, whose workers were running, the best of each length, the shortest first."""
    found: list[Job] = []
    for job in sorted(jobs, key=lambda job: job.length_s):
        if job.sent_bytes or job.returned_bytes or job.made or job.gain <= 0 or job.length_s <= 0:
            continue
        if not found or job.length_s > found[-1].length_s * _ALIKE:
            found.append(job)
        elif job.gain > found[-1].gain:
            found[-1] = replace(job, length_s=found[-1].length_s)
    return tuple(found)


def _costs(freights: Iterable[Freight], carrier: str) -> tuple[tuple[float, float], ...]:
    """What sending costs, of each size the cheapest way, the least size first."""
    found: dict[float, float] = {}
    for freight in freights:
        if freight.carrier == carrier and freight.sent_bytes and not freight.returned_bytes:
            size = float(freight.sent_bytes)
            found[size] = min(found.get(size, freight.cost_s), freight.cost_s)
    return tuple(sorted(found.items()))


def _gain(job: Job, cost_s: float) -> float:
    return 1.0 / (1.0 / job.gain + cost_s / job.length_s)


def _title(known: Known) -> str:
    """At how many of the measured lengths and sizes it pays."""
    paying = sum(_gain(job, cost_s) > 1.0 for job in known.jobs for _, cost_s in known.costs)
    places = counted(len(known.jobs) * len(known.costs), "pair")
    return f"{known.carrier} beats the loop at {count(paying)} of {places} of length and size"


def _look(carrier: str) -> Look:
    looks = {backend.look.label: backend.look for backend in BACKENDS.values()}
    return looks.get(carrier) or next(iter(looks.values()))


def _measured(jobs: Iterable[Job]) -> Iterator[Case]:
    """Tasks without data, as they were measured."""
    for job in jobs:
        yield Case(label=seconds(job.length_s), x=job.length_s, y=_NEXT_TO_NOTHING, measured=job.estimate)


def _own(loop: Loop, lengths: Sequence[float], sizes: Sequence[float]) -> tuple[Case, ...]:
    """The reader's loop, where it lies on the map."""
    if not lengths or not sizes:
        return ()
    sent = max(float(loop.sent_bytes), _NEXT_TO_NOTHING)
    inside = lengths[0] <= loop.length_s <= lengths[-1] and sizes[0] <= sent <= sizes[-1]
    return (Case(label="your loop", x=loop.length_s, y=sent, own=True),) if inside else ()
