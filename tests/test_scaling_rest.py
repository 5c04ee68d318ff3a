"""How near a speedup comes to what the machine gives, and what took the rest: every time here is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.cell import Cell
from tests.made_up_run import SCATTER, measured
from tests.topic_cells import panel, points_of

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=140)
POOL = replace(LOOP, backend="pool", start_method="fork")
ALONE = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", tasks=140, part="busy")
JOB = (
    measured(LOOP, 1.0),
    measured(POOL, 1.03),
    measured(replace(POOL, workers=2, tasks=280), 1.25),
    measured(ALONE, 0.5),
    measured(replace(ALONE, workers=2), 0.55),
    measured(replace(ALONE, workers=2, part="makespan"), 0.56),
)
"""A worker's share takes one second in the loop; of two workers each takes a quarter more."""


def test_the_parts_of_a_share_are_each_measured_apart_and_together_what_it_took() -> None:
    parts = {names[1]: seconds for names, seconds in points_of(panel("scaling-waterfall", *JOB)).items()}
    whole = SCATTER.mean()
    assert parts["the work, as in the plain loop"] == pytest.approx(1.0 * whole)
    assert parts["handing out, one worker beside the loop"] == pytest.approx(0.03 * whole)
    assert parts["CPUs that share what is in them"] == pytest.approx(0.1 * whole)
    assert parts["waiting for the last"] == pytest.approx(0.02 * whole)
    assert parts["what is left: of threads, turns for the GIL"] == pytest.approx(0.1 * whole)
    assert sum(seconds for seconds in parts.values() if seconds) == pytest.approx(1.25 * whole)


@pytest.mark.parametrize(
    ("elapsed_s", "told"), [(1.12, "1 of 1 speedup lies"), (1.25, "0 of 1 speedup lies"), (0.92, "0 of 1 speedup lies")]
)
def test_a_speedup_is_near_its_capacity_on_either_side(elapsed_s: float, told: str) -> None:
    cells = [measured(replace(POOL, workers=2, tasks=280), elapsed_s), JOB[0], *JOB[3:]]
    found = panel("scaling-within", *cells)
    assert found.title.startswith(told)
    assert [drawn.estimate.point for drawn in found.points] == pytest.approx([(2 / elapsed_s) / (2 * 0.5 / 0.55)])
    assert ("not fannkuch (Pool, fork)" in found.title) == (elapsed_s != 1.12)


def test_laws_are_of_the_time_of_a_task_where_the_job_grows_with_the_workers() -> None:
    counts = (1, 2, 4)
    jobs = [measured(replace(POOL, workers=workers, tasks=140 * workers), 1.0) for workers in counts]
    capacity = [measured(replace(ALONE, workers=workers), 0.5) for workers in counts]
    found = panel("scaling-laws", *jobs, *capacity, usable_cpus=4)
    assert points_of(found)["fannkuch, Pool", "serial fraction"] == pytest.approx(0.0, abs=0.01)
