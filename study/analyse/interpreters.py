"""Interpreters that were measured in the same rounds of one run, cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study import gate, stats
from study.findings import Panel, PanelPoint
from study.identity import interpreter
from study.names import cell_name
from study.table import cells_of, paired
from study.units import count, counted, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from study.store import RunFolder
    from study.table import CellData

ALSO = frozenset({"sharing-objects", "q1-scaling", "q2-code"})
"""Experiments shown beside the headline ones: what threads gain without the GIL."""
_FREE_THREADED = re.compile(r"(?P<version>cpython-[0-9][0-9a-z.]*)t(?P<marks>(?:-[a-z]+)*)(?P<number>-[0-9]+)?")
"""The name of a build without the GIL: 'cpython-3.13.5t', 'cpython-3.13.5t-debug', 'cpython-3.13.5t-2'."""
_HOW = (
    "Each ratio is of averages, paired by round: both interpreters ran in every round, in random order. A build without the"
    " GIL stands beside its twin with it where the run has both; every other one beside the first of the run. Longer or less"
    " is called where average and typical agree, by Holm over the table."
)


def interpreter_panels(folders: Iterable[RunFolder]) -> tuple[Panel, ...]:
    """A table for each pair of interpreters in each run that has several."""
    found: list[Panel] = []
    for folder in folders:
        names = [target.name for target in folder.manifest.targets]
        if len(names) < 2:
            continue
        cells = cells_of(folder.load())
        cpus = folder.manifest.usable_cpus
        taken = gate.foreign_cpus(one.foreign_cpus for one in folder.manifest.rounds if not one.replaced)
        load = gate.load(taken) if gate.left_open("costs", cpus, taken) else ""
        wanted = [
            record.cell
            for record in folder.manifest.cells
            if record.target == names[0] and (record.tier == "headline" or ALSO & set(record.asked_by))
        ]
        for name in names:
            base = base_of(name, names)
            if base is not None:
                found += _pair(folder, cells, wanted, name, base, load)
    return tuple(found)


def base_of(name: str, names: Sequence[str]) -> str | None:
    """What an interpreter is held against: its twin with the GIL, else the run's first; None for that one itself."""
    parts = _FREE_THREADED.fullmatch(name)
    if parts is not None:
        twin = parts["version"] + parts["marks"]  # a debug build's twin is a debug build
        for name_of_twin in (twin + (parts["number"] or ""), twin):
            if name_of_twin in names:
                return name_of_twin
    return None if name == names[0] else names[0]


def _pair(
    folder: RunFolder, cells: Mapping[tuple[str, str], CellData], wanted: Sequence[str], name: str, base: str, load: str
) -> list[Panel]:
    """The table of two interpreters; where others took the CPUs (`load`), cells that ran side by side are not called."""
    points: list[PanelPoint] = []
    called: list[PanelPoint] = []
    both: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for text in wanted:
        one, other = cells.get((name, text)), cells.get((base, text))
        if one is None or other is None or one.cell.label:
            continue
        above, below = paired(one, other)
        if above.size < stats.MIN_FOR_T:
            continue
        ratio = stats.ratio_of_averages_paired(above, below)
        points.append(PanelPoint(names=(cell_name(one.cell), name), series=name, thing="same", estimate=ratio))
        if not load or not gate.runs_side_by_side(one.cell, folder.manifest.usable_cpus):
            called.append(points[-1])
            both.append((above, below))
    if not points:
        return []
    decisions = _decisions(both)
    slower, faster = (decisions.count(word) for word in ("supported", "refuted"))
    loop = next((one for one in called if one.names[0].endswith("plain loop")), next(iter(called), None))
    left = len(points) - len(called)
    return [
        Panel(
            id=f"interpreters-{folder.id}-{name}",
            topic="interpreters",
            target=name,
            side_by_side="costs",
            kind="table",
            title=(
                f"{name} beside {base}, {folder.machine}: of {counted(len(both), 'cell')}"
                f" {count(slower)} take longer and {count(faster)} less"
                + (f"; {loop.names[0]}: {with_interval(loop.estimate)} as long" if loop else "")
            ),
            subtitle=f"Time on {name} over time on {base}, run {folder.id}; 1 is equal",
            heads=("what", "interpreter"),
            points=tuple(points),
            notes=(
                *_builds(folder, name, base),
                _HOW,
                *_left_open(left, load),
            ),
        )
    ]


def _left_open(cells: int, load: str) -> tuple[str, ...]:
    """That cells are not called, and why; nothing where there are none."""
    if not cells:
        return ()
    return (
        f"{counted(cells, 'cell')} of things side by side stand here with their numbers and are not called: {load}.",
    )


def _builds(folder: RunFolder, name: str, base: str) -> list[str]:
    """What else than the interpreter's version differs, such as a debug build beside a release."""
    facts = {target.name: target.facts for target in folder.manifest.targets}
    apart = interpreter(facts[name]).beside(interpreter(facts[base]))
    return [f"The interpreters were built or set differently: {'; '.join(apart)} ({name} / {base})."] if apart else []


def _decisions(both: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> list[str]:
    """Of each pair: 'supported' where the first takes longer, 'refuted' where less, else what cannot be called."""
    tests = [stats.ratio_test_paired(above, below, 1.0) for above, below in both]
    adjusted = iter(stats.holm([p for p in tests if p is not None]))
    return [
        stats.decide(
            stats.ratio_of_averages_paired(above, below),
            stats.ratio_typical_paired(above, below),
            direction="above",
            threshold=1.0,
            floor=None,
            p_adjusted=None if p is None else next(adjusted),
        ).decision
        for (above, below), p in zip(both, tests, strict=True)
    ]
