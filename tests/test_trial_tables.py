"""Tables of what was counted: pasted programs, broken pools, things handed over; and figures of whole scripts. All made up."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from study.cell import Cell
from tests.made_up_run import evidence
from tests.topic_cells import measured

if TYPE_CHECKING:
    from study.blocks import Table
    from study.table import CellData

PASTED = Cell(pattern="pasted_program", backend="processes", start_method="spawn", variant="q5.notebook")
KILLED = Cell(pattern="breakage", backend="pool", start_method="fork", workers=2, variant="killed")
SCRIPT = Cell(pattern="whole_program", kernel="fannkuch", tasks=140)
TABLES = [import_module(f"study.sections.questions.{name}") for name in ("pasted", "breakage", "easier")]
PROGRAMS = import_module("study.sections.questions.programs")


def tables(*cells: CellData) -> dict[str, Table]:
    return {table.id: table for module in TABLES for table in module.tables(evidence(*cells))}


def texts(table: Table) -> list[list[object]]:
    return [[item.value for item in row] for row in table.rows]


def tried(cell: Cell, **outcomes: int) -> CellData:
    return measured(cell, 0.3, values=1, rounds=4, **outcomes)


def test_without_cells_there_is_no_table_and_no_figure() -> None:
    assert tables() == {}
    assert PROGRAMS.panels(evidence()) == ()


def test_a_row_for_each_place_a_column_for_each_start_method_and_the_finding_first() -> None:
    found = tables(
        tried(PASTED, trials=1, hangs=1, works=0),
        tried(replace(PASTED, start_method="fork"), trials=1, hangs=0, works=1),
        tried(replace(PASTED, start_method="fork", variant="q5.script.unguarded"), trials=1, works=1),
    )["pasted-q5"]
    assert [head for head, _ in found.heads] == ["Where it is put", "fork", "spawn"]
    assert texts(found) == [["as a script, without the guard", "works", "–"], ["in a notebook", "works", "hangs"]]
    assert "under fork: works in 2 of 2 places" in found.caption
    assert "under spawn: works in 0 of 1 place; hangs in a notebook" in found.caption


def test_what_differs_from_trial_to_trial_is_told_with_its_counts() -> None:
    found = tables(tried(PASTED, trials=2, hangs=1, works=1))["pasted-q5"]
    assert texts(found) == [["in a notebook", "works in 4 of 8, hangs in 4 of 8"]]


def test_who_waits_for_ever_is_the_finding_and_the_class_of_an_exception_stands_beside() -> None:
    executor = replace(KILLED, backend="process_executor")
    found = tables(
        tried(KILLED, trials=1, hangs=1, raises=0, usable_after=0),
        tried(executor, trials=1, hangs=0, raises=1, raised_BrokenProcessPool=1, usable_after=0),
        tried(replace(executor, variant="failed"), trials=1, raises=1, raised_ValueError=1, usable_after=1),
    )["breakage-broken"]
    assert found.caption == "The caller had no answer when its time was over where a worker is killed: Pool, fork"
    assert texts(found)[0] == ["a worker is killed", "hangs", "raises"]
    assert found.rows[0][2].small == "BrokenProcessPool, not usable afterwards"
    assert found.rows[1][2].small == "ValueError, usable afterwards"
    assert found.only == "screen"
    told = tables(tried(executor, trials=1, raises=1, usable_after=0))["breakage-broken"]
    assert told.caption == "Of 1 way to break a pool none left its caller waiting"


def test_paper_has_who_hangs_first_and_pools_that_end_alike_in_one_row() -> None:
    executor = replace(KILLED, backend="process_executor")
    found = tables(
        tried(replace(KILLED, variant="bad_result"), trials=1, hangs=1, raises=0, usable_after=0),
        tried(KILLED, trials=1, raises=1, raised_other=1, usable_after=0),
        tried(replace(KILLED, variant="failed"), trials=1, raises=1, raised_ValueError=1, usable_after=1),
        tried(replace(executor, variant="failed"), trials=1, raises=1, raised_ValueError=1, usable_after=1),
    )["breakage-narrow"]
    assert (found.only, len(found.heads)) == ("paper", 2)
    assert texts(found) == [
        ["a result cannot be pickled", "hangs"],
        ["a worker is killed", "raises"],
        ["a task raises an exception", "raises"],
    ]
    assert [item.small for item in found.rows[2]] == [
        "Pool, fork, ProcessPoolExecutor, fork",
        "ValueError, usable afterwards",
    ]


def test_items_taken_are_averages_over_the_trials_and_the_fewest_lead() -> None:
    taken = Cell(pattern="generator_taken", backend="pool", start_method="fork", workers=2, api="imap")
    whole = replace(taken, api="")
    found = tables(
        tried(taken, trials=2, items_first=200, items_later=1000),
        tried(whole, trials=1, items_first=10_000, items_later=10_000),
    )["breakage-generators"]
    assert sorted(texts(found), key=str) == [["Pool, fork, imap", 100, 500, 8], ["Pool, fork, map", 10_000, 10_000, 4]]
    assert "Pool, fork, imap has taken 500 of 10 000 items" in found.caption.replace("\u202f", " ")


def test_programs_are_compared_by_lines_and_things_by_who_takes_them() -> None:
    source = Cell(pattern="written_program", backend="threads")
    lambda_ = Cell(pattern="handed_over", backend="threads", variant="lambda")
    found = tables(
        tried(source, trials=1, lines=20, calls=9, names=2),
        tried(replace(source, backend="pool", start_method="fork"), trials=1, lines=10, calls=5, names=1),
        tried(lambda_, trials=1, arrived=1),
        tried(replace(lambda_, backend="processes", start_method="spawn"), trials=1, arrived=0),
    )
    assert found["easier-written"].caption == "The same job takes from 10 lines (Pool, fork) to 20 lines (threads)"
    assert texts(found["easier-handed-over"])[0][0] == "a lambda"
    assert sorted(map(str, texts(found["easier-handed-over"])[0][1:])) == ["arrives", "is refused"]


def test_a_script_is_compared_with_a_loop_over_the_same_tasks() -> None:
    pool = replace(SCRIPT, backend="pool", start_method="fork", workers=2)
    sooner, cost = PROGRAMS.panels(
        evidence(
            measured(SCRIPT, 1.0),
            measured(pool, 0.5),
            measured(replace(pool, tasks=4), 0.1),
            measured(replace(SCRIPT, part="cpu"), 1.0),
            measured(replace(pool, part="cpu"), 1.1),
            measured(Cell(pattern="whole_program", variant="empty"), 0.02),
        )
    )
    (point,) = sooner.points
    assert point.estimate.point is not None
    assert 1.9 < point.estimate.point < 2.1
    assert "as fast with Pool of 2 under fork" in sooner.title
    assert "an interpreter that does nothing: " in point.names[0]
    assert "1.1" in cost.title
    assert len(cost.points) == 2
