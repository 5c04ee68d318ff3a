"""Constants of the cost model come out of stored cells whose law is known, and what is not there is named."""

from __future__ import annotations

import ast
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study.advise.model.constants import PIPE_BYTES, at_once, constants_of, experiments_for
from study.advise.model.constants.rounds import constant
from study.advise.model.job import NOTHING, Constants, Missing, Way
from study.advise.model.predict import predict
from study.cell import Cell
from tests.advise_jobs import executor, free, job, pool
from tests.made_up_run import evidence, measured, run

if TYPE_CHECKING:
    from study.evidence import CellData

ROOT = Path(__file__).parent.parent
PARENT_S, WORKER_S, TASK_S = 20e-6, 12e-6, 7e-5
"""Of one chunk through a Pool, and of a task that keeps a worker busy."""
ROUNDS = 8


def level(cell: Cell, seconds: float, cpu_s: float | None = None) -> CellData:
    """A cell that takes as long in every round, and so much CPU time."""
    cpu_time: dict[str, int] = {}
    if cpu_s is not None:
        cpu_time = {"cpu_time_us": round(cpu_s * 1e9), "elapsed_us": round(seconds * 1e9)}
    return measured(cell, [seconds] * ROUNDS, outcomes=[cpu_time] * ROUNDS)


def handed_out(chunksize: int, backend: str = "pool", times: float = 1.0) -> CellData:
    """512 tasks that do nothing."""
    chunks = 512 // chunksize
    cell = Cell(pattern="map", backend=backend, start_method="fork", workers=2, tasks=512, chunksize=chunksize)
    return level(cell, 1e-4 + chunks * times * PARENT_S, 2e-4 + chunks * times * (PARENT_S + WORKER_S))


def spun(spins: int, task_s: float, workers: int = 0, backend: str = "pool") -> CellData:
    """A hundred tasks of a length, in a loop or handed out one by one at twice the cost."""
    if not workers:
        return level(Cell(pattern="map", kernel="spin", tasks=100, spins=spins), 100 * task_s, 100 * task_s)
    cell = Cell(
        pattern="map",
        kernel="spin",
        backend=backend,
        start_method="fork",
        workers=workers,
        tasks=100,
        spins=spins,
        chunksize=1,
    )
    wall_s = 100 * (task_s + 2 * WORKER_S) / workers
    return level(cell, wall_s, 100 * (task_s + 2 * (PARENT_S + WORKER_S)))


def life(method: str, parts: dict[str, float], backend: str = "pool") -> list[CellData]:
    """A pool for five squares, part by part."""
    whole = Cell(pattern="pool_lifecycle", kernel="square", backend=backend, start_method=method, workers=2, tasks=5)
    return [level(replace(whole, part=part), seconds) for part, seconds in parts.items()]


FORKED = {"create": 2e-3, "first_map": 1.5e-3, "second_map": 3e-4, "warm_map": 1e-4, "close_join": 3e-3}
SPAWNED = {"create": 2e-3, "first_map": 6e-2, "second_map": 3e-4, "warm_map": 1e-4, "close_join": 8e-3}


def alone(method: str, start_s: float) -> CellData:
    return level(Cell(pattern="process_lifecycle", backend="processes", start_method=method, part="start"), start_s)


def no_ops_s(found: Constants, way: Way) -> float:
    """What 512 tasks that do nothing take in the simulation, over workers that live on."""
    return predict(job(512, 0.0), way, free(2, handed=found.handed)).seconds


