"""What is told beside a comparison: whose hardware a name stood for, and what a run looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.compare.shelf import labelled
from study.evidence.hardware import cpus_of, machines_of
from study.identity import fingerprint, same_hardware
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.compare.comparison import Comparison
    from study.compare.ladder import Side
    from study.evidence.hardware import Hardware
    from study.store import RunSummary

_MOST_NAMED = 6


def notes_of(found: Comparison, runs: Sequence[RunSummary]) -> Iterator[str]:
    """Sentences on two measurements beside all that is stored."""
    sides = (found.first, found.second)
    for machine in dict.fromkeys(side.run.machine for side in sides):
        yield from _two_under_one_name(machine, runs)
    if found.comparability.standing == "two machines":
        for letter, side, other in zip("AB", sides, sides[::-1], strict=True):
            yield from _looks_like(letter, side, other, runs)
    if _lock(found.first) != _lock(found.second) and found.comparability.standing not in {"paired", "not comparable"}:
        yield "Their locked packages differ; of these only pyperf and NumPy are compared."
    shared = [
        name for name in found.first.run.targets if name in found.second.run.targets and name != found.first.target
    ]
    if shared and found.first.target == found.second.target:
        yield f"Both runs also have {', '.join(shared[:_MOST_NAMED])}: add @NAME for another."


def machines_under(machine: str, runs: Sequence[RunSummary]) -> dict[Hardware, list[RunSummary]]:
    """The hardware that a name stood for -> its runs, the oldest first."""
    mine = sorted((run for run in runs if run.machine == machine), key=lambda run: (run.head.ended, run.id))
    found: dict[Hardware, list[RunSummary]] = {}
    for run, hardware in zip(mine, machines_of(labelled(mine)), strict=True):
        found.setdefault(hardware, []).append(run)
    return found


def _two_under_one_name(machine: str, runs: Sequence[RunSummary]) -> Iterator[str]:
    found = machines_under(machine, runs)
    if len(found) > 1:
        told = "; ".join(
            f"{cpus_of(hardware.traits) or hardware.label} ({counted(len(its), 'run')}, {_days(its)}"
            f"{', contributed' if its[0].contributed else ''})"
            for hardware, its in found.items()
        )
        kinds: list[Hardware] = []
        for one in found:
            if not any(same_hardware(one.traits, other.traits) for other in kinds):
                kinds.append(one)
        what = "own runs and contributed ones of equal hardware" if len(kinds) == 1 else counted(len(kinds), "machine")
        yield f"The name {machine} stands for {what}: {told}."


def _days(runs: Sequence[RunSummary]) -> str:
    first, last = (run.head.ended[:10] for run in (runs[0], runs[-1]))
    return first if first == last else f"{first} to {last}"


def _looks_like(letter: str, side: Side, other: Side, runs: Sequence[RunSummary]) -> Iterator[str]:
    """Another machine of the same hardware that the other side's name stood for, or that goes by another name."""
    mine = fingerprint(side.run.head.machine)
    alike = [
        run for run in runs if run.machine != side.run.machine and same_hardware(mine, fingerprint(run.head.machine))
    ]
    of_other = [run for run in alike if run.machine == other.run.machine] or alike
    if of_other:
        newest = max(of_other, key=lambda run: run.head.ended)
        yield f"{letter} looks like {newest.machine} as it was on {newest.head.ended[:10]} ({cpus_of(mine)}): run {newest.name}."


def _lock(side: Side) -> str:
    return side.run.head.digests.get("lock", "")
