"""Loops and costs of every point, measured once per machine, bench and target; then what the budget admits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from study.cell import Cell, sampling_of
from study.factors import serial_s
from study.identity import digest_of
from study.plan import (
    MIN_TIME_S,
    QUICK_ROUNDS,
    ROUNDS,
    VALUES,
    WARMUPS,
    Costs,
    Curve,
    Expansion,
    Failed,
    Plan,
    PointCost,
    admit,
    joined,
    needed_s,
    possible,
)
from study.run.jobs import CALIBRATION_DEADLINE_S, job
from study.store import Calibrated
from study.things import BACKENDS, PATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.plan import State
    from study.run.runner import Ran, Runner
    from study.store import Calibration

UNSUPPORTED = "UnsupportedCellError"
"""Name of the bench's error for what does not exist on this system or target."""
LEAST_START_S = 0.08
"""No process starts sooner: the optimistic guess for what is not calibrated."""
Key = tuple[str, Cell]


def calibrate(
    expansion: Expansion,
    *,
    keys: Mapping[Key, str],
    calibration: Calibration,
    runner: Runner,
    budget_s: float,
    stopping: Callable[[], bool],
    tell: Callable[[Curve, Ran], None],
) -> tuple[Plan, float]:
    """Calibrate what may be admitted, in the order of admission, and admit. Returns the plan and the seconds it took.

    Parameters
    ----------
    keys : (target, point) -> digest of all that its loops depend on.
    budget_s : seconds for calibration and rounds together.
    stopping : true once the user asked to stop; calibrations so far are kept.
    tell : called after each calibration.
    """
    began_s = runner.now_s()
    work = _Calibrating(keys, calibration, runner, tell, stopping)
    guessed = {(curve.target, point): guess(point) for curve in expansion.asked for point in curve.points}
    hoped: tuple[Curve, ...] = ()
    rounds = QUICK_ROUNDS if expansion.only else ROUNDS
    for curves in expansion.groups.values():
        unknown = [missing for curve in curves if (missing := work.unknown(curve)) is not None]
        left_s = budget_s - (runner.now_s() - began_s)
        known = {**guessed, **work.costs}
        calibrating_s = math.fsum(needed_s([curve], known, 1) for curve in unknown) / (VALUES + WARMUPS)
        worth_it = needed_s(joined(hoped, curves), known, rounds) + calibrating_s <= left_s
        must = expansion.must(curves[0]) and not (hoped and expansion.only)
        if unknown and not worth_it and not must:
            continue
        for curve in unknown:
            if stopping():
                break
            work.calibrate(curve)
        with_it = joined(hoped, possible(curves, work.failed))
        left_s = budget_s - (runner.now_s() - began_s)
        if must or needed_s(with_it, work.costs, rounds) <= left_s:
            hoped = with_it
    spent_s = runner.now_s() - began_s
    if stopping():
        return Plan(curves=(), costs={}, absent=(), rounds=0, quick=True, round_s=0.0), spent_s
    plan = admit(expansion, work.costs, work.failed, budget_s - spent_s, spent_s=spent_s, guessed=guessed)
    return plan, spent_s


def guess(point: Cell) -> PointCost:
    """What a point costs at least: nothing where it is sampled in its own way, else its nominal share of the work."""
    if sampling_of(point, VALUES, WARMUPS).loops:
        return PointCost(loops=1, event_s=0.0, around_s=0.0, start_s=LEAST_START_S)
    at_once = 1 if BACKENDS[point.backend].kind == "loop" else max(point.workers, 1)
    works = {"tasks", "kernel"} <= PATTERNS[point.pattern].uses
    event_s = max(serial_s(point) / at_once if works else 0.0, MIN_TIME_S)
    return PointCost(loops=1, event_s=event_s, around_s=0.0, start_s=LEAST_START_S)


class _Calibrating:
    """What is known of points so far, and how more becomes known."""

    def __init__(
        self,
        keys: Mapping[Key, str],
        calibration: Calibration,
        runner: Runner,
        tell: Callable[[Curve, Ran], None],
        stopping: Callable[[], bool],
    ) -> None:
        """Begin with what is stored."""
        self.keys = keys
        self.calibration = calibration
        self.runner = runner
        self.tell = tell
        self.stopping = stopping
        self.costs: Costs = {}
        self.failed: Failed = {}

    def unknown(self, curve: Curve) -> Curve | None:
        """The curve with only those points that nothing is known of; None where all are known."""
        for point in curve.points:
            if (found := self._stored(curve.target, point)) is not None:
                self.costs[curve.target, point] = PointCost(found.loops, found.event_s, found.around_s, found.start_s)
        settled = self.costs.keys() | self.failed.keys()
        cells = tuple(cell for cell in curve.cells if (curve.target, cell.point) not in settled)
        return replace(curve, cells=cells) if cells else None

    def _stored(self, target: str, point: Cell) -> Calibrated | None:
        """What is stored of a point; a labelled one is the same code as its twin, and with other loops would not be."""
        twin = replace(point, label="")
        for cell in (twin, point) if (target, twin) in self.keys else (point,):
            found = self.calibration.get(self.keys[target, cell], _name(target, cell))
            if found is not None:
                return found
        return None

    def calibrate(self, asked: Curve) -> None:
        """Find loops and costs of the points of a curve; a twin may have become known meanwhile."""
        curve = self.unknown(asked)
        if curve is None:
            return
        request = job(curve, mode="calibrate", seed=int(digest_of(curve.id)[:8], 16))
        deadline_s = CALIBRATION_DEADLINE_S + math.fsum(2 * guess(point).event_s for point in curve.points)
        ran = self.runner.carry_out(curve.target, request, deadline_s=deadline_s, round_index=-1)
        if ran.state == "interrupted":
            return
        self.tell(curve, ran)
        if ran.state != "ok" or ran.result is None:
            self.failed |= dict.fromkeys(((curve.target, point) for point in curve.points), _why_not(ran.reason))
            return
        for point, found in _found(curve, ran).items():
            self.calibration.put(self.keys[curve.target, point], _name(curve.target, point), found)
        self.calibration.save()
        self.unknown(curve)


def _name(target: str, point: Cell) -> str:
    return f"{point.text} @ {target}"


def _why_not(reason: str) -> tuple[State, str]:
    """A cell that says of itself that it cannot exist here is skipped; everything else that goes wrong has failed."""
    _, _, sentence = reason.partition(f"{UNSUPPORTED}: ")
    return ("skipped", sentence) if sentence else ("failed", f"in calibration: {reason}")


def _found(curve: Curve, ran: Ran) -> dict[Cell, Calibrated]:
    """What a calibration found of each point; what its process took besides is everybody's start."""
    result = ran.result or {}
    timing = result.get("timing") or {}
    around_s = {point: float(result.get("around_s", {}).get(point.text, 0.0)) for point in curve.points}
    events_s = timing.get("timed_s", 0.0) + timing.get("warmup_s", 0.0)
    start_s = max(ran.elapsed_s - events_s - math.fsum(around_s.values()), 0.0)
    return {
        point: Calibrated(
            loops=int(result["loops"][point.text]),
            event_s=float(result["event_s"][point.text]),
            around_s=max(around_s[point], 0.0),
            start_s=start_s,
        )
        for point in curve.points
    }
