"""The coordinator among hosts that come and go: each is asked until it has answered, and its bundle is added once."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.certificates import Certificates
from study.errors import LockedError, ResultsError, StudyError
from study.fleet import coordinate
from study.fleet.coordinate import Ended, fleet
from study.fleet.engine import RefusedError, SchedulerLostError, WorkerLostError
from study.fleet.journal import NAME
from study.fleet.tasks import FAILED
from study.fleet.wish import FleetWish
from study.fleet.words import CHUNK_BYTES
from study.store.adding import Added
from tests.fleet_stand_in import CODE, NOT_THERE, StandIn, bundle_of, token_of, told_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Coordinated:
    """A coordinator with a stand-in for its scheduler; what it says and what it adds."""

    def __init__(self, folder: Path, scheduler: StandIn) -> None:
        tls = Certificates(authority=folder, certificate=folder, key=folder)
        self.wish = FleetWish(
            scheduler="tls://h:1",
            certificates=tls,
            budget_s=60.0,
            results=folder / "results",
            journal=folder / "journal",
        )
        self.scheduler = scheduler
        self.said: list[str] = []
        self.added: list[tuple[str, bytes]] = []
        self.refusal: StudyError | None = None

    def add(self, results: Path, path: Path, *, simulated: bool) -> Added:
        assert results == self.wish.results
        assert not simulated
        if self.refusal:
            raise self.refusal
        self.added.append((path.name, path.read_bytes()))
        return Added(run=f"machine/{path.name[:20]}", state="added", notes=("a note",))

    def __call__(self, **changes: Any) -> Ended:
        return fleet(replace(self.wish, **changes), self.said.append)

    def says(self, *texts: str) -> bool:
        return all(any(text in line for line in self.said) for text in texts)

    def lines(self) -> list[dict[str, Any]]:
        (path,) = sorted(self.wish.journal.glob(f"*/{NAME}"))
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def scheduler() -> StandIn:
    return StandIn()


@pytest.fixture
def run(tmp_path: Path, scheduler: StandIn, monkeypatch: pytest.MonkeyPatch) -> Coordinated:
    made = Coordinated(tmp_path, scheduler)
    monkeypatch.setattr("study.fleet.engine.Engine.connected", scheduler.connected)
    monkeypatch.setattr(coordinate, "add", made.add)
    monkeypatch.setattr(coordinate, "code_digest", lambda: CODE)
    monkeypatch.setattr(coordinate, "LOOKS_EVERY_S", 0.001)
    monkeypatch.setattr(coordinate, "COMES_BACK_S", 0.05)
    return made


def bundles(*names: str) -> list[tuple[str, bytes]]:
    return [(told_of(name).name, bundle_of(name)) for name in names]


def test_each_host_is_asked_once_and_its_bundle_is_added_once(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1", "b:1")
    assert run() is Ended.WHOLE
    assert [asked for asked in scheduler.asked if asked[1] == "make"] == [("a", "make"), ("b", "make")]
    assert run.added == bundles("a", "b")
    assert run.says("a: added as machine/a-2026", "b: added", "  a note", "2 hosts added")
    assert [line["kind"] for line in run.lines()] == [
        *("begun", "host", "host", "made", "added", "made", "added", "done")
    ]


def test_a_second_worker_on_a_host_measures_nothing_and_takes_the_place_of_one_that_goes(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1", "a:2")
    scheduler.answers["a:1", "make"] = None
    nothing: list[Callable[[], object]] = [lambda: None] * 3
    scheduler.acts = [*nothing, lambda: scheduler.lose("a:1")]
    assert run() is Ended.WHOLE
    assert run.says("a:2: is on the host of a", "a: lost: its worker is gone", "a: is back")
    assert [task.worker for task in scheduler.pending if task.value == told(run, "a")] == ["a:2"]
    assert run.added == bundles("a")


def told(run: Coordinated, name: str) -> dict[str, Any]:
    """What the journal has of a host's bundle."""
    (made,) = [line["bundle"] for line in run.lines() if line["kind"] == "made" and line["host"] == token_of(name)]
    assert isinstance(made, dict)
    return made


