"""What a real pool took for some items corrects what its parts foretell, as far as it is no noise."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any, Self

import pytest

from study.advise.costs import constants_of
from study.advise.measured import job_of
from study.advise.model.figures import figures_of
from study.advise.model.job import NOT_PILOTED, Carried, Constant, Constants, Job, Piloted, Way
from study.advise.model.pipeline import living, simulated
from study.advise.piloted import DIFFERS, LEAST_MOVED, NOISE, with_pilot
from study.advise.probe import pilot, pools, sampling, tasks
from study.advise.probe.answers import Answers
from study.advise.rounds import LARGEST_PILOT, PILOT_S, pilots_of
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.things.start_methods import FORK
from tests.advise import made_up

PLAIN = made_up.probed()
CONSTANTS, JOB = constants_of(PLAIN), job_of(PLAIN)
LARGE, SINGLE = 50, 1
BELIEVED = DIFFERS**2 / (DIFFERS**2 + NOISE**2)
"""Of what a pilot of items that are alike differs by."""


def foretold_s(job: Job, chunk: int, items: int) -> float:
    part = replace(job, items=items)
    way = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=chunk, is_own=False)
    return simulated(part, way, living(figures_of(part, way, CONSTANTS))).seconds


def piloted(large: float, single: float, job: Job = JOB) -> Job:
    """The job after a pilot whose maps took so many times what was foretold: large chunks, and single ones beyond that."""
    corrected = with_pilot(job, CONSTANTS, told((LARGE, large * foretold_s(job, LARGE, 200))))
    return with_pilot(
        job,
        CONSTANTS,
        told(
            (LARGE, large * foretold_s(job, LARGE, 200)),
            (SINGLE, single * foretold_s(corrected, SINGLE, 200)),
        ),
    )


def assert_near(found: Piloted, expected: Piloted) -> None:
    """As far as the first map of a program is like a later one."""
    assert asdict(found) == pytest.approx(asdict(expected), rel=1e-3, abs=1e-7)


def times_of(job: Job) -> float:
    return job.through(POOL.name).times


def told(*took: tuple[int, float]) -> Any:
    pilots = [{"chunk": chunk, "chunks": 200 // chunk, "items": 200, "times_s": [took_s] * 3} for chunk, took_s in took]
    part = {"backend": POOL.name, "method": FORK.name, "workers": 2, "pilots": pilots}
    return made_up.probed(parts={**PLAIN.parts, "pilot": (part,)})


def test_without_a_pilot_and_with_one_that_is_as_foretold_the_job_is_as_its_parts_tell() -> None:
    assert with_pilot(JOB, CONSTANTS, PLAIN) == JOB
    assert_near(piloted(1.0, 1.0).through(POOL.name), NOT_PILOTED)


@pytest.mark.parametrize("times", [0.6, 0.95, 1.05, 1.5, 2.5])
def test_what_differs_by_much_is_believed_but_for_its_noise(times: float) -> None:
    job = piloted(times, 1.0)
    assert math.log(job.through(POOL.name).times) == pytest.approx(BELIEVED * math.log(times), rel=0.02)
    assert job.through(POOL.name).begin_s == pytest.approx(0.0, abs=1e-7)
    assert foretold_s(job, LARGE, 200) == pytest.approx(
        job.through(POOL.name).times * foretold_s(JOB, LARGE, 200), rel=0.02
    )


def test_what_single_items_take_beyond_large_chunks_is_paid_at_the_beginning_of_each_chunk() -> None:
    job = piloted(1.0, 1.5)
    assert times_of(job) == pytest.approx(1.0, rel=1e-3)
    believed = math.exp(BELIEVED * math.log(1.5))
    assert foretold_s(job, SINGLE, 200) == pytest.approx(believed * foretold_s(JOB, SINGLE, 200), rel=0.02)
    assert foretold_s(job, LARGE, 200) == pytest.approx(foretold_s(JOB, LARGE, 200), rel=0.02)
    assert piloted(1.0, 0.5).through(POOL.name).begin_s == 0.0


@pytest.mark.parametrize("times", [0.6, 0.3, 0.01])
def test_single_items_that_come_sooner_than_foretold_have_large_messages_that_travel_faster(times: float) -> None:
    constants = replace(CONSTANTS, transfer=((1e5, Constant(2e-3)), (1e7, Constant(0.1))))
    way = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=1, is_own=False)

    def single_s(job: Job) -> float:
        part = replace(job, items=200)
        return simulated(part, way, living(figures_of(part, way, constants))).seconds

    large = replace(JOB, item_s=(1e-4,), argument=Carried(size_bytes=1e5))
    pilots = told((LARGE, 0.0), (SINGLE, times * single_s(large)))
    found = with_pilot(large, constants, pilots)
    told_of = found.through(POOL.name)
    assert told_of == Piloted(moved=told_of.moved)
    believed = math.exp(BELIEVED * math.log(times))
    if believed > LEAST_MOVED:
        assert single_s(found) == pytest.approx(believed * single_s(large), rel=0.02)
    else:
        assert told_of.moved == pytest.approx(LEAST_MOVED, rel=0.01)
    small = replace(large, argument=Carried(size_bytes=1e3))
    slower = told((LARGE, 0.0), (SINGLE, times * single_s(small)))
    assert with_pilot(small, constants, slower).through(POOL.name) == NOT_PILOTED


def test_of_items_that_are_unlike_little_is_believed_unless_all_of_them_were_seen() -> None:
    uneven = replace(JOB, item_s=tuple(1e-4 + 9e-3 * (number % 10 == 0) for number in range(50)))
    assert 1.0 < times_of(piloted(3.0, 1.0, uneven)) < 1.5
    assert times_of(piloted(3.0, 1.0)) > 2.5
    seen = replace(uneven, items=150)  # of the sample as of the pilot
    assert times_of(piloted(1.5, 1.0, seen)) == pytest.approx(times_of(piloted(1.5, 1.0)), rel=1e-3)


def test_a_pilot_is_held_against_a_program_that_has_done_it_before() -> None:
    dear = {"inside": {"parent_s": 2e-6, "worker_s": 3e-6}, "inside_again": {"parent_s": 1e-6, "worker_s": 2e-6}}
    dispatch = {"dispatch": [{**handing, **dear} for handing in made_up.dispatch()["dispatch"]]}
    parts = {**PLAIN.parts, "dispatch": (dispatch,)}
    constants = constants_of(made_up.probed(parts=parts))
    handed = constants.handed[POOL.name]
    again = replace(handed, each_parent_s=Constant(1e-6), each_worker_s=Constant(2e-6))
    short = replace(JOB, item_s=(1e-8,), items=200_000)
    way = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=50_000, is_own=False)

    def took_s(costs: Constants) -> float:
        return simulated(short, way, living(figures_of(short, way, costs))).seconds

    before_s = took_s(replace(constants, handed={**constants.handed, POOL.name: again}))
    map_ = {"chunk": 50_000, "chunks": 4, "items": 200_000, "times_s": [before_s] * 3}
    pilot_ = {"backend": POOL.name, "method": FORK.name, "workers": 2, "pilots": [map_]}
    found = with_pilot(short, constants, made_up.probed(parts={**parts, "pilot": (pilot_,)}))
    assert_near(found.through(POOL.name), NOT_PILOTED)
    assert took_s(constants) > (1 + NOISE) * before_s
    twice = {**pilot_, "pilots": [{**map_, "times_s": [2 * before_s] * 3}]}
    slow = with_pilot(short, constants, made_up.probed(parts={**parts, "pilot": (twice,)}))
    slow_s = simulated(slow, way, living(figures_of(slow, way, constants))).seconds
    new_s = took_s(constants) - before_s
    assert slow_s == pytest.approx(math.exp(BELIEVED * math.log(2)) * before_s + new_s, rel=0.02)


def test_each_backend_is_corrected_by_its_own_pilot_and_one_without_by_the_first() -> None:
    def pilot_of(backend: str, times: float) -> dict[str, Any]:
        way = Way(backend=backend, start_method=FORK.name, workers=2, chunksize=LARGE, is_own=False)
        part = replace(JOB, items=200)
        took_s = times * simulated(part, way, living(figures_of(part, way, CONSTANTS))).seconds
        maps = [{"chunk": LARGE, "chunks": 4, "items": 200, "times_s": [took_s] * 3}]
        return {"backend": backend, "method": FORK.name, "workers": 2, "pilots": maps}

    both = (pilot_of(POOL.name, 1.5), pilot_of(PROCESS_EXECUTOR.name, 0.6))
    found = with_pilot(JOB, CONSTANTS, made_up.probed(parts={**PLAIN.parts, "pilot": both}))
    assert found.through(POOL.name).times > 1.4
    assert found.through(PROCESS_EXECUTOR.name).times < 0.65
    assert found.through("another") == found.through(POOL.name)
    assert JOB.through("another") == NOT_PILOTED


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ({}, [(50, 4), (1, 200)]),  # a twentieth of a second, twice; a tenth, one by one
        ({"again_s": 1e-6}, [(250, 8), (1, 200)]),  # the whole list; no more single ones than tell something
        ({"again_s": 0.09, "count": 8}, [(1, 2)]),
        ({"argument_bytes": LARGEST_PILOT // 20}, [(10, 2), (1, 20)]),
        ({"result_bytes": LARGEST_PILOT}, [(1, 2)]),
    ],
)
def test_a_pilot_lasts_about_as_long_as_it_should_and_holds_no_more_than_memory(
    changes: dict[str, Any], sizes: list[tuple[int, int]]
) -> None:
    assert PILOT_S == 0.1
    assert pilots_of(made_up.looked(**changes), 2) == sizes


def test_the_pool_of_a_pilot_gets_the_chunks_that_were_planned(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []

    class Fake:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def mapped(pool: Fake, way: dict[str, Any], function: Any, items: list[Any], size: int) -> list[Any]:
        del pool, way
        if function is not tasks.brief:
            given.append((size, len(items)))
        return []

    monkeypatch.setattr(pools, "load", lambda _: None)
    monkeypatch.setattr(pools, "made", lambda *_: Fake())
    monkeypatch.setattr(pools, "mapped", mapped)
    monkeypatch.setattr(pilot, "Subject", lambda *_: _Subject())
    monkeypatch.setattr(sampling, "called", lambda *_: None)
    order = {"way": {"backend": "a", "method": "b"}, "workers": 2, "sizes": [[7, 4], [1, 10]], "budget_s": 0.0}
    found = pilot.measure(order, Answers(str(tmp_path / "answer")))
    assert given == [(7, 28), (7, 28), (1, 10), (1, 10)]
    assert [(told["chunk"], told["chunks"], len(told["times_s"])) for told in found["pilots"]] == [
        (7, 4, 1),
        (1, 10, 1),
    ]


class _Subject:
    function = staticmethod(abs)
    items = range(100)
