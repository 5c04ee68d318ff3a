"""Which ways are tried, which one is advised, from where on it is another, and what would help more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.advise.model.changes import change, first_where
from study.advise.model.choice import TOO_CLOSE, WORTH, answer, pick, shortlist
from study.advise.model.help import helps, larger_chunks
from study.advise.model.job import Carried, Collected, Job, Predicted, Shares, Way
from study.advise.model.predict import predict
from study.advise.model.ways import Asked, simpler_first, ways_of, workers_of
from study.things import BACKENDS
from study.things.handing import HANDING
from tests.advise_jobs import carried, executor, free, job, pool, possible, usual

LOOP = Way(backend="call")


def predicted(way: Way, seconds: float) -> Predicted:
    shares = Shares(work_s=seconds)
    return Predicted(way=way, seconds=seconds, cpu_s=seconds, memory_bytes=0.0, shares=shares, bound="workers")


def test_every_way_is_one_that_exists_and_none_comes_twice() -> None:
    all_of_it = possible(packages=frozenset({"joblib"}), has_interpreters=True)
    ways = list(ways_of(1000, 0.0, all_of_it))
    assert len(set(ways)) == len(ways)
    assert {way.backend for way in ways} == set(HANDING)
    assert ways[0] == LOOP
    assert all(1 <= way.workers <= 4 and 0 <= way.chunksize <= 1000 for way in ways)
    assert {way.workers for way in ways if way != LOOP} == {2, 3, 4}
    started = {way.start_method for way in ways if BACKENDS[way.backend].takes_start_method}
    assert started == {"fork", "forkserver", "spawn"}
    assert all(not way.start_method for way in ways if not BACKENDS[way.backend].takes_start_method)


def test_what_is_not_there_is_not_tried() -> None:
    ways = list(ways_of(100, 0.0, possible(start_methods=("spawn",))))
    assert {way.backend for way in ways} == {"call", "thread_executor", "pool", "process_executor"}
    assert {way.start_method for way in ways} == {"", "spawn"}
    with pytest.raises(ValueError, match="no such start method: teleport"):
        possible(start_methods=("teleport",))


def test_chunks_double_up_to_one_for_each_worker_beside_the_librarys_own() -> None:
    ways = [way for way in ways_of(100, 0.0, possible(2)) if way.backend == "pool" and way.start_method == "fork"]
    tried = [way.chunksize for way in ways if way.workers == 2]
    assert tried == [13, 1, 2, 4, 8, 16, 32, 50]
    assert [way.chunksize for way in ways if way.workers == 2 and way.is_own] == [13]
    threads = [way for way in ways_of(100, 0.0, possible(2)) if way.backend == "thread_executor"]
    assert {(way.chunksize, way.is_own) for way in threads} == {(1, True)}


def test_the_user_is_asked_before_the_machine() -> None:
    asked = Asked(workers=(3, 16), start_methods=("spawn",), chunksizes=(7,))
    ways = [way for way in ways_of(100, 0.0, possible(), asked) if way != LOOP]
    assert {way.workers for way in ways} == {3, 16}
    assert {way.start_method for way in ways} == {"", "spawn"}
    assert any(way.chunksize == 7 and way.backend == "pool" for way in ways)


def test_many_cpus_are_tried_by_doubling_and_who_waits_has_more_workers_than_cpus() -> None:
    assert workers_of(0.0, possible(3)) == (2, 3)
    assert workers_of(0.0, possible(48)) == (2, 4, 8, 16, 24, 32, 48)
    assert workers_of(0.9, possible(2)) == (2, 4, 8)
    assert workers_of(0.9, possible(2), threads=True) == (2, 4, 8, 16, 32)
    assert workers_of(0.0, possible(2), threads=True) == (2,)
    assert workers_of(0.0, possible(1)) == (1,)


def test_windows_waits_for_so_many_things_at_once_and_no_more() -> None:
    windows = possible(96, start_methods=("spawn",), is_windows=True)
    ways = list(ways_of(1000, 0.0, windows, Asked(workers=(60, 61, 62))))
    assert {way.workers for way in ways if way.backend == "pool"} == {60}
    assert {way.workers for way in ways if way.backend == "process_executor"} == {60, 61}
    assert {way.workers for way in ways if way.backend == "thread_executor"} == {60, 61, 62}


def test_the_loop_is_advised_where_nothing_is_clearly_faster() -> None:
    loop = predicted(LOOP, 1.0)
    for seconds, expected in ((WORTH - 0.01, pool()), (WORTH + 0.01, LOOP), (1.5, LOOP)):
        assert pick([loop, predicted(pool(), seconds)], loop, possible()).way == expected


def test_of_what_is_too_close_to_call_the_simpler_is_advised() -> None:
    loop, own = predicted(LOOP, 10.0), replace(pool(4, 2), is_own=True)
    fast = predicted(executor(4, 7, "spawn"), 1.0)
    assert pick([loop, fast, predicted(own, TOO_CLOSE - 0.01)], loop, possible()).way == own
    assert pick([loop, fast, predicted(own, TOO_CLOSE + 0.01)], loop, possible()).way == fast.way
    own_of_two = replace(pool(2), is_own=True)
    rising = sorted(
        [executor(), pool(2), own_of_two, pool(2, start_method="spawn"), LOOP, pool(4, 4), pool(2, 8)],
        key=lambda way: simpler_first(way, possible()),
    )
    assert rising[0] == LOOP
    assert rising[1].is_own
    assert [way.chunksize for way in rising[2:5]] == [8, 4, 4]
    assert rising[-2].start_method == "spawn"
    assert rising[-1].backend == "process_executor"


def asked_of(what: Job, cpus: int = 4) -> Way:
    return answer(what, possible(cpus), usual(cpus)).picked.way


def test_a_short_job_is_left_alone_and_a_long_one_is_shared() -> None:
    assert asked_of(job(20, 1e-6)) == LOOP
    assert asked_of(job(1000, 0.0)) == LOOP
    long = answer(job(1000, 0.05), possible(), usual())
    assert not long.is_loop
    assert not long.is_close
    assert long.picked.way.workers == 4
    assert long.picked.seconds < WORTH * long.loop.seconds
    assert long.ways[0] is long.fastest
    assert [way.seconds for way in long.ways] == sorted(way.seconds for way in long.ways)
    assert asked_of(job(1000, 0.05), cpus=1) == LOOP
    assert long.picked.seconds <= TOO_CLOSE * long.fastest.seconds
    assert long.picked in long.too_close


def test_threads_are_advised_where_they_share_as_much() -> None:
    released, held = (job(1000, 0.01, threads={2: part, 4: rest}) for part, rest in ((0.5, 0.25), (1.0, 1.05)))
    assert BACKENDS[asked_of(released).backend].kind == "thread"
    assert BACKENDS[asked_of(held).backend].kind == "process"


def test_heavy_imports_speak_for_a_worker_that_inherits() -> None:
    assert asked_of(job(100, 0.02, import_s=2.0)).start_method == "fork"


def test_what_cannot_be_foretold_is_told() -> None:
    given = answer(job(), possible(), usual(starts={}))
    assert given.is_loop
    assert given.lacking["pool", "fork"] == "what its workers take to start"
    assert given.lacking["thread_executor", ""] == "what threads do with this function"


def test_of_each_backend_and_start_method_the_best_is_simulated_and_of_all_those_not_far_behind() -> None:
    ways = [LOOP, *(pool(2, size) for size in (1, 2, 4, 8)), pool(2, 4, "spawn"), replace(executor(2, 1), is_own=True)]
    rough = list(zip((5.0, 4.0, 1.0, 1.5, 2.5, 9.0, 8.0), ways, strict=True))
    assert shortlist(rough) == [LOOP, pool(2, 2), pool(2, 4), pool(2, 4, "spawn"), ways[-1]]


def test_the_place_where_the_answer_changes_is_where_it_changes() -> None:
    what, constants = job(10, 1e-3), usual()
    found = change(what, possible(), constants)
    assert found.items is not None
    assert found.item_s is not None

    def best(changed: Job) -> float:
        ways = ways_of(changed.items, 0.0, possible(), Asked(workers=(4,)))
        parallel = [way for way in ways if way.backend == "pool"]
        return min(predict(changed, way, constants).seconds for way in parallel) / changed.loop_s

    for times, is_worth in ((0.5, False), (2.0, True)):
        assert (best(replace(what, items=round(found.items * times))) < WORTH) is is_worth
        assert (best(replace(what, item_s=(found.item_s * times,))) < WORTH) is is_worth


def test_where_nothing_helps_no_number_of_items_does() -> None:
    sent = job(10, 1e-6, argument=carried(1e6))
    assert change(sent, possible(), usual()).items is None
    assert change(sent, possible(), usual()).item_s is not None
    nothing = change(job(10, 1e-3), possible(), usual(starts={}))
    assert (nothing.items, nothing.item_s) == (None, None)


def test_a_place_is_found_by_halving() -> None:
    assert first_where(lambda number: number >= 37.0, 1.0, 1e9, 60) == pytest.approx(37.0)
    assert first_where(lambda number: number >= 0.5, 1.0, 1e9, 60) == 1.0
    assert first_where(lambda number: number > 1e9, 1.0, 1e9, 60) is None


def words(what: Job) -> list[str]:
    constants = usual()
    return [help_.words.split(":")[0] for help_ in helps(what, constants, answer(what, possible(), constants))]


def test_what_would_help_is_what_costs() -> None:
    assert words(job(2000, 0.02)) == []
    assert words(job(200, 5e-3, argument=carried(4e6)))[0] == "Send less with each item"
    assert words(job(200, 5e-3, result=carried(4e6)))[0] == "Send less back"
    collecting = Collected(copies_s=1.0, per_item=1.0)
    forked = answer(job(200, 0.01, collected=collecting), possible(start_methods=("fork",)), usual())
    found = helps(job(200, 0.01, collected=collecting), usual(), forked)
    assert "gc.freeze()" in found[0].words
    assert found[0].times > 1 / WORTH
    assert words(job(100, 5e-4, result=Carried()))[0].startswith("Keep the workers")


def test_to_import_less_helps_by_what_workers_of_each_way_import() -> None:
    spawned = possible(start_methods=("spawn",))
    told = dict.fromkeys(((name, "spawn") for name in ("pool", "process_executor")), 2.0)
    heavy = job(2000, 0.01, import_s=2.0, imports_s=told)
    found = helps(heavy, usual(), answer(heavy, spawned, usual()))
    assert {help_.words.split(" in ")[0] for help_ in found} >= {"Import less"}
    kept, less = (next(help_ for help_ in found if help_.words.startswith(said)) for said in ("Keep", "Import less"))
    assert kept.times >= less.times > 1.1


def test_larger_chunks_are_praised_where_single_items_cost() -> None:
    what, constants = job(20_000, 1e-5), usual()
    ways = (predict(what, pool(4, size), constants) for size in (1, 1000))
    given = answer(what, possible(start_methods=("fork",)), constants)
    single, large = ways
    told = replace(given, picked=large, ways=(large, single))
    assert larger_chunks(told) == pytest.approx(single.seconds / large.seconds)
    assert larger_chunks(replace(told, picked=single)) is None
    assert larger_chunks(replace(told, ways=(large,))) is None


def test_a_machine_without_costs_is_always_worth_it() -> None:
    given = answer(job(8, 1e-3), possible(), free())
    assert given.picked.seconds == pytest.approx(given.loop.seconds / 4)
    assert change(job(8, 1e-3), possible(), free()).items == 2


@pytest.mark.parametrize("name", HANDING)
def test_how_chunks_are_handed_out_fits_who_works(name: str) -> None:
    backend, handing = BACKENDS[name], HANDING[name]
    assert handing.through_pipe == (backend.kind == "process")
    assert handing.ahead is None or handing.through_pipe
    assert not handing.settles or (backend.takes_chunksize and backend.package)
    assert backend.hands_out == (backend.kind != "loop")
