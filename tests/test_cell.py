"""Cells and their canonical text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.cell import Cell, noise_class, parts_of
from study.things import BACKENDS, KERNELS, LABELS, PATTERNS

SLUGS = st.text("abcXYZ019_.-", max_size=8)
NUMBERS = st.integers(0, 10**9)
CELLS = st.builds(
    Cell,
    pattern=st.sampled_from(sorted(PATTERNS)),
    kernel=st.sampled_from(sorted(KERNELS)),
    backend=st.sampled_from(sorted(BACKENDS)),
    start_method=SLUGS,
    workers=NUMBERS,
    tasks=NUMBERS,
    chunksize=NUMBERS,
    tasks_per_child=NUMBERS,
    payload_bytes=NUMBERS,
    result_bytes=NUMBERS,
    variant=SLUGS,
    part=SLUGS,
    label=st.sampled_from(sorted(LABELS)),
)


@given(CELLS)
def test_a_cell_comes_back_from_its_text(cell: Cell) -> None:
    assert Cell.parse(cell.text) == cell


@given(CELLS, CELLS)
def test_order_is_the_order_of_the_texts(first: Cell, second: Cell) -> None:
    assert (first < second) == (first.text < second.text)
    assert (first == second) == (first.text == second.text)


@pytest.mark.parametrize(
    "text",
    [
        "map kernel=noop",  # a default is left out of the canonical text
        "map workers=2 kernel=square",  # out of order
        "map colour=red",
        "map workers=2 workers=2",
        "map workers=two",
        "map  workers=2",
    ],
)
def test_text_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not|invalid"):
        Cell.parse(text)


@pytest.mark.parametrize("values", [{"workers": -1}, {"tasks": True}, {"kernel": "no op"}, {"variant": "a=b"}])
def test_values_that_the_text_cannot_carry_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="="):
        Cell(pattern="map", **values)  # type: ignore[arg-type]


def test_every_part_of_an_event_has_the_same_point() -> None:
    cells = [Cell(pattern="pool_lifecycle", part=part) for part in PATTERNS["pool_lifecycle"].parts]
    assert {cell.point for cell in cells} == {Cell(pattern="pool_lifecycle")}


def test_floors_are_timed_whole() -> None:
    assert parts_of(Cell(pattern="process_lifecycle", backend="os_fork")) == ("join",)
    assert parts_of(Cell(pattern="process_lifecycle", backend="processes")) == ("start", "first", "join")


def test_every_pattern_has_a_noise_class() -> None:
    found = {noise_class(Cell(pattern=pattern, backend="pool")) for pattern in PATTERNS}
    assert found == {"message", "start", "dispatch", "compute", "memory"}
    assert noise_class(Cell(pattern="map", kernel="square")) == "compute"
