"""Contention: all contend in the same window, every step is done once, and nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from study.bench import registry
from study.bench.errors import UnsupportedCellError, WrongAnswerError
from study.bench.patterns.contend import OF_PROCESSES, OF_THREADS, Contend
from study.bench.timing import leftovers
from study.cell import Cell
from study.things import variants
from tests.contract.runners import needs_fork

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert leftovers() == []


def of_threads(variant: str) -> Cell:
    return Cell(pattern="contend", backend="threads", workers=2, variant=variant)


def of_processes(variant: str) -> Cell:
    return Cell(pattern="contend", backend="processes", start_method="fork", workers=2, variant=variant)


def windows(cell: Cell) -> tuple[float, list[tuple[int, int, int]]]:
    """The time of one step by one event, and what each worker told of it."""
    session = cast("Contend", registry.session_of(cell))
    told: list[list[tuple[int, int, int]]] = []
    ask = session._found

    def found() -> list[tuple[int, int, int]]:
        told.append(ask())
        return told[-1]

    try:
        session.set_up()
        session._found = found  # type: ignore[method-assign]
        parts = session.event(1)
        assert session.outcomes["trials"] == 1
    finally:
        session.tear_down()
    return parts["total"], told[-1]


TRIES = 5
"""On a busy machine a worker may come too late for its window, or an unfair lock keep it out of one."""


def contend_at_once(cell: Cell) -> None:
    together = False
    for _ in range(TRIES):
        step_s, told = windows(cell)
        assert len(told) == cell.workers
        spent_ns, steps = sum(end - start for start, end, _ in told), sum(steps for _, _, steps in told)
        assert step_s == pytest.approx(spent_ns / steps / 1e9)
        met = max(start for start, _, _ in told) < min(end for _, end, _ in told)
        together = together or (met and all(steps > 0 for _, _, steps in told))
        if together:
            break
    assert together


@needs_fork
@pytest.mark.parametrize("variant", variants.BETWEEN_PROCESSES)
def test_processes_contend_at_once_and_no_step_is_lost(variant: str) -> None:
    contend_at_once(of_processes(variant))


@pytest.mark.parametrize("variant", variants.BETWEEN_THREADS)
def test_threads_contend_at_once_and_no_step_is_lost(variant: str) -> None:
    contend_at_once(of_threads(variant))


def test_what_can_be_shared_is_what_the_records_say() -> None:
    assert set(OF_PROCESSES) == set(variants.BETWEEN_PROCESSES)
    assert set(OF_THREADS) == set(variants.BETWEEN_THREADS)


@pytest.mark.parametrize("cell", [of_threads("manager"), of_processes("append")], ids=lambda cell: cell.backend)
def test_what_only_the_others_share_is_refused_with_what_there_is(cell: Cell) -> None:
    with pytest.raises(UnsupportedCellError, match="share own, lock, "):
        registry.session_of(cell)


@pytest.mark.parametrize("variant", ["list", "append", "dict_own", "dict_shared"])
def test_a_step_that_was_not_done_is_noticed(variant: str) -> None:
    session = cast("Contend", registry.session_of(of_threads(variant)))
    try:
        session.set_up()
        with pytest.raises(WrongAnswerError):
            session._look_at(1, 0)
    finally:
        session.tear_down()
