"""The same cells on different machines, by the same interpreter and the same bench: runs that share no rounds."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from study import stats
from study.cell import unit_of
from study.evidence.hardware import hardware_of, unused_id
from study.findings import Panel, PanelPoint
from study.identity import differences, interpreter, state
from study.names import cell_name
from study.table import cells_of
from study.units import count, percent, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from study.cell import Cell
    from study.evidence.hardware import Hardware
    from study.findings import Unit
    from study.identity import Interpreter, Traits
    from study.store import RunFolder
    from study.table import CellData

_VERSIONS = ("compiler", "numpy_version", "pyperf_version")
"""Facts of an interpreter that must be equal as well; what else is installed beside it does not matter."""
_UNKNOWN = stats.run_component([], [])
_HOW = (
    "The number is a ratio of geometric means over processes. The runs share no rounds, so its interval also holds what a"
    f" machine moves from run to run of the same code, taken to be {percent(_UNKNOWN.tau)} on either side. That is assumed"
    " and not measured on these machines: the intervals describe these two runs and decide nothing. A plain loop is given"
    " per task."
)
_MORE_CPUS = "Cells that depend on the number of CPUs have no equal on the other machine."


@dataclass(frozen=True, slots=True)
class Known:
    """One cell on one machine: `cell` without its number of tasks where it is a plain loop, and its process means."""

    cell: Cell
    means: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """One machine in a comparison: its hardware and state, the interpreter, and its cells by their text."""

    hardware: Hardware
    state: Traits
    interpreter: Interpreter
    cells: dict[str, Known]


def machine_panels(folders: Iterable[RunFolder]) -> tuple[Panel, ...]:
    """A table for each pair of machines that measured equal headline cells with the same bench, interpreter and libraries.

    Runs on the same hardware are of one machine, whatever names it went by. A debug build is never set beside a release,
    nor an interpreter with the JIT on, or with other variables, beside one without.

    Parameters
    ----------
    folders : the runs that the report shows, in its order: of two runs of one machine the first gives a cell its times.
    """
    shown = list(folders)
    sides: dict[tuple[str, str, tuple[object, ...]], dict[Hardware, Side]] = {}
    for folder, hardware in zip(shown, hardware_of(shown), strict=True):
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
            build = interpreter(facts[target])
            machines = sides.setdefault((target, bench, (*map(str, versions), *build.kind)), {})
            side = machines.setdefault(hardware, Side(hardware, state(folder.manifest.machine), build, {}))
            if side.interpreter == build:  # another build of the same kind would mix two in one column
                side.cells.setdefault(known.cell.text, known)
    found: list[Panel] = []
    for (target, bench, _), machines in sides.items():
        for first, second in itertools.combinations(machines.values(), 2):
            for panel in _pair(target, bench, first, second):
                found.append(replace(panel, id=unused_id(panel.id, (one.id for one in found))))
    return tuple(found)


def _per_task(data: CellData) -> Known:
    """A plain loop counts per task: how many tasks it has depends on the CPUs."""
    if data.cell.pattern != "map" or data.cell.backend != "call":
        return Known(data.cell, data.means)
    return Known(replace(data.cell, tasks=1), data.means / data.cell.tasks)


def _pair(target: str, bench: str, first: Side, second: Side) -> list[Panel]:
    base, other = first.hardware.where, second.hardware.where
    points = []
    for text, one in first.cells.items():
        if text not in second.cells:
            continue
        means = second.cells[text].means
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
            id=f"machines-{bench[:6]}-{target}-{first.hardware.id}-{second.hardware.id}",
            topic="machines",
            target=target,
            kind="table",
            side_by_side="nothing",
            title=(
                f"{target} on {second.hardware.described} beside {first.hardware.described}: of {count(len(points))} equal cells"
                f" {count(less)} have their whole interval below 1 and {count(more)} above"
            ),
            subtitle=f"Time (or memory) on {other} over that on {base}; 1 is equal",
            heads=("what", f"on {base}", f"on {other}"),
            points=tuple(points),
            notes=_notes(first, second),
        )
    ]


def _notes(first: Side, second: Side) -> tuple[str, ...]:
    """How the numbers were made, and what else than the machine's speed differs between the two sides."""
    hardware = differences(second.hardware.traits, first.hardware.traits)
    cpus = {side.hardware.traits.get("logical_cpus") for side in (first, second)}
    named = (
        ("Not the same hardware", hardware),
        ("Set differently", differences(second.state, first.state)),
        ("The interpreters were built differently", second.interpreter.beside(first.interpreter)),
    )
    found = [
        f"{what}: {'; '.join(apart)} (of the first named in the title / of the second)."
        for what, apart in named
        if apart
    ]
    if not hardware:
        found.insert(0, "Too little is known of the hardware to tell whether the two are of one kind.")
    return (*found, _HOW, *([_MORE_CPUS] if len(cpus) > 1 else []))
