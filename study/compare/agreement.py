"""Which statements two measurements decide alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.blocks import Verdict

_DECIDED = frozenset({"supported", "refuted", "no clear difference"})


class Differing(NamedTuple):
    """A statement that the two decide differently: each one's decision and number."""

    claim: str
    statement: str
    first: Verdict
    second: Verdict


class Agreement(NamedTuple):
    """How many statements were decided on both, how many of these alike, and the others."""

    decided: int
    agree: int
    differ: tuple[Differing, ...]


def agreement(first: Sequence[Verdict], second: Sequence[Verdict]) -> Agreement:
    """Compare the verdicts of two interpreters on the same statements; one that either leaves open does not count."""
    theirs = {(verdict.claim, verdict.statement): verdict for verdict in second}
    both = [
        (mine, other)
        for mine in first
        if (other := theirs.get((mine.claim, mine.statement))) is not None
        and mine.decision in _DECIDED
        and other.decision in _DECIDED
    ]
    differ = tuple(
        Differing(mine.claim, mine.statement, mine, other) for mine, other in both if mine.decision != other.decision
    )
    return Agreement(len(both), len(both) - len(differ), differ)
