"""Where the times come from: a card of every machine and interpreter, and what was checked of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Heading, Table
from study.reports import DataFile, Record, Section
from study.sections.cards import interpreter_card, machine_card
from study.sections.files import columns, of_run
from study.sections.run_checks import checks_of
from study.sections.tables import facts, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.evidence import Run, Study
    from study.findings import Check

RECORD = Record(
    order=400,
    name="Machine",
    title="The machine and its interpreters",
    part="Machines",
    fold="Facts of the machine and of the interpreters, and checks",
)


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
        blocks=(*machines, *_interpreters(study.runs), Heading(id="checks", text="Checks"), _checks(found[0][1])),
        files=(DataFile(name="checks.csv", about="every check", rows=tuple(rows)),),
    )


def _interpreters(runs: Sequence[Run]) -> Iterator[Table]:
    """A card for each interpreter; runs of equal ones share it."""
    cards: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for run in runs:
        for target in run.manifest.targets:
            cards.setdefault((target.name, interpreter_card(target)), []).append(run.id)
    for number, ((name, card), ids) in enumerate(cards.items()):
        caption = f"Interpreter {name}, {'run' if len(ids) == 1 else 'runs'} {', '.join(ids)}"
        yield facts(f"target-{number}", caption, card)


def _checks(found: Sequence[Check]) -> Table:
    """The checks, those that did not pass first."""
    words = {True: "passed", False: "not passed"}
    return Table(
        id="check-list",
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
