"""Interpreters of one run side by side. Every time here is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study import loaded
from study.cell import Cell
from study.sections.interpreters import bases_of, interpreter_tables
from study.table import cells_of
from tests.made_up_run import measured
from tests.tables import points_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Run
    from study.store import CellRecord

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=4)
THREADS = Cell(pattern="map", kernel="fannkuch", backend="threads", workers=2, tasks=4)
TIMES = {("cpython-3.13.5", LOOP): 1.0, ("cpython-3.13.5t", LOOP): 1.2,
         ("cpython-3.13.5", THREADS): 1.0, ("cpython-3.13.5t", THREADS): 0.6,
         ("cpython-3.13.5t-gil", LOOP): 1.1, ("cpython-3.13.5t-gil", THREADS): 1.1,
         ("cpython-3.14.8", LOOP): 1.0, ("cpython-3.14.8t", LOOP): 1.2}  # fmt: skip


def facts_of(name: str) -> dict[str, Any]:
    """The facts of a target of this name, as the probe would tell them."""
    version, _, end = name.removeprefix("cpython-").partition("-")
    free = version.endswith("t")
    locked = end.endswith("gil")
    variables = {"PYTHONMALLOC": "malloc"} if "heap" in end else {}
    return {
        "version": version.removesuffix("t"),
        "free_threaded": free,
        "gil_enabled": locked or not free,
        "debug": "debug" in end,
        "variables": variables | ({"PYTHON_GIL": "1"} if locked else {}),
        "packages": {"numpy": "2.5.5"} if "numpy" in end else {},
    }


def bases(name: str, names: Sequence[str]) -> tuple[str, ...]:
    return bases_of(name, {target: facts_of(target) for target in names})


def run(*targets: str, foreign: float | None = None, rounds: int = 10) -> Run:
    """A finished run of these interpreters."""
    samples: list[Any] = [
        SimpleNamespace(
            target=target, cell=cell, name=cell.text, round_index=index, attempt=0,
            values=[average * (1.0 + 0.001 * (index % 3))] * 3, outcomes={}, metadata={},
        )
        for (target, cell), average in TIMES.items()
        if target in targets
        for index in range(rounds)
    ]  # fmt: skip
    manifest = SimpleNamespace(
        targets=[SimpleNamespace(name=name, facts=facts_of(name)) for name in targets],
        cells=[
            SimpleNamespace(cell=cell.text, target=target, tier="headline", asked_by=["q1"])
            for target in targets
            for cell in (LOOP, THREADS)
        ],
        usable_cpus=2,
    )
    found = SimpleNamespace(
        machine="m",
        id="r",
        manifest=manifest,
        targets=targets,
        cells=cells_of(cast("Any", samples)),
        foreign_cpus=loaded.foreign_cpus([foreign]),
    )
    return cast("Run", found)


def test_a_build_without_the_gil_stands_beside_its_twin_and_others_beside_the_first() -> None:
    names = ["cpython-3.11.7", "cpython-3.13.5", "cpython-3.13.5t", "cpython-3.14.1t"]
    assert [bases(name, names) for name in names] == [
        (),
        ("cpython-3.11.7",),
        ("cpython-3.13.5",),
        ("cpython-3.11.7",),
    ]
    marked = ["cpython-3.16.0t-untested", "cpython-3.13.5-debug", "cpython-3.13.5t-debug", "cpython-3.16.0-untested"]
    assert bases("cpython-3.13.5t-debug", marked) == ("cpython-3.13.5-debug",)
    assert bases("cpython-3.16.0t-untested", marked) == ("cpython-3.16.0-untested",)
    assert bases("cpython-3.13.5-debug", marked) == ("cpython-3.16.0t-untested",)


def test_of_several_twins_the_one_of_the_same_number_is_the_twin() -> None:
    names = ["cpython-3.11.7", "cpython-3.13.5", "cpython-3.13.5t-2", "cpython-3.13.5-debug", "cpython-3.13.5t-debug"]
    assert bases("cpython-3.13.5t-2", names) == ("cpython-3.13.5",)
    assert bases("cpython-3.13.5t-2", [*names, "cpython-3.13.5-2"]) == ("cpython-3.13.5-2",)
    assert bases("cpython-3.13.5t-debug", [*names[:3], names[4]]) == ("cpython-3.11.7",)


def test_the_twin_has_the_same_packages() -> None:
    names = ["cpython-3.13.5", "cpython-3.13.5-numpy", "cpython-3.13.5t", "cpython-3.13.5t-numpy"]
    assert bases("cpython-3.13.5t-numpy", names) == ("cpython-3.13.5-numpy",)
    assert bases("cpython-3.13.5t", names[1::-1] + names[2:]) == ("cpython-3.13.5",)


def test_a_build_without_the_gil_stands_beside_itself_with_it_and_that_beside_the_twin() -> None:
    names = [
        "cpython-3.13.5t",
        "cpython-3.13.5",
        "cpython-3.13.5t-heap",
        "cpython-3.13.5t-gil",
        "cpython-3.13.5t-heap-gil",
    ]
    assert [bases(name, names) for name in names] == [
        ("cpython-3.13.5", "cpython-3.13.5t-gil"),
        ("cpython-3.13.5t",),
        ("cpython-3.13.5", "cpython-3.13.5t-heap-gil"),
        ("cpython-3.13.5",),
        ("cpython-3.13.5",),
    ]
    numbered = ["cpython-3.13.5t", "cpython-3.13.5t-2", "cpython-3.13.5t-gil", "cpython-3.13.5t-2-gil"]
    assert bases("cpython-3.13.5t-2", numbered) == ("cpython-3.13.5t-2-gil",)


def test_beside_itself_and_beside_its_twin_are_two_tables_and_what_is_published_stands_beside_the_twin() -> None:
    tables = interpreter_tables([run("cpython-3.13.5t", "cpython-3.13.5", "cpython-3.13.5t-gil")])
    twin, itself, other, with_gil = tables
    assert "cpython-3.13.5t beside cpython-3.13.5," in twin.caption
    assert "cpython-3.13.5t beside cpython-3.13.5t-gil" in itself.caption
    assert "cpython-3.13.5 beside cpython-3.13.5t" in other.caption
    assert "cpython-3.13.5t-gil beside cpython-3.13.5," in with_gil.caption
    assert len({table.id for table in tables}) == 4
    assert [any("howto/free-threading" in note for note in table.notes) for table in tables] == [
        True,
        False,
        False,
        False,
    ]
    assert any("about 40 % longer" in note and "1.2" in note and "less than that" in note for note in twin.notes)
    assert any("GIL: no / yes" in note and "PYTHON_GIL=1" in note for note in itself.notes)


def test_what_is_published_is_of_the_version_that_was_measured() -> None:
    (newer,) = interpreter_tables([run("cpython-3.14.8", "cpython-3.14.8t")])
    (note,) = [note for note in newer.notes if "Published" in note]
    assert "1.0 % to 8.0 % longer" in note
    assert "/3/howto/" in note
    assert "1.2" in note
    assert "more than that" in note
    (older,) = interpreter_tables([run("cpython-3.13.5", "cpython-3.13.5t")])
    (note,) = [note for note in older.notes if "Published" in note]
    assert "1.0 % to 8.0 %" not in note
    assert "/3.13/howto/" in note


def test_every_cell_of_both_gets_its_ratio() -> None:
    (table,) = interpreter_tables([run("cpython-3.13.5", "cpython-3.13.5t")])
    ratios = points_of(table)
    assert ratios == [pytest.approx(0.6), pytest.approx(1.2)] or ratios == [pytest.approx(1.2), pytest.approx(0.6)]
    assert "cpython-3.13.5t beside cpython-3.13.5" in table.caption
    assert "1 slower, 1 faster" in table.caption


def test_where_others_took_the_cpus_cells_side_by_side_are_shown_and_not_called() -> None:
    (table,) = interpreter_tables([run("cpython-3.13.5", "cpython-3.13.5t", foreign=1.69)])
    assert len(table.rows) == 2
    assert "of 1 cell 1 slower, 0 faster" in table.caption
    assert "plain loop: 1.2" in table.caption
    assert any("others took 1.69 CPUs" in note for note in table.notes)


def test_a_run_of_one_interpreter_compares_none() -> None:
    assert interpreter_tables([run("cpython-3.13.5")]) == ()


def test_of_too_few_rounds_no_cell_is_compared() -> None:
    assert interpreter_tables([run("cpython-3.13.5", "cpython-3.13.5t", rounds=4)]) == ()


def test_cells_share_the_error_rate_of_their_table() -> None:
    """Each of twelve cells would be called by itself, none where they are counted together."""
    name, base = "cpython-3.13.5t", "cpython-3.13.5"
    cells = [replace(LOOP, tasks=tasks) for tasks in range(1, 13)]
    slower = [1.001, 1.0011, 1.0009, 1.001, 1.0012, 1.0008, 1.001, 1.0011, 1.0009, 1.006]  # p is some hundredths
    data = {
        (target, cell.text): measured(cell, means, target=target)
        for cell in cells
        for target, means in ((name, slower), (base, [1.0] * 10))
    }

    def called(count: int) -> str:
        made = run(base, name)
        records = [
            SimpleNamespace(cell=cell.text, target=base, tier="headline", asked_by=["q1"]) for cell in cells[:count]
        ]
        made.manifest.cells = cast("list[CellRecord]", records)
        (table,) = interpreter_tables([cast("Run", SimpleNamespace(**vars(made) | {"cells": data}))])
        return table.caption

    assert "of 1 cell 1 slower" in called(1)
    assert "of 12 cells 0 slower" in called(12)
