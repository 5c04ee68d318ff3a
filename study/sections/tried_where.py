"""How wrong predictions of whole jobs were that no constant of the model knows: of the trial nearest to a place, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study.advise.model.judged import judged
from study.errors import ResultsError
from study.identity import fingerprint, traits_digest
from study.sections.foreteller import of_own_jobs
from study.sections.trials import OUTCOME, longest_of, trials_of
from study.units import seconds, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Evidence, Study
    from study.sections.trials import Trial

_WIDE = 0.2
"""How near a prediction has to be so that it decides as the measurement would: a gain of a fifth is told from none."""


def held_out_words(study: Study, evidence: Evidence) -> str:
    """What is said of the model's errors at a place: of jobs it had not seen, of which trial; else of the run's own jobs."""
    try:
        trials = trials_of(study.outcomes.get(OUTCOME))
    except ResultsError:  # told where predictions have their section
        trials = ()
    if not trials:
        return of_own_jobs(evidence)
    machine = evidence.run.manifest.machine
    facts = next(target.facts for target in evidence.run.manifest.targets if target.name == evidence.target)
    nearest = nearest_trial(trials, traits_digest(fingerprint(machine)), str(facts.get("version") or ""))
    found = judged(nearest.tried)
    where = _where(nearest, traits_digest(fingerprint(machine)), str(facts.get("version") or ""))
    longest = longest_of(nearest)
    upto = "" if longest is None else f", loops up to {seconds(longest, 2)}"
    return (
        f"Functions not fitted to (advise, {where}{upto}): half within a factor {1.0 + found.typical:.2f},"
        f" {share(found.within[1], 2)} within {1.0 + _WIDE:g}."
    )


def nearest_trial(trials: Sequence[Trial], hardware: str, version: str) -> Trial:
    """Of the same machine and interpreter, else of the same machine with the nearest version, else the first with it."""
    return min(trials, key=lambda trial: (trial.hardware != hardware, _apart(trial.python, version)))


def _apart(one: str, other: str) -> tuple[int, ...]:
    """How far two versions are from each other, the first part before the second."""
    return tuple(abs(a - b) for a, b in zip(numbers_of(one), numbers_of(other), strict=True))


def numbers_of(version: str) -> tuple[int, int, int]:
    """Of `3.14.8`; a part that is not told is 0."""
    found = [int(part) for part in re.findall(r"\d{1,6}", version)[:3]]
    first, second, third = (*found, 0, 0, 0)[:3]
    return first, second, third


def _where(trial: Trial, hardware: str, version: str) -> str:
    """Which trial it is, by what differs."""
    machine = "here" if trial.hardware == hardware else trial.machine
    return "here" if (trial.hardware, trial.python) == (hardware, version) else f"{machine}, CPython {trial.python}"
