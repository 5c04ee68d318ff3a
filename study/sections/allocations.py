"""Is the fixed plan (values and warm-ups per process) a good one? By class of cell, against the Kalibera-Jones optimum."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.cell import noise_class
from study.evidence.floors import CLASSES
from study.plan import text_of
from study.store import cell_of
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.evidence import Evidence, Run
    from study.table import CellData

LEAST_EFFICIENCY = 0.8
"""Of the optimum: what the plan promises for every class."""
_LEAST_FIXED_S = 0.01
_MOST_VALUES = 50
_MOST_KEPT = 64
"""Runs and interpreters whose costs are kept: two sections ask for them."""
_Key = tuple[str, str]
"""Interpreter and text of a cell."""
WHOLE_EVENTS = ("total", "join")
"""Parts that a cell's class is judged by: one of each event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Of one class of cells; their long events are a class of their own.

    Attributes
    ----------
    cells : how many of them it rests on; a cell counts once for each interpreter.
    between_share : share of the variance that lies between processes.
    optimal_values : the best number of values per process.
    relative_efficiency : of the plan's number, beside the best.
    ends : of its 99 % interval; None where nobody asked, or rounds are too few.
    reason : '' or why there are no numbers.
    """

    noise_class: str
    cells: int
    between_share: float | None = None
    optimal_values: int | None = None
    relative_efficiency: float | None = None
    ends: tuple[float, float] | None = None
    reason: str = ""

    @property
    def is_good(self) -> bool | None:
        """Whether the plan keeps its promise, by its whole interval; None where that reaches to both sides, or is not known."""
        if self.ends is None or self.ends[0] < LEAST_EFFICIENCY <= self.ends[1]:
            return None
        return self.ends[0] >= LEAST_EFFICIENCY

    def between(self) -> str:
        """The ends in words, to follow what they are of."""
        if self.ends is None:
            return ", which is of too few rounds"
        return f", {percent(self.ends[0])} to {percent(self.ends[1])} as far as its rounds tell"


class _Costs(NamedTuple):
    """Seconds of a cell's process: besides its events, and of one value of all its points; whether the cell's event is long."""

    fixed_s: float
    value_s: float
    is_long: bool


class _Plan(NamedTuple):
    """Values of a process, after its warm-ups."""

    values: int
    warmups: int


def allocations(evidence: Evidence, values: int | None = None) -> tuple[Allocation, ...]:
    """Per noise class, how good the plan's values after its warm-ups are, and how good one value of a long event is.

    Parameters
    ----------
    values : of the plan that is asked about; None for that of the run.
    """
    return _of_targets(evidence.run, (evidence.target,), values, with_ends=False)


def pooled_allocations(run: Run, values: int | None = None) -> tuple[Allocation, ...]:
    """The same of all interpreters of a run together, which have one plan, with the ends of each efficiency.

    A class may have five cells of an interpreter, four of them in the same processes: by themselves they decide nothing.
    """
    return _of_targets(run, run.targets, values, with_ends=True)


def _of_targets(run: Run, targets: Sequence[str], values: int | None, *, with_ends: bool) -> tuple[Allocation, ...]:
    costs = {(target, text): cost for target in targets for text, cost in _costs(run, target).items()}
    planned = run.manifest.values if values is None else values
    found: list[Allocation] = []
    for name in CLASSES:
        measured = [
            data
            for key, data in sorted(run.cells.items())
            if key in costs and noise_class(data.cell) == name
            # one part of each event, unlabelled:
            if not data.cell.label and data.cell.part in WHOLE_EVENTS and data.values.shape[0] > 1
        ]
        long = [data for data in measured if costs[data.target, text_of(data.cell)].is_long]
        # those that the plan's number of values is about:
        usual = [data for data in measured if data.values.shape[1] == run.manifest.values and data not in long]
        if usual:
            plan = _Plan(values=planned, warmups=run.manifest.warmups)
            found.append(_allocation(name, usual, usual, costs, plan, with_ends=with_ends))
        else:
            why = "no cell of this class was measured in two rounds"
            found.append(Allocation(noise_class=name, cells=0, reason=why))
        if long and usual:
            # one value cannot tell how much of its variance lies inside a process: the short cells of the class tell
            one = _Plan(values=1, warmups=0)
            found.append(_allocation(f"{name}, long events", long, usual, costs, one, with_ends=with_ends))
        elif long:
            found.append(_least_of(f"{name}, long events", long, costs))
    return tuple(found)


def _least_of(name: str, measured: Sequence[CellData], costs: Mapping[_Key, _Costs]) -> Allocation:
    """The least that one value can be, whatever varies: more values save at most what a process costs besides."""
    fixed_s, value_s = _mean_costs(measured, costs)
    least = value_s / (fixed_s + value_s)
    return Allocation(
        noise_class=name, cells=len(measured), optimal_values=1, relative_efficiency=least, ends=(least, 1.0)
    )


def _allocation(
    name: str,
    measured: Sequence[CellData],
    varied: Sequence[CellData],
    costs: Mapping[_Key, _Costs],
    plan: _Plan,
    *,
    with_ends: bool,
) -> Allocation:
    """What `measured` cost, beside the variances of `varied`."""
    components = stats.pooled_components([data.values for data in varied])
    if components is None:
        return Allocation(noise_class=name, cells=len(measured), reason="no cell of this class has an average above 0")
    fixed_s, value_s = _mean_costs(measured, costs)
    whole = components.within + components.between
    asked = {"warmups": plan.warmups, "most": _MOST_VALUES}
    return Allocation(
        noise_class=name,
        cells=len(measured),
        between_share=components.between / whole if whole and measured is varied else None,
        optimal_values=stats.optimal_values(components, fixed_s, value_s, **asked),
        relative_efficiency=stats.relative_efficiency(components, fixed_s, value_s, values=plan.values, **asked),
        ends=stats.efficiency_ends(
            [data.values for data in varied],
            [data.rounds for data in varied],
            fixed_s,
            value_s,
            values=plan.values,
            **asked,
        )
        if with_ends
        else None,
    )


def _mean_costs(measured: Sequence[CellData], costs: Mapping[_Key, _Costs]) -> tuple[float, float]:
    """Seconds that a process of these cells takes besides its events, and that one value of all its points takes."""
    mine = [costs[data.target, text_of(data.cell)] for data in measured]
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
            point = _point_of(text_of(data.cell))
            each_s = curve.loops[point] * float(data.means.mean())
            value_s += each_s
            events_s += each_s * (1 if point in curve.long else manifest.values + manifest.warmups)
        for text, point in point_of.items():
            is_long = point in curve.long
            costs[text] = _Costs(curve.process_s - events_s, value_s or 1.0, is_long)
    return costs
