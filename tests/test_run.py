"""A run: rounds, repeats, failures, interruption and resume, on a clock that the test owns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.cell import Cell
from study.plan import takes_part
from study.progress import Progress
from study.run.rounds import REPEATS, Rounds
from study.run.runner import Ran
from tests.builders import LOOP, POOL, manifest, suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CELLS = (LOOP, POOL, Cell(pattern="map", kernel="sieve"))


class FakeRunner:
    """Answers at once; `decide` may make a job fail, hang or be disturbed. One job takes one second of its clock."""

    def __init__(self, decide: Callable[[dict[str, Any], int], dict[str, Any]] | None = None) -> None:
        self.clock_s = 0.0
        self.jobs: list[tuple[int, str]] = []
        self.deadlines_s: list[float] = []
        self.seeds: list[int] = []
        self.decide = decide or (lambda _job, _round: {})

    def carry_out(self, target: str, job: dict[str, Any], *, deadline_s: float, round_index: int) -> Ran:
        assert target == "one"
        self.deadlines_s.append(deadline_s)
        self.seeds.append(job["seed"])
        self.clock_s += 1.0
        text = job["cells"][0]
        self.jobs.append((round_index, text))
        wish = self.decide(job, round_index)
        state = wish.get("state", "ok")
        return Ran(
            state=state,
            reason=wish.get("reason", ""),
            elapsed_s=1.0,
            meanwhile={"elapsed_s": 1.0, "foreign_cpu_s": wish.get("foreign_cpu_s", 0.0)},
            leftovers=tuple(wish.get("leftovers", ())),
            result={"suite": suite(Cell.parse(text), [0.5, 0.5, 0.5]), "timing": None} if state == "ok" else None,
        )

    def now_s(self) -> float:
        return self.clock_s

    def stop_now(self) -> None:
        raise AssertionError("nobody asked for this")


def rounds_of(folder: store.RunFolder, runner: FakeRunner, budget_s: float = 100.0, **rest: Any) -> Rounds:
    return Rounds(folder, runner, Progress(), budget_s=budget_s, stopping=rest.get("stopping", lambda: False))


@pytest.fixture
def folder(tmp_path: Path) -> store.RunFolder:
    return store.RunFolder.create(tmp_path, "machine", manifest(CELLS))


def test_every_round_measures_every_curve_once_in_a_random_order(folder: store.RunFolder) -> None:
    runner = FakeRunner()
    assert rounds_of(folder, runner, 60.0).measure()
    texts = sorted(cell.text for cell in CELLS)
    orders = [[text for index, text in runner.jobs if index == each] for each in range(20)]
    assert all(sorted(order) == texts for order in orders)
    assert len({tuple(order) for order in orders}) > 1


def test_time_left_buys_whole_rounds_and_the_budget_ends_them(folder: store.RunFolder) -> None:
    runner = FakeRunner()
    rounds_of(folder, runner, 46.0).measure()
    assert len(runner.jobs) == 45


def test_ten_rounds_are_promised_even_a_little_beyond_the_budget(folder: store.RunFolder) -> None:
    runner = FakeRunner()
    rounds_of(folder, runner, 29.0).measure()
    assert len(runner.jobs) == 30


def test_ten_rounds_are_cut_short_when_the_budget_is_long_gone(folder: store.RunFolder) -> None:
    for budget_s, jobs in ((15.0, 15), (15.6, 15), (15.7, 18), (20.0, 21), (27.0, 30)):
        runner = FakeRunner()
        made = store.RunFolder.create(folder.path.parent, f"of-{jobs}-{budget_s:g}".replace(".", "-"), manifest(CELLS))
        rounds_of(made, runner, budget_s).measure()
        assert len(runner.jobs) == jobs
        assert runner.clock_s <= 1.15 * budget_s


@pytest.mark.parametrize(
    ("budget_s", "rounds", "said"),
    [
        (
            20.0,
            7,
            "ended after 7 of 10 rounds and 21 s: the next would have ended beyond 1.15 times the budget of 20 s",
        ),
        (12.0, 5, "ended after 5 of 10 rounds and 15 s"),
        (9.0, 4, "ended after 4 of 10 rounds and 12 s"),
        (30.0, 10, ""),
    ],
)
def test_the_fewest_rounds_with_an_interval_begin_up_to_the_bound_and_the_end_says_what_was_cut(
    folder: store.RunFolder, monkeypatch: pytest.MonkeyPatch, budget_s: float, rounds: int, said: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Progress, "say", lambda _self, text: told.append(text))
    monkeypatch.setattr(Progress, "update", lambda _self, **_shown: None)
    runner = FakeRunner()
    rounds_of(folder, runner, budget_s).measure()
    assert len(runner.jobs) == 3 * rounds
    assert len(told) == bool(said)
    assert said in "".join(told)


def test_a_quick_run_that_took_too_long_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Progress, "say", lambda _self, text: told.append(text))
    monkeypatch.setattr(Progress, "update", lambda _self, **_shown: None)
    folder = store.RunFolder.create(tmp_path, "machine", manifest(CELLS, quick=True))
    rounds_of(folder, FakeRunner(), 11.0).measure()
    assert told == [
        "  15 s of a budget of 11 s: the first 5 rounds took longer than was foretold, and fewer give no interval"
    ]


def test_a_round_that_goes_on_beyond_the_budget_never_has_nothing_left(
    folder: store.RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_s: list[float] = []
    monkeypatch.setattr(Progress, "update", lambda _self, **shown: left_s.append(shown["left_s"]))
    rounds_of(folder, FakeRunner(), 16.0).measure()
    assert left_s == [*(16.0 - spent for spent in range(15)), 3.0, 2.0, 1.0]


def test_a_stopped_run_goes_on_where_it_stopped(folder: store.RunFolder) -> None:
    first = FakeRunner()
    assert not rounds_of(folder, first, 60.0, stopping=lambda: len(first.jobs) >= 7).measure()
    second = FakeRunner()
    assert rounds_of(folder, second, 60.0).measure()
    jobs = first.jobs + second.jobs
    assert len(jobs) == len(set(jobs)) == 60
    assert len(second.jobs) == 53  # the budget that is left, not a new one


def test_a_disturbed_round_is_repeated_whole_at_most_twice_and_kept(folder: store.RunFolder) -> None:
    runner = FakeRunner(lambda _job, index: {"foreign_cpu_s": 0.9} if index == 1 else {})
    rounds = rounds_of(folder, runner, 300.0)
    rounds.measure()
    of_round = [text for index, text in runner.jobs if index == 1]
    assert len(of_round) == len(CELLS) * (1 + REPEATS)
    records = [record for record in rounds.records() if record.index == 1]
    assert [(record.attempt, record.replaced, bool(record.disturbed)) for record in records] == [
        (0, True, True),
        (1, True, True),
        (2, False, True),
    ]


def test_a_disturbed_round_is_repeated_in_another_order(tmp_path: Path) -> None:
    cells = [Cell(pattern="map", kernel="square", tasks=tasks) for tasks in range(1, 13)]
    folder = store.RunFolder.create(tmp_path, "machine", manifest(cells))
    runner = FakeRunner(lambda _job, index: {"foreign_cpu_s": 0.9} if index < 3 else {})
    rounds = rounds_of(folder, runner, 12 * 20.0)
    rounds.measure()
    texts = [text for _, text in runner.jobs]
    orders = [tuple(texts[start : start + len(cells)]) for start in range(0, len(texts), len(cells))]
    assert len(orders) == len(rounds.records()) > 10
    assert all(sorted(order) == sorted(cell.text for cell in cells) for order in orders)
    assert len(set(orders)) == len(orders)  # an attempt has neither the order of another nor that of another round
    assert [[cells[number].text for number in record.order] for record in rounds.records()] == list(map(list, orders))


def test_each_process_has_the_deadline_of_its_curve_and_a_seed_of_its_own(tmp_path: Path) -> None:
    made = manifest(CELLS)
    for number, process_s in enumerate((0.5, 2.0, 7.0)):
        made.curves[number].process_s = process_s
    runner = FakeRunner(lambda _job, index: {"foreign_cpu_s": 0.9} if index == 0 else {})
    rounds_of(store.RunFolder.create(tmp_path, "machine", made), runner, 60.0).measure()
    expected_s = dict(zip((cell.text for cell in CELLS), (10.0, 20.0, 70.0), strict=True))
    assert runner.deadlines_s == [expected_s[text] for _, text in runner.jobs]
    assert len(set(runner.seeds)) == len(runner.seeds)


def test_a_quick_run_promises_five_rounds(tmp_path: Path) -> None:
    runner = FakeRunner()
    folder = store.RunFolder.create(tmp_path, "machine", manifest(CELLS, quick=True))
    rounds_of(folder, runner, 14.0).measure()
    assert len(runner.jobs) == 15


def test_repeats_never_cost_the_promised_rounds(folder: store.RunFolder) -> None:
    runner = FakeRunner(lambda _job, _index: {"foreign_cpu_s": 0.9})
    rounds = rounds_of(folder, runner, 33.0)
    rounds.measure()
    assert {record.index for record in rounds.records()} >= set(range(10))


def test_the_second_failure_of_a_curve_ends_it_and_the_study_goes_on(folder: store.RunFolder) -> None:
    runner = FakeRunner(
        lambda job, _index: {"state": "timed out", "reason": "hung"} if "sieve" in job["cells"][0] else {}
    )
    rounds_of(folder, runner, 60.0).measure()
    assert sum("sieve" in text for _, text in runner.jobs) == 2
    assert sum(text == LOOP.text for _, text in runner.jobs) >= 20


def test_a_failure_count_survives_a_restart(folder: store.RunFolder) -> None:
    def failing(job: dict[str, Any], _index: int) -> dict[str, Any]:
        return {"state": "failed", "reason": "x"} if "sieve" in job["cells"][0] else {}

    first = FakeRunner(failing)
    rounds_of(folder, first, 60.0, stopping=lambda: len(first.jobs) >= 9).measure()
    second = FakeRunner(failing)
    rounds_of(folder, second, 60.0).measure()
    assert sum("sieve" in text for _, text in first.jobs + second.jobs) == 2


def test_leftovers_disturb_a_round(folder: store.RunFolder) -> None:
    runner = FakeRunner(lambda _job, index: {"leftovers": ["python"]} if index == 0 else {})
    rounds = rounds_of(folder, runner, 60.0)
    rounds.measure()
    assert {record.index for record in rounds.records() if record.disturbed} == {0}


def uneven(tmp_path: Path, *rounds: int, cells: list[store.CellRecord] | None = None) -> store.RunFolder:
    made = manifest(CELLS[: len(rounds)])
    for record, number in zip(made.curves, rounds, strict=True):
        record.rounds = number
    made.cells += cells or []
    return store.RunFolder.create(tmp_path, "machine", made)


def test_a_curve_of_six_rounds_is_in_six_of_ten_and_a_stopped_run_goes_on_with_the_same(tmp_path: Path) -> None:
    first, second, whole = FakeRunner(), FakeRunner(), FakeRunner()
    folder = uneven(tmp_path, 10, 6, 10)
    assert not rounds_of(folder, first, 26.0, stopping=lambda: len(first.jobs) >= 13).measure()
    rounds = rounds_of(store.RunFolder.open(folder.path), second, 26.0)
    assert rounds.measure()
    assert rounds_of(uneven(tmp_path / "whole", 10, 6, 10), whole, 26.0).measure()
    assert sorted(first.jobs + second.jobs) == sorted(whole.jobs)
    measured = [index for index, text in whole.jobs if text == POOL.text]
    assert sorted(measured) == [index for index in range(10) if takes_part(6, index)]
    assert len(whole.jobs) == 26
    assert [set(record.order) for record in rounds.records()] == [
        {0, 1, 2} if takes_part(6, index) else {0, 2} for index in range(10)
    ]


def test_the_round_that_is_next_is_predicted_by_its_own_curves(tmp_path: Path) -> None:
    folder = uneven(tmp_path, 10, 6)
    folder.manifest.curves[1].process_s = 5.0  # a job of one second: the first round takes two instead of 5.5
    rounds = rounds_of(folder, FakeRunner(), 2.0)
    assert rounds._round_s(0) == pytest.approx(5.5)
    assert rounds._round_s(1) == pytest.approx(0.5)
    rounds._measure_round(0, 0)
    assert rounds._round_s(1) == pytest.approx(0.5 * 2 / 5.5)


@pytest.mark.parametrize(
    ("tier", "state", "beyond"), [("core", "left out", 9), ("extended", "left out", 20), ("core", "skipped", 20)]
)
def test_rounds_beyond_the_tenth_take_three_tenths_of_the_time_while_a_core_experiment_is_out(
    tmp_path: Path, tier: str, state: store.manifest.State, beyond: int
) -> None:
    record = store.CellRecord(
        cell="map kernel=json",
        curve=-1,
        experiment="e",
        asked_by=["e"],
        tier=tier,
        target="one",
        state=state,
        reason="why",
    )
    runner = FakeRunner()
    rounds_of(uneven(tmp_path, 10, cells=[record]), runner, 30.0).measure()
    assert len(runner.jobs) == 10 + beyond


def test_a_job_names_the_points_whose_event_is_long(tmp_path: Path) -> None:
    seen: set[tuple[str, ...]] = set()
    folder = uneven(tmp_path, 10, 10)
    folder.manifest.curves[1].long = [POOL.text]

    def noted(job: dict[str, Any], _index: int) -> dict[str, Any]:
        seen.add((*job["cells"], *job["long"]))
        return {}

    rounds_of(folder, FakeRunner(noted), 5.0).measure()
    assert seen == {(LOOP.text,), (POOL.text, POOL.text)}
