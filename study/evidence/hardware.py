"""Which runs were measured on the same hardware, whatever name it went by."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study.identity import Traits, alike, filled, fingerprint, traits_digest
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from study.store import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """One machine.

    Attributes
    ----------
    id : its name, with digits behind it where other hardware has runs under that name; fit for an anchor.
    label : its name for people, with the CPU's model behind it where other hardware has runs under that name.
    names : all names that its runs go by, the most frequent first.
    traits : all that is known of it.
    """

    id: str
    label: str
    names: tuple[str, ...]
    traits: Traits

    @property
    def where(self) -> str:
        """The machine in a sentence; several names are the same hardware, and may be several machines of one kind."""
        return self.label if len(self.names) == 1 else f"the hardware of {' and '.join(self.names)}"

    @property
    def described(self) -> str:
        """The machine with its CPUs, where they are known: 'laptop (AMD EPYC, 2 CPUs)'."""
        known = [str(self.traits.get("cpu_model") or "")]
        if cpus := self.traits.get("logical_cpus"):
            known.append(counted(int(cpus), "CPU"))
        return (
            f"{self.where if len(self.names) > 1 else self.names[0]} ({', '.join(known)})" if known[0] else self.where
        )


def cpus_of(traits: Traits) -> str:
    """CPU model and number of CPUs ('AMD EPYC, 2 CPUs'); '' where the model could not be read."""
    model, cpus = traits.get("cpu_model"), traits.get("logical_cpus")
    return "" if model is None else f"{model}, {counted(int(cpus), 'CPU')}" if cpus else str(model)


def hardware_of(folders: Sequence[RunFolder]) -> list[Hardware]:
    """The machine of each run, in their order; which runs go together does not depend on it.

    Runs whose fingerprints are alike are of one machine, under whatever names. Where a CPU's model could not be read too
    little is known to say so: then only runs under one name with one fingerprint are.
    """
    prints = [fingerprint(folder.manifest.machine) for folder in folders]
    groups = alike(one for one in prints if one.get("cpu_model") is not None)
    keys: list[Hashable] = [groups.get(one, (folder.machine, one)) for folder, one in zip(folders, prints, strict=True)]
    names: dict[Hashable, Counter[str]] = {}
    known: dict[Hashable, set[Traits]] = {}
    for folder, one, key in zip(folders, prints, keys, strict=True):
        names.setdefault(key, Counter())[folder.machine] += 1
        known.setdefault(key, set()).add(one)
    machines = {key: _machine(names[key], known[key]) for key in names}
    told = _told_apart(machines)
    return [told[key] for key in keys]


def _machine(names: Counter[str], known: set[Traits]) -> Hardware:
    ordered = tuple(sorted(names, key=lambda name: (-names[name], name)))
    first, *others = sorted(known, key=lambda one: (-len(one.known), str(one.known)))
    for other in others:
        first = filled(first, other)
    return Hardware(id=ordered[0], label=ordered[0], names=ordered, traits=first)


def _told_apart(machines: Mapping[Hashable, Hardware]) -> dict[Hashable, Hardware]:
    """The machines, each with what tells it from others under its name: the CPU's model, or else digits."""
    names = Counter(machine.names[0] for machine in machines.values())
    models = Counter((machine.names[0], machine.traits.get("cpu_model")) for machine in machines.values())
    told = {}
    for key, machine in machines.items():
        name, model = machine.names[0], machine.traits.get("cpu_model")
        digits = traits_digest(machine.traits)[:4]
        what = model if model is not None and models[name, model] == 1 else f"hardware {digits}"
        told[key] = machine if names[name] == 1 else replace(machine, id=f"{name}-{digits}", label=f"{name} ({what})")
    return told


def unused_id(identity: str, taken: Iterable[str]) -> str:
    """The id of a panel that compares machines, or '<id>--2', '<id>--3' … where another has it."""
    used = set(taken)
    numbered = (f"{identity}--{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain((identity,), numbered) if one not in used)
