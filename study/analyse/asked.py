"""The questions that users ask, answered by the verdicts of one run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.asked import ASKED, AskedQuestion
from study.findings import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from study.findings import Verdict

NOT_ASKED = "This version of the study does not measure it."
NO_FREE_THREADING = (
    "This run has no build without the GIL: nox -s study -- --python PATH --python PATH measures several."
)


def asked_of(verdicts: Iterable[Verdict], targets: Sequence[tuple[str, bool]]) -> tuple[Asked, ...]:
    """Every question with the findings of its claims on the first target that can answer; where none can, why not.

    Parameters
    ----------
    targets : name of each, and whether it is a build without the GIL.
    """
    of_target: dict[str, dict[str, Verdict]] = {name: {} for name, _ in targets}
    for verdict in verdicts:
        of_target.setdefault(verdict.target, {})[verdict.claim] = verdict
    found = []
    for question in ASKED:
        names = [name for name, free_threaded in targets if free_threaded or not question.free_threaded]
        answers = [_answered(question, of_target[name]) for name in names] or [_answered(question, {})]
        chosen = next((one for one in answers if one.answered), answers[0])
        found.append(chosen if names or chosen.answered else replace(chosen, answer=NO_FREE_THREADING))
    return tuple(found)


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
