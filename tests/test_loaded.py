"""What the page says where others took the CPUs: numbers, the reason, and nothing concluded. Every time is made up."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from study import stats
from study.sections import frame, modules
from study.sections.questions import steady, steady_words
from tests.synthetic_study import CALM, LOAD, SAID, run

if TYPE_CHECKING:
    import numpy as np
    import pytest
    from numpy.typing import NDArray

    from study.blocks import Panel

SIDE_BY_SIDE = {
    "dispatch-calls", "dispatch-chunks", "dispatch-modes", "dispatch-peers", "dispatch-recycled", "dispatch-uneven",
    "grain-break-even", "grain-efficiency", "grain-law", "grain-metg", "messages-bandwidth", "messages-events",
    "length-added", "length-break-even", "length-speedup", "q1-cpu-cost", "q1-pools", "q1-speedup", "q1-utilisation",
    "q2-busy", "q4-chunks", "q4-per-task", "q5-break-even", "q5-parts", "scaling-capacity",
    "scaling-kernels", "scaling-laws", "scaling-siblings", "scaling-split", "scaling-waterfall", "scaling-weak",
    "scaling-weak-fraction",
    "scaling-windows", "scaling-within", "sharing-arrays",
    "sharing-contended", "sharing-objects", "start-pools", "steady-cold", "workers-beyond", "workers-libraries",
}  # fmt: skip
"""Figures whose titles speak of things side by side."""
ALONE = {
    "memory-copied", "memory-growth", "memory-kinds", "memory-workers", "messages-forms", "messages-latency",
    "messages-modes", "messages-pickling", "messages-segments-bandwidth", "messages-segments-half",
    "messages-segments-latency", "messages-sizes", "noise-pairs", "q2-costs", "q3-lifecycle", "q6-orders", "q6-promises",
    "scaling-classes", "start-growth", "start-lazy", "start-lives", "start-modes", "start-parents", "start-variants",
    "workers-defaults",
}  # fmt: skip
"""Figures whose titles speak of one process at a time, of bytes or of counts."""


@functools.cache
def panels(foreign_cpus: float) -> dict[str, list[Panel]]:
    """Every figure of a whole study, by its id; several of one kind count as one."""
    found: dict[str, list[Panel]] = {}
    for module in modules.questions():
        for panel in frame.panels_of(run(2, foreign_cpus), module.panels):
            found.setdefault("q1-pools" if panel.id.startswith("q1-pools") else panel.id, []).append(panel)
    return found


def test_a_question_makes_for_other_runs_the_figures_that_say_so_and_no_other_question_makes_any() -> None:
    evidence = run(2, CALM).of(run(2, CALM).targets[0])
    asked = {module.__name__: getattr(module, "beside", lambda _: ()) for module in modules.questions()}
    for module in modules.questions():
        wanted = [panel for panel in module.panels(evidence) if panel.beside]
        assert [panel for panel in asked[module.__name__](evidence) if panel.beside] == wanted, module.__name__
    assert sum(bool(make(evidence)) for make in asked.values()) > 1


def test_figure_and_answer_classify_the_processes_of_a_cell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To cut a long series takes long."""
    evidence = replace(run(2, CALM)).of(run(2, CALM).targets[0])  # of which nobody asked before
    cut: list[int] = []
    classify = stats.classify_processes

    def counted(table: NDArray[np.float64]) -> stats.ProcessesClass | None:
        cut.append(len(table))
        return classify(table)

    monkeypatch.setattr(stats, "classify_processes", counted)
    drawn = steady.panels(evidence)
    once = len(cut)
    assert once
    assert drawn
    assert steady_words.answer(evidence)
    assert len(cut) == once


def said(name: str, foreign_cpus: float) -> list[tuple[str, ...]]:
    """Title and notes of each figure of one kind."""
    return [(panel.title, *panel.notes) for panel in panels(foreign_cpus)[name]]


def beside() -> set[str]:
    """Figures that say that they speak of things side by side; a new one need not be named above."""
    return {name for name, several in panels(CALM).items() if several[0].side_by_side != "nothing"}


def test_every_figure_says_whether_it_speaks_of_things_side_by_side() -> None:
    assert set(panels(CALM)) >= SIDE_BY_SIDE | ALONE
    assert beside() >= SIDE_BY_SIDE
    assert not beside() & ALONE


def test_where_others_took_the_cpus_no_title_about_things_side_by_side_is_a_finding() -> None:
    for name in beside() - {"scaling-laws"}:
        for title, *notes in said(name, LOAD):
            assert SAID in title, name
            assert "[" not in title + "".join(notes), name
    for name in set(panels(LOAD)) - beside():
        assert said(name, LOAD) == said(name, CALM), name
    assert "No law of scaling is fitted" in str(said("scaling-laws", LOAD))


def test_their_numbers_are_shown_all_the_same() -> None:
    calm, busy = (
        [(name, [panel.points for panel in several]) for name, several in panels(load).items()] for load in (CALM, LOAD)
    )
    assert calm == busy
