"""Verdicts of a run whose truth is known: decisions, signs, numbers in sentences, what stands for a question, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.elements import text_of
from tests.known_claims import CLAIMS, HEADLINES, SIGNS
from tests.page import in_order

if TYPE_CHECKING:
    from tests.known_claims import Known
    from tests.page import Page

SENTENCES = {
    "q1-four": "In q1-four 257 ms [241, 279] to 87 ms [80, 97] is 3.08 [3.02, 3.14] times",
    "q1-gain": "In q1-gain 257 ms [241, 279] to 87 ms [80, 97] is 3.08 [3.02, 3.14] times",
    "q1-busy": "In q1-busy it is 1.021 [1.006, 1.036]",
    "q2-unknown": "In q2-unknown 56 µs [52, 65] to 54 µs [49, 60] is 1.051 [1.029, 1.073] times",
    "q3-spawn-costs-more": "In q3-spawn-costs-more 55 ms [51, 61] to 1.24 ms [1.14, 1.38] is 44.5 [43.6, 45.5] times",
    "q5-faster": "In q5-faster 6.4 ms [5.9, 7.2] to 71 ms [65, 79] is 0.0908 [0.0888, 0.0930] times",
    "q5-later": "In q5-later 6.4 ms [5.9, 7.2] to 2.26 ms [2.08, 2.49] is 4.2 ms [3.8, 4.5]",
    "q6-always": "In q6-always 96 of 144 is 66.7 %",
    "q6-last": "In q6-last 144 of 144 is 100 %",
    "q6-never": "In q6-never 0 of 144 is 0 %",
    "memory-spawn": "In memory-spawn 86 MiB [79, 95] to 50 MiB [46, 56] is 1.73 [1.69, 1.77] times",
}
"""Worked out from the means: what the sentences of these claims say."""
SMALL = {
    "q1-gain": "Average: 3.08 [3.02, 3.14] times. Typical: 3.09 [3.00, 3.13] times. Needed: above 2 times."
    " Evidence: 10 paired rounds.",
    "q1-busy": "Average: 1.02 CPUs [1.01, 1.04]. Typical: 1.01 CPUs [1.00, 1.02].",
    "q6-always": "Counted: in 96, not in 48 of 144 trials. Needed: always: one counterexample refutes it. Evidence:"
    " 48 of 144 trials were counterexamples, in 12 processes.",
    "q6-last": "Evidence: in 144 of 144 trials, in 12 processes; up to 26 % of processes may show one and none was drawn.",
}
CHANCE = {"q6-alone": "0.021", "q2-middle": "0.065", "q2-unknown": "0.001", "q1-gain": "below 0.001"}
"""Of the folded tables beside the verdicts: p, and so in no sentence."""
ALONE = "That share is of this machine and this run alone: nothing to rely on."


def of_question(question: str) -> list[Known]:
    """The claims of a question that have numbers, in the order of the file: the others are told once, for the whole report."""
    return [claim for claim in CLAIMS if claim.question == question and claim.measured]


@pytest.mark.parametrize("question", dict.fromkeys(claim.question for claim in CLAIMS))
def test_a_section_has_its_claims_in_their_order_each_with_decision_and_sign(page: Page, question: str) -> None:
    verdicts, claims = page.verdicts(question.lower()), of_question(question)
    assert len(verdicts) == len(claims)
    for verdict, claim in zip(verdicts, claims, strict=True):
        assert verdict.sentence.startswith(f"In {claim.id} ")
        assert verdict.decision == claim.decision, claim.id
        assert (verdict.kind, verdict.sign) == SIGNS[claim.decision]
        assert f"Statement: {claim.statement}" in verdict.small
        assert claim.because in f"{verdict.sentence} {verdict.small}"
        assert SMALL.get(claim.id, "") in verdict.small


@pytest.mark.parametrize("identity", SENTENCES)
def test_a_sentence_has_the_numbers_with_their_intervals_and_where_they_hold(page: Page, identity: str) -> None:
    claim = next(claim for claim in CLAIMS if claim.id == identity)
    index = of_question(claim.question).index(claim)
    sentence = page.verdicts(claim.question.lower())[index].sentence
    assert sentence == f"{SENTENCES[identity]}.{f' {ALONE}' if identity == 'q6-always' else ''}"
    assert page.one("verdicts.csv", claim=identity)["sentence"] == sentence


@pytest.mark.parametrize("identity", CHANCE)
def test_chance_stands_in_a_folded_table_and_in_no_sentence(page: Page, identity: str) -> None:
    claim = next(claim for claim in CLAIMS if claim.id == identity)
    rows = page.tables[f"{claim.question.lower()}-how-sure"].rows
    (shown,) = [row for row in rows if row["Statement"].text == claim.statement]
    assert shown["p (Holm)"].text == CHANCE[identity]
    assert shown["Verdict"].text.endswith(claim.decision)
    assert "p = " not in "".join(verdict.small + verdict.sentence for verdict in page.verdicts(claim.question.lower()))


def test_the_headline_stands_for_its_question_at_the_top_or_the_first_where_there_is_none(page: Page) -> None:
    assert [answer.question for answer in page.answers] == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]
    for answer in page.answers:
        claim = next(claim for claim in CLAIMS if claim.id == HEADLINES[answer.question])
        verdict = page.verdicts(answer.question.lower())[of_question(answer.question).index(claim)]
        assert answer.statement == claim.statement
        assert answer.href == f"#{answer.question.lower()}"
        assert answer.verdict.decision == claim.decision
        assert (answer.verdict.kind, answer.verdict.sign) == SIGNS[claim.decision]
        assert answer.verdict.sentence == verdict.sentence
        shown = f"{answer.number.removesuffix(' times')} {answer.interval}"
        assert shown in verdict.sentence
        assert f"Evidence: {answer.evidence}." in verdict.small
    assert any(of_question(question)[0].id != identity for question, identity in HEADLINES.items())


def test_the_summary_counts_what_was_decided(page: Page) -> None:
    text = text_of(page.sections["answers"])
    assert in_order(["supported: Q1, Q2, Q5, Q6", "no clear difference: Q3", "cannot be decided here: Q4"], text)
    assert "refuted: Q" not in text


def test_questions_that_people_ask_are_answered_by_the_findings_of_their_claims(page: Page) -> None:
    rows = {row["Question"].text: row for row in page.tables["asked-table"].rows}
    answers = {
        "Why is a Pool slower than a plain loop?": ("#q5", ["q5-faster"]),
        "What do fork, forkserver and spawn cost?": ("#start", ["q3-spawn-costs-more"]),
        "Which chunk size?": ("#dispatch", ["q4-chunks"]),
        "What does shipping data cost?": ("#messages", ["q2-large-message"]),
        "Why does memory grow with every worker?": ("#memory", ["memory-spawn"]),
    }
    for question, (href, claims) in answers.items():
        row = rows[question]
        assert (row["Answer"].small, row["Question"].href) == ("", href)
        assert row["Answer"].text == " ".join(page.one("verdicts.csv", claim=claim)["sentence"] for claim in claims)
    assert rows["Do hyper-threads count as CPUs?"]["Answer"].small == "Open in this run."
    assert "one hardware thread per core" in rows["Do hyper-threads count as CPUs?"]["Answer"].text
    assert rows["What do BLAS threads times processes do?"]["Answer"].small == "Open in this run."
    assert rows["Why does my program hang after fork with threads?"]["Answer"].small == ""
    assert not {"MUST", "SHOULD", "NOTE"} & set(text_of(page.sections["asked"]).split())
    order = [row["Question"].text for row in page.tables["asked-table"].rows]
    assert order[:4] == ["Why is a Pool slower than a plain loop?", "What do fork, forkserver and spawn cost?",
                         "Why did a newer Python make my short-lived pool so much slower?", "Which chunk size?"]  # fmt: skip


TITLES = {
    "q1-speedup": "fannkuch with 4 workers: 3.08 [3.02, 3.14] times as fast in a Pool, 0.900 [0.887, 0.913] times as fast in"
    " threads",
    "q1-pools": "fannkuch with 4 workers: from 2.19 [2.13, 2.24] times to 3.08 [3.02, 3.14] times as fast, by the way"
    " processes are pooled and started",
    "q4-chunks": "Pool, fork: an empty task costs 13.5 µs [12.5, 15.0] (chunks of 1), 680 ns [620, 750] (chunks of 64)",
    "q6-promises": "In order in 67 % [58, 74] of 144 trials (four printing processes under fork); the closing line last in"
    " 100 % (at least 73 %)",
    "start-lives": "A forked process costs 1.24 ms [1.14, 1.38] from start to join, 18.3 [17.9, 18.8] times what a thread"
    " costs",
    "start-pools": "A Pool of 4 for a handful of tasks costs 6.4 ms [5.9, 7.2] under fork; under spawn 11.0 [10.7, 11.3]"
    " times as much",
    "dispatch-calls": "Handing out an empty task of its own through Pool.map costs 13.5 µs [12.5, 15.0];"
    " ProcessPoolExecutor.map 7.84 [7.68, 7.99] times as much",
    "dispatch-chunks": "In chunks of 64 an empty task costs 680 ns [620, 750], one by one 13.5 µs [12.5, 15.0] (Pool, fork)",
    "messages-latency": "A message of 64 B through a Pipe takes 28 µs [26, 32] one way",
    "messages-sizes": "1 MiB through a Pipe take 790 µs [730, 880] one way",
    "scaling-kernels": "With 4 workers threads gain with sleep",
    "memory-workers": "4 workers and their bare parent take 50 MiB (fork) and 86 MiB (spawn)",
    "memory-kinds": "Under fork, adding up resident sizes (RSS) gives 1.70 [1.67, 1.74] times what is really used (PSS)",
}


@pytest.mark.parametrize("name", TITLES)
def test_the_title_of_a_figure_is_its_finding_with_the_ratio_the_right_way_round(page: Page, name: str) -> None:
    assert page.figures[name].title == TITLES[name]


def test_the_title_of_the_noise_figure_counts_what_agrees_and_says_what_was_put_in(page: Page) -> None:
    title = page.figures["noise-pairs"].title
    assert title.startswith("5 of 5 comparisons of equal cells agree within their intervals; of +5.0 % put in,")
