"""What goes wrong in a pool, and what can come of it: the variants and outcomes of `breakage`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.events import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping


def _case(name: str, words: str) -> Variant:
    return Variant(name=name, words=words, module="", package="", sampling=None, outcomes=(), simulated_s=0.2)


KILLED = _case("killed", "a worker is killed")
FAILED = _case("failed", "a task raises an exception")
BAD_RESULT = _case("bad_result", "a result cannot be pickled")
BAD_ARGUMENT = _case("bad_argument", "an argument cannot be pickled")
CASES = (KILLED, FAILED, BAD_RESULT, BAD_ARGUMENT)
ENDS: Mapping[str, str] = MappingProxyType(
    {"raises": "raises", "hangs": "hangs", "loses": "loses answers", "goes_on": "goes on"}
)
"""Outcome of a trial, of which each has one -> in words. `study/bench/patterns/breakage.py` says exactly what each is."""
USABLE = "usable_after"
RAISED = "raised_"
"""Outcomes that begin so count the trials that raised an exception of one class."""
CLASSES = (
    "ValueError",
    "TypeError",
    "AttributeError",
    "PicklingError",
    "MaybeEncodingError",
    "BrokenProcessPool",
    "TerminatedWorkerError",
    "other",
)
