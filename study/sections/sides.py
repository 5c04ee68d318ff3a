"""Every interpreter of every stored run as a side of a comparison: what a browser needs to set any two against each other.

Nothing is made for a pair: what there is grows with the runs. The rules that two are compared by are those of `study.compare`;
`report/static/between.js` has them once more, held against these by `tests/test_page_between.py`.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from study import stats
from study.cell import unit_of
from study.compare.kinds import KINDS, can_be_compared, is_paced, is_plain_loop, kind_of, per_task
from study.compare.ladder import LIBRARIES, Side, unfit
from study.evidence.hardware import Labelled, cpus_of, machines_of
from study.evidence.levels import summaries_of
from study.identity import alike, fingerprint, in_words, interpreter, labels, state
from study.identity.hardware import MEMORY_APART
from study.names import cell_name
from study.sections.cards import build_in_words, interpreter_in_words
from study.sections.head import moment
from study.store import TargetRecord, cell_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from study.compare.kinds import Kind
    from study.evidence import Study
    from study.store import Level, RunSummary

MOST_CELLS = 250_000
"""Of all sides together, of which the page holds the levels: of more, the cells that most sides have."""
_FEWEST = 2
"""Sides that must have a cell for it to be compared."""
_MEMORY = "memory_bytes"
_DIGITS = 8
"""Of a digest that is shown."""
_MOST_KEPT = 2**14
_UNTOLD: Mapping[str, str] = {
    "simulated": "The times of one are made up (simulated): they are compared with other simulated runs alone.",
    "sampling": "Their processes measured differently (values and warm-ups): measure both with one version of the study.",
    "debug": "One is a debug build, and all that differs would be the build: compare releases.",
    "code": "They have cells in common, and these were timed by other programs: measure both with one version of the study.",
    "loops": "Every cell that both have was measured in other loops: they were calibrated apart.",
    "nothing": "No cell was measured in both.",
}
"""Why two are not comparable."""
_SAYS: Mapping[str, str] = {
    "paired": (
        "Both were measured in the same rounds of one run. Paired by round they stand under Interpreters; the intervals here"
        " take no account of the rounds, and are wider than they need be."
    ),
    "same machine": "The same machine, state, interpreter and programs: what differs is what a machine does from run to run.",
    "before and after": "The same machine, and something about it is another: what differs stands below.",
    "two machines": "Two machines: the ratios describe these two and name no cause.",
    "not comparable": "Not comparable.",
}


class Placed(NamedTuple):
    """A side with what people call it, and which others are like it.

    Attributes
    ----------
    machine, interpreter, build : in words.
    hardware : a number that sides on the same hardware have.
    kin : a number that sides of equal hardware, state, interpreter and libraries have.
    speaks : whether it tells how far runs of unchanged code lie apart: whole, finished and undisturbed.
    """

    side: Side
    machine: str
    interpreter: str
    build: str
    hardware: int
    kin: int
    speaks: bool

    @property
    def levels(self) -> Mapping[str, Level]:
        """What was measured, by the cells' texts."""
        return self.side.run.targets[self.side.target].levels


class Thing(NamedTuple):
    """A cell as it is compared: in words, its kind, whether it is a size; of a plain loop that of one task, and its tasks.

    `paced` : whether the pace of the machine moves it.
    """

    name: str
    kind: Kind
    is_size: bool
    loop: str
    log_tasks: float
    paced: bool


@functools.lru_cache(maxsize=_MOST_KEPT)
def thing_of(text: str) -> Thing | None:
    """None of what speaks not of itself: a second arm, an outcome."""
    cell = cell_of(text)
    if not can_be_compared(cell):
        return None
    loop = is_plain_loop(cell)
    return Thing(
        name=cell_name(cell),
        kind=kind_of(cell),
        is_size=unit_of(cell) == "byte",
        loop=per_task(cell).text if loop else "",
        log_tasks=math.log(cell.tasks) if loop else 0.0,
        paced=is_paced(cell),
    )


