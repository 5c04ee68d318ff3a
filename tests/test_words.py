"""What a reader is told follows the data: made-up cells one by one, and whole studies that nobody measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from study.cell import Cell
from study.loaded import ONE_CPU
from study.sections import frame, modules
from study.sections.questions import (
    messages_words,
    q1_words,
    q2_words,
    q3_words,
    q4_words,
    q5_words,
    q6,
    q6_words,
    real_words,
    start_words,
    workers_words,
)
from study.sections.topics import TOPICS
from study.sections.words import Words, lead_of, words_of
from study.store import TargetRecord
from tests.made_up_run import evidence, measured
from tests.synthetic_report import rows_panel
from tests.synthetic_study import CALM, LOAD, SAID, TARGET, run

if TYPE_CHECKING:
    from study.evidence import Evidence
    from study.table import CellData

PLACES = [modules.identity_of(question) for question in modules.questions()]
HOLES = ("not available", " None", "{", "}", "  ", "..")
"""What stands in a sentence that something is missing in."""
SIX = ("q1", "q2", "q3", "q4", "q5", "q6")
LOOP = Cell(pattern="map", kernel="fannkuch", tasks=8)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2)
THREADS = replace(LOOP, backend="threads", workers=2)
LIFE = Cell(pattern="process_lifecycle", backend="processes", start_method="fork", part="join")
EACH = Cell(pattern="process_per_task", backend="processes", start_method="fork", workers=2, tasks=8)
SENT = Cell(pattern="map", backend="pool", start_method="fork", workers=2, tasks=8, chunksize=1)
SQUARES = Cell(pattern="map", kernel="square", tasks=5)
MADE = Cell(pattern="pool_lifecycle", kernel="square", backend="pool", start_method="fork", workers=2, tasks=5)
PRINTED = Cell(pattern="four_printers", backend="processes", start_method="fork", workers=4, tasks=4)


def words(place: str, usable_cpus: int = 2, foreign_cpus: float = CALM, only: str = "") -> Words:
    return words_of(run(usable_cpus, foreign_cpus, only).of(TARGET), place)


@pytest.mark.parametrize("place", PLACES)
def test_a_whole_study_has_an_answer_in_whole_sentences_and_no_hole_in_it(place: str) -> None:
    found = words(place)
    for text in (found.answer, found.lede, *found.plain):
        assert not [hole for hole in HOLES if hole in text], text
        assert text == text.strip()
        assert text[:1] == text[:1].upper()
    if place in SIX:
        assert found.answer
        assert found.lede
        assert found.plain


@pytest.mark.parametrize("place", ["start", "messages", "memory", "length", "scaling", "grain", "workers"])
def test_topics_that_have_words_of_their_own_have_an_answer(place: str) -> None:
    assert words(place).answer
    assert words(place).plain == TOPICS[place].plain


@pytest.mark.parametrize("place", sorted(TOPICS))
def test_the_words_of_a_topic_belong_to_a_question_and_its_figures_stand_there(place: str) -> None:
    assert place in PLACES
    module = next(question for question in modules.questions() if modules.identity_of(question) == place)
    shown = {panel.id for panel in frame.panels_of(run(), module.panels)}
    assert set(TOPICS[place].lead) & shown or not shown


@pytest.mark.parametrize("place", ["q1", "q2", "q4", "q5", "grain", "length", "scaling"])
def test_what_load_leaves_open_is_no_answer(place: str) -> None:
    calm, busy = words(place), words(place, foreign_cpus=LOAD)
    assert SAID not in calm.answer + calm.lede
    assert SAID in busy.answer
    assert not busy.lede or place == "q2"


@pytest.mark.parametrize("place", ["q3", "q6"])
def test_what_one_process_does_at_a_time_is_told_under_load_too(place: str) -> None:
    assert words(place, foreign_cpus=LOAD).answer == words(place).answer


@pytest.mark.parametrize("place", ["q1", "q2"])
def test_on_one_cpu_nothing_gains(place: str) -> None:
    assert words(place, usable_cpus=1, only="q").answer.endswith(ONE_CPU)


def test_on_many_cpus_their_number_is_said() -> None:
    assert "64 processes" in words("q1", usable_cpus=64, only="q1").answer


@pytest.mark.parametrize("place", SIX)
def test_without_cells_there_is_nothing_to_say(place: str) -> None:
    found = words_of(evidence(), place)
    assert (found.answer, found.lede) == ("", "")
    assert found.plain


# Q1, Q2


@pytest.mark.parametrize(
    ("pool_s", "said"),
    [
        (0.5, "two processes finish CPU-heavy Python 2"),
        (2.0, "two processes do not help CPU-heavy Python here: 0.5"),
    ],
)
def test_processes_are_said_to_help_only_where_they_do(pool_s: float, said: str) -> None:
    found = q1_words.answer(evidence(measured(LOOP, 1.0), measured(POOL, pool_s)))
    assert found.startswith(said)
    assert found.endswith("× as fast as a plain loop")


def test_a_difference_that_is_not_seen_is_none() -> None:
    found = q1_words.answer(evidence(measured(LOOP, 1.0), measured(POOL, 1.001)))
    assert "finish" not in found or found.startswith("Whether ")
    assert "help" not in found


def test_threads_stand_beside_processes() -> None:
    found = q1_words.answer(evidence(measured(LOOP, 1.0), measured(POOL, 0.5), measured(THREADS, 1.0)))
    assert ", two threads 1" in found


@pytest.mark.parametrize(
    ("threads_s", "begins", "ends"),
    [
        (2.0, "two threads do not help pure Python (fannkuch): 2", "1.0"),
        (0.5, "two threads help pure Python (fannkuch): ", "as fast"),
    ],
)
def test_threads_are_said_to_help_only_where_they_do(threads_s: float, begins: str, ends: str) -> None:
    found = q2_words.answer(evidence(measured(LOOP, 1.0), measured(THREADS, threads_s)))
    assert found.startswith(begins)
    assert ends in found
    assert " instead of " in found


@pytest.mark.parametrize(("enabled", "said"), [(True, "with the GIL"), (False, "without the GIL"), (None, "")])
def test_whether_the_interpreter_has_the_lock_is_said_where_it_told(*, enabled: bool | None, said: str) -> None:
    made = evidence(measured(LOOP, 1.0))
    facts = {} if enabled is None else {"gil_enabled": enabled}
    targets = [TargetRecord(name=made.target, facts=facts)]
    changed = replace(made.run, manifest=msgspec.structs.replace(made.run.manifest, targets=targets))
    told = [text for text in q2_words.plain(changed.of(made.target)) if "measured here runs" in text]
    assert [said in text for text in told] == ([True] if said else [])


def with_default(method: str, *cells: CellData) -> Evidence:
    """What an interpreter shows whose default start method is this; '' where it did not tell."""
    made = evidence(*cells, question="Q5")
    targets = [TargetRecord(name=made.target, facts={"default_start_method": method} if method else {})]
    return replace(made.run, manifest=msgspec.structs.replace(made.run.manifest, targets=targets)).of(made.target)


# Q3


def lives(**other: float) -> Evidence:
    """A thread, and a process under each start method."""
    cells = [
        measured(replace(LIFE, start_method=method), time_s) for method, time_s in other.items() if method != "thread"
    ]
    thread = measured(replace(LIFE, backend="threads", start_method=""), other["thread"]) if "thread" in other else None
    return evidence(*cells, *([thread] if thread else []))


def test_a_thread_and_processes_stand_with_their_costs_the_cheapest_first() -> None:
    found = q3_words.answer(lives(spawn=0.026, fork=0.0013, thread=59e-6))
    assert found == "A thread costs 59 µs, a process 1.30 ms under fork and 26 ms under spawn"
    served = q3_words.answer(lives(forkserver=0.004, fork=0.0013))
    assert served == "A process costs 1.30 ms under fork and 4.0 ms under forkserver once its server runs"
    assert (
        q3_words.answer(lives(spawn=0.0013, fork=0.026)) == "A process costs 1.30 ms under spawn and 26 ms under fork"
    )


@pytest.mark.parametrize(("default", "told"), [("forkserver", True), ("fork", False), ("", False)])
def test_the_first_process_of_a_program_is_told_where_the_default_has_a_server_to_start(
    default: str, *, told: bool
) -> None:
    first = Cell(
        pattern="program_lifecycle", backend="processes", start_method="forkserver", variant="first_of_all", part="join"
    )
    made = with_default(default, measured(LIFE, 1.3e-3), measured(first, 38e-3))
    assert ("under forkserver, the default here" in q3_words.lede(made)) is told
    assert ("38 ms" in q3_words.lede(made)) is told


def test_start_is_said_to_be_back_early_only_where_it_is() -> None:
    parts = {"start": 1e-3, "first": 20e-3, "join": 26e-3}
    cells = [measured(replace(LIFE, part=part), time_s) for part, time_s in parts.items()]
    assert "start() returns after 1.00 ms" in q3_words.lede(evidence(*cells))
    late = [*cells[:1], measured(replace(LIFE, part="first"), 0.5e-3), *cells[2:]]
    assert "start() returns" not in q3_words.lede(evidence(*late))


def test_what_start_and_join_did_is_counted() -> None:
    counts = {"trials": 10, "start_returned_before_child": 9, "child_done_before_join_returned": 10}
    life = measured(replace(LIFE, part="start"), 1e-3, outcomes=[counts] * 8)
    start, join, _ = q3_words.plain(evidence(life))
    assert "8 times in 80 under fork" in start
    assert "in 80 of 80 starts" in join


# Q4, Q5


@pytest.mark.parametrize(("alone_s", "said"), [(8e-3, ": 10.0× as long"), (8e-5, "the pool saves nothing here")])
def test_a_pool_is_said_to_save_only_what_it_saves(alone_s: float, said: str) -> None:
    found = q4_words.answer(evidence(measured(EACH, alone_s), measured(SENT, 8e-4), question="Q4"))
    assert said in found


@pytest.mark.parametrize(
    ("own_s", "begins"),
    [
        (8e-3, "Give ProcessPoolExecutor a chunk size"),
        (8e-5, "Leave the chunk size of ProcessPoolExecutor alone for many"),
    ],
)
def test_a_chunk_size_is_advised_only_where_it_is_cheaper(own_s: float, begins: str) -> None:
    executor = Cell(pattern="map", backend="process_executor", start_method="fork", workers=2, tasks=64)
    large = measured(replace(executor, chunksize=16), 8e-4)
    assert q4_words.lede(evidence(measured(executor, own_s), large, question="Q4")).startswith(begins)


def test_few_long_tasks_are_told_to_share_out_best_one_by_one() -> None:
    assert "few such tasks share out best in chunks of one" in q4_words.plain(evidence(measured(SENT, 1e-3)))[-1]


def test_what_the_program_takes_as_it_stands_is_told_under_the_default_it_gets() -> None:
    shipped = replace(MADE, pattern="pool_as_shipped", start_method="default", workers=0)
    cells = [measured(MADE, 8.9e-3), measured(SQUARES, 255e-9), measured(shipped, 31e-3)]
    told = (
        "With every default, under forkserver whose server already runs, the same takes 31 ms; a program that runs once"
    )
    assert told in q5_words.lede(with_default("forkserver", *cells))
    told = "As the program below stands, under fork, the default here, the same takes 31 ms."
    assert told in q5_words.lede(with_default("fork", *cells))
    for untold in (with_default("", *cells), with_default("forkserver", *cells[:2])):
        assert "the program" not in q5_words.lede(untold)
        assert "every default" not in q5_words.lede(untold)


def test_the_first_process_of_a_program_stands_beside_a_pool_that_finds_its_server_running() -> None:
    shipped = replace(MADE, pattern="pool_as_shipped", start_method="default", workers=0)
    later = Cell(pattern="process_lifecycle", backend="processes", start_method="forkserver", part="join")
    first = replace(later, pattern="program_lifecycle", variant="first_of_all")
    cells = [measured(MADE, 8.9e-3), measured(SQUARES, 255e-9), measured(shipped, 31e-3), measured(first, 45e-3)]
    told = "a program that runs once starts the server too: its first process takes 45 ms"
    assert f"{told}." in q5_words.lede(with_default("forkserver", *cells))
    assert f"{told}, not 5.0 ms." in q5_words.lede(with_default("forkserver", *cells, measured(later, 5e-3)))
    assert f"{told}." in q5_words.lede(with_default("forkserver", *cells, measured(later, 45e-3)))


@pytest.mark.parametrize(
    ("pool_s", "begins"),
    [(7.6e-3, "Pool(), map, close() and join() take 7.6 ms under fork for five"), (1e-7, "Even for five squares: ")],
)
def test_a_pool_for_five_squares_pays_only_where_it_does(pool_s: float, begins: str) -> None:
    found = q5_words.answer(evidence(measured(MADE, pool_s), measured(SQUARES, 380e-9), question="Q5"))
    assert found.startswith(begins)
    assert found.endswith("; a loop does them in 380 ns" if pool_s > 1e-6 else "for what a loop does in 380 ns")


# Q6


def printers(in_order: int, *, method: str = "fork") -> Evidence:
    counts = {"trials": 10, "in_order": in_order, "order_1234": in_order, "order_2134": 10 - in_order}
    cell = replace(PRINTED, start_method=method)
    return evidence(measured(cell, 1e-3, outcomes=[{**counts, "closing_line_last": 10, "torn_events": 0}] * 8))


def test_one_other_order_is_enough_not_to_count_on_it() -> None:
    (seen,) = q6.printers(printers(9))
    assert seen.in_order.point == pytest.approx(0.9)
    assert q6_words.answer(printers(9)) == (
        "Do not count on the order: the four lines came in order in 90 % of 80 runs under fork"
    )
    assert str(q6_words.plain(printers(9))[-1]).startswith("No share is a promise, however high")
    assert q6_words.answer(printers(10)).startswith("In order in all 80 runs here, which nothing promises")


def test_the_program_is_shown_with_the_order_that_came_most_often() -> None:
    printed = q6_words.printed(printers(2))["q6_print.py"]
    assert printed.splitlines()[:2] == ["Process 2: 2", "Process 1: 1"]
    assert printed.endswith("Program execution completed.\n")
    assert q6_words.printed(evidence()) == {}


# Which figure stands first


def test_the_first_wanted_figure_that_shows_something_leads() -> None:
    empty = replace(rows_panel("a"), points=(), reason="there is none")
    panels = [empty, rows_panel("b"), rows_panel("c")]
    assert lead_of(panels, ("a", "c", "b")) is panels[2]
    assert lead_of(panels, ()) is panels[1]
    assert lead_of([empty], ("a",)) is None


# Workers


def test_what_a_pool_makes_by_itself_under_a_quota_is_counted() -> None:
    shipped = Cell(
        pattern="pool_as_shipped", kernel="square", backend="pool", start_method="default", workers=0, tasks=5,
        variant="quota_one_cpu",
    )  # fmt: skip
    counts = {"trials": 2, "pool_workers": 4, "usable_cpus": 2}
    found = workers_words.answer(evidence(measured(shipped, 1e-2, outcomes=[counts] * 8)))
    assert found == "in a container limited to the time of one CPU Pool() made 2 workers, in each of 16 runs"
    assert workers_words.lede(evidence()) == ""


# Start-up, messages


def test_imports_of_the_main_module_are_told_with_and_without() -> None:
    cell = Cell(pattern="program_lifecycle", backend="processes", start_method="spawn", variant="bare", part="join")
    cells = [measured(cell, 0.03), measured(replace(cell, variant="main_numpy"), 0.1)]
    assert start_words.answer(evidence(*cells)) == (
        "Under spawn every child imports the main module again: 30 ms where that imports nothing, 100 ms where it imports"
        " NumPy"
    )
    assert start_words.answer(evidence(*cells[:1])) == ""
    served = [measured(replace(data.cell, start_method="forkserver"), data.means.mean() / 10) for data in cells]
    assert start_words.answer(evidence(*cells, *served)) == (
        "Under spawn every child imports the main module again, under forkserver if begun with -m, as here: 30 ms and"
        " 3.0 ms where that imports nothing, 100 ms and 10.0 ms where it imports NumPy"
    )


@pytest.mark.parametrize(("large_s", "told"), [(2.4e-4, True), (1.01e-4, False)])
def test_a_step_between_two_near_sizes_is_told_where_there_is_one(large_s: float, *, told: bool) -> None:
    ping = Cell(pattern="ping_pong", backend="processes", start_method="fork", payload_bytes=65535)
    made = evidence(measured(ping, 1e-4), measured(replace(ping, payload_bytes=65537), large_s))
    found = messages_words.lede(made)
    assert found.startswith("From 65\u202f535 B to 65\u202f537 B there is a step: 2.40× [2.32, 2.48] the time") is told
    assert bool(found) is told


# Topics


def test_more_workers_than_cpus_are_said_to_help_only_where_they_do() -> None:
    more = replace(POOL, workers=4)
    same = evidence(measured(LOOP, 1.0), measured(POOL, 0.5), measured(more, 0.6))
    assert workers_words.answer(same).startswith(
        "More workers than CPUs do not help work that computes: four workers on 2"
    )
    sooner = evidence(measured(LOOP, 1.0), measured(POOL, 0.5), measured(more, 0.3))
    assert workers_words.answer(sooner).startswith("More workers than CPUs help even work that computes")


def test_a_topic_says_nothing_of_what_was_not_measured() -> None:
    for place in sorted(set(PLACES) - {*SIX, "noise"}):
        assert words_of(evidence(), place).answer == "", place
        assert words_of(evidence(), place).lede == "", place


def test_everyday_jobs_are_said_to_gain_only_where_they_do() -> None:
    job = replace(LOOP, kernel="real_json", tasks=8)
    pool, threads = (
        replace(job, backend="pool", start_method="fork", workers=2),
        replace(job, backend="threads", workers=2),
    )
    found = evidence(measured(job, 1.0), measured(pool, 0.5), measured(threads, 1.5))
    assert real_words.answer(found).startswith("two processes finish 1 of one everyday job sooner than a plain loop: 2")
    assert real_words.lede(found) == "Threads finish none of them clearly sooner."
