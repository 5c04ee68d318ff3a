"""What the templates place: every text ready, nothing left to compute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from study import units
from study.figures import Drawn, NotDrawn
from study.report import decisions, tables
from study.report.badges import badges
from study.report.tables import Item, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.findings import CellFinding, Decision, Findings, Panel, Question, RunFindings, Verdict
    from study.report.decisions import Choice

MARKS: Mapping[str, tuple[str, str]] = {
    "supported": ("yes", "✔"),
    "refuted": ("no", "✘"),
    "no clear difference": ("same", "≈"),
    "cannot be decided here": ("open", "?"),
}
"""Decision -> class and sign; the decision is always written out beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A verdict as the page shows it."""

    decision: str
    mark: str
    sign: str
    sentence: str
    statement: str
    average: str  # '' where there is none; the sentence then says why
    number: str
    interval: str
    typical: str
    strength: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A row of the table at the top: a question and the verdict that stands for it."""

    question: str
    title: str
    href: str
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the six questions, with everything the first run says about it."""

    id: str
    name: str
    title: str
    reader: str
    programs: tuple[tuple[str, str], ...]
    experiments: tuple[str, ...]
    verdicts: tuple[Shown, ...]
    figures: tuple[tuple[Drawn, Table], ...]
    missing: tuple[str, ...]
    cells: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole report."""

    title: str
    lead: str
    about: str
    badges: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]
    choices: tuple[tuple[str, tuple[Choice, ...]], ...]
    sections: tuple[Section, ...]
    topics: tuple[Section, ...]
    asked: Table
    between: tuple[tuple[Table, tuple[str, ...]], ...]
    validation: tuple[tuple[Table, tuple[str, ...]], ...]
    interpreters: tuple[tuple[Table, tuple[str, ...]], ...]
    crosschecks: tuple[tuple[Table, tuple[str, ...]], ...]
    audit: Table
    noise_figures: tuple[tuple[Drawn, Table], ...]
    noise_missing: tuple[str, ...]
    floor: str
    noise: Table
    allocation: Table
    machines: tuple[Table, ...]
    targets: tuple[Table, ...]
    checks: Table
    not_measured: Table
    others: Table
    beside: tuple[tuple[Drawn, Table], ...]
    side_by_side: tuple[tuple[Table, tuple[str, ...]], ...]
    run_facts: Table
    methods: Table
    commands: tuple[tuple[str, str], ...]
    config: tuple[tuple[str, str], ...]
    every_cell: tuple[Table, ...]
    files: tuple[tuple[str, str], ...]
    limits: str
    confidence: str


def page(
    findings: Findings,
    drawings: Mapping[str, Sequence[Drawn | NotDrawn]],
    beside: Sequence[Drawn],
    *,
    lock_digest: str,
    files: Sequence[tuple[str, str]],
) -> Page:
    """The report of these findings; `drawings` are the figures of the first run by target, `beside` those of the others."""
    run = findings.runs[0]
    first = run.targets[0].name if run.targets else ""
    every = [one for found in drawings.values() for one in found]
    answers = tuple(_answer(question, run, first) for question in findings.questions)
    sections = tuple(_section(question, run, every) for question in findings.questions)
    topics = tuple(
        section
        for topic in findings.topics
        if (section := _section(topic, run, every)).figures or section.missing or section.verdicts or section.cells.rows
    )
    return Page(
        title="What parallel Python costs, and what it gives",
        lead=_lead(answers),
        about=" · ".join(text for text in (_about(run), findings.subject) if text),
        badges=badges(run),
        answers=answers,
        choices=tuple((target.name, decisions.choices(run, target.name)) for target in run.targets),
        sections=sections,
        topics=topics,
        asked=tables.asked(findings.runs, {section.id for section in (*sections, *topics)}),
        between=_panel_tables(findings.between),
        validation=_panel_tables(findings.validation),
        interpreters=_panel_tables(findings.interpreters),
        crosschecks=_panel_tables(findings.crosschecks),
        audit=tables.audit(run),
        noise_figures=_figures("noise", every),
        noise_missing=_missing("noise", every),
        floor=units.with_interval(run.floor_within),
        noise=tables.noise(run),
        allocation=tables.allocation(run),
        machines=tuple(_machine(one, index) for index, one in enumerate(findings.runs)),
        targets=_targets(findings.runs),
        checks=tables.checks(run),
        not_measured=tables.not_measured(run),
        others=_others(findings),
        beside=tuple((one, tables.behind(one)) for one in beside),
        side_by_side=_panel_tables(findings.machines),
        run_facts=_run_facts(run, lock_digest),
        methods=_methods(run),
        commands=_commands(run),
        config=tuple((f"{name}.toml", text) for name, text in run.config.items()),
        every_cell=tuple(tables.every_cell(one, f"every-cell-{index}") for index, one in enumerate(findings.runs)),
        files=tuple(files),
        limits=run.scaling_limits,
        confidence=units.percent(next((one.average.confidence for one in run.cells), 0.95)),
    )


