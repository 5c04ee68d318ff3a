"""What is timed holds what is named: the way to look at it, and what an interpreter says of its own, stay outside."""

from __future__ import annotations

import multiprocessing
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study.bench import registry
from study.bench.children import answerer
from study.bench.errors import UnsupportedCellError, WrongAnswerError
from study.bench.kernels import noop
from study.bench.patterns import compare
from study.bench.patterns.four_printers import CLOSING, LINES, FourPrinters
from study.bench.timing import leftovers
from study.cell import Cell
from study.factors import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from study.bench.backends import Backend
    from study.bench.patterns.pool_lifecycle import PoolLifecycle
    from study.bench.patterns.process_lifecycle import ProcessLifecycle

needs_fork = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork")
needs_maps = pytest.mark.skipif(sys.platform != "linux", reason="mappings are counted where Linux lists them")
UNORDERED = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=4, api="imap_unordered")
PRINTERS = Cell(pattern="four_printers", backend="processes", start_method="fork")


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert leftovers() == []


def test_answers_in_another_order_are_right_only_where_the_call_keeps_none() -> None:
    compare(UNORDERED, noop.KERNEL, [0, 1, 2], [2, 0, 1], in_order=False)
    with pytest.raises(WrongAnswerError):
        compare(UNORDERED, noop.KERNEL, [0, 1, 2], [2, 0, 1])
    for wrong in ([2, 0, 0], [0, 1], [0, 1, 2, 2], [0, 1, 3]):
        with pytest.raises(WrongAnswerError):
            compare(UNORDERED, noop.KERNEL, [0, 1, 2], wrong, in_order=False)


@needs_fork
def test_what_a_pool_gives_out_of_order_is_handed_on_as_it_comes() -> None:
    session = registry.session_of(UNORDERED)
    try:
        session.set_up()
        session._call = lambda *_: [3, 2, 1, 0]  # type: ignore[attr-defined]
        assert session.event(1)["total"] > 0.0
        session._call = lambda *_: [3, 2, 1, 1]  # type: ignore[attr-defined]
        with pytest.raises(WrongAnswerError):
            session.event(1)
    finally:
        session.tear_down()


def test_a_thread_says_the_time_of_its_first_instruction_through_memory() -> None:
    session = cast("ProcessLifecycle", registry.session_of(Cell(pattern="process_lifecycle", backend="threads")))
    try:
        session.set_up()
        parts = session.event(3)
    finally:
        session.tear_down()
    assert 0.0 < parts["first"] < parts["join"]
    assert session.outcomes["child_change_seen"] == session.outcomes["child_done_before_join_returned"] == 3
    assert not hasattr(session, "_reader")


class OneByOne:
    """A pool whose workers answer one a map, the last of them late."""

    def __init__(self, workers: int) -> None:
        self.workers, self.asked, self.mapped = workers, 0, 0

    def map(self, task: object, arguments: list[int], _chunksize: int) -> list[object]:
        if task is not answerer:
            assert self.asked >= self.workers
            self.mapped += 1
            return list(arguments)
        self.asked += 1
        return [min(self.asked, self.workers)] * len(arguments)


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_a_map_is_warm_when_every_worker_has_answered_and_some_maps_have_passed(workers: int) -> None:
    cell = Cell(pattern="pool_lifecycle", backend="pool", start_method="spawn", workers=workers, tasks=3)
    session = cast("PoolLifecycle", registry.session_of(cell))
    session.set_up()
    pool = OneByOne(workers)
    session._warm(cast("Backend", pool))
    assert (pool.asked, pool.mapped) == (workers, 5)


@needs_fork
@needs_maps
def test_memory_in_mappings_lies_in_one_for_every_64_kib() -> None:
    from study.bench import mappings

    def listed() -> int:
        with open("/proc/self/maps", encoding="ascii") as lines:  # noqa: PTH123 - no file of the study
            return sum(1 for _ in lines)

    before = listed()
    held = mappings.of_many(1 << 22)
    try:
        assert 60 <= listed() - before <= 66
    finally:
        held.close()
    with pytest.raises(UnsupportedCellError, match="give parent_bytes too"):
        registry.session_of(
            Cell(pattern="process_lifecycle", backend="processes", start_method="fork", variant="mapped")
        ).set_up()


@pytest.mark.parametrize(
    "factors", [{"pattern": "memory", "workers": 2}, {"pattern": "copy_on_write", "parent_bytes": 8192}]
)
def test_an_injected_reading_of_memory_is_refused_by_plan_and_bench(factors: dict[str, Any]) -> None:
    cell = Cell(backend="processes", start_method="fork", **factors)
    assert refusal(cell) == refusal(replace(cell, label="again")) == ""
    assert "no operations to miscount" in refusal(replace(cell, label="injected"))
    with pytest.raises(UnsupportedCellError, match="no operations to miscount"):
        registry.session_of(replace(cell, label="injected"))


def looked_at(text: str, chatter: str) -> dict[str, int]:
    session = cast("FourPrinters", registry.session_of(PRINTERS))
    session._chatter = chatter
    session._look_at(text)
    return session.outcomes


def test_what_every_child_prints_of_its_own_is_no_line_of_a_printer() -> None:
    text = "".join(f"hello\n{line}\n" for line in LINES) + f"{CLOSING}\n"
    found = looked_at(text, "hello\n")
    assert (found["lines_whole"], found["in_order"], found["closing_line_last"]) == (1, 1, 1)
    with pytest.raises(WrongAnswerError):
        looked_at(text, "")


def test_a_target_that_greets_whoever_starts_it_is_measured_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text('print("hello {}")\n', encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cell = Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", variant="bare")
    session = registry.session_of(cell)
    try:
        session.set_up()
        assert session.event(1)["join"] > 0.0
    finally:
        session.tear_down()
