"""Numbers to remember, worked loops and the matrix: what they take from whole studies, and what they refuse."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from study.blocks import Item, Table
from study.cell import Cell
from study.evidence.apart import LeftOut
from study.findings import Estimate
from study.sections import answers, gil, loops, matrix, numbers
from study.sections.loops import LOOPS, Asked
from study.sections.pays_back import RUNNING, pays_back
from study.sections.tables import row
from study.store import TargetRecord
from study.units import brief
from tests.made_up_run import evidence, measured
from tests.made_up_run import run as made_up
from tests.synthetic_study import CALM, LOAD, TARGET, run

if TYPE_CHECKING:
    from study.evidence import Run, Study
    from study.reports import Section

PYTHON: loops.Kind = "Python code that computes"
LOOP = Cell(pattern="map", kernel="fannkuch", tasks=200)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2)
EXECUTOR = replace(POOL, backend="process_executor")
ASKED = Asked(200, 5e-3, 0, PYTHON)


def study(*runs: Run) -> Study:
    return cast("Study", SimpleNamespace(subject=runs[0], runs=runs, left_out=LeftOut()))


def table_of(section: Section) -> Table:
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    return table


# Numbers to remember


def test_a_whole_study_has_about_fifteen_numbers_each_with_interval_and_where_it_comes_from() -> None:
    made = study(run())
    rows = table_of(numbers.section(made)).rows
    assert 12 <= len(rows) <= 26
    for what, number, whence in rows:
        assert isinstance(number.value, Estimate), what.value
        assert number.value.low is not None, what.value
        assert whence.value
        assert whence.href.startswith("#")
    whats = [str(row[0].value) for row in rows]
    assert len(set(whats)) == len(whats)
    assert not made.left_out.reasons


def test_under_load_only_what_ran_alone_is_to_be_remembered() -> None:
    calm, busy = (numbers.numbers(run(2, load).of(TARGET)) for load in (CALM, LOAD))
    assert {number.place for number in busy} == {"q3", "q2", "memory", "start"}
    assert len(busy) < len(calm)
    assert "left out" in str(numbers.section(study(run(2, LOAD))).blocks[-1])


def test_a_number_is_the_average_of_its_cell_of_one_task_where_it_says_so() -> None:
    sent = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=8, chunksize=1)
    (number,) = numbers.numbers(evidence(measured(sent, 8e-4), question="Q4"))
    assert number.what == "a task that does nothing through a running Pool, one a message"
    assert number.estimate.point == pytest.approx(1e-4, rel=0.01)


def test_without_cells_the_table_says_so() -> None:
    made = table_of(numbers.section(study(made_up(()))))
    assert not made.rows
    assert made.empty


# Worked loops


def worked(*cells: Any, asked: Asked = ASKED) -> loops.Worked:
    made = evidence(*cells)
    return loops.worked_of(made, list(loops.measured_jobs(made)), asked)


def test_the_fastest_way_of_those_like_it_is_told_with_its_gain() -> None:
    found = worked(measured(LOOP, 1.0), measured(POOL, 0.5), measured(EXECUTOR, 0.8))
    assert found.job is not None
    assert found.gain is not None
    assert (found.job.cell, found.gains) == (POOL, True)
    assert found.gain.point == pytest.approx(2.0, rel=0.05)


def test_the_nearest_job_answers_and_not_the_luckiest() -> None:
    lucky, shared = replace(LOOP, kernel="nbody"), replace(POOL, kernel="nbody")
    cells = [measured(LOOP, 1.0), measured(POOL, 0.55), measured(lucky, 1.9), measured(shared, 0.8)]
    found = worked(*cells)
    assert found.job is not None
    assert found.job.cell == POOL
    far = worked(*cells, asked=ASKED._replace(length_s=8e-3)).job
    assert far is not None
    assert far.cell == shared


def test_a_nearer_job_that_was_given_to_threads_alone_does_not_hide_what_processes_gain() -> None:
    near = replace(LOOP, kernel="sha256_1kib")
    alone = [measured(near, 1.01), measured(replace(near, backend="threads", workers=2), 1.05)]
    found = worked(measured(LOOP, 0.9), measured(POOL, 0.5), *alone)
    assert found.job is not None
    assert found.job.cell == POOL


def test_c_code_of_a_package_that_may_keep_the_lock_is_no_python_code() -> None:
    kinds = {kernel: loops.kind_of(replace(LOOP, kernel=kernel)) for kernel in ("real_groupby", "matmul", "json")}
    assert kinds == {
        "real_groupby": loops.NEITHER,
        "matmul": "C code that releases the GIL (much of NumPy)",
        "json": PYTHON,
    }
    assert loops.NEITHER not in {asked.kind for asked in LOOPS}


def test_where_no_way_is_faster_the_plain_loop_is() -> None:
    found = worked(measured(LOOP, 1.0), measured(POOL, 2.0))
    assert found.job is not None
    assert not found.gains
    row = loops._row(found)
    assert row[1].value == "the plain loop"
    assert "Pool" in row[1].small


@pytest.mark.parametrize(
    "asked",
    [
        Asked(200, 50e-3, 0, PYTHON),
        Asked(200, 0.5e-3, 0, PYTHON),
        Asked(200, 5e-3, 50_000, PYTHON),
        Asked(200, 5e-3, 0, "waiting"),
        Asked(50, 5e-3, 0, PYTHON),
        Asked(100_000, 5e-3, 0, PYTHON),
    ],
)
def test_what_is_no_job_like_it_does_not_answer(asked: Asked) -> None:
    found = worked(measured(LOOP, 1.0), measured(POOL, 0.5), asked=asked)
    assert found == loops.Worked(asked)
    assert loops._row(found)[1].value == "no job like it was measured"


def test_a_whole_study_reaches_some_loops_and_says_of_each_other_that_it_does_not() -> None:
    section = loops.section(study(run()))
    rows = table_of(section).rows
    assert len(rows) == len(LOOPS) == 12
    reached = [row for row in rows if isinstance(row[2].value, Estimate)]
    assert 6 <= len(reached) < 12
    assert "no job like" in section.answer
    assert all(row[1].value == "no job like it was measured" for row in rows if row not in reached)


@pytest.mark.parametrize(("cpus", "load"), [(2, LOAD), (1, CALM)])
def test_no_loop_is_answered_where_gains_are_left_open(cpus: int, load: float) -> None:
    section = loops.section(study(run(cpus, load, "q")))
    assert "is left open: " in section.answer
    assert not [block for block in section.blocks if isinstance(block, Table)]


# The matrix


def other_machine(made: Run, name: str) -> Run:
    folder = cast("Any", SimpleNamespace(machine=name, id="r", name=f"{name}/r"))
    return replace(made, folder=folder)


def test_every_machine_has_a_row_with_sign_and_number_and_only_this_report_s_run_is_linked() -> None:
    first, second = other_machine(run(), "m"), other_machine(run(4), "other")
    rows = matrix.table(study(first, second)).rows
    assert [(str(row[0].value), str(row[1].value)) for row in rows] == [("m", TARGET), ("other", TARGET)]
    assert [item.mark for item in rows[0][2:8]] != [None] * 6
    assert [item.href for item in rows[0][2:8]] == [f"#q{number}" for number in range(1, 7)]
    assert {item.href for item in rows[1][2:]} == {""}


def test_the_rows_of_a_machine_stand_together_and_end_with_what_decides() -> None:
    first, second, third = other_machine(run(), "m"), other_machine(run(4), "other"), other_machine(run(), "m")
    found = matrix.table(study(first, second, third))
    assert [str(row[0].value) for row in found.rows] == ["m", "m", "other"]
    assert [head for head, _ in found.heads[-2:]] == ["Pool on all CPUs", "No task shorter pays"]
    gained, pays = found.rows[2][-2:]
    assert re.fullmatch(r"[\d.]+× of 4", str(gained.value))
    assert gained.small.endswith("%")
    assert isinstance(pays.value, Estimate)
    assert pays.value.unit == "s"
    assert any(" ÷ " in note for note in found.notes)


def test_of_very_many_machines_paper_has_one_row_each_and_of_the_first_every_one() -> None:
    def of(machines: dict[str, int]) -> Table:
        return Table(
            id="m", caption="", heads=(("Machine", "text"), ("Interpreter", "text")), notes=("a note",), whole=True,
            rows=tuple(row(machine, str(number)) for machine, rows in machines.items() for number in range(rows)),
        )  # fmt: skip

    few = of({"own": 3, "other": 9})
    assert matrix.parted(few) == (few,)
    screen, paper = matrix.parted(of({"own": 3, **{f"other {number}": 2 for number in range(29)}}))
    assert (screen.only, paper.only, len(screen.rows), paper.whole) == ("screen", "paper", 61, True)
    assert [(line[0].value, line[1].value) for line in paper.rows] == [
        *(("own", str(number)) for number in range(3)),
        *((f"other {number}", "0") for number in range(29)),
    ]
    assert paper.notes[0] == "Of each machine but the first one row; 29 more are on the page of this report."
    _, very_many = matrix.parted(of({"own": 30, **{str(number): 1 for number in range(99)}}))
    assert len(very_many.rows) == 36
    _, each_once = matrix.parted(of({str(number): 1 for number in range(30)}))
    assert (len(each_once.rows), each_once.notes) == (30, ("a note",))


def test_a_column_of_break_evens_is_of_the_one_way_that_most_places_know() -> None:
    soonest, common, other = (
        ("map", "pool", "fork", tasks, chunksize) for tasks, chunksize in ((512, 0), (8, 1), (64, 1))
    )
    even = cast("Any", object())
    assert matrix._known_most([{soonest: even, common: even}, {common: even}, {}]) == common
    assert matrix._known_most([{soonest: even, other: even}, {other: even, soonest: even}]) == soonest
    assert matrix._known_most([{}]) is None


def test_what_a_column_of_break_evens_is_of_is_said_below_the_table() -> None:
    made = other_machine(run(), "m")
    notes = matrix.table(study(made, other_machine(run(4), "other"))).notes
    (note,) = [note for note in notes if note.startswith("No task shorter pays")]
    assert "It is a bound" in note
    assert "in every row of the same: a pool that is already running" in note


def test_a_simulated_run_never_stands_beside_a_measured_one() -> None:
    made = other_machine(run(), "m")
    fake = replace(made, manifest=msgspec.structs.replace(made.manifest, simulated=True))
    assert len(matrix.table(study(made, other_machine(fake, "fake"))).rows) == 1


def test_a_number_of_a_statement_stands_with_its_interval_on_the_first_screen_too() -> None:
    made = other_machine(run(), "m")
    for found, first in ((matrix.table(study(made)), 2), (matrix.in_short(study(made))[0], 1)):
        items = found.rows[0][first : first + 6]
        estimates = [item for item in items if "of" not in str(item.value)]
        assert len(estimates) >= 3
        for item in estimates:
            assert re.fullmatch(r"\[[\d\u202f.]+, [\d\u202f.]+\]", item.small), item


def test_the_first_screen_shows_own_interpreters_once_and_folds_those_of_other_machines() -> None:
    made = other_machine(run(), "m")
    other = other_machine(run(), "n")
    tables = matrix.in_short(study(made, made, other))
    assert [len(table.rows) for table in tables] == [1, 1]
    assert len(matrix.table(study(made, made, other)).rows) == 3
    assert tables[0].heads[0][0] == tables[1].heads[0][0] == "Interpreter"


def test_an_older_run_shows_its_own_verdict_and_the_words_that_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = other_machine(run(), "m"), other_machine(run(), "n")
    known = answers.answer

    def reworded(question: Any, of: Run, target: str) -> Any:
        verdict = known(question, of, target)
        if verdict is None or of is not other or verdict.question != "Q1":
            return verdict
        return replace(verdict, statement="In other words.")

    monkeypatch.setattr(matrix, "answer", reworded)
    table = matrix.table(study(made, other))
    mine, theirs = (row[2] for row in table.rows)
    assert (theirs.value, theirs.mark) == (f"{mine.value} *", mine.mark)
    note = "* decided there in the words of that run. Q1: “In other words.”."
    assert note in table.notes
    own, elsewhere = matrix.in_short(study(made, other))
    assert (own.notes, elsewhere.notes) == ((), (note,))
    assert str(elsewhere.rows[0][1].value).endswith(" *")


def test_two_runs_of_one_interpreter_and_machine_are_told_apart_by_their_dates() -> None:
    made = other_machine(run(), "m")
    again, twice = (matrix.table(study(*runs)).rows for runs in ((made,), (made, other_machine(run(), "m"))))
    assert "UTC" not in again[0][1].small
    assert all(row[1].small.endswith("UTC") for row in twice)


def test_a_count_stands_on_the_first_screen_by_its_counterexamples() -> None:
    for told, expected in (
        ("in 113, not in 87 of 200 trials", "not in 87 of 200"),
        ("in 1\u202f113, not in 2\u202f087 of 3\u202f200 trials", "not in 2\u202f087 of 3\u202f200"),
        ("in 200 of 200 trials", "in 200 of 200"),
    ):
        assert matrix._in_few_words(Item(value=told)).value == expected


def test_beside_a_bound_stands_what_was_measured_of_as_many_tasks_that_work() -> None:
    made = run()
    evidence = made.of(TARGET)
    found = next(one for one in pays_back(evidence) if one.how == "measured" and one.way == RUNNING)
    cell = Cell(pattern="map", backend="pool", start_method=found.method, workers=2, tasks=found.tasks)
    said = matrix._measured_as(cast("Any", SimpleNamespace(cell=cell)), evidence)
    assert said == f"; with tasks that work this report's run measured {brief(found.each)} ({found.of})"
    assert matrix._measured_as(cast("Any", SimpleNamespace(cell=replace(cell, tasks=3))), evidence) == ""
    assert matrix._measured_as(cast("Any", SimpleNamespace(cell=cell)), run(2, LOAD).of(TARGET)) == ""


def test_what_has_no_number_has_a_question_mark() -> None:
    assert matrix._item(None, "#q1") == Item(mark="cannot be decided here")


# With the GIL and without


def builds(*, version: str = "3.13.5", threads_s: float = 0.5, switched_s: float | None = None) -> Run:
    """Two builds of one run: with the GIL threads gain nothing, without it they do, and the loop takes longer.

    With `switched_s` the second also ran with its lock switched on, and its loop took so long.
    """
    loop = replace(LOOP, tasks=8)
    threads = replace(loop, backend="threads", workers=2)
    cells = [
        measured(loop, 1.0, target="with"),
        measured(threads, 1.0, target="with"),
        measured(loop, 1.4, target="without"),
        measured(threads, threads_s, target="without"),
    ]
    targets = [
        TargetRecord(name="with", facts={"version": "3.13.5", "gil_enabled": True}),
        TargetRecord(name="without", facts={"version": version, "gil_enabled": False, "free_threaded": True}),
    ]
    if switched_s is not None:
        cells += [measured(data.cell, switched_s, target="switched") for data in cells[:2]]
        targets.append(
            TargetRecord(name="switched", facts={"version": version, "gil_enabled": True, "free_threaded": True})
        )
    return made_up(cells, targets=targets)


def test_threads_stand_with_the_lock_and_without_it_and_at_which_price() -> None:
    made = gil.section(study(builds()))
    assert made is not None
    assert made.answer.startswith("On 2 CPUs threads of with ")
    assert " with the GIL; without it they are 2" in made.answer
    assert made.lede.startswith("The plain loop takes ")
    assert " longer [" in made.lede
    assert (
        "in the build without the GIL. Whether the build or the missing lock is the cause this run does not"
        in made.lede
    )
    assert [row[0].value for row in table_of(made).rows] == ["with", "without"]


def test_what_is_left_of_the_gain_is_told_against_the_loop_with_the_lock() -> None:
    """The loop takes 1.4 times as long without it, so that threads twice as fast as that are 1.4 times as fast as this."""
    made = gil.section(study(builds(threads_s=0.7)))
    assert made is not None
    assert "Against the plain loop with the GIL threads without it are 1.4" in made.lede
    nothing = gil.section(study(builds(threads_s=2.0)))
    assert nothing is not None
    assert "Against the plain loop" not in nothing.lede


@pytest.mark.parametrize(
    ("switched_s", "said"),
    [
        (1.4, "That is the build: with its GIL switched on the same build shows no clear difference ("),
        (1.0, "Part of it is the missing lock: beside the same build with its GIL switched on it takes 40 % longer"),
    ],
)
def test_the_build_and_the_missing_lock_are_told_apart_where_the_build_ran_with_its_lock_too(
    switched_s: float, said: str
) -> None:
    made = gil.section(study(builds(switched_s=switched_s)))
    assert made is not None
    assert said in made.lede
    assert "does not tell" not in made.lede
    assert [row[0].value for row in table_of(made).rows] == ["with", "without"]


def test_threads_that_gain_nothing_without_the_lock_are_not_said_to_gain() -> None:
    made = gil.section(study(builds(threads_s=2.0)))
    assert made is not None
    assert "with the GIL; without it they gain nothing (0.7" in made.answer


def test_two_versions_are_no_pair_and_without_one_there_is_no_section() -> None:
    assert gil.section(study(builds(version="3.14.1"))) is None
    assert gil.section(study(other_machine(run(), "m"))) is None


# What was not measured
