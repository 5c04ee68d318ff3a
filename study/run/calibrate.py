"""Loops and costs of every cell, measured once per machine, bench and target; then what the budget admits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from study.cell import Cell, sampling_of
from study.identity import digest_of
from study.plan import MARGIN, ROUNDS, VALUES, WARMUPS, Cost, Curve, Expansion, Plan, admit
from study.run.jobs import CALIBRATION_DEADLINE_S, job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.plan import State
    from study.run.runner import Ran, Runner
    from study.store import Calibration

UNSUPPORTED = "UnsupportedCellError"
"""Name of the bench's error for what does not exist on this system or target."""
LEAST_PROCESS_S = 0.4
"""No process with a warm-up and three values of 80 ms takes less: the optimistic guess for what is not calibrated."""


def calibrate(
    expansion: Expansion,
    *,
    keys: Mapping[str, str],
    calibration: Calibration,
    runner: Runner,
    budget_s: float,
    stopping: Callable[[], bool],
    tell: Callable[[Curve, Ran], None],
) -> tuple[Plan, float]:
    """Calibrate what may be admitted, in tier order, and admit. Returns the plan and the seconds it took.

    Parameters
    ----------
    keys : id of a curve -> digest of all that its loops depend on.
    budget_s : seconds for calibration and rounds together.
    stopping : true once the user asked to stop; calibrations so far are kept.
    tell : called after each calibration.
    """
    began_s = runner.now_s()
    costs: dict[str, Cost] = {}
    failed: dict[str, tuple[State, str]] = {}
    seconds = 0.0
    for curves in expansion.by_experiment().values():
        unknown = [curve for curve in curves if calibration.get(keys[curve.id], curve.id) is None]
        left_s = budget_s - (runner.now_s() - began_s)
        known_s = _known_s(curves, keys, calibration)
        hopeful_s = seconds + known_s + LEAST_PROCESS_S * len(unknown)
        worth_it = MARGIN * ROUNDS * hopeful_s + LEAST_PROCESS_S * len(unknown) <= left_s
        if unknown and curves[0].tier != "headline" and not worth_it:
            continue
        for curve in curves:
            if stopping():
                break
            _calibrate_one(curve, keys, calibration, runner, costs, failed, tell)
        seconds += math.fsum(costs[curve.id].process_s for curve in curves if curve.id in costs)
    spent_s = runner.now_s() - began_s
    if stopping():
        return Plan(curves=(), costs={}, absent=(), rounds=0, quick=True, round_s=0.0), spent_s
    return admit(expansion, costs, failed, budget_s - spent_s, spent_s), spent_s


def _known_s(curves: list[Curve], keys: Mapping[str, str], calibration: Calibration) -> float:
    known = (calibration.get(keys[curve.id], curve.id) for curve in curves)
    return math.fsum(entry["process_s"] for entry in known if entry is not None)


def _calibrate_one(
    curve: Curve,
    keys: Mapping[str, str],
    calibration: Calibration,
    runner: Runner,
    costs: dict[str, Cost],
    failed: dict[str, tuple[State, str]],
    tell: Callable[[Curve, Ran], None],
) -> None:
    key = keys[curve.id]
    _adopt_loops_of_twin(curve, keys, calibration)
    entry = calibration.get(key, curve.id)
    if entry is None or not all(point.text in entry["loops"] for point in curve.points):
        request = job(curve, mode="calibrate", seed=int(digest_of(curve.id)[:8], 16))
        ran = runner.carry_out(curve.target, request, deadline_s=CALIBRATION_DEADLINE_S, round_index=-1)
        if ran.state == "interrupted":
            return
        tell(curve, ran)
        if ran.state != "ok" or ran.result is None:
            failed[curve.id] = _why_not(ran.reason)
            return
        calibration.put(key, curve.id, _loops(curve, ran), _process_s(ran))
        entry = calibration.get(key, curve.id)
    if entry is not None:
        costs[curve.id] = Cost(process_s=entry["process_s"], loops=entry["loops"])


def _why_not(reason: str) -> tuple[State, str]:
    """A cell that says of itself that it cannot exist here is skipped; everything else that goes wrong has failed."""
    _, _, sentence = reason.partition(f"{UNSUPPORTED}: ")
    return ("skipped", sentence) if sentence else ("failed", f"in calibration: {reason}")


def _adopt_loops_of_twin(curve: Curve, keys: Mapping[str, str], calibration: Calibration) -> None:
    """A labelled curve is the same code as its twin: with loops of its own it would be another measurement."""
    twin = replace(curve, cells=tuple(replace(cell, label="") for cell in curve.cells))
    if twin == curve or twin.id not in keys:
        return
    known = calibration.get(keys[twin.id], twin.id)
    if known is not None and all(point.text in known["loops"] for point in twin.points):
        loops = {point.text: known["loops"][replace(point, label="").text] for point in curve.points}
        calibration.put(keys[curve.id], curve.id, loops, known["process_s"])


def _loops(curve: Curve, ran: Ran) -> dict[str, int]:
    found = ran.result["loops"] if ran.result else {}
    return {point.text: int(found[point.text]) for point in curve.points}


def _times(point: Cell) -> int:
    """How many values, warm-ups among them, a process takes of a point."""
    sampling = sampling_of(point, VALUES, WARMUPS)
    return sampling.values + sampling.warmups


def _process_s(ran: Ran) -> float:
    """What a measuring process of the curve will take: all of the calibration but its events, and the plan's events."""
    result = ran.result or {}
    timing = result.get("timing", {})
    events_s = timing.get("timed_s", 0.0) + timing.get("warmup_s", 0.0)
    planned_s = math.fsum(
        _times(Cell.parse(point)) * result["loops"][point] * event_s for point, event_s in result["event_s"].items()
    )
    return float(max(ran.elapsed_s - events_s, 0.0) + planned_s)
