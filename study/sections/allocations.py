"""Is the fixed plan (values and warm-ups per process) a good one? By class of cell, against the Kalibera-Jones optimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import Cell, noise_class
from study.evidence.floors import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.evidence import Evidence

_LEAST_FIXED_S = 0.01
_MOST_VALUES = 50
WHOLE_EVENTS = ("total", "join")
"""Parts that a cell's class is judged by: one of each event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Of one class of cells.

    Attributes
    ----------
    cells : how many of them it rests on.
    between_share : share of the variance that lies between processes.
    optimal_values : the best number of values per process.
    relative_efficiency : of the plan's number, beside the best.
    reason : '' or why there are no numbers.
    """

    noise_class: str
    cells: int
    between_share: float | None = None
    optimal_values: int | None = None
    relative_efficiency: float | None = None
    reason: str = ""


def allocations(evidence: Evidence) -> tuple[Allocation, ...]:
    """Per noise class, how good the plan's values after its warm-ups are."""
    costs = _costs(evidence)
    return tuple(_allocation(evidence, name, costs) for name in CLASSES)


def _allocation(evidence: Evidence, name: str, costs: Mapping[str, tuple[float, float]]) -> Allocation:
    manifest = evidence.run.manifest
    measured = [
        data
        for (target, text), data in sorted(evidence.run.cells.items())
        if target == evidence.target and noise_class(data.cell) == name
        # one part of each event, unlabelled:
        if not data.cell.label and data.cell.part in WHOLE_EVENTS
        # those that the plan's number of values is about:
        if data.values.shape[0] > 1 and data.values.shape[1] == manifest.values and text in costs
    ]
    components = stats.pooled_components([data.values for data in measured]) if measured else None
    if components is None:
        why = "no cell of this class was measured in two rounds"
        return Allocation(noise_class=name, cells=len(measured), reason=why)
    process_s, value_s = (float(np.mean([costs[data.cell.text][index] for data in measured])) for index in (0, 1))
    fixed_s = max(process_s - (manifest.values + manifest.warmups) * value_s, _LEAST_FIXED_S)
    plan: dict[str, int] = {"warmups": manifest.warmups, "most": _MOST_VALUES}
    whole = components.within + components.between
    return Allocation(
        noise_class=name,
        cells=len(measured),
        between_share=components.between / whole if whole else None,
        optimal_values=stats.optimal_values(components, fixed_s, value_s, **plan),
        relative_efficiency=stats.relative_efficiency(components, fixed_s, value_s, values=manifest.values, **plan),
    )


def _costs(evidence: Evidence) -> dict[str, tuple[float, float]]:
    """Cell -> seconds that one process of its curve takes, and that one value of all its points takes."""
    costs: dict[str, tuple[float, float]] = {}
    for curve in (curve for curve in evidence.run.manifest.curves if curve.target == evidence.target):
        points = [evidence.get(Cell.parse(text)) for text in curve.cells]
        whole = [data for data in points if data is not None and data.cell.part in {*WHOLE_EVENTS, "warm_map"}]
        value_s = sum(curve.loops[data.cell.point.text] * float(data.means.mean()) for data in whole)
        costs |= dict.fromkeys(curve.cells, (curve.process_s, value_s or 1.0))
    return costs
