"""What a run writes can be read: a process that wrote nonsense fails alone, and a full journal ends the run in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.cell import Cell
from study.config import experiments_in
from study.plan import TargetView, expand
from study.progress import Progress
from study.run.calibrate import calibrate
from study.run.rounds import Rounds
from study.run.runner import Ran
from tests.builders import LOOP, POOL, manifest, suite

if TYPE_CHECKING:
    from pathlib import Path


class Runner:
    """Answers at once with a suite that the test may spoil; a job takes one second of its clock."""

    def __init__(self, spoiled: dict[str, Any] | None = None) -> None:
        self.clock_s = 0.0
        self.jobs: list[dict[str, Any]] = []
        self.spoiled = spoiled or {}

    def carry_out(self, target: str, job: dict[str, Any], *, deadline_s: float, round_index: int) -> Ran:
        self.clock_s += 1.0
        self.jobs.append(job)
        (text,) = job["cells"]
        if job["mode"] == "calibrate":
            point = Cell.parse(text).point.text
            return Ran(state="ok", elapsed_s=1.0, result={"loops": {point: 8}, "event_s": {point: 0.01}})
        found = self.spoiled.get(text, suite(Cell.parse(text), [0.5, 0.5, 0.5]))
        return Ran(state="ok", elapsed_s=1.0, result={"suite": found, "timing": None})

    def now_s(self) -> float:
        return self.clock_s

    def stop_now(self) -> None:
        raise AssertionError("nobody asked for this")


def rounds_of(folder: store.RunFolder, runner: Runner) -> Rounds:
    return Rounds(folder, runner, Progress(), budget_s=60.0, stopping=lambda: False)


@pytest.mark.parametrize(
    "spoiled",
    [None, {}, suite(LOOP, [5e-324]), suite(LOOP, [1e300]), suite(POOL, [1.0]), suite(LOOP, [])],
    ids=["none", "empty", "denormal", "endless", "of another cell", "no value"],
)
def test_a_process_that_wrote_nonsense_fails_alone_and_the_run_can_be_read(tmp_path: Path, spoiled: object) -> None:
    folder = store.RunFolder.create(tmp_path, "machine", manifest([LOOP, POOL]))
    runner = Runner({LOOP.text: spoiled})
    rounds = rounds_of(folder, runner)
    assert rounds.measure()
    folder.manifest.rounds = rounds.records()
    bad = [entry for entry in folder.journal().of_kind("process") if entry["state"] != "ok"]
    assert {entry["curve"] for entry in bad} == {0}
    assert all(entry["reason"] for entry in bad)
    folder.finish()
    assert {sample.cell for sample in store.RunFolder.open(folder.path).load()} == {POOL}


def test_a_run_whose_journal_is_full_ends_well_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store.journal, "FULL_BYTES", 5_000)
    folder = store.RunFolder.create(tmp_path, "machine", manifest([LOOP]))
    runner = Runner()
    rounds = rounds_of(folder, runner)
    assert rounds.measure()
    folder.manifest.rounds = rounds.records()
    assert 0 < len(runner.jobs) < 20
    assert "a run holds no more" in capsys.readouterr().out
    folder.finish()
    assert len(store.RunFolder.open(folder.path).load()) == len(runner.jobs)


def test_loops_that_a_calibration_lacks_are_calibrated_anew(tmp_path: Path) -> None:
    text = 'schema = 1\nquestion = "Q1"\ntitle = "x"\ntier = "headline"\n[fixed]\npattern = "map"\nkernel = "sieve"\n'
    target = TargetView(name="one", start_methods=("fork",), has_fork=True, has_posix_spawn=True)
    expansion = expand(experiments_in({"q1-x": text}), 2, [target])
    (curve,) = expansion.curves
    calibration = store.Calibration(tmp_path)
    (point,) = curve.points
    calibration.put("key", "map kernel=noop @ one", store.Calibrated(loops=3, event_s=0.1, around_s=0.0, start_s=0.1))
    calibration.save()
    runner = Runner()
    plan, _ = calibrate(
        expansion, keys={("one", point): "key"}, calibration=store.Calibration(tmp_path), runner=runner, budget_s=600.0,
        stopping=lambda: False, tell=lambda *_: None,
    )  # fmt: skip
    assert plan.costs[curve.id].loops == {"map kernel=sieve": 8}
    assert len(runner.jobs) == 1
