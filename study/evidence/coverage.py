"""How much a run measured of all that its experiments ask for, whatever it was told to leave away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.config import TIERS, Cpus
from study.errors import ConfigError
from study.evidence.summaries import NOISE
from study.plan import TargetView, expand, text_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.config import Experiment
    from study.store import Manifest

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Cells `measured` of those `asked` for that can exist, over all interpreters; `which` in words, '' of all."""

    measured: int
    asked: int
    which: str


def coverage_of(manifest: Manifest, experiments: Sequence[Experiment]) -> Coverage:
    """Cells measured, cells asked for, and in words which they are.

    A run of one question records no cell of the others: what these ask for is expanded from their files, which the run
    carries. Files that this version of the study cannot expand leave the count at what the run records.
    """
    states = {record.key: record.state for record in manifest.cells}
    done = {key for key, state in states.items() if state == "done"}
    tiers = {record.key: record.tier for record in manifest.cells} | _expanded(manifest, experiments)
    asked = {key for key in tiers if states.get(key) != "skipped"}
    if asked <= done:
        return Coverage(measured=len(done), asked=len(done), which="")
    whole = [tier for tier in TIERS if (own := {cell for cell in asked if tiers[cell] == tier}) and own <= done]
    measured = {record.experiment: record.tier for record in manifest.cells if record.state == "done"}
    names = measured.keys() - {NOISE}
    if whole:
        beyond = sum(tier not in whole for tier in measured.values())
        which = " and ".join([*whole, *([f"{counted(beyond, 'experiment')} more"] if beyond else [])])
    elif len(names) <= _MOST_NAMED:
        which = f"{' and '.join(sorted(names))} alone" if names else ""
    else:
        which = f"{counted(len(names), 'experiment')} of {len({experiment.id for experiment in experiments} - {NOISE})}"
    return Coverage(measured=len(done), asked=len(asked), which=which)


def _expanded(manifest: Manifest, experiments: Sequence[Experiment]) -> dict[tuple[str, str], str]:
    """(Target, cell) -> tier, of every cell that the experiments ask for; those that a target cannot have say so apart."""
    system = manifest.machine.get("system")
    views = [TargetView.of(target.name, target.facts, system) for target in manifest.targets]
    try:
        expansion = expand(experiments, Cpus.of(manifest.usable_cpus, manifest.machine), views)
    except ConfigError:
        return {}
    tiers: dict[tuple[str, str], str] = {}
    for curve in expansion.asked:  # the first that asks for a cell has it
        for cell in curve.cells:
            tiers.setdefault((curve.target, text_of(cell)), curve.tier)
    return tiers
