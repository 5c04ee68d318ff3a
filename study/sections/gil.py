"""Threads and processes with the lock and without it, on the largest machine that was measured with both builds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from study.blocks import Item, Table
from study.identity import interpreter
from study.reports import Record, Section
from study.sections.build import average_of, ratio_of
from study.sections.cards import interpreter_in_words, without_profile
from study.sections.compare import UNDECIDED
from study.sections.interpreters import bases_of
from study.sections.questions.q1_words import at_all_cpus
from study.sections.said import beside, no_sooner, sentences
from study.sections.tables import row
from study.sections.tried_where import numbers_of
from study.things.backends import POOL, THREADS
from study.things.kernels import FANNKUCH
from study.units import brief, change, count, multiple, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.evidence import Evidence, Study
    from study.findings import Decision, Estimate
    from study.sections.speedups import Scaling
    from study.store import TargetRecord

RECORD = Record(order=107, name="GIL", title="Threads and processes, with the GIL and without", part="Answers")


class Build(NamedTuple):
    """An interpreter on a machine, and what threads, and processes where they were measured, gain there on all CPUs."""

    evidence: Evidence
    record: TargetRecord
    threads: Scaling
    pool: Scaling | None

    @property
    def sooner(self) -> Decision:
        """Whether threads finish sooner than the plain loop."""
        threads = self.threads
        if no_sooner(self.evidence, threads.loop, threads.job):
            return "refuted"
        return beside(self.evidence, threads.base, threads.shared).longer


def section(study: Study) -> Section | None:
    """Of the largest machine that has a pair; None where there is none, or where load leaves open what it gains."""
    pairs = list(_pairs(study))
    if not pairs:
        return None
    with_it, without, switched = max(pairs, key=lambda pair: pair[0].evidence.usable_cpus)
    run = with_it.evidence.run
    table = Table(
        id="gil-table",
        label=RECORD.title,
        caption=f"CPU-heavy Python on {count(run.manifest.usable_cpus)} CPUs, times as fast as the plain loop: run {run.id} on"
        f" {run.machine}",
        heads=(("Interpreter", "text"), ("Threads", "num"), ("Pool", "num"), ("A task in the plain loop", "num")),
        rows=(_row(with_it), _row(without)),
    )
    return Section(
        id="gil",
        name=RECORD.name,
        title=RECORD.title,
        blocks=(table,),
        answer=_answer(with_it, without),
        lede=sentences((_price(with_it, without, switched), _net(with_it, without), _newer(study, without))),
    )


def _pairs(study: Study) -> Iterator[tuple[Build, Build, Build | None]]:
    """A build with the lock, its twin without it, and that one with its lock switched on where the run has it.

    All are of the same rounds of one run; simulated runs stand by themselves.
    """
    for run in study.runs:
        if run.manifest.simulated != study.subject.manifest.simulated:
            continue
        with study.left_out.apart(f"{run.name} with the GIL and without"):
            records = {target.name: target for target in run.manifest.targets}
            facts = {name: record.facts for name, record in records.items()}
            for name, record in records.items():
                if interpreter(record.facts).gil:
                    continue
                bases = bases_of(name, facts)
                others = [other for other in bases if _is_twin(facts[other], record.facts)]
                selves = [other for other in bases if interpreter(facts[other]).free_threaded]
                builds = [_build(run.of(target), records[target]) for target in (*others[:1], name)]
                known = [build for build in builds if build is not None]
                if len(known) == 2:
                    switched = [_build(run.of(other), records[other]) for other in selves if other not in others[:1]]
                    yield known[0], known[1], next(filter(None, switched), None)


def _is_twin(facts: Mapping[str, Any], of: Mapping[str, Any]) -> bool:
    """Whether it has the lock, and is of the same version."""
    build = interpreter(facts)
    return build.gil and build.version == interpreter(of).version


def _build(evidence: Evidence, record: TargetRecord) -> Build | None:
    """None where threads were not measured on all CPUs, or load leaves open what they gain."""
    if evidence.left_open("gains"):
        return None
    threads = at_all_cpus(evidence, THREADS, FANNKUCH.name)
    if threads is None:
        return None
    return Build(evidence, record, threads, at_all_cpus(evidence, POOL, FANNKUCH.name))


def _row(build: Build) -> tuple[Item, ...]:
    pool = None if build.pool is None else build.pool.speedup
    small = "built without PGO" if without_profile(build.record) else ""
    name = Item(value=build.evidence.target, small=small)
    return row(name, build.threads.speedup, pool, average_of(build.threads.base))


def _answer(with_it: Build, without: Build) -> str:
    """What threads gain with the lock, and without it."""
    cpus = count(with_it.evidence.usable_cpus)
    of = interpreter_in_words(with_it.record)
    return f"On {cpus} CPUs threads of {of} {_gain(with_it)} with the GIL; without it they {_gain(without)}"


def _gain(build: Build) -> str:
    gain = brief(build.threads.speedup)
    if build.sooner == "supported":
        return f"are {gain} as fast as the plain loop of the same build"
    return f"show no clear gain ({gain})" if build.sooner == UNDECIDED else f"gain nothing ({gain})"


def _net(with_it: Build, without: Build) -> str:
    """What is left of the gain where the loop without the lock takes another time: both against the loop with it."""
    if without.sooner != "supported":
        return ""
    loop = with_it.threads.base
    net = ratio_of(loop, without.threads.shared)
    times = f"{seconds(average_of(without.threads.shared).point)} a task beside {seconds(average_of(loop).point)}"
    verb = "are" if _differs(net) else "show no clear difference:"
    pool = "" if with_it.pool is None else f"; a Pool with it {brief(with_it.pool.speedup)}"
    return f"Against the plain loop with the GIL threads without it {verb} {multiple(net)} as fast ({times}){pool}"


def _newer(study: Study, without: Build) -> str:
    """That later versions were measured with the GIL alone, where it is so: a later build without it may have another price."""
    builds = [interpreter(target.facts) for run in study.runs for target in run.manifest.targets]
    own = numbers_of(interpreter(without.record.facts).version)
    later = [build for build in builds if numbers_of(build.version) > own]
    if not later or not all(build.gil for build in later):
        return ""
    return "of later versions no build without the GIL was measured"


def _processes(with_it: Build, without: Build) -> str:
    """What processes gain with either; '' where that was not measured with both."""
    if with_it.pool is None or without.pool is None:
        return ""
    return f"processes are {brief(with_it.pool.speedup)} as fast with it, {brief(without.pool.speedup)} without it"


def _price(with_it: Build, without: Build, switched: Build | None) -> str:
    """What one thread pays for going without, in the same rounds, and whether the build or the lock is the cause."""
    ratio = ratio_of(without.threads.base, with_it.threads.base)
    longer = change(ratio, "longer", "less")
    differs = _differs(ratio)
    told = f"takes {longer} in" if differs else f"shows no clear difference ({longer}) in"
    return sentences(
        (
            f"the plain loop {told} the build without the GIL",
            _cause(with_it, without, switched) if differs else "",
            _processes(with_it, without),
        )
    )


def _differs(ratio: Estimate) -> bool:
    """Whether the interval of a ratio leaves 1 out."""
    return ratio.low is not None and ratio.high is not None and not ratio.low <= 1.0 <= ratio.high


def _cause(with_it: Build, without: Build, switched: Build | None) -> str:
    """Whether it is the missing lock or the build: the same build with its lock switched on tells them apart."""
    if interpreter(with_it.record.facts).free_threaded:
        return "both are one build, so that it is the missing lock"
    if switched is None:
        apart = without_profile(with_it.record) != without_profile(without.record)
        built = "; only one of both was built with PGO" if apart else ""
        return f"whether the build or the missing lock is the cause this run does not tell{built}"
    lock = ratio_of(without.threads.base, switched.threads.base)
    beside = change(lock, "longer", "less")
    if _differs(lock):
        return f"part of it is the missing lock: beside the same build with its GIL switched on it takes {beside}"
    return f"that is the build: with its GIL switched on the same build shows no clear difference ({beside} without)"
