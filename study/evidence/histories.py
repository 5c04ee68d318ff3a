"""Runs that may be compared as equals: the same code on one machine in one state."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study.evidence.code import code_of
from study.evidence.hardware import Hardware, hardware_of
from study.evidence.light import outline
from study.identity import Interpreter, Traits, alike, differences, interpreter, state
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.evidence.light import Stored


_MOST_KEPT = 4
"""Sets of runs whose histories are kept: a report has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Runs in the order they were begun; `id` are words for an anchor, `notes` say what was not put among them."""

    id: tuple[str, ...]
    where: str
    runs: tuple[Stored, ...]
    notes: tuple[str, ...]


_IMPORTED = ("pyperf_version", "numpy_version")
"""Facts of a target that name what its cells import."""


class _Code(NamedTuple):
    """What was measured: the core, and interpreters, each by its name, all that makes it what it is, and what its cells import.

    What was only installed beside them (other libraries to be measured) parts no histories: no cell that both have runs it.
    """

    core: str
    libraries: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, Interpreter], ...]


def histories(folders: Iterable[Stored]) -> list[History]:
    """Every whole run of a machine, with those of the same code in the same state.

    A machine is its hardware, under whatever names (`study.evidence.hardware`). A changed state (kernel, governor, quota
    …) begins a history of its own, and the notes of either say what changed. Runs whose state changed between sittings
    are in none; nor are those that somebody contributed, which are pooled with nothing.
    """
    return list(_histories(tuple(folder for folder in folders if not folder.contributed)))


@functools.lru_cache(maxsize=_MOST_KEPT)
def _histories(every: tuple[Stored, ...]) -> tuple[History, ...]:
    """Runs do not change, and many sections ask."""
    groups: dict[tuple[Hardware, _Code], list[Stored]] = {}
    for folder, hardware in zip(every, hardware_of(every), strict=True):
        manifest = outline(folder)
        if manifest.state == "finished" and not (manifest.simulated or manifest.quick or manifest.gate):
            targets = tuple((target.name, interpreter(target.facts)) for target in manifest.targets)
            libraries = tuple((name, str(target.facts.get(name))) for target in manifest.targets for name in _IMPORTED)
            code = _Code(code_of(manifest), libraries, targets)
            groups.setdefault((hardware, code), []).append(folder)
    found: list[History] = []
    for (hardware, code), same in sorted(groups.items(), key=lambda item: (item[0][0].id, str(item[0][1]))):
        steady = [folder for folder in sorted(same, key=lambda run: run.id) if not outline(folder).changes]
        parts = _by_state(steady)
        found += [
            History(
                id=(hardware.id, code.core[:6], *(name for name, _ in code.targets)),
                where=hardware.where,
                runs=tuple(part),
                notes=(*_names(hardware), *_other_states(part, parts), *_unsteady(len(same) - len(steady))),
            )
            for part in parts
        ]
    return tuple(found)


def _by_state(folders: Sequence[Stored]) -> list[list[Stored]]:
    """Runs in one state of the machine each, in the order of their first runs."""
    states = [state(outline(folder).machine) for folder in folders]
    groups = alike(states)
    found: dict[frozenset[Traits], list[Stored]] = {}
    for folder, known in zip(folders, states, strict=True):
        found.setdefault(groups[known], []).append(folder)
    return list(found.values())


def _names(hardware: Hardware) -> list[str]:
    told = (
        f"Runs under {counted(len(hardware.names), 'name')} count as of one machine, for nothing that could be read tells"
        f" their hardware apart: {', '.join(hardware.names)}."
    )
    return [told] if len(hardware.names) > 1 else []


def _other_states(history: Sequence[Stored], every: Sequence[Sequence[Stored]]) -> list[str]:
    """What was set otherwise in the runs of the same code that are not compared with these."""
    found = []
    for other in every:
        if other is not history:
            here, there = (state(outline(runs[0]).machine) for runs in (history, other))
            apart = "; ".join(differences(here, there)) or "too little is known of one"
            found.append(
                f"{counted(len(other), 'run')} of the same code in another state of the machine ({apart}: here / there)"
                f" {'is' if len(other) == 1 else 'are'} a history apart."
            )
    return found


def _unsteady(runs: int) -> list[str]:
    verb = "is" if runs == 1 else "are"
    return [f"{counted(runs, 'run')} during which the machine's state changed {verb} left out."] if runs else []
