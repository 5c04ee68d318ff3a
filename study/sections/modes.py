"""Modes of what was measured, with their shares: where an average would stand between two humps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import stats
from study.sections.build import point, processes, rows
from study.stats.modes import FEWEST_VALUES
from study.units import count, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.blocks import Panel
    from study.evidence import CellData, Evidence
    from study.findings import SideBySide

_HOW = "Modes of the processes' means on the log scale; two are told apart only where the density falls between them."


def modes_of(
    evidence: Evidence,
    identity: str,
    cells: Sequence[CellData],
    name: Callable[[CellData], str],
    *,
    side_by_side: SideBySide,
) -> tuple[Panel, ...]:
    """Share of the processes in each mode of each cell."""
    points = []
    split = []
    enough = [data for data in cells if len(data.rounds) >= FEWEST_VALUES]
    for data in enough:
        modes = stats.modes(data.means)
        points += [point(data, name(data), f"around {seconds(mode.median)}", estimate=mode.share) for mode in modes]
        if len(modes) > 1:
            split.append(f"{name(data)}: {' and '.join(seconds(mode.median) for mode in modes)}")
    title = (
        f"{count(len(split))} of {count(len(enough))} cells {'shows' if len(split) == 1 else 'show'} more than one mode"
    )
    return rows(
        evidence,
        identity,
        points,
        about="Modes of the times",
        side_by_side=side_by_side,
        finding=": ".join(filter(None, (title, "; ".join(split[:2])))),
        subtitle=f"Share of the processes in each mode, exact intervals, {processes(enough)}",
        heads=("cell", "mode"),
        y_label="share of the processes",
        notes=(_HOW,),
        null=not split,
    )
