"""Every cell of every run that the report shows, with everything that is known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study import stats
from study.blocks import Item, Marked, Prose, Table
from study.plan import text_of
from study.reports import DataFile, Record, Section
from study.screens import Sheet
from study.sections import drifting
from study.sections.files import columns, of_run
from study.sections.sittings import not_known, of_machine
from study.units import count, counted, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Block, Column
    from study.evidence import Run, Study, Summary
    from study.evidence.code import Key
    from study.findings import Estimate
    from study.sections.files import Row

_NEXT = "Next sitting"
RECORD = Record(order=510, name="Every cell", title="Every cell", part="How sure")
_FILE = "cells.html"
_HEADS: tuple[tuple[str, Column], ...] = (
    ("Machine", "word"),
    ("Run", "word"),
    ("Cell", "wide"),
    ("Target", "word"),
    ("State", "word"),
    ("Tier", "word"),
    ("Loops", "num"),
    ("Processes", "num"),
    ("Average", "num"),
    ("Typical", "num"),
    (_NEXT, "num"),
    ("Smallest effect of one test", "num"),
    ("Between processes", "num"),
)
"""Of the page with all cells: every column is there, since its rows are of all runs."""
_NAMES = [head for head, _ in _HEADS].index("Cell")
_NEXT_FROM_END = [head for head, _ in _HEADS].index(_NEXT) - len(_HEADS)


def section(study: Study) -> Section:
    """All cells of all runs on a page of their own, those of the first run on paper, and files of all of them."""
    others = study.runs[1:]
    machines = [_of_machine(study, run) for run in study.runs]
    known_of = list(zip(study.runs, machines, strict=True))
    tried = [[_row(cell, _next(cell, known)) for cell in _those_tried(run)] for run, known in known_of]
    paper = replace(_tried(study.subject, 0, machines[0], tried[0]), only="paper")
    every = [(_of(run, summary), summary, known) for run, known in known_of for summary in run.summaries]
    means = (
        {**of, "round": index, "mean_s": mean}
        for of, summary, _ in every
        for index, mean in zip(summary.rounds, summary.process_means, strict=True)
    )
    cells = DataFile(
        name="cells.csv",
        about="every cell of every run",
        travels=True,
        packed=True,
        rows=tuple({**of, **_known(summary), "next_sitting": _next(summary, known)} for of, summary, known in every),
    )
    processes = DataFile(
        name="process-means.csv",
        about="the mean of every process of every cell",
        rows=tuple(means),
        travels=True,
        packed=True,
    )
    blocks: list[Block] = [_sheet(known_of, tried, cells.path), paper]
    if others:
        elsewhere = f"The cells of the other runs are in the file `{cells.path}`, and on the page `{_FILE}` beside it."
        blocks.append(Prose(text=Marked(elsewhere), only="paper"))
    return Section(
        id="cells",
        name=RECORD.name,
        title=RECORD.title,
        blocks=tuple(blocks),
        files=(cells, processes),
        wide=True,
        paper="appendix",
    )


def _sheet(
    known_of: Sequence[tuple[Run, Mapping[Key, Estimate]]], tried_of: Sequence[Sequence[tuple[Item, ...]]], csv: str
) -> Sheet:
    """Every cell of every run that was tried, one below the other; `tried_of` has the rows of each run, `csv` all of them."""
    rows = tuple(
        (Item(value=run.machine), Item(value=run.id), *row)
        for (run, _), those in zip(known_of, tried_of, strict=True)
        for row in those
    )
    reached = any(row[_NEXT_FROM_END].value is not None for row in rows)
    notes = () if reached or not known_of else (_unknown(known_of[0][1]),)
    table = Table(
        id="", caption="", label=RECORD.title, heads=_HEADS, rows=rows, filterable=True, notes=notes, names=_NAMES
    )
    tried = [cell for run, _ in known_of for cell in _those_tried(run)]
    failed = sum(not cell.done for cell in tried)
    beside = f", and {counted(failed, 'cell')} that {'has' if failed == 1 else 'have'} no number" if failed else ""
    about = (
        f"{counted(len(tried) - failed, 'cell')} of {counted(len(known_of), 'run')} that"
        f" {'was' if len(tried) - failed == 1 else 'were'} measured{beside}, with one filter over all of them."
    )
    return Sheet(file=_FILE, title=RECORD.title, about=about, table=table, csv=csv)


def _those_tried(run: Run) -> list[Summary]:
    """What was left out or skipped stands in the table of what was not measured, and cell by cell in the file."""
    return [summary for summary in run.summaries if summary.state not in {"left out", "skipped"}]


def _of_machine(study: Study, run: Run) -> Mapping[Key, Estimate]:
    """Where the next sitting finds its cells; a stored run that spoils it costs these columns alone."""
    return study.left_out.instead("the next sitting of every cell", lambda: of_machine(run, study.sound), lambda _: {})


def _next(summary: Summary, known: Mapping[Key, Estimate]) -> Estimate:
    """Where the next sitting finds the cell; of one that too few equal sittings hold, that it is not known."""
    return known.get((summary.target, text_of(summary.cell))) or not_known(summary.cell)


def _unknown(known: Mapping[Key, Estimate]) -> str:
    """Why no cell says where the next sitting finds it, in a sentence."""
    why = next((estimate.reason for estimate in known.values() if estimate.reason), stats.NOT_KNOWN)
    return f"{why[:1].upper()}{why[1:]}."


def _of(run: Run, summary: Summary) -> Row:
    """The columns that say which cell of which run a row is of."""
    return {**of_run(run), "target": summary.target, "cell": text_of(summary.cell)}


def _known(summary: Summary) -> Row:
    return {
        "name": summary.name,
        "experiments": " ".join(summary.experiments),
        **columns(summary, "tier state reason loops"),
        "processes": len(summary.process_means),
        **columns(summary, "average typical smallest_effect icc"),
        "outcomes": " ".join(f"{name}={times}" for name, times in summary.outcomes.items()),
    }


def _tried(run: Run, number: int, known: Mapping[Key, Estimate], tried: Sequence[tuple[Item, ...]]) -> Table:
    """Every cell that was tried; a column is there only where it tells rows apart."""
    heads: dict[str, Column] = {
        "Cell": "wide",
        "Target": "word",
        "State": "word",
        "Tier": "word",
        "Loops": "num",
        "Processes": "num",
        "Average": "num",
        "Typical": "num",
        _NEXT: "num",
        "Smallest effect of one test": "num",
        "Between processes": "num",
    }
    rows = [dict(zip(heads, row, strict=True)) for row in tried]
    for head in ("Target", "State"):
        if len({row[head].value for row in rows}) < 2:
            del heads[head]
    unknown = "" if any(row[_NEXT].value for row in rows) else _unknown(known)
    if unknown:
        del heads[_NEXT]
    return Table(
        id=f"every-cell-{number}",
        caption=(
            f"Every cell of run {run.id} on {run.machine} that was tried: {count(len(tried))} of"
            f" {count(len(run.summaries))}"
        ),
        heads=tuple(heads.items()),
        rows=tuple(tuple(row[head] for head in heads) for row in rows),
        filterable=True,
        notes=(unknown,) if unknown else (),
    )


def _row(cell: Summary, following: Estimate) -> tuple[Item, ...]:
    return (
        Item(value=cell.name, small=_small_print(cell), sort=text_of(cell.cell)),
        *(Item(value=word) for word in (cell.target, cell.state, cell.tier)),
        *(Item(value=number) for number in (cell.loops, len(cell.process_means))),
        *(
            Item(value=_moving(estimate, following.moves) if cell.done else None)
            for estimate in (cell.average, cell.typical)
        ),
        Item(value=None if following.point is None else following),
        *(Item(share=share) for share in (cell.smallest_effect, cell.icc)),
    )


def _moving(estimate: Estimate, moves: float | None) -> Estimate:
    """The estimate with how much sittings move it."""
    return estimate if estimate.moves == moves else replace(estimate, moves=moves)


def _small_print(summary: Summary) -> str:
    """The cell's text, what was counted (of the many orders of lines how many there were), and few processes that are far."""
    orders = [name for name in summary.outcomes if name.startswith("order_")]
    counts = [f"{name} {count(times)}" for name, times in summary.outcomes.items() if name not in orders]
    if orders:
        counts.append(f"{counted(len(orders), 'order')} of lines")
    if (far := stats.far_processes(summary.process_means)) is not None:
        whole = counted(len(summary.process_means), "process", "processes")
        counts.append(f"{count(far.processes)} of {whole} at {ratio(far.times)} the others decide the average")
    if moves := drifting.mark(summary.process_means):
        counts.append(moves)
    return " · ".join((text_of(summary.cell), *counts))
