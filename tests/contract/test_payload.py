"""Tasks that carry data: what goes there and comes back is whole, is sent each time, and leaves nothing behind."""

from __future__ import annotations

import multiprocessing
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from study.bench import carried, registry
from study.bench.errors import WrongAnswerError
from study.bench.payloads import payload
from study.bench.timing import leftovers
from study.cell import Cell
from study.things import FORMS

CARRYING = Cell(pattern="payload_map", backend="pool", start_method="fork", workers=2, tasks=6, payload_bytes=4096)
SAME = Cell(pattern="same_data", backend="pool", start_method="fork", workers=2, tasks=3, payload_bytes=8193)
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, not written to
SENT = [form.name for form in FORMS.values() if form.byte_factor is not None]
needs_fork = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork")


@pytest.mark.parametrize("form", SENT)
def test_no_two_answers_of_a_message_are_one_object(form: str) -> None:
    """A pickle holds the same object once: five answers would travel as one."""
    answers = [carried.answer(form, 65536, 5, b"")[1] for _ in range(5)]
    assert len({id(answer) for answer in answers}) == 5
    assert len(pickle.dumps(answers)) > 4 * len(pickle.dumps(answers[0]))


@needs_fork
@pytest.mark.parametrize("chunksize", [0, 1, 6])
def test_every_argument_is_an_object_of_its_own_and_every_answer_is_looked_at(
    chunksize: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = registry.session_of(replace(CARRYING, chunksize=chunksize))
    session.set_up()
    try:
        arguments = session._arguments  # type: ignore[attr-defined]
        assert len({id(argument) for argument in arguments}) == CARRYING.tasks
        assert session.event(2)["total"] > 0
        monkeypatch.setattr(session, "_right", b"something else")
        with pytest.raises(WrongAnswerError, match="not every answer came back"):
            session.event(1)
    finally:
        session.tear_down()
    assert leftovers() == []


@pytest.mark.parametrize("start_method", multiprocessing.get_all_start_methods())
@pytest.mark.parametrize("variant", ["", "initializer", "shared_memory"])
def test_all_tasks_read_the_same_data_however_they_are_brought(start_method: str, variant: str) -> None:
    before = set(SHARED_MEMORY.glob("psm_*"))
    session = registry.session_of(replace(SAME, start_method=start_method, variant=variant))
    session.set_up()
    try:
        session.check()
    finally:
        session.tear_down()
    assert leftovers() == []
    assert set(SHARED_MEMORY.glob("psm_*")) <= before


def test_what_is_read_of_the_data_depends_on_all_of_its_pages() -> None:
    data = bytearray(payload("", 3 * 4096))
    before = carried.read(data, 7)
    data[2 * 4096 + 7] ^= 1
    assert carried.read(data, 7) != before
