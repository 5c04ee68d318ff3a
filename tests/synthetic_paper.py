"""A report that nobody measured, with a section for each way in which paper has one: for the tests of the PDF."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Choice, Code, Columns, Folded, Heading, Item, Prose, Table, Terms
from study.reports import Cited, DataFile, Report, Section
from tests import synthetic_report as synthetic

if TYPE_CHECKING:
    from study.blocks import Block

EXPERIMENT = "# an experiment\n" + "note = 'a line that says something'\n" * 1000
"""Longer than a page's texts may be: what travels is whole."""
ROWS = 60
"""Of a table that is longer than paper has room for."""


def cited(text: str) -> Cited:
    """What a report is cited as."""
    return Cited(
        machine=f"box {text}",
        interpreters="cpython-3.14",
        run="20260101t000000z-0000",
        commit="1234567",
        date="1 January 2026",
        authors="A, B",
        work=f"A study: {text}",
        version="1.0",
        licence="MIT",
        keywords=("Python", "benchmark"),
        address="https://example.org/study",
    )


def question(place: str, text: str) -> Section:
    """A question with all that its section has."""
    verdicts = tuple(synthetic.verdict(decision, text) for decision in synthetic.DECISIONS)
    further = replace(synthetic.curves_panel(f"{place}-curves"), title="A figure that is folded away")
    blocks: tuple[Block, ...] = (
        replace(verdicts[0], form="line", needed="above 1"),
        synthetic.rows_panel(f"{place}-lead", text),
        Columns(
            left=(replace(synthetic.printing(text), id=f"{place}-program"),),
            right=(Heading(id=f"{place}-plain", text="What happens"), Prose(text=f"Plain words: {text}")),
        ),
        Heading(id=f"{place}-verdicts", text="Statements of this question"),
        synthetic.table(f"{place}-statements", text),
        Folded(
            id=f"{place}-sure",
            title="How sure is this?",
            blocks=(*verdicts, Prose(text=f"Whence the times of {place} come.", kind="small")),
        ),
        Folded(id=f"{place}-further", title="More figures", blocks=(further,)),
    )
    return Section(
        id=place, name=place.upper(), title=f"{place.upper()} A question: {text}", blocks=blocks, paper="spread",
        part="Answers", eyebrow=f"What to choose: {text}", answer=f"The answer to {place}: {text}", lede=f"And more: {text}",
    )  # fmt: skip


def full_report() -> Report:
    """A report whose questions have more statements than two pages have room for."""
    made = report()
    return replace(
        made,
        sections=tuple(
            replace(
                section,
                blocks=(*section.blocks, Heading(id="", text="More"), long_table(f"{section.id}-more", rows=3 * ROWS)),
            )
            if section.paper == "spread"
            else section
            for section in made.sections
        ),
    )


def decisions(text: str) -> Section:
    """Decisions with numbers and without."""
    numbers = replace(
        synthetic.table("", text),
        heads=(("Way", "text"), ("To the end", "num")),
        rows=((Item(value="fork"), Item(value=synthetic.estimate(0.002, 0.0015, 0.004))),),
    )
    blocks = (
        Heading(id="decisions-1", text=f"With one: {text}"),
        Choice(
            asked=f"Which? {text}",
            answer=f"This: {text}",
            numbers=numbers,
            notes=(f"Assumed: {text}.",),
            href="#q1",
            number=synthetic.estimate(0.003, 0.0025, 0.004),
            named="spawn, to the end",
        ),
        Choice(asked="And else?", answer="Not measured", numbers=None, notes=(), href="#nowhere"),
    )
    return Section(
        id="decisions", name="Decisions", title="What to decide", blocks=blocks, paper="choices", part="Answers"
    )


def facts(identity: str, caption: str, **known: str) -> Table:
    """Facts of a machine."""
    rows = tuple((Item(value=name), Item(value=value)) for name, value in known.items())
    return Table(id=identity, caption=caption, heads=(("What", "text"), ("Value", "text")), rows=rows)


def long_table(identity: str, text: str = "a text", rows: int = ROWS) -> Table:
    """A table with more rows than paper has room for."""
    found = tuple((Item(value=f"row {number} {text}"), Item(value=number)) for number in range(rows))
    return Table(id=identity, caption="A long table", heads=(("Which", "wide"), ("Number", "num")), rows=found)


def report(text: str = "a text") -> Report:
    """A whole report; the text stands wherever text can stand."""
    cells = DataFile(
        name="cells.csv", about="every cell", rows=({"cell": text, "mean_s": 0.5},), travels=True, packed=True
    )
    other = DataFile(name="checks.csv", about="every check", rows=({"check": text},))
    topic = (
        synthetic.rows_panel("topic-lead", text),
        Prose(text=f"What it is: {text}"),
        synthetic.table("topic-statements", text),
        Folded(id="topic-further", title="More", blocks=(synthetic.curves_panel("topic-curves"),)),
    )
    machines = (
        facts("machine-0", "Machine one", Processor="A", System="Linux", Memory="4 GiB"),
        facts("machine-1", "Machine two", Processor="B", System="Linux"),
        facts("target-0", "Interpreter one", Version="3.14.0"),
        Heading(id="checks", text="Checks"),
        synthetic.table("check-list", text),
    )
    asked_for = (
        Terms(items=(("to run", f"nox {text}"),), form="commands"),
        Heading(id="experiments", text="The experiments"),
        Code(title="q1.toml", text=EXPERIMENT, folded=True),
    )
    every = (
        long_table("cells-0"),
        replace(long_table("cells-1"), only="screen"),
        Prose(text="elsewhere", only="paper"),
    )
    loops, numbers = (synthetic.table("loops-table", text),), (long_table("numbers-table", text),)
    hidden = (Prose(text="hidden"),)
    return replace(
        synthetic.report(text),
        cited=cited(text),
        sections=(
            Section(id="loops", name="Loops", title="Worked loops", blocks=loops, part="Your loop"),
            Section(id="answers", name="Answers", title="The answers", blocks=hidden, paper="none", part="Answers"),
            Section(id="numbers", name="Numbers", title="Numbers", blocks=numbers, part="Answers"),
            decisions(text),
            question("q1", text),
            question("q2", text),
            Section(
                id="topic",
                name="Topic",
                title="A topic",
                blocks=topic,
                paper="topic",
                eyebrow="Which?",
                answer=f"So: {text}",
            ),
            Section(
                id="machine", name="Machine", title="The machine", blocks=machines, files=(other,), part="Machines"
            ),
            Section(id="reproduce", name="Reproduce", title="How to reproduce", blocks=asked_for, part="How sure"),
            Section(
                id="cells",
                name="Every cell",
                title="Every cell",
                blocks=every,
                files=(cells,),
                wide=True,
                paper="appendix",
                part="How sure",
            ),
        ),
    )
