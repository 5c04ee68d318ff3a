"""Numbers to remember and the answers: their averages are of one sitting, and how often its bracket holds another's is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Prose
from study.sections import answers, numbers
from study.sections.sittings import Held, NextRun
from tests.synthetic_study import run
from tests.test_answers import NUMBER
from tests.test_numbers import study, table_of
from tests.test_sections_of_runs import study as whole

if TYPE_CHECKING:
    import pytest


def test_an_average_to_remember_is_called_one_of_this_sitting() -> None:
    made = table_of(numbers.section(study(run())))
    assert [head for head, _ in made.heads] == ["What", "Average of this sitting", "Measured as"]


def test_how_often_a_bracket_holds_another_sitting_s_time_is_told_where_sittings_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told() -> str:
        last = answers.section(whole(run())).blocks[-1]
        assert isinstance(last, Prose)
        return last.text

    monkeypatch.setattr(answers, "next_run", lambda *_: NextRun(7, Held(34, 100), Held(0, 0)))
    assert "bracket holds another's" not in told()
    monkeypatch.setattr(answers, "known_ratios", lambda *_: {("one", "q1"): replace(NUMBER, n=7)})
    assert "from 7 sittings of this machine" in told()
    assert "One's bracket holds another's time in 34 %." in told()
