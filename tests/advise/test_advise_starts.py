"""How pools start and end, and what fresh workers lose, from pools that the probe made: numbers whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from study.advise.costs import constants_of
from study.advise.model.figures import figures_of, start_of
from study.advise.model.job import Constant, Job, Start, Way
from study.advise.model.pipeline import simulated
from study.advise.starting import SPREAD_BORROWED, SPREAD_OF_ONE
from study.things.backends import POOL, PROCESS_EXECUTOR, THREAD_EXECUTOR
from study.things.start_methods import FORK, FORKSERVER, SPAWN
from tests.advise import made_up

HANDED_S = 3e-4
"""What handing out a few chunks takes here, at most."""


def lost_s(start: Start) -> dict[float, float]:
    return {chunks: lost.value for chunks, lost in start.placement_s}


def test_a_start_is_what_the_pools_took_and_each_further_worker() -> None:
    starts = constants_of(made_up.probed()).starts
    start = starts[POOL.name, FORK.name]
    assert start.workers == 2
    assert start.made_s.value == pytest.approx(0.004)
    assert start.first_s.value == pytest.approx(0.005)
    assert start.each_s.value == pytest.approx(0.001)
    assert start.end_s.value == pytest.approx(0.003)
    assert start.each_made_s.value == 0.0
    assert start.boot_s.value == pytest.approx(0.005 - 0.004)
    assert start.first_s.spread == SPREAD_OF_ONE
    assert starts[POOL.name, SPAWN.name].first_s.value == pytest.approx(0.055)


def test_a_start_that_there_was_no_time_for_is_its_like_and_less_certain() -> None:
    starts = constants_of(made_up.probed()).starts
    assert set(starts) == {
        *((name, method) for name in (POOL.name, PROCESS_EXECUTOR.name) for method in (FORK.name, SPAWN.name)),
        (THREAD_EXECUTOR.name, ""),
    }
    borrowed = starts[PROCESS_EXECUTOR.name, SPAWN.name]
    assert borrowed.first_s == Constant(starts[POOL.name, SPAWN.name].first_s.value, SPREAD_BORROWED)


def test_what_the_first_pool_of_a_program_takes_is_what_counts() -> None:
    """It starts a server, or imports what later ones find: those only tell what each worker more adds, and needs itself."""
    first = made_up.life(0.09, 0.02, 2, made_s=0.03, end_s=0.01)
    later = [made_up.life(0.055, 0.02, 2, made_s=0.006), made_up.life(0.055, 0.02, 1)]
    told = made_up.started(FORKSERVER.name, 0.055, 0.02, first=first, placed=None, later=later)
    probed = made_up.probed(methods=(FORKSERVER.name,), **made_up.with_parts(starts={"starts": [told]}))
    start = constants_of(probed).starts[POOL.name, FORKSERVER.name]
    assert start.made_s.value == pytest.approx(0.03)
    assert start.first_s.value == pytest.approx(0.09)
    assert start.each_s.value == pytest.approx(0.001)
    assert start.end_s.value == pytest.approx(0.01)
    assert start.each_made_s.value == pytest.approx(0.002)
    assert start.boot_s.value == pytest.approx(0.055 - 0.004)
    assert start.placement_s == ()


def test_what_workers_that_share_a_cpu_wait_for_each_other_is_no_work_of_their_own() -> None:
    first = {**made_up.life(0.2, 0.02, 8, made_s=0.08), "ready_s": [0.2 + 0.01 * number for number in range(8)]}
    told = made_up.started(SPAWN.name, 0.2, 0.02, first=first, placed=None, later=[first])
    constants = constants_of(made_up.probed(methods=(SPAWN.name,), **made_up.with_parts(starts={"starts": [told]})))
    assert constants.starts[POOL.name, SPAWN.name].boot_s.value == pytest.approx((0.2 - 0.01) / 4)
    way = Way(backend=POOL.name, start_method=SPAWN.name, workers=4, chunksize=1)
    assert figures_of(Job(items=8, item_s=(1e-3,)), way, constants).first_s == pytest.approx(0.2 - 2 * 0.19 / 4)


def test_copies_are_handed_nothing_before_all_of_them_are_made() -> None:
    """An executor makes its workers at its first task, and hands out after the last of them."""
    first = made_up.life(0.002, 0.0, 2, made_s=0.001, handed_s=0.008)
    later = [
        made_up.life(0.002, 0.0, 2, made_s=0.001, handed_s=0.006),
        made_up.life(0.002, 0.0, 1, made_s=0.001, handed_s=0.003),
    ]
    for method, made_s, each_made_s in ((FORK, 0.008, 0.003), (SPAWN, 0.001, 0.0)):
        told = made_up.started(method.name, 0.002, 0.0, first=first, placed=None, later=later)
        probed = made_up.probed(methods=(method.name,), **made_up.with_parts(starts={"starts": [told]}))
        start = constants_of(probed).starts[POOL.name, method.name]
        assert start.made_s.value == pytest.approx(made_s)
        assert start.each_made_s.value == pytest.approx(each_made_s)


def test_of_pools_of_one_size_each_worker_is_taken_to_add_its_part() -> None:
    first = made_up.life(0.2, 0.02, 8, made_s=0.08, end_s=0.04)
    told = made_up.started(SPAWN.name, 0.2, 0.02, first=first, placed=None, later=[first])
    constants = constants_of(made_up.probed(methods=(SPAWN.name,), **made_up.with_parts(starts={"starts": [told]})))
    way = Way(backend=POOL.name, start_method=SPAWN.name, workers=4, chunksize=1)
    figures = figures_of(Job(items=8, item_s=(1e-3,)), way, constants)
    assert figures.made_s == pytest.approx(0.04)
    assert figures.end_s == pytest.approx(0.02)


def test_what_several_processes_found_of_a_way_counts_together() -> None:
    apart = [
        {"starts": [made_up.started(FORK.name, 0.005, 0.0, placed=None)]},
        *(
            {"starts": [made_up.started(FORK.name, 0.005, 0.0, first=None, later=[], placed=placed)]}
            for placed in (
                {"workers": 2, "chunks": 1, "made_s": 0.009, "done_s": 0.027, "end_s": 0.004, "alone_s": 0.017},
                {"workers": 2, "chunks": 1, "made_s": 0.006, "done_s": 0.031, "end_s": 0.005, "alone_s": 0.017},
            )
        ),
    ]
    probed = made_up.probed(parts={**made_up.probed().parts, "starts": tuple(apart)})
    start = constants_of(probed).starts[POOL.name, FORK.name]
    assert start.made_s.value == pytest.approx(0.006)
    assert start.end_s.value == pytest.approx(0.004)
    assert lost_s(start) == {1: pytest.approx(0.012 - 0.006, abs=HANDED_S)}


def test_placement_is_what_a_short_job_took_beside_its_start_and_its_work() -> None:
    starts = constants_of(made_up.probed()).starts
    for method in (FORK.name, SPAWN.name):
        assert lost_s(starts[POOL.name, method]) == {1: pytest.approx(0.007, abs=HANDED_S)}


def test_a_short_job_as_it_was_tried_is_foretold_as_long_as_it_took() -> None:
    first = {**made_up.life(0.055, 0.02, 2), "ready_s": [0.055, 0.080]}
    for chunks, done_s in ((1, 0.055 + 2 * 0.010 + 0.002), (4, 0.055 + 8 * 0.0025 + 0.006)):
        placed = {"workers": 2, "chunks": chunks, "made_s": 0.004, "done_s": done_s, "end_s": 0.003, "alone_s": 0.010}
        told = {"starts": [made_up.started(SPAWN.name, 0.055, 0.02, first=first, placed=placed)]}
        constants = constants_of(made_up.probed(**made_up.with_parts(starts=told)))
        job = Job(items=2 * chunks, item_s=(0.010 / chunks,))
        way = Way(backend=POOL.name, start_method=SPAWN.name, workers=2, chunksize=1, is_own=False)
        figures = figures_of(job, way, constants)
        assert 0.001 < figures.placement_s < 0.01
        assert simulated(job, way, figures).seconds - figures.end_s == pytest.approx(done_s)


def test_what_fresh_workers_lose_is_told_apart_by_the_chunks_that_each_of_them_has() -> None:
    def part(chunks: int, lost: float) -> dict[str, Any]:
        plain = made_up.started(FORK.name, 0.005, 0.0)["placed"]
        placed = {**plain, "chunks": chunks, "done_s": plain["done_s"] - 0.007 + lost}
        return {"starts": [made_up.started(FORK.name, 0.005, 0.0, placed=placed)]}

    told = (part(1, 0.002), part(4, 0.006), part(1, 0.0), part(4, 0.012), part(1, 0.010), part(4, 0.0))
    probed = made_up.probed(parts={**made_up.probed().parts, "starts": told})
    start = constants_of(probed).starts[POOL.name, FORK.name]
    assert lost_s(start) == {1: pytest.approx(0.002, abs=HANDED_S), 4: pytest.approx(0.006, abs=HANDED_S)}


def test_a_short_job_that_was_sooner_done_than_its_start_foretells_counts_against_one_that_was_later() -> None:
    def part(lost: float) -> dict[str, Any]:
        plain = made_up.started(FORK.name, 0.005, 0.0)["placed"]
        return {
            "starts": [
                made_up.started(FORK.name, 0.005, 0.0, placed={**plain, "done_s": plain["done_s"] - 0.007 + lost})
            ]
        }

    for lost, of_both in (((-0.002, 0.006), 0.002), ((-0.006, 0.002), 0.0)):
        probed = made_up.probed(parts={**made_up.probed().parts, "starts": tuple(map(part, lost))})
        start = constants_of(probed).starts[POOL.name, FORK.name]
        assert lost_s(start) == {1: pytest.approx(of_both, abs=HANDED_S)}


def test_a_start_with_fewer_workers_is_what_it_was_with_them() -> None:
    def part(ready_s: float, count: int) -> dict[str, Any]:
        first = made_up.life(ready_s, 0.02, count)
        return {"starts": [made_up.started(SPAWN.name, ready_s, 0.02, first=first, later=[], placed=None)]}

    told = (part(0.2, 8), part(0.06, 2), part(0.09, 4), part(0.1, 4), part(0.11, 4))
    probed = made_up.probed(methods=(SPAWN.name,), parts={**made_up.probed().parts, "starts": told})
    constants = constants_of(probed)
    for backend in (POOL.name, PROCESS_EXECUTOR.name):  # of the executor nothing was tried
        for workers, first_s in ((8, 0.2), (6, 0.2), (4, 0.1), (3, 0.1), (2, 0.06)):
            way = Way(backend=backend, start_method=SPAWN.name, workers=workers)
            assert start_of(way, constants).first_s.value == pytest.approx(first_s)
    more = Way(backend=POOL.name, start_method=SPAWN.name, workers=16)
    assert start_of(more, constants).workers == 8
    assert start_of(replace(more, workers=2), constants).first_s.spread == SPREAD_OF_ONE
    borrowed = start_of(replace(more, backend=PROCESS_EXECUTOR.name, workers=2), constants)
    assert borrowed.first_s.spread == SPREAD_BORROWED


def test_what_was_not_tried_loses_as_much_as_its_like() -> None:
    starts = constants_of(made_up.probed()).starts
    assert lost_s(starts[PROCESS_EXECUTOR.name, FORK.name]) == {1: pytest.approx(0.007, abs=HANDED_S)}
