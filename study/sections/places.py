"""Every machine and interpreter of which something is stored, as a reader chooses among them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from study.identity import interpreter
from study.screens import Place
from study.sections.cards import build_in_words, interpreter_in_words
from study.sections.head import processors
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.evidence import Evidence, Run, Study
    from study.identity import Interpreter
    from study.store import TargetRecord


class Stored(NamedTuple):
    """A place with the run that tells of it, and the interpreter there: its name, how it was built, and in words."""

    place: Place
    run: Run
    target: str
    build: Interpreter
    interpreter: str

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
    return tuple(_told_apart(list(found.values())))


def _targets(study: Study) -> Iterator[tuple[Run, TargetRecord]]:
    for run in study.runs:
        if run.manifest.simulated == study.subject.manifest.simulated:
            named = {record.name: record for record in run.manifest.targets}
            for target in run.targets:
                yield run, named[target]


def _stored(run: Run, record: TargetRecord, number: int) -> Stored:
    place = Place(
        id=f"place-{number}",
        name=f"{machine_in_words(run)} · {interpreter_in_words(record)}",
        build=_words(run, record),
        run=f"{run.machine}/{run.id}",
        machine=machine_in_words(run),
        entry=interpreter_in_words(record),
    )
    return Stored(place, run, record.name, interpreter(record.facts), interpreter_in_words(record))


def _told_apart(places: Sequence[Stored]) -> Iterator[Stored]:
    """Every place, with the name that the study has for it behind words that are another's too."""
    times = Counter((found.place.name, found.place.build) for found in places)
    named = Counter(found.place.name for found in places)
    for found in places:
        place = found.place
        if named[place.name] > 1:
            others = [other for other in places if other.place.name == place.name]
            on_one = len({other.run.machine for other in others}) == 1
            own = found.target if on_one else f"{found.run.machine}, {found.target}"
            place = replace(place, entry=f"{place.entry} ({own})")
        if times[found.place.name, found.place.build] > 1:
            place = replace(place, build=f"{place.build}, {found.run.machine}, {found.target}")
        yield found._replace(place=place)


def machine_in_words(run: Run) -> str:
    """`AMD EPYC, 2 CPUs`; the name of a machine that does not tell what it is."""
    return processors(run) or run.machine


def _words(run: Run, record: TargetRecord) -> str:
    """How many CPUs may be used, where that is not said by the machine's words, and how the interpreter was built."""
    usable, facts = run.manifest.usable_cpus, run.manifest.machine
    said = processors(run) and facts.get("logical_cpus") == usable
    parts = (
        "" if said else counted(usable, "usable CPU"),
        "" if interpreter(record.facts).gil else "without the GIL",
        build_in_words(record),
    )
    return ", ".join(filter(None, parts))
