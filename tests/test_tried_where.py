"""Which trial of held-out jobs is told of at a place: its own, else the nearest, and which that was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from study.identity import fingerprint, traits_digest
from study.sections.foreteller import of_own_jobs
from study.sections.trials import Trial, trials_of
from study.sections.tried_where import held_out_words, nearest_trial
from tests.synthetic_study import CALM, TARGET, run
from tests.test_predictions import JOBS, outcome
from tests.test_sections_of_runs import study


def trial(hardware: str, python: str) -> Trial:
    return Trial(hardware=hardware, machine=f"box {hardware}", python=python, jobs=(), tried=())


@pytest.mark.parametrize(
    ("others", "wanted"),
    [
        ([("here", "3.11.7"), ("here", "3.14.8"), ("there", "3.14.8")], ("here", "3.14.8")),
        ([("there", "3.14.8"), ("here", "3.11.7")], ("here", "3.11.7")),
        ([("here", "3.11.7"), ("here", "3.13.5"), ("here", "3.15.0")], ("here", "3.13.5")),
        ([("here", "3.14.0"), ("here", "3.14.6")], ("here", "3.14.6")),
        ([("there", "3.11.7"), ("elsewhere", "3.14.1")], ("elsewhere", "3.14.1")),
    ],
)
def test_of_the_same_machine_and_interpreter_else_the_nearest(
    others: list[tuple[str, str]], wanted: tuple[str, str]
) -> None:
    found = nearest_trial([trial(*other) for other in others], "here", "3.14.8")
    assert (found.hardware, found.python) == wanted


def told(found: dict[str, Any] | None) -> str:
    made = run(2, CALM)
    return held_out_words(replace(study(made), outcomes={"advised": found}), made.of(TARGET))


def test_the_first_screen_quotes_jobs_that_the_model_had_not_seen_and_says_which_trial_it_was() -> None:
    assert told(outcome(*JOBS)).startswith(
        "Functions not fitted to (advise, box 0, 2 CPUs, CPython 3.14.0, loops up to 1.0 s): half within a factor 1.0"
    )
    made = run(2, CALM)
    own = outcome(*JOBS)
    own["trials"][0]["hardware"] = traits_digest(fingerprint(made.manifest.machine))
    assert "(advise, here, CPython 3.14.0, loops up to 1.0 s)" in told(own)
    own["trials"][0]["python"] = str(made.manifest.targets[0].facts["version"])
    assert "(advise, here, loops up to 1.0 s)" in told(own)


def test_where_nothing_was_tried_the_run_s_own_jobs_are_told_and_that_they_are_easier() -> None:
    every: tuple[dict[str, Any] | None, ...] = (None, {"trials": []}, {"trials": [{"jobs": 3}]})
    for nothing in every:
        said = told(nothing)
        assert said == of_own_jobs(run(2, CALM).of(TARGET))
        assert not said or "easier than a function that nobody has measured" in said


def test_a_trial_says_what_it_was_of() -> None:
    (found,) = trials_of(outcome(*JOBS))
    assert (found.hardware, found.machine, found.python) == ("aa", "box 0, 2 CPUs", "3.14.0")
    assert found.name == "box 0, 2 CPUs, CPython 3.14.0"
