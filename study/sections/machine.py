"""Where the times come from: a card of every machine and interpreter, and what was checked of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Heading, Item, Table
from study.reports import DataFile, Record, Section
from study.sections.cards import NOT_READABLE, interpreter_card, machine_card, without_profile
from study.sections.files import columns, of_run
from study.sections.head import moment, when
from study.sections.run_checks import checks_of
from study.sections.tables import facts, row
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.evidence import Run, Study
    from study.findings import Check
    from study.store import TargetRecord

_OVERVIEW = {
    "Processor": "Processor",
    "CPUs": "CPUs that the study could use",
    "Memory": "Memory",
    "System": "Operating system",
    "Hypervisor": "Hypervisor",
}
"""Head -> which line of a machine's card it is."""
RECORD = Record(order=400, name="Machine", title="The machine and its interpreters", part="Machines")


def section(study: Study) -> Section:
    """The cards of every run that the report shows; of the checks those of the run that it is about."""
    found = [(run, checks_of(run)) for run in study.runs]
    machines = (
        facts(f"machine-{number}", f"Machine {run.machine}, run {run.id}", machine_card(run.manifest))
        for number, run in enumerate(study.runs)
    )
    rows = (
        {**of_run(run), "check": check.name, **columns(check, "passed message threshold source remedy")}
        for run, checks in found
        for check in checks
    )
    return Section(
        id="machine",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(
            _overview(study.runs),
            *machines,
            *_interpreters(study.runs),
            Heading(id="checks", text="Checks"),
            _checks(found[0][1]),
        ),
        answer=_passed(found[0][1]),
        files=(DataFile(name="checks.csv", about="every check", rows=tuple(rows)),),
    )


def _overview(runs: Sequence[Run]) -> Table:
    """What matters most of every run; all that is known of it stands below."""
    return Table(
        id="machines-overview",
        label="Machines and interpreters",
        caption="",
        heads=(("Run", "word"), *((head, "text") for head in _OVERVIEW), ("Interpreters", "wide")),
        rows=tuple(
            row(
                Item(value=when(run), small=f"{run.machine}, {counted(run.rounds, 'round')}"),
                *(dict(machine_card(run.manifest)).get(label, NOT_READABLE) for label in _OVERVIEW.values()),
                "; ".join(_built(target) for target in run.manifest.targets),
            )
            for run in runs
        ),
    )


def _built(target: TargetRecord) -> str:
    return f"{target.name} (built without PGO)" if without_profile(target) else target.name


def _passed(found: Sequence[Check]) -> str:
    """How many checks passed, and which did not; '' where none was made."""
    failed = [check for check in found if not check.passed]
    if not found:
        return ""
    if not failed:
        return f"All {counted(len(found), 'check')} of this run passed."
    named = "; ".join(f"{check.name} ({check.message}; needed: {check.threshold})" for check in failed)
    return f"{count(len(failed))} of {counted(len(found), 'check')} not passed: {named}."


def _interpreters(runs: Sequence[Run]) -> Iterator[Table]:
    """A card for each interpreter; runs of equal ones share it."""
    cards: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for run in runs:
        for target in run.manifest.targets:
            cards.setdefault((target.name, interpreter_card(target)), []).append(moment(run.finished))
    for number, ((name, card), times) in enumerate(cards.items()):
        more = f" and {count(len(times) - 1)} more" if len(times) > 1 else ""
        yield facts(f"target-{number}", f"Interpreter {name}, run of {times[0]}{more}", card)


def _checks(found: Sequence[Check]) -> Table:
    """The checks, those that did not pass first."""
    words = {True: "passed", False: "not passed"}
    return Table(
        id="check-list",
        folded=True,
        caption="Checks before, while and after measuring",
        names=1,
        aside=(4, 5),
        heads=(
            ("Outcome", "word"),
            ("Check", "word"),
            ("What was seen", "text"),
            ("Threshold", "text"),
            ("Source", "text"),
            ("Remedy", "text"),
        ),
        rows=tuple(
            row(words[check.passed], check.name, check.message, check.threshold, check.source, check.remedy or None)
            for check in sorted(found, key=lambda check: check.passed)
        ),
    )
