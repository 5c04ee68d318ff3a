"""What the questions that people ask are answered with. Every time is made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from study.blocks import Columns
from study.sections import asked
from study.sections.asked_list import ASKED
from study.sections.claims import verdicts
from study.store import TargetRecord
from tests.made_up_run import run
from tests.synthetic_study import LOAD, SAID
from tests.synthetic_study import run as whole

if TYPE_CHECKING:
    from study.blocks import Prose, Table, Terms
    from study.evidence import Run, Study
    from study.sections.asked import Answer
    from study.store import RunFolder


def answers(made: Run) -> dict[int, Answer]:
    return {answer.question.id: answer for answer in asked.answers(made)}


def table(*runs: Run) -> Table:
    made = asked.section(cast("Study", SimpleNamespace(subject=runs[0], runs=runs)))
    found = made.blocks[1]
    return cast("Table", found)


def test_an_answer_is_the_findings_of_its_claims_the_telling_one_first() -> None:
    made = whole(2, 0.01)
    said = {verdict.claim: verdict for verdict in verdicts(made)}
    question = next(question for question in ASKED if question.id == 1)
    answer = answers(made)[1]
    assert len(question.claims) == 2
    assert answer.text == " ".join(said[claim].sentence for claim in question.claims)
    assert answer.cells == tuple(dict.fromkeys(cell for claim in question.claims for cell in said[claim].cells))
    assert answer.answered


def test_a_question_that_the_gate_leaves_open_shows_its_numbers_and_counts_as_open() -> None:
    calm, busy = answers(whole(2, 0.01))[5], answers(whole(2, LOAD))[5]
    assert calm.answered
    assert not busy.answered
    assert busy.cells == ()
    assert busy.text.startswith(f"Measured, but not decided: {SAID}")
    assert "as many a second" in busy.text


@pytest.mark.parametrize(
    ("threads", "said"),
    [(1, "one hardware thread per core"), (None, "not readable")],
)
def test_hyper_threads_are_not_answered_by_the_capacity_of_all_cpus(threads: int | None, said: str) -> None:
    found = answers(whole(2, 0.01, "scaling", threads))[17]
    assert not found.answered
    assert said in found.text
    assert "times" not in found.text


def test_where_cores_have_siblings_processes_on_them_answer_for_hyper_threads() -> None:
    found = answers(whole(2, 0.01, "scaling", 2))[17]
    assert found.answered
    assert "on the CPUs of one core" in found.text
    assert {cell.rpartition("placement=")[2].partition(" ")[0] for cell in found.cells} == {"siblings", "cores"}


def test_why_a_newer_python_makes_pools_slower_names_the_new_default_and_what_is_not_in_the_number() -> None:
    found = answers(whole(2, 0.01))[3]
    assert "default start method in Python 3.14" in found.text
    assert "the default of one here is forkserver" in found.text
    assert "Under forkserver the first process of a program costs" in found.text
    assert "the first start of the server" in found.text
    assert "{" not in found.text


def test_the_table_leads_to_the_sections_that_there_are_and_says_what_is_open() -> None:
    found = table(whole(2, 0.01))
    by_question = {str(row[0].value): row for row in found.rows}
    assert [question.question for question in ASKED] == list(by_question)
    one = by_question["Why is a Pool slower than a plain loop?"]
    assert (one[0].href, one[1].small) == ("#q5", "")
    assert by_question["Do hyper-threads count as CPUs?"][1].small == "Open in this run."
    assert by_question["Why does Ctrl-C leave workers behind?"][1].small == ""
    bare = {str(row[0].value): row for row in table(run(())).rows}
    assert bare["Why is a Pool slower than a plain loop?"][0].href == "#q5"
    assert bare["Which chunk size?"][1].small == "Open in this run."
    assert bare["Which chunk size?"][1].value == asked.NOT_ASKED


def test_what_the_run_leaves_open_the_next_run_that_can_answers_and_is_named() -> None:
    calm = whole(2, 0.01)
    other = replace(calm, folder=cast("RunFolder", SimpleNamespace(machine="elsewhere", id="later")))
    rows = {str(row[0].value): row for row in table(run(()), run(()), other).rows}
    chunks = rows["Which chunk size?"]
    assert chunks[1].small == "Open in this run; answered by run later on elsewhere."
    assert chunks[1].value == answers(calm)[4].text


@pytest.mark.parametrize(
    ("facts", "without"),
    [
        ({"free_threaded": True, "gil_enabled": False}, True),
        ({"free_threaded": True, "gil_enabled": True}, False),
        ({"free_threaded": False, "gil_enabled": True}, False),
        ({}, False),
    ],
)
def test_a_free_threaded_build_that_was_told_to_have_a_gil_answers_nothing_about_life_without(
    facts: dict[str, Any], without: bool
) -> None:
    made = run(())
    named = msgspec.structs.replace(made.manifest, targets=[TargetRecord(name="cpython-3.14.0t", facts=facts)])
    question = next(question for question in ASKED if question.free_threaded)
    found = answers(replace(made, manifest=named))[question.id]
    assert (found.text != asked.NO_FREE_THREADING) is without


def test_the_first_interpreter_that_can_answer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    whole_run = whole(2, 0.01)
    question = next(question for question in ASKED if question.id == 1)
    known = [verdict for verdict in verdicts(whole_run) if verdict.claim in question.claims]
    unknown = [replace(verdict, average=replace(verdict.average, point=None), target="first") for verdict in known]
    made = run(())
    targets = [TargetRecord(name=name, facts={}) for name in ("first", "second")]
    made = replace(made, manifest=msgspec.structs.replace(made.manifest, targets=targets))
    said = tuple(unknown + [replace(verdict, target="second", sentence="So it is.") for verdict in known])
    monkeypatch.setattr(asked, "verdicts", lambda _run: said)
    assert answers(made)[1].answered
    assert answers(made)[1].text == "So it is. So it is."
    assert answers(made)[1].on == "second"


def test_paper_has_a_sentence_for_each_question_that_is_answered_and_names_the_others() -> None:
    made = whole(2, 0.01)
    section = asked.section(cast("Study", SimpleNamespace(subject=made, runs=(made,))))
    found = answers(made).values()
    columns, left_open = section.blocks[2:]
    assert isinstance(columns, Columns)
    assert columns.only == "paper"
    told = [item for part in (*columns.left, *columns.right) for item in cast("Terms", part).items]
    assert told == [(answer.question.question, answer.short) for answer in found if answer.answered]
    assert all(answer.short in answer.text for answer in found if answer.answered)
    assert cast("Prose", left_open).text == "Open in this run: " + " ".join(
        answer.question.question for answer in found if not answer.answered
    )


def test_of_both_columns_on_paper_neither_has_much_more_text(monkeypatch: pytest.MonkeyPatch) -> None:
    made = whole(2, 0.01)
    told = [(own, answer) for own, answer in asked.chosen([made]) if answer.answered]
    long, short = (
        (own, replace(answer, short=answer.short * times)) for times, (own, answer) in zip((40, 1), told, strict=False)
    )
    monkeypatch.setattr(asked, "chosen", lambda _: [long, *[short] * 9])
    section = asked.section(cast("Study", SimpleNamespace(subject=made, runs=(made,))))
    columns = next(block for block in section.blocks if isinstance(block, Columns))
    left, right = (cast("Terms", side[0]).items for side in (columns.left, columns.right))
    assert (len(left), len(right)) == (1, 9)


def test_paper_says_of_an_answer_that_is_not_the_report_s_own_of_which_run_and_interpreter_it_is() -> None:
    calm = whole(2, 0.01)
    other = replace(calm, folder=cast("RunFolder", SimpleNamespace(machine="elsewhere", id="later")))
    (name,) = (target.name for target in other.manifest.targets[:1])

    def told(*runs: Run) -> dict[str, str]:
        made = asked.section(cast("Study", SimpleNamespace(subject=runs[0], runs=runs)))
        columns = next(block for block in made.blocks if isinstance(block, Columns))
        return {str(term): text for part in (*columns.left, *columns.right) for term, text in cast("Terms", part).items}

    said = f" (Of run later on elsewhere with {name}, not of this one.)"
    assert told(run(()), other)["Which chunk size?"] == answers(calm)[4].short + said
    assert told(calm, other)["Which chunk size?"] == answers(calm)[4].short
    notes = [answer for answer in answers(calm).values() if answer.answered and not answer.cells]
    assert notes
    assert all(told(calm, other)[note.question.question] == note.short for note in notes), "no machine is behind these"


def test_free_threading_is_answered_by_the_run_that_has_a_build_without_the_gil() -> None:
    question = next(question for question in ASKED if question.free_threaded)
    calm = whole(2, 0.01)
    free = {"free_threaded": True, "gil_enabled": False}
    target = msgspec.structs.replace(calm.manifest.targets[0], facts={**calm.manifest.targets[0].facts, **free})
    other = replace(
        calm,
        folder=cast("RunFolder", SimpleNamespace(machine="elsewhere", id="later")),
        manifest=msgspec.structs.replace(calm.manifest, targets=[target]),
    )
    rows = {str(row[0].value): row for row in table(calm, other).rows}
    answer = rows[question.question][1]
    assert "answered by run later on elsewhere" in answer.small
    assert str(answer.value).startswith("The same pure-Python tasks take ")
    assert "with the GIL and without" in str(answer.value)
