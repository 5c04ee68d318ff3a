"""Sentences that count things, where there is one of them: "1 cell", never "1 cells"."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study import loaded, store
from study.advise import outcome
from study.compare import comparison, ladder, written
from study.compare.history import history_of
from study.compare.history_told import step_in_words
from study.compare.shown import Show
from study.run import outlook, sitting
from study.run.looks import Looks
from tests.kept_runs import CELLS, EPYC, PYTHON, kept, several

if TYPE_CHECKING:
    from pathlib import Path


def fake(**fields: object) -> Any:
    return SimpleNamespace(**fields)


class Heard:
    """Who is told something."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """Keep it."""
        self.lines.append(line)


@pytest.mark.parametrize(("foreign", "said"), [(1.0, "Others kept 1 CPU busy"), (2.0, "Others kept 2 CPUs busy")])
def test_advice_of_a_busy_machine(foreign: float, said: str) -> None:
    (line,) = outcome._busy(fake(probed=fake(foreign=foreign)))
    assert line.startswith(said)


@pytest.mark.parametrize(("taken", "said"), [(1.0, "others took 1 CPU on"), (0.5, "others took 0.5 CPUs on")])
def test_what_others_took_meanwhile(taken: float, said: str) -> None:
    assert loaded.load(taken).startswith(said)


def test_values_and_warm_ups_of_processes_that_measured_differently(tmp_path: Path) -> None:
    first, second = (
        ladder.Side(run=store.summary_of(kept(tmp_path, number=number, values=number, warmups=number).path), target=PYTHON)
        for number in (1, 2)
    )  # fmt: skip
    assert "(1 value after 1 warm-up, 2 values after 2 warm-ups)" in ladder.comparability(first, second).why


def test_one_disturbed_round_calls_nothing(tmp_path: Path) -> None:
    for disturbed, said in (
        (1, "1 of the 4 rounds of this was disturbed"),
        (2, "2 of the 4 rounds of this were disturbed"),
    ):
        run = store.summary_of(kept(tmp_path, number=disturbed, rounds=4, disturbed=disturbed).path)
        assert ladder.unfit(run).replace(run.name, "this").startswith(said)


def test_one_cell_of_other_programs() -> None:
    one, two = (comparison._nothing(fake(other_programs=number)) for number in (1, 2))
    assert "are not the same in the one cell that both have" in one
    assert "are not the same in any of the 2 cells that both have" in two


def test_one_statement_in_markdown(tmp_path: Path) -> None:
    runs = [store.summary_of(run.path) for run in several(tmp_path, 2)]
    first, second = (ladder.Side(run=run, target=PYTHON) for run in runs)
    made = comparison.compared(first, second, comparison.Wish(), runs, dict)
    agreed = fake(decided=1, agree=1, differ=())
    assert "1 statement is decided on both" in written.markdown_of([(made, agreed, ())], None, Show())


def test_one_cell_of_a_history(tmp_path: Path) -> None:
    several(tmp_path, 6, cells=CELLS[:1])
    several(tmp_path, 6, begin=7, facts={**EPYC, "kernel": "7.0"}, factors=1.3, cells=CELLS[:1])
    (found,) = history_of(store.summary_of(path) for path in store.run_folders(tmp_path))
    assert "in the middle of 1 cell;" in step_in_words(found, found.steps[0]).replace(":", ";")


def test_one_process_a_round_for_one_cell() -> None:
    curve = fake(cells=(fake(text="noop"),), id="c", experiment="q1", target="one", rounds=10, tier="core")
    plan = fake(curves=[curve], round_s=1.0, rounds=10, quick=False)
    made = fake(machine_name="box", wishes=fake(budget_s=60.0))
    assert "box: 1 process a round for 1 cell," in outlook._summary(made, cast("Any", plan), 0.0)
    plan.curves *= 2
    assert "box: 2 processes a round for 2 cells," in outlook._summary(made, cast("Any", plan), 0.0)


def test_one_cell_that_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "_summary", lambda *_: "")
    absent = [
        fake(experiment="q1", state="skipped", reason="no fork"),
        *[fake(experiment="q2", state="skipped", reason="so")] * 2,
    ]
    made = fake(
        expansion=lambda: None,
        calibrated=lambda _: (fake(curves=[], absent=absent), 0.0),
        stopping=False,
        wishes=fake(results=tmp_path),
        machine_name="box",
        experiments=[],
    )
    lines = outlook.outlook(made).splitlines()
    assert "  q1: 1 cell skipped: no fork" in lines
    assert "  q2: 2 cells skipped: so" in lines


@pytest.mark.parametrize(("count", "said"), [(1, "1 process is measured"), (2, "2 processes are measured")])
def test_one_process_of_a_run_that_goes_on(count: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = fake(of_kind=lambda _: [None] * count)
    folder = fake(name="box/run", manifest=fake(machine={}), journal=lambda: journal)
    monkeypatch.setattr(store, "unfinished", lambda *_: folder)
    monkeypatch.setattr(sitting, "changed_since", lambda *_: ())
    monkeypatch.setattr(sitting, "_note_changes", lambda *_: None)
    heard = Heard()
    made = fake(progress=heard, wishes=fake(results="r", fresh=False), machine_name="box", machine_facts={})
    assert sitting._continued(made) is folder
    assert heard.lines == [f"continuing box/run: {said}"]


@pytest.mark.parametrize(
    ("cells", "said"), [(("a",), "1 of 1 cell is decided"), (("a", "b"), "1 of 2 cells are decided")]
)
def test_one_cell_of_a_gate(cells: tuple[str, ...], said: str) -> None:
    heard = Heard()
    gate = fake(
        gate=fake(looks=(10, 20)),
        _looked=5,
        _means=dict,
        looking=fake(settled=lambda *_: {"a": None}),
        _seen=fake(of_process=lambda _: 1.0),
        curves=[],
        manifest=fake(curves=[fake(cells=cells)]),
        progress=heard,
        _open_events=lambda _: [],
    )
    Looks._look(gate, 10)
    assert heard.lines == [f"  after 10 rounds {said}"]