def placed(study: Study) -> tuple[Placed, ...]:
    """Every side of the stored runs, that of the report first, then machine by machine; gates stand by themselves.

    Made-up times stand beside made-up times alone.
    """
    made_up = study.subject.manifest.simulated
    known = [run for run in summaries_of(study) if run.head.simulated == made_up and not run.head.is_gate]
    machines = machines_of([Labelled(run.machine, fingerprint(run.head.machine)) for run in known])
    hardware = _numbers(machines)
    states = [state(run.head.machine) for run in known]
    groups = alike(states)
    kin: dict[Hashable, int] = {}
    found = []
    for run, machine, settings in zip(known, hardware, states, strict=True):
        speaks = not (run.contributed or run.head.quick or unfit(run))
        for target, of_target in run.targets.items():
            build = interpreter(of_target.facts)
            libraries = tuple(str(of_target.facts.get(name)) for name in LIBRARIES)
            sampling = run.head.values, run.head.warmups
            key = (machine, groups[settings], build, tuple(build.settings.items()), libraries, sampling)
            found.append(_placed(run, target, machine, kin.setdefault(key, len(kin)), speaks=speaks))
    return tuple(sorted(_told_apart(found), key=lambda place: place.hardware))


def _told_apart(found: Sequence[Placed]) -> Iterator[Placed]:
    """Each, with the machine's name behind words that are another machine's too."""
    named = Counter(words for words, _ in {(place.machine, place.hardware) for place in found})
    for place in found:
        own = f"{place.machine} ({place.side.run.machine})"
        yield place if named[place.machine] == 1 else place._replace(machine=own)


def _numbers(found: Sequence[Hashable]) -> list[int]:
    """Each one's number, by the order in which they were first met."""
    known = {one: number for number, one in enumerate(dict.fromkeys(found))}
    return [known[one] for one in found]


def _placed(run: RunSummary, target: str, hardware: int, kin: int, *, speaks: bool) -> Placed:
    record = TargetRecord(name=target, facts=dict(run.targets[target].facts))
    return Placed(
        side=Side(run=run, target=target),
        machine=cpus_of(fingerprint(run.head.machine)) or run.machine,
        interpreter=f"{interpreter_in_words(record)}{' (contributed)' if run.contributed else ''}",
        build=build_in_words(record),
        hardware=hardware,
        kin=kin,
        speaks=speaks,
    )


class Sides:
    """All sides, with the cells that more than one has."""

    def __init__(self, every: Sequence[Placed]) -> None:
        """The first is that of the report."""
        self.every = tuple(every)
        self.cells = [dict(_comparable(place.levels)) for place in self.every]
        shared = _shared(self.cells)
        self.things = _things(shared)
        self.left_out = len(shared) - len(self.things)

    def told(self) -> dict[str, Any]:
        """All of it as the page's script has it: texts once, cells flat."""
        number = {text: index for index, text in enumerate(self.things)}
        known = [thing for text in self.things if (thing := thing_of(text)) is not None]
        loops = _index(thing.loop for thing in known if thing.loop)
        used = {thing.kind for thing in known}
        kinds = _index(kind for kind in KINDS if kind in used)
        facts = _labels(self.every)
        said = [_facts(place) for place in self.every]
        texts = _index(text for values in said for value in values.values() for text in _words(value))
        sources = _index(level.source for cells in self.cells for level in cells.values())
        return {
            "kinds": [words for kind, words in KINDS.items() if kind in kinds],
            "things": [
                [
                    thing.name,
                    kinds[thing.kind],
                    int(thing.is_size),
                    loops.get(thing.loop, -1),
                    round(thing.log_tasks, 8),
                    int(thing.paced),
                ]
                for thing in known
            ],
            "facts": [list(fact) for fact in facts],
            "texts": list(texts),
            "rules": RULES,
            "says": dict(_SAYS),
            "why": dict(_UNTOLD),
            "sides": [
                {
                    **_about(place, sum(text in number for text in cells) if self.left_out else len(cells)),
                    "facts": [_coded(values.get(label), texts) for label, _, _ in facts],
                    "cells": _flat(cells, number, sources),
                }
                for place, cells, values in zip(self.every, self.cells, said, strict=True)
            ],
        }


RULES: Mapping[str, float] = {
    "fewest_runs": stats.FEWEST_PAST_RUNS,
    "most_runs": stats.MOST_RUNS,
    "fewest_cells": stats.FEWEST_CELLS,
    "least_share": 0.5,
    "assumed_tau": stats.run_component([], []).tau,
    "assumed_df": stats.run_component([], []).df,
    "smallest_tau": 0.01,
    "newest_of_component": stats.MOST_PAST_RUNS,
}
"""By which the script estimates what a machine moves from run to run."""


def _comparable(levels: Mapping[str, Level]) -> Iterator[tuple[str, Level]]:
    """Cells with processes enough for an interval."""
    for text, level in levels.items():
        if level.processes >= stats.MIN_FOR_T and level.variance is not None and thing_of(text) is not None:
            yield text, level


