"""The method: how numbers come to be, what this run is, and how it stands before the field's checklists."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING

from study import stats
from study.blocks import Heading, Prose, Table, Terms
from study.evidence.floors import floor_of_run
from study.reports import Record, Section
from study.sections.allocations import pooled_allocations
from study.sections.audit import Audited, audit
from study.sections.claims import verdicts
from study.sections.frame import panels_of
from study.sections.modules import questions
from study.sections.questions.noise import noise_pairs
from study.sections.questions.q5 import break_evens
from study.sections.run_checks import checks_of
from study.sections.sittings import next_run
from study.sections.speedups import speedups
from study.sections.tables import facts, row
from study.units import count, counted, duration, percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from study.blocks import Panel
    from study.evidence import Run, Study
    from study.findings import Estimate
    from study.sections.audit import Row
    from study.sections.sittings import NextRun

RECORD = Record(order=480, name="Method", title="Method", part="How sure")
CITATION = "CITATION.cff"
_DOI = re.compile(r"^doi:\s*[\"']?([^\s\"']+)", re.MULTILINE)
_DIGEST_DIGITS = 16
_RULES = {
    "The unit is the fresh process.": "Every cell of a round is timed in a process of its own; its values are"
    " averaged first, and only the averages of processes are compared. Values within one process are not independent"
    " and are never pooled.",
    "Rounds.": "A round measures every cell once, in random order from a stored seed. What drifts during a run meets"
    " all cells alike, and two cells are compared within rounds.",
    "Average and typical.": "The average is the arithmetic mean over processes: what one pays in the long run."
    " Typical is the median process. No difference is called where they point to opposite sides.",
    "Loops.": "An event is repeated until one value lasts long enough for the clock. The number of repetitions"
    " belongs to the cell and is kept between runs.",
    "Disturbance.": "A round during which other programs used the CPUs is repeated whole and kept apart; what stayed"
    " disturbed is counted below.",
    "Baselines.": "A speedup is tasks a second with workers over those of the plain loop, in the same rounds. The time of"
    " a task in the plain loop stands beside it. Each worker has as much to do as the loop, more than half a second where"
    " the job is said to last, so that a speedup tells of the work and not of the length of the job.",
    "Verdicts.": "A statement is supported when its number is called on the claimed side of the threshold, refuted when it"
    " is called on the other, no clear difference when the whole interval lies inside the noise floor; everything else"
    " cannot be decided here. A number is called when its whole interval lies on one side, a paired t test says so once the"
    " statements about one question are counted together (Holm; on logarithms where it is a ratio), and it lies beyond the"
    " noise floor. That something always happens is refuted by one counterexample.",
    "Answers.": "Every kernel's result is checked before it is timed; a wrong one fails the cell.",
}


def section(study: Study) -> Section:
    """Rules, how numbers were made, what the run is, the self-audit."""
    run = study.subject
    judged = "What the field's checklists ask of such a study, judged by code on what this run holds. A rule can fail."
    blocks = (
        Terms(items=(*_RULES.items(), *_rare(run)), form="list"),
        _methods(run),
        _run_facts(run, study.lock_digest),
        Heading(id="audit", text="Self-audit"),
        Prose(text=judged),
        _audit(study),
    )
    return Section(id="method", name=RECORD.name, title=RECORD.title, blocks=blocks)


def _rare(run: Run) -> Iterator[tuple[str, str]]:
    """How rare a kind of process may be to be missed by so many rounds."""
    if (unseen := stats.unseen_share(run.rounds)) is not None:
        yield (
            "Rare kinds of process.",
            (
                f"Of a kind of process that fewer than {percent(unseen)} are, {counted(run.rounds, 'process', 'processes')} of a"
                f" cell draw none in more than {percent(1.0 - stats.ONE_SIDED)} of such runs, and no interval of an average holds"
                " what was not drawn. Where few processes stand far from all others, the average rests on how many of them were"
                " drawn: the table of all cells names them."
            ),
        )


def _methods(run: Run) -> Table:
    """How each kind of number and its interval were made, as the estimates say."""
    made = Counter((estimate.estimand, estimate.method) for estimate in _estimates(run) if estimate.method)
    return Table(
        id="methods-table",
        caption="How numbers and intervals were made",
        heads=(("Estimand", "word"), ("Interval", "text"), ("Numbers", "num")),
        rows=tuple(row(kind, method, times) for (kind, method), times in sorted(made.items())),
    )


def _estimates(run: Run) -> Iterator[Estimate]:
    for cell in run.summaries:
        yield from (cell.average, cell.typical)
    for verdict in verdicts(run):
        yield verdict.average
        if verdict.typical:
            yield verdict.typical
    for target in run.targets:
        evidence = run.of(target)
        for gain in speedups(evidence):
            yield from (gain.speedup, gain.efficiency, gain.karp_flatt, gain.capacity)
        yield from (way.grain_s for way in break_evens(evidence))
        yield from (pair.ratio for pair in noise_pairs(evidence))
    yield floor_of_run(run.cells, run.targets[0])


def _run_facts(run: Run, lock_digest: str) -> Table:
    manifest = run.manifest
    return facts(
        "run-facts",
        "What this run is",
        (
            ("run", run.id),
            ("machine", run.machine),
            ("finished" if run.complete else "begun, not finished", run.finished),
            ("commit of the study", run.commit),
            ("digest of the locked dependencies", f"{lock_digest[:_DIGEST_DIGITS]} …"),
            ("seed of the order", str(manifest.seed)),
            ("budget", duration(manifest.budget_s)),
            ("time spent", duration(manifest.elapsed_s)),
            ("rounds", f"{count(run.rounds)}, of which {count(run.disturbed_rounds)} stayed disturbed"),
            ("usable CPUs", count(manifest.usable_cpus)),
        ),
    )


@functools.lru_cache(maxsize=2)
def audited(study: Study) -> tuple[Row, ...]:
    """The run that the report is about, judged by every rule."""
    run = study.subject
    return audit(
        Audited(
            run=run,
            verdicts=verdicts(run),
            scaling=tuple(row for target in run.targets for row in speedups(run.of(target))),
            panels=_panels(study),
            checks=checks_of(run),
            allocations=pooled_allocations(run),
            doi=_doi(study.root),
            following=following(study),
        )
    )


def _audit(study: Study) -> Table:
    """The self-audit, failures first."""
    rows = audited(study)
    outcomes = ("fail", "pass", "not applicable")
    failed = sum(judged.outcome == "fail" for judged in rows)
    return Table(
        id="audit-table",
        caption=f"Self-audit: {counted(len(rows), 'rule')}, {count(failed)} failed",
        names=1,
        heads=(("Outcome", "word"), ("Rule", "wide"), ("Evidence", "text"), ("Source", "text")),
        rows=tuple(
            row(judged.outcome, judged.rule, judged.evidence, judged.source)
            for judged in sorted(rows, key=lambda judged: outcomes.index(judged.outcome))
        ),
        empty="A simulated run is not audited.",
    )


@functools.lru_cache(maxsize=2)
def following(study: Study) -> NextRun | None:
    """What intervals hold of the next run; a stored run that spoils it costs alone what is said of it."""

    def known() -> NextRun | None:
        return next_run(study.subject, study.sound)

    return study.left_out.instead("the next run", known, lambda _: None)


def _panels(study: Study) -> tuple[Panel, ...]:
    """The figures of every question; those of one whose section cannot be made are not in the report either."""
    made: list[Panel] = []
    for module in questions():
        with study.left_out.apart(f"figures of {module.RECORD.name} in the self-audit"):
            made += panels_of(study.subject, module.panels)
    return tuple(made)


def _doi(root: Path) -> str:
    """The archive's name of the artefact as its citation file has it, or ''."""
    path = root / CITATION
    known = _DOI.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    return known[1] if known else ""
