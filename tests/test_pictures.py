"""Many figures are drawn by two processes: the same pictures, and the same lines where one cannot be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.draw import draw_for_paper, draw_for_screen
from study.report import pictures
from tests import known_forms as known
from tests import synthetic_report as synthetic

if TYPE_CHECKING:
    import pytest

    from study.blocks import Figure
    from study.draw import Drawn

SEVERAL = tuple(replace(known.FALL, id=f"fall-{number}") for number in range(6))
BROKEN = replace(known.RING, id="broken")
_FIRST = synthetic.report().sections[0]
REPORT = replace(synthetic.report(), sections=(replace(_FIRST, blocks=(*SEVERAL, BROKEN)),))


def drawn(figure: Figure) -> Drawn:
    if figure.id == "broken":
        raise ValueError(figure.id)
    return draw_for_screen(figure)


def test_two_processes_draw_what_one_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "draw_for_screen", drawn)
    alone = pictures.pictures(REPORT, REPORT)
    monkeypatch.setattr(pictures, "MANY", 2)
    monkeypatch.setattr(pictures, "spare_cpus", lambda: 1)
    assert pictures.pictures(REPORT, REPORT) == alone
    assert list(alone.drawn) == [figure.id for figure in SEVERAL]
    assert list(alone.refused) == ["broken"]


def test_paper_has_pictures_of_its_own_figures_alone() -> None:
    printed = replace(REPORT, sections=(replace(_FIRST, blocks=SEVERAL[:2]),))
    drawn = pictures.pictures(REPORT, printed).drawn
    assert [name for name, picture in drawn.items() if picture.paper] == ["fall-0", "fall-1"]
    assert all(picture.wide and picture.narrow for picture in drawn.values())


def test_paper_has_a_figure_as_it_was_made_for_paper() -> None:
    half = replace(known.FALL, id="fall-0", span="half")
    printed = replace(REPORT, sections=(replace(_FIRST, blocks=(half,)),))
    assert pictures.pictures(REPORT, printed).drawn["fall-0"].paper == draw_for_paper(half)
