"""The checks of a run: of the machine before, of every round, and of the run as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import checks
from study.cell import sampling_of, unit_of
from study.evidence.drifts import drifts_of
from study.evidence.floors import halves_of
from study.names import cell_name
from study.sections import drifting
from study.sections.control import HALF_WAY, control, control_sentence, enough

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        checks.trends(drifts_of(run).trends, drifting.most_of_all(run)),
        checks.shortest_value(*_shortest(run)),
        *controls(run),
    )


def controls(run: Run) -> Iterator[Check]:
    """Of each target whose threads were tried with work that must scale."""
    for target in run.targets:
        evidence = run.of(target)
        message, tried = control_sentence(evidence), control(evidence)
        if message and tried is not None:
            several = f"{target}: " if len(run.targets) > 1 else ""
            yield checks.control(
                scaled=tried.scaled,
                message=several + message.rstrip("."),
                enough=enough(evidence.usable_cpus),
                share=HALF_WAY,
            )


def _shortest(run: Run) -> tuple[float | None, str]:
    """What the shortest value lasted, all its loops, and whose it was; None where nothing was timed."""
    loops = {record.key: record.loops for record in run.manifest.cells}
    timed = [
        (float(data.values.min()) * times, cell_name(data.cell))
        for key, data in run.cells.items()
        if _lasts(data.cell) and (times := loops.get(key, 0))
    ]
    return min(timed, default=(None, ""))


def _lasts(cell: Cell) -> bool:
    """Whether loops make a value of the cell long enough for the clock.

    A skew may be next to nothing; where a pattern or variant says how it is sampled, a value is a reading, a single event, or
    one of the many steps that a window timed together.
    """
    return unit_of(cell) == "second" and cell.part != "skew" and not sampling_of(cell, 0, 0).loops
