"""Gains of workers that took turns are told apart from gains of running side by side, by the CPUs that they kept busy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.cell import Cell
from study.sections.questions import q2_words, scaling
from study.sections.together import ran_together
from tests.made_up_run import evidence, measured

if TYPE_CHECKING:
    from study.table import CellData

LOOP = Cell(pattern="map", kernel="sieve", tasks=8)
THREADS = replace(LOOP, backend="threads", workers=2)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2)


def busy(cell: Cell, mean_s: float, cpus: float) -> CellData:
    """A job that keeps so many CPUs busy, in every one of ten processes."""
    counted = [{"cpu_time_us": round(cpus * 1e6), "elapsed_us": 1_000_000} for _ in range(10)]
    return measured(cell, mean_s, outcomes=counted)


@pytest.mark.parametrize(("cpus", "together"), [(1.0, False), (1.05, False), (1.2, True), (2.0, True)])
def test_workers_that_keep_one_cpu_busy_took_turns(cpus: float, together: bool) -> None:
    assert ran_together(busy(THREADS, 1.0, cpus)) is together


def test_what_waits_needs_no_cpu_and_what_was_not_counted_says_nothing() -> None:
    assert ran_together(busy(replace(THREADS, kernel="sleep"), 1.0, 0.01))
    assert ran_together(measured(THREADS, 1.0))


def kinds(cpus: float) -> list[CellData]:
    """A sieve on threads that is sooner done than its loop, and keeps so many CPUs busy; hashing beside it."""
    hashing = replace(LOOP, kernel="sha256_8mib")
    return [
        busy(LOOP, 1.6, 1.0), busy(THREADS, 1.0, cpus),
        busy(hashing, 2.0, 1.0), busy(replace(hashing, backend="threads", workers=2), 1.0, 2.0),
    ]  # fmt: skip


def test_threads_that_took_turns_are_not_said_to_gain_where_the_lock_is_released() -> None:
    said = q2_words.lede(evidence(*kinds(1.0)))
    assert said.startswith("Threads gain where the lock is released: SHA-256 of 8 MiB")
    assert "sieve" not in said
    assert "sieve" in q2_words.lede(evidence(*kinds(2.0)))


def test_the_figure_of_kinds_of_work_names_in_its_title_what_ran_side_by_side_and_the_rest_below() -> None:
    (panel,) = [panel for panel in scaling.panels(evidence(*kinds(1.0))) if panel.id == "scaling-kernels"]
    assert panel.title == "With 2 workers threads gain with SHA-256 of 8 MiB"
    assert any("Threads are sooner also with prime sieve, but keep one CPU busy there" in note for note in panel.notes)


def test_more_than_the_cpus_allow_is_named_as_such() -> None:
    cells = [busy(LOOP, 2.0, 1.0), busy(POOL, 0.7, 1.9)]
    (panel,) = [panel for panel in scaling.panels(evidence(*cells)) if panel.id == "scaling-kernels"]
    (note,) = panel.notes
    assert note.startswith("More than 2 CPUs can give: prime sieve in Pool 2.")
    assert [panel.notes for panel in scaling.panels(evidence(busy(LOOP, 2.0, 1.0), busy(POOL, 1.1, 1.9)))
            if panel.id == "scaling-kernels"] == [()]  # fmt: skip
