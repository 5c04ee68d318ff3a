"""How good predictions are, as the report tells it, of jobs made up."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import pytest

from study.advise.model.job import Way
from study.advise.tried import forecaster
from study.blocks import Folded, Panel, Prose, Table
from study.identity import fingerprint, traits_digest
from study.sections import predictions
from study.sections.places import machine_in_words
from study.store import TargetRecord
from study.things.backends import CALL, POOL, PROCESS_EXECUTOR
from study.things.start_methods import FORK
from tests.test_sections_of_runs import FACTS, run, study

LOOP = Way(backend=CALL.name)
POOLED = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=25)
ONE_BY_ONE = Way(backend=PROCESS_EXECUTOR.name, start_method=FORK.name, workers=2)
FUNCTIONS = 20


def job(number: int, *, off: float = 0.1, picked: Way = POOLED) -> dict[str, Any]:
    """A loop of 1 s that takes what was foretold; a Pool foretold as half of it, `off` more; an executor of 2 s."""
    foretold = {LOOP: 1.0, POOLED: 0.5, ONE_BY_ONE: 2.0}
    took = {LOOP: 1.0, POOLED: 0.5 * (1.0 + off), ONE_BY_ONE: 2.0 / (1.0 + off)}
    return {
        "function": f"function_{number}",
        "size": "short",
        "foreign": 0.0,
        "picked": asdict(picked),
        "taken": {"executor's defaults": asdict(ONE_BY_ONE)},
        "foretold": [
            {"way": asdict(way), "seconds": seconds, "cpu_s": 1.0, "spread": 0.0} for way, seconds in foretold.items()
        ],
        "measured": [
            {"way": asdict(way), "times_s": [seconds / 1.02, seconds * 1.02], "cpu_s": [1.0, 1.0]}
            for way, seconds in took.items()
        ],
    }


def outcome(*jobs: dict[str, Any], machines: int = 1) -> dict[str, Any]:
    trial = {"hardware": "aa", "python": "3.14.0", "cpus": 2, "forecaster": forecaster(), "jobs": list(jobs)}
    trials = [{**trial, "machine": f"box {number}, 2 CPUs"} for number in range(machines)]
    return {"finished": "2026-11-28T18:00:00Z", "trials": trials}


JOBS = tuple(job(number, off=(number - 4.5) / 50) for number in range(FUNCTIONS))


def test_without_a_trial_the_section_is_one_sentence_that_names_the_command() -> None:
    without: tuple[dict[str, Any], ...] = ({}, {"advised": None}, {"advised": {"trials": []}}, {"advised": outcome()})
    for nothing in without:
        made = predictions.section(replace(study(run()), outcomes=nothing))
        (said,) = made.blocks
        assert isinstance(said, Prose)
        assert "python -m tests.trials.advise_trial PYTHON results" in said.text
        assert (made.files, made.answer) == ((), "")


def test_findings_come_first_and_the_figure_with_all_else_is_folded() -> None:
    made = predictions.section(replace(study(run()), outcomes={"advised": outcome(*JOBS)}))
    said, advice, folded = made.blocks
    assert isinstance(said, Prose)
    assert isinstance(advice, Prose)
    assert isinstance(folded, Folded)
    assert said.text.startswith("box 0, 2 CPUs, CPython 3.14.0: Half of 60 predictions (20 jobs) lie within ")
    assert "two measurements of one job are 4.0 % apart. 80 % intervals" in said.text
    kinds = [type(block) for block in folded.blocks]
    assert kinds == [Panel, Prose, Table, Table, Table, Table]


def test_the_numbers_are_those_of_the_jobs() -> None:
    (trial,) = predictions.trials_of(outcome(job(0, off=0.3), job(1, off=0.15), job(2, off=0.05)))
    first, _, advice = predictions.findings(trial)
    assert "9 predictions (3 jobs) lie within 5.0 % of what was measured, 56 % within 10 %, 78 % within 20 %" in first
    assert predictions.answer_of([trial]) == "Half of 9 predictions lie within 5.0 % of what was measured"
    best = 1.0
    assert predictions.costs_of(trial.jobs)["advise"][0] == pytest.approx(best)
    cost, mean, worst, jobs = predictions.costs_of(trial.jobs)["executor's defaults"]
    each = [4.0 / (1.0 + off) ** 2 for off in (0.3, 0.15, 0.05)]
    assert cost == pytest.approx(math.prod(each) ** (1 / 3), rel=2e-3)
    assert mean == pytest.approx(sum(each) / 3, rel=2e-3)
    assert (worst, jobs) == (max(cost, worst), 3)
    assert worst == pytest.approx(each[-1], rel=2e-3)
    assert "took 1.00 times the best measured (geometric mean)" in advice
    assert "longer than the loop in 0 of 3 jobs" in advice
    assert "executor's defaults " in advice
    assert "always the loop " in advice


def test_a_way_that_was_picked_and_is_slower_than_the_loop_is_counted() -> None:
    (trial,) = predictions.trials_of(outcome(job(0, picked=ONE_BY_ONE), job(1)))
    assert "longer than the loop in 1 of 2 jobs" in predictions.findings(trial)[-1]


def test_intervals_are_told_only_where_enough_functions_were_tried() -> None:
    (few,) = predictions.trials_of(outcome(job(0)))
    assert predictions.findings(few)[1] == "Too few functions were tried to say what intervals hold."
    (many,) = predictions.trials_of(outcome(*JOBS))
    assert predictions.findings(many)[1].startswith("80 % intervals, made of other functions, held ")


def test_the_figure_has_every_job_as_a_dot_and_the_file_has_its_times() -> None:
    trials = predictions.trials_of(outcome(*JOBS))
    panel = predictions.figure(trials)
    assert [point.label for point in panel.points] == [predictions.way_words(way) for way in (LOOP, POOLED, ONE_BY_ONE)]
    assert [len(point.means) for point in panel.points] == [FUNCTIONS] * 3
    assert panel.points[1].means[-1] == pytest.approx(1.29, rel=1e-3)
    rows = predictions.data_file(trials).rows
    assert len(rows) == 3 * FUNCTIONS
    (last,) = [line for line in rows if line["function"] == f"function_{FUNCTIONS - 1}" and line["picked"]]
    assert last["backend"] == POOL.name
    assert last["foretold_s"] == 0.5
    assert last["measured_s"] == pytest.approx(0.645, rel=1e-3)


def test_two_trials_stand_apart_with_ids_of_their_own() -> None:
    made = predictions.section(replace(study(run()), outcomes={"advised": outcome(*JOBS, machines=2)}))
    others, folded = [block for block in made.blocks if isinstance(block, Folded)]
    ids = [block.id for block in folded.blocks if isinstance(block, Table)]
    assert len(ids) == len(set(ids)) == 8
    first, *_ = [block.text for block in made.blocks if isinstance(block, Prose)]
    second, *_ = [block.text for block in others.blocks if isinstance(block, Prose)]
    assert [said.partition(": ")[0] for said in (first, second)] == [
        f"box {number}, 2 CPUs, CPython 3.14.0" for number in (0, 1)
    ]
    assert len(made.blocks) == 4  # what the second trial found is folded
    (panel,) = [block for block in folded.blocks if isinstance(block, Panel)]
    assert {point.series for point in panel.points} == {f"box {number}, 2 CPUs, CPython 3.14.0" for number in (0, 1)}


@pytest.mark.parametrize(("python", "alone"), [("3.14.0", True), (FACTS["version"], False)])
def test_a_machine_of_which_runs_are_stored_has_their_name_and_an_interpreter_that_they_lack_is_told(
    python: str, alone: bool
) -> None:
    made = run(targets=[TargetRecord(name="own", facts=FACTS)])
    found = outcome(*JOBS)
    digest = traits_digest(fingerprint(made.manifest.machine))
    found["trials"][0] |= {"hardware": digest, "python": python}
    said, *_ = predictions.section(replace(study(made), outcomes={"advised": found})).blocks
    assert isinstance(said, Prose)
    behind = ", an interpreter that no stored run of it has" if alone else ""
    assert said.text.startswith(
        f"{machine_in_words(made)} ({made.machine}), CPython {python}{behind}: Half of 60 predictions"
    )


@pytest.mark.parametrize("forecaster_", ["0123456789abcdef", None])
def test_a_trial_that_another_version_foretold_says_so(forecaster_: str | None) -> None:
    found = outcome(*JOBS)
    found["trials"][0]["forecaster"] = forecaster_
    said, *_ = predictions.section(replace(study(run()), outcomes={"advised": found})).blocks
    assert isinstance(said, Prose)
    assert said.text.startswith("box 0, 2 CPUs, CPython 3.14.0, foretold by an earlier version of advise: Half of")


def test_the_trial_of_the_report_s_machine_stands_first() -> None:
    made = run()
    trials = predictions.trials_of(outcome(*JOBS, machines=2))
    own = trials[1]._replace(hardware=traits_digest(fingerprint(made.manifest.machine)))
    first, second = predictions.of_machines((trials[0], own), (made,))
    assert (first.hardware, second) == (own.hardware, trials[0])


def test_what_is_counted_are_predictions_and_no_jobs() -> None:
    made = predictions.section(replace(study(run()), outcomes={"advised": outcome(*JOBS)}))
    (folded,) = [block for block in made.blocks if isinstance(block, Folded)]
    (panel,) = [block for block in folded.blocks if isinstance(block, Panel)]
    (table,) = [block for block in folded.blocks if isinstance(block, Table) and block.id == "predictions-intervals"]
    assert panel.behind == "predictions"
    assert [head for head, _ in table.heads] == ["Promised", "Held", "Predictions", "Ends apart"]
    assert table.notes[0].startswith("Intervals take predictions for independent")


def test_what_this_study_does_not_write_is_left_out_and_named() -> None:
    whole = replace(study(run()), outcomes={"advised": {"trials": [{"machine": "a"}]}})
    made = predictions.section(whole)
    assert isinstance(made.blocks[0], Prose)
    assert made.blocks[0].kind == "empty"
    assert any("advised.json" in reason for reason in whole.left_out.reasons)
