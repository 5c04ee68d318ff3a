"""No event has two names: what the library does by itself is one cell, whether it was asked for or not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from study import config
from study.cell import Cell, chunksize_of, own_chunksize, under_one_name
from study.curves import curves_of, declared_away
from study.names import cell_name
from study.things import BACKENDS, PATTERNS
from tests.configs import experiment as written

ROOT = Path(__file__).parent.parent
POOL = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=512)
MACHINES = (1, 2, 4, 16, 64)


def pool_itself(tasks: int, workers: int) -> int:
    """The size that `multiprocessing.pool` computes in `_map_async`, in its own words."""
    chunksize, extra = divmod(tasks, workers * 4)
    return chunksize + 1 if extra else chunksize


@pytest.mark.parametrize("workers", MACHINES)
@pytest.mark.parametrize("tasks", [1, 5, 8, 64, 512, 1000])
def test_the_own_chunk_size_of_a_pool_is_what_the_library_computes(workers: int, tasks: int) -> None:
    cell = replace(POOL, workers=workers, tasks=tasks)
    assert own_chunksize(cell) == own_chunksize(replace(cell, api="starmap")) == pool_itself(tasks, workers)
    assert own_chunksize(replace(cell, api="imap")) == own_chunksize(replace(cell, backend="process_executor")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"workers": 0},
        {"api": "apply"},
        {"backend": "loky", "start_method": ""},
        {"backend": "threads", "start_method": ""},
        {"backend": "thread_executor", "start_method": ""},
        {"backend": "call", "start_method": ""},
        {"pattern": "process_per_task", "backend": "processes"},
    ],
    ids=str,
)
def test_where_no_size_is_chosen_or_known_there_is_no_number(change: dict[str, str | int]) -> None:
    assert own_chunksize(replace(POOL, **change)) == 0  # type: ignore[arg-type]


def test_a_size_that_is_the_librarys_own_is_left_unsaid() -> None:
    assert under_one_name(replace(POOL, chunksize=64)) == POOL
    assert under_one_name(replace(POOL, chunksize=8)) == replace(POOL, chunksize=8)
    assert under_one_name(replace(POOL, workers=16, chunksize=8)) == replace(POOL, workers=16)
    assert chunksize_of(POOL) == 64


def test_the_name_says_which_number_the_librarys_own_size_is() -> None:
    assert cell_name(POOL).endswith(", its own chunk size (64)")
    assert cell_name(replace(POOL, chunksize=8)).endswith(", chunks of 8")
    assert "chunk" not in cell_name(replace(POOL, tasks=8))


def done(cell: Cell) -> Cell:
    """What really happens: the number of tasks that go in a message, and no worker that gets nothing to do."""
    size = min(chunksize_of(cell), cell.tasks)
    if not BACKENDS[cell.backend].takes_chunksize and "chunksize" in PATTERNS[cell.pattern].uses:
        size = 0
    return replace(cell, chunksize=size)


@pytest.mark.parametrize("usable_cpus", MACHINES)
def test_no_two_cells_of_all_experiments_do_the_same(usable_cpus: int) -> None:
    names: dict[Cell, set[str]] = defaultdict(set)
    for experiment in config.experiments_in(config.read_texts(ROOT / "experiments")):
        for _, points in curves_of(experiment, usable_cpus):
            for point in points:
                if not declared_away(experiment, point, usable_cpus):
                    names[done(point)].add(point.text)
    assert {event.text: texts for event, texts in names.items() if len(texts) > 1} == {}
    assert len(names) > 100


def test_what_is_declared_away_by_its_number_stays_away_where_the_library_chooses_it() -> None:
    block = """pattern = "map"
backend = "pool"
start_method = "fork"
workers = "cpus"
tasks = 512
chunksize = [0, 8]"""
    skip = '\n[[skip]]\nwhen = { chunksize = 8 }\nreason = "nobody would"\n'
    found = config.parse_experiment(written(block) + skip, "mine")
    points = [point for cpus in (2, 16) for _, points in curves_of(found, cpus) for point in points]
    assert [point.chunksize for point in points] == [0, 8, 0]
    assert [bool(declared_away(found, point, point.workers)) for point in points] == [False, True, True]
