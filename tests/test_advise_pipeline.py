"""The simulated pipeline keeps to what must hold whatever the constants are: limits, order, nothing lost."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from study.advise.model import pipeline
from study.advise.model.bounds import closed_form
from study.advise.model.chunks import chunk_count, own_chunksize, sizes_of, works_of
from study.advise.model.figures import MOST_CHUNKS, figures_of
from study.advise.model.job import NOTHING, Collected, Constant, Job, Start, Way
from study.advise.model.pipeline import simulated
from study.advise.model.predict import predict
from tests.advise_jobs import AT_ONCE, carried, executor, free, job, pool, usual


def foretold(what: Job, way: Way, cpus: int = 4) -> float:
    return predict(what, way, free(cpus)).seconds


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("chunksize", [1, 4, 16])
def test_workers_that_cost_nothing_share_the_loop(workers: int, chunksize: int) -> None:
    what = job(64)
    assert foretold(what, pool(workers, chunksize)) == pytest.approx(what.loop_s / workers)
    assert foretold(what, executor(workers, chunksize)) == pytest.approx(what.loop_s / workers)


def test_more_workers_than_cpus_share_the_cpus() -> None:
    what = job(64)
    assert foretold(what, pool(4), cpus=2) == pytest.approx(what.loop_s / 2)
    assert foretold(what, pool(8), cpus=2) == pytest.approx(what.loop_s / 2)


def test_items_that_wait_need_no_cpu() -> None:
    what = job(64, waits=1.0)
    assert foretold(what, pool(8), cpus=1) == pytest.approx(what.loop_s / 8)
    half = job(64, waits=0.5)
    assert foretold(half, pool(8), cpus=1) >= half.loop_s / 2 * (1 - 1e-9)


def test_the_last_round_of_chunks_is_as_long_as_any() -> None:
    what = job(9, 0.1)
    assert foretold(what, pool(4, 1)) == pytest.approx(0.3)
    assert foretold(what, pool(2, 8)) == pytest.approx(0.8)


def test_one_long_item_holds_up_the_chunk_it_is_in() -> None:
    seconds = (0.01,) * 63 + (2.0,)
    what = Job(items=64, item_s=seconds)
    single, quarter = foretold(what, pool(4, 1)), foretold(what, pool(4, 16))
    assert single == pytest.approx(15 * 0.01 + 2.0, rel=0.02)
    assert quarter == pytest.approx(15 * 0.01 + 2.0)
    first = Job(items=64, item_s=seconds[::-1])
    assert foretold(first, pool(4, 1)) == pytest.approx(2.0)
    assert foretold(first, pool(4, 16)) == pytest.approx(2.0 + 15 * 0.01)


def test_what_an_item_takes_beside_others_is_the_jobs_own() -> None:
    what = job(64, at_once={4: 1.5})
    assert foretold(what, pool(4)) == pytest.approx(1.5 * what.loop_s / 4)
    assert foretold(what, pool(1)) == pytest.approx(what.loop_s)
    assert foretold(job(64, at_once={4: 1.5}, waits=1.0), pool(4)) == pytest.approx(what.loop_s / 4)


@pytest.mark.parametrize("way", [pool(4, 1), pool(2, 8), executor(4, 1), executor(2, 8)])
@pytest.mark.parametrize("side", ["argument", "result"])
def test_sending_more_never_makes_a_job_faster(way: Way, side: str) -> None:
    sizes = (0.0, 10.0, 1e3, 3e4, 7e4, 2e5, 1e6, 1e7)
    seconds = [predict(job(64, 1e-3, **{side: carried(size)}), way, usual()).seconds for size in sizes]
    assert seconds[-1] > seconds[0]
    # Who comes first may change with a size, and with it the last worker, by part of a chunk.
    assert all(more >= less * 0.99 for less, more in itertools.pairwise(seconds)), seconds


def test_a_chunk_costs_an_executor_more_than_a_pool() -> None:
    what = job(1000, 1e-6)
    assert predict(what, executor(2, 1), usual()).seconds > 2 * predict(what, pool(2, 1), usual()).seconds
    gap = [predict(what, way(2, 500), usual()).seconds for way in (pool, executor)]
    assert gap[1] == pytest.approx(gap[0], rel=0.1)


def handed_out_s(what: Job, way: Way) -> float:
    constants = usual()
    return simulated(what, way, figures_of(what, way, constants)).handed_out_s


def test_a_small_message_never_waits_for_a_reader_and_a_large_one_does() -> None:
    small, large = (job(20, 1.0, argument=carried(size)) for size in (10.0, 1e5))
    assert handed_out_s(small, pool(1, 1)) < 0.1
    assert handed_out_s(large, pool(1, 1)) > 18.0


def test_a_pipe_holds_so_much_and_no_more() -> None:
    filling = job(20, 1.0, argument=carried(3e4))
    assert 15.0 < handed_out_s(filling, pool(1, 1)) < 19.0


def test_an_executor_has_no_more_ready_than_one_beside_one_for_each_worker() -> None:
    small = job(20, 1.0, argument=carried(10.0))
    assert 16.0 < handed_out_s(small, executor(1, 1)) < 18.5
    assert handed_out_s(small, executor(8, 1)) < 3.5


JOBS = {
    "plain": job(100, 1e-3),
    "tiny": job(5000, 1e-7),
    "waiting": job(50, 0.02, waits=0.9),
    "large arguments": job(30, 1e-3, argument=carried(1e6)),
    "large results": job(30, 1e-3, result=carried(1e6)),
    "both": job(30, 1e-2, argument=carried(1e5), result=carried(3e5), waits=0.3),
    "uneven": Job(items=60, item_s=(1e-4, 3e-2, 1e-3, 5e-3, 1e-4)),
    "imports": job(40, 1e-2, import_s=0.4, first_s=0.01),
    "one item": job(1, 0.1),
}
WAYS = [pool(1, 1), pool(2, 7), pool(4, 1), pool(8, 3, "spawn"), executor(2, 1), executor(4, 5, "forkserver")]
WAYS += [Way(backend="interpreter_executor", workers=3), Way(backend="call")]


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_shares_of_a_time_add_up_to_it(name: str, way: Way) -> None:
    predicted = predict(JOBS[name], way, usual(2))
    assert predicted.shares.total_s == pytest.approx(predicted.seconds)
    assert min(predicted.shares) >= -1e-12
    assert predicted.seconds > 0


@pytest.mark.parametrize("name", ["plain", "tiny", "waiting", "uneven"])
@pytest.mark.parametrize("way", WAYS[:-1], ids=str)
def test_no_way_takes_less_than_its_cpus_its_parent_and_its_workers_ask_for(name: str, way: Way) -> None:
    what, constants = JOBS[name], usual(2)
    seconds, bounds = predict(what, way, constants).seconds, closed_form(figures_of(what, way, constants))
    assert seconds * (1 + 1e-9) >= max(bounds.parent_s, bounds.cpus_s)
    assert seconds * (1 + 1e-9) >= what.loop_s / way.workers


def test_where_nothing_overlaps_the_closed_form_is_the_simulation() -> None:
    what = job(5, 0.02, argument=carried(1e5), result=carried(2e5))
    start = Start(workers=1, made_s=Constant(4e-3), first_s=Constant(4e-3), end_s=Constant(2e-3))
    constants = usual(starts={("pool", "fork"): start})
    way = pool(1, 5)
    figures = figures_of(what, way, constants)
    assert figures.argument_transfer_s > 0
    assert figures.result_transfer_s > figures.argument_transfer_s
    assert closed_form(figures).seconds == pytest.approx(simulated(what, way, figures).seconds)
    even = job(64)
    figures = figures_of(even, pool(4), free())
    assert closed_form(figures).seconds == pytest.approx(simulated(even, pool(4), figures).seconds)


@pytest.mark.parametrize("start_method", ["fork", "spawn"])
@pytest.mark.parametrize("item_s", [0.0, 2e-4])
def test_many_chunks_go_on_at_the_pace_of_the_first(start_method: str, item_s: float) -> None:
    """While workers start, the parent fills the pipe: of the first chunks it has half behind it."""
    what, way = job(3 * MOST_CHUNKS, item_s), pool(3, 1, start_method)
    figures = figures_of(what, way, usual(2))
    extended = simulated(what, way, figures)
    whole = pipeline._of_first(what, way, figures, 3 * MOST_CHUNKS)
    assert extended.seconds == pytest.approx(whole.seconds, rel=0.02)
    assert extended.shares.total_s == pytest.approx(extended.seconds)


def test_a_worker_that_inherits_nothing_imports_and_one_that_is_forked_copies() -> None:
    importing = job(64, import_s=0.5)
    assert foretold(importing, pool(4, start_method="spawn")) == pytest.approx(importing.loop_s / 4 + 0.5)
    assert foretold(importing, pool(4)) == pytest.approx(importing.loop_s / 4)
    collecting = job(64, collected=Collected(copies_s=0.2, walks_s=0.03, per_item=1 / 8))
    assert foretold(collecting, pool(4)) == pytest.approx(collecting.loop_s / 4 + 0.2 + 2 * 0.03)
    assert foretold(collecting, pool(4, start_method="spawn")) == pytest.approx(collecting.loop_s / 4)
    seldom = job(64, collected=Collected(copies_s=0.2, per_item=1 / 32))
    assert foretold(seldom, pool(4)) == pytest.approx(seldom.loop_s / 4 + 0.1)


def test_a_fork_copies_the_tables_of_its_parents_memory_one_worker_after_the_other() -> None:
    large, constants = job(4, 1.0, parent_bytes=1e9), free(forked_byte_s=Constant(1e-10))
    assert predict(large, pool(4, 1), constants).seconds == pytest.approx(1.4)
    assert predict(large, pool(4, 1, "spawn"), constants).seconds == pytest.approx(1.0)


def test_without_a_gil_both_sides_of_the_parent_go_on_at_once() -> None:
    what = job(2000, 1e-6, argument=carried(5e3), result=carried(5e3))
    with_gil, without = (
        predict(what, pool(6, 1), usual(8, one_at_a_time=one_at_a_time)).seconds for one_at_a_time in (True, False)
    )
    assert without < 0.8 * with_gil


def test_fresh_workers_lose_no_more_than_they_could_share() -> None:
    constants = free(placement_s=Constant(5e-3))
    tiny, long, waiting = job(8, 1e-4), job(64), job(64, waits=1.0)
    assert predict(tiny, pool(4, 1), constants).seconds == pytest.approx(2e-4 + 8e-4 * 3 / 4)
    assert predict(long, pool(4), constants).seconds == pytest.approx(long.loop_s / 4 + 5e-3)
    assert predict(waiting, pool(4), constants).seconds == pytest.approx(waiting.loop_s / 4)
    assert predict(long, pool(1), constants).seconds == pytest.approx(long.loop_s)


def test_handing_out_costs_more_where_workers_are_busy() -> None:
    way, constants = pool(1, 1), usual()
    tiny, busy, longer = (figures_of(job(100, item_s), way, constants) for item_s in (0.0, 70e-6, 1.0))
    assert tiny.parent_s == pytest.approx(2e-5)
    assert busy.parent_s == longer.parent_s == pytest.approx(4e-5)
    assert figures_of(job(100, 35e-6), way, constants).worker_s == pytest.approx(1.8e-5)


def test_workers_that_are_more_than_cpus_wait_for_each_other_to_begin() -> None:
    """Eight that need 50 ms each before they are ready, on two CPUs: the last is ready after 200 ms, and 150 ms late."""
    begin = Start(workers=2, made_s=NOTHING, first_s=Constant(0.05), boot_s=Constant(0.05))
    what, constants = job(64, waits=1.0), free(2, starts={("pool", "spawn"): begin})
    late = {workers: predict(what, pool(workers, 1, "spawn"), constants) for workers in (1, 2, 4, 8)}
    for workers, predicted in late.items():
        assert predicted.seconds == pytest.approx(what.loop_s / workers + 0.05 * max(1.0, workers / 2))
        assert predicted.cpu_s == pytest.approx(0.05 * workers)
    measured_with_more = replace(begin, workers=8, first_s=Constant(0.2))
    fewer = predict(what, pool(2, 1, "spawn"), free(2, starts={("pool", "spawn"): measured_with_more}))
    assert fewer.seconds == pytest.approx(late[2].seconds)


@pytest.mark.parametrize("way", [pool(2, 1), executor(2, 1)])
def test_a_worker_waits_for_its_next_chunk_where_all_cpus_compute(way: Way) -> None:
    lagging = replace(free().handed["pool"], lag_s=Constant(1e-3), lagging_s=4e-4)
    constants = free(2, handed=dict.fromkeys(("pool", "process_executor"), lagging))
    what = job(64)
    figures = figures_of(what, way, constants)
    found = predict(what, way, constants)
    assert found.seconds == pytest.approx(what.loop_s / 2 + 31e-3)
    assert closed_form(figures).seconds == pytest.approx(found.seconds)
    assert found.shares.dispatch_s + found.shares.imbalance_s == pytest.approx(31e-3, rel=0.1)
    assert predict(what, replace(way, chunksize=32), constants).seconds == pytest.approx(what.loop_s / 2)
    assert figures_of(job(64, 2e-4), way, constants).lag_s == pytest.approx(5e-4)
    assert figures_of(job(64, waits=1.0), way, constants).lag_s == 0.0


def test_what_a_library_makes_of_each_item_is_paid_by_both_sides() -> None:
    dear = replace(free().handed["pool"], each_parent_s=Constant(1e-6), each_worker_s=Constant(3e-6))
    figures = figures_of(job(64, argument=carried(1e3)), pool(2, 4), free(2, handed={"pool": dear}))
    assert figures.dump_argument_s == pytest.approx(2e-6)
    assert figures.load_argument_s == pytest.approx(4e-6)


def test_a_worker_waits_for_a_chunk_that_the_pipe_holds_and_for_nobody_to_take_its_results() -> None:
    constants = free(2, transfer=((1e5, Constant(1e-3)),))
    figures = figures_of(job(64, argument=carried(1e4), result=carried(1e4)), pool(2, 4), constants)
    assert figures.load_argument_s == pytest.approx(carried(1e4).load_s + 4e-4 / 4)
    assert figures.dump_result_s == pytest.approx(carried(1e4).dump_s)
    assert figures.result_transfer_s == 0.0


def test_a_way_s_own_placement_stands_before_that_of_all() -> None:
    own = Start(workers=2, made_s=NOTHING, first_s=NOTHING, placement_s=((1.0, Constant(2e-3)), (4.0, Constant(8e-3))))
    constants = free(placement_s=Constant(5e-3), starts={("pool", "fork"): own, ("pool", "spawn"): AT_ONCE})
    what = job(64)
    lost = {chunks: figures_of(what, pool(2, 32 // chunks), constants).placement_s for chunks in (1, 2, 4, 8, 32)}
    assert lost == {1: pytest.approx(2e-3), 2: pytest.approx(4e-3), **dict.fromkeys((4, 8, 32), pytest.approx(8e-3))}
    assert figures_of(what, pool(4, start_method="spawn"), constants).placement_s == pytest.approx(5e-3)


def test_a_start_that_was_measured_with_as_few_workers_stands_before_what_is_reckoned() -> None:
    few = Start(workers=2, made_s=Constant(1e-3), first_s=Constant(2e-3))
    many = Start(workers=8, made_s=Constant(8e-3), first_s=Constant(9e-3), fewer=(few,))
    constants = free(2, starts={("pool", "fork"): many})
    assert [figures_of(job(64), pool(workers), constants).first_s for workers in (2, 4, 8)] == [2e-3, 9e-3, 9e-3]


def test_a_list_is_cut_as_the_libraries_cut_it() -> None:
    assert own_chunksize("pool", 40, 2) == 5
    assert own_chunksize("pool", 41, 2) == 6
    assert own_chunksize("process_executor", 40, 2) == 1
    assert own_chunksize("loky", 40, 2) == 0
    assert sizes_of(job(10), pool(2, 4), 9) == [4, 4, 2]
    assert sizes_of(job(10), pool(2, 4), 2) == [4, 4]
    assert sizes_of(job(8), pool(2, 4), 9) == [4, 4]
    assert chunk_count(job(10), pool(2, 4)) == 3
    settling = Way(backend="loky", workers=2, chunksize=0)
    assert sizes_of(job(20, 0.05), settling, 99) == [1, 1, 2, 2, 4, 4, 4, 2]
    assert chunk_count(job(20, 0.5), settling) == 20


def test_the_sample_is_spread_over_the_whole_list() -> None:
    what = Job(items=8, item_s=(1.0, 3.0))
    assert works_of(what, [4, 4]) == pytest.approx([4.0, 12.0])
    assert works_of(what, [3, 3, 2]) == pytest.approx([3.0, 7.0, 6.0])
    assert works_of(what, [1] * 8) == pytest.approx([1.0] * 4 + [3.0] * 4)
    assert works_of(what, [1] * 4) == pytest.approx([1.0, 1.0, 3.0, 3.0])
    assert sum(works_of(replace(what, items=1000), [7] * 142 + [6])) == pytest.approx(2000.0)
    assert works_of(what, []) == []


def test_what_is_lacking_is_told_and_not_guessed() -> None:
    with pytest.raises(ValueError, match="what handing out a chunk takes"):
        predict(job(), pool(), usual(handed={}))
    with pytest.raises(ValueError, match="what its workers take to start"):
        predict(job(), pool(), usual(starts={}))
    with pytest.raises(ValueError, match="what threads do"):
        predict(job(), Way(backend="thread_executor", workers=2), usual())
    with pytest.raises(ValueError, match="expected one or more"):
        job(0)
    with pytest.raises(ValueError, match="expected a share"):
        job(waits=1.1)
    with pytest.raises(ValueError, match="no number of seconds"):
        job(1, float("nan"))
