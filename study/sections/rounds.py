"""The rounds of the run: the headline cells one round after the other, how their processes scatter, and other sittings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from study import checks, stats
from study.blocks import Columns, Folded, Panel, PanelPoint, Prose
from study.cell import unit_of
from study.evidence.drifts import drifts_of
from study.findings import Estimate
from study.forms import Sitting, Strip
from study.names import cell_name
from study.reports import Record, Section
from study.sections import drifting
from study.sections.claims import verdicts
from study.sections.said import sentences
from study.sections.sittings import sittings_of
from study.sections.ways import way_look
from study.things.looks import SAME
from study.units import count, counted, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.blocks import Block
    from study.evidence import Run, Study
    from study.sections.run_pairs import Measured
    from study.table import CellData

RECORD = Record(order=433, name="Rounds", title="One round after the other", part="How sure")
_MOST = 6
"""Cells that are shown."""
_MOST_SIDE_BY_SIDE = 2
"""Cells of which sittings are set side by side."""
_ALONE = (
    "No other run of this code by the same interpreters on this machine in this state is stored to set beside this one."
)
_NONE = "No statement that stands for a question has times of its own in this run."


def section(study: Study) -> Section:
    """Of the run that the report is about."""
    run = study.subject
    cells = _headline(run)
    if not cells:
        blocks: tuple[Block, ...] = (Prose(text=_NONE, kind="empty"),)
    else:
        blocks = (Columns(left=(_series(cells),), right=(_spread(cells),)),)
        with study.left_out.apart("the sittings of this run side by side"):
            blocks = (*blocks, _beside(run, sittings_of(run, study.sound), cells))
    return Section(
        id="rounds", name=RECORD.name, title=RECORD.title, blocks=blocks, answer=_told(run, cells), paper="none"
    )


def _headline(run: Run) -> list[CellData]:
    """The times that the statements at the head of the questions rest on, each once."""
    found: dict[str, CellData] = {}
    for verdict in verdicts(run):
        for text in verdict.cells if verdict.headline else ():
            data = run.cells.get((verdict.target, text))
            if data is not None and unit_of(data.cell) == "second" and len(data.means) > 1:
                found.setdefault(text, data)
    return list(found.values())[:_MOST]


def _beside(run: Run, sittings: Sequence[Measured], cells: Sequence[CellData]) -> Block:
    """The first headline cells that all sittings have, a row for each sitting; a sentence where there is none beside this."""
    strips = list(_strips(run, sittings, cells)) if len(sittings) > 1 else []
    if not strips:
        return Prose(text=_ALONE, kind="small")
    left, *right = strips[:_MOST_SIDE_BY_SIDE]
    return Folded(
        id="rounds-beside",
        title=f"{counted(len(sittings), 'sitting')} of this code on this machine, side by side",
        blocks=(Columns(left=(left,), right=tuple(right)) if right else left,),
    )


def _strips(run: Run, sittings: Sequence[Measured], cells: Sequence[CellData]) -> Iterator[Strip]:
    names = _names_of(sittings)
    for number, shown in enumerate(cells, 1):
        key = next(key for key, data in run.cells.items() if data is shown)
        rows = [(name, sitting, sitting.cells.get(key)) for name, sitting in zip(names, sittings, strict=True)]
        averages = [float(data.means.mean()) for _, _, data in rows if data is not None and len(data.means) > 1]
        if len(averages) < len(rows):
            continue
        least, most = min(averages), max(averages)
        yield Strip(
            id=f"rounds-beside-{number}",
            title=(
                f"{cell_name(shown.cell)}: averages of {counted(len(rows), 'sitting')} from {seconds(least)} to"
                f" {seconds(most)}, {percent(most / least - 1.0)} apart"
            ),
            caption="A row for each sitting, a dot for each of its rounds; the band is the interval of the run shown.",
            span="half",
            look=SAME,
            sittings=tuple(
                Sitting(
                    name=name,
                    rounds=tuple(float(value) for value in data.means),
                    average=stats.average(data.means, "s"),
                    shown=sitting.name == f"{run.machine}/{run.id}",
                )
                for name, sitting, data in rows
                if data is not None
            ),
            y_label="seconds of each round",
        )


def _names_of(sittings: Sequence[Measured]) -> list[str]:
    """When each began; where two began in one minute, by their runs."""
    begun = [sitting.manifest.started[:16].replace("T", " ") for sitting in sittings]
    return begun if len(set(begun)) == len(begun) else [sitting.name.rpartition("/")[2] for sitting in sittings]


def _told(run: Run, cells: Sequence[CellData]) -> str:
    """How far single processes stray, and whether the run drifted."""
    if not cells:
        return ""
    widest = max(float(np.abs(_apart(data)).max()) for data in cells)
    found = drifts_of(run).trends
    trend = "" if found is None else checks.trends(found).message
    stray = f"single processes stray up to {percent(widest)} from the average of their cell"
    rounds = f"{counted(run.rounds, 'round')}, {count(run.disturbed_rounds)} disturbed by other programs; {stray}"
    return sentences((rounds, trend, drifting.together(run)))


def _apart(data: CellData) -> np.ndarray:
    """How far each process lies from the average, of it."""
    return np.asarray(data.means / data.means.mean() - 1.0)


def _series(cells: Sequence[CellData]) -> Panel:
    """A line for each cell, a point for each round."""
    points = tuple(
        PanelPoint(
            names=(cell_name(data.cell), count(number)),
            look=way_look(data),
            estimate=_single(float(value)),
            series=cell_name(data.cell),
            x=float(number),
        )
        for data in cells
        for number, value in enumerate(_apart(data), 1)
    )
    return Panel(
        id="rounds-series",
        title="Rounds in the order in which they were measured",
        side_by_side="nothing",
        subtitle="Each process against the average of its cell; a line that climbs or falls would be drift",
        kind="curves",
        heads=("cell", "round"),
        points=points,
        x_label="round",
        x_unit="count",
        y_label="against the average",
        span="half",
    )


def _single(value: float) -> Estimate:
    return Estimate(point=value, low=None, high=None, n=1, unit="share", estimand="average", method="one process")


def _spread(cells: Sequence[CellData]) -> Strip:
    """A row for each cell, a dot for each process."""
    return Strip(
        id="rounds-spread",
        title="How processes of one cell scatter",
        caption="A dot for each fresh process, over the average of its cell; the bar is that average.",
        span="half",
        look=SAME,
        sittings=tuple(
            Sitting(
                name=cell_name(data.cell),
                rounds=tuple(float(value) + 1.0 for value in _apart(data)),
                average=_whole(data),
            )
            for data in cells
        ),
        y_label="times the average",
    )


def _whole(data: CellData) -> Estimate:
    """The average over itself, with its interval."""
    found = stats.average(data.means, "s")
    mean = float(data.means.mean())
    ends = (None if end is None else end / mean for end in (found.low, found.high))
    low, high = ends
    return Estimate(
        point=1.0, low=low, high=high, n=found.n, unit="ratio", estimand=found.estimand, method=found.method
    )
