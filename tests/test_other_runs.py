"""What stands of other runs beside the one that the report is about. Every run, verdict and figure here is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from study.blocks import Panel, PanelPoint, Prose, Table, Verdict
from study.reports import Record
from study.sections import other_runs
from study.store import RoundRecord, TargetRecord
from study.things.looks import SAME
from tests.estimates import estimate_of
from tests.test_sections_of_runs import run, study

if TYPE_CHECKING:
    from study.evidence import Evidence, Run

ONE_AND_TWO = [TargetRecord(name="one", facts={}), TargetRecord(name="two", facts={})]


def verdict(question: str, target: str, *, point: bool = True) -> Verdict:
    return Verdict(
        claim="c", question=question, statement="", decision="refuted", sentence="", strength="", typical=None, cells=(),
        average=estimate_of(1.0, 3.0) if point else estimate_of(None, None), target=target, headline=True,
    )  # fmt: skip


def panel(identity: str, *, beside: bool = True, point: float | None = 2.0) -> Panel:
    estimate = replace(estimate_of(1.0, 3.0), point=point)
    return Panel(
        id=identity, title="faster", side_by_side="gains", subtitle="", kind="rows", heads=("what",), beside=beside,
        points=(PanelPoint(names=("x",), look=SAME, estimate=estimate),),
    )  # fmt: skip


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    if evidence.run.id == "broken":
        raise ZeroDivisionError
    return panel("speed"), panel("apart", beside=False), panel("nothing", point=None)


QUESTIONS = tuple(
    SimpleNamespace(__name__=f"x.{name.lower()}", RECORD=Record(order=1, name=name, title=title), **drawn)
    for name, title, drawn in (("Q1", "Why?", {"beside": panels}), ("Q2", "How?", {}))
)
"""Of other runs no figure is made that does not stand beside: nobody asks for `panels`."""


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(question: Any, run: Run, target: str) -> Verdict | None:
        if run.id == "broken":
            raise ZeroDivisionError
        if question.RECORD.name == "Q2" and run.machine == "box":
            return verdict("Q2", target, point=False)
        return verdict(question.RECORD.name, "one")

    monkeypatch.setattr(other_runs, "answer", answer)
    monkeypatch.setattr(other_runs, "answered", lambda: QUESTIONS)
    monkeypatch.setattr(other_runs, "questions", lambda: QUESTIONS)


def answers(*runs: Run) -> list[list[str]]:
    """The first three columns of the table of answers; the first runs in it are two of their own."""
    (table,) = (block for block in other_runs.section(study(*runs)).blocks if isinstance(block, Table))
    assert table.id == "other-runs-table"
    return [[str(item.value) for item in row[:3]] for row in table.rows]


def test_each_question_has_the_verdicts_of_every_run_and_interpreter_that_have_a_number_for_it() -> None:
    first, second = run(), run("tower/other", finished="2026-02-01T10:00:00Z", state="finished", targets=ONE_AND_TWO)
    found = answers(first, second)
    assert [row[0] for row in found] == ["Q1 Why?", "Q1", "Q2 How?"]
    assert [row[1].partition(",")[0] for row in found] == ["box", "tower", "tower"]  # box has no number for Q2
    assert {row[2] for row in found} == {"one"}  # what stands for 'two' was said of 'one'
    assert found[1][1] == "tower, 2026-02-01 10:00 UTC"
    assert "(unfinished)" in found[0][1]


def test_a_row_has_the_decision_the_number_and_what_must_be_known_of_the_run() -> None:
    fake = run("tower/fake", simulated=True, machine={"cpu_model": "EPYC", "logical_cpus": 2})
    (table,) = (block for block in other_runs.section(study(run(), fake)).blocks if isinstance(block, Table))
    row = table.rows[1]
    assert row[1].small.startswith("EPYC, 2 CPUs · SIMULATED: ")
    assert (row[3].value, row[3].decision, row[4].value) == ("refuted", "refuted", estimate_of(1.0, 3.0))
    assert row[0].href == "#q1"


def test_of_a_run_in_which_nothing_is_amiss_nothing_is_said_beside_it() -> None:
    rounds = [RoundRecord(index=index, attempt=0, order=[], elapsed_s=1.0) for index in range(10)]
    whole = run("tower/whole", state="finished", finished="2026-02-01T10:00:00Z", rounds=rounds, machine={})
    (table,) = (block for block in other_runs.section(study(run(), whole)).blocks if isinstance(block, Table))
    assert table.rows[1][1].small == ""


def test_alone_a_run_has_nothing_beside_it() -> None:
    about, table = other_runs.section(study(run())).blocks
    assert isinstance(about, Prose)
    assert isinstance(table, Table)
    assert not table.rows
    assert table.empty == "There is no other run to stand beside this one."


def test_figures_of_other_runs_say_whose_they_are_and_only_those_that_stand_beside_are_shown() -> None:
    found = other_runs.section(study(run(), run("tower/other", targets=ONE_AND_TWO), run("tower/third"))).blocks
    shown = [(block.id, block.title) for block in found if isinstance(block, Panel)]
    assert shown == [
        ("speed-r2-t1", "tower, one: faster"),
        ("speed-r2-t2", "tower, two: faster"),
        ("speed-r3-t1", "tower, one: faster"),
    ]


def test_a_run_that_cannot_be_analysed_takes_no_other_with_it() -> None:
    made = study(run(), run("tower/broken"), run("tower/third"))
    found = other_runs.section(made).blocks
    assert [block.id for block in found if isinstance(block, Panel)] == ["speed-r3-t1"]
    (table,) = (block for block in found if isinstance(block, Table))
    assert len(table.rows) == 3
    assert {reason.partition(":")[0] for reason in made.left_out.reasons} == {"tower/broken"}
