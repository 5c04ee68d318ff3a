"""A report that nobody measured, with every block in every form: for the tests of page, paper and files."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from study.blocks import (
    Block,
    Choice,
    Code,
    Columns,
    Folded,
    Heading,
    Item,
    Marked,
    Panel,
    PanelPoint,
    Prose,
    Reference,
    Table,
    Terms,
    Verdict,
)
from study.findings import Decision, Estimate, Unit
from study.reports import DataFile, Report, Section
from study.things import BACKENDS, START_METHODS

DECISIONS: tuple[Decision, ...] = ("supported", "refuted", "no clear difference", "cannot be decided here")


def estimate(
    point: float | None, low: float | None, high: float | None, unit: Unit = "s", reason: str = ""
) -> Estimate:
    """A number with its interval."""
    return Estimate(
        point=point, low=low, high=high, n=10, unit=unit, estimand="average", method="made up", reason=reason
    )


def table(identity: str, text: str = "a text") -> Table:
    """A table with every kind of item."""
    return Table(
        id=identity,
        caption=f"Every kind of item: {text}",
        heads=(("What", "wide"), ("Word", "word"), ("Time", "num"), ("Count", "num"), ("Share", "num")),
        rows=(
            (
                Item(value=text, href="#second", small="said beside it"),
                Item(value="refuted", decision="refuted"),
                Item(value=estimate(0.002, 0.0015, 0.004)),
                Item(value=12345),
                Item(share=0.042),
            ),
            (
                Item(value="without", href="#nowhere"),
                Item(value="word"),
                Item(value=estimate(None, None, None, reason="it was not measured"), with_reason=True),
                Item(value=7),
                Item(),
            ),
        ),
        filterable=True,
        notes=(f"A note on {text}.",),
    )


def rows_panel(identity: str, text: str = "a text") -> Panel:
    """A panel of rows in two groups, with a line and a band."""
    points = tuple(
        PanelPoint(
            names=(method.name, until),
            look=method.look,
            series=until,
            estimate=estimate(number * factor, number * factor * 0.8, number * factor * 1.5),
            means=(number * factor * 0.9, number * factor * 1.2),
            hollow=factor > 1,
        )
        for factor, until in ((1, "until it runs"), (3, "until it ends"))
        for number, method in zip((0.001, 0.004, 0.03), START_METHODS.values(), strict=True)
    )
    return Panel(
        id=identity,
        title=f"A finding of rows: {text}",
        side_by_side="nothing",
        subtitle="Average time, log scale",
        kind="rows",
        heads=("start method", "until"),
        points=points,
        y_label="time (log scale)",
        log_y=True,
        references=(Reference(label="a line", at=0.002), Reference(label="", at=0.01, to=0.02)),
        notes=(f"What rows assume: {text}.",),
    )


def curves_panel(identity: str, *, facets: tuple[str, ...] = ("",)) -> Panel:
    """A panel of curves, in one picture or many."""
    points = tuple(
        PanelPoint(
            names=(facet or "all", backend.look.label, str(workers)),
            look=backend.look,
            facet=facet,
            series=backend.look.label,
            x=float(workers),
            estimate=estimate(speed * workers**0.5, speed * workers**0.5 * 0.9, speed * workers**0.5 * 1.2, "ratio"),
            bound=estimate(1.9, 1.85, 1.95, "ratio") if facet and workers == 2 else None,
            hollow=bool(facet) and workers > 2,
        )
        for facet in facets
        for backend, speed in zip(list(BACKENDS.values())[1:3], (1.0, 0.5), strict=True)
        for workers in (1, 2, 4)
    )
    return Panel(
        id=identity,
        title="A finding of curves",
        side_by_side="gains",
        subtitle="Speedup, higher is better",
        kind="curves",
        heads=("kind", "pool", "workers"),
        points=points,
        y_label="speedup",
        x_label="workers",
        x_unit="count",
        steps=facets != ("",),
        edge=2.0 if facets != ("",) else None,
        ideal=facets != ("",),
        references=() if facets != ("",) else (Reference(label="plain loop", at=1.0),),
    )


def verdict(decision: Decision, text: str = "a text") -> Verdict:
    """A verdict of this kind."""
    known = decision != "cannot be decided here"
    number = estimate(2.5, 2.0, 4.0, "ratio") if known else estimate(None, None, None, "ratio", "not measured")
    return Verdict(
        claim=f"claim-{decision.split()[0]}", question="Q1", statement=f"Statement: {text}", decision=decision,
        sentence=f"Sentence: {text}, 2.5 times [2.0, 4.0].", strength="10 paired rounds", average=number,
        typical=estimate(2.4, 1.9, 3.9, "ratio") if known else None, cells=("map",), target="one", headline=True, on="one",
    )  # fmt: skip


def blocks(text: str = "a text") -> tuple[Block, ...]:
    """Every block in every form."""
    return (
        Prose(text=f"What to choose: {text}", kind="reader"),
        Prose(text=Marked("Plain: with `code` in it and 3 ms [2, 4].")),
        Prose(text=f"Data: {text}, with `no code` in it."),
        Prose(text=text, kind="small"),
        Prose(text=text, kind="empty"),
        Prose(text="only on paper", only="paper"),
        Heading(id="a-heading", text=f"Heading {text}"),
        Terms(items=(("term", text), ("other", "words")), form="definitions"),
        Terms(items=(("Bold.", text), ("", "no term")), form="list"),
        Terms(items=(("to run", f"nox {text}"),), form="commands"),
        Terms(items=(), form="files", only="screen"),
        *(verdict(decision, text) for decision in DECISIONS),
        Choice(asked=text, answer=f"Answer {text}", numbers=table("", text), notes=(text,), href="#second"),
        Choice(asked="Unknown?", answer="No", numbers=None, notes=(), href="#nowhere"),
        Code(id="a-program", title=f"The program: {text}", text=f"print({text!r})\n"),
        Code(title=f"{text}.toml", text=text, folded=True),
        Code(title="b.toml", text="b = 1\n", folded=True),
        rows_panel("rows", text),
        curves_panel("curves"),
        replace(rows_panel("gone", text), points=(), reason=f"there is none: {text}"),
        replace(rows_panel("no-finding", text), null=True),
        table("a-table", text),
        replace(table("none", text), rows=(), empty=f"Nothing: {text}"),
        replace(verdict("supported", text), form="line", needed=f"above 1 {text}"),
        Columns(left=(printing(text),), right=(Heading(id="beside", text=f"Beside {text}"), Prose(text=text))),
        Folded(
            id="a-fold",
            title=f"Folded {text}",
            small=text,
            blocks=(curves_panel("facets", facets=("fannkuch", "sleep", "json", "zlib")), marked_table(text)),
        ),
    )  # fmt: skip


LONG_LINE = (
    "        longest_of_all_names = a_function_with_arguments(first, second, third)  # what is said of it atTheEnd"
)


def printing(text: str) -> Code:
    """A program with what it prints; one of its lines is longer than half a page of paper holds in its usual type."""
    return Code(id="printing", title=f"Prints {text}", text=f"if True:\n{LONG_LINE}\nprint(1)\n", printed=f"1 {text}\n")


def marked_table(text: str) -> Table:
    """A table of numbers with the signs of verdicts before them."""
    signs = tuple(Item(value=text, mark=decision) for decision in DECISIONS)
    return Table(id="marked", caption="Signs", heads=tuple((decision, "num") for decision in DECISIONS), rows=(signs,))


def cells_table() -> Table:
    """A table as that of all cells is: many rows to sort by words and numbers, to filter, and to follow."""
    rows = tuple(
        (
            Item(value=f"{kernel} under {method}", href=f"#figure-{index % FIGURES}"),
            Item(value=kernel),
            Item(value=estimate(0.05 / (index + 1), 0.04 / (index + 1), 0.07 / (index + 1)) if index % 4 else None),
            Item(value=2000 - 200 * index),
        )
        for index, (kernel, method) in enumerate(product(("sleep", "nbody", "fannkuch"), START_METHODS))
    )
    return Table(
        id="every-cell",
        caption="Every cell",
        heads=(("Cell", "wide"), ("Work", "word"), ("Time", "num"), ("Processes", "num")),
        rows=rows,
        filterable=True,
    )


FIGURES = 6
"""How many figures `long_report` has more than `report`."""


def long_report() -> Report:
    """The whole report, and a section more: for a reader who scrolls, follows links, sorts, filters and points."""
    short = report()
    panels = (replace(rows_panel(f"figure-{number}"), title=f"A finding: the {number}th") for number in range(FIGURES))
    many = Section(id="many", name="Many", title="Many", blocks=(cells_table(), *panels))
    return replace(short, sections=(*short.sections[:1], many, *short.sections[1:]))


def report(text: str = "a text") -> Report:
    """A whole report; the text stands wherever text can stand."""
    answers = Table(
        id="",
        caption="",
        label="The answers",
        heads=(("Question and statement", "text"), ("Verdict", "word"), ("Number", "num")),
        rows=(
            (
                Item(value=f"Q1 {text}", href="#second", small=text),
                Item(value="supported", decision="supported"),
                Item(value=estimate(2.5, 2.0, 4.0, "ratio")),
            ),
        ),
        form="answers",
    )
    files = (
        DataFile(
            name="numbers.csv",
            about=f"numbers: {text}",
            rows=({"text": text, "time": estimate(0.002, 0.001, 0.004), "good": True, "none": None, "x": 1.5},),
        ),
    )
    return Report(
        title=f"A report: {text}",
        about=f"machine {text} · 2 CPUs",
        badges=(("loud", f"loud {text}", ""), ("warn", "warn", "#second"), ("fine", "fine", "")),
        sections=(
            Section(id="first", name="First", title=f"First {text}", blocks=(answers,), files=files),
            Section(
                id="second",
                name="Second",
                title=f"Second {text}",
                blocks=blocks(text),
                eyebrow=f"Asked {text}",
                answer=f"Answered {text}",
                lede=f"Lede {text}",
            ),
            Section(id="third", name="Third", title="Third", blocks=(table("wide-table", text),), wide=True),
        ),
        finished="2026-01-01T00:00:00Z",
    )
