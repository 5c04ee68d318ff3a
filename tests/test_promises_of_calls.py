"""How often a change of the smallest printed size is called, tried as a reader meets it: one of a family, from ten rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from study.lab.validate import calls
from study.lab.validate.noises import LAWS
from study.lab.validate.promise import POWER

if TYPE_CHECKING:
    import pytest

    from study.lab.validate.promise import Promise

NOISE = "lognormal noise"
STUDIES = 300


def as_printed(studies: int = STUDIES) -> Promise:
    (promise,) = calls.trials({NOISE: LAWS[NOISE]})[f"{NOISE}, as printed"](studies, np.random.default_rng(1))
    return promise


def planned(studies: int = STUDIES) -> Promise:
    trial = calls.trials({NOISE: LAWS[NOISE]})[f"{NOISE}, 10 rounds"]
    return next(promise for promise in trial(studies, np.random.default_rng(1)) if promise.group == "power")


def test_what_is_printed_is_called_less_often_than_what_is_planned() -> None:
    """It is of one test alone, and of the spread that one cell's ten processes happen to show."""
    printed = as_printed()
    assert printed.trials == STUDIES
    assert 0.3 < printed.hits / STUDIES < planned().hits / STUDIES
    assert planned().what != printed.what


def test_what_was_not_tried_is_counted_and_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "SEEN_AS_PRINTED", {})
    assert as_printed(5).state == "not promised"
    monkeypatch.setattr(calls, "SEEN_AS_PRINTED", {NOISE: 0.5})
    assert (as_printed(5).promised, as_printed(5).short_of) == (0.5, POWER)


def test_each_law_has_its_known_rate_and_none_is_the_nominal_one() -> None:
    assert set(LAWS) <= set(calls.SEEN_AS_PRINTED)
    assert max(calls.SEEN_AS_PRINTED.values()) < POWER