def _shared(cells: Sequence[Mapping[str, Level]]) -> dict[str, int]:
    """The cells that more than one side has, or a plain loop like it, and how many sides have each."""
    times = Counter(text for levels in cells for text in levels)
    loops = Counter(loop for levels in cells for loop in set(_loops_of(levels)))
    return {
        text: sides
        for text, sides in times.items()
        if sides >= _FEWEST or any(loops[loop] >= _FEWEST for loop in _loops_of((text,)))
    }


def _things(shared: Mapping[str, int]) -> list[str]:
    """These cells; of too many, those that most sides have."""
    kept, left = [], MOST_CELLS
    for text in sorted(shared, key=lambda text: -shared[text]):
        left -= shared[text]
        if left < 0:
            break
        kept.append(text)
    return sorted(kept)


def _loops_of(levels: Iterable[str]) -> Iterator[str]:
    """The plain loops of one task that are like those among these cells."""
    for text in levels:
        thing = thing_of(text)
        if thing is not None and thing.loop:
            yield thing.loop


def _about(place: Placed, measured: int) -> dict[str, Any]:
    run, target = place.side.run, place.side.target
    head = run.head
    return {
        "id": place.side.name,
        "machine": place.machine,
        "interpreter": place.interpreter,
        "build": place.build,
        "run": run.name,
        "target": target,
        "ended": head.ended,
        "when": moment(head.ended),
        "rounds": counted(head.rounds, "round"),
        "measured": measured,
        "simulated": head.simulated,
        "debug": interpreter(run.targets[target].facts).debug,
        "sampling": f"{head.values}/{head.warmups}",
        "hardware": place.hardware,
        "kin": place.kin,
        "speaks": place.speaks,
    }


_Fact = str | tuple[str, ...] | float


def _labels(every: Sequence[Placed]) -> list[tuple[str, str, float]]:
    """Every fact that any side knows: what it is called, what it belongs to, and the share by which equal ones may differ."""
    hardware, settings = labels()
    of_builds = [label for place in every for label, _ in interpreter(place.side.facts).in_words]
    known = {label for place in every for label in _facts(place)}
    found = (
        *((label, "machine", MEMORY_APART if label == _MEMORY_LABEL else 0.0) for label in hardware),
        *((label, "state", 0.0) for label in settings),
        *((label, "interpreter", 0.0) for label in dict.fromkeys([*of_builds, *map(_library, LIBRARIES)])),
        (_CORE, "programs", 0.0),
    )
    return [fact for fact in found if fact[0] in known]


_CORE = "digest of the measuring core"
_MEMORY_LABEL = in_words(fingerprint({_MEMORY: 1}))[-1][0]


def _facts(place: Placed) -> dict[str, _Fact]:
    """Label -> what it is here; what is not known is not there. Memory is a number of bytes."""
    head = place.side.run.head
    machine = head.machine
    traits = fingerprint(machine)
    memory = traits.get(_MEMORY)
    found: dict[str, _Fact] = {**dict(in_words(traits)), **dict(in_words(state(machine)))}
    if isinstance(memory, int):
        found[_MEMORY_LABEL] = float(memory)
    found |= {label: value for label, value in interpreter(place.side.facts).in_words if value != ""}
    found |= {_library(name): str(value) for name in LIBRARIES if (value := place.side.facts.get(name)) is not None}
    core = head.digests.get("core") or head.digests.get("bench", "")
    return found | ({_CORE: core[:_DIGITS]} if core else {})


def _library(fact: str) -> str:
    """The library that a fact is the version of."""
    return fact.removesuffix("_version")


def _words(value: _Fact) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def _coded(value: _Fact | None, texts: Mapping[str, int]) -> int | list[int] | float | None:
    if isinstance(value, str):
        return texts[value]
    return [texts[text] for text in value] if isinstance(value, tuple) else value


def _index(values: Iterable[str]) -> dict[str, int]:
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def _flat(cells: Mapping[str, Level], number: Mapping[str, int], sources: Mapping[str, int]) -> list[float]:
    """Of each cell the number of the thing, mean, squared error, processes, loops and source, one behind the other."""
    return [
        part
        for text, level in cells.items()
        if text in number
        for part in (
            number[text],
            round(level.mean, 7),
            float(f"{level.squared_error or 0.0:.6g}"),
            level.processes,
            level.loops,
            sources[level.source],
        )
    ]
