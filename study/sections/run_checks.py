"""The checks of a run: of the machine before, of every round, and of the run as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import checks
from study.cell import unit_of
from study.evidence.floors import halves_of

if TYPE_CHECKING:
    from study.cell import Cell
    from study.evidence import Run
    from study.findings import Check


def checks_of(run: Run) -> tuple[Check, ...]:
    """Every check; none of a simulated run, which no machine was there for."""
    manifest = run.manifest
    if manifest.simulated:
        return ()
    return (
        *checks.before_measuring(manifest.machine),
        *checks.of_targets({target.name: target.facts for target in manifest.targets}),
        checks.same_state(manifest.changes),
        checks.disturbed_share(run.disturbed_rounds, run.rounds),
        checks.drift(halves_of(run.cells)),
        checks.shortest_value(_shortest_s(run)),
    )


def _shortest_s(run: Run) -> float | None:
    """What the shortest value lasted, all its loops; None where nothing was timed."""
    loops = {record.key: record.loops for record in run.manifest.cells}
    timed = [(data, loops.get(key, 0)) for key, data in run.cells.items() if _lasts(data.cell)]
    return min((float(data.values.min()) * times for data, times in timed if times), default=None)


def _lasts(cell: Cell) -> bool:
    """Whether a value of the cell is a stretch of time that the clock must resolve; a skew may be next to nothing."""
    return unit_of(cell) == "second" and cell.part != "skew"
