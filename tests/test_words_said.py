"""What is said beside a number: under which default, in which place, of how many tasks and workers. Every time is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.cell import Cell
from study.sections.questions import dispatch_words, q2_words, q4, q5_words, q6_words, sharing_words
from tests.made_up_run import evidence, measured
from tests.test_words import EACH, LOOP, PRINTED, SENT, THREADS, with_default


@pytest.mark.parametrize("hangs", [True, False])
def test_that_the_program_hangs_in_a_notebook_is_told_where_it_did_under_the_default(*, hangs: bool) -> None:
    cell = Cell(pattern="pasted_program", backend="processes", start_method="forkserver", variant="q5.notebook")
    counts = [{"trials": 1, "hangs" if hangs else "works": 1}] * 8
    made = with_default("forkserver", measured(cell, 1.0, outcomes=counts))
    assert ("In a notebook the program below hangs (Pasted)." in q5_words.lede(made)) is hangs
    elsewhere = with_default("fork", measured(cell, 1.0, outcomes=counts))
    assert "notebook" not in q5_words.lede(elsewhere)


def test_how_a_with_block_ends_a_pool_is_told() -> None:
    assert "the end of a `with` block does not wait, it ends them (`terminate()`)" in str(q5_words.plain(evidence())[0])


def test_a_difference_within_what_equal_cells_differ_by_is_not_called_slower() -> None:
    for threads_s in (1.001, 1.02, 0.98):
        found = q2_words.answer(evidence(measured(LOOP, 1.0), measured(THREADS, threads_s)))
        assert "slower" not in found
        assert "faster" not in found


def test_a_cost_of_an_empty_task_says_of_how_many() -> None:
    many = replace(SENT, tasks=512)
    assert "One of 512 empty tasks costs 16" in dispatch_words.answer(evidence(measured(many, 512 * 16e-6)))
    (panel,) = [
        panel
        for panel in q4.panels(evidence(measured(EACH, 8e-3), measured(SENT, 8e-4), question="Q4"))
        if panel.id == "q4-per-task"
    ]
    assert panel.title.startswith("One of 8 tasks that do nothing costs ")
    assert {drawn.names[0] for drawn in panel.points} == {
        "a process for each task, 2 at a time", "a pool that lives on, one task a message",
    }  # fmt: skip


def test_what_the_program_prints_is_what_its_default_printed_most_often() -> None:
    ways = [(PRINTED, "2134"), (replace(PRINTED, start_method="forkserver"), "1234")]
    cells = [measured(cell, 1e-3, outcomes=[{"trials": 10, f"order_{order}": 10}] * 8) for cell, order in ways]
    for default, first in (("fork", 2), ("forkserver", 1), ("", 2), ("spawn", 2)):
        (text,) = q6_words.printed(with_default(default, *cells)).values()
        assert text.startswith(f"Process {first}: ")


@pytest.mark.parametrize(("alone_s", "ends"), [(250e-6, ": 200× as much, alone 1000"), (None, ": 200× as much")])
def test_what_a_manager_costs_is_told_for_as_many_as_want_it_and_alone(alone_s: float | None, ends: str) -> None:
    value = Cell(pattern="contend", backend="processes", start_method="fork", workers=2, variant="value")
    manager = replace(value, variant="manager")
    cells = [measured(value, 1e-6), measured(manager, 200e-6), measured(replace(value, workers=1), 250e-9)]
    cells += [] if alone_s is None else [measured(replace(manager, workers=1), alone_s)]
    found = sharing_words.answer(evidence(*cells))
    assert found.startswith("With two processes at once an increment through a Manager costs ")
    assert ends in found
    assert ("alone" in found) is (alone_s is not None)
