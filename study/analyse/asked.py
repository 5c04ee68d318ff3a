"""The questions that users ask, answered by the verdicts of one run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from study.asked import ASKED, AskedQuestion
from study.findings import Asked
from study.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.findings import Verdict

NOT_ASKED = "This version of the study does not measure it."
NO_FREE_THREADING = (
    "This run has no build without the GIL: nox -s study -- --python PATH --python PATH measures several."
)
UNKNOWN = "not readable"


def asked_of(
    verdicts: Iterable[Verdict], targets: Mapping[str, Mapping[str, Any]], machine: Mapping[str, Any]
) -> tuple[Asked, ...]:
    """Every question with the findings of its claims on the first target that can answer; where none can, why not.

    Parameters
    ----------
    targets : name of each -> what its interpreter says of itself.
    machine : facts of the machine.
    """
    of_target: dict[str, dict[str, Verdict]] = {name: {} for name in targets}
    for verdict in verdicts:
        of_target.setdefault(verdict.target, {})[verdict.claim] = verdict
    found = []
    for question in ASKED:
        names = [name for name, facts in targets.items() if _without_gil(facts) or not question.free_threaded]
        answers = [_answered(question, of_target[name], name, targets[name]) for name in names]
        answers = answers or [_answered(question, {}, "", {})]
        chosen = next((one for one in answers if one.answered), answers[0])
        if question.siblings:
            chosen = replace(chosen, answer=_no_siblings(machine))
        elif not names and not chosen.answered:
            chosen = replace(chosen, answer=NO_FREE_THREADING)
        found.append(chosen)
    return tuple(found)


def _without_gil(facts: Mapping[str, Any]) -> bool:
    """Whether it ran without the GIL; a free-threaded build can be told to have one."""
    return bool(facts.get("free_threaded")) and not facts.get("gil_enabled")


def _no_siblings(machine: Mapping[str, Any]) -> str:
    """Why the run does not tell what the second hardware thread of a core is worth."""
    threads = machine.get("threads_per_core")
    if not isinstance(threads, int) or threads < 1:
        return "How many hardware threads a core has is not readable on this machine: the run cannot answer."
    if threads == 1:
        return "This machine has one hardware thread per core: it cannot answer."
    return (
        f"This machine has {count(threads)} hardware threads per core, but processes on one core were not held against"
        " processes on cores of their own: the run cannot answer."
    )


def _answered(question: AskedQuestion, verdicts: Mapping[str, Verdict], target: str, facts: Mapping[str, Any]) -> Asked:
    """The answer of one target: whatever was measured; open where the gate leaves all of it open."""
    known = [verdicts[claim] for claim in question.claims if claim in verdicts]
    measured = [verdict for verdict in known if verdict.average.point is not None]
    answers = [verdict for verdict in measured if not verdict.gated]
    answer = " ".join(verdict.sentence for verdict in measured) or question.note
    if not answer:
        answer = " ".join(dict.fromkeys(verdict.sentence for verdict in known)) or NOT_ASKED
    if question.context and target:
        default = facts.get("default_start_method") or UNKNOWN
        answer += " " + question.context.replace("{target}", target).replace("{default}", str(default))
    return Asked(
        id=question.id,
        weight=question.weight,
        question=question.question,
        answer=answer,
        answered=bool(answers or question.note),
        topic=question.topic.lower(),
        cells=tuple(dict.fromkeys(cell for verdict in answers for cell in verdict.cells)),
    )
