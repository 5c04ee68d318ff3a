"""What a real pool took for some of the reader's items, held against what its parts foretell: the job, as far as that shows.

One run of a pool foretells another to a tenth or so; beyond that it differs from its parts by caches that others have used, an
allocator's habits, all of which a part measured alone does not meet. So the logarithm of measured ÷ foretold counts by the share
of its variance that is no noise (the mean of a normal distribution seen with normal noise), and that other items were seen is
noise too.
"""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, Any, NamedTuple

from study.advise.measured import reread, sampled_of
from study.advise.model.figures import figures_of, lacks
from study.advise.model.job import Piloted, Way
from study.advise.model.pipeline import living, simulated
from study.advise.starting import positive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.advise.model.job import Constants, Job
    from study.advise.rounds import Probed

NOISE = 0.08
"""Standard deviation of the logarithm of a map's time from one pool to the next."""
DIFFERS = 0.2
"""Standard deviation of the logarithm of a map's time ÷ what its parts foretell, noise left out: 0.18 to 0.23 in 160 pilots of
twenty functions and two interpreters, on the machine of the trials."""
LEAST_MOVED = 0.25
"""Part of a large message's time under load that it takes at least where workers are idle. On the machine of the model's first
trials it was 0.36 of it at 110 and 256 KiB, and 0.65 at 1 MiB."""
STEPS = 12
"""How often the part is halved."""


def with_pilot(job: Job, constants: Constants, probed: Probed) -> Job:
    """The job with what each backend takes more or less for it: of an item, of each chunk, of large messages."""
    once, again = _Program(job, constants), _Program(reread(probed, job), _handed_again(constants, probed))
    found: dict[str, Piloted] = {}
    for told in probed.parts.get("pilot", ()):
        pilots = sorted(told["pilots"], key=lambda pilot: -int(pilot["chunk"]))
        if pilots and not lacks(job, _way(told, pilots[0]), constants):
            found[str(told["backend"])] = _seen(once, again, told, pilots, sampled_of(probed))
    return replace(job, piloted=found)


class _Program(NamedTuple):
    """A job and what a machine takes for it."""

    job: Job
    constants: Constants


def _handed_again(constants: Constants, probed: Probed) -> Constants:
    """The constants for a program that has handed out as much before: it finds memory that was given back."""
    handed = dict(constants.handed)
    for told in (told for part in probed.parts.get("dispatch", ()) for told in part["dispatch"]):
        again, name = told["inside_again"], str(told["backend"])
        parent_s, worker_s = (handed[name].each_parent_s, handed[name].each_worker_s)
        handed[name] = replace(
            handed[name],
            each_parent_s=parent_s._replace(value=positive(again["parent_s"])),
            each_worker_s=worker_s._replace(value=positive(again["worker_s"])),
        )
    return replace(constants, handed=handed)


def _seen(
    once: _Program, again: _Program, told: Mapping[str, Any], pilots: Sequence[Mapping[str, Any]], sampled: int
) -> Piloted:
    """What a backend's maps tell of a program that has one, from a program that has had others: `once` and `again`.

    What the first map takes more, since its memory is new, it takes more whatever the others take beyond their parts.
    """
    job, constants = again
    large, single = pilots[0], pilots[-1]
    measured_s, foretold_s = _seconds(job, constants, told, large)
    times = math.exp(_believed(job, sampled, measured_s, foretold_s, int(large["items"])))
    _, once_s = _seconds(*once, told, large)
    piloted = Piloted(times=1.0 + (times - 1.0) * min(1.0, foretold_s / once_s) if once_s > 0.0 else times)
    if int(single["chunk"]) == int(large["chunk"]):
        return piloted
    job = replace(job, piloted={str(told["backend"]): Piloted(times=times)})
    measured_s, foretold_s = _seconds(job, constants, told, single)
    believed = _believed(job, sampled, measured_s, foretold_s, int(single["items"]))
    if believed < 0.0:
        return replace(piloted, moved=_sooner_moved(job, constants, told, single, foretold_s * math.exp(believed)))
    at_once = min(int(told["workers"]), constants.cpus)
    return replace(piloted, begin_s=foretold_s * math.expm1(believed) * at_once / int(single["chunks"]))


def _sooner_moved(
    job: Job, constants: Constants, told: Mapping[str, Any], pilot: Mapping[str, Any], seconds: float
) -> float:
    """The part of a large message's time with which the pilot takes so much less, where no pipe holds them.

    Their time was measured while all workers computed. Where workers wait for messages the CPUs are free, and one that waits
    reads at once.
    """
    figures = figures_of(job, _way(told, pilot), constants)
    if not figures.argument_transfer_s + figures.result_transfer_s:
        return 1.0
    backend = str(told["backend"])
    low, high = LEAST_MOVED, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        moved = replace(job, piloted={backend: replace(job.through(backend), moved=middle)})
        if _seconds(moved, constants, told, pilot)[1] < seconds:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _way(told: Mapping[str, Any], pilot: Mapping[str, Any]) -> Way:
    return Way(
        backend=str(told["backend"]),
        start_method=str(told["method"]),
        workers=int(told["workers"]),
        chunksize=int(pilot["chunk"]),
        is_own=False,
    )


def _seconds(job: Job, constants: Constants, told: Mapping[str, Any], pilot: Mapping[str, Any]) -> tuple[float, float]:
    """What a map took, the median, and what it is foretold to take."""
    part, way = replace(job, items=int(pilot["items"])), _way(told, pilot)
    foretold = simulated(part, way, living(figures_of(part, way, constants)))
    return median(map(positive, pilot["times_s"])), foretold.seconds


def _believed(job: Job, sampled: int, measured_s: float, foretold_s: float, items: int) -> float:
    """The logarithm of measured ÷ foretold as far as it is no noise, and no matter of which items either of both saw.

    Parameters
    ----------
    sampled : items whose times are known.
    items : those of the pilot.
    """
    if measured_s <= 0.0 or foretold_s <= 0.0:
        return 0.0
    error = math.log(measured_s / foretold_s)
    varied = pstdev(job.item_s) / fmean(job.item_s) if job.mean_s else 0.0
    unlike = math.hypot(*(varied * math.sqrt(max(0.0, 1.0 - seen / job.items) / seen) for seen in (sampled, items)))
    return error * DIFFERS**2 / (DIFFERS**2 + NOISE**2 + unlike**2)
