"""Loops and costs of cells before a run: measured once, shared by arms of the same code, and what is not worth it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from study.cell import Cell
from study.plan import Curve, Expansion, Plan
from study.run.calibrate import calibrate
from study.run.runner import Ran
from study.store import Calibration

if TYPE_CHECKING:
    from pathlib import Path

CELL = Cell(pattern="map", kernel="square", tasks=5)
LATER = Cell(pattern="map", kernel="sieve")
KEY = "key"


class FakeRunner:
    """Finds seven loops of 12 ms for every point; one calibration takes two seconds of its clock."""

    def __init__(self, refused: str = "", timing: dict[str, float] | None = None) -> None:
        self.clock_s = 0.0
        self.asked: list[str] = []
        self.refused = refused
        self.event_s = 0.012
        self.around_s = 0.0
        self.timing = timing or {}

    def carry_out(self, target: str, job: dict[str, Any], *, deadline_s: float, round_index: int) -> Ran:
        assert (target, job["mode"], round_index) == ("one", "calibrate", -1)
        assert 60.0 <= deadline_s < 70.0
        self.clock_s += 2.0
        self.asked += job["cells"]
        if self.refused:
            return Ran(state="failed", reason=self.refused, elapsed_s=2.0)
        points = {Cell.parse(text).point.text for text in job["cells"]}
        result = {
            "loops": dict.fromkeys(points, 7),
            "event_s": dict.fromkeys(points, self.event_s),
            "around_s": dict.fromkeys(points, self.around_s),
            "timing": {"timed_s": 0.5, "warmup_s": 0.25, **self.timing},
        }
        return Ran(state="ok", elapsed_s=2.0, result=result)

    def now_s(self) -> float:
        return self.clock_s

    def stop_now(self) -> None:
        raise AssertionError("nobody asked for this")


def curve(cell: Cell, tier: str = "headline", experiment: str = "e") -> Curve:
    return Curve(experiment=experiment, question="Q1", tier=tier, target="one", cells=(cell,))


def planned(folder: Path, runner: FakeRunner, *curves: Curve, budget_s: float = 10_000.0, key: str = KEY) -> Plan:
    plan, _ = calibrate(
        Expansion(curves, (), {}),
        keys={("one", point): key for curve in curves for point in curve.points},
        calibration=Calibration(folder),
        runner=runner,
        budget_s=budget_s,
        stopping=lambda: False,
        tell=lambda _curve, _ran: None,
    )
    return plan


def test_what_is_calibrated_is_kept_and_not_calibrated_again(tmp_path: Path) -> None:
    runner = FakeRunner()
    first, second = (planned(tmp_path, runner, curve(CELL)) for _ in range(2))
    assert runner.asked == [CELL.text]
    assert first.costs == second.costs
    assert first.costs[curve(CELL).id].loops == {CELL.text: 7}


def test_what_was_calibrated_of_another_bench_or_target_is_calibrated_anew(tmp_path: Path) -> None:
    runner = FakeRunner()
    planned(tmp_path, runner, curve(CELL))
    planned(tmp_path, runner, curve(CELL), key="another key")
    assert runner.asked == [CELL.text] * 2


def test_a_process_takes_what_its_calibration_did_with_the_plans_events_in_place_of_its_own(tmp_path: Path) -> None:
    plan = planned(tmp_path, FakeRunner(), curve(CELL))
    assert plan.costs[curve(CELL).id].process_s == pytest.approx(2.0 - 0.5 - 0.25 + ((2 + 1) * 7 + 1) * 0.012)


def test_a_long_event_is_planned_once_and_any_other_three_times_and_once_in_its_check(tmp_path: Path) -> None:
    for event_s, loops, events, is_long in ((0.2, 7, 3 * 7 + 1, False), (0.201, 7, 7, True)):
        runner = FakeRunner()
        runner.event_s, runner.around_s = event_s, 0.3
        plan = planned(tmp_path / str(event_s), runner, curve(CELL))
        cost = plan.costs[curve(CELL).id]
        assert cost.process_s == pytest.approx(2.0 - 0.5 - 0.25 + events * event_s)
        assert cost.loops == {CELL.text: loops}
        assert cost.long == ((CELL.text,) if is_long else ())


def test_a_point_of_two_experiments_is_calibrated_once(tmp_path: Path) -> None:
    runner = FakeRunner()
    both = replace(curve(CELL, experiment="other"), cells=(CELL, LATER))
    plan = planned(tmp_path, runner, curve(CELL), both)
    assert runner.asked == [CELL.text, LATER.text]
    assert [kept.cells for kept in plan.curves] == [(CELL,), (LATER,)]


@pytest.mark.parametrize("label", ["again", "injected"])
def test_the_second_arm_of_a_pair_has_the_loops_of_the_first(tmp_path: Path, label: str) -> None:
    arm = replace(CELL, label=label)
    runner = FakeRunner()
    plan = planned(tmp_path, runner, curve(CELL), curve(arm))
    assert runner.asked == [CELL.text]
    assert plan.costs[curve(arm).id].loops == {arm.text: 7}


def test_an_arm_without_its_twin_is_calibrated(tmp_path: Path) -> None:
    arm = replace(CELL, label="again")
    runner = FakeRunner()
    planned(tmp_path, runner, curve(LATER), curve(arm))
    assert runner.asked == [LATER.text, arm.text]


@pytest.mark.parametrize(
    ("reason", "state", "said"),
    [
        ("exit code 1: UnsupportedCellError: there is no fork", "skipped", "there is no fork"),
        ("killed by SIGSEGV", "failed", "in calibration: killed by SIGSEGV"),
    ],
)
def test_a_cell_that_cannot_be_here_is_skipped_and_any_other_has_failed(
    tmp_path: Path, reason: str, state: str, said: str
) -> None:
    well = FakeRunner()
    planned(tmp_path, well, curve(CELL))
    plan = planned(tmp_path, FakeRunner(refused=reason), curve(CELL), curve(LATER))
    assert [(absence.cell, absence.state, absence.reason) for absence in plan.absent] == [(LATER, state, said)]
    assert [cell for kept in plan.curves for cell in kept.cells] == [CELL]


def test_what_will_not_fit_is_not_calibrated(tmp_path: Path) -> None:
    runner = FakeRunner()
    plan = planned(tmp_path, runner, curve(CELL), curve(LATER, "core", "later"), budget_s=20.0)
    assert runner.asked == [CELL.text]
    assert [absence.state for absence in plan.absent] == ["left out"]
    assert "not calibrated" in plan.absent[0].reason
