"""When what ran side by side is left open, and what counts as that. Pure rules, without a page."""

from __future__ import annotations

import pytest

from study import loaded
from study.cell import Cell

ALONE = Cell(pattern="map", kernel="fannkuch", tasks=4)


def pool(workers: int) -> Cell:
    return Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="spawn", workers=workers, tasks=4)


@pytest.mark.parametrize(
    ("speaks_of", "usable_cpus", "taken_cpus", "is_open"),
    [
        ("gains", 2, 0.1, False),
        ("gains", 2, 0.5, False),
        ("gains", 2, 0.51, True),
        ("gains", 2, None, False),
        ("gains", 1, 0.0, True),
        ("costs", 1, 0.0, False),
        ("costs", 2, 0.51, True),
        ("nothing", 1, 9.0, False),
    ],
)
def test_what_ran_side_by_side_is_left_open_where_others_took_half_a_cpu_or_there_is_but_one(
    speaks_of: str, usable_cpus: int, taken_cpus: float | None, is_open: bool
) -> None:
    why = loaded.left_open(speaks_of, usable_cpus, taken_cpus)  # type: ignore[arg-type]
    assert bool(why) == is_open
    assert (why == loaded.ONE_CPU) == (is_open and usable_cpus == 1)


@pytest.mark.parametrize(
    ("cell", "usable_cpus", "beside"),
    [
        (ALONE, 8, False),
        (pool(1), 8, False),
        (pool(2), 8, True),
        (pool(0), 8, True),  # the library's default: one for each CPU
        (pool(0), 1, False),
        (Cell(pattern="map", kernel="matmul", library_threads=2), 8, True),
        (Cell(pattern="stream", backend="processes", start_method="spawn"), 8, True),
        (Cell(pattern="memory", backend="pool", start_method="spawn", workers=4), 8, False),
    ],
)
def test_more_than_one_worker_that_wants_a_cpu_runs_side_by_side(cell: Cell, usable_cpus: int, beside: bool) -> None:
    assert loaded.runs_side_by_side(cell, usable_cpus) == beside


def test_rounds_that_do_not_tell_what_others_took_are_left_out_of_the_average() -> None:
    assert loaded.foreign_cpus([0.2, None, 0.4]) == pytest.approx(0.3)
    assert loaded.foreign_cpus([None, None]) is None


@pytest.mark.parametrize(("workers", "usable_cpus", "reach"), [(1, 2, 2), (2, 2, 2), (4, 2, 2), (5, 2, 3), (3, 1, 3)])
def test_load_reaches_as_far_as_there_are_cpus_or_workers_for_each(workers: int, usable_cpus: int, reach: int) -> None:
    assert loaded.reach([ALONE, pool(workers)], usable_cpus) == reach
