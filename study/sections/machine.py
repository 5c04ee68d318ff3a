"""Where the times come from: a card of every machine and interpreter, and what was checked of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import DataFile, Heading, Item, Record, Section, Table
from study.sections.cards import interpreter_card, machine_card
from study.sections.run_checks import checks_of
from study.sections.tables import facts, of_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.evidence import Run, Study
    from study.findings import Check

RECORD = Record(order=400, name="Machine", title="The machine and its interpreters")


def section(study: Study) -> Section:
    """The cards of every run that the report shows; of the checks those of the run that it is about."""
    found = [(run, checks_of(run)) for run in study.runs]
    return Section(
        id="machine",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(
            *(
                facts(f"machine-{number}", f"Machine {run.machine}, run {run.id}", machine_card(run.manifest))
                for number, run in enumerate(study.runs)
            ),
            *_interpreters(study.runs),
            Heading(id="checks", text="Checks"),
            _checks(found[0][1]),
        ),
        files=(
            DataFile(
                name="checks.csv",
                about="every check",
                rows=tuple(_row(run, check) for run, checks in found for check in checks),
            ),
        ),
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
    return Table(
        id="check-list",
        caption="Checks before, while and after measuring",
        heads=(
            ("Outcome", "word"),
            ("Check", "word"),
            ("What was seen", "text"),
            ("Threshold", "text"),
            ("Source", "text"),
            ("Remedy", "text"),
        ),
        rows=tuple(
            (
                Item(value="passed" if check.passed else "not passed"),
                Item(value=check.name),
                Item(value=check.message),
                Item(value=check.threshold),
                Item(value=check.source),
                Item(value=check.remedy or None),
            )
            for check in sorted(found, key=lambda check: check.passed)
        ),
    )


def _row(run: Run, check: Check) -> dict[str, str | bool]:
    return {
        **of_run(run),
        "check": check.name,
        "passed": check.passed,
        "message": check.message,
        "threshold": check.threshold,
        "source": check.source,
        "remedy": check.remedy,
    }
