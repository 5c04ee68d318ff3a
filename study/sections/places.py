"""Every machine and interpreter of which something is stored, as a reader chooses among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.identity import interpreter
from study.screens import Place
from study.sections.cards import without_profile
from study.sections.head import processors
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.evidence import Evidence, Run, Study
    from study.identity import Interpreter
    from study.store import TargetRecord

_SYSTEM = ("os_name", "hypervisor")
"""Facts of a machine that a reader knows it by, beside its CPUs."""


class Stored(NamedTuple):
    """A place with the run that tells of it, and the interpreter there."""

    place: Place
    run: Run
    target: str
    build: Interpreter

    @property
    def evidence(self) -> Evidence:
        """What was measured there."""
        return self.run.of(self.target)


def stored(study: Study) -> tuple[Stored, ...]:
    """The first interpreter of the run that the report is about, then all others; of each the best run, as the report has them.

    Made-up times stand beside made-up times alone.
    """
    found: dict[tuple[str, str], Stored] = {}
    for run, record in _targets(study):
        key = run.machine, record.name
        if key not in found:
            found[key] = _stored(run, record, len(found))
    return tuple(found.values())


def _targets(study: Study) -> Iterator[tuple[Run, TargetRecord]]:
    for run in study.runs:
        if run.manifest.simulated == study.subject.manifest.simulated:
            named = {record.name: record for record in run.manifest.targets}
            for target in run.targets:
                yield run, named[target]


def _stored(run: Run, record: TargetRecord, number: int) -> Stored:
    build = interpreter(record.facts)
    place = Place(
        id=f"place-{number}",
        name=f"{run.machine}, {record.name}",
        build=_words(run, record, build),
        run=f"{run.machine}/{run.id}",
    )
    return Stored(place, run, record.name, build)


def _words(run: Run, record: TargetRecord, build: Interpreter) -> str:
    """CPUs, how the interpreter was built, and the system; what could not be read is left out."""
    facts = run.manifest.machine
    parts = (
        counted(run.manifest.usable_cpus, "usable CPU"),
        processors(run),
        "" if build.gil else "without the GIL",
        "with the JIT" if build.jit else "",
        "a debug build" if build.debug else "",
        "built without PGO" if without_profile(record) else "",
        *(str(facts[name]) for name in _SYSTEM if facts.get(name)),
    )
    return ", ".join(filter(None, parts))
