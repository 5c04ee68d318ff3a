"""The head of the report: what it is about, and what a reader must know before believing it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from study.evidence import Study
from study.evidence.apart import LeftOut
from study.evidence.coverage import Coverage
from study.sections import head
from study.store import CellRecord, TargetRecord
from tests.made_up_run import run

if TYPE_CHECKING:
    from study.evidence import Run
    from study.reports import Report

OTHER = "another version of the programs than the present one"
WHOLE = Coverage(measured=12, asked=12, which="")


def made(coverage: Coverage = WHOLE, *, stale: int = 0, rounds: int = 12, disturbed: int = 0, **manifest: Any) -> Run:
    records = [
        CellRecord(
            cell=f"c{index}", curve=0, experiment=f"e{index}", asked_by=[], tier="core", target="one", state="done"
        )
        for index in range(5)
    ]
    plain = run((), **{"simulated": False, "finished": "2026-01-31T12:00:59Z", **manifest})
    plain.manifest.cells = records
    old = frozenset(("one", record.cell) for record in records[:stale])
    return replace(plain, coverage=coverage, stale=old, rounds=rounds, disturbed_rounds=disturbed)


@pytest.mark.parametrize(
    ("found", "badge"),
    [
        (made(), ("fine", "full run: 12 rounds of all 12 cells")),
        (made(simulated=True), ("loud", "SIMULATED: these times come from a made-up law, not from a machine")),
        (made(quick=True), ("warn", "quick run: only 12 rounds")),
        (made(rounds=9), ("warn", "quick run: only 9 rounds")),
        (made(state="measuring"), ("warn", "unfinished run")),
        (
            made(Coverage(measured=35, asked=607, which="q3-process alone")),
            ("warn", "35 of 607 possible measurements made: q3-process alone"),
        ),
        (made(Coverage(measured=1, asked=2, which="")), ("warn", "1 of 2 possible measurements made")),
        (made(disturbed=2), ("warn", "2 of 12 rounds disturbed")),
        (
            made(targets=[TargetRecord(name="one", facts={"debug": True})]),
            ("warn", "one is a debug build"),
        ),
    ],
)
def test_each_thing_that_a_reader_must_know_has_its_badge_and_only_that(found: Run, badge: tuple[str, str]) -> None:
    assert [mark[:2] for mark in head.badges(found)] == [badge]


@pytest.mark.parametrize(
    ("stale", "said"), [(5, OTHER), (4, f"{OTHER} (e0, e1, e2 and 1 experiment more)")], ids=["all", "some"]
)
def test_a_full_run_of_other_programs_is_called_both(stale: int, said: str) -> None:
    full, other = (mark[:2] for mark in head.badges(made(stale=stale)))
    assert full == ("fine", "full run: 12 rounds of all 12 cells")
    assert other == ("warn", f"stale: {'' if stale == 5 else '4 of 5 cells '}measured by {said}")
    assert [kind for kind, *_ in head.badges(made(stale=stale, disturbed=1))] == ["warn", "warn"]


def test_several_badges_stand_beside_each_other_and_none_is_fine() -> None:
    kinds = [kind for kind, *_ in head.badges(made(simulated=True, stale=5, disturbed=1))]
    assert kinds == ["loud", "warn", "warn"]


def about(found: Run, why: str = "run r, the fullest") -> str:
    return report(found, why).about


def report(found: Run, why: str = "", left_out: LeftOut | None = None) -> Report:
    return head.report(
        Study(
            runs=(found,),
            why=why,
            left_out=left_out or LeftOut(),
            outcomes={},
            sound=(),
            root=Path("nowhere"),
            lock_digest="",
        ),
        (),
    )


def test_the_line_about_names_machine_interpreter_rounds_and_when() -> None:
    assert about(made()) == "m · 2 usable CPUs · one · 12 rounds · finished 2026-01-31 12:00 UTC · run r, the fullest"
    cpus = made(machine={"cpu_model": "Quick 9", "logical_cpus": 4})
    assert about(cpus, "").startswith("m (Quick 9, 4 CPUs) · ")
    assert about(cpus, "").endswith("UTC")


def test_an_unfinished_run_says_when_it_was_begun() -> None:
    found = made(state="measuring", finished="", started="2026-01-31T11:00:00Z")
    assert "begun 2026-01-31 11:00 UTC (unfinished)" in about(found)


@pytest.mark.parametrize("odd", ["yesterday", "2026-01-31T12:00:00+02:00"])
def test_a_moment_that_is_no_time_of_utc_stays_as_it_is(odd: str) -> None:
    assert f"finished {odd}" in about(made(finished=odd))


def test_the_report_has_the_date_of_its_run() -> None:
    found = report(made(simulated=True))
    assert (found.title, found.finished) == (head.TITLE, "2026-01-31T12:00:59Z")
    assert found.badges == head.badges(made(simulated=True))


def test_what_is_not_shown_has_its_badges_which_lead_to_where_it_is_told() -> None:
    left_out = LeftOut()
    for name in ("run a", "run b"):
        left_out.add(name, KeyError(name))
    assert report(made(simulated=True), left_out=left_out).badges[1:] == (
        ("warn", "2 things are not shown", "#not-shown"),
    )

    def refused() -> str:
        raise KeyError("q1")

    left_out.section("q1", refused, str)
    assert report(made(simulated=True), left_out=left_out).badges[1:] == (
        ("warn", "1 section could not be made", "#not-shown"),
        ("warn", "2 things are not shown", "#not-shown"),
    )


def test_several_interpreters_are_all_named_and_none_is_said() -> None:
    two = msgspec.structs.replace(made().manifest, targets=[TargetRecord(name=name, facts={}) for name in ("a", "b")])
    assert " · a, b · " in about(replace(made(), manifest=two))
    assert " · no interpreter · " in about(replace(made(), manifest=msgspec.structs.replace(two, targets=[])))


def test_the_subject_is_machine_interpreter_and_day_in_words() -> None:
    assert report(made()).subject == "m · one · 31 January 2026"
    facts = {"version": "3.13.5", "implementation": "cpython", "free_threaded": True, "gil_enabled": False}
    known = made(targets=[TargetRecord(name="one", facts=facts)], machine={"cpu_model": "Quick 9", "logical_cpus": 4})
    assert report(known).subject == "Quick 9, 4 CPUs · CPython 3.13.5 free-threaded · 31 January 2026"
