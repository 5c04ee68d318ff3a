"""What the probe found becomes what the model counts with: numbers whose truth is known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from study.advise.costs import constants_of, filled
from study.advise.measured import job_of, possible_of, reread
from study.advise.model.figures import figures_of
from study.advise.model.job import Constant, Constants, Dispatch, Handed, Job, Start, Way
from study.advise.model.pipeline import living, simulated
from study.advise.rounds import threads_of
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.things.peers import LOKY
from study.things.start_methods import FORK, FORKSERVER, SPAWN
from tests.advise import made_up


def test_a_job_is_foretold_as_for_a_program_that_keeps_its_results_and_has_one_map() -> None:
    sample = made_up.sample()
    kept = [{**message, "kept_s": 4 * message["load_s"]} for message in sample["results"]]
    probed = made_up.probed(**made_up.with_parts(sample={**sample, "results": kept}))
    job = job_of(probed)
    assert job.result.load_s == pytest.approx(4e-7)
    again = reread(probed, job)
    assert again.result.load_s == pytest.approx(1e-7)
    assert replace(again, result=job.result) == job


def test_what_longer_tasks_took_beyond_their_costs_is_waiting_for_the_next_one() -> None:
    constants = constants_of(made_up.probed())
    assert constants.handed[POOL.name].lag_s.value == 0.0
    assert constants.handed[PROCESS_EXECUTOR.name].lag_s.value > 0.0
    way = Way(backend=PROCESS_EXECUTOR.name, start_method=FORK.name, workers=2)
    figures = figures_of(Job(items=240, item_s=(4e-4,)), way, constants)
    assert simulated(Job(items=240, item_s=(4e-4,)), way, living(figures)).seconds == pytest.approx(0.08, rel=1e-3)
    assert figures_of(Job(items=240, item_s=(2e-4,)), way, constants).lag_s == pytest.approx(figures.lag_s / 2)


def test_what_a_library_makes_of_an_item_is_paid_for_each() -> None:
    handed = constants_of(made_up.probed()).handed[POOL.name]
    assert (handed.each_parent_s.value, handed.each_worker_s.value) == (2e-8, 3e-8)


def test_a_message_s_travel_is_the_gap_between_tasks_or_its_part_of_a_turn_where_workers_wait_for_each_other() -> None:
    found = made_up.dispatch()
    pickles = {"pickles": {"dump_s": 3e-4, "load_s": 1e-4}}
    found["dispatch"][0]["gaps"] = [
        {"bytes": 1 << 20, "gaps_s": [1e-3, 2e-3, 3e-3], "works_s": 1e-3, **pickles},
        {"bytes": 1 << 17, "gaps_s": [4e-4], "works_s": 1e-3, **pickles},
        {"bytes": 1 << 22, "gaps_s": [], "works_s": 1e-3, **pickles},
    ]
    transfer = constants_of(made_up.probed(**made_up.with_parts(dispatch=found))).transfer
    assert [size for size, _ in transfer] == [1 << 17, 1 << 20]
    assert [point.value for _, point in transfer] == pytest.approx([3e-4 - 12e-6, 1.2e-3])


def test_an_executor_s_chunk_costs_more_than_a_pool_s() -> None:
    handed = constants_of(made_up.probed()).handed
    assert handed[PROCESS_EXECUTOR.name].busy.parent_s.value > handed[POOL.name].busy.parent_s.value > 0
    assert handed[POOL.name].busy_s == pytest.approx(70e-6)


def test_a_stored_run_fills_what_was_not_measured_and_nothing_else() -> None:
    measured = constants_of(made_up.probed())
    dear = Handed(saturated=Dispatch(), busy=Dispatch(parent_s=Constant(1.0)), busy_s=1.0)
    start = Start(workers=2, made_s=Constant(9.0), first_s=Constant(9.0))
    stored = Constants(
        cpus=64,
        handed={POOL.name: dear, LOKY.name: dear},
        starts={(POOL.name, FORK.name): start, (LOKY.name, ""): start},
        transfer=((1e6, Constant(0.5)),),
        placement_s=Constant(8.0),
    )
    found = filled(measured, stored)
    assert found.cpus == 2
    assert found.handed[LOKY.name] == dear
    assert found.handed[POOL.name] == measured.handed[POOL.name]
    assert found.starts[LOKY.name, ""] == start
    assert found.starts[POOL.name, FORK.name] == measured.starts[POOL.name, FORK.name]
    assert found.transfer == stored.transfer
    assert found.placement_s == stored.placement_s
    assert filled(measured, None) == measured


def test_a_job_is_the_sample_over_the_moments_and_what_workers_did() -> None:
    job = job_of(made_up.probed())
    assert job.items == made_up.ITEMS
    assert job.mean_s == pytest.approx(made_up.ITEM_S)
    assert len(job.item_s) == 150
    logarithms = [math.log(factor) for factor in (1.0, 1.1, 0.9)]
    mean = math.fsum(logarithms) / 3
    drift = math.sqrt(math.fsum((value - mean) ** 2 for value in logarithms) / 3)
    assert job.sample_spread == pytest.approx(drift)
    assert job.waits == 0.0
    assert job.threads == {2: pytest.approx(1.0)}
    assert job.thread_s == pytest.approx(2e-5)
    assert job.at_once == {1: pytest.approx(1.0), 2: pytest.approx(1.0)}
    assert job.import_s == pytest.approx(0.02)
    assert job.first_s == pytest.approx(1.1e-3 - 1e-6)
    assert job.collected.copies_s == pytest.approx(0.007)
    assert job.parent_bytes == 12 << 20
    assert job.worker_bytes == 2 << 20


def test_what_travels_is_counted_for_one_item_of_the_largest_message() -> None:
    job = job_of(made_up.probed())
    assert job.argument.size_bytes == pytest.approx(4.0)
    assert job.argument.dump_s == pytest.approx(1e-7)  # here
    assert job.argument.load_s == pytest.approx(1e-6 / 4)  # in a worker
    assert job.result.dump_s == pytest.approx(1e-6 / 4)
    assert job.result.load_s == pytest.approx(1e-7)


def test_items_that_take_longer_side_by_side_have_a_capacity_below_the_cpus() -> None:
    job = job_of(made_up.probed(**made_up.with_parts(workers=made_up.workers(1.4))))
    assert job.at_once == {1: pytest.approx(1.0), 2: pytest.approx(1.4)}


def test_an_item_in_a_worker_is_held_against_the_loop_as_far_as_both_saw_items_that_are_alike() -> None:
    told = made_up.workers(1.4, alone=0.5)
    job = job_of(made_up.probed(**made_up.with_parts(workers=told)))
    assert job.at_once == {1: pytest.approx(0.5), 2: pytest.approx(0.7)}
    uneven = made_up.sample()
    uneven["timed"] = [
        [index, 1, item_s, item_s] for index in range(100) for item_s in [1e-4 + 2e-3 * (index % 10 == 0)]
    ]
    unlike = job_of(made_up.probed(**made_up.with_parts(workers=told, sample=uneven)))
    assert 0.9 < unlike.at_once[1] < 1.2
    assert unlike.at_once[2] == pytest.approx(1.4 * unlike.at_once[1])


def test_work_in_several_processes_is_told_by_the_cpu_and_by_groups_that_both_had() -> None:
    told = made_up.workers()
    for worker in told["at_once"][1]["of"]:
        worker["groups"] = [[4, 0.0, 0.1, 0.0, cpu_s] for cpu_s in (0.004, 0.004, 0.004, 0.1, 0.004)]
    told["at_once"][0]["of"][0]["groups"] = [[4, 0.0, 0.004, 0.0, 0.004]] * 5
    assert job_of(made_up.probed(**made_up.with_parts(workers=told))).at_once[2] == pytest.approx(1.0)
    slow = made_up.workers(slowed=0.5, alone=2.0)
    assert job_of(made_up.probed(**made_up.with_parts(workers=slow))).at_once == {
        1: pytest.approx(1.0),
        2: pytest.approx(1.0),
    }
    only = {**told, "at_once": told["at_once"][1:]}
    assert set(job_of(made_up.probed(**made_up.with_parts(workers=only))).at_once) == {2}


def test_a_sample_of_everything_has_no_error_of_its_own() -> None:
    uneven = made_up.sample()
    uneven["timed"] = [[index, 1, 1e-3 * (1 + index % 2), 1e-3] for index in range(100)]
    parts = {**made_up.probed().parts, "sample": (uneven, uneven)}
    few = job_of(made_up.probed(parts=parts))
    whole = job_of(made_up.probed(parts=parts, looked=made_up.heard("look", made_up.looked(count=100))))
    assert whole.sample_spread == pytest.approx(0.0)
    assert few.sample_spread == pytest.approx(math.sqrt(0.95 / 100) / 3)


def test_a_first_call_that_takes_long_is_paid_by_workers_that_inherit_nothing() -> None:
    looked = made_up.heard("look", made_up.looked(first_s=0.5))
    first, usual = {**made_up.sample(), "first_s": 0.4}, made_up.sample()
    several = {**made_up.probed().parts, "sample": (first, first, usual)}
    job = job_of(made_up.probed(looked=looked, parts=several))
    assert job.import_s == pytest.approx(0.02 + 0.4 - made_up.ITEM_S)
    assert job.imports_s == {(POOL.name, SPAWN.name): pytest.approx(job.import_s)}
    brief = {**made_up.probed().parts, "sample": ({**usual, "first_s": 0.0},)}
    assert job_of(made_up.probed(looked=looked, parts=brief)).import_s == pytest.approx(0.02 + 0.5 - made_up.ITEM_S)


def test_what_workers_import_is_told_by_how_they_began_and_by_those_that_had_a_cpu_each() -> None:
    crowded = made_up.life(0.09, 0.08, 8)
    told = [
        made_up.started(FORK.name, 0.005, 0.5),
        made_up.started(SPAWN.name, 0.055, 0.02, first=crowded),
        made_up.started(FORKSERVER.name, 0.055, 0.0, first=crowded, later=[crowded]),
        made_up.started(FORKSERVER.name, 0.055, 0.007, backend=PROCESS_EXECUTOR.name),
    ]
    job = job_of(made_up.probed(**made_up.with_parts(starts={"starts": told})))
    assert job.imports_s == {
        (POOL.name, SPAWN.name): pytest.approx(0.02),
        (POOL.name, FORKSERVER.name): pytest.approx(0.08),  # no other was seen
        (PROCESS_EXECUTOR.name, FORKSERVER.name): pytest.approx(0.007),
    }
    constants = constants_of(made_up.probed())
    alike = dict.fromkeys(job.imports_s, constants.starts[POOL.name, SPAWN.name])
    constants = replace(constants, starts={**constants.starts, **alike})
    for backend, method in job.imports_s:
        way = Way(backend=backend, start_method=method, workers=2, chunksize=1)
        cold_s = figures_of(job, way, constants).cold_s
        assert cold_s == pytest.approx(job.first_s + job.imports_s[backend, method])
    fork = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=1)
    assert figures_of(job, fork, constants).cold_s < 0.02
    assert figures_of(replace(job, imports_s={}), way, constants).cold_s == pytest.approx(job.first_s + job.import_s)


def test_that_the_first_item_is_a_long_one_is_no_first_call() -> None:
    falling = made_up.sample()
    falling["timed"] = [[index * 13, 2, 2 * (150 - index) * 1e-4, 1e-4] for index in range(150)]
    falling["first_s"] = 150 * 1e-4
    looked = made_up.heard("look", made_up.looked(first_s=150 * 1e-4, again_s=75 * 1e-4))
    found = job_of(made_up.probed(looked=looked, **made_up.with_parts(sample=falling)))
    assert found.import_s == pytest.approx(0.02)


def test_a_worker_s_first_group_is_held_against_the_same_group_later() -> None:
    told = made_up.workers()
    for worker in told["at_once"][-1]["of"]:
        worker["cold"] = [4, 0.0, 0.021, 0.0, 0.021]
        worker["groups"] = [[4, 0.0, seconds, 0.0, seconds] for seconds in (0.02, 0.001, 0.002, 0.001, 0.003)]
    other = told["at_once"][-1]["of"][1]
    other["groups"], other["first_group"] = [*other["groups"][2:], *other["groups"][:2]], 2
    assert job_of(made_up.probed(**made_up.with_parts(workers=told))).first_s == pytest.approx(0.001)
    for worker in told["at_once"][-1]["of"]:  # too little time: it came no more
        worker["groups"], worker["first_group"] = [[4, 0.0, 0.005, 0.0, 0.005]] * 2, 1
    assert job_of(made_up.probed(**made_up.with_parts(workers=told))).first_s == pytest.approx(0.016)


def test_items_that_both_saw_all_of_are_held_against_each_other_in_full_however_unlike() -> None:
    uneven = made_up.sample()
    seconds = [2e-4 if index % 5 else 3e-3 for index in range(20)]
    uneven["timed"] = [[index, 1, item_s, item_s] for index, item_s in enumerate(seconds)]
    told = made_up.workers()
    for worker in (worker for at_once in told["at_once"] for worker in at_once["of"]):
        worker["groups"] = [[4, 0.0, 4 * item_s, 0.0, 4 * item_s] for item_s in (1e-3, 4e-4, 2e-4, 2e-3, 1.6e-3)]
    parts = made_up.with_parts(workers=told, sample=uneven)
    whole = job_of(made_up.probed(looked=made_up.heard("look", made_up.looked(count=20)), **parts))
    assert whole.at_once[1] == pytest.approx(1.04e-3 / whole.mean_s)
    assert 1.2 < whole.at_once[1] < 1.4
    assert job_of(made_up.probed(**parts)).at_once[1] < 1.02


def test_what_is_possible_is_what_the_interpreter_has() -> None:
    python = {**made_up.looked()["python"], "has": [LOKY.package, "concurrent.interpreters"]}
    looked = made_up.heard("look", made_up.looked(python=python))
    found = possible_of(made_up.probed(looked=looked))
    assert found.packages == {LOKY.package}
    assert found.has_interpreters
    assert found.start_methods == (FORK.name, SPAWN.name)
    alone = possible_of(made_up.probed(looked=looked, sends=False))
    assert (alone.start_methods, alone.packages, alone.has_interpreters) == ((), frozenset(), False)
    assert not possible_of(made_up.probed()).has_interpreters


def test_a_start_method_under_which_pools_fail_is_not_possible() -> None:
    found = {**made_up.starts(), "failed": {SPAWN.name: "ImportError: gone"}}
    assert possible_of(made_up.probed(**made_up.with_parts(starts=found))).start_methods == (FORK.name,)


def test_a_busy_machine_is_no_waiting() -> None:
    taken = {**made_up.sample(cpu_s=0.5 * made_up.ITEM_S), "slept": 3}
    slept = {**taken, "slept": 150}
    assert job_of(made_up.probed(**made_up.with_parts(sample=taken))).waits == 0.0
    assert job_of(made_up.probed(**made_up.with_parts(sample=slept))).waits == pytest.approx(0.5)


def test_a_message_that_another_process_came_between_does_not_stand_for_many() -> None:
    disturbed = made_up.workers()
    for worker in disturbed["at_once"][-1]["of"]:
        worker["groups"] = [*worker["groups"], [4, 5e-3, 4e-3, 5e-3, 4e-3]]
    job = job_of(made_up.probed(**made_up.with_parts(workers=disturbed)))
    assert job.argument.load_s == pytest.approx(1e-6 / 4)
    assert job.result.dump_s == pytest.approx(1e-6 / 4)


@pytest.mark.parametrize(
    ("part", "each_s", "threads", "thread_s"),
    [
        (0.5, 1e-5, 0.49, 1e-5),  # shared by two: what nothing takes is handing out
        (1.3, 1e-5, 1.27, 3e-5),  # they hinder each other: no more than three times that is
        (1.02, 1e-5, 1.0, 2e-5),
    ],
)
def test_of_what_threads_take_handing_out_is_told_apart(
    part: float, each_s: float, threads: float, thread_s: float
) -> None:
    told = made_up.beside(part)
    told["beside"][0]["each_s"] = each_s
    job = job_of(made_up.probed(**made_up.with_parts(beside=told)))
    assert job.threads == {2: pytest.approx(threads)}
    assert job.thread_s == pytest.approx(thread_s)


def test_threads_of_many_are_tried_where_items_wait() -> None:
    waiting = made_up.looked(again_cpu_s=0.1 * made_up.ITEM_S)
    assert threads_of(made_up.looked(), 2, made_up.WISH) == [2]
    assert threads_of(waiting, 2, made_up.WISH) == [2, 32]
    assert threads_of(waiting, 2, replace(made_up.WISH, workers=(4,))) == [2, 4]
    assert threads_of({**waiting, "again_s": 0.5, "again_cpu_s": 0.0}, 2, made_up.WISH) == [2]
