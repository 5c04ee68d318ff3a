"""Numbers to remember: that their averages are of one sitting is said above them, and how often its brackets hold another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.sections import numbers
from study.sections.sittings import Held, NextRun
from tests.synthetic_study import run
from tests.test_numbers import study, table_of

if TYPE_CHECKING:
    import pytest


def test_an_average_is_called_one_of_a_sitting_and_how_often_its_bracket_holds_another_s_is_told_where_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def heads() -> list[str]:
        return [head for head, _ in table_of(numbers.section(study(run()))).heads]

    assert heads() == ["What", "Average of this sitting", "Measured as"]
    monkeypatch.setattr(numbers, "next_run", lambda *_: NextRun(7, Held(34, 100), Held(0, 0)))
    assert heads()[1] == "Average of this sitting; 34 % of brackets hold another's"
