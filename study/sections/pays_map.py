"""When it pays, as a map: the length of a task by what is sent with it. What lies between what was measured is a model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from study.forms import Case, Map
from study.things import BACKENDS
from study.units import counted, seconds, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.screens import Calculator, Freight, Job, Loop
    from study.things import Look

_FEWEST = 2
"""Lengths without which there is no map."""
LEVELS = (2.0, 1.5)
"""Of these gains the first that is told has a line of its own, beside break-even: more lines than these two nobody reads."""
_CAPTION = (
    "Dots: one for each job measured, without data, workers running. The rest is a model: their gain, smoothed to rise with the"
    " length, less what such data cost the same workers."
)
NEXT_TO_NOTHING = 1.0
"""Where tasks without data stand on an axis that has no 0, in bytes."""


class Known(NamedTuple):
    """What is known of a carrier: its job of each work, what they gain as the map has it, and what data cost them.

    `gains` rise with the length, as `rising` makes them; `costs` are (bytes, seconds a task), and rise with the bytes.
    """

    carrier: str
    jobs: tuple[Job, ...]
    gains: tuple[float, ...]
    costs: tuple[tuple[float, float], ...]


def pays_map(calculator: Calculator, *, identity: str, kind: str) -> Map:
    """Of the carrier of which most is known; where too little is, a map without gains that says why."""
    known = most_known(calculator, kind)
    enough = len(known.jobs) >= _FEWEST and not calculator.why
    lengths = tuple(job.length_s for job in known.jobs) if enough else ()
    sizes = tuple(number for number, _ in known.costs) if enough else ()
    return Map(
        id=identity,
        title=_title(known) if enough else "Where workers beat the loop",
        caption=_CAPTION,
        span="half",
        xs=lengths,
        ys=sizes,
        gains=tuple(tuple(_gains_with(known, cost_s)) for _, cost_s in known.costs) if enough else (),
        x_label="useful work of one task",
        y_label="bytes sent with each task",
        pays=f"{known.carrier} is sooner",
        fails="the plain loop is sooner",
        look=_look(known.carrier),
        cases=(*measured(known.jobs if enough else ()), *own(calculator.loop, lengths, sizes)),
        levels=_level(known) if enough else (),
        reason="" if enough else calculator.why or "too few lengths of tasks, or no sizes of data, were measured",
    )


def rising(values: Sequence[float], weights: Sequence[float]) -> tuple[float, ...]:
    """The rising numbers that lie nearest to these, by least squares: neighbours that fall are their weighted middle.

    What is paid for a task is paid however long it is, so that a longer one cannot gain less; a dip is noise, or another
    program's work, and would stand on a map as a line of its own.
    """
    runs: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        middle, heavy, many = value, weight, 1
        while runs and runs[-1][0] >= middle:
            before, other, more = runs.pop()
            middle = (before * other + middle * heavy) / (other + heavy)
            heavy, many = heavy + other, many + more
        runs.append((middle, heavy, many))
    return tuple(middle for middle, _, many in runs for _ in range(many))


def _weight(job: Job) -> float:
    """What a gain counts for among others: the narrower its interval is, the more."""
    found = job.estimate
    if found is None or found.low is None or found.high is None or not 0.0 < found.low < found.high < math.inf:
        return 1.0
    return math.log(found.high / found.low) ** -2


def most_known(calculator: Calculator, kind: str) -> Known:
    """The carrier with most lengths of those whose data are known."""
    best = Known("", (), (), ())
    for carrier in dict.fromkeys(freight.carrier for freight in calculator.freights):
        jobs = _by_length(job for job in calculator.jobs if job.carrier == carrier and job.kind == kind)
        costs = _costs(calculator.freights, carrier)
        if costs and len(jobs) > len(best.jobs):
            gains = rising([math.log(job.gain) for job in jobs], [_weight(job) for job in jobs])
            best = Known(carrier, jobs, tuple(map(math.exp, gains)), ((NEXT_TO_NOTHING, 0.0), *costs))
    return best


def _by_length(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Of jobs without data, whose workers were running, the one of each work with most tasks, the shortest first.

    Each stands at its own length with its own gain: the best of several of near length would be the luckiest.
    """
    found: dict[tuple[str, float], Job] = {}
    for job in jobs:
        if job.sent_bytes or job.returned_bytes or job.made or job.gain <= 0 or job.length_s <= 0:
            continue
        key = job.work, 0.0 if job.work else job.length_s
        if key not in found or job.tasks > found[key].tasks:
            found[key] = job
    lengths = {job.length_s: job for job in found.values()}
    return tuple(lengths[length_s] for length_s in sorted(lengths))


