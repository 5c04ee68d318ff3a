"""What did not pass, and what that means for a reader: checks, rules of the self-audit, promises, cross-checks; together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Prose, Table
from study.reports import Record, Section
from study.sections.method import audited
from study.sections.run_checks import checks_of
from study.sections.said import joined, sentences
from study.sections.tables import row
from study.sections.trust import FAILED
from study.sections.validation import not_kept
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.evidence import Study
    from study.findings import Check
    from study.sections.audit import Row

RECORD = Record(order=432, name="Not passed", title="What did not pass, and what it means for you", part="How sure")
_NONE = "Every check, every rule of the self-audit and every promise of the method passed."
_RULES: Mapping[str, str] = {
    "The interval of this machine": "On another day expect numbers outside of their brackets.",
    "R1:": "Some speedups cannot be turned back into times.",
    "R2:": "Something may be missing without a word: look at what was not measured.",
    "R3:": "Some averages are not what one pays in the long run.",
    "R4:": "Some averages are of ratios: they hang on what was divided by what.",
    "R5:": "A few numbers stand without an interval: they are no more than seen.",
    "R6:": "These differences rest on the t test alone: look at their single processes before you rely on one.",
    "R7:": "Some comparisons mix rounds: drift may look like a difference.",
    "R8:": "The average is not what a usual process takes: read the typical one.",
    "R9:": "The machine is described in part only: comparing it with yours is a guess.",
    "R10:": "When workers began together is not known: short parallel times may be too long.",
    "R11:": "Beside some speedups the ceiling is missing: whether the machine had more to give is not known.",
    "R12:": "Some lines lead over what is no number: do not read between their points.",
    "Timer:": "The shortest times hold some of the clock's own cost.",
    "Repetition": "The same time, spent better, would have given narrower intervals. These are wide, not wrong.",
    "The machine was quiet": "Something else may have run beside: times may be long, ratios less so.",
    "The set-up": "One way of setting up was measured: another may move the numbers.",
    "Claims": "Where to draw the line was chosen without a reason that is written down: read the number beside the verdict.",
    "Available": "You can measure all of it again, but cannot cite a fixed copy.",
    "Functional": "Which programs made these numbers is not certain.",
}
"""How a rule begins -> what its failure means for who reads the numbers."""
_ANY_RULE = "Read what rests on it with care."
_PROMISES: Mapping[str, str] = {
    "coverage": "Under such noise brackets may be a little too narrow.",
    "false differences": "Under such noise equal things may be called different too often.",
    "power": "Under such noise a difference of the smallest size that is named may be missed more often than is said.",
    "sittings": "How far sittings lie apart may be told wrongly.",
    "laws of scaling": "A law may be named where there is none.",
    "gate": "A comparison of two versions may stop too early.",
}
"""Group of promises -> what it means where one of them is not kept."""


def section(study: Study) -> Section:
    """Failures first; nothing of it is of a simulated run, which no machine was there for."""
    run = study.subject
    checks = [check for check in checks_of(run) if not check.passed]
    rules = [judged for judged in audited(study) if judged.outcome == FAILED]
    promises: dict[str, list[tuple[str, str]]] = {}
    with study.left_out.apart("validation.json"):
        promises = not_kept(study.outcomes.get("validation"))
    rows = (*map(_check, checks), *map(_rule, rules), *_promises(promises))
    table = Table(
        id="not-passed-table",
        label=RECORD.title,
        caption="",
        heads=(("Demanded", "wide"), ("Found", "text"), ("So", "text")),
        rows=tuple(row(*items) for items in rows),
        empty=_NONE,
    )
    told = (
        counted(len(checks), "check") if checks else "",
        f"{counted(len(rules), 'rule')} of the self-audit" if rules else "",
        counted(sum(map(len, promises.values())), "promise") + " of the method" if promises else "",
    )
    known = [part for part in told if part]
    answer = sentences((f"not passed: {joined(known)}",)) if known else ""
    blocks = (table,) if rows else (Prose(text=_NONE),)
    return Section(id="not-passed", name=RECORD.name, title=RECORD.title, blocks=blocks, answer=answer)


def _check(check: Check) -> tuple[str, str, str]:
    return f"{_capital(check.name)}: {check.threshold}", _capital(check.message), _capital(check.remedy)


def _rule(judged: Row) -> tuple[str, str, str]:
    means = next((said for begin, said in _RULES.items() if judged.rule.startswith(begin)), _ANY_RULE)
    return judged.rule, _capital(judged.evidence), means


def _promises(found: Mapping[str, list[tuple[str, str]]]) -> Iterator[tuple[str, str, str]]:
    """A row for each group and outcome."""
    for group, promises in found.items():
        for state in dict.fromkeys(state for _, state in promises):
            named = [what for what, own in promises if own == state]
            yield (
                f"Promises of the method, {group}",
                f"{count(len(named))} {state}: {'; '.join(named)}",
                _PROMISES.get(group, _ANY_RULE),
            )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
