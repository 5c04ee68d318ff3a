"""What is found through the index of a run is what looking at every cell finds. Every time here is made up."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from study.cell import Cell, chunksize_of
from study.evidence import ANY, Evidence
from study.evidence.index import index_of
from tests.made_up_run import measured, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.evidence import CellData

TARGETS = ("one", "two")
MAP = Cell(pattern="map", kernel="square", tasks=16)
POOL = replace(MAP, backend="pool", start_method="fork", workers=2)
CELLS = (
    MAP,
    replace(MAP, tasks=8),
    replace(MAP, label="again"),
    POOL,
    replace(POOL, chunksize=4),
    replace(POOL, start_method="spawn"),
    replace(POOL, tasks=24),
    Cell(pattern="process_lifecycle", backend="processes", start_method="fork"),
    Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join"),
)
ASKED = ("q1", "q2")
QUERIES: tuple[Mapping[str, Any], ...] = (
    {},
    {"kernel": "square", "tasks": ANY},
    {"kernel": "square", "tasks": (8, 24), "backend": ANY, "workers": ANY, "start_method": ANY},
    {"kernel": "square", "tasks": lambda tasks: tasks > 8, "backend": ANY, "workers": ANY, "start_method": ANY},
    {"kernel": ANY, "tasks": 16, "backend": "pool", "workers": 2, "start_method": ("fork", "spawn"), "chunksize": 2},
    {"kernel": ANY, "tasks": ANY, "backend": "pool", "workers": 2, "start_method": ANY, "chunksize": (3, 4)},
    {
        "kernel": ANY,
        "tasks": ANY,
        "backend": "pool",
        "workers": 2,
        "start_method": ANY,
        "chunksize": lambda size: size > 2,
    },
    {"kernel": "square", "tasks": ANY, "label": ANY},
    {"backend": "processes", "start_method": "fork", "part": ("total", "join")},
    {field.name: ANY for field in fields(Cell) if field.name != "pattern"},
    {field.name: ANY for field in fields(Cell) if field.name not in {"pattern", "tasks"}} | {"tasks": 16},
)


def a_run() -> Evidence:
    """Every other cell was asked for by the one question, the others by the other; two interpreters."""
    made = run([measured(cell, 1.0, target=target) for target in TARGETS for cell in reversed(CELLS)])
    questions = {key: frozenset({ASKED[number % 2]}) for number, key in enumerate(made.cells)}
    return replace(made, asked_by=questions).of(TARGETS[0])


def looked_for(evidence: Evidence, pattern: object, question: str, wanted: Mapping[str, Any]) -> Iterator[CellData]:
    """What every cell, looked at one by one, is."""
    factors = {field.name: field.default for field in fields(Cell)} | {"pattern": pattern} | dict(wanted)
    for key, data in sorted(evidence.run.cells.items(), key=lambda item: item[0]):
        if key[0] != evidence.target or (question and question not in evidence.run.asked_by[key]):
            continue
        if all(_is_wanted(data.cell, name, value) for name, value in factors.items()):
            yield data


def _is_wanted(cell: Cell, name: str, wanted: Any) -> bool:
    values = {getattr(cell, name)} | ({chunksize_of(cell)} if name == "chunksize" else set())
    if callable(wanted):
        return any(map(wanted, values))
    return not values.isdisjoint(wanted if isinstance(wanted, tuple) else (wanted,))


@pytest.mark.parametrize("wanted", QUERIES)
@pytest.mark.parametrize("pattern", ["map", "memory", "process_lifecycle", ("map", "process_lifecycle"), ANY])
def test_the_index_finds_what_looking_at_every_cell_finds(pattern: object, wanted: dict[str, Any]) -> None:
    evidence = a_run()
    for question in ("", *ASKED):
        found = evidence.find(pattern, question=question, **wanted)
        expected = list(looked_for(evidence, pattern, question, wanted))
        assert [id(data) for data in found] == [id(data) for data in expected]


def test_the_queries_find_something_and_not_everything() -> None:
    evidence = a_run()
    sizes = {len(evidence.find(pattern, **wanted)) for pattern, wanted in product(("map", ANY), QUERIES)}
    assert {0, len(CELLS)} < sizes


def test_a_cell_is_found_with_its_chunk_size_said_or_unsaid() -> None:
    evidence = a_run()
    own = chunksize_of(POOL)
    assert evidence.get(POOL) is evidence.get(replace(POOL, chunksize=own)) is evidence.run.cells["one", POOL.text]
    assert evidence.get(replace(POOL, chunksize=4)) is evidence.run.cells["one", replace(POOL, chunksize=4).text]
    assert evidence.get(replace(POOL, chunksize=own + 1)) is None


def test_the_index_of_a_run_is_made_once_and_each_run_has_its_own() -> None:
    evidence, other = a_run(), a_run()
    assert index_of(evidence.run, "one") is index_of(evidence.run, "one")
    assert {id(row.data) for row in index_of(other.run, "one").rows}.isdisjoint(map(id, evidence.run.cells.values()))
