"""The closed form says which resource holds a way up, by arithmetic that another program can do as well."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import get_args

import pytest

from study.advise.model.bounds import closed_form, cpu_s
from study.advise.model.figures import figures_of, interpolated, slowed_by, transfer_s
from study.advise.model.job import NOTHING, Bound, Constant, Start, Way
from study.advise.model.predict import predict, with_threads
from study.advise.model.vectors import PLAIN, interpolations, vectors
from tests.advise_jobs import TRANSFER, carried, executor, free, job, pool, usual

NOT_COUNTED = {"one_at_a_time", "result_bytes", "boot_s"}
"""One is no number, one is for the simulation alone, and one is CPU time: the closed form knows what follows from them."""


def test_every_bound_holds_in_some_line_of_the_table() -> None:
    assert {line["bounds"]["bound"] for line in vectors()} == set(get_args(Bound))


@pytest.mark.parametrize("name", sorted({field.name for field in fields(PLAIN)} - NOT_COUNTED))
def test_every_figure_changes_some_line_of_the_table(name: str) -> None:
    ways = [replace(PLAIN, **line["figures"]) for line in vectors()]
    assert any(
        closed_form(replace(way, **{name: 2 * getattr(way, name)})).seconds != closed_form(way).seconds
        for way in ways
        if getattr(way, name)
    )


def test_the_table_can_be_written_for_another_program_and_read_by_it() -> None:
    lines = list(vectors())
    assert json.loads(json.dumps(lines)) == lines
    places = list(interpolations())
    assert json.loads(json.dumps(places)) == places
    for line in lines:
        told = line["bounds"]
        assert all(value >= 0 for name, value in told.items() if name != "bound")
        assert told["seconds"] >= told["workers_s"]


def test_the_bounds_of_a_way_by_hand() -> None:
    """125 chunks of 8 items of 1 ms by two workers: 63 rounds of them."""
    bounds = closed_form(PLAIN)
    chunk_s = 8e-3 + 2e-5 + 16e-7
    assert bounds.workers_s == pytest.approx(63 * chunk_s)
    assert bounds.parent_s == pytest.approx(125 * 3e-5 + 1000 * 2e-7)
    assert bounds.cpus_s == pytest.approx((1.0 + 125 * 5e-5 + 1000 * 4e-7) / 2)
    assert bounds.pipes_s == 0
    assert bounds.fill_s == pytest.approx(1.5e-5 + 8e-7)
    assert bounds.seconds == pytest.approx(5.5e-3 + 63 * chunk_s + bounds.drain_s + 2e-3 + 2e-3)
    assert bounds.bound == "workers"
    assert cpu_s(PLAIN) == pytest.approx(2 * bounds.cpus_s + 4e-3 + 2 * 1e-3 + 2e-3)


def test_between_two_points_a_line_before_them_level_and_beyond_them_on() -> None:
    points = ((10.0, Constant(1.0)), (20.0, Constant(3.0)), (40.0, Constant(4.0)))
    said = {5.0: 1.0, 10.0: 1.0, 15.0: 2.0, 20.0: 3.0, 30.0: 3.5, 40.0: 4.0, 80.0: 6.0}
    assert {at: interpolated(points, at) for at in said} == pytest.approx(said)
    assert interpolated((), 5.0) == 0
    assert interpolated(points[:1], 50.0) == 1
    assert interpolated(((1.0, Constant(2.0)), (2.0, Constant(1.0))), 9.0) == 0


def test_a_message_that_a_pipe_holds_has_no_way_of_its_own() -> None:
    constants = usual()
    assert transfer_s(constants, 65536) == 0
    assert transfer_s(constants, 65537) == pytest.approx(TRANSFER[0][1].value, rel=0.01)
    small, large = (figures_of(job(argument=carried(size)), pool(2, 4), constants) for size in (16000.0, 17000.0))
    assert small.argument_transfer_s == 0
    assert large.argument_transfer_s > 0
    assert closed_form(large).pipes_s > 0


def test_only_tiny_tasks_are_held_up_by_the_parent() -> None:
    tiny, long = (closed_form(figures_of(job(10_000, item_s), pool(2, 1), usual())) for item_s in (1e-6, 1e-2))
    assert tiny.bound == "parent"
    assert long.bound in {"workers", "CPUs"}
    few = closed_form(figures_of(job(2, 1e-6), pool(2, 1), usual()))
    assert few.bound == "start"
    sent = closed_form(figures_of(job(50, 1e-3, argument=carried(4e6)), pool(4, 1), usual()))
    assert sent.bound == "pipes"
    crowded = closed_form(figures_of(job(1000, 1e-2), executor(8, 10), usual(2)))
    assert crowded.bound == "CPUs"


def test_what_an_item_takes_beside_others_lies_between_what_was_tried() -> None:
    tried = job(at_once={2: 1.2, 4: 2.0})
    assert [slowed_by(tried, working) for working in (1, 2, 3, 4, 8)] == pytest.approx([1.0, 1.2, 1.6, 2.0, 2.0])
    assert slowed_by(job(), 8) == 1


@pytest.mark.parametrize(
    ("threads", "waits", "workers", "part"),
    [
        ({2: 1.0}, 0.0, 4, 1.0),  # the GIL is held: no number of threads helps
        ({2: 0.5}, 0.0, 4, 0.5),  # released, and shared as far as it was tried
        ({2: 0.5}, 0.9, 16, 0.1),  # waits: what does not wait takes turns
        ({2: 0.5, 4: 0.25}, 0.0, 3, 1 / 3),
        ({4: 1.6}, 0.0, 2, 1.4),  # fought for
        ({2: 0.6}, 0.0, 1, 1.0),
    ],
)
def test_threads_share_what_was_seen_to_be_shared(
    threads: dict[int, float], waits: float, workers: int, part: float
) -> None:
    assert with_threads(job(threads=threads, waits=waits), workers) == pytest.approx(part)


def test_threads_that_take_turns_are_held_up_by_their_one_process() -> None:
    held, released = (
        predict(job(threads={2: part}), Way(backend="thread_executor", workers=2), free(2)) for part in (1.02, 0.52)
    )
    assert held.bound == "parent"
    assert released.bound == "CPUs"
    assert held.seconds == pytest.approx(0.64 * 1.02)
    assert held.cpu_s == pytest.approx(0.64 * 1.02)
    assert released.cpu_s == pytest.approx(0.64)


def test_memory_is_the_programs_with_all_results_and_that_of_each_worker() -> None:
    what = job(10, result=carried(1e6), parent_bytes=5e7, worker_bytes=3e6)
    forked = predict(what, pool(4, 2), usual())
    assert forked.memory_bytes == pytest.approx(5e7 + 1e7 + 4 * (4e6 + 3e6 + 2 * 2 * 1e6))
    spawned = predict(what, pool(4, 2, "spawn"), usual())
    assert spawned.memory_bytes - forked.memory_bytes == pytest.approx(4 * 6e6)


def test_handing_items_to_threads_is_paid_for_each_and_starting_them_once() -> None:
    start = Start(workers=2, made_s=Constant(2e-4), first_s=NOTHING, each_made_s=Constant(1e-4))
    constants = free(4, starts={("thread_executor", ""): start})
    what = job(1000, 1e-3, threads={2: 0.5, 4: 0.25}, thread_s=2e-5)
    two, four = (predict(what, Way(backend="thread_executor", workers=workers), constants) for workers in (2, 4))
    assert two.seconds == pytest.approx(0.5 + 0.02 + 2e-4)
    assert four.seconds == pytest.approx(0.25 + 0.02 + 4e-4)
    assert two.shares.dispatch_s == pytest.approx(0.02)
    short = predict(job(1000, 1e-6, threads={2: 0.5}, thread_s=2e-5), two.way, constants)
    assert short.seconds > 0.02
    assert short.bound == "parent"


@pytest.mark.parametrize(("items", "seconds"), [(1, 1.0), (32, 1.0), (33, 2.0), (320, 10.0)])
def test_fewer_items_than_threads_take_as_long_as_one(items: int, seconds: float) -> None:
    waiting = job(items, 1.0, threads={32: 1 / 32}, waits=1.0)
    assert predict(waiting, Way(backend="thread_executor", workers=32), free(2)).seconds == pytest.approx(seconds)
