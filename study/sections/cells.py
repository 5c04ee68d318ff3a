"""Every cell of every run that the report shows, with everything that is known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import DataFile, Item, Prose, Record, Section, Table
from study.sections.tables import of_run
from study.units import count, counted

if TYPE_CHECKING:
    from study.blocks import Block, Column
    from study.evidence import Run, Study, Summary
    from study.findings import Estimate

RECORD = Record(order=510, name="Every cell", title="Every cell")
_ELSEWHERE = "The cells of the other runs are on the page and in the file `data/cells.csv` beside it."


def section(study: Study) -> Section:
    """A table for each run."""
    subject, *others = study.runs
    blocks: list[Block] = [_tried(subject, 0)]
    blocks += [replace(_tried(run, number), only="screen") for number, run in enumerate(others, 1)]
    if others:
        blocks.append(Prose(text=_ELSEWHERE, only="paper"))
    return Section(
        id="cells",
        name=RECORD.name,
        title=RECORD.title,
        blocks=tuple(blocks),
        files=(
            DataFile(
                name="cells.csv",
                about="every cell of every run",
                rows=tuple(_row(run, summary) for run in study.runs for summary in run.summaries),
            ),
            DataFile(
                name="process-means.csv",
                about="the mean of every process of every cell",
                rows=tuple(
                    {**_of(run, summary), "process": index, "mean_s": mean}
                    for run in study.runs
                    for summary in run.summaries
                    for index, mean in enumerate(summary.process_means)
                ),
            ),
        ),
        wide=True,
    )


def _of(run: Run, summary: Summary) -> dict[str, str | bool]:
    """The columns that say which cell of which run a row is of."""
    return {**of_run(run), "target": summary.target, "cell": summary.cell.text}


def _row(run: Run, summary: Summary) -> dict[str, str | float | bool | Estimate | None]:
    return {
        **_of(run, summary),
        "name": summary.name,
        "experiments": " ".join(summary.experiments),
        "tier": summary.tier,
        "state": summary.state,
        "reason": summary.reason,
        "loops": summary.loops,
        "processes": len(summary.process_means),
        "average": summary.average,
        "typical": summary.typical,
        "smallest_effect": summary.smallest_effect,
        "icc": summary.icc,
        "outcomes": " ".join(f"{name}={times}" for name, times in summary.outcomes.items()),
    }


def _tried(run: Run, number: int) -> Table:
    """Every cell that was tried; a column is there only where it tells rows apart.

    What was left out or skipped stands in the table of what was not measured, and cell by cell in the file.
    """
    tried = [summary for summary in run.summaries if summary.state not in {"left out", "skipped"}]
    several = {
        "Target": len({summary.target for summary in tried}) > 1,
        "State": len({summary.state for summary in tried}) > 1,
    }
    columns: tuple[tuple[str, Column, list[Item]], ...] = (
        (
            "Cell",
            "wide",
            [Item(value=cell.name, small=_small_print(cell), sort=cell.cell.text) for cell in tried],
        ),
        ("Target", "word", [Item(value=cell.target) for cell in tried]),
        ("State", "word", [Item(value=cell.state) for cell in tried]),
        ("Tier", "word", [Item(value=cell.tier) for cell in tried]),
        ("Loops", "num", [Item(value=cell.loops) for cell in tried]),
        ("Processes", "num", [Item(value=len(cell.process_means)) for cell in tried]),
        ("Average", "num", [Item(value=cell.average) if cell.done else Item() for cell in tried]),
        ("Typical", "num", [Item(value=cell.typical) if cell.done else Item() for cell in tried]),
        ("Smallest effect", "num", [Item(share=cell.smallest_effect) for cell in tried]),
        ("Between processes", "num", [Item(share=cell.icc) for cell in tried]),
    )
    shown = [column for column in columns if several.get(column[0], True)]
    return Table(
        id=f"every-cell-{number}",
        caption=(
            f"Every cell of run {run.id} on {run.machine} that was tried: {count(len(tried))} of"
            f" {count(len(run.summaries))}"
        ),
        heads=tuple((head, kind) for head, kind, _ in shown),
        rows=tuple(zip(*(items for _, _, items in shown), strict=True)),
        filterable=True,
    )


def _small_print(summary: Summary) -> str:
    """The cell's canonical text and what was counted; of the many orders of lines only how many there were."""
    orders = [name for name in summary.outcomes if name.startswith("order_")]
    counts = [f"{name} {count(times)}" for name, times in summary.outcomes.items() if name not in orders]
    if orders:
        counts.append(f"{counted(len(orders), 'order')} of lines")
    return " · ".join((summary.cell.text, *counts))
