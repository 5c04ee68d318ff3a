"""What stands against believing a run, in few words at the head of the report: each leads to the place that tells it all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from study import stats
from study.blocks import Table
from study.checks import TIMER
from study.evidence.histories import histories
from study.sections import promised
from study.sections.cards import without_profile
from study.sections.run_checks import checks_of
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from study.evidence import Run, Study
    from study.evidence.light import Stored
    from study.findings import Check
    from study.reports import Section

Mark = tuple[Literal["loud", "warn", "fine"], str, str]
"""How loud it is, what it says, and where it leads: '#' and an id, or ''."""

AUDIT = "audit-table"
FAILED = "fail"
_LOUDEST_FIRST = ("loud", "warn", "fine")


def marks(study: Study, sections: Sequence[Section]) -> tuple[Mark, ...]:
    """Of a run that was measured: failed checks, failed rules, promises, builds, sittings. Nothing of a simulated one."""
    run = study.subject
    if run.manifest.simulated:
        return ()
    return (
        *_checks(run),
        *_audit(sections),
        *_promises(study.outcomes.get("validation")),
        *_builds(run),
        *_sittings(run, study.sound),
    )


def loudest_first(found: Sequence[Mark]) -> tuple[Mark, ...]:
    """Failures before warnings before what is fine; the order within stays."""
    return tuple(sorted(found, key=lambda mark: _LOUDEST_FIRST.index(mark[0])))


def _checks(run: Run) -> Iterator[Mark]:
    failed = [_named(check) for check in checks_of(run) if not check.passed]
    if failed:
        yield "loud", f"{counted(len(failed), 'check')} not passed: {', '.join(failed)}", "#checks"


def _named(check: Check) -> str:
    """Its name; of the timer's also what lasted too short, for that one cell is to blame."""
    return f"{check.name}: {check.message}" if check.name == TIMER else check.name


def _audit(sections: Sequence[Section]) -> Iterator[Mark]:
    """As the table of the self-audit has it."""
    tables = [
        block for section in sections for block in section.blocks if isinstance(block, Table) and block.id == AUDIT
    ]
    for table in tables:
        failed = sum(outcome.value == FAILED for outcome, *_ in table.rows)
        if failed:
            yield "loud", f"{count(failed)} of {counted(len(table.rows), 'rule')} of the self-audit failed", "#failures"


def _promises(found: Mapping[str, Any] | None) -> Iterator[Mark]:
    if found is None:
        yield "warn", "the method was not put to the test here", "#validation"
        return
    states = Counter((promised.kind(promise), promised.state(promise)) for promise in found["promises"])
    all_nominal = sum(number for (kind, _), number in states.items() if kind == "nominal")
    of = f"of {counted(all_nominal, 'promise')} of the method"
    if broken := states["nominal", "broken"]:
        yield "loud", f"{count(broken)} {of} broken", "#validation"
    if worse := states["exception", "broken"]:
        yield "loud", f"{counted(worse, 'known exception')} to the method's promises worse than known", "#validation"
    known = sum(map(promised.is_short, found["promises"]))
    more = f"; {count(known)} more known not to hold" if known else ""
    if unsure := states["nominal", "not shown"]:
        yield "warn", f"{count(unsure)} of {counted(all_nominal, 'promise')} not shown{more}", "#validation"


def _builds(run: Run) -> Iterator[Mark]:
    without = [target.name for target in run.manifest.targets if without_profile(target)]
    if without:
        yield "warn", f"built without PGO, and so slower: {', '.join(without)}", "#machine"


def _sittings(run: Run, sound: Sequence[Stored]) -> Iterator[Mark]:
    """How many sittings of equal code and state there are, where they are too few to tell how much the machine moves."""
    own = [
        history.runs for history in histories(sound) if any(folder.path == run.folder.path for folder in history.runs)
    ]
    sittings = max((len(runs) for runs in own), default=1)
    if sittings < stats.FEWEST_SITTINGS:
        yield "warn", f"{counted(sittings, 'sitting')}: {stats.NOT_KNOWN}", "#between"
