"""Jobs: what the harness asks the bench to do in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.factors import of_the_process
from study.plan import MIN_TIME_S, VALUES, WARMUPS
from study.run.runner import THREADS_OF_LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.plan import Curve

CALIBRATION_DEADLINE_S = 60.0
SHORTEST_DEADLINE_S = 10.0
DEADLINE_FACTOR = 10.0


def deadline_s(process_s: float) -> float:
    """How long a process may take before it counts as hung."""
    return max(SHORTEST_DEADLINE_S, DEADLINE_FACTOR * process_s)


def job(
    curve: Curve,
    *,
    mode: str,
    seed: int,
    loops: Mapping[str, int] | None = None,
    long: Sequence[str] = (),
    values: int = VALUES,
) -> dict[str, Any]:
    """The job of one curve.

    Parameters
    ----------
    mode : 'calibrate' or 'measure'.
    loops : each point's text -> its loops; none in calibration.
    long : the texts of the points whose event is long.
    values : of each process, where the event does not say how it is sampled.
    """
    setting = of_the_process(curve.cells[0])  # and of all others: the plan refuses a curve whose cells differ in it
    return {
        "schema": 1,
        "mode": mode,
        "cells": [cell.text for cell in curve.cells],
        "values": values,
        "warmups": WARMUPS,
        "min_time_s": MIN_TIME_S,
        "loops": dict(loops or {}),
        "long": list(long),
        "seed": seed,
        "environment": {
            **dict.fromkeys(THREADS_OF_LIBRARIES, setting["library_threads"]),
            "PYTHONUNBUFFERED": setting["PYTHONUNBUFFERED"] or None,
        },
    }
