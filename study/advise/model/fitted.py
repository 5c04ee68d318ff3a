"""Costs of handing out, scaled until the simulation gives what was measured: what overlaps adds up to no wall time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from study.advise.model.figures import figures_of
from study.advise.model.job import Constants, Dispatch
from study.advise.model.pipeline import living, simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.advise.model.job import Constant, Job, Way

FARTHEST = 8.0
"""Times, either way, that costs are scaled: what asks for more is no matter of scale."""
STEPS = 20
"""How often the ratio is halved."""


def fitted(constants: Constants, job: Job, way: Way, measured_s: float) -> Constants:
    """The same constants with the way's costs of handing out scaled, so that the job takes as long as it was measured to take.

    Parameters
    ----------
    job : one whose time is that of handing out: items that do nothing, in chunks of one.
    measured_s : seconds of its map over workers that live on: without start, end and placement.
    """
    times = _times_for(measured_s, lambda times: _map_s(scaled(constants, way.backend, times), job, way))
    return scaled(constants, way.backend, times)


def fitted_to_nothing(constants: Constants, job: Job, way: Way, measured_s: float) -> Constants:
    """As `fitted`, where nothing but handing out takes time: so many times the costs, so many times the seconds."""
    once_s = _map_s(constants, job, way)
    return scaled(constants, way.backend, _times_for(measured_s, lambda times: times * once_s))


def _times_for(measured_s: float, takes_s: Callable[[float], float]) -> float:
    """How many times the costs give what was measured."""
    low, high = 1.0 / FARTHEST, FARTHEST
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        if takes_s(middle) < measured_s:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


def lag_of(constants: Constants, job: Job, way: Way, measured_s: float) -> float:
    """What a worker waits for its next chunk, so that the job takes as long as it was measured to take; 0 where it needs no wait.

    Parameters
    ----------
    job : one of items that compute, in chunks of one.
    measured_s : seconds of its map over workers that live on.
    """
    figures = living(figures_of(job, way, constants))
    low, high = 0.0, measured_s * way.workers / job.items
    if simulated(job, way, figures).seconds >= measured_s:
        return 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if simulated(job, way, replace(figures, lag_s=middle)).seconds < measured_s:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def lost_of(constants: Constants, job: Job, way: Way, measured_s: float) -> float:
    """What fresh workers lose beside all that is counted, so that the job takes as long as it was measured to take.

    While they share a CPU with each other or with their parent, and copy or make what the first items touch. Below nothing where
    it took less than all that is counted: what is counted was measured in other processes, and is uncertain too.

    Parameters
    ----------
    measured_s : seconds from nothing to the last result, the end left out.
    """
    figures = replace(figures_of(job, way, constants), placement_s=0.0, end_s=0.0)
    return measured_s - simulated(job, way, figures).seconds


def scaled(constants: Constants, backend: str, times: float) -> Constants:
    """So many times the costs of handing out through a backend."""
    handed = constants.handed[backend]
    more = replace(handed, saturated=_times(handed.saturated, times), busy=_times(handed.busy, times))
    return replace(constants, handed={**constants.handed, backend: more})


def _times(dispatch: Dispatch, times: float) -> Dispatch:
    return Dispatch(parent_s=_of(dispatch.parent_s, times), worker_s=_of(dispatch.worker_s, times))


def _of(number: Constant, times: float) -> Constant:
    return number._replace(value=number.value * times)


def _map_s(constants: Constants, job: Job, way: Way) -> float:
    """Seconds of the map alone."""
    return simulated(job, way, living(figures_of(job, way, constants))).seconds
