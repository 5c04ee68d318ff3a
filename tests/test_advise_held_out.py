"""Jobs of a stored run are foretold from constants that know nothing of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.advise.held_out import held_out, living
from study.advise.model.job import Constant
from study.advise.model.judged import judged
from study.cell import Cell
from tests.advise_jobs import usual
from tests.made_up_run import evidence, measured

if TYPE_CHECKING:
    from study.evidence import CellData

TASK_S, WORK_S = 5e-3, 0.64
ROUNDS = 8
LOOP = Cell(pattern="map", kernel="fannkuch", tasks=32)
POOLED = Cell(pattern="map", kernel="fannkuch", backend="pool", start_method="fork", workers=2, tasks=128)
NOTHING = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=512)


def level(cell: Cell, seconds: float) -> CellData:
    return measured(cell, [seconds] * ROUNDS)


HANDED = [level(replace(NOTHING, chunksize=1), 512 * 2e-5), level(NOTHING, 8 * 2e-5)]
KNOWN = [*HANDED, level(LOOP, 32 * TASK_S)]


def test_a_job_is_foretold_from_its_loop_and_the_machines_constants() -> None:
    (found,) = held_out(evidence(*KNOWN, level(POOLED, WORK_S / 2 * 1.1)))
    assert found.function == "fannkuch"
    assert (found.way.backend, found.way.start_method, found.way.workers) == ("pool", "fork", 2)
    assert (found.way.chunksize, found.way.is_own) == (16, True)
    assert found.foretold_s == pytest.approx(WORK_S / 2, rel=0.02)
    assert found.measured_s == pytest.approx(WORK_S / 2 * 1.1)
    assert judged([found]).bias == pytest.approx(0.1, abs=0.02)


def test_work_that_slows_itself_is_foretold_so() -> None:
    window = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", tasks=9, part="busy")
    at_once = [level(replace(window, workers=workers), seconds) for workers, seconds in ((1, 0.5), (2, 0.7))]
    (found,) = held_out(evidence(*KNOWN, *at_once, level(POOLED, WORK_S)))
    assert found.foretold_s == pytest.approx(1.4 * WORK_S / 2, rel=0.02)


def test_what_constants_are_made_of_is_no_job() -> None:
    spun = replace(POOLED, kernel="spin", spins=8192)
    threads = replace(POOLED, backend="thread_executor", start_method="")
    default = replace(POOLED, workers=0)
    alone = replace(spun, backend="call", start_method="", workers=1)
    cells = [level(cell, 0.5) for cell in (spun, alone, threads, default)]
    assert list(held_out(evidence(*KNOWN, *cells))) == []
    assert list(held_out(evidence(level(POOLED, 0.3), *HANDED))) == []
    assert list(held_out(evidence(level(POOLED, 0.3), KNOWN[-1]))) == []


def test_a_pool_that_is_made_for_a_job_needs_its_start_to_be_known() -> None:
    made = replace(POOLED, variant="made")
    assert list(held_out(evidence(*KNOWN, level(made, 0.33)))) == []
    parts = {"create": 2e-3, "first_map": 1.5e-3, "warm_map": 1e-4, "close_join": 3e-3}
    life = Cell(pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5)
    lives = [level(replace(life, part=part), seconds) for part, seconds in parts.items()]
    (found,) = held_out(evidence(*KNOWN, *lives, level(made, 0.33)))
    assert found.foretold_s == pytest.approx(WORK_S / 2 + 3.4e-3 + 3e-3, rel=0.02)


def test_a_loop_of_other_rounds_says_nothing() -> None:
    early = measured(POOLED, [0.3, 0.3], rounds=[0, 1])
    late = measured(LOOP, [0.16, 0.16], rounds=[2, 3])
    assert list(held_out(evidence(*HANDED, early, late))) == []


def test_workers_that_live_on_neither_start_nor_end() -> None:
    constants = living(usual(placement_s=Constant(1.0)))
    assert constants.placement_s.value == constants.forked_byte_s.value == 0
    assert ("interpreter_executor", "") in constants.starts
    assert ("pool", "spawn") in constants.starts
    assert all(start.made_s.value == start.end_s.value == 0 for start in constants.starts.values())
