"""Where whatever was tried is slower than the plain loop, no part of the report advises it, or foretells a gain."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from study.sections import choices_of_workers, foreteller
from study.sections.foretold import in_closed_form
from study.sections.questions import q1_words
from study.things.backends import CALL
from tests import synthetic_study

if TYPE_CHECKING:
    import pytest

    from study.evidence import Evidence

TIMES = 8.0
"""By which every map that several workers share takes longer than the law has it."""


@cache
def slow() -> Evidence:
    run = synthetic_study.run(4)
    cells = {
        key: replace(data, values=data.values * TIMES)
        if data.cell.pattern == "map" and data.cell.backend != CALL.name
        else data
        for key, data in run.cells.items()
    }
    return replace(run, cells=cells).of(synthetic_study.TARGET)


def test_no_number_of_workers_is_advised() -> None:
    advice = choices_of_workers.how_many(slow())
    assert not isinstance(advice, str)
    assert advice.answer.startswith("None, since a plain loop is faster with any that was measured, for ")
    assert "one for each usable CPU" not in advice.answer
    usual = choices_of_workers.how_many(synthetic_study.run(4).of(synthetic_study.TARGET))
    assert not isinstance(usual, str)
    assert "plain loop" not in usual.answer


def test_the_kinds_of_work_without_a_gain_are_counted_once() -> None:
    said = q1_words.lede(slow())
    assert "none of " in said
    assert "No gain is seen" not in said


def test_what_is_far_from_the_jobs_of_its_own_run_foretells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = synthetic_study.run(2).of(synthetic_study.TARGET)
    tried = in_closed_form(evidence)
    assert tried
    for factor, is_known in ((1.0, True), (3.0, False)):
        moved = tuple(job._replace(measured_s=job.foretold_s * factor) for job in tried)
        monkeypatch.setattr(foreteller, "in_closed_form", lambda _, moved=moved: moved)
        foreteller.foreteller_of.cache_clear()
        assert (foreteller.foreteller_of(evidence) is not None) is is_known
    foreteller.foreteller_of.cache_clear()