def _about(run: RunFindings) -> str:
    targets = ", ".join(target.name for target in run.targets) or "no interpreter"
    cpus = units.counted(run.usable_cpus, "usable CPU")
    machine = f"{run.machine} ({run.cpus})" if run.cpus else run.machine
    return f"{machine} · {cpus} · {targets} · {units.counted(run.rounds, 'round')} · {_when(run, 'finished ')}"


def _when(run: RunFindings, finished: str = "") -> str:
    """When the run finished, that word before it where one is wanted; of an unfinished run when it was begun."""
    moment = _moment(run.finished)
    return f"{finished}{moment}" if run.complete else f"begun {moment} (unfinished)"


def _moment(finished: str) -> str:
    """`2026-01-31 12:00 UTC`; whatever it is where that is no time."""
    try:
        moment = datetime.fromisoformat(finished)
    except ValueError:
        return finished
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment.utcoffset() in {None, timedelta()} else finished


def _lead(answers: Sequence[Answer]) -> str:
    counts = [(name, [one.question for one in answers if one.shown.decision == name]) for name in MARKS]
    parts = [f"{name}: {', '.join(found)}" for name, found in counts if found]
    return f"The statements that the six questions begin with, decided on this machine: {'; '.join(parts)}."


def _answer(question: Question, run: RunFindings, target: str) -> Answer:
    of_question = [one for one in run.verdicts if one.question == question.id]
    ranked = sorted(of_question, key=lambda one: (not one.headline, one.target != target))
    shown = show(ranked[0]) if ranked else _nothing()
    return Answer(question=question.id, title=question.title, href=f"#{question.id.lower()}", shown=shown)


def show(verdict: Verdict) -> Shown:
    """A verdict with its numbers as text."""
    mark, sign = MARKS[verdict.decision]
    number, interval = tables.halves(verdict.average)
    return Shown(
        decision=verdict.decision,
        mark=mark,
        sign=sign,
        sentence=verdict.sentence,
        statement=verdict.statement,
        average="" if verdict.average.point is None else units.with_interval(verdict.average),
        number=number,
        interval=interval,
        typical=units.with_interval(verdict.typical) if verdict.typical else "",
        strength=verdict.strength,
        target=verdict.target,
    )


def _nothing() -> Shown:
    decision: Decision = "cannot be decided here"
    mark, sign = MARKS[decision]
    sentence = "No statement of this question was put to this run."
    return Shown(
        decision=decision,
        mark=mark,
        sign=sign,
        sentence=sentence,
        statement="",
        average="",
        number=units.NOT_AVAILABLE,
        interval="",
        typical="",
        strength="no evidence",
        target="",
    )


def _section(question: Question, run: RunFindings, drawings: Sequence[Drawn | NotDrawn]) -> Section:
    name = question.id.lower()
    experiments = [
        (identity, f"{title} ({tier})") for identity, its, title, tier in run.experiments if its == question.id
    ]
    own = {identity for identity, _ in experiments}
    cells: list[CellFinding] = [one for one in run.cells if own & set(one.experiments)]
    tried = [one for one in cells if one.process_means_s or one.state in {"failed", "timed out"}]
    targets = {one.target for one in run.verdicts}
    shown = [show(one) for one in run.verdicts if one.question == question.id]
    return Section(
        id=name,
        name=question.name or question.id,
        title=question.title,
        reader=question.decision_for_reader,
        programs=question.programs,
        experiments=tuple(text for _, text in experiments),
        verdicts=tuple(shown if len(targets) > 1 else (replace(one, target="") for one in shown)),
        figures=_figures(question.id, drawings),
        missing=_missing(question.id, drawings),
        cells=tables.brief_cells(f"{name}-cells", _caption(question.name or question.id, cells, tried), tried),
    )


def _panel_tables(panels: Sequence[Panel]) -> tuple[tuple[Table, tuple[str, ...]], ...]:
    return tuple((tables.panel(one, one.id), one.notes) for one in panels)


def _caption(question: str, cells: Sequence[CellFinding], tried: Sequence[CellFinding]) -> str:
    """What the table of a question's cells holds, and how many more the plan has."""
    others = len(cells) - len(tried)
    more = f"; {units.counted(others, 'more was', 'more were')} not, for the reasons given below" if others else ""
    return f"The cells of {question} that were measured{more}"


def _figures(question: str, drawings: Sequence[Drawn | NotDrawn]) -> tuple[tuple[Drawn, Table], ...]:
    return tuple((one, tables.behind(one)) for one in drawings if isinstance(one, Drawn) and one.question == question)


