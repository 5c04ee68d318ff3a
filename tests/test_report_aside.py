"""Sections that another process makes are those that this one would make, and what it cannot do is done here."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import report
from study.evidence import study_of
from study.report import aside, beside
from study.report.meanwhile import Aside
from study.report.placed import flat
from study.report.shown import page_data
from study.screens import Calculator
from study.sections import modules, report_of
from tests.known_claims import claims_text
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.stored_run import store_run

if TYPE_CHECKING:
    from collections.abc import Callable


ROOT = Path(__file__).parent.parent
TWO = pytest.mark.skipif(not beside.spare_cpus(), reason="a second process has no CPU here, or no fork")
HERE = os.getpid()
FAULT = "`a` fault"
ADDRESS = " at 0x[0-9a-f]+"
PR_GET_PDEATHSIG = 2
"""Of linux/prctl.h: what a process is sent when its parent ends."""


def elsewhere_alone(work: Callable[[], Any]) -> Callable[[], Any]:
    """What ends in this way elsewhere, and gives its process here."""

    def done() -> int:
        if os.getpid() != HERE:
            work()
        return os.getpid()

    return done


def fails() -> None:
    raise KeyError(FAULT)


@TWO
def test_work_is_done_by_another_process_in_its_order_and_ends_with_the_block() -> None:
    with aside() as elsewhere:
        first, second, third = elsewhere([os.getpid, os.getpid, lambda: 5])
        assert third() == 5
        assert first() == second() != HERE
    assert not multiprocessing.active_children()


def test_one_process_can_have_several_reports_made() -> None:
    for _ in range(2):
        with report.aside() as elsewhere:
            assert [given() for given in elsewhere([lambda: 5])] == [5]


@TWO
def test_the_next_works_are_done_by_a_process_of_their_own_and_the_first_ends() -> None:
    with report.aside() as elsewhere:
        (first,) = elsewhere([os.getpid])
        known = first()
        (second,) = elsewhere([os.getpid])
        other = second()
        assert other not in {known, HERE}
        assert [process.pid for process in multiprocessing.active_children()] == [other]


def test_without_a_spare_cpu_it_is_done_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.report.meanwhile.spare_cpus", lambda: 0)
    done: list[str] = []
    with aside() as elsewhere:
        (work,) = elsewhere([lambda: done.append("here")])
        assert done == []
        work()
    assert done == ["here"]


@TWO
@pytest.mark.parametrize("work", [fails, lambda: os.kill(os.getpid(), signal.SIGKILL)], ids=["error", "ended"])
def test_what_cannot_be_done_there_is_done_here(work: Callable[[], Any]) -> None:
    with aside() as elsewhere:
        (given,) = elsewhere([elsewhere_alone(work)])
        assert given() == HERE


@TWO
def test_what_cannot_be_sent_is_made_here() -> None:
    with aside() as elsewhere:
        (given,) = elsewhere([lambda: lambda: HERE])
        assert given()() == HERE


def test_where_no_process_can_be_had_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("study.report.helpers.Helpers.__init__", refused)
    with aside() as elsewhere:
        (given,) = elsewhere([os.getpid])
        assert given() == HERE


@TWO
def test_the_other_process_ends_with_this_one_and_hears_no_ctrl_c() -> None:
    def told() -> tuple[int, bool]:
        ends_by = ctypes.c_int()
        ctypes.CDLL(None).prctl(PR_GET_PDEATHSIG, ctypes.byref(ends_by))
        return ends_by.value, signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])

    with aside() as elsewhere:
        (given,) = elsewhere([told])
        assert given() == (signal.SIGKILL, True)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_an_error_is_raised_where_the_work_is_asked_for() -> None:
    with Aside() as elsewhere:
        (given,) = elsewhere([fails])
        with pytest.raises(KeyError, match=FAULT):
            given()


@TWO
def test_a_report_whose_sections_another_process_makes_is_the_same(tmp_path: Path) -> None:
    store_run(tmp_path / "r", {**EXPERIMENTS, "claims": claims_text()}, measured)
    told: list[str] = []
    with aside() as elsewhere:
        made = report_of(
            study_of(tmp_path / "r", ROOT, lock_digest=""), lambda section: told.append(section.id), elsewhere
        )
    here = report_of(study_of(tmp_path / "r", ROOT, lock_digest=""))
    assert re.sub(ADDRESS, "", repr(made)) == re.sub(ADDRESS, "", repr(here))
    assert page_data(made) == page_data(here)
    apart = [modules.place_of(module.__name__) for module in modules.sections() if module.RECORD.apart]
    assert len(apart) > 1
    (loop,) = [section for section in made.sections if section.id == "your-loop"]
    assert any(isinstance(block, Calculator) for block in flat(loop.blocks))
    assert [place for place in told if place in apart] == apart


@TWO
def test_what_is_left_out_of_a_section_that_is_made_elsewhere_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_run(tmp_path / "r", {"q3-lives": EXPERIMENTS["q3-lives"]}, measured)
    study = study_of(tmp_path / "r", ROOT, lock_digest="")
    broken = next(module for module in modules.sections() if module.RECORD.apart)
    place = modules.place_of(broken.__name__)
    monkeypatch.setattr(broken, "section", lambda _: fails())
    with aside() as elsewhere:
        shown = report_of(study, aside=elsewhere)
    (reason,) = [reason for reason in study.left_out.reasons if FAULT in reason]
    assert reason.startswith(f"section {place}")
    assert study.left_out.refused == {place: reason}
    assert ("warn", "1 section could not be made", "#not-shown") in shown.badges
    study.left_out.know(study.left_out.faults)
    assert [line for line in study.left_out.reasons if FAULT in line] == [reason]
