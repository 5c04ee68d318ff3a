"""What a section says was tried of a question's cells, and by how many processes. Every time is made up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from study.cell import Cell
from study.sections import build, frame
from tests.made_up_run import measured

if TYPE_CHECKING:
    from study.evidence import Run

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=4)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [([], "no process"), ([8, 8], "8 processes each"), ([8, 3, 5], "3 to 8 processes each")],
)
def test_where_cells_have_different_numbers_of_processes_the_least_and_the_most_are_said(
    sizes: list[int], said: str
) -> None:
    assert build.processes(measured(LOOP, [1.0] * size) for size in sizes) == said


@pytest.mark.parametrize(
    ("state", "means", "tried"),
    [
        ("done", (1.0,), True),
        ("failed", (), True),
        ("timed out", (), True),
        ("skipped", (), False),
        ("left out", (), False),
        ("outstanding", (), False),
        ("outstanding", (1.0,), True),
    ],
)
def test_a_cell_was_tried_where_it_has_times_or_failed_or_ran_out_of_time(
    state: str, means: tuple[float, ...], tried: bool
) -> None:
    cell = SimpleNamespace(experiments=("q1-scaling",), state=state, process_means=means)
    other = SimpleNamespace(experiments=("q2-code",), state="done", process_means=(1.0,))
    experiments = [SimpleNamespace(id="q1-scaling", question="Q1"), SimpleNamespace(id="q2-code", question="Q2")]
    run = cast("Run", SimpleNamespace(experiments=experiments, summaries=[cell, other]))
    asked, found = map(list[object], frame._cells_of(run, "q1"))
    assert (asked, found) == ([cell], [cell] if tried else [])
