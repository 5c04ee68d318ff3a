"""What a real pool took for some of the reader's items, held against what its parts foretell: the job, as far as that shows.

One run of a pool foretells another to a tenth or so: what differs by no more is noise, and what differs by much is memory that
is new, caches that others have used, an allocator's habits, all of which a part measured alone does not meet. So the logarithm of
measured ÷ foretold counts less by its noise (the positive part of James and Stein's estimate), and less where items are unlike.
"""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, Any

from study.advise.measured import MOMENTS
from study.advise.model.figures import figures_of, lacks
from study.advise.model.job import Way
from study.advise.model.pipeline import living, simulated
from study.advise.starting import positive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.advise.model.job import Constants, Job
    from study.advise.rounds import Probed

NOISE = 0.08
"""Standard deviation of the logarithm of a map's time from one pool to the next."""
LEAST_MOVED = 0.25
"""Part of a large message's time under load that it takes at least where workers are idle. On the machine of the model's first
trials it was 0.36 of it at 110 and 256 KiB, and 0.65 at 1 MiB."""
STEPS = 12
"""How often the part is halved."""


def with_pilot(job: Job, constants: Constants, probed: Probed) -> Job:
    """The job with what a pool takes more or less for it: of all that an item asks for, of each chunk, and of large messages."""
    told = next(iter(probed.parts.get("pilot", ())), {})
    pilots = sorted(told.get("pilots", ()), key=lambda pilot: -int(pilot["chunk"]))
    if not pilots or lacks(job, _way(told, pilots[0]), constants):
        return job
    large, single = pilots[0], pilots[-1]
    measured_s, foretold_s = _seconds(job, constants, told, large)
    job = replace(job, in_pool=math.exp(_believed(job, measured_s, foretold_s, int(large["items"]))))
    if int(single["chunk"]) == int(large["chunk"]):
        return job
    measured_s, foretold_s = _seconds(job, constants, told, single)
    believed = _believed(job, measured_s, foretold_s, int(single["items"]))
    if believed < 0.0:
        return _sooner_moved(job, constants, told, single, foretold_s * math.exp(believed))
    at_once = min(int(told["workers"]), constants.cpus)
    return replace(job, begin_s=foretold_s * math.expm1(believed) * at_once / int(single["chunks"]))


def _sooner_moved(
    job: Job, constants: Constants, told: Mapping[str, Any], pilot: Mapping[str, Any], seconds: float
) -> Job:
    """The job with messages that take so much less that the pilot does, where no pipe holds them.

    Their time was measured while all workers computed. Where workers wait for messages the CPUs are free, and one that waits
    reads at once.
    """
    figures = figures_of(job, _way(told, pilot), constants)
    if not figures.argument_transfer_s + figures.result_transfer_s:
        return job
    low, high = LEAST_MOVED, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if _seconds(replace(job, moved=middle), constants, told, pilot)[1] < seconds:
            low = middle
        else:
            high = middle
    return replace(job, moved=(low + high) / 2.0)


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


def _believed(job: Job, measured_s: float, foretold_s: float, items: int) -> float:
    """The logarithm of measured ÷ foretold as far as it is no noise, and as far as both speak of items that are alike."""
    if measured_s <= 0.0 or foretold_s <= 0.0:
        return 0.0
    error = math.log(measured_s / foretold_s)
    varied = pstdev(job.item_s) / fmean(job.item_s) if job.mean_s else 0.0
    unlike = math.hypot(varied / math.sqrt(len(job.item_s)), varied / math.sqrt(items))
    noise = math.hypot(NOISE, unlike)
    return error * max(0.0, 1.0 - (noise / error) ** 2) / (1.0 + (unlike / MOMENTS) ** 2) if error else 0.0
