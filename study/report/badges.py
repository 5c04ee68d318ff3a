"""What a reader must know of a run before believing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import units

if TYPE_CHECKING:
    from study.findings import RunFindings


def badges(run: RunFindings) -> tuple[tuple[str, str], ...]:
    """Class and text of each; one that is fine only where nothing is to be told and nothing is missing."""
    disturbed = f"{units.count(run.disturbed_rounds)} of {units.counted(run.rounds, 'round')} disturbed"
    covered = run.coverage
    part = f"{units.count(covered.measured)} of {units.counted(covered.asked, 'cell')}"
    found = (
        (run.simulated, "loud", "SIMULATED: these times come from a made-up law, not from a machine"),
        (run.quick, "warn", f"quick run: only {units.counted(run.rounds, 'round')}"),
        (not run.complete, "warn", "unfinished run"),
        (run.stale, "warn", "stale: measured by another version of the programs than the present one"),
        (covered.measured < covered.asked, "warn", f"{part}: {covered.which}" if covered.which else part),
        (run.disturbed_rounds > 0, "warn", disturbed),
    )
    shown = tuple((kind, text) for applies, kind, text in found if applies)
    shown += tuple(("warn", warning) for target in run.targets for warning in target.warnings)
    whole = f"full run: {units.counted(run.rounds, 'round')} of all {units.counted(covered.asked, 'cell')}"
    return shown or (("fine", whole),)
