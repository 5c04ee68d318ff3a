"""Speedups, efficiencies and bounds of work that is shared out. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.cell import Cell
from study.sections.questions import q1
from study.sections.speedups import NO_CAPACITY, speedups
from study.units import seconds
from tests.made_up_run import SCATTER, evidence, measured

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=8)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2)
ALONE = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", tasks=4, part="busy")


def test_a_speedup_is_the_plain_loop_over_the_workers_in_the_rounds_of_both() -> None:
    loop = measured(LOOP, [9.0, 3.0, 5.0], rounds=[1, 2, 5])
    (row,) = speedups(evidence(loop, measured(POOL, [2.0, 1.0, 100.0], rounds=[2, 5, 7])))
    assert row.speedup.point == pytest.approx((3.0 + 5.0) / (2.0 + 1.0))
    assert row.base_s.point == pytest.approx(17.0 / 3 / 8)
    assert row.elapsed_s.point == pytest.approx(103.0 / 3 / 8)
    assert (row.kernel, row.backend, row.start_method, row.workers) == ("fannkuch", "pool", "fork", 2)


@pytest.mark.parametrize(("workers", "tasks"), [(1, 8), (2, 16), (3, 16)])
def test_a_job_whose_workers_have_the_loop_s_tasks_each_is_compared_by_tasks_a_second(workers: int, tasks: int) -> None:
    job = replace(POOL, workers=workers, tasks=tasks)
    (row,) = speedups(evidence(measured(LOOP, 1.0), measured(job, 1.25)))
    assert row.speedup.point == pytest.approx((tasks / 1.25) / (8 / 1.0))
    assert row.elapsed_s.point == pytest.approx(SCATTER.mean() * 1.25 / tasks)


def test_the_same_tasks_come_before_a_share_of_them() -> None:
    share = measured(replace(LOOP, tasks=4), 5.0)
    (row,) = speedups(evidence(share, measured(LOOP, 1.0), measured(POOL, 0.5)))
    assert row.speedup.point == pytest.approx(2.0)


def test_within_its_capacity_is_the_speedup_over_what_as_many_processes_achieve() -> None:
    cells = [measured(LOOP, 1.0), measured(replace(POOL, tasks=16), 1.2)]
    (without,) = speedups(evidence(*cells))
    assert (without.within.point, without.within.reason) == (None, NO_CAPACITY)
    (row,) = speedups(evidence(*cells, measured(ALONE, 0.2), measured(replace(ALONE, workers=2), 0.25)))
    assert row.within.point == pytest.approx((2 / 1.2) / (2 * 0.2 / 0.25))


def test_efficiency_and_serial_fraction_follow_from_the_speedup() -> None:
    (row,) = speedups(evidence(measured(LOOP, 1.0), measured(POOL, 0.6)))
    speed = 1.0 / 0.6
    assert row.speedup.point == pytest.approx(speed)
    assert row.speedup.low is not None
    assert row.speedup.high is not None
    assert row.speedup.low < speed < row.speedup.high
    assert row.efficiency.point == pytest.approx(speed / 2)
    assert row.karp_flatt.point == pytest.approx((1 / speed - 1 / 2) / (1 - 1 / 2))
    assert not row.oversubscribed


def test_workers_beyond_the_cpus_have_a_speedup_and_no_number_per_worker() -> None:
    (row,) = speedups(evidence(measured(LOOP, 1.0), measured(replace(POOL, workers=3), 0.5)))
    assert row.oversubscribed
    assert row.speedup.point == pytest.approx(2.0)
    assert row.efficiency.point is row.karp_flatt.point is None
    assert row.efficiency.reason.startswith("3 workers share 2 CPUs")


@pytest.mark.parametrize(
    "other",
    [
        {"kernel": "noop"},
        {"kernel": "square"},
        {"chunksize": 1},
        {"variant": "one_cpu"},
        {"api": "imap"},
        {"library_threads": 2},
        {"label": "again"},
        {"tasks": 12},
        {"backend": "call", "start_method": "", "workers": 1},
    ],
    ids=str,
)
def test_only_plain_work_beside_a_loop_over_the_same_tasks_or_a_share_of_them_is_a_speedup(
    other: dict[str, str | int],
) -> None:
    cell = replace(POOL, **other)  # type: ignore[arg-type]
    base = replace(LOOP, kernel=cell.kernel)
    assert speedups(evidence(measured(base, 1.0), measured(cell, 0.5))) == ()


def test_the_bound_is_what_as_many_independent_processes_do() -> None:
    cells = [measured(LOOP, 1.0), measured(POOL, 0.6), measured(ALONE, 0.2)]
    together = measured(replace(ALONE, workers=2), 0.25)
    (without,) = speedups(evidence(*cells))
    assert without.capacity.point is None
    assert without.capacity.reason == NO_CAPACITY
    (row,) = speedups(evidence(*cells, together))
    assert row.capacity.point == pytest.approx(2 * 0.2 / 0.25)
    (single,) = speedups(evidence(*cells, together, measured(replace(POOL, workers=1), 1.1)))[:1]
    assert single.workers == 1
    assert single.capacity.point is None


def test_the_file_has_every_estimate_under_its_name() -> None:
    from types import SimpleNamespace

    made = evidence(measured(LOOP, 1.0), measured(POOL, 0.6))
    (file,) = q1.files(SimpleNamespace(runs=(made.run,)))  # type: ignore[arg-type]
    (row,) = file.rows
    (speed,) = speedups(made)
    assert file.name == "scaling.csv"
    assert list(row) == [
        "machine", "run", "simulated", "target", "kernel", "backend", "start_method", "workers", "oversubscribed",
        "tasks", "loop_per_task", "workers_per_task", "speedup", "efficiency", "karp_flatt", "capacity", "within",
    ]  # fmt: skip
    assert [row[name] for name in ("machine", "run", "simulated", "target")] == ["m", "r", True, "one"]
    assert row["loop_per_task"] == speed.base_s
    assert row["workers_per_task"] == speed.elapsed_s
    assert row["within"] == speed.within
    assert row["speedup"] == speed.speedup
    assert row["efficiency"] == speed.efficiency
    assert row["karp_flatt"] == speed.karp_flatt
    assert row["capacity"] == speed.capacity


# Q1's figures


def at(workers: int, seconds: float, **factors: str) -> tuple[Cell, float]:
    return replace(POOL, workers=workers, **factors), seconds  # type: ignore[arg-type]


COURSE = (at(1, 1.1), at(2, 0.6), at(3, 0.5), at(1, 1.05, backend="threads", start_method=""),
          at(2, 1.0, backend="threads", start_method=""))  # fmt: skip


def test_speedups_over_workers_are_a_picture_for_each_kernel_and_a_course_for_each_backend() -> None:
    cells = [measured(cell, seconds) for cell, seconds in COURSE]
    sieve = [measured(replace(LOOP, kernel="sieve"), 2.0)]
    sieve += [measured(replace(cell, kernel="sieve"), 2 * seconds) for cell, seconds in COURSE[:2]]
    bounds = [measured(ALONE, 0.2), measured(replace(ALONE, workers=2), 0.25)]
    panel = q1.panels(evidence(measured(LOOP, 1.0), *cells, *sieve, *bounds))[0]
    assert (panel.id, panel.kind, panel.steps, panel.ideal, panel.edge, panel.beside) == (
        "q1-speedup", "curves", True, True, 2.0, True,
    )  # fmt: skip
    assert panel.include == (0.0, 2.0)
    assert not panel.log_y
    shown = {(point.facet, point.series, point.x): point for point in panel.points}
    assert set(shown) == {
        ("fannkuch", "Pool", 1.0), ("fannkuch", "Pool", 2.0), ("fannkuch", "Pool", 3.0), ("fannkuch", "threads", 1.0),
        ("fannkuch", "threads", 2.0), ("prime sieve", "Pool", 1.0), ("prime sieve", "Pool", 2.0),
    }  # fmt: skip
    assert shown["fannkuch", "Pool", 2.0].estimate.point == pytest.approx(1 / 0.6)
    assert shown["fannkuch", "threads", 2.0].estimate.point == pytest.approx(1.0)
    assert {key for key, point in shown.items() if point.hollow} == {("fannkuch", "Pool", 3.0)}
    bounded = {key: point.bound.point for key, point in shown.items() if point.bound is not None}
    assert bounded == pytest.approx({("fannkuch", "Pool", 2.0): 1.6, ("fannkuch", "threads", 2.0): 1.6})
    assert shown["fannkuch", "Pool", 3.0].names == ("fannkuch", "Pool", "3 (more than CPUs)")
    assert "grey bars" in panel.subtitle
    assert panel.title.startswith("fannkuch with 2 workers: 1.67 [")
    assert "times as fast in a Pool, 1.00 [" in panel.title
    assert panel.title.endswith("as fast in threads")


def test_a_kernel_at_one_number_of_workers_and_a_second_start_method_are_no_course() -> None:
    cells = [measured(cell, seconds) for cell, seconds in COURSE[:2]]
    other = [measured(*at(workers, 0.7, start_method="spawn")) for workers in (1, 2)]
    lone = [measured(replace(LOOP, kernel="sieve"), 1.0), measured(replace(POOL, kernel="sieve"), 0.6)]
    panel = q1.panels(evidence(measured(LOOP, 1.0), *cells, *other, *lone))[0]
    assert {point.facet for point in panel.points} == {"fannkuch"}
    assert [point.estimate.point for point in panel.points] == pytest.approx([1 / 1.1, 1 / 0.6])
    assert panel.subtitle.startswith("Process-based workers under fork. ")
    assert "grey bars" not in panel.subtitle


def test_where_fork_was_measured_once_the_next_start_method_is_the_course() -> None:
    other = [measured(*at(workers, 0.7, start_method="spawn")) for workers in (1, 2)]
    panel = q1.panels(evidence(measured(LOOP, 1.0), measured(POOL, 0.5), *other))[0]
    assert [point.estimate.point for point in panel.points] == pytest.approx([1 / 0.7, 1 / 0.7])
    assert "under spawn" in panel.subtitle


@pytest.mark.parametrize(("cpus", "log", "least"), [(8, False, 0.0), (9, True, 1.0)])
def test_many_cpus_have_a_logarithmic_axis(cpus: int, log: bool, least: float) -> None:
    cells = [measured(cell, seconds) for cell, seconds in COURSE[:2]]
    panel = q1.panels(evidence(measured(LOOP, 1.0), *cells, usable_cpus=cpus))[0]
    assert panel.log_y is log
    assert panel.include == (least, float(cpus))


def test_without_two_worker_counts_and_three_pools_the_figures_say_so() -> None:
    panels = q1.panels(evidence(measured(LOOP, 1.0), measured(POOL, 0.6)))
    assert {panel.id: panel.reason for panel in panels} == {
        "q1-speedup": "no kind of work was measured at two worker counts",
        "q1-pools": "no kind of work was measured with 3 pools or start methods",
    }
    assert all(panel.title and not panel.points for panel in panels)


def test_pools_are_compared_at_as_many_workers_as_cpus_and_threads_stand_apart_in_the_title() -> None:
    ways = [
        at(2, 0.8, start_method="spawn"), at(2, 0.5), at(2, 0.4, backend="process_executor"),
        at(2, 2.0, backend="threads", start_method=""), at(3, 0.1),
    ]  # fmt: skip
    cells = [measured(cell, seconds) for cell, seconds in ways]
    panel = q1.panels(evidence(measured(LOOP, 1.0), *cells))[1]
    assert [point.names[1] for point in panel.points] == [
        "Pool, fork", "Pool, spawn", "ProcessPoolExecutor, fork", "threads",
    ]  # fmt: skip
    assert [point.estimate.point for point in panel.points] == pytest.approx([2.0, 1.25, 2.5, 0.5])
    base = seconds(SCATTER.mean() / 8, 1)
    assert {point.series for point in panel.points} == {point.names[0] for point in panel.points}
    assert panel.points[0].series.startswith(f"fannkuch: a task in the plain loop {base[:3]}")
    assert panel.title.startswith("fannkuch with 2 workers: from 1.25")
    assert "to 2.5" in panel.title
    assert panel.beside
    assert [(reference.label, reference.at) for reference in panel.references] == [("plain loop", 1.0)]


def test_a_second_kernel_has_a_figure_of_its_own() -> None:
    ways = [at(2, 0.8, start_method="spawn"), at(2, 0.5), at(2, 0.4, backend="process_executor")]
    cells = [
        measured(replace(cell, kernel=kernel), seconds) for cell, seconds in ways for kernel in ("fannkuch", "sieve")
    ]
    loops = [measured(replace(LOOP, kernel=kernel), 1.0) for kernel in ("fannkuch", "sieve")]
    panels = q1.panels(evidence(*loops, *cells))[1:]
    assert [(panel.id, panel.title[:5]) for panel in panels] == [("q1-pools", "fannk"), ("q1-pools-2", "prime")]
