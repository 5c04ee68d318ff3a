"""CPU seconds of all who do the work: utilisation, and what a task costs. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.cell import Cell
from study.sections.questions import q1
from tests.made_up_run import evidence, measured

if TYPE_CHECKING:
    from study.blocks import Panel
    from study.table import CellData

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=140)
POOL = Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="fork", workers=2, tasks=280)


def counted(cell: Cell, seconds: float, busy: float) -> CellData:
    """A cell whose workers kept so many CPUs busy in every process."""
    made = measured(cell, seconds)
    each = {"cpu_time_us": round(busy * 1_000_000), "elapsed_us": 1_000_000}
    return replace(made, outcomes=tuple(each for _ in made.rounds))


def panels(*cells: CellData) -> dict[str, Panel]:
    return {panel.id: panel for panel in q1.panels(evidence(*cells))}


def test_utilisation_is_the_cpu_time_of_all_workers_over_the_time_of_all_cpus() -> None:
    found = panels(measured(LOOP, 1.0), counted(POOL, 1.1, 1.8))["q1-utilisation"]
    assert [point.estimate.point for point in found.points] == pytest.approx([0.9])
    assert found.points[0].estimate.unit == "share"
    assert found.title.startswith("Of 2 CPUs' time fannkuch takes: Pool, fork 90 %")


def test_the_cost_of_a_task_is_its_cpu_seconds_over_those_of_the_loop() -> None:
    """140 tasks take the loop 0.9 CPU seconds; 280 take the workers 1.2 s on 1.8 CPUs, 2.16: by the task 1.2 times as many."""
    found = panels(counted(LOOP, 1.0, 0.9), counted(POOL, 1.2, 1.8))["q1-cpu-cost"]
    assert [point.estimate.point for point in found.points] == pytest.approx([1.2])
    assert "fannkuch in Pool, fork 1.2" in found.title


def test_what_was_not_counted_in_every_process_is_not_told() -> None:
    odd = counted(POOL, 1.1, 1.8)
    odd = replace(odd, outcomes=(*odd.outcomes[1:], {}))
    assert not {"q1-utilisation", "q1-cpu-cost"} & set(panels(counted(LOOP, 1.0, 1.0), odd))
