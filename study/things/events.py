"""How an event is described: a pattern, its variants, what its factors can be, and how it is sampled. As in `records`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NoiseClass = Literal["compute", "start", "dispatch", "message", "memory"]
"""Which equal cells tell what a cell's noise is."""

Law = Literal[
    "copies",
    "increment",
    "io_latency",
    "io_tasks",
    "life",
    "map",
    "memory",
    "pickling",
    "pool_life",
    "payload",
    "printers",
    "process_per_task",
    "program",
    "round_trip",
    "same_data",
    "stream",
    "trial",
    "window",
]
"""The functions of the simulated law, `study.lab.simulate.law`, that give times of a pattern."""

Value = str | int
"""Of a factor of a cell."""


class Sampling(NamedTuple):
    """How one process samples a point: `values` after `warmups`, each of `loops` events (0: as calibrated)."""

    values: int
    warmups: int
    loops: int


class Variant(NamedTuple):
    """A named variation of a pattern.

    Attributes
    ----------
    words : for people.
    module : the module of the bench that it runs as a program; '' where it runs none.
    package : what has to be installed for it.
    sampling : how it is sampled, whatever the plan says; None where the pattern or the plan says.
    outcomes : what it counts beside what its pattern counts.
    simulated_s : by the simulated law, what it adds to a time.
    """

    name: str
    words: str
    module: str
    package: str
    sampling: Sampling | None
    outcomes: tuple[str, ...]
    simulated_s: float


class Rule(NamedTuple):
    """Where a cell has one of these values in each of these factors, another factor has its limits.

    Attributes
    ----------
    factor : the one that is limited.
    where : factor -> values for which the rule holds.
    only : the values that are possible; empty: all but those of `never`.
    never : the values that are not.
    because : the reason, to stand behind the sentence.
    """

    factor: str
    where: Mapping[str, tuple[Value, ...]] = MappingProxyType({})
    only: tuple[Value, ...] = ()
    never: tuple[Value, ...] = ()
    because: str = ""


class Pattern(NamedTuple):
    """How tasks and processes relate in one event.

    Attributes
    ----------
    words : of a cell, for people; `study.names` fills in the names in braces.
    usual : factors that the words take for granted.
    module : "module:attribute" of the bench that has it.
    parts : the timed parts of an event, each a benchmark of its own, with what people call it; '' for the whole.
    length : the parts that together make an event's length.
    unit : what its values are.
    noise_class : whose equal cells tell its noise; None where the task says: 'dispatch' if it is next to nothing, else 'compute'.
    backends : those it exists for.
    uses : the factors, beside those every pattern has, that change what it does.
    variants : its named variations.
    limits : what its factors can be.
    outcomes : what it counts beside its times.
    sampling : how it is sampled, whatever the plan says; None where the plan says.
    both_sides_work : whether a partner is busy while the measured process is, so that one worker wants two CPUs.
    law : which function of the simulated law gives its times.
    """

    name: str
    words: str
    usual: Mapping[str, Value]
    module: str
    parts: Mapping[str, str]
    length: tuple[str, ...]
    unit: Literal["second", "byte"]
    noise_class: NoiseClass | None
    backends: tuple[str, ...]
    uses: frozenset[str]
    variants: Mapping[str, Variant]
    limits: tuple[Rule, ...]
    outcomes: tuple[str, ...]
    sampling: Sampling | None
    both_sides_work: bool
    law: Law
