"""Many figures are drawn by two processes: the same pictures, and the same lines where one cannot be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from study.report import pictures
from tests import known_forms as known

if TYPE_CHECKING:
    import pytest

    from study.reports import Report

REPORT = cast("Report", None)


def test_two_processes_draw_what_one_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    several = [replace(known.FALL, id=f"fall-{number}") for number in range(6)]
    broken = replace(known.RING, id="broken", small=cast("Any", None))
    monkeypatch.setattr(pictures, "drawn_figures", lambda _: iter([*several, broken]))
    alone = pictures.pictures(REPORT)
    monkeypatch.setattr(pictures, "_MANY", 2)
    assert pictures.pictures(REPORT) == alone
    assert list(alone.drawn) == [figure.id for figure in several]
    assert list(alone.refused) == ["broken"]
