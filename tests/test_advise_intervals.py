"""Intervals of predictions hold what they promise, and are wider than all that is known to scatter."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest

from study.advise.model.intervals import (
    EVEN,
    LEVELS,
    MOST_SHORT,
    SHORT_S,
    Errors,
    Tried,
    alike,
    conformal,
    fewest_for,
    kin,
    noise_of,
    spread_of,
    with_intervals,
)
from study.advise.model.job import NOTHING, Constant, Constants, Start, Way
from study.advise.model.predict import predict, roughly_s
from tests.advise_jobs import TRANSFER, carried, executor, free, job, pool, usual

LOOP = Way(backend="call")


LONG_S = 1e9
"""Of a job that takes so long no start is to be seen."""


def tried(way: Way, *errors: float, function: str = "f") -> tuple[Tried, ...]:
    return tuple(Tried(function, way, LONG_S, LONG_S * math.exp(error)) for error in errors)


@pytest.mark.parametrize(("level", "fewest"), [(0.8, 9), (0.9, 19), (0.95, 39)])
def test_an_interval_asks_for_as_many_errors_as_leave_one_at_each_end(level: float, fewest: int) -> None:
    assert fewest_for(level) == fewest
    errors = [0.01 * number for number in range(fewest)]
    assert conformal(errors, level) == (errors[0], errors[-1])
    assert conformal(errors[:-1], level) is None


def test_the_ends_are_the_errors_at_their_places() -> None:
    errors = [0.01 * number for number in range(99)]
    random.Random(1).shuffle(errors)
    assert conformal(errors, 0.8) == pytest.approx((0.09, 0.89))
    assert conformal(errors, 0.9) == pytest.approx((0.04, 0.94))


@pytest.mark.parametrize("level", LEVELS)
def test_the_next_error_lies_inside_as_often_as_is_said(level: float) -> None:
    drawn, inside, studies = random.Random(7), 0, 4000
    for _ in range(studies):
        ends = conformal([drawn.lognormvariate(0.0, 1.0) for _ in range(39)], level)
        assert ends is not None
        inside += ends[0] <= drawn.lognormvariate(0.0, 1.0) <= ends[1]
    assert abs(inside / studies - level) < 4 * math.sqrt(level * (1 - level) / studies)


def test_a_way_is_judged_by_its_nearest_kin_of_whom_there_are_enough() -> None:
    one = pool(2, 1)
    own, more, spawned = replace(pool(2, 4), is_own=True), pool(2, 4), pool(2, 1, "spawn")
    assert kin(one)[0] == kin(own)[0] == kin(more)[0] == kin(executor())[0] != kin(spawned)[0]
    assert kin(one)[1] == kin(spawned)[1] != kin(LOOP)[1]
    jobs = tried(one, *[0.1] * 9) + tried(own, *[0.2] * 9) + tried(spawned, *[0.3] * 8)
    assert sorted(alike(more, jobs, 0.8)) == pytest.approx([0.1] * 9 + [0.2] * 9)
    assert len(alike(spawned, jobs, 0.8)) == 26
    assert len(alike(LOOP, jobs, 0.8)) == 26
    assert alike(LOOP, jobs, 0.95) == []


def test_an_interval_is_that_of_the_errors_where_nothing_else_is_known() -> None:
    what, constants = job(64, LONG_S), free()
    errors = Errors(tried=tried(pool(), *[-0.3] * 10, *[0.0] * 80, *[0.2] * 10))
    found = with_intervals(predict(what, pool(), constants), what, constants, errors)
    assert [interval.level for interval in found.intervals] == list(LEVELS)
    assert found.held_out == 100
    for low_s, high_s, _ in found.intervals:
        assert low_s == pytest.approx(found.seconds * math.exp(-0.3))
        assert high_s == pytest.approx(found.seconds * math.exp(0.2))


def test_without_jobs_that_were_held_out_there_is_no_interval() -> None:
    what, constants = job(), usual()
    found = with_intervals(predict(what, pool(), constants), what, constants, Errors(noise={"": 0.1}))
    assert (found.intervals, found.held_out) == ((), 0)
    few = with_intervals(predict(what, pool(), constants), what, constants, Errors(tried=tried(pool(), *[0.1] * 9)))
    assert [interval.level for interval in few.intervals] == [0.8]


def test_the_number_lies_in_its_own_interval_even_where_all_errors_are_of_one_sign() -> None:
    what, constants = job(), free()
    found = with_intervals(predict(what, pool(), constants), what, constants, Errors(tried=tried(pool(), *[0.3] * 20)))
    assert all(low_s <= found.seconds <= high_s for low_s, high_s, _ in found.intervals)


def test_no_interval_is_narrower_than_measuring_once_more() -> None:
    what, constants = job(), free()
    exact = tried(pool(), *[0.0] * 20)
    found = with_intervals(predict(what, pool(), constants), what, constants, Errors(tried=exact, noise={"": 0.1}))
    assert math.log(found.intervals[0].high_s / found.seconds) == pytest.approx(0.1 * 1.2816, rel=1e-3)
    assert math.log(found.seconds / found.intervals[1].low_s) == pytest.approx(0.1 * 1.6449, rel=1e-3)


def test_the_sample_of_the_items_widens_the_interval_in_proportion_to_what_others_miss() -> None:
    exact, sampled, constants = job(64, LONG_S), job(64, LONG_S, sample_spread=0.2), free()
    errors = Errors(tried=tried(pool(), *[-0.3] * 10, *[0.3] * 10))
    narrow, wide = (
        with_intervals(predict(what, pool(), constants), what, constants, errors) for what in (exact, sampled)
    )
    assert math.log(narrow.intervals[0].high_s / narrow.seconds) == pytest.approx(0.3)
    expected = 0.3 * math.hypot(1.0, 0.2 / EVEN)
    assert math.log(wide.intervals[0].high_s / wide.seconds) == pytest.approx(expected, rel=1e-3)
    assert spread_of(sampled, pool(), constants) == pytest.approx(0.2)
    assert spread_of(exact, pool(), constants) == 0


def test_every_constant_that_a_way_counts_with_adds_to_its_spread() -> None:
    what = job(50, 1e-4, argument=carried(1e5), parent_bytes=1e8)
    whole = usual()
    all_of_it = spread_of(what, pool(4, 1), whole)
    exact: dict[str, Any] = {"transfer": tuple((size, Constant(number.value)) for size, number in TRANSFER)}
    exact["forked_byte_s"] = Constant(whole.forked_byte_s.value)
    for name, numbers in exact.items():
        assert spread_of(what, pool(4, 1), replace(whole, **{name: numbers})) < all_of_it, name
    of_others = replace(whole, handed={**whole.handed, "process_executor": whole.handed["pool"]})
    assert spread_of(what, pool(4, 1), of_others) == pytest.approx(all_of_it)
    assert spread_of(job(64), LOOP, whole) == 0


def test_the_spread_of_one_constant_is_what_moving_it_does() -> None:
    what, way = job(4, 0.0), pool(2, 1)
    constants = usual(placement_s=NOTHING, forked_byte_s=NOTHING)
    only = Start(workers=2, made_s=NOTHING, first_s=Constant(0.05, 0.3))
    constants = replace(constants, starts={("pool", "fork"): only}, handed={"pool": free().handed["pool"]})
    moved = replace(constants, starts={("pool", "fork"): replace(only, first_s=Constant(0.05 * math.exp(0.3)))})
    expected = math.log(roughly_s(what, way, moved) / roughly_s(what, way, constants))
    assert spread_of(what, way, constants) == pytest.approx(expected)


def test_what_is_uncertain_of_a_start_is_that_of_the_number_of_workers() -> None:
    what, way = job(4, 0.0), pool(2, 1)
    few = Start(workers=2, made_s=NOTHING, first_s=Constant(0.05, 0.3))
    many = Start(workers=8, made_s=NOTHING, first_s=Constant(0.2, 0.9), fewer=(few,))
    alone = free(2, starts={("pool", "fork"): few})
    both = free(2, starts={("pool", "fork"): many})
    assert spread_of(what, way, both) == pytest.approx(spread_of(what, way, alone))
    assert spread_of(what, way, both) > 0.0


def test_what_fresh_workers_lose_is_uncertain_at_all_numbers_of_chunks_together() -> None:
    what, way = job(4), pool(2, 1)

    def losing(*lost_s: float, spread: float = 0.0) -> Constants:
        points = tuple((at, Constant(seconds, spread)) for at, seconds in zip((1.0, 4.0), lost_s, strict=True))
        start = Start(workers=2, made_s=NOTHING, first_s=NOTHING, placement_s=points)
        return free(starts={("pool", "fork"): start})

    moved_s = roughly_s(what, way, losing(2e-4 * math.exp(0.4), 8e-4 * math.exp(0.4)))
    expected = math.log(moved_s / roughly_s(what, way, losing(2e-4, 8e-4)))
    assert spread_of(what, way, losing(2e-4, 8e-4, spread=0.4)) == pytest.approx(expected)


def test_noise_is_what_one_of_two_measurements_scatters() -> None:
    drawn = random.Random(3)
    again = [(pool(), math.exp(drawn.gauss(0, 0.1)), math.exp(drawn.gauss(0, 0.1))) for _ in range(4000)]
    noise = noise_of([*again, (LOOP, 1.0, 1.0)])
    assert noise[kin(pool())[0]] == pytest.approx(0.1, rel=0.05)
    assert noise[kin(LOOP)[0]] == 0
    assert noise[""] == pytest.approx(0.1, rel=0.05)


def test_errors_of_jobs_whose_own_spread_is_large_count_for_less() -> None:
    even, uneven = (Tried("f", pool(), LONG_S, LONG_S * math.exp(0.3), spread=spread) for spread in (0.0, 2 * EVEN))
    assert even.in_units == pytest.approx(0.3)
    assert uneven.in_units == pytest.approx(0.3 / math.sqrt(5))
    assert alike(pool(), [uneven] * 9, 0.8) == pytest.approx([0.3 / math.sqrt(5)] * 9)


def test_errors_of_short_jobs_of_workers_count_for_less_and_their_intervals_are_wider() -> None:
    short = Tried("f", pool(), SHORT_S, SHORT_S * math.exp(0.3))
    assert short.in_units == pytest.approx(0.3 / math.sqrt(2))
    assert Tried("f", LOOP, SHORT_S, SHORT_S * math.exp(0.3)).in_units == pytest.approx(0.3)
    assert Tried("f", pool(), 1e-12, 1e-12).unit == pytest.approx(math.hypot(1.0, MOST_SHORT))
    brief, constants = job(64, SHORT_S / 16), free()
    errors = Errors(tried=tried(pool(), *[-0.3] * 10, *[0.3] * 10))
    found = with_intervals(predict(brief, pool(), constants), brief, constants, errors)
    assert math.log(found.intervals[0].high_s / found.seconds) == pytest.approx(0.3 * math.sqrt(2), rel=1e-6)
