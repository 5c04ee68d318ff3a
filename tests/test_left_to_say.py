"""What is said of what the cost model leaves out follows what was measured of it, and stays away where nothing was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study.cell import Cell
from study.sections import loops
from study.sections.left_to_say import at_once, of_servers, of_uneven_items
from study.things.kernels import KERNELS
from tests.made_up_run import evidence, measured
from tests.synthetic_study import LOAD, TARGET, run

if TYPE_CHECKING:
    from study.evidence import CellData

UNEVEN = Cell(pattern="map", kernel="ragged", backend="pool", start_method="fork", workers=2, tasks=64, spins=1000)
RISING = replace(UNEVEN, kernel="ragged_rising")
ASK = Cell(pattern="io_tasks", kernel="request", tasks=32)
THREADS = replace(ASK, backend="thread_executor", workers=32)
OF_ITEMS = "with uneven items, all of them 1.00 s at most,"
PAIRED = [1.0, 1.01, 0.99, 1.02, 0.98, 1.005, 0.995, 1.0]


def around(cell: Cell, mean: float) -> CellData:
    return measured(cell, [mean * scatter for scatter in PAIRED])


def uneven(of_none: float, of_rising: float) -> str:
    """Own chunks beside chunks of one, which take a second."""
    cells = []
    for cell, own in ((UNEVEN, of_none), (RISING, of_rising)):
        cells += [around(cell, own), around(replace(cell, chunksize=1), 1.0)]
    return of_uneven_items(evidence(*cells))


@pytest.mark.parametrize(
    ("of_none", "of_rising", "said"),
    [
        (0.87, 1.0, f"{OF_ITEMS} no gain from chunks of one was seen here: its own take "),
        (1.5, 1.4, f"{OF_ITEMS} chunks of one were sooner here: its own take "),
        (0.87, 1.4, f"{OF_ITEMS} chunks of one were sooner here, shortest first alone: its own take "),
    ],
)
def test_chunks_of_uneven_items_are_told_as_they_were_measured(of_none: float, of_rising: float, said: str) -> None:
    told = uneven(of_none, of_rising)
    assert told.startswith(said)
    assert "(in no order)" in told
    assert "(shortest first)" in told


def test_where_uneven_items_were_not_measured_or_load_leaves_it_open_nothing_is_said() -> None:
    assert of_uneven_items(evidence(around(UNEVEN, 1.0))) == ""
    assert of_uneven_items(run(2, LOAD).of(TARGET)) == ""
    assert of_uneven_items(run(2).of(TARGET)) != ""


def test_a_server_s_own_start_is_told_with_both_numbers_or_as_left_out() -> None:
    later = Cell(pattern="process_lifecycle", backend="processes", start_method="forkserver", part="join")
    first = replace(later, pattern="program_lifecycle", variant="first_of_all")
    assert of_servers(evidence(around(later, 4e-3))) == {
        "forkserver": "The server of forkserver runs already: its own start is not in this time."
    }
    (said,) = of_servers(evidence(around(later, 4e-3), around(first, 45e-3))).values()
    assert said == (
        "The server of forkserver runs already: the first process of a program, which starts it, takes 45 ms, a later one"
        " 4.0 ms."
    )


def test_more_threads_than_cpus_are_told_where_they_waited_and_gained() -> None:
    many = at_once(evidence(around(ASK, 1.8), around(THREADS, 0.1)))
    assert many is not None
    assert many.workers == 32
    assert many.words.startswith("32 threads were 18")
    assert many.words.endswith(f" as fast as one after the other with 32 × {KERNELS['request'].words} (I/O)")
    assert at_once(evidence(around(ASK, 1.0), around(THREADS, 1.0))) is None
    assert at_once(evidence(around(THREADS, 1.0))) is None
    few = replace(THREADS, workers=2)
    assert at_once(evidence(around(ASK, 1.0), around(few, 0.5))) is None


def test_a_worked_loop_that_waits_says_how_many_were_tried_and_what_more_gained_elsewhere() -> None:
    wait = Cell(pattern="map", kernel="sleep", tasks=140)
    shared = replace(wait, backend="threads", workers=2)
    asked = loops.Asked(140, 1e-2, 0, "waiting")
    for more, told in ((True, "at most 2 workers were tried with this job; 32 threads were 18"), (False, "")):
        cells = [around(wait, 1.4), around(shared, 0.7), *([around(ASK, 1.8), around(THREADS, 0.1)] if more else [])]
        made = evidence(*cells)
        jobs = list(loops.measured_jobs(made))
        found = loops._of_more(made, jobs, loops.worked_of(made, jobs, asked))
        assert found.more.startswith(told)
        assert bool(found.more) == more
        assert loops._row(found)[1].small == found.more
