"""Is the fixed plan (values and warm-ups per process) a good one? By class of cell, against the Kalibera-Jones optimum."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.cell import noise_class
from study.evidence.floors import CLASSES
from study.store import cell_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.evidence import Evidence, Run
    from study.table import CellData

_LEAST_FIXED_S = 0.01
_MOST_VALUES = 50
_MOST_KEPT = 64
"""Runs and interpreters whose costs are kept: two sections ask for them."""
WHOLE_EVENTS = ("total", "join")
"""Parts that a cell's class is judged by: one of each event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Of one class of cells; their long events are a class of their own.

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


class _Costs(NamedTuple):
    """Seconds of a cell's process: besides its events, and of one value of all its points; whether the cell's event is long."""

    fixed_s: float
    value_s: float
    is_long: bool


def allocations(evidence: Evidence, values: int | None = None) -> tuple[Allocation, ...]:
    """Per noise class, how good the plan's values after its warm-ups are, and how good one value of a long event is.

    Parameters
    ----------
    values : of the plan that is asked about; None for that of the run.
    """
    costs = _costs(evidence.run, evidence.target)
    found: list[Allocation] = []
    for name in CLASSES:
        measured = [
            data
            for (target, text), data in sorted(evidence.run.cells.items())
            if target == evidence.target and noise_class(data.cell) == name
            # one part of each event, unlabelled:
            if not data.cell.label and data.cell.part in WHOLE_EVENTS and data.values.shape[0] > 1 and text in costs
        ]
        long = [data for data in measured if costs[data.cell.text].is_long]
        # those that the plan's number of values is about:
        usual = [data for data in measured if data.values.shape[1] == evidence.run.manifest.values and data not in long]
        components = stats.pooled_components([data.values for data in usual]) if usual else None
        planned = evidence.run.manifest.values if values is None else values
        found.append(_allocation(name, usual, components, costs, values=planned, warmups=evidence.run.manifest.warmups))
        if long:
            found.append(_of_long_events(name, long, components, costs))
    return tuple(found)


def _of_long_events(
    name: str,
    measured: Sequence[CellData],
    components: stats.VarianceComponents | None,
    costs: Mapping[str, _Costs],
) -> Allocation:
    """One value cannot tell how much of its variance lies inside a process: the short cells of the class tell.

    Where there are none, the least that one value can be is said: more values save at most what a process costs besides.
    """
    fixed_s, value_s = _mean_costs(measured, costs)
    called = f"{name}, long events"
    if components is None:
        least = value_s / (fixed_s + value_s)
        return Allocation(noise_class=called, cells=len(measured), optimal_values=1, relative_efficiency=least)
    plan: dict[str, int] = {"warmups": 0, "most": _MOST_VALUES}
    return Allocation(
        noise_class=called,
        cells=len(measured),
        optimal_values=stats.optimal_values(components, fixed_s, value_s, **plan),
        relative_efficiency=stats.relative_efficiency(components, fixed_s, value_s, values=1, **plan),
    )


def _allocation(
    name: str,
    measured: Sequence[CellData],
    components: stats.VarianceComponents | None,
    costs: Mapping[str, _Costs],
    *,
    values: int,
    warmups: int,
) -> Allocation:
    if components is None:
        why = "no cell of this class was measured in two rounds"
        return Allocation(noise_class=name, cells=len(measured), reason=why)
    fixed_s, value_s = _mean_costs(measured, costs)
    plan: dict[str, int] = {"warmups": warmups, "most": _MOST_VALUES}
    whole = components.within + components.between
    return Allocation(
        noise_class=name,
        cells=len(measured),
        between_share=components.between / whole if whole else None,
        optimal_values=stats.optimal_values(components, fixed_s, value_s, **plan),
        relative_efficiency=stats.relative_efficiency(components, fixed_s, value_s, values=values, **plan),
    )


def _mean_costs(measured: Sequence[CellData], costs: Mapping[str, _Costs]) -> tuple[float, float]:
    """Seconds that a process of these cells takes besides its events, and that one value of all its points takes."""
    mine = [costs[data.cell.text] for data in measured]
    fixed_s = float(np.mean([cost.fixed_s for cost in mine]))
    return max(fixed_s, _LEAST_FIXED_S), float(np.mean([cost.value_s for cost in mine]))


@functools.lru_cache(maxsize=2**14)
def _point_of(text: str) -> str:
    """The event that a cell is a part of; interpreters and stored runs have the same few hundred."""
    return cell_of(text).point.text


@functools.lru_cache(maxsize=_MOST_KEPT)
def _costs(run: Run, target: str) -> Mapping[str, _Costs]:
    """What the process of each cell takes, by the cell's text."""
    evidence, manifest = run.of(target), run.manifest
    costs: dict[str, _Costs] = {}
    for curve in (curve for curve in manifest.curves if curve.target == target):
        point_of = {text: _point_of(text) for text in curve.cells}
        points = [evidence.get(cell_of(text)) for text in curve.cells]
        whole = [
            data for data in points if data is not None and data.cell.part in {*WHOLE_EVENTS, "second_map", "warm_map"}
        ]
        value_s, events_s = 0.0, 0.0
        for data in whole:
            point = _point_of(data.cell.text)
            each_s = curve.loops[point] * float(data.means.mean())
            value_s += each_s
            events_s += each_s * (1 if point in curve.long else manifest.values + manifest.warmups)
        for text, point in point_of.items():
            is_long = point in curve.long
            costs[text] = _Costs(curve.process_s - events_s, value_s or 1.0, is_long)
    return costs
