"""Tables of the report: what stands in each cell is decided here, the templates only place it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study import units

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from study.figures import Drawn
    from study.findings import CellFinding, Estimate, Panel, RunFindings

Kind = Literal["wide", "text", "num", "word"]
"""Of a column: the widest text, text, numbers with units, single words. Numbers and words are not broken."""
DONE = "done"


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in one cell of a table. `sort` is what it is sorted by where that is not the text."""

    text: str
    kind: Kind = "text"
    sort: str = ""
    small: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: `heads` are texts and kinds of the columns. Without rows it is replaced by `empty`, a sentence.

    `label` names it for those who hear the page where it has no caption.
    """

    id: str
    caption: str
    heads: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Item, ...], ...]
    label: str = ""
    empty: str = "There is nothing of this kind in this run."
    filterable: bool = False


def number(estimate: Estimate, *, reason: bool = False) -> Item:
    """An estimate, its interval beside it or, where there is little room, below it; sorted by its number."""
    text, interval = halves(estimate)
    sort = "" if estimate.point is None else repr(float(estimate.point))
    return Item(text if interval else units.with_interval(estimate, reason=reason), "num", sort, small=interval)


def halves(estimate: Estimate) -> tuple[str, str]:
    """The number with its unit, and its interval ('' where there is none)."""
    point, interval, name = units.parts(estimate)
    return f"{point} {name}".strip(), interval


def counted(value: int) -> Item:
    """A whole number."""
    return Item(units.count(value), "num", str(value))


def relative(value: float | None) -> Item:
    """A relative size such as a smallest effect."""
    return Item("–" if value is None else units.percent(value), "num", "" if value is None else repr(float(value)))


def brief_cells(identity: str, caption: str, found: Sequence[CellFinding]) -> Table:
    """The cells of one question: name and numbers."""
    rows = tuple(
        (
            Item(one.name, "wide", small=_aside(one, found)),
            number(one.average),
            number(one.typical),
            counted(len(one.process_means_s)),
            relative(one.smallest_effect),
        )
        for one in found
    )
    heads: tuple[tuple[str, Kind], ...] = (
        ("Cell", "wide"),
        ("Average", "num"),
        ("Typical", "num"),
        ("Processes", "num"),
        ("Smallest effect", "num"),
    )
    return Table(id=identity, caption=caption, heads=heads, rows=rows, empty="No cell of this question is in this run.")


def _aside(one: CellFinding, found: Iterable[CellFinding]) -> str:
    """The target where there are several, and why there is no number, or none with an interval."""
    several = len({other.target for other in found}) > 1
    why = f"{one.state}: {one.reason}" if one.state != DONE else one.average.reason
    return " · ".join(text for text in (f"on {one.target}" if several else "", why) if text)


def every_cell(run: RunFindings, identity: str) -> Table:
    """Every cell that was tried, with everything that is known of it; a column is there only where it tells rows apart.

    What was left out or skipped stands in the table of what was not measured, and cell by cell in the file.
    """
    tried = [one for one in run.cells if one.state not in {"left out", "skipped"}]
    tried_of = f"{units.count(len(tried))} of {units.count(len(run.cells))}"
    columns: list[tuple[str, Kind, list[Item]]] = [
        ("Cell", "wide", [Item(one.name, "wide", small=_small_print(one), sort=one.cell.text) for one in tried]),
        ("Target", "word", [Item(one.target, "word") for one in tried]),
        ("State", "word", [Item(one.state, "word") for one in tried]),
        ("Tier", "word", [Item(one.tier, "word") for one in tried]),
        ("Loops", "num", [counted(one.loops) for one in tried]),
        ("Processes", "num", [counted(len(one.process_means_s)) for one in tried]),
        ("Average", "num", [_or_dash(one, one.average) for one in tried]),
        ("Typical", "num", [_or_dash(one, one.typical) for one in tried]),
        ("Smallest effect", "num", [relative(one.smallest_effect) for one in tried]),
        ("Between processes", "num", [relative(one.icc) for one in tried]),
    ]
    shown = [column for column in columns if column[0] not in {"Target", "State"} or len(set(column[2])) > 1]
    return Table(
        id=identity,
        caption=f"Every cell of run {run.run_id} on {run.machine} that was tried: {tried_of}",
        heads=tuple((text, kind) for text, kind, _ in shown),
        rows=tuple(zip(*(items for _, _, items in shown), strict=True)),
        filterable=True,
    )


def _small_print(one: CellFinding) -> str:
    """The cell's canonical text and what was counted; of the many orders of lines only how many there were."""
    orders = [name for name in one.outcomes if name.startswith("order_")]
    counts = [f"{name} {units.count(value)}" for name, value in one.outcomes.items() if name not in orders]
    if orders:
        counts.append(f"{units.counted(len(orders), 'order')} of lines")
    return " · ".join((one.cell.text, *counts))


