"""What sentences are made of: whether one may be said, what of two is sooner, and the numbers of cells in few digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.sections import claims, compare
from study.sections.build import average_of
from study.sections.compare import NO_CLEAR_DIFFERENCE, UNDECIDED
from study.units import brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from study.evidence import CellData, Evidence
    from study.findings import Decision, Estimate, SideBySide


class Beside(NamedTuple):
    """Two cells beside each other: how many times as long the first takes, and whether it takes longer."""

    ratio: Estimate
    longer: Decision


def unless_open(evidence: Evidence, side_by_side: SideBySide, about: str, finding: Callable[[], str]) -> str:
    """The finding, or what it is about and why it is left open; '' where there is nothing to say it of.

    Parameters
    ----------
    about : what would be said, in words that conclude nothing, as the beginning of a sentence.
    """
    why = evidence.left_open(side_by_side)
    return f"{about} is not known: {why}" if why else finding()


def beside(evidence: Evidence, first: CellData, second: CellData) -> Beside:
    """The averages of two cells, in the rounds that have both.

    Nothing is concluded where a statement on the same cells is left open: no sentence says more than the verdicts.
    """
    test = compare.ratio(evidence, first, second, "above")
    decision = compare.decided(test, test.p).decision
    texts = {first.cell.text, second.cell.text}
    left_open = any(
        verdict.target == evidence.target and set(verdict.cells) == texts and verdict.decision == UNDECIDED
        for verdict in claims.verdicts(evidence.run)
    )
    return Beside(test.average, UNDECIDED if left_open else decision)


def no_sooner(evidence: Evidence, loop: CellData, job: CellData) -> bool:
    """Whether a statement on these cells is supported that limits what the job gains on the loop, whatever it loses."""
    limits = {claim.id for claim in evidence.run.claims if claim.estimand == "ratio" and claim.direction == "below"}
    texts = (loop.cell.text, job.cell.text)
    return any(
        verdict.claim in limits
        and verdict.target == evidence.target
        and verdict.cells == texts
        and verdict.decision == "supported"
        for verdict in claims.verdicts(evidence.run)
    )


def by_decision(longer: Decision, *, more: str, less: str, same: str, unknown: str) -> str:
    """What is said where the first of two takes longer, takes less, makes no clear difference, or where that is not known."""
    return {"supported": more, "refuted": less, NO_CLEAR_DIFFERENCE: same, UNDECIDED: unknown}[longer]


def cost(data: CellData | None, *, per: float = 1.0) -> str:
    """`1.3 ms`: the average of a cell, or of one of so many parts of it; '' where it was not measured."""
    return "" if data is None else brief(average_of(data, per=per))


def per_task(data: CellData) -> str:
    """`16 µs`: the average of one of its tasks."""
    return cost(data, per=data.cell.tasks)


def joined(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    *others, end = words or ("",)
    return f"{', '.join(others)} {last} {end}" if others else end


def sentences(parts: Iterable[str]) -> str:
    """The parts that say something, each as a sentence with its full stop."""
    return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in parts if part)


def under(data: CellData) -> str:
    """` under spawn`; '' where no start method was asked for."""
    return f" under {data.cell.start_method}" if data.cell.start_method else ""
