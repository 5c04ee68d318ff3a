"""What two stored measurements may say of each other: the first line of every comparison, and the facts that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.identity import differences, fingerprint, fits, interpreter, same_hardware, state
from study.stats.between_rules import LARGEST_INVALID_SHARE
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.store import RunSummary

Standing = Literal["paired", "same machine", "before and after", "two machines", "not comparable"]
About = Literal["machine", "state", "interpreter", "programs"]

LIBRARIES = ("numpy_version", "pyperf_version")
"""Facts of an interpreter beside its build that a time depends on; what else is installed does not matter."""
_WORDS = {"numpy_version": "numpy", "pyperf_version": "pyperf"}
_UNKNOWN = "not known"

SAYS: Mapping[Standing, str] = {
    "paired": "both ran in the same rounds. Cells are called, and what moved all of them is told.",
    "same machine": "nothing that is stored differs. Cells are called against the others of their run.",
    "before and after": "one machine. Cells are called against the others of their run.",
    "two machines": "ratios describe; nothing is called.",
    "not comparable": "nothing is compared.",
}
"""Rung -> what it allows, the end of a sentence and more."""


class Fact(NamedTuple):
    """Something that differs: what it is, what it belongs to, and what it was on either side."""

    fact: str
    about: About
    first: str
    second: str

    @property
    def words(self) -> str:
        """`kernel: 6.18 / 7.0`."""
        return f"{self.fact}: {self.first} / {self.second}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One interpreter of one run."""

    run: RunSummary
    target: str

    @property
    def name(self) -> str:
        """As it is typed: machine/run@target."""
        return f"{self.run.name}@{self.target}"

    @property
    def facts(self) -> Mapping[str, object]:
        """Of the interpreter."""
        return self.run.targets[self.target].facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparability:
    """The verdict over two measurements.

    Attributes
    ----------
    standing : the rung of the ladder.
    facts : what differs, that of the hardware first.
    calls : whether a cell may be called slower, faster or the same at all.
    why : '' or why nothing is called though the rung would allow it, or why the two are not comparable; a sentence.
    """

    standing: Standing
    facts: tuple[Fact, ...]
    calls: bool
    why: str = ""

    @property
    def says(self) -> str:
        """What the rung allows, or why it does not, in sentences."""
        if not self.why:
            return SAYS[self.standing]
        return self.why if self.standing != "two machines" else f"{SAYS[self.standing]} {self.why}"


def comparability(first: Side, second: Side) -> Comparability:
    """Where two measurements stand to each other, from their facts alone.

    Whether single cells have equal programs and loops is asked cell by cell.
    """
    facts = tuple(_facts(first, second))
    refused = _refused(first, second)
    if refused:
        return Comparability(standing="not comparable", facts=facts, calls=False, why=refused)
    why = unfit(first.run) or unfit(second.run)
    if first.run.name == second.run.name:
        return Comparability(standing="paired", facts=facts, calls=not why, why=why)
    machines = [side.run.head.machine for side in (first, second)]
    one, other = map(fingerprint, machines)
    if not fits(one, other):
        return Comparability(standing="two machines", facts=facts, calls=False)
    if first.run.machine != second.run.machine and not same_hardware(one, other):
        why = "Their names differ, and too little is known of the hardware of one to say that it is the other's."
        return Comparability(standing="two machines", facts=facts, calls=False, why=why)
    changed = {fact.about for fact in facts} & {"state", "interpreter"}
    standing: Standing = "before and after" if changed else "same machine"
    if not why and len(changed) > 1:
        why = "State and interpreter both changed, so that neither can be blamed: nothing is called."
    return Comparability(standing=standing, facts=facts, calls=not why, why=why)


def facts_between(one: RunSummary, other: RunSummary, target: str) -> tuple[Fact, ...]:
    """What differs between two runs that have this interpreter."""
    return tuple(_facts(Side(run=one, target=target), Side(run=other, target=target)))


def _facts(first: Side, second: Side) -> Iterator[Fact]:
    one, other = (side.run.head.machine for side in (first, second))
    yield from _split(differences(fingerprint(one), fingerprint(other)), "machine")
    yield from _split(differences(state(one), state(other)), "state")
    mine, theirs = (interpreter(side.facts) for side in (first, second))
    if mine.version != theirs.version:
        yield Fact("version", "interpreter", mine.version or _UNKNOWN, theirs.version or _UNKNOWN)
    if mine.free_threaded != theirs.free_threaded:
        words = ["yes" if build.free_threaded else "no" for build in (mine, theirs)]
        yield Fact("free-threaded build", "interpreter", *words)
    yield from _split(mine.beside(theirs), "interpreter")
    for name in LIBRARIES:
        values = [side.facts.get(name) for side in (first, second)]
        if None not in values and values[0] != values[1]:
            yield Fact(_WORDS[name], "interpreter", *map(str, values))
    for name in ("values", "warmups"):
        numbers = [getattr(side.run.head, name) for side in (first, second)]
        if numbers[0] != numbers[1]:
            yield Fact(name.replace("warmups", "warm-ups"), "programs", *map(str, numbers))
    cores = [_core(side.run) for side in (first, second)]
    if cores[0] != cores[1]:
        yield Fact("digest of the measuring core", "programs", *(core[:8] or _UNKNOWN for core in cores))


def _split(told: tuple[str, ...], about: About) -> Iterator[Fact]:
    for words in told:
        fact, _, values = words.partition(": ")
        first, _, second = values.partition(" / ")
        yield Fact(fact, about, first, second)


def _core(run: RunSummary) -> str:
    return run.head.digests.get("core") or run.head.digests.get("bench", "")


def _refused(first: Side, second: Side) -> str:
    """Why the two cannot be compared whatever their cells, or ''."""
    one, other = first.run.head, second.run.head
    if one.simulated != other.simulated:
        return "The times of one are made up (simulated): compare simulated runs with each other."
    if one.values != other.values or one.warmups != other.warmups:
        return (
            f"Their processes measured differently ({counted(one.values, 'value')} after {counted(one.warmups, 'warm-up')},"
            f" {counted(other.values, 'value')} after {counted(other.warmups, 'warm-up')}): measure both with one version of the"
            " study."
        )
    if interpreter(first.facts).debug != interpreter(second.facts).debug:
        return "One is a debug build, and all that differs would be the build: compare releases."
    return ""


def unfit(run: RunSummary) -> str:
    """Why a run speaks for nothing beside another, in a sentence; '' where it may."""
    head, name = run.head, run.name
    if head.state != "finished":
        return f"{name} is not finished: nothing is called."
    if head.changes:
        return f"The state of the machine changed during {name} ({'; '.join(head.changes)}): nothing is called."
    if head.disturbed_rounds > LARGEST_INVALID_SHARE * head.rounds:
        were = "was" if head.disturbed_rounds == 1 else "were"
        return f"{head.disturbed_rounds} of the {head.rounds} rounds of {name} {were} disturbed: nothing is called."
    return ""