def _or_dash(one: CellFinding, estimate: Estimate) -> Item:
    return number(estimate) if one.state == DONE else Item("–", "num")


_MOST_NAMED = 4


def not_measured(run: RunFindings) -> Table:
    """What is in the plan and was not measured, by reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in run.cells:
        if one.state != DONE:
            groups.setdefault((one.state, one.reason), []).append(one.name)
    rows = []
    for (state, reason), names in groups.items():
        named = list(dict.fromkeys(names))
        more = len(named) - _MOST_NAMED
        text = "; ".join(named[:_MOST_NAMED]) + (f"; and {units.count(more)} more" if more > 0 else "")
        rows.append((Item(state, "word"), Item(reason), counted(len(names)), Item(text)))
    heads: tuple[tuple[str, Kind], ...] = (("State", "word"), ("Why", "text"), ("Cells", "num"), ("Which", "wide"))
    return Table(
        id="not-measured-cells",
        caption="Cells without a number, by reason",
        heads=heads,
        rows=tuple(rows),
        empty="Every cell of the plan was measured.",
    )


def facts(identity: str, caption: str, found: Iterable[tuple[str, str]]) -> Table:
    """Labels and values."""
    rows = tuple((Item(label), Item(value)) for label, value in found)
    heads: tuple[tuple[str, Kind], ...] = (("What", "text"), ("Value", "text"))
    return Table(id=identity, caption=caption, heads=heads, rows=rows, empty="Nothing could be read here.")


def checks(run: RunFindings) -> Table:
    """The checks of a run, those that did not pass first."""
    rows = tuple(
        (
            Item("passed" if one.passed else "not passed", "word"),
            Item(one.name, "word"),
            Item(one.message),
            Item(one.threshold),
            Item(one.source),
            Item(one.remedy or "–"),
        )
        for one in sorted(run.checks, key=lambda one: one.passed)
    )
    heads: tuple[tuple[str, Kind], ...] = (
        ("Outcome", "word"),
        ("Check", "word"),
        ("What was seen", "text"),
        ("Threshold", "text"),
        ("Source", "text"),
        ("Remedy", "text"),
    )
    return Table(id="check-list", caption="Checks before, while and after measuring", heads=heads, rows=rows)


def noise(run: RunFindings) -> Table:
    """The A/A pairs and the injected effect."""
    rows = tuple(
        (
            Item(one.name),
            Item(one.kind, "word"),
            Item(one.noise_class, "word"),
            number(one.ratio, reason=True),
            Item(units.ratio(one.expected), "num", repr(one.expected)),
            Item("yes" if one.recovered else "no", "word"),
        )
        for one in run.noise
    )
    heads: tuple[tuple[str, Kind], ...] = (
        ("Pair", "text"),
        ("Kind", "word"),
        ("Class", "word"),
        ("Ratio seen", "num"),
        ("True ratio", "num"),
        ("Inside the interval", "word"),
    )
    return Table(id="noise-pairs-table", caption="A/A pairs and the injected effect", heads=heads, rows=rows)


def allocation(run: RunFindings) -> Table:
    """How good the fixed plan of values and warm-ups is, by class of cell."""
    rows = tuple(
        (
            Item(one.noise_class, "word", small=one.target),
            counted(one.cells),
            relative(one.between_share),
            Item("–" if one.optimal_values is None else units.count(one.optimal_values), "num"),
            relative(one.relative_efficiency),
            Item(one.reason or "–"),
        )
        for one in run.allocation
    )
    heads: tuple[tuple[str, Kind], ...] = (
        ("Class", "word"),
        ("Cells", "num"),
        ("Variance between processes", "num"),
        ("Best number of values", "num"),
        ("Efficiency of this plan", "num"),
        ("Why not", "text"),
    )
    return Table(
        id="allocation-table", caption="Is the number of values per process a good one?", heads=heads, rows=rows
    )


def panel(found: Panel, identity: str) -> Table:
    """A panel that is only a table: its names, and its numbers with their intervals."""
    rows = tuple(
        (*(Item(name) for name in point.names), number(point.estimate, reason=True), counted(point.estimate.n))
        for point in found.points
    )
    names: tuple[tuple[str, Kind], ...] = tuple((name.capitalize(), "text") for name in found.heads)
    heads: tuple[tuple[str, Kind], ...] = (*names, ("Number and interval", "num"), ("n", "num"))
    return Table(id=identity, caption=f"{found.title}. {found.subtitle}.", heads=heads, rows=rows)


def asked(runs: Sequence[RunFindings], sections: Collection[str]) -> Table:
    """The questions that people ask, with what the first run answers; what it leaves open, the next that can answers.

    Parameters
    ----------
    sections : ids of the sections that the page has: a question of another one is not a link.
    """
    rows = []
    for one in runs[0].asked:
        found, place = one, ""
        for other in runs[1:] if not one.answered else ():
            answered = [each for each in other.asked if each.id == one.id and each.answered]
            if answered:
                found, place = answered[0], f"Open in this run; answered by run {other.run_id} on {other.machine}."
                break
        rows.append(
            (
                Item(one.question, "text", href=f"#{one.topic}" if one.topic in sections else ""),
                Item(one.weight if found.answered else f"{one.weight}, open", "word"),
                Item(found.answer, "wide", small=place),
            )
        )
    heads: tuple[tuple[str, Kind], ...] = (("Question", "text"), ("Weight", "word"), ("Answer", "wide"))
    return Table(
        id="asked-table",
        caption="Weight: MUST has a number in every whole study, SHOULD where the machine allows, NOTE a sentence",
        heads=heads,
        rows=tuple(rows),
        empty="This run was not held against the questions that people ask.",
    )


def audit(run: RunFindings) -> Table:
    """The self-audit, failures first."""
    order = {"fail": 0, "pass": 1, "not applicable": 2}
    rows = tuple(
        (Item(one.outcome, "word"), Item(one.rule, "wide"), Item(one.evidence), Item(one.source, "text"))
        for one in sorted(run.audit, key=lambda one: order[one.outcome])
    )
    heads: tuple[tuple[str, Kind], ...] = (
        ("Outcome", "word"),
        ("Rule", "wide"),
        ("Evidence", "text"),
        ("Source", "text"),
    )
    failed = [one for one in run.audit if one.outcome == "fail"]
    return Table(
        id="audit-table",
        caption=f"Self-audit: {units.counted(len(run.audit), 'rule')}, {units.count(len(failed))} failed",
        heads=heads,
        rows=rows,
        empty="A simulated run is not audited.",
    )


def behind(figure: Drawn) -> Table:
    """The numbers of a figure."""
    rows = tuple(
        (
            *(Item(name) for name in datum.names),
            Item(datum.text, "num", "" if datum.point is None else repr(datum.point)),
            counted(datum.n),
        )
        for datum in figure.data
    )
    names: tuple[tuple[str, Kind], ...] = tuple((name.capitalize(), "text") for name in figure.heads)
    heads: tuple[tuple[str, Kind], ...] = (*names, ("Number and interval", "num"), ("n", "num"))
    return Table(id=f"{figure.id}-data", caption=figure.title, heads=heads, rows=rows)
