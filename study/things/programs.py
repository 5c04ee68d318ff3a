"""Whole programs, and what comes of trials: patterns whose event is a program of its own, or a count. As in `patterns`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things import broken, handed, pasted, variants
from study.things.backends import (
    CALL,
    INTERPRETER_EXECUTOR,
    POOL,
    PROCESS_EXECUTOR,
    PROCESSES,
    THREAD_EXECUTOR,
    THREADS,
)
from study.things.events import Pattern, Rule, Sampling
from study.things.peers import LOKY
from study.things.start_methods import START_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

WRITTEN = ("lines", "calls", "names")
"""What is counted of a program's source."""
_HOME = "study.bench.patterns"
_WHOLE: Mapping[str, str] = MappingProxyType({"total": ""})
_ONE_TRIAL = Sampling(values=1, warmups=0, loops=1)
_IN_SCRIPTS = (
    CALL.name,
    THREADS.name,
    THREAD_EXECUTOR.name,
    INTERPRETER_EXECUTOR.name,
    POOL.name,
    PROCESS_EXECUTOR.name,
)
"""What a script of the study can do its job with."""
_EXECUTORS = (PROCESS_EXECUTOR.name, THREAD_EXECUTOR.name)
_TAKING = (POOL.name, *_EXECUTORS)
_THAT_BREAK = (*_TAKING, LOKY.name)

WHOLE_PROGRAM = Pattern(
    name="whole_program",
    words="a whole script: {tasks}, {who}{variant}",
    usual={},
    module=f"{_HOME}.whole_program:WholeProgram",
    parts={"total": "", "cpu": "CPU seconds of its processes"},
    length=("total",),
    unit="second",
    noise_class="start",
    backends=_IN_SCRIPTS,
    uses=frozenset({"kernel", "workers", "tasks"}),
    variants=variants.named(variants.PLAIN, variants.EMPTY),
    limits=(
        Rule(factor="workers", never=(0,), because="a script is told how many; give 1 or more"),
        Rule(
            where={"variant": (variants.EMPTY.name,)},
            factor="backend",
            only=(CALL.name,),
            because="an interpreter that does nothing has no workers",
        ),
    ),
    outcomes=("trials", "tree_cpu_us", "program_us"),
    sampling=_ONE_TRIAL,
    both_sides_work=False,
    law="program",
)
PASTED_PROGRAM = Pattern(
    name="pasted_program",
    words="a pasted program under {method}{variant}",
    usual={"backend": PROCESSES.name},
    module=f"{_HOME}.pasted_program:PastedProgram",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="start",
    backends=(PROCESSES.name,),
    uses=frozenset(),
    variants=pasted.VARIANTS,
    limits=(Rule(factor="start_method", only=tuple(START_METHODS), because="the program is told which"),),
    outcomes=("trials", *pasted.ENDS),
    sampling=_ONE_TRIAL,
    both_sides_work=False,
    law="trial",
)
BREAKAGE = Pattern(
    name="breakage",
    words="a map in which something breaks, {who}{variant}",
    usual={},
    module=f"{_HOME}.breakage:Breakage",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="start",
    backends=_THAT_BREAK,
    uses=frozenset({"workers"}),
    variants=variants.named(*broken.CASES),
    limits=(
        Rule(factor="workers", never=(0,), because="a pool that breaks is told how many; give 1 or more"),
        Rule(
            where={"backend": (THREAD_EXECUTOR.name,)},
            factor="variant",
            never=(broken.KILLED.name,),
            because="a signal ends the whole program",
        ),
    ),
    outcomes=("trials", *broken.ENDS, broken.USABLE, *(f"{broken.RAISED}{kind}" for kind in broken.CLASSES)),
    sampling=_ONE_TRIAL,
    both_sides_work=False,
    law="trial",
)
GENERATOR_TAKEN = Pattern(
    name="generator_taken",
    words="the first result of a generator of 10 000 items, {who}{api}{variant}",
    usual={},
    module=f"{_HOME}.generator_taken:GeneratorTaken",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="dispatch",
    backends=_TAKING,
    uses=frozenset({"kernel", "workers", "api"}),
    variants=variants.named(variants.PLAIN, variants.BUFFERED),
    limits=(
        Rule(factor="workers", never=(0,), because="give 1 or more"),
        Rule(factor="api", only=("", "imap", "imap_unordered"), because="the others take no generator"),
        Rule(where={"backend": _EXECUTORS}, factor="api", only=("",), because="an executor has map alone"),
        Rule(
            where={"backend": (POOL.name,)},
            factor="variant",
            never=(variants.BUFFERED.name,),
            because="only the map of an executor has a buffersize",
        ),
    ),
    outcomes=("trials", "items_first", "items_later"),
    sampling=_ONE_TRIAL,
    both_sides_work=False,
    law="trial",
)
HANDED_OVER = Pattern(
    name="handed_over",
    words="handed over to {who}{variant}",
    usual={},
    module=f"{_HOME}.handed_over:HandedOver",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="start",
    backends=(THREADS.name, PROCESSES.name, POOL.name),
    uses=frozenset(),
    variants=variants.named(*handed.THINGS),
    limits=(),
    outcomes=("trials", "arrived"),
    sampling=_ONE_TRIAL,
    both_sides_work=False,
    law="trial",
)
WRITTEN_PROGRAM = Pattern(
    name="written_program",
    words="the source of one job with {who}",
    usual={},
    module=f"{_HOME}.written_program:WrittenProgram",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="compute",
    backends=(THREADS.name, PROCESSES.name, POOL.name, PROCESS_EXECUTOR.name, THREAD_EXECUTOR.name),
    uses=frozenset(),
    variants=variants.named(variants.PLAIN),
    limits=(),
    outcomes=("trials", *WRITTEN, *(f"thread_{what}" for what in WRITTEN)),
    sampling=_ONE_TRIAL,
    both_sides_work=False,
    law="trial",
)
PROGRAMS = (WHOLE_PROGRAM, PASTED_PROGRAM, BREAKAGE, GENERATOR_TAKEN, HANDED_OVER, WRITTEN_PROGRAM)
