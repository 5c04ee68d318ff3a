"""The whole of `advise` on functions that go well, in this process, and what is told of parts that end badly."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study.advise import rounds, verify
from study.advise.command import advise
from study.advise.outcome import said_of
from study.advise.refusing import FunctionError, check, check_alone, check_function
from study.advise.rendered import json_of, markdown_of, text_of
from study.advise.rounds import methods_of, parts_of, probed, sizes_of
from study.advise.wish import AdviseWish
from study.errors import StudyError, UsageError
from study.machine import Meanwhile
from study.things import BACKENDS, START_METHODS
from study.things.backends import POOL, PROCESS_EXECUTOR
from study.things.start_methods import FORK, FORKSERVER, SPAWN
from tests.advise import made_up
from tests.advise.advised import FUNCTIONS

if TYPE_CHECKING:
    from study.advise.asking import Heard
    from study.advise.outcome import Advice

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the probe's numbers of processes and memory are Unix'")


def wish(function: str, **changes: Any) -> AdviseWish:
    given: dict[str, Any] = {
        "function": function, "items": "well:items", "folder": FUNCTIONS, "python": sys.executable, "budget_s": 2.0,
        **changes,
    }  # fmt: skip
    return AdviseWish(**given)


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Advice, list[str]]:
    said: list[str] = []
    lock = tmp_path_factory.mktemp("lock")
    return advise(wish("well:computes", verify=True), said.append, results=lock / "no-results", lock=lock), said


@pytest.mark.slow
def test_a_function_that_computes_gets_an_answer_with_every_part(computed: tuple[Advice, list[str]]) -> None:
    found, said = computed
    assert {way.way.backend for way in found.answer.ways} >= {"call", "thread_executor", "pool", "process_executor"}
    assert found.job.items == 2000
    assert found.job.waits < 0.5
    assert found.job.argument.size_bytes > 1
    assert found.job.at_once
    assert set(found.probed.parts) == set(rounds.SHARES)
    assert len(found.probed.parts["sample"]) == 3
    assert found.change is not None
    assert any("is imported in about" in line for line in said)
    for text in (text_of(found), markdown_of(found), json_of(found)):
        assert "well" in text


@pytest.mark.slow
def test_what_is_verified_was_run_in_full(computed: tuple[Advice, list[str]]) -> None:
    found, _ = computed
    assert len(found.verified) == 1 + verify.BEST
    assert all(trial.times_s and not trial.reason for trial in found.verified)
    assert "Measured beside foretold" in dict(said_of(found).parts)


@pytest.mark.slow
@pytest.mark.parametrize("method", list(START_METHODS))
def test_each_start_method_alone_is_measured(method: str, tmp_path: Path) -> None:
    asked = wish("well:tiny", start_methods=(method,), budget_s=1.0)
    found = advise(asked, lambda _: None, lock=tmp_path)
    processes = {way.way.start_method for way in found.answer.ways if BACKENDS[way.way.backend].takes_start_method}
    assert processes == {method}
    assert found.answer.is_loop


@pytest.mark.slow
def test_a_function_that_waits_shares_its_time_among_threads(tmp_path: Path) -> None:
    found = advise(wish("well:waits", budget_s=1.0), lambda _: None, lock=tmp_path)
    assert found.job.waits > 0.5
    assert min(found.job.threads.values()) < 0.8
    assert not found.answer.is_loop


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        {"items": "", "items_file": Path("lines.jsonl"), "function": "misbehave:harmless"},
        {"items": "", "repeat": 40, "function": "well:first"},
    ],
)
def test_items_may_be_lines_of_a_file_or_mere_calls(source: dict[str, Any], tmp_path: Path) -> None:
    given = {"folder": FUNCTIONS, "python": sys.executable, "budget_s": 1.0, **source}
    found = advise(AdviseWish(**given), lambda _: None, lock=tmp_path)
    assert found.job.items == (source.get("repeat") or 3)


@pytest.mark.slow
def test_what_never_returns_is_ended_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rounds, "START_S", 3.0)
    asked = wish("misbehave:never_returns", items="misbehave:twenty", budget_s=0.1)
    with pytest.raises(FunctionError, match="nothing has returned after"):
        advise(asked, lambda _: None, lock=tmp_path)


ENDS: dict[str, tuple[dict[str, Any], str]] = {
    "late in a call": (
        {"outcome": made_up.outcome(state="timed out", reason="late"), "begun": "first", "at": 3},
        "nothing has returned after 1 min 0 s, in a call of well:computes with item 3; it was ended",
    ),
    "late while importing": (
        {"outcome": made_up.outcome(state="timed out", reason="late"), "begun": "import"},
        "after 1 min 0 s, while well was imported;",
    ),
    "a word-less end": ({"begun": "first", "at": 0}, "the process ended itself in a call of well:computes with item 0"),
    "an exit code": (
        {"outcome": made_up.outcome(state="failed", reason="exit code 3, without a word"), "begun": "items"},
        "the process ended while the items were made: exit code 3, without a word",
    ),
    "before anything": ({}, "the process ended itself before the probe began"),
    "a step that nobody knows": ({"begun": "transfer"}, "the process ended itself while well:computes was measured"),
}


@pytest.mark.parametrize("case", ENDS)
def test_a_part_that_ends_without_an_answer_is_told_by_how_far_it_came(case: str) -> None:
    changes, said = ENDS[case]
    with pytest.raises(FunctionError) as raised:
        check(made_up.heard("look", None, **changes), made_up.WISH)
    assert said in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("facts", "kind", "said"),
    [
        ({"what": "worker ended", "code": -9}, FunctionError, "a worker process ended in the middle of well:computes"),
        (
            {"what": "raised in worker", "last": "OSError: x"},
            FunctionError,
            "works in this process and not in a worker",
        ),
        (
            {"what": "way failed", "last": "E: x", "place": "a.py, line 1"},
            FunctionError,
            "run this way: E: x (a.py, line 1)",
        ),
        ({"what": "no file", "last": "OSError: gone"}, UsageError, "OSError: gone"),
        ({"what": "something else", "last": "E"}, FunctionError, "cannot be measured: something else E"),
        ({"what": "no name", "module": "m", "name": "f", "part": "f", "there": []}, UsageError, "nothing public in it"),
        (
            {"what": "no name", "module": "m", "name": "f", "part": "f", "there": ["zebra"]},
            UsageError,
            "there are zebra",
        ),
    ],
)
def test_a_refusal_becomes_a_sentence_of_its_kind(facts: dict[str, Any], kind: type[StudyError], said: str) -> None:
    with pytest.raises(kind) as raised:
        check(made_up.heard("look", None, refused=facts), made_up.WISH)
    assert said in str(raised.value)


def test_an_escape_in_what_the_function_says_does_not_reach_the_terminal() -> None:
    facts = {"what": "raised", "item": 1, "shown": "\x1b[2J", "last": "E: \x1b]0;x\x07", "place": "", "ends": False}
    with pytest.raises(FunctionError) as raised:
        check(made_up.heard("sample", None, refused=facts), made_up.WISH)
    assert "\x1b" not in str(raised.value)


def test_a_function_that_forks_is_refused_and_one_that_can_be_sent_is_not() -> None:
    check_function(made_up.looked(), made_up.WISH)
    check_alone(made_up.heard("look", made_up.looked()), made_up.WISH)
    with pytest.raises(FunctionError, match="forks, and the copy goes on"):
        check_alone(made_up.heard("look", made_up.looked(), twice=1), made_up.WISH)


def parts(**changes: Any) -> list[rounds.Part]:
    return list(parts_of(made_up.looked(**changes), made_up.WISH, 2, (FORK.name, SPAWN.name), sends=True))


def test_the_sample_is_timed_at_three_moments_between_the_other_parts() -> None:
    names = [name for name, _ in itertools.groupby(part.name for part in parts())]
    assert names == ["dispatch", "sample", "beside", "workers", "pilot", "sample", "starts", "sample"]
    assert set(names) == set(rounds.SHARES)
    pilots = [part.order["way"] for part in parts() if part.name == "pilot"]
    assert [(way["backend"], way["method"]) for way in pilots] == [
        (POOL.name, FORK.name),
        (PROCESS_EXECUTOR.name, FORK.name),
    ]


def test_the_first_pool_of_each_way_has_processes_of_its_own_unless_imports_take_long() -> None:
    starts = [part.order for part in parts() if part.name == "starts"]
    assert all(len(order["ways"]) == 1 for order in starts)
    ways = {(order["ways"][0]["backend"], order["ways"][0]["method"]) for order in starts}
    assert len(ways) == 4
    tried = Counter((order["ways"][0]["method"], order["chunks"]) for order in starts)
    backends = len(ways) // 2
    expected = {(method, 0): backends for method in (FORK.name, SPAWN.name)}
    for chunks in rounds.PLACED_CHUNKS:
        expected[SPAWN.name, chunks] = backends * rounds.PLACED_TIMES
        expected[FORK.name, chunks] = 2 * backends * rounds.PLACED_TIMES
    assert tried == expected
    slow = [part.order for part in parts(import_s=rounds.APART_S) if part.name == "starts"]
    assert [(len(order["ways"]), order["chunks"]) for order in slow] == [(4, 0), (4, 1), (4, 4)]


def test_where_cpus_are_many_the_first_pools_of_a_half_and_a_quarter_of_them_are_looked_at_too() -> None:
    assert rounds.looked_at(16) == (16, 8, 4)
    assert rounds.looked_at(6) == (6, 3, 2)
    assert rounds.looked_at(2) == (2,)
    many = parts_of(made_up.looked(), made_up.WISH, 12, (FORK.name, SPAWN.name), sends=True)
    starts = [part.order for part in many if part.name == "starts"]
    assert Counter(tuple(order["workers"]) for order in starts if not order["chunks"]) == {(12, 6): 4, (6,): 4, (3,): 4}
    assert {tuple(order["workers"]) for order in starts if order["chunks"]} == {(12, 6)}


def test_handing_out_is_timed_in_a_process_of_its_own_for_each_library() -> None:
    dispatch = [part.order for part in parts() if part.name == "dispatch"]
    assert [[way["backend"] for way in order["ways"]] for order in dispatch] == [["pool"], ["process_executor"]]


def test_where_items_wait_as_many_workers_are_started_as_are_tried_and_none_for_a_short_job() -> None:
    starts = [part.order for part in parts(again_cpu_s=0.0) if part.name == "starts"]
    looked = Counter(tuple(order["workers"]) for order in starts)
    once, again = 4, 4 * (rounds.PLACED_TIMES - 1)
    assert looked == {(8, 2): once, (8,): again, (4,): once + again, (2,): once + again}  # the first with later pools
    assert not any(order["chunks"] for order in starts)
    assert rounds.does_wait(made_up.looked(again_cpu_s=0.0, again_slept=1.0))
    assert not rounds.does_wait(made_up.looked(again_cpu_s=0.0, again_slept=0.1))  # others took its CPU
    assert rounds.started_of(2, made_up.WISH, waits=False) == [2, 1]
    assert rounds.started_of(64, made_up.WISH, waits=True) == [rounds.MOST_STARTED, rounds.MOST_STARTED // 2]
    assert rounds.started_of(2, wish("well:tiny", workers=(4, 6)), waits=False) == [6, 2]


def test_ticks_of_a_short_part_are_no_load() -> None:
    def heard(part: str, taken_s: float, elapsed_s: float = 0.2) -> Heard:
        return made_up.heard(part, {}, meanwhile=Meanwhile(elapsed_s=elapsed_s, foreign_cpu_s=taken_s, steal_s=0.0))

    assert rounds._foreign([heard("starts", 0.04)]) == 0.0
    assert rounds._foreign([heard("starts", 0.04), heard("starts", 0.04)]) == pytest.approx(0.2)
    assert rounds._foreign([heard("sample", 0.5, 1.0)]) == pytest.approx(0.5)


def test_long_items_and_functions_that_leave_things_behind_are_called_as_seldom_as_can_be() -> None:
    for changes in (
        {"again_s": 0.5},
        {"left": {"running": ["x"], "children": 0}},
        {"left": {"running": [], "children": 1}},
    ):
        found = parts(**changes)
        assert [part.name for part in found].count("sample") == 1
        assert all(part.order["brief"] for part in found if "brief" in part.order)
        assert next(part for part in found if part.name == "workers").order["at_once"] == [2]


def test_what_cannot_be_sent_is_tried_in_one_process_alone() -> None:
    found = list(parts_of(made_up.looked(), made_up.WISH, 2, (FORK.name,), sends=False))
    assert {part.name for part in found} == {"sample", "beside"}


def test_messages_are_timed_only_where_one_can_fill_a_pipe() -> None:
    assert sizes_of(made_up.looked(), [1, 250]) == []
    assert sizes_of(made_up.looked(result_bytes=10_000), [1, 250])[-1] == 2_500_000
    assert sizes_of(made_up.looked(argument_bytes=1 << 30), [1])[-1] == rounds.LARGEST_MESSAGE


def test_the_interpreter_s_own_start_method_comes_first() -> None:
    python = {"methods": [FORK.name, SPAWN.name, FORKSERVER.name], "usual_method": FORKSERVER.name}
    assert methods_of(python, made_up.WISH)[0] == FORKSERVER.name
    assert methods_of(python, wish("well:tiny", start_methods=(SPAWN.name,))) == (SPAWN.name,)


def test_a_start_method_that_the_interpreter_lacks_is_refused() -> None:
    python = {**made_up.looked()["python"], "methods": [SPAWN.name]}
    looked = made_up.heard("look", made_up.looked(python=python))
    with pytest.raises(UsageError, match="--start-method fork: not in this interpreter, which has spawn"):
        probed(None, wish("well:tiny", start_methods=(FORK.name,)), looked, 2, lambda _: None)  # type: ignore[arg-type]


class Busy:
    """An asker whose parts are disturbed at first."""

    def __init__(self, shares: list[float]) -> None:
        self.shares = shares
        self.asked: list[str] = []

    def ask(self, part: str, order: dict[str, Any], *, deadline_s: float) -> Any:
        self.asked.append(part)
        meanwhile = Meanwhile(elapsed_s=1.0, foreign_cpu_s=self.shares.pop(0), steal_s=0.0)
        done = {"sample": made_up.sample, "beside": lambda: made_up.beside(1.0)}[part]()
        return made_up.heard(part, done, meanwhile=meanwhile)


def test_a_part_beside_foreign_load_is_measured_once_more_and_the_calmer_is_taken() -> None:
    looked = made_up.heard("look", made_up.looked(argument_fault={"path": "", "type": "lock", "why": "x"}))
    asker: Any = Busy([0.5, 0.05, 0.0, 0.3, 0.4, 0.0])
    found = probed(asker, made_up.WISH, looked, 2, lambda _: None)
    assert asker.asked == ["sample", "sample", "beside", "sample", "sample", "sample"]
    assert [heard.foreign_share for heard in found.heard] == [0.05, 0.0, 0.3, 0.0]
    assert found.foreign == pytest.approx(0.15)  # of the two that follow each other
