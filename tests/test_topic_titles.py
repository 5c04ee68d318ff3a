"""What the figures of the topics mix, how their rows are called and drawn, and what their titles say. Every time is made up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import loaded
from study.cell import Cell
from study.things import BACKENDS, CHANNELS
from tests.made_up_run import evidence
from tests.synthetic_study import TARGET
from tests.topic_cells import (
    CAPACITY,
    CARRYING,
    EMPTY,
    FANNKUCH,
    PING,
    ROUNDS,
    measured,
    panel,
    panels_of,
    points_of,
    whole,
)

if TYPE_CHECKING:
    from study.evidence import Evidence

# One query: what is not named has its default


def test_a_curve_over_chunk_sizes_is_of_one_number_of_tasks_and_the_title_of_as_many_workers_as_cpus() -> None:
    chunks = [measured(replace(EMPTY, chunksize=chunk), 512 * 40e-6 / chunk) for chunk in (1, 8, 64)]
    alone = [measured(replace(data.cell, workers=1), float(data.means.mean()) / 2) for data in chunks]
    short = measured(replace(EMPTY, chunksize=1, tasks=8), 8 * 90e-6)
    found = panel("dispatch-chunks", *chunks, *alone, short)
    assert len(found.points) == 6
    of_two = {point.x: point.estimate.point for point in found.points if point.series == "Pool, fork"}
    assert of_two[1.0] == pytest.approx(40e-6, rel=0.02)
    assert of_two[64.0] == pytest.approx(40e-6 / 64, rel=0.02)
    assert "one by one 40" in found.title
    assert {point.series for point in found.points} == {"Pool, fork", "Pool, fork, 1 workers"}


def test_curves_of_several_numbers_of_tasks_are_told_apart() -> None:
    cells = [
        measured(replace(EMPTY, tasks=tasks, chunksize=chunk), 1e-3) for tasks in (64, 512) for chunk in (1, 8, 64)
    ]
    assert {point.series for point in panel("dispatch-chunks", *cells).points} == {
        "Pool, fork, 64 tasks",
        "Pool, fork, 512 tasks",
    }


def test_a_core_of_the_slowest_class_is_held_against_one_of_the_fastest() -> None:
    fast, slow = (
        measured(replace(CAPACITY, workers=1, part="busy", placement=place), time_s)
        for place, time_s in (("fastest", 10e-3), ("slowest", 18e-3))
    )
    found = panel("scaling-classes", fast, slow)
    assert [point.estimate.point for point in found.points] == [pytest.approx(10 / 18, rel=0.02)]
    assert "slowest class works at 0.5" in found.title


def test_an_efficiency_is_split_for_the_job_that_was_measured_in_all_its_parts() -> None:
    pool = replace(FANNKUCH, backend="pool", start_method="fork")
    cells = [
        measured(FANNKUCH, 1.0),
        measured(pool, 1.0),
        measured(replace(pool, workers=2), 0.5),
        measured(replace(pool, workers=2, tasks=16), 9.0),  # of this job nothing else is known
        measured(CAPACITY, 0.5),
        measured(replace(CAPACITY, workers=2), 0.5),
        measured(replace(CAPACITY, workers=2, part="makespan"), 0.5),
    ]
    found = panel("scaling-split", *cells)
    assert points_of(found)["fannkuch, 2 workers, Pool", "efficiency in all"] == pytest.approx(1.0, rel=0.03)


def test_windows_of_several_numbers_of_processes_are_told_apart() -> None:
    cells = [measured(replace(CAPACITY, workers=workers, part="skew"), 1e-4 * workers) for workers in (2, 4)]
    found = points_of(panel("scaling-windows", *cells))
    assert found["fannkuch", "skew, 2 processes"] == pytest.approx(2e-4, rel=0.02)
    assert found["fannkuch", "skew, 4 processes"] == pytest.approx(4e-4, rel=0.02)
    assert list(points_of(panel("scaling-windows", cells[0]))) == [("fannkuch", "skew")]


@pytest.mark.parametrize("usable_cpus", [1, 2, 8])
def test_no_two_rows_of_a_figure_have_one_name(usable_cpus: int) -> None:
    for found in panels_of(whole(usable_cpus, 0.01)):
        names = [(point.series, point.names) for point in found.points]
        assert len(set(names)) == len(names), found.id
        assert all(len(point.names) == len(found.heads) for point in found.points), found.id


# Who is drawn how


def test_a_point_has_the_look_of_what_its_figure_compares() -> None:
    floor, queue = replace(PING, channel="os_pipe"), replace(PING, channel="queue")
    looks = {
        point.names[0]: point.look
        for point in panel("messages-latency", *(measured(cell, 1e-5) for cell in (PING, floor, queue))).points
    }
    assert looks["Pipe (one way each)"] == BACKENDS["processes"].look
    assert looks["Queue"] == CHANNELS["queue"].look
    assert looks["os.pipe, raw bytes"] == BACKENDS["os_fork"].look
    lives = [
        Cell(pattern="process_lifecycle", backend="processes", start_method="spawn", part="join"),
        Cell(pattern="process_lifecycle", backend="os_fork", part="join"),
        Cell(pattern="process_lifecycle", backend="threads", part="join"),
    ]
    named = {
        point.names[0]: point.look.label
        for point in panel("start-lives", *(measured(cell, 1e-3) for cell in lives)).points
    }
    assert named == {
        "a process under spawn": "spawn",
        "os.fork alone": "operating system",
        "a thread": "threads",
    }


def test_only_the_law_of_scaling_stands_for_other_runs_too() -> None:
    found = panels_of(whole(2, 0.01))
    assert [made.id for made in found if made.beside] == ["scaling-laws"]


# Titles

LIFE = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
PROGRAM = Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", part="join", variant="bare")
POOL_LIFE = Cell(
    pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5, part="total"
)
PRELOADS = Cell(
    pattern="program_lifecycle", backend="processes", start_method="forkserver", variant="preload_library", part="join"
)
TREE = Cell(pattern="memory", backend="pool", start_method="fork", workers=2, part="pss")
CONTENDED = Cell(pattern="contend", backend="processes", start_method="fork", workers=2, variant="value")
UNEVEN = Cell(
    pattern="map", kernel="ragged", backend="pool", start_method="fork", workers=2, tasks=64, spins=8192, chunksize=1
)
MATRICES = Cell(pattern="map", kernel="matmul", backend="pool", start_method="fork", workers=2, tasks=8)
EIGHT = replace(EMPTY, tasks=8, chunksize=1)
SAME = Cell(pattern="same_data", backend="pool", start_method="fork", workers=2, tasks=8, payload_bytes=1 << 24)
RAW = replace(PING, channel="os_pipe")


@pytest.mark.parametrize(
    ("identity", "of", "to"),
    [
        ("start-lives", LIFE, replace(LIFE, backend="threads", start_method="")),
        ("start-variants", replace(PROGRAM, variant="main_numpy"), PROGRAM),
        ("start-lazy", replace(PRELOADS, variant="preload_lazily"), PRELOADS),
        ("start-parents", replace(LIFE, parent_bytes=1 << 28), LIFE),
        ("start-pools", replace(POOL_LIFE, start_method="spawn"), POOL_LIFE),
        ("dispatch-calls", replace(EMPTY, backend="process_executor", chunksize=1), replace(EMPTY, chunksize=1)),
        ("dispatch-peers", replace(EMPTY, backend="loky", start_method=""), EMPTY),
        ("dispatch-recycled", replace(EIGHT, tasks_per_child=1), EIGHT),
        ("dispatch-uneven", replace(UNEVEN, chunksize=0), UNEVEN),
        ("payload-chunks", replace(CARRYING, chunksize=0), CARRYING),
        ("payload-back", replace(CARRYING, payload_bytes=0, result_bytes=1 << 20), CARRYING),
        ("payload-forms", replace(CARRYING, form="records"), CARRYING),
        ("payload-same", replace(SAME, variant="initializer"), SAME),
        ("messages-latency", PING, RAW),
        ("messages-forms", replace(PING, form="list"), PING),
        ("memory-kinds", replace(TREE, part="rss"), TREE),
        ("workers-libraries", replace(MATRICES, library_threads=2), MATRICES),
        ("sharing-contended", replace(CONTENDED, variant="manager"), CONTENDED),
    ],
)
def test_a_title_tells_the_ratio_the_way_round_that_its_words_say(identity: str, of: Cell, to: Cell) -> None:
    title = panel(identity, measured(of, 5e-3), measured(to, 1e-3)).title
    told = re.search(r"(\S+) \[[^]]*\] times", title)
    assert told is not None, title
    assert float(told[1]) == pytest.approx(5.0, rel=0.03)


def test_more_workers_than_cpus_are_held_against_as_many_as_cpus() -> None:
    pool = replace(FANNKUCH, backend="pool", start_method="fork", tasks=16)
    cells = [measured(replace(pool, workers=workers), workers / 2) for workers in (2, 8, 16)]
    found = panel("workers-beyond", *cells)
    assert found.title.startswith("With 16 workers on 2 CPUs the same work takes 8.0")
    assert [point.x for point in found.points] == [2.0, 8.0, 16.0]


def test_beyond_what_a_pipe_holds_raw_bytes_are_no_floor() -> None:
    sizes = [1 << exponent for exponent in range(6, 22)]
    cells = [measured(replace(RAW, payload_bytes=each), 4e-5 + each * 1e-9) for each in sizes]
    assert any("no floor there" in note for note in panel("messages-sizes", *cells).notes)
    (fitted,) = panel("messages-segments-latency", *cells).points
    assert fitted.names[1] == "64 B to 64 KiB"
    assert not panel("messages-sizes", *cells[:9]).notes


def test_memory_is_told_of_the_most_workers_under_every_start_method_and_that_the_parent_is_bare() -> None:
    sizes = {(2, "fork"): 20 << 20, (8, "fork"): 30 << 20, (8, "forkserver"): 83 << 20, (8, "spawn"): 87 << 20}
    trees = [
        measured(replace(TREE, workers=workers, start_method=method), held) for (workers, method), held in sizes.items()
    ]
    said = re.match(r"8 workers and their bare parent take (.+) and (.+)", panel("memory-workers", *trees).title)
    assert said is not None
    told = re.findall(r"([\d.]+) MiB \((\w+)\)", " ".join(said.groups()))
    assert [method for _, method in told] == ["fork", "forkserver", "spawn"]
    assert [float(number) for number, _ in told] == pytest.approx([30.0, 83.0, 87.0], rel=0.03)


def test_one_number_of_workers_is_a_row_and_no_curve() -> None:
    found = panel("memory-workers", measured(TREE, 2e7))
    assert found.kind == "rows"
    assert found.include == (0.0,)


def test_the_first_event_and_the_steady_state_are_told_apart() -> None:
    cell = replace(EIGHT, variant="cold")
    values = np.ones((ROUNDS, 60)) * 1e-3
    values[:, 0] = 9e-3
    values *= np.random.default_rng(1).normal(1.0, 0.001, size=values.shape)
    found = panel("steady-cold", replace(measured(cell, 1.0, values=60), values=values))
    by_which = {point.names[1]: point.estimate.point for point in found.points}
    assert by_which["its first event"] == pytest.approx(9e-3, rel=0.02)
    assert by_which["its steady state"] == pytest.approx(1e-3, rel=0.02)


# Under load


def test_a_title_that_is_not_gated_needs_no_cell_that_ran_side_by_side() -> None:
    run = whole(2, 0.01).run
    alone = [data for data in run.cells.values() if not loaded.runs_side_by_side(data.cell, 2)]
    assert 0 < len(alone) < len(run.cells)

    def ungated(seen: Evidence) -> dict[str, str]:
        counted = "workers-defaults"  # counts the workers of a pool, times none
        return {
            made.id: made.title for made in panels_of(seen) if made.side_by_side == "nothing" and made.id != counted
        }

    assert ungated(run.of(TARGET)) == ungated(evidence(*alone))
