"""The head of the report: what it is about, and what a reader must know before believing it."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from study.evidence.hardware import cpus_of
from study.identity import fingerprint
from study.reports import Report
from study.sections.cards import interpreter_in_words, warnings_of
from study.sections.cited import cited, day
from study.sections.not_shown import lost
from study.sections.past import sudden
from study.sections.trust import loudest_first, marks
from study.units import count, counted

if TYPE_CHECKING:
    from study.evidence import Run, Study
    from study.reports import Section
    from study.sections.trust import Mark

TITLE = "What parallel Python costs, and what it gives"

_MOST_RUNS = 64
"""Of which it is kept what is stale: every question asks."""
_MOST_NAMED = 3
"""Experiments of stale cells; the others are counted."""


def report(study: Study, sections: tuple[Section, ...]) -> Report:
    """The sections with their head."""
    run = study.subject
    return Report(
        title=TITLE,
        about=" · ".join(text for text in (_about(run), study.why) if text),
        badges=loudest_first((*badges(run), *lost(study.left_out), *_trust(study, sections), *_moved(study))),
        sections=sections,
        finished=run.finished,
        cited=study.left_out.instead("how the report is cited", lambda: cited(study), lambda _: None),
        subject=_subject(run),
    )


def _trust(study: Study, sections: tuple[Section, ...]) -> tuple[Mark, ...]:
    """What else stands against the run; where it cannot be told, that is said."""
    return study.left_out.instead(
        "what stands against the run", lambda: marks(study, sections), lambda line: (("warn", line, "#not-shown"),)
    )


def _moved(study: Study) -> tuple[Mark, ...]:
    """A sudden change of level of the machine that the report is about, once, with what else changed there."""

    def told() -> tuple[Mark, ...]:
        said = sudden(study)
        return (("warn", said, "#across"),) if said else ()

    return study.left_out.instead("how the machine moved", told, lambda line: (("warn", line, "#not-shown"),))


def badges(run: Run) -> tuple[Mark, ...]:
    """How much was measured, of what; one is fine only where nothing but other programs is to be told and nothing is missing."""
    disturbed = f"{count(run.disturbed_rounds)} of {counted(run.rounds, 'round')} disturbed"
    covered = run.coverage
    part = f"{count(covered.measured)} of {counted(covered.asked, 'possible measurement')} made"
    little = (
        2 * covered.measured < covered.asked
    )  # else what was not is sooner said than what was, and it stands where this leads
    only = f"{part}: {covered.which}" if covered.which and little else part
    made_up = "SIMULATED: these times come from a made-up law, not from a machine"
    stale: Mark = ("warn", _stale(run), "#method")
    possible: tuple[tuple[bool, Mark], ...] = (
        (run.manifest.simulated, ("loud", made_up, "#method")),
        (
            run.folder.contributed,
            ("warn", "contributed: measured by somebody else, and added from a bundle", "#machine"),
        ),
        (run.quick, ("warn", f"quick run: only {counted(run.rounds, 'round')}", "#method")),
        (not run.complete, ("warn", "unfinished run", "#method")),
        (
            run.manifest.gate is not None,
            ("warn", "a gate: it compares two arms, and stopped where it had decided", "#method"),
        ),
        (bool(run.stale), stale),
        (covered.measured < covered.asked, ("warn", only, "#not-measured")),
        (run.disturbed_rounds > 0, ("warn", disturbed, "#checks")),
    )
    shown = [badge for applies, badge in possible if applies]
    shown += [("warn", warning, "#checks") for target in run.manifest.targets for warning in warnings_of(target)]
    told = f"full run: {counted(run.rounds, 'round')} of all {counted(covered.asked, 'cell')}"
    whole: Mark = ("fine", told, "#method")
    return (whole, *shown) if shown in ([], [stale]) else tuple(shown)


@functools.lru_cache(maxsize=_MOST_RUNS)
def _stale(run: Run) -> str:
    """How much of the run other programs than the present ones measured, and which experiments it belongs to."""
    by = "measured by another version of the programs than the present one"
    measured = sum(record.state == "done" for record in run.manifest.cells)
    if len(run.stale) == measured:
        return f"stale: {by}"
    records = [record for record in run.manifest.cells if record.key in run.stale]
    named = list(dict.fromkeys(record.experiment for record in records))
    which = ", ".join(named[:_MOST_NAMED])
    if len(named) > _MOST_NAMED:
        which += f" and {counted(len(named) - _MOST_NAMED, 'experiment')} more"
    return f"stale: {count(len(records))} of {counted(measured, 'cell')} {by} ({which})"


def processors(run: Run) -> str:
    """CPU model and number of CPUs, '' where not readable: one machine's name may have been given to another."""
    return cpus_of(fingerprint(run.manifest.machine))


def when(run: Run, finished: str = "") -> str:
    """When the run finished, that word before it where one is wanted; of an unfinished run when it was begun."""
    said = moment(run.finished)
    return f"{finished}{said}" if run.complete else f"begun {said} (unfinished)"


def _subject(run: Run) -> str:
    """`AMD EPYC, 2 CPUs · CPython 3.14.8 · 28 November 2026`: of several interpreters the first, which the answers are about."""
    named = [interpreter_in_words(record) for record in run.manifest.targets[:1]]
    return " · ".join(filter(None, (processors(run) or run.machine, *named, day(run.finished))))


def _about(run: Run) -> str:
    targets = ", ".join(run.targets) or "no interpreter"
    cpus = counted(run.manifest.usable_cpus, "usable CPU")
    machine = f"{run.machine} ({known})" if (known := processors(run)) else run.machine
    return f"{machine} · {cpus} · {targets} · {counted(run.rounds, 'round')} · {when(run, 'finished ')}"


def moment(finished: str) -> str:
    """`2026-01-31 12:00 UTC`; whatever it is where that is no time."""
    try:
        known = datetime.fromisoformat(finished)
    except ValueError:
        return finished
    return f"{known:%Y-%m-%d %H:%M} UTC" if known.utcoffset() in {None, timedelta()} else finished