def _costs(freights: Iterable[Freight], carrier: str) -> tuple[tuple[float, float], ...]:
    """What sending costs, of each size the cheapest way, the least size first."""
    found: dict[float, float] = {}
    for freight in freights:
        if freight.carrier == carrier and freight.sent_bytes and not freight.returned_bytes:
            sent = float(freight.sent_bytes)
            found[sent] = min(found.get(sent, freight.cost_s), freight.cost_s)
    costs = rising([cost_s for _, cost_s in sorted(found.items())], [1.0] * len(found))
    return tuple(zip(sorted(found), costs, strict=True))


def _gains_with(known: Known, cost_s: float) -> Iterator[float]:
    """The gain at each length, once that is paid for the data of each task."""
    for job, gain in zip(known.jobs, known.gains, strict=True):
        yield 1.0 / (1.0 / gain + cost_s / job.length_s)


def _level(known: Known) -> tuple[float, ...]:
    """The gain that has a line of its own: one that a job is above with its whole interval, and so is told of this place."""
    surely = max((job.estimate.low or 0.0 for job in known.jobs if job.estimate is not None), default=0.0)
    most = min(surely, max(known.gains))
    return tuple(level for level in LEVELS if level < most)[:1]


def _title(known: Known) -> str:
    """From which length on it pays, where little is sent, and where most is."""
    first, last = (_pays_from(known, cost_s) for _, cost_s in (known.costs[0], known.costs[-1]))
    most = size(known.costs[-1][0])
    if first is None:
        return f"{known.carrier} beats the loop at no length that was measured"
    tasks = next(job.tasks for job in known.jobs if job.length_s >= first)  # fewer make what is paid once matter more
    with_most = f"from {seconds(last, 2)} on" if last is not None else "never here"
    return f"{known.carrier} pays from {counted(tasks, 'task')} of {seconds(first, 2)} on, with {most} each {with_most}"


def _pays_from(known: Known, cost_s: float) -> float | None:
    """The length at which it breaks even, between two of the map in equal factors; None where it does at none."""
    gains = list(_gains_with(known, cost_s))
    above = next((number for number, gain in enumerate(gains) if gain > 1.0), None)
    if not above:
        return None if above is None else known.jobs[0].length_s
    low, high = known.jobs[above - 1].length_s, known.jobs[above].length_s
    share = -math.log(gains[above - 1]) / math.log(gains[above] / gains[above - 1])
    return float(low * (high / low) ** share)


def _look(carrier: str) -> Look:
    looks = {backend.look.label: backend.look for backend in BACKENDS.values()}
    return looks.get(carrier) or next(iter(looks.values()))


def measured(jobs: Iterable[Job]) -> Iterator[Case]:
    """Tasks without data, as they were measured."""
    for job in jobs:
        yield Case(
            label=", ".join(filter(None, (f"{counted(job.tasks, 'task')} of {seconds(job.length_s)}", job.work))),
            x=job.length_s,
            y=NEXT_TO_NOTHING,
            measured=job.estimate,
        )


def own(loop: Loop, lengths: Sequence[float], sizes: Sequence[float]) -> tuple[Case, ...]:
    """The reader's loop, where it lies on the map."""
    if not lengths or not sizes:
        return ()
    sent = max(float(loop.sent_bytes), NEXT_TO_NOTHING)
    inside = lengths[0] <= loop.length_s <= lengths[-1] and sizes[0] <= sent <= sizes[-1]
    return (Case(label="your loop", x=loop.length_s, y=sent, own=True),) if inside else ()