def test_handing_out_is_told_apart_into_what_the_parent_and_what_a_worker_does() -> None:
    dearer = [handed_out(chunksize, "process_executor", 4.0) for chunksize in (1, 64)]
    found = constants_of(evidence(*map(handed_out, (1, 8, 64)), *dearer))
    cheap, dear = (found.handed[name].saturated for name in ("pool", "process_executor"))
    assert cheap.worker_s.value / cheap.parent_s.value == pytest.approx(WORKER_S / PARENT_S, rel=1e-3)
    assert cheap.parent_s.value == pytest.approx(PARENT_S, rel=0.3)
    assert no_ops_s(found, pool(2, 1)) == pytest.approx(512 * PARENT_S, rel=1e-3)
    assert no_ops_s(found, executor(2, 1)) == pytest.approx(512 * 4 * PARENT_S, rel=1e-3)
    assert dear.parent_s.value == pytest.approx(4 * cheap.parent_s.value, rel=0.2)
    assert found.handed["pool"].busy == cheap
    assert found.handed.keys() == {"pool", "process_executor"}


def test_handing_out_while_workers_are_busy_is_that_of_the_task_nearest_to_some_tens_of_microseconds() -> None:
    lengths = {100: 1e-5, 700: TASK_S, 9000: 9e-4}
    loops = [spun(spins, task_s) for spins, task_s in lengths.items()]
    by_one = [spun(spins, task_s, 1) for spins, task_s in lengths.items()]
    by_two = [spun(spins, task_s, 2) for spins, task_s in lengths.items()]
    found = constants_of(evidence(*loops, *by_one, *by_two, handed_out(1), handed_out(64))).handed["pool"]
    assert found.busy_s == pytest.approx(TASK_S)
    assert found.busy.worker_s.value == pytest.approx(2 * WORKER_S, rel=1e-3)
    assert found.busy.parent_s.value == pytest.approx(2 * PARENT_S, rel=1e-3)


def test_of_several_workers_the_cost_is_divided_as_where_tasks_do_nothing() -> None:
    cells = [spun(700, TASK_S), spun(700, TASK_S, 2), handed_out(1), handed_out(64)]
    busy = constants_of(evidence(*cells)).handed["pool"].busy
    both_s = 2 * (PARENT_S + WORKER_S)
    assert busy.parent_s.value == pytest.approx(both_s * PARENT_S / (PARENT_S + WORKER_S), rel=1e-3)
    assert busy.parent_s.value + busy.worker_s.value == pytest.approx(both_s, rel=1e-3)


def test_a_pool_is_ready_when_its_first_map_takes_no_longer_than_a_warm_one() -> None:
    cells = [*life("fork", FORKED), *life("spawn", SPAWNED), alone("fork", 5e-4), alone("spawn", 9e-4)]
    starts = constants_of(evidence(*cells)).starts
    forked, spawned = starts["pool", "fork"], starts["pool", "spawn"]
    assert forked.workers == 2
    assert forked.made_s.value == pytest.approx(2e-3)
    assert forked.first_s.value == pytest.approx(2e-3 + 1.5e-3 - 1e-4 - 5e-4)
    assert forked.each_s.value == pytest.approx(5e-4)
    assert forked.end_s.value == pytest.approx(3e-3)
    assert forked.each_made_s.value == pytest.approx(5e-4)
    assert spawned.first_s.value + spawned.each_s.value == pytest.approx(2e-3 + 6e-2 - 1e-4)
    assert ("pool", "forkserver") not in starts


def test_a_larger_parent_and_more_workers_cost_in_proportion() -> None:
    forked = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="first")
    lives = [level(replace(forked, parent_bytes=size), 1e-3 + 2e-11 * size) for size in (1 << 24, 1 << 28, 1 << 30)]
    held = Cell(pattern="memory", backend="pool", start_method="spawn", part="pss")
    memory = [level(replace(held, workers=workers), 3e7 + 1e7 * workers) for workers in (1, 2, 8)]
    found = constants_of(evidence(*lives, *memory))
    assert found.forked_byte_s.value == pytest.approx(2e-11)
    assert found.worker_bytes["spawn"].value == pytest.approx(1e7)
    assert found.worker_bytes.keys() == {"spawn"}


