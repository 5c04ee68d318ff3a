"""What the sections of the topics make of cells. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from study import config
from study.bench.patterns import stream
from study.cell import Cell
from study.draw.rows import label_of
from study.evidence import aligned
from study.sections.questions import messages
from study.table import CellData
from tests.made_up_run import evidence
from tests.topic_cells import (
    CAPACITY,
    CARRYING,
    CHILD,
    EMPTY,
    FANNKUCH,
    MODULES,
    PING,
    ROUNDS,
    TOPICS,
    measured,
    panel,
    panels_of,
    points_of,
)


def test_without_cells_no_topic_has_anything_to_say() -> None:
    assert panels_of(evidence()) == []


def test_experiments_can_ask_for_every_topic_and_topics_stand_in_their_order() -> None:
    assert set(TOPICS) <= set(config.QUESTIONS)
    orders = [module.RECORD.order for module in MODULES]
    assert orders == sorted(set(orders))
    assert all(module.RECORD.reader.endswith("?") for module in MODULES)


def test_capacity_is_the_rate_of_all_over_the_rate_of_one() -> None:
    found = panel("scaling-capacity", measured(CAPACITY, 0.01), measured(replace(CAPACITY, workers=2), 0.0125))
    (point,) = found.points
    assert point.estimate.low is not None
    assert point.estimate.high is not None
    assert point.estimate.low < 1.6 < point.estimate.high
    assert "1.6" in found.title


def test_latency_is_half_a_round_trip_and_the_floor_stands_beside_it() -> None:
    found = panel("messages-latency", measured(PING, 40e-6), measured(replace(PING, channel="os_pipe"), 10e-6))
    by_name = {point.names[0]: point.estimate.point for point in found.points}
    assert by_name["Pipe (one way each)"] == pytest.approx(20e-6, rel=0.02)
    assert by_name["os.pipe, raw bytes"] == pytest.approx(5e-6, rel=0.02)
    assert "times a raw pipe" in found.title


def test_a_curve_is_drawn_only_over_more_than_two_sizes() -> None:
    two = [measured(replace(PING, payload_bytes=size), 1e-5 + size * 1e-9) for size in (64, 1024)]
    assert "messages-sizes" not in {one.id for one in panels_of(evidence(*two))}
    found = panel("messages-sizes", *two, measured(replace(PING, payload_bytes=1 << 20), 1e-3))
    assert [point.x for point in found.points] == [64.0, 1024.0, float(1 << 20)]
    assert found.kind == "curves"


def test_latency_and_bandwidth_are_told_by_channel_and_segment() -> None:
    cells = [
        measured(replace(PING, payload_bytes=each), 2 * (1e-5 + each * 1e-9)) for each in (64, 1024, 1 << 14, 1 << 20)
    ]
    found = panel("messages-segments-bandwidth", *cells)
    several = [panel(f"messages-segments-{each}", *cells) for each in ("latency", "bandwidth", "half")]
    by_part = {point.names[2]: point.estimate for one in several for point in one.points}
    assert by_part["latency α"].point == pytest.approx(1e-5, rel=0.03)
    assert by_part["bandwidth, a second"].point == pytest.approx(1e9, rel=0.03)
    assert by_part["half of it reached at"].point == pytest.approx(1e4, rel=0.05)
    assert found.points[0].names[:2] == ("Pipe (one way each)", "64 B to 1 MiB")
    assert "a second" in found.title


def test_what_a_gigabyte_of_the_parent_adds_to_a_fork_is_a_slope() -> None:
    life = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
    sizes = (1 << 24, 1 << 28, 1 << 30)
    found = panel(
        "start-growth", *(measured(replace(life, parent_bytes=each), 1e-3 + each / (1 << 30) * 8e-3) for each in sizes)
    )
    by_what = {point.names[1]: point.estimate for point in found.points}
    assert by_what["for each GiB"].point == pytest.approx(8e-3, rel=0.03)
    assert by_what["from an empty parent, by the line"].point == pytest.approx(1e-3, rel=0.05)
    assert "Each GiB" in found.title


def test_what_a_further_worker_takes_is_a_slope_of_pss() -> None:
    tree = Cell(pattern="memory", backend="pool", start_method="spawn", part="pss")
    cells = [measured(replace(tree, workers=each), 2e7 + each * 1e7) for each in (1, 2, 4)]
    found = panel("memory-growth", *cells)
    by_what = {point.names[1]: point.estimate for point in found.points}
    assert by_what["each further worker"].unit == "byte"
    assert by_what["each further worker"].point == pytest.approx(1e7, rel=0.05)
    assert by_what["base, by the line"].point == pytest.approx(2e7, rel=0.05)
    assert found.include == (0.0,)  # a straight axis of rows begins at nothing
    assert "memory-growth" not in {one.id for one in panels_of(evidence(*cells[:1]))}


def test_the_metg_of_two_workers_is_foretold_from_one_worker() -> None:
    loop = Cell(pattern="map", kernel="spin", backend="call", tasks=100)
    pool = replace(loop, backend="pool", start_method="fork", chunksize=1)
    cells = []
    for step in range(10):
        spins, grain_s = 2**step, 2e-6 * 2**step
        cells.append(measured(replace(loop, spins=spins), 100 * grain_s))
        for workers in (1, 2):
            each_s = max(2e-5, (grain_s + 1e-4) / workers)
            cells.append(measured(replace(pool, spins=spins, workers=workers), 100 * each_s))
    found = panel("grain-law", *cells)
    by_what = {point.names[1]: point.estimate.point for point in found.points}
    assert by_what["METG by the law"] == pytest.approx(2e-4, rel=0.1)
    at_most = by_what["METG by the law, CPUs shared"]
    assert at_most == pytest.approx(2 * (1e-4 + 5.1e-5), rel=0.1)
    assert by_what["METG measured"] == pytest.approx(2e-4, rel=0.1)
    useful_s = {point.names[0]: point.estimate.point for point in panel("grain-metg", *cells).points}
    assert by_what["METG measured"] == pytest.approx(2 * (useful_s[found.points[0].names[0]] or 0.0))


def test_the_efficiency_of_a_pool_is_split_into_what_was_measured_apart() -> None:
    pool = replace(FANNKUCH, backend="pool", start_method="fork")
    found = panel(
        "scaling-split",
        measured(FANNKUCH, 1.0),
        measured(pool, 1.05),
        measured(replace(pool, workers=2), 0.6),
        measured(CAPACITY, 0.5),
        measured(replace(CAPACITY, workers=2), 0.55),
        measured(replace(CAPACITY, workers=2, part="makespan"), 0.56),
    )
    points = {point.names[1].partition(":")[0]: point.estimate.point for point in found.points}
    assert points["efficiency in all"] == pytest.approx(1 / 1.2, rel=0.03)
    assert points["hardware"] == pytest.approx(0.5 / 0.55, rel=0.03)


def test_two_worker_counts_give_no_law_and_say_so() -> None:
    pool = replace(FANNKUCH, backend="pool", start_method="fork")
    found = panel("scaling-laws", measured(pool, 1.0), measured(replace(pool, workers=2), 0.6))
    assert not found.points
    assert found.reason.startswith("two worker counts"), "it stands behind a because"
    assert not found.reason.endswith(".")


def test_a_pool_pays_from_a_number_of_tasks_on() -> None:
    spins = (32, 8192, 524288)
    loop = [
        measured(Cell(pattern="map", kernel="spin", tasks=16, spins=each), 16 * (1e-6 + each * 3e-8)) for each in spins
    ]
    ways = [
        measured(
            replace(data.cell, backend="pool", start_method="fork", workers=workers, chunksize=1),
            data.means.mean() / workers + 16 * 50e-6,
        )
        for data in loop
        for workers in (1, 2)
    ]
    life = Cell(pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5)
    costs = [*loop, *ways, measured(life, 5e-3), measured(CAPACITY, 0.5)]
    found = panel("grain-break-even", *costs, measured(replace(CAPACITY, workers=2), 0.55))
    tasks = {point.names[1]: point.estimate.point for point in found.points}
    assert tasks["tasks of 1 µs"] is None
    assert tasks["tasks of 10 ms"] is not None
    assert tasks["tasks of 10 ms"] < (tasks["tasks of 1 ms"] or 0.0)
    never = panel("grain-break-even", *costs, measured(replace(CAPACITY, workers=2), 1.2))
    assert {point.estimate.point for point in never.points} == {None}
    assert never.title == "The least number of tasks for which a pool beats a plain loop"


def test_modes_are_shown_with_their_shares() -> None:
    data = measured(PING, 40e-6, rounds=40)
    slow = data.values * np.where(np.arange(40) < 10, 4.0, 1.0)[:, np.newaxis]
    found = panel("messages-modes", replace(data, values=slow))
    assert [round(point.estimate.point or 0.0, 2) for point in found.points] == [0.75, 0.25]
    assert "1 of 1 cells" in found.title


def test_other_libraries_stand_beside_the_pool() -> None:
    empty = Cell(pattern="map", kernel="noop", backend="pool", start_method="fork", workers=2, tasks=512)
    found = panel(
        "dispatch-peers", measured(empty, 5e-3), measured(replace(empty, backend="loky", start_method=""), 50e-3)
    )
    assert {point.names[0] for point in found.points} == {"Pool, fork", "joblib"}
    assert "through joblib" in found.title


def test_a_recycled_worker_stands_beside_one_that_lives_on() -> None:
    kept = Cell(pattern="map", kernel="noop", backend="pool", start_method="fork", workers=2, tasks=8, chunksize=1)
    found = panel("dispatch-recycled", measured(kept, 0.5e-3), measured(replace(kept, tasks_per_child=1), 20e-3))
    assert len(found.points) == 2
    assert "end after every task" in found.title


def test_quantiles_of_events_are_taken_inside_each_process() -> None:
    cell = replace(PING, variant="events", placement="same_cpu")
    slow = measured(cell, 1.0, values=200)
    # One process in ten is ten times as slow; pooled, its events would be all of the slowest tenth.
    values = np.ones((ROUNDS, 200)) * 1e-5
    values[0] *= 10
    slow = replace(slow, values=values)
    found = panel("messages-events", slow)
    assert [label_of(point) for point in found.points] == [point.names[2] for point in found.points]
    median = next(point.estimate for point in found.points if point.names[2].startswith("half"))
    assert median.n == ROUNDS
    assert median.point == pytest.approx(1.9e-5)


def test_what_a_child_copies_is_a_share_of_what_it_reads() -> None:
    found = panel("memory-copied", measured(CHILD, 65536.0), measured(replace(CHILD, form="ints"), 6e7))
    shares = {point.names[0]: point.estimate for point in found.points}
    assert shares["list of ints"].unit == "share"
    assert shares["list of ints"].point == pytest.approx(6e7 / (1 << 26), rel=0.02)
    assert shares["bytes"].point == pytest.approx(65536 / (1 << 26), rel=0.02)


def test_what_each_process_copied_is_drawn_beside_their_average_as_a_share_too() -> None:
    """A fourth and three fourths of 64 MiB."""
    sixteenths = (4, 12)
    data = measured(CHILD, 1.0, rounds=len(sixteenths), values=1)
    data = replace(data, values=np.array([[each * (4 << 20)] for each in sixteenths], dtype=np.float64))
    (point,) = panel("memory-copied", data).points
    assert point.means == (0.25, 0.75)
    assert point.estimate.point == 0.5


def test_workers_that_a_pool_makes_are_counted_per_cpu() -> None:
    cell = Cell(
        pattern="pool_as_shipped", kernel="square", backend="pool", start_method="default", workers=0, tasks=5,
        variant="one_cpu",
    )  # fmt: skip
    found = panel("workers-defaults", measured(cell, 0.01, pool_workers=2, usable_cpus=1))
    assert [point.estimate.point for point in found.points] == [2.0]


def test_cells_are_aligned_in_the_rounds_that_all_of_them_have() -> None:
    first = measured(PING, 1.0)
    second = CellData(
        cell=PING, target="one", rounds=np.array([1, 3, 5]), values=np.array([[1.0], [3.0], [5.0]]),
        outcomes=({}, {}, {}), injected_ppm=None,
    )  # fmt: skip
    columns = aligned([first, second])
    assert columns.shape == (3, 2)
    assert columns[:, 1].tolist() == [1.0, 3.0, 5.0]
    assert columns[0, 0] == first.means[1]


# What a number is a ratio of


def test_a_speedup_is_the_loop_over_the_workers_and_threads_gain_only_beyond_its_interval() -> None:
    json = Cell(pattern="map", kernel="json", tasks=4)
    threads = replace(json, backend="threads", workers=2)
    cells = [
        measured(json, 1.0),
        measured(replace(json, backend="pool", start_method="fork", workers=2), 0.5),
        measured(FANNKUCH, 1.0),
        measured(replace(FANNKUCH, backend="threads", workers=2), 1.0),
    ]
    found = panel("scaling-kernels", *cells, measured(threads, 0.8))
    assert points_of(found)["JSON written and read", "Pool"] == pytest.approx(2.0, rel=0.03)
    assert found.title == "With 2 workers threads gain with JSON written and read"
    assert panel("scaling-kernels", *cells).title == "With 2 workers threads show no clear gain with any kind of work"
    assert panel("scaling-kernels", *cells[:2]).title == "Speedup on all CPUs, by kind of work"


def test_of_two_jobs_the_speedup_of_the_longer_one_is_told() -> None:
    short, long = replace(FANNKUCH, tasks=4), replace(FANNKUCH, tasks=400)
    cells = [measured(short, 1.0), measured(long, 100.0)]
    shared = [(replace(job, backend="threads", workers=2), average) for job, average in ((long, 50.0), (short, 1.0))]
    found = panel("scaling-kernels", *cells, *(measured(cell, average) for cell, average in shared))
    (point,) = found.points
    assert point.estimate.point == pytest.approx(2.0, rel=0.03)


def test_weak_scaling_is_the_time_of_one_worker_over_that_of_many() -> None:
    pool = Cell(pattern="map", kernel="nbody", backend="pool", start_method="fork", tasks=4)
    cells = [measured(pool, 1.0), measured(replace(pool, workers=2, tasks=8), 1.25)]
    key = ("n-body", "Pool", "2")
    assert points_of(panel("scaling-weak", *cells))[key] == pytest.approx(0.8, rel=0.03)
    assert points_of(panel("scaling-weak-fraction", *cells))[key] == pytest.approx(0.4, rel=0.1)


def test_threads_on_objects_are_held_against_the_loop_over_the_same_objects() -> None:
    own, shared = (Cell(pattern="map", kernel=kernel, tasks=4) for kernel in ("count_private", "count_shared"))
    cells = [
        measured(own, 1.0),
        measured(replace(own, backend="threads", workers=2), 0.5),
        measured(shared, 1.0),
        measured(replace(shared, backend="threads", workers=2), 4.0),
    ]
    found = points_of(panel("sharing-objects", *cells))
    assert found["objects of their own", "2 threads"] == pytest.approx(2.0, rel=0.03)
    assert found["one object for all", "2 threads"] == pytest.approx(0.25, rel=0.03)


def test_calls_on_small_arrays_stand_beside_a_control_that_can_gain() -> None:
    small, long = (Cell(pattern="map", kernel=kernel, tasks=4) for kernel in ("small_ufunc", "sha256_8mib"))
    control = [measured(long, 1.0), measured(replace(long, backend="threads", workers=2, tasks=8), 1.0)]
    calls = [measured(small, 1.0), measured(replace(small, backend="threads", workers=2, tasks=8), 4.0)]
    found = points_of(panel("sharing-arrays", *control, *calls))
    assert found["many NumPy calls on four numbers", "2 threads"] == pytest.approx(0.5, rel=0.03)
    assert found["one long call that releases the GIL", "2 threads"] == pytest.approx(2.0, rel=0.03)
    assert "sharing-arrays" not in {drawn.id for drawn in panels_of(evidence(*control))}


def test_a_bandwidth_is_the_bytes_of_all_messages_over_their_time() -> None:
    stream = Cell(pattern="stream", backend="processes", start_method="fork")
    sizes = (4096, 1 << 20)
    found = panel("messages-bandwidth", *(measured(replace(stream, payload_bytes=each), 0.01) for each in sizes))
    assert {point.x: point.estimate.point for point in found.points} == {
        float(each): pytest.approx(64 * each / 0.01, rel=0.02) for each in sizes
    }
    assert "1 MiB" in found.title


def test_what_handing_out_costs_is_told_for_one_task() -> None:
    cells = [measured(replace(EMPTY, chunksize=1), 512 * 50e-6), measured(replace(EMPTY, api="apply"), 512 * 90e-6)]
    found = points_of(panel("dispatch-calls", *cells, measured(EMPTY, 1e-3)))
    assert found == {
        ("Pool, fork", "map"): pytest.approx(50e-6, rel=0.02),
        ("Pool, fork", "apply"): pytest.approx(90e-6, rel=0.02),
    }


def test_round_trips_on_two_cpus_stand_beside_those_of_the_same_channel_on_one() -> None:
    near, far = (replace(PING, variant="events", placement=place) for place in ("same_cpu", "other_cpu"))
    quick = measured(near, 1e-5)
    title = panel("messages-events", quick, measured(far, 4e-5)).title
    assert title.startswith("On two CPUs a round trip takes 4")
    assert title.endswith("times as long as on one")
    other = measured(replace(far, channel="os_pipe"), 4e-5)
    assert "On two CPUs" not in panel("messages-events", quick, other).title  # another channel is no other placement


def test_under_a_quota_the_slowest_maps_are_told_from_the_usual_ones() -> None:
    """One map in twenty stands still until the next period; taken inside each process."""
    cell = replace(EMPTY, kernel="fannkuch", tasks=4, chunksize=1, variant="free_events")
    values = np.ones((ROUNDS, 120)) * 0.01 * np.linspace(0.99, 1.01, ROUNDS)[:, np.newaxis]
    limited = values.copy()
    limited[:, ::20] += 0.05
    found = panel(
        "workers-quota",
        replace(measured(cell, 1.0, values=120), values=values),
        replace(measured(replace(cell, variant="quota_1_events"), 1.0, values=120), values=limited),
    )
    by_name = points_of(found)
    assert by_name["the time of one CPU", "50 % of the maps"] == pytest.approx(0.01, rel=0.01)
    assert by_name["the time of one CPU", "99 % of the maps"] == pytest.approx(0.06, rel=0.02)
    assert by_name["all CPUs", "99 % of the maps"] == pytest.approx(0.01, rel=0.01)
    assert "60" in found.title


def test_own_chunks_stand_over_chunks_of_one_and_are_told_with_their_number() -> None:
    """Forty tasks over two workers go in chunks of five."""
    own, single = (measured(replace(CARRYING, chunksize=size), 3.0 - size) for size in (0, 1))
    found = panel("payload-chunks", own, single)
    (point,) = found.points
    assert point.estimate.point == pytest.approx(float(own.means.mean() / single.means.mean()))
    assert "its own chunk size (5)" in found.title
    assert "payload-chunks" not in {
        made.id for made in panels_of(evidence(measured(replace(CARRYING, chunksize=4), 1.0), single))
    }


def test_the_size_of_an_argument_is_told_beside_threads_which_copy_nothing() -> None:
    sizes = (1 << 16, 1 << 20)
    pool = [measured(replace(CARRYING, payload_bytes=each), each * 1e-7) for each in sizes]
    threads = replace(CARRYING, backend="thread_executor", start_method="", chunksize=0)
    found = panel("payload-sizes", *pool, *(measured(replace(threads, payload_bytes=each), 4e-4) for each in sizes))
    assert found.kind == "curves"
    assert "1 MiB" in found.title
    assert "ThreadPoolExecutor" in found.title


def test_a_stream_is_counted_by_the_window_it_was_sent_in() -> None:
    assert messages.WINDOW == stream.WINDOW
