"""What is said of the memory is said of arrays that no cache holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from study.cell import Cell
from study.sections import last_cache

TRIAD = Cell(pattern="capacity", kernel="triad", backend="processes", start_method="fork", workers=2, tasks=4)
LARGE = replace(TRIAD, kernel="triad_192mib")
MIB = 1 << 20


@pytest.mark.parametrize(
    ("cell", "held", "open_"),
    [(TRIAD, 8 * MIB, False), (TRIAD, 32 * MIB, True), (LARGE, 32 * MIB, False), (LARGE, 105 * MIB, True)],
    ids=str,
)
def test_a_statement_on_memory_is_open_where_the_last_cache_holds_much_of_the_arrays(
    cell: Cell, held: int, open_: bool
) -> None:
    why = last_cache.left_open([cell], {"l3_bytes": held})
    assert bool(why) == open_
    assert not open_ or f"{held // MIB} MiB" in why


def test_work_that_computes_and_an_unknown_cache_leave_nothing_open() -> None:
    assert not last_cache.left_open([replace(TRIAD, kernel="fannkuch")], {"l3_bytes": 64 * MIB})
    assert not last_cache.left_open([TRIAD], {"l3_bytes": None})
    assert not last_cache.left_open([Cell(pattern="map", kernel="triad")], {"l3_bytes": 64 * MIB})


def test_the_sizes_stand_beside_the_number() -> None:
    (sentence,) = last_cache.sizes([TRIAD, LARGE, replace(TRIAD, kernel="fannkuch")], {"l3_bytes": 32 * MIB})
    assert sentence == (
        "Each process goes through arrays of its own: STREAM triad 24 MiB, STREAM triad over 192 MiB 192 MiB."
        " The last cache here holds 32 MiB."
    )
    assert last_cache.sizes([replace(TRIAD, kernel="fannkuch")], {}) == ()
