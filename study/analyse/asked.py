"""The questions that users ask, answered by the verdicts of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.asked import ASKED, AskedQuestion
from study.findings import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.findings import Verdict

NOT_ASKED = "This version of the study does not measure it."


def asked_of(verdicts: Iterable[Verdict], target: str) -> tuple[Asked, ...]:
    """Every question with the findings of its claims on one target; where none was measured, why not."""
    by_claim = {verdict.claim: verdict for verdict in verdicts if verdict.target == target}
    return tuple(_answered(question, by_claim) for question in ASKED)


def _answered(question: AskedQuestion, verdicts: Mapping[str, Verdict]) -> Asked:
    known = [verdicts[claim] for claim in question.claims if claim in verdicts]
    measured = [verdict for verdict in known if verdict.average.point is not None]
    answer = " ".join(verdict.sentence for verdict in measured) or question.note
    if not answer:
        answer = " ".join(dict.fromkeys(verdict.sentence for verdict in known)) or NOT_ASKED
    return Asked(
        id=question.id,
        weight=question.weight,
        question=question.question,
        answer=answer,
        answered=bool(measured or question.note),
        topic=question.topic.lower(),
        cells=tuple(dict.fromkeys(cell for verdict in measured for cell in verdict.cells)),
    )
