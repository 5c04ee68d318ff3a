"""Which runs were measured on the same hardware, whatever name it went by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from study.evidence.light import outline
from study.identity import Traits, alike, filled, fingerprint, traits_digest
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from study.evidence.light import Stored


CONTRIBUTED = "contributed"
"""How a machine is told whose runs somebody else measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """One machine.

    Attributes
    ----------
    id : its name, with digits behind it where other hardware has runs under that name; fit for an anchor.
    label : its name for people, with the CPU's model behind it where other hardware has runs under that name.
    names : all names that its runs go by, the most frequent first.
    traits : all that is known of it.
    contributed : whether somebody else measured its runs: it is no machine of one's own, though nothing tells the two apart.
    """

    id: str
    label: str
    names: tuple[str, ...]
    traits: Traits
    contributed: bool = False

    @property
    def where(self) -> str:
        """The machine in a sentence; several names are the same hardware, and may be several machines of one kind."""
        return self.label if len(self.names) == 1 else f"the hardware of {' and '.join(self.names)}"

    @property
    def described(self) -> str:
        """The machine with its CPUs, where they are known: 'laptop (AMD EPYC, 2 CPUs)'."""
        name = self.where if len(self.names) > 1 else self.names[0]
        cpus, whose = cpus_of(self.traits), CONTRIBUTED if self.contributed else ""
        return f"{name} ({', '.join(filter(None, (cpus, whose)))})" if cpus else self.where


def cpus_of(traits: Traits) -> str:
    """CPU model and number of CPUs ('AMD EPYC, 2 CPUs'); '' where the model could not be read."""
    model, cpus = traits.get("cpu_model"), traits.get("logical_cpus")
    return "" if model is None else f"{model}, {counted(int(cpus), 'CPU')}" if cpus else str(model)


class Labelled(NamedTuple):
    """What tells the machine of a run: the name it went by, its fingerprint, and whether somebody else measured it."""

    name: str
    traits: Traits
    contributed: bool = False


def hardware_of(folders: Sequence[Stored]) -> list[Hardware]:
    """The machine of each run, in their order; which runs go together does not depend on it.

    Runs whose fingerprints are alike are of one machine, under whatever names. Where a CPU's model could not be read too
    little is known to say so: then only runs under one name with one fingerprint are. Runs that somebody contributed are
    of no machine of one's own, whatever their name and fingerprint.
    """
    return machines_of(
        [Labelled(folder.machine, fingerprint(outline(folder).machine), folder.contributed) for folder in folders]
    )


def machines_of(runs: Sequence[Labelled]) -> list[Hardware]:
    """As `hardware_of`, of runs of which no more than this is known."""
    found = {
        contributed: iter(_machines([run for run in runs if run.contributed is contributed], contributed=contributed))
        for contributed in (False, True)
    }
    return [next(found[run.contributed]) for run in runs]


def _machines(runs: Sequence[Labelled], *, contributed: bool) -> list[Hardware]:
    """The machine of each run, all of them contributed or none."""
    groups = alike(run.traits for run in runs if run.traits.get("cpu_model") is not None)
    known: dict[Hashable, list[tuple[str, Traits]]] = {}
    keys: list[Hashable] = []
    for run in runs:
        keys.append(groups.get(run.traits, (run.name, run.traits)))
        known.setdefault(keys[-1], []).append((run.name, run.traits))
    told = _told_apart({key: _machine(its, contributed=contributed) for key, its in known.items()})
    return [told[key] for key in keys]


def _machine(runs: Sequence[tuple[str, Traits]], *, contributed: bool) -> Hardware:
    """The machine of runs with these names and fingerprints."""
    times = Counter(name for name, _ in runs)
    names = tuple(sorted(times, key=lambda name: (-times[name], name)))
    fullest_first = sorted({traits for _, traits in runs}, key=lambda traits: (-len(traits.known), str(traits.known)))
    return Hardware(
        id=f"{names[0]}-{CONTRIBUTED}" if contributed else names[0],
        label=f"{names[0]} ({CONTRIBUTED})" if contributed else names[0],
        names=names,
        traits=reduce(filled, fullest_first),
        contributed=contributed,
    )


def _told_apart(machines: Mapping[Hashable, Hardware]) -> dict[Hashable, Hardware]:
    """The machines, each with what tells it from others under its name: the CPU's model, or else digits."""
    names = Counter(machine.names[0] for machine in machines.values())
    models = Counter((machine.names[0], machine.traits.get("cpu_model")) for machine in machines.values())
    told = {}
    for key, machine in machines.items():
        name, model = machine.names[0], machine.traits.get("cpu_model")
        digits = traits_digest(machine.traits)[:4]
        what = model if model is not None and models[name, model] == 1 else f"hardware {digits}"
        label = f"{name} ({what}, {CONTRIBUTED})" if machine.contributed else f"{name} ({what})"
        told[key] = machine if names[name] == 1 else replace(machine, id=f"{machine.id}-{digits}", label=label)
    return told
