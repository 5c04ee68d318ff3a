"""What a number is of stands beside it: which way, which programs, which ratio, which builds."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
import pytest

from study.cell import Cell
from study.sections import gil, matrix
from study.sections.questions import real, workers_words
from study.store import TargetRecord
from tests.made_up_run import evidence, measured
from tests.synthetic_study import run
from tests.test_numbers import builds, other_machine, study

LOOP = Cell(pattern="map", backend="call", kernel="fannkuch", tasks=8)


def test_threads_of_a_library_in_each_worker_are_told_where_they_cost_clearly_more() -> None:
    one = Cell(pattern="map", kernel="matmul", backend="pool", start_method="fork", workers=2, tasks=8)
    many = replace(one, library_threads=2)
    told = workers_words.lede(evidence(measured(one, 0.5), measured(many, 2.0)))
    assert told.startswith("A matrix product with 2 library threads in each of 2 workers takes 4.0")
    assert told.endswith(" as long as with one: set OMP_NUM_THREADS=1.")
    assert workers_words.lede(evidence(measured(one, 0.5), measured(many, 0.5))) == ""
    assert workers_words.lede(evidence(measured(one, 0.5))) == ""


def test_the_figure_of_everyday_jobs_has_the_range_of_its_first_sentence() -> None:
    """Of a Pool, though an executor was faster with one of the jobs."""
    cells = []
    for kernel, pool_s in (("real_json", 0.5), ("real_monte_carlo", 0.55)):
        job = replace(LOOP, kernel=kernel, tasks=8)
        pool = replace(job, backend="pool", start_method="fork", workers=2)
        executor = replace(pool, backend="process_executor")
        cells += [measured(job, 1.0), measured(pool, pool_s), measured(executor, 0.4)]
    (panel, *_) = real.panels(evidence(*cells))
    assert "processes of a Pool, other ways apart, finish 1.8" in panel.title
    assert " to 2.0" in panel.title
    assert "2.5" not in panel.title
    alone = evidence(*(data for data in cells if data.cell.backend != "pool"))
    assert "processes finish 2.5" in real.panels(alone)[0].title


def test_a_statement_whose_number_is_a_ratio_of_times_says_so_on_the_first_screen() -> None:
    """`A pool makes it faster: 36 400×` would be the contrary."""
    heads = [head for head, _ in matrix.in_short(study(other_machine(run(), "m")))[0].heads[1:]]
    assert [head[:2] for head in heads if re.search(r" \(× as (long|much)\)$", head)] == ["Q3", "Q4", "Q5"]


@pytest.mark.parametrize(
    ("version", "locked", "told"), [("3.14.8", True, True), ("3.14.8", False, False), ("3.12.1", True, False)]
)
def test_that_later_builds_without_the_lock_were_not_measured_is_told(version: str, locked: bool, told: bool) -> None:
    later = run()
    facts = {"version": version, "gil_enabled": locked, "free_threaded": not locked}
    targets = [TargetRecord(name="later", facts=facts)]
    later = replace(later, manifest=msgspec.structs.replace(later.manifest, targets=targets))
    made = gil.section(study(builds(), later))
    assert made is not None
    assert ("Of later versions no build without the GIL was measured." in made.lede) == told