def _missing(question: str, drawings: Sequence[Drawn | NotDrawn]) -> tuple[str, ...]:
    return tuple(
        f"Not drawn: {one.title[:1].lower()}{one.title[1:]}, because {one.reason}."
        for one in drawings
        if isinstance(one, NotDrawn) and one.question == question
    )


def _machine(run: RunFindings, index: int) -> Table:
    return tables.facts(f"machine-{index}", f"Machine {run.machine}, run {run.run_id}", run.machine_card)


def _targets(runs: Sequence[RunFindings]) -> tuple[Table, ...]:
    """A card for each interpreter; runs of equal ones share it."""
    cards: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for run in runs:
        for target in run.targets:
            cards.setdefault((target.name, target.facts), []).append(run.run_id)
    return tuple(
        tables.facts(
            f"target-{index}", f"Interpreter {name}, {'run' if len(ids) == 1 else 'runs'} {', '.join(ids)}", facts
        )
        for index, ((name, facts), ids) in enumerate(cards.items())
    )


def _others(findings: Findings) -> Table:
    """The verdict that stands for each question, run by run; runs are never pooled."""
    rows: list[tuple[Item, ...]] = []
    for question in findings.questions:
        found = []
        for run in findings.runs:
            marks = " · ".join(text for kind, text in (("", run.cpus), *badges(run)) if text and kind != "fine")
            for target in run.targets:
                shown = _answer(question, run, target.name).shown
                if shown.target == target.name and shown.average:
                    where = Item(f"{run.machine}, {_when(run)}", small=marks)
                    verdict = Item(f"{shown.sign} {shown.decision}", "word")
                    number = Item(shown.number, "num", small=shown.interval)
                    found.append((where, Item(target.name, "word"), verdict, number))
        for index, cells in enumerate(found):
            name = question.id if index else f"{question.id} {question.title}"
            rows.append((Item(name, href=f"#{question.id.lower()}"), *cells))
    return Table(
        id="other-runs-table",
        caption="The first verdict on each question, by run and interpreter; those that have no number for it are left out",
        heads=(("Question", "text"), ("Run", "text"), ("Interpreter", "word"), ("Verdict", "word"), ("Number", "num")),
        rows=tuple(rows) if len(findings.runs) > 1 else (),
        empty="There is no other run to stand beside this one.",
    )


def _run_facts(run: RunFindings, lock_digest: str) -> Table:
    rounds = f"{units.count(run.rounds)}, of which {units.count(run.disturbed_rounds)} stayed disturbed"
    return tables.facts(
        "run-facts",
        "What this run is",
        (
            ("run", run.run_id),
            ("machine", run.machine),
            ("finished" if run.complete else "begun, not finished", run.finished),
            ("commit of the study", run.commit),
            ("digest of the locked dependencies", f"{lock_digest[:16]} …"),
            ("seed of the order", str(run.seed)),
            ("budget", units.duration(run.budget_s)),
            ("time spent", units.duration(run.elapsed_s)),
            ("rounds", rounds),
            ("usable CPUs", units.count(run.usable_cpus)),
        ),
    )


def _methods(run: RunFindings) -> Table:
    """How each kind of number and its interval were made, as the analysis says."""
    estimates = [
        *(one for cell in run.cells for one in (cell.average, cell.typical)),
        *(one.average for one in run.verdicts),
        *(one.typical for one in run.verdicts if one.typical),
        *(one for row in run.scaling for one in (row.speedup, row.efficiency, row.karp_flatt, row.capacity)),
        *(row.grain_s for row in run.break_even),
        *(pair.ratio for pair in run.noise),
        run.floor_within,
    ]
    found: dict[tuple[str, str], int] = {}
    for one in estimates:
        if one.method:
            key = (one.estimand, one.method)
            found[key] = found.get(key, 0) + 1
    rows = tuple(
        (Item(kind, "word"), Item(method), tables.counted(times)) for (kind, method), times in sorted(found.items())
    )
    return Table(
        id="methods-table",
        caption="How numbers and intervals were made",
        heads=(("Estimand", "word"), ("Interval", "text"), ("Numbers", "num")),
        rows=rows,
    )


def _commands(run: RunFindings) -> tuple[tuple[str, str], ...]:
    minutes = round(run.budget_s / 60)
    budget = f"{minutes}m" if minutes * 60 == run.budget_s else f"{run.budget_s:g}s"
    return (
        ("See what would be measured here, and how long it takes", f"python -m study plan --budget {budget}"),
        ("Measure this machine as this run was measured, then write the report", f"nox -s study -- --budget {budget}"),
        ("Write this report again from the stored runs", "nox -s report"),
        ("Look into a stored suite with pyperf itself", "python -m pyperf stats results/MACHINE/RUN/SUITE.json.gz"),
    )