def test_a_message_takes_what_a_task_takes_beside_one_that_carries_nothing() -> None:
    bare = Cell(pattern="payload_map", backend="pool", start_method="fork", workers=2, tasks=40, chunksize=1)
    sizes = (0, 1024, 65536, 1 << 20)
    cells = [level(replace(bare, payload_bytes=size), 40 * (5e-5 + 2e-9 * size)) for size in sizes]
    transfer = constants_of(evidence(*cells)).transfer
    assert [size for size, _ in transfer] == [65536, 1 << 20]
    assert [number.value for _, number in transfer] == pytest.approx([2e-9 * 65536, 2e-9 * (1 << 20)])


def placed(variant: str, seconds: float) -> CellData:
    cell = Cell(pattern="map", kernel="spin", backend="pool", start_method="fork", workers=2, tasks=8, spins=8192)
    return level(replace(cell, variant=variant), seconds)


def test_placement_is_what_a_new_pool_takes_beside_its_start_its_end_and_the_job() -> None:
    cells = [*life("fork", FORKED), alone("fork", 5e-4), placed("", 0.017)]
    ready_s, end_s, lost_s = 2e-3 + 1.5e-3 - 1e-4, 3e-3, 4e-3
    slow = constants_of(evidence(*cells, placed("made", 0.017 + ready_s + end_s + lost_s)))
    assert slow.placement_s.value == pytest.approx(lost_s)
    assert constants_of(evidence(*cells, placed("made", 0.017))).placement_s == NOTHING


def test_what_is_measured_differently_in_every_round_has_a_spread() -> None:
    assert constant(np.array([2.0, 2.0, 2.0])) == (2.0, 0.0)
    drawn = np.random.default_rng(5).lognormal(0.0, 0.3, 20_000)
    found = constant(drawn)
    assert found.value == pytest.approx(math.exp(0.045), rel=0.02)
    assert found.spread == pytest.approx(0.3, rel=0.03)
    assert constant(np.array([-1.0, 0.5])) == NOTHING
    assert constant(np.array([])) == NOTHING


def test_an_empty_run_says_of_everything_how_it_is_measured() -> None:
    found = constants_of(evidence())
    assert (found.handed, found.starts, found.transfer) == ({}, {}, ())
    assert found.cpus == 2
    assert found.pipe_bytes == PIPE_BYTES
    ids = experiments_for(found.missing)
    assert len(set(ids)) == len(ids)
    assert {"q4-dispatch", "q4-threads", "start-pools", "q5-start-methods", "payload-core", "memory-curves"} <= set(ids)
    for experiment in ids:
        assert (ROOT / "experiments" / f"{experiment}.toml").is_file(), experiment
    assert experiments_for((Missing(what="", experiment=""),)) == ()
    assert any(not lack.experiment for lack in found.missing)


def test_what_runs_beside_itself_is_slowed_by_what_was_measured() -> None:
    window = Cell(pattern="capacity", backend="processes", start_method="fork", tasks=9, part="busy")
    seconds = {"fannkuch": (0.5, 0.6), "sha256_8mib": (0.5, 0.5), "sleep": (0.1, 0.1)}
    cells = [
        level(replace(window, kernel=kernel, workers=workers), took_s)
        for kernel, several in seconds.items()
        for workers, took_s in enumerate(several, 1)
    ]
    assert at_once(evidence(*cells)) == pytest.approx({1: 1.0, 2: 1.1})
    assert at_once(evidence(*cells), waits=True) == pytest.approx({1: 1.0, 2: 1.0})
    assert at_once(evidence()) == {}


def test_a_target_without_the_gil_has_a_parent_whose_threads_go_on_at_once() -> None:
    made = run([handed_out(1)])
    target = made.manifest.targets[0]
    assert constants_of(made.of(target.name)).one_at_a_time
    target.facts["gil_enabled"] = False
    assert not constants_of(made.of(target.name)).one_at_a_time


def test_the_model_itself_knows_of_no_stored_run() -> None:
    model = ROOT / "study" / "advise" / "model"
    for path in sorted(model.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                ours = name.startswith(("study.things", "study.advise.model")) and "constants" not in name
                assert ours or not name.startswith(("study", "numpy", "scipy", "pandas")), f"{path.name}: {name}"
