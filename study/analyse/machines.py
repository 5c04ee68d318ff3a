"""The same cells on different machines, by the same interpreter and the same bench: runs that share no rounds."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.analyse.names import cell_name
from study.cell import unit_of
from study.findings import Panel, PanelPoint
from study.table import cells_of
from study.units import count, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from study.cell import Cell
    from study.findings import Unit
    from study.store import RunFolder
    from study.table import CellData

_VERSIONS = ("compiler", "numpy_version", "pyperf_version")
"""Facts of an interpreter that must be equal as well; what else is installed beside it does not matter."""
_UNKNOWN = stats.run_component([], [])
_HOW = (
    "The number is a ratio of geometric means over processes. The runs share no rounds, so its interval also holds what a"
    f" machine moves from run to run of the same code, taken to be {percent(_UNKNOWN.tau)} on either side. That is assumed"
    " and not measured on these machines: the intervals describe these two runs and decide nothing. A plain loop is given"
    " per task. Cells that depend on the number of CPUs have no equal on the other machine."
)


@dataclass(frozen=True, slots=True)
class Known:
    """One cell on one machine: `cell` without its number of tasks where it is a plain loop, and its process means."""

    cell: Cell
    means: NDArray[np.float64]


def machine_panels(folders: Iterable[RunFolder]) -> tuple[Panel, ...]:
    """A table for each pair of machines that measured equal headline cells with the same bench, interpreter and libraries.

    Parameters
    ----------
    folders : the runs that the report shows, in its order: of two runs of one machine the first gives a cell its times.
    """
    sides: dict[tuple[str, ...], dict[str, dict[str, Known]]] = {}
    for folder in folders:
        if folder.manifest.simulated:
            continue
        bench = folder.manifest.digests.get("bench", "")
        facts = {target.name: target.facts for target in folder.manifest.targets}
        headline = {record.cell for record in folder.manifest.cells if record.tier == "headline"}
        for (target, text), data in cells_of(folder.load()).items():
            if (
                text not in headline
                or data.cell.label
                or data.means.size < stats.MIN_FOR_T
                or not bool(np.all(data.means > 0))
            ):
                continue
            known = _per_task(data)
            versions = [facts[target].get(name) for name in _VERSIONS]
            if None in versions:
                continue
            key = (target, bench, *map(str, versions))
            sides.setdefault(key, {}).setdefault(folder.machine, {}).setdefault(known.cell.text, known)
    return tuple(
        panel
        for (target, bench, *_), machines in sides.items()
        for (first, one), (second, other) in itertools.combinations(machines.items(), 2)
        for panel in _pair(target, bench, (first, one), (second, other))
    )


def _per_task(data: CellData) -> Known:
    """A plain loop counts per task: how many tasks it has depends on the CPUs."""
    if data.cell.pattern != "map" or data.cell.backend != "call":
        return Known(data.cell, data.means)
    return Known(replace(data.cell, tasks=1), data.means / data.cell.tasks)


def _pair(
    target: str, bench: str, first: tuple[str, Mapping[str, Known]], second: tuple[str, Mapping[str, Known]]
) -> list[Panel]:
    (base, below), (other, above) = first, second
    points = []
    for text, one in below.items():
        if text not in above:
            continue
        means = above[text].means
        unit: Unit = "byte" if unit_of(one.cell) == "byte" else "s"
        points.append(
            PanelPoint(
                names=(
                    cell_name(one.cell),
                    with_interval(stats.average(one.means, unit)),
                    with_interval(stats.average(means, unit)),
                ),
                series=other,
                thing="same",
                estimate=stats.between(means, one.means, _UNKNOWN, _UNKNOWN).ratio,
            )
        )
    if not points:
        return []
    more = sum(point.estimate.low is not None and point.estimate.low > 1.0 for point in points)
    less = sum(point.estimate.high is not None and point.estimate.high < 1.0 for point in points)
    return [
        Panel(
            id=f"machines-{bench[:6]}-{target}-{base}-{other}",
            topic="machines",
            target=target,
            kind="table",
            side_by_side="nothing",
            title=(
                f"{target} on {other} beside {base}: of {count(len(points))} equal cells {count(less)} have their whole"
                f" interval below 1 and {count(more)} above"
            ),
            subtitle=f"Time (or memory) on {other} over that on {base}; 1 is equal",
            heads=("what", f"on {base}", f"on {other}"),
            points=tuple(points),
            notes=(_HOW,),
        )
    ]
