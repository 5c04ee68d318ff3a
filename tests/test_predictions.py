"""How good predictions are, as the report tells it, of jobs made up."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import pytest

from study import stats
from study.advise.model.job import Way
from study.advise.tried import forecaster
from study.blocks import Folded, Panel, Prose, Table
from study.identity import fingerprint, traits_digest
from study.sections import predictions, trials
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
    several = [{**trial, "machine": f"box {number}, 2 CPUs"} for number in range(machines)]
    return {"finished": "2026-11-28T18:00:00Z", "trials": several}


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
    (trial,) = trials.trials_of(outcome(job(0, off=0.3), job(1, off=0.15), job(2, off=0.05)))
    first, _, advice = trials.findings(trial)
    assert (
        "9 predictions (3 jobs) lie within a factor 1.05 of what was measured, 56 % within 1.1, 77.8 % within 1.2"
        in first
    )
    assert trials.answer_of([trial]) == "Half of 9 predictions lie within a factor 1.050 of what was measured"
    best = 1.0
    assert trials.costs_of(trial.jobs)["advise"][0] == pytest.approx(best)
    cost, mean, worst, jobs = trials.costs_of(trial.jobs)["executor's defaults"]
    each = [4.0 / (1.0 + off) ** 2 for off in (0.3, 0.15, 0.05)]
    assert cost == pytest.approx(math.prod(each) ** (1 / 3), rel=2e-3)
    assert mean == pytest.approx(sum(each) / 3, rel=2e-3)
    assert (worst, jobs) == (max(cost, worst), 3)
    assert worst == pytest.approx(each[-1], rel=2e-3)
    assert "took 1.00 times the best measured (geometric mean)" in advice
    assert "; workers, picked in 3 jobs, took over 10 % longer than the loop in 0. Habits" in advice
    assert "Habits instead, in loops of 1.0 s, a pool made for each, the loop itself best in 0 of 3: " in advice
    assert "executor's defaults " in advice
    assert "always the loop " in advice


def test_a_way_that_was_picked_and_is_slower_than_the_loop_is_counted() -> None:
    (trial,) = trials.trials_of(outcome(job(0, picked=ONE_BY_ONE), job(1)))
    assert "workers, picked in 2 jobs, took over 10 % longer than the loop in 1." in trials.findings(trial)[-1]


def test_a_job_whose_loop_was_picked_cannot_be_slower_than_it_and_is_not_counted_there() -> None:
    (trial,) = trials.trials_of(outcome(job(0, picked=LOOP), job(1)))
    assert "workers, picked in 1 job, took over 10 % longer than the loop in 0." in trials.findings(trial)[-1]
    (trial,) = trials.trials_of(outcome(job(0, picked=LOOP)))
    assert "workers" not in trials.findings(trial)[-1]


def test_an_interval_is_over_other_functions_and_not_over_predictions() -> None:
    alike = [job(number, off=0.5 if number < 4 else 0.05) for number in range(FUNCTIONS)]
    once, (again,) = trials.trials_of(outcome(*alike))[0], trials.trials_of(outcome(*alike, *alike, *alike))
    first, second = (trials.within(trial.tried, 0.2) for trial in (once, again))
    assert first.point == second.point == pytest.approx(1 - 8 / 60)
    assert (first.low, first.high) == (second.low, second.high)
    assert first.low is not None
    assert first.low < stats.share(52 * 3, 180).low < first.high  # type: ignore[operator]
    assert "[" in trials.findings(once)[0].partition("within 1.1")[2]


def test_predictions_of_several_trials_are_not_pooled() -> None:
    (near,) = trials.trials_of(outcome(*(job(number, off=0.02) for number in range(5))))
    (far,) = trials.trials_of(outcome(*(job(number, off=0.3) for number in range(5))))
    said = trials.answer_of([far, near])
    assert said == "Half of the predictions of each trial lie within a factor 1.020 to 1.300 of what was measured"
    assert "a factor 1.020 of" in trials.answer_of([near, near])


def test_the_worst_function_stands_first() -> None:
    made = predictions.section(replace(study(run()), outcomes={"advised": outcome(*JOBS)}))
    (folded,) = [block for block in made.blocks if isinstance(block, Folded)]
    functions = next(
        block for block in folded.blocks if isinstance(block, Table) and block.id == "predictions-functions"
    )
    assert functions.rows[0][0].value == f"function_{FUNCTIONS - 1}"
    errors = [float(half.sort) for _, _, half, *_ in functions.rows]
    assert errors == sorted(errors, reverse=True)


def test_intervals_are_told_only_where_enough_functions_were_tried() -> None:
    (few,) = trials.trials_of(outcome(job(0)))
    assert trials.findings(few)[1] == "Too few functions were tried to say what intervals hold."
    (many,) = trials.trials_of(outcome(*JOBS))
    assert trials.findings(many)[1].startswith("80 % intervals, made of the trial's other functions, held ")


def test_the_figure_has_every_job_as_a_dot_and_the_file_has_its_times() -> None:
    tried = trials.trials_of(outcome(*JOBS))
    panel = predictions.figure(tried)
    assert [point.label for point in panel.points] == [predictions.way_words(way) for way in (LOOP, POOLED, ONE_BY_ONE)]
    assert [len(point.means) for point in panel.points] == [FUNCTIONS] * 3
    assert panel.points[1].means[-1] == pytest.approx(1.29, rel=1e-3)
    rows = predictions.data_file(tried).rows
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
    tried = trials.trials_of(outcome(*JOBS, machines=2))
    own = tried[1]._replace(hardware=traits_digest(fingerprint(made.manifest.machine)))
    first, second = trials.of_machines((tried[0], own), (made,))
    assert (first.hardware, second) == (own.hardware, tried[0])


def test_what_is_counted_are_predictions_and_no_jobs() -> None:
    made = predictions.section(replace(study(run()), outcomes={"advised": outcome(*JOBS)}))
    (folded,) = [block for block in made.blocks if isinstance(block, Folded)]
    (panel,) = [block for block in folded.blocks if isinstance(block, Panel)]
    (table,) = [block for block in folded.blocks if isinstance(block, Table) and block.id == "predictions-intervals"]
    assert panel.behind == "predictions"
    assert [head for head, _ in table.heads] == ["Promised", "Held", "Predictions", "Ends apart"]
    assert panel.notes[0].startswith("Intervals draw whole functions anew")


def test_what_this_study_does_not_write_is_left_out_and_named() -> None:
    whole = replace(study(run()), outcomes={"advised": {"trials": [{"machine": "a"}]}})
    made = predictions.section(whole)
    assert isinstance(made.blocks[0], Prose)
    assert made.blocks[0].kind == "empty"
    assert any("advised.json" in reason for reason in whole.left_out.reasons)
