"""Jobs of ever more work: where a pool breaks even, and what making it adds. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.cell import Cell
from tests.made_up_run import SCATTER, measured
from tests.topic_cells import panel, points_of

if TYPE_CHECKING:
    from study.table import CellData

SPINS = (1000, 10_000, 100_000, 1_000_000)
SPIN_S = 25e-9
LIFE_S = 5e-3
LOOP = Cell(pattern="map", kernel="spin", tasks=4)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2, tasks=8)
MADE = replace(POOL, variant="made")


def share_s(spins: int) -> float:
    """Seconds of one worker's four tasks."""
    return 4 * spins * SPIN_S


def cells(*, life_s: float = LIFE_S) -> list[CellData]:
    made = []
    for spins in SPINS:
        made.append(measured(replace(LOOP, spins=spins), share_s(spins)))
        made.append(measured(replace(POOL, spins=spins), share_s(spins) + 1e-4))
        made.append(measured(replace(MADE, spins=spins), share_s(spins) + 1e-4 + life_s))
    return made


def test_speedups_are_of_tasks_a_second_and_grow_with_the_job() -> None:
    points = points_of(panel("length-speedup", *cells()))
    known = [points[names] for names in points if names[0] == "a running pool, fork"]
    assert known == pytest.approx([2 * share_s(spins) / (share_s(spins) + 1e-4) for spins in SPINS])
    assert panel("length-speedup", *cells()).title.startswith("Jobs of ")


def test_the_ceiling_is_what_independent_processes_achieve() -> None:
    alone = Cell(
        pattern="capacity",
        kernel="spin",
        backend="processes",
        start_method="fork",
        tasks=4,
        spins=SPINS[-1],
        part="busy",
    )
    together = [measured(alone, 1.0), measured(replace(alone, workers=2), 1.25)]
    references = {mark.label: mark.at for mark in panel("length-speedup", *cells(), *together).references}
    assert references["independent processes"] == pytest.approx(1.6)


def test_a_job_breaks_even_where_it_takes_as_long_as_the_plain_loop() -> None:
    points = points_of(panel("length-break-even", *cells()))
    made = points["a pool made for the job, fork",]
    assert made is not None
    assert share_s(SPINS[1]) < made < share_s(SPINS[2])  # it adds 5.1 ms; the loop takes two shares
    assert points["a running pool, fork",] is None  # it is faster at the shortest job too


def test_a_pool_that_is_slower_at_every_length_says_so() -> None:
    found = panel("length-break-even", *cells(life_s=10.0))
    (reason,) = {point.estimate.reason for point in found.points if point.names[0].startswith("a pool made")}
    assert reason == "slower than the plain loop at the longest job measured too"


def test_what_making_a_pool_adds_is_the_difference_at_the_shortest_job() -> None:
    points = points_of(panel("length-added", *cells()))
    assert points == pytest.approx({("fork",): LIFE_S * SCATTER.mean()}, rel=0.02)
