"""The sections of questions: which there are, and what they show of whole studies that nobody measured."""

from __future__ import annotations

import functools
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

import pytest

from study.evidence.apart import LeftOut
from study.reports import DataFile, Section
from study.sections import frame
from study.sections.questions import noise, q1, q2, q3, q4, q5, q6
from study.things.questions import QUESTIONS
from tests.made import Made
from tests.made_up_run import run
from tests.synthetic_study import run as whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.blocks import Panel
    from study.evidence import Study
    from study.sections.modules import Question

MODULES = (q1, q2, q3, q4, q5, q6, noise)


@functools.cache
def panels(usable_cpus: int) -> dict[str, Panel]:
    """Every figure of a whole study."""
    made = whole(usable_cpus)
    found = [panel for module in MODULES for panel in frame.panels_of(made, module.panels)]
    assert len({panel.id for panel in found}) == len(found)
    return {panel.id: panel for panel in found}


def test_every_module_of_questions_is_a_question_that_experiments_may_ask() -> None:
    assert {"Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "noise"} <= set(QUESTIONS)
    for name in QUESTIONS:
        module = import_module(f"study.sections.questions.{name.lower()}")
        assert module.RECORD.title
        assert callable(module.panels)


def test_the_six_questions_stand_in_their_order_whatever_was_measured() -> None:
    records = [module.RECORD for module in MODULES[:6]]
    assert [record.name for record in records] == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]
    assert sorted(records, key=lambda record: record.order) == records
    assert all(record.always and record.reader and record.title for record in records)


def test_a_whole_study_has_every_figure_and_each_point_names_for_its_heads() -> None:
    for panel in panels(2).values():
        assert not panel.reason, panel.id
        assert panel.points, panel.id
        assert {len(point.names) for point in panel.points} == {len(panel.heads)}, panel.id
        assert all(point.estimate.low is not None for point in panel.points), panel.id
        marks = [(point.names, point.facet) for point in panel.points]
        assert len(set(marks)) == len(marks), panel.id


def test_on_one_cpu_nothing_is_said_to_gain_by_running_side_by_side() -> None:
    found = panels(1)
    assert "one usable CPU" in found["q1-pools"].title
    assert found["q1-speedup"].side_by_side == found["q1-pools"].side_by_side == "gains"


def test_what_is_shown_stands_before_what_is_not() -> None:
    shown = next(iter(panels(2).values()))
    missing = replace(shown, points=(), reason="it was not measured")
    assert list(frame.drawn_first([missing, shown])) == [shown, missing]


def test_an_axis_of_times_begins_at_0_unless_it_is_logarithmic() -> None:
    rows = [panel for panel in panels(2).values() if panel.kind == "rows" and panel.id != "noise-pairs"]
    assert {panel.log_y for panel in rows} == {True, False}
    for panel in rows:
        assert panel.log_y is not (0.0 in panel.include), panel.id


def test_speedups_stand_for_other_runs_too() -> None:
    assert all(panel.beside is name.startswith("q1-") for name, panel in panels(2).items())


def sections(files: Iterable[DataFile] | None) -> Section:
    module = ModuleType("study.sections.questions.q6")
    module.RECORD = replace(q6.RECORD, programs=())  # type: ignore[attr-defined]
    module.panels = lambda _evidence: ()  # type: ignore[attr-defined]
    if files is not None:
        module.files = lambda _study: tuple(files)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "verdicts", lambda _run: ())
        made = frame.section(cast("Study", Made(subject=run(()), left_out=LeftOut())), cast("Question", module))
    assert made is not None
    return made


def test_a_question_may_have_files_of_numbers() -> None:
    file = DataFile(name="x.csv", about="x", rows=())
    assert sections((file,)).files == (file,)
    assert sections(None).files == ()