def test_a_worker_that_is_killed_is_asked_again_when_it_is_back(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1", "b:1")
    scheduler.answers["a:1", "make"] = None
    scheduler.acts = [*[lambda: None] * 3, lambda: scheduler.lose("a:1"), lambda: scheduler.come("a:3")]
    assert run() is Ended.WHOLE
    assert run.says("a: lost", "stays there", "a: is back")
    assert sorted(run.added) == bundles("a", "b")


def test_a_worker_that_ended_its_task_and_was_lost_before_it_was_fetched_is_waited_for(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "chunk"] = WorkerLostError("cut off")
    scheduler.acts = [*[lambda: None] * 3, lambda: scheduler.lose("a:1"), lambda: scheduler.come("a:3")]
    assert run() is Ended.WHOLE
    assert [name for _, name in scheduler.asked].count("make") == 1
    assert run.added == bundles("a")


def test_a_host_that_does_not_come_back_is_named_and_the_next_command_asks_it_and_no_other(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1", "b:1")
    scheduler.answers["a:1", "make"] = None
    scheduler.acts = [*[lambda: None] * 3, lambda: scheduler.lose("a:1")]
    assert run() is Ended.IN_PART
    assert run.says("1 of 2 hosts added", "not yet a: its worker is gone", "Run the same command again", "with --fresh")
    scheduler.come("a:3")
    scheduler.asked.clear()
    assert run() is Ended.WHOLE
    assert run.says("going on: 1 of 2 hosts added")
    assert [asked for asked in scheduler.asked if asked[1] == "make"] == [("a", "make")]
    assert sorted(run.added) == bundles("a", "b")


def test_a_host_that_failed_is_told_of_and_asked_again_by_the_next_command(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "make"] = {FAILED: "another study is measuring on this machine"}
    assert run() is Ended.IN_PART
    assert run.says("a: failed: another study is measuring", "not yet a: another study")
    assert [line["reason"] for line in run.lines() if line["kind"] == "wrong"] == [
        "another study is measuring on this machine"
    ]
    scheduler.answers.clear()
    assert run() is Ended.WHOLE


def test_the_scheduler_may_go_and_come_back(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "make"] = None
    scheduler.acts = [*[lambda: None] * 3, scheduler.go]
    scheduler.returns = (4, "a:7")
    assert run() is Ended.WHOLE
    assert run.says("gone: waited for", "a: lost: the scheduler is gone", "the scheduler is back", "a: is back")
    assert scheduler.connections == 4
    assert run.added == bundles("a")


def test_a_scheduler_that_stays_away_is_told_with_what_to_do(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "make"] = None
    scheduler.acts = [*[lambda: None] * 3, scheduler.go]
    with pytest.raises(SchedulerLostError, match=r"stays in the hosts' spools.*Run the same command again"):
        run()
    scheduler.returns = (0, "a:7")
    assert run() is Ended.WHOLE
    assert run.added == bundles("a")


def test_a_host_with_other_code_is_not_asked(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1", "b:1")
    scheduler.answers["b:1", "look"] = {"host": token_of("b"), "code": "d" * 64, "loud": []}
    assert run() is Ended.IN_PART
    assert run.says("b: cannot be used: its code of the study is not that of the coordinator", "not yet b: its code")
    assert ("b", "make") not in scheduler.asked
    assert run.added == bundles("a")


@pytest.mark.parametrize(
    "answer",
    [{FAILED: "no spool can be made"}, {"host": "../..", "code": "x", "loud": []}, {}, RefusedError("no study")],
)
def test_a_worker_that_cannot_say_which_host_it_is_on_is_not_used(
    run: Coordinated, scheduler: StandIn, answer: object
) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "look"] = answer
    assert run() is Ended.IN_PART
    assert run.says("a: cannot be used: ")
    assert run.added == []


def test_a_worker_that_does_not_find_the_study_is_asked_nothing_that_it_would_die_of(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "find_spec"] = NOT_THERE
    assert run() is Ended.IN_PART
    assert run.says("a: cannot be used: it does not find the study: start it in the project's folder")
    assert scheduler.asked == [("a", "find_spec")]


@pytest.mark.parametrize("piece", [b"x" * 550, b"x" * 1000, b"", "text", b"x" * (CHUNK_BYTES + 1)])
def test_a_bundle_that_is_not_the_one_that_was_told_of_is_not_added(
    run: Coordinated, scheduler: StandIn, piece: object
) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "chunk"] = piece
    assert run() is Ended.IN_PART
    assert run.says("is not what the host had told of")
    assert run.added == []
    assert list(run.wish.journal.glob("*/*.study")) == []


@pytest.mark.parametrize(
    "answer", [{"name": "../x.study", "sha256": "0" * 64, "size": 1}, {"size": 1 << 40}, RefusedError("X")]
)
def test_an_answer_that_is_none_is_a_failure_of_that_host(run: Coordinated, scheduler: StandIn, answer: object) -> None:
    scheduler.come("a:1")
    scheduler.answers["a:1", "make"] = answer
    assert run() is Ended.IN_PART
    assert run.says("a: failed: ")


def test_only_the_hosts_that_are_named_are_asked_and_those_that_do_not_come_are_told(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1", "b:1")
    assert run(hosts=("b", "c")) is Ended.IN_PART
    assert {name for name, _ in scheduler.asked} == {"b"}
    assert run.says("not yet c: no worker of that name came")
    scheduler.come("c:1")
    assert run(hosts=("b", "c")) is Ended.WHOLE
    assert run.added == bundles("b", "c")


def test_a_fleet_without_any_worker_says_what_to_do(run: Coordinated) -> None:
    with pytest.raises(StudyError, match=r"no worker has come to tls://h:1.*README"):
        run()


def test_a_coordinator_that_was_killed_before_it_added_goes_on_without_the_host(
    run: Coordinated, scheduler: StandIn
) -> None:
    scheduler.come("a:1", "b:1")
    run.refusal = ResultsError("another study is at work in these results")
    assert run() is Ended.IN_PART
    assert run.says("was fetched, and cannot be added: another study is at work")
    run.refusal = None
    scheduler.asked.clear()
    assert run() is Ended.WHOLE
    assert run.added == bundles("a", "b")
    assert {name for _, name in scheduler.asked} <= {"find_spec", "look"}


def test_collecting_measures_nothing_and_asks_nobody_where_all_is_there(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1", "b:1")
    scheduler.answers["a:1", "make"] = scheduler.answers["b:1", "make"] = {FAILED: "stopped"}
    assert run() is Ended.IN_PART
    scheduler.asked.clear()
    scheduler.answers["b:1", "fetchable"] = {FAILED: "no finished bundle lies in its spool"}
    assert run(collect=True) is Ended.IN_PART
    assert run.says("asked what lies in its spool", "not yet b: no finished bundle")
    assert run.added == bundles("a")
    scheduler.answers.clear()
    assert run(collect=True) is Ended.WHOLE
    assert {name for _, name in scheduler.asked} == {"find_spec", "look", "fetchable", "chunk"}
    scheduler.gone = True
    assert run(collect=True) is Ended.WHOLE
    assert run.added == bundles("a", "b")


def test_an_interruption_stops_waiting_and_says_what_goes_on(run: Coordinated, scheduler: StandIn) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    scheduler.come("a:1")
    scheduler.answers["a:1", "make"] = None
    scheduler.acts = [*[lambda: None] * 3, interrupted]
    assert run() is Ended.INTERRUPTED
    assert run.says("Stopped waiting. The hosts measure on")
    assert not any(task.forgotten for task in scheduler.pending)
    scheduler.answers.clear()
    assert run() is Ended.WHOLE


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such lock")
def test_two_coordinators_with_one_journal_are_told_apart(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1")
    with (
        store.alone_with_fleets(run.wish.journal),
        pytest.raises(LockedError, match=r"another coordinator.*--journal DIR"),
    ):
        run()
    assert scheduler.asked == []


def test_a_worker_with_a_nanny_or_of_other_settings_is_told_of_and_used(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("a:1")
    scheduler.nanny = True
    scheduler.answers["a:1", "look"] = {"host": token_of("a"), "code": CODE, "loud": ["worker.profile.enabled"]}
    assert run() is Ended.WHOLE
    assert run.says("not started as study/fleet/README.md tells (a nanny, worker.profile.enabled)")


def test_a_worker_without_a_name_gives_its_host_one_that_tells_nothing(run: Coordinated, scheduler: StandIn) -> None:
    scheduler.come("tls//10.0.0.7:4321")
    scheduler.hosts["tls//10.0.0.7:4321"] = "a"
    assert run() is Ended.WHOLE
    assert [line["label"] for line in run.lines() if line["kind"] == "host"] == [f"host-{token_of('a')[:4]}"]
