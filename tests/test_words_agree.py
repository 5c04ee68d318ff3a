"""What one place says agrees with another: counterexamples, own verdicts, counts that add up, digits of few trials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study import stats, units
from study.cell import Cell
from study.forms import Course, Spot, WallLines
from study.sections import claims, numbers
from study.sections.questions import pasted_words, payload_words, q2_words, q6_words, torn
from study.things.looks import SAME
from tests.made_up_run import evidence, measured
from tests.synthetic_study import run
from tests.test_scaling_rest import JOB
from tests.topic_cells import panel

if TYPE_CHECKING:
    from study.table import CellData

PRINTED = Cell(pattern="four_printers", backend="processes", start_method="forkserver", workers=4, tasks=4)
UNBUFFERED = replace(PRINTED, variant="unbuffered")
PASTED = Cell(pattern="pasted_program", backend="processes", start_method="forkserver", variant="q6.unbuffered")
SENT = Cell(pattern="same_data", backend="pool", start_method="fork", workers=2, tasks=8, payload_bytes=2**24)


def counted(cell: Cell, **outcomes: int) -> CellData:
    return measured(cell, 1e-3, outcomes=[outcomes, *[{}] * 7])


@pytest.mark.parametrize(
    ("pasted", "torn_there"),
    [
        (counted(PASTED, trials=6, torn=4, works=2), True),
        (counted(PASTED, trials=6, works=6), False),
        (counted(replace(PASTED, start_method="spawn"), trials=6, torn=4, works=2), False),
        (counted(replace(PASTED, variant="q6.script"), trials=6, torn=4, works=2), False),
        (counted(replace(PASTED, variant="q5.unbuffered"), trials=6, torn=4, works=2), False),
    ],
)
def test_lines_torn_where_the_program_was_pasted_are_named_beside_those_that_were_whole(
    pasted: CellData, *, torn_there: bool
) -> None:
    whole = measured(UNBUFFERED, 1e-3, outcomes=[{"trials": 10, "torn_events": 0}] * 8)
    said = q6_words.lede(evidence(whole, pasted))
    told = "in 4 of 6 trials as a script, unbuffered, into a pipe (Pasted)"
    assert (f"where the same program was pasted, {told}." in said) is torn_there
    assert (torn.elsewhere(evidence(whole, pasted), [UNBUFFERED]) == told) is torn_there
    assert torn.into_a_pipe(evidence(whole, pasted), UNBUFFERED) == (4 if torn_there else 0)


def test_of_a_place_where_lines_were_torn_every_trial_counts_with_each_start_method() -> None:
    cells = [PRINTED, replace(PRINTED, start_method="spawn")]
    notebook = replace(PASTED, start_method=PRINTED.start_method, variant="q6.notebook")
    made = evidence(
        counted(notebook, trials=6, torn=4, works=2),
        counted(replace(notebook, start_method="spawn"), trials=5, prints_nothing=5),
        counted(replace(notebook, variant="q6.terminal"), trials=7, works=7),
    )
    assert torn.elsewhere(made, cells) == "in 4 of 11 trials in a notebook (Pasted)"
    assert torn.into_a_pipe(made, cells[0]) == 0


def test_the_statement_names_the_counterexample_too() -> None:
    whole = measured(UNBUFFERED, 1e-3, outcomes=[{"trials": 10, "lines_whole": 10}] * 8)
    own = [claim for claim in run().claims if claim.id == "q6-whole-unbuffered-forkserver"]
    told = evidence(whole, counted(PASTED, trials=6, torn=4, works=2))
    (found,) = claims.of_target(own, told)
    assert found.read == found.also
    torn_there = "ut torn in 4 of 6 trials as a script, unbuffered, into a pipe (Pasted)"
    assert found.also == "but torn in 4 of 6 trials (Pasted)"
    assert found.sentence.endswith(f"B{torn_there}; why there and not here is not known.")
    (alone,) = claims.of_target(own, evidence(whole))
    assert alone.also == alone.read == ""
    assert (found.decision, alone.decision) == ("refuted", "supported")
    assert found.strength.startswith("4 counterexamples where it was pasted, none here")


def test_a_counterexample_of_another_place_is_named_and_refutes_nothing() -> None:
    own = [claim for claim in run().claims if claim.id == "q6-whole"]
    forked = replace(PRINTED, start_method="fork")
    buffered = measured(forked, 1e-3, outcomes=[{"trials": 10, "lines_whole": 10}] * 8)
    notebook = counted(replace(PASTED, start_method="fork", variant="q6.notebook"), trials=6, torn=4, works=2)
    (found,) = claims.of_target(own, evidence(buffered, notebook))
    assert (found.decision, found.also) == ("supported", "but torn in 4 of 6 trials in a notebook (Pasted)")


@pytest.mark.parametrize(
    ("given_s", "begins"),
    [
        (0.01, "Under fork give what all tasks need once to each worker"),
        (0.5, "Under fork data that all tasks need are sooner sent with each"),
        (0.1, "Under fork it"),
    ],
)
def test_the_initializer_is_advised_only_where_it_is_cheaper(given_s: float, begins: str) -> None:
    cells = [measured(SENT, 0.1), measured(replace(SENT, variant="initializer"), given_s)]
    assert payload_words.lede(evidence(*cells)).startswith(begins)


def test_each_start_method_has_its_own_advice_on_the_initializer() -> None:
    spawn = replace(SENT, start_method="spawn")
    said = payload_words.lede(
        evidence(
            measured(SENT, 0.1),
            measured(replace(SENT, variant="initializer"), 0.01),
            measured(spawn, 0.1),
            measured(replace(spawn, variant="initializer"), 0.1),
        )
    )
    assert said.count("Under fork give") == 1
    assert "Under spawn give" not in said
    assert "Under spawn it" in said


def test_every_pasted_program_is_counted_once() -> None:
    cells = [
        counted(replace(PASTED, variant="q3.script"), trials=6, works=6),
        counted(replace(PASTED, variant="q3.repl"), trials=6, prints_nothing=6),
        counted(replace(PASTED, variant="q5.stdin"), trials=6, hangs=6),
        counted(PASTED, trials=6, torn=4, works=2),
    ]
    assert pasted_words.lede(evidence(*cells)) == (
        "Elsewhere a program loses the lines of its children without an error in 1, hangs in 1 and tears lines, but not"
        " always, in 1."
    )


def test_threads_gain_where_they_were_seen_side_by_side_whatever_is_known_of_the_kernel() -> None:
    loop = Cell(pattern="map", kernel="real_groupby", tasks=8)
    threads = replace(loop, backend="threads", workers=2)
    busy = [{"cpu_time_us": 1_400_000, "elapsed_us": 1_000_000}] * 10
    said = q2_words.lede(evidence(measured(loop, 1.6), measured(threads, 1.0, outcomes=busy)))
    assert said.startswith("Threads gain where the lock is released: ")


@pytest.mark.parametrize(
    ("hits", "told"),
    [(7, "18 % ["), (6, "15 % ["), (13, "32 % ["), (0, "0 % (at most 31 %)"), (40, "100 % (at least 69 %)")],
)
def test_a_share_of_few_trials_is_its_count_in_whole_per_cent(hits: int, told: str) -> None:
    each = [hits // 10 + (process < hits % 10) for process in range(10)]
    assert units.with_interval(stats.share_of_processes(each, [4] * 10)).startswith(told)


def test_a_part_that_may_be_nothing_is_not_said_to_take_most() -> None:
    title = panel("scaling-waterfall", *JOB).title
    assert "of what can be told from nothing" in title


def test_the_lying_axis_of_a_wall_is_told_with_its_unit_and_in_full_where_two_would_be_one() -> None:
    share = stats.share(3, 10)
    spots = tuple(Spot(x=x, y=share) for x in (64.0, 65_535.0, 65_536.0, 2.0**26))
    wall = WallLines(
        id="wall", title="t", caption="c", courses=(Course(name="Pipe", look=SAME, spots=spots),), source="s",
        x_label="size", x_unit="byte", y_label="time",
    )  # fmt: skip
    assert [names[1] for names, _ in wall.numbers] == ["64 B", "65\u202f535 B", "64 KiB", "64 MiB"]


def test_between_threads_a_message_is_said_to_be_a_reference_which_takes_as_long_at_any_size() -> None:
    ping = Cell(pattern="ping_pong", backend="threads", payload_bytes=64)
    made = evidence(measured(ping, 58e-6), measured(replace(ping, payload_bytes=1 << 20), 63e-6))
    assert [number.what for number in numbers.numbers(made)] == [
        f"a round trip of {sent} between threads, a reference" for sent in ("64 B", "1 MiB")
    ]
