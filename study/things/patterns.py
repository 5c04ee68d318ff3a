"""How tasks and processes relate in one event. A new one is its module in `study/bench/patterns/` and its record here."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things import variants
from study.things.backends import BACKENDS, POOL, PROCESS_EXECUTOR, PROCESSES, THREADS
from study.things.carrying import CARRYING
from study.things.events import Pattern, Rule, Sampling
from study.things.kernels import SQUARE
from study.things.payloads import CORES, FASTEST, SIBLINGS, SLOWEST
from study.things.programs import PROGRAMS
from study.things.start_methods import DEFAULT, FORK, START_METHODS
from study.things.waiting import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping

CPU_TIME = ("cpu_time_us", "elapsed_us")
"""Outcomes: CPU time of all that do the work, and the time in which they did it."""
_HOME = "study.bench.patterns"
_WHOLE: Mapping[str, str] = MappingProxyType({"total": ""})
_LIFE: Mapping[str, str] = MappingProxyType(
    {
        "start": "start() alone",
        "first": "start to the child's first instruction",
        "join": "start to the end of join()",
    }
)
_PLAIN = variants.named(variants.PLAIN)
_ONE_READING = Sampling(values=1, warmups=0, loops=1)
_FOUR_PRINTERS = "there are four printers"
_AS_SHIPPED = "as shipped means that nothing is chosen"
_RUNNERS = tuple(backend.name for backend in BACKENDS.values() if backend.runs_tasks and not backend.at_address)
_AT_ADDRESS = tuple(backend.name for backend in BACKENDS.values() if backend.at_address)
_WITHOUT_RECYCLING = tuple(name for name in (*_RUNNERS, *_AT_ADDRESS) if not BACKENDS[name].recycles)
_LIVING_ON = tuple(name for name in _RUNNERS if BACKENDS[name].hands_out)
_POOLS_OF_PROCESSES = tuple(name for name in _LIVING_ON if BACKENDS[name].kind == "process")
_NOT_MADE = tuple(
    name
    for name in (*_RUNNERS, *_AT_ADDRESS)
    if BACKENDS[name].package or not (BACKENDS[name].hands_out or BACKENDS[name].kind == "thread")
)
_WITH_LIVES = tuple(backend.name for backend in BACKENDS.values() if backend.alone)
_COPYING = tuple(method.name for method in START_METHODS.values() if method.copies_parent)
_SERVED = tuple(method.name for method in START_METHODS.values() if method.has_server)

PROCESS_LIFECYCLE = Pattern(
    name="process_lifecycle",
    words="{alone}{holding}{variant}",
    usual={"backend": PROCESSES.name},
    module=f"{_HOME}.process_lifecycle:ProcessLifecycle",
    parts=_LIFE,
    length=("join",),
    unit="second",
    noise_class="start",
    backends=_WITH_LIVES,
    uses=frozenset({"parent_bytes"}),
    variants=variants.named(variants.PLAIN, variants.FROZEN, variants.MAPPED, variants.EVENTS),
    limits=(
        Rule(
            where={"variant": (variants.MAPPED.name,)},
            factor="parent_bytes",
            never=(0,),
            because="there must be something to lie in mappings",
        ),
    ),
    outcomes=("trials", "start_returned_before_child", "child_done_before_join_returned", "child_change_seen"),
    sampling=None,
    both_sides_work=False,
    law="life",
)
PROGRAM_LIFECYCLE = Pattern(
    name="program_lifecycle",
    words="{alone}{variant}",
    usual={"backend": PROCESSES.name},
    module=f"{_HOME}.program_lifecycle:ProgramLifecycle",
    parts=_LIFE,
    length=("join",),
    unit="second",
    noise_class="start",
    backends=(PROCESSES.name,),
    uses=frozenset(),
    variants=variants.named(
        variants.FIRST_OF_ALL,
        variants.BARE,
        variants.MAIN_STDLIB,
        variants.MAIN_NUMPY,
        variants.MAIN_HEAVY,
        variants.PRELOAD,
        variants.PRELOAD_LIBRARY,
        variants.PRELOAD_LAZILY,
    ),
    limits=(
        Rule(factor="start_method", only=tuple(START_METHODS), because="the program is told which"),
        Rule(
            where={"variant": (variants.PRELOAD.name, variants.PRELOAD_LIBRARY.name, variants.PRELOAD_LAZILY.name)},
            factor="start_method",
            only=_SERVED,
            because="only a forkserver can preload",
        ),
    ),
    outcomes=("trials",),
    sampling=Sampling(values=2, warmups=0, loops=1),
    both_sides_work=False,
    law="life",
)
POOL_LIFECYCLE = Pattern(
    name="pool_lifecycle",
    words="{who} for {few_tasks}, made and closed",
    usual={},
    module=f"{_HOME}.pool_lifecycle:PoolLifecycle",
    parts={
        "create": "making it",
        "first_map": "its first map",
        "second_map": "its second map",
        "warm_map": "a map once every worker has answered",
        "close_join": "close() and join()",
        "total": "",
    },
    length=("total", "second_map", "warm_map"),
    unit="second",
    noise_class="start",
    backends=_LIVING_ON,
    uses=frozenset({"kernel", "workers", "tasks", "chunksize"}),
    variants=_PLAIN,
    limits=(),
    outcomes=("trials", "right_in_order"),
    sampling=None,
    both_sides_work=False,
    law="pool_life",
)
POOL_AS_SHIPPED = Pattern(
    name="pool_as_shipped",
    words="the program of Q5 with every default{variant}",
    usual={"backend": POOL.name, "start_method": DEFAULT, "workers": 0, "kernel": SQUARE.name, "tasks": 5},
    module=f"{_HOME}.pool_lifecycle:PoolAsShipped",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="start",
    backends=(POOL.name,),
    uses=frozenset({"kernel", "workers", "tasks"}),
    variants=variants.named(variants.PLAIN, variants.ONE_CPU, variants.QUOTA_ONE_CPU),
    limits=(
        Rule(factor="start_method", only=(DEFAULT,), because=_AS_SHIPPED),
        Rule(factor="workers", only=(0,), because=_AS_SHIPPED),
    ),
    outcomes=("trials", "right_in_order", "pool_workers", "usable_cpus"),
    sampling=None,
    both_sides_work=False,
    law="pool_life",
)
FOUR_PRINTERS = Pattern(
    name="four_printers",
    words="four printing processes under {method}{variant}",
    usual={"backend": PROCESSES.name, "workers": 4, "tasks": 4},
    module=f"{_HOME}.four_printers:FourPrinters",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="start",
    backends=(PROCESSES.name,),
    uses=frozenset({"workers", "tasks"}),
    variants=variants.named(variants.PLAIN, variants.UNBUFFERED),
    limits=(
        Rule(factor="workers", only=(1, 4), because=_FOUR_PRINTERS),
        Rule(factor="tasks", only=(1, 4), because=_FOUR_PRINTERS),
    ),
    outcomes=(
        "trials",
        "closing_line_last",
        "lines_whole",
        "torn_events",
        "in_order",
        *(f"order_{''.join(order)}" for order in itertools.permutations("1234")),
    ),
    sampling=None,
    both_sides_work=False,
    law="printers",
)
MAP = Pattern(
    name="map",
    words="{tasks}, {who}{api}{chunks}{recycled}{library_threads}{variant}",
    usual={},
    module=f"{_HOME}.map_tasks:MapTasks",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class=None,
    backends=(*_RUNNERS, *_AT_ADDRESS),
    uses=frozenset({"kernel", "workers", "tasks", "chunksize", "tasks_per_child", "spins", "api", "library_threads"}),
    variants=variants.named(
        variants.PLAIN,
        variants.EVENTS,
        variants.COLD,
        variants.FREE_EVENTS,
        variants.QUOTA_1_EVENTS,
        variants.QUOTA_1_5_EVENTS,
        variants.ONE_TASK_PER_CHILD,
        variants.MADE,
    ),
    limits=(
        Rule(
            where={"backend": _NOT_MADE},
            factor="variant",
            never=(variants.MADE.name,),
            because="it has no workers that live on and could be made for one job",
        ),
        Rule(
            where={"backend": _WITHOUT_RECYCLING},
            factor="tasks_per_child",
            only=(0,),
            because="these workers cannot be made to end after a number of tasks",
        ),
        Rule(
            where={"backend": (PROCESS_EXECUTOR.name,), "start_method": _COPYING},
            factor="tasks_per_child",
            only=(0,),
            because="ProcessPoolExecutor refuses max_tasks_per_child under fork",
        ),
        Rule(
            where={"variant": (variants.ONE_TASK_PER_CHILD.name,)},
            factor="backend",
            only=(POOL.name,),
            because="an executor's workers have a number of tasks",
        ),
        Rule(
            where={"variant": (variants.ONE_TASK_PER_CHILD.name, variants.MADE.name)},
            factor="tasks_per_child",
            only=(0,),
            because="the variant itself says how long a worker lives",
        ),
    ),
    outcomes=CPU_TIME,
    sampling=None,
    both_sides_work=False,
    law="map",
)
PROCESS_PER_TASK = Pattern(
    name="process_per_task",
    words="{tasks}, a process each under {method}, {workers} at a time",
    usual={"backend": PROCESSES.name},
    module=f"{_HOME}.process_per_task:ProcessPerTask",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="start",
    backends=(PROCESSES.name,),
    uses=frozenset({"kernel", "workers", "tasks"}),
    variants=_PLAIN,
    limits=(),
    outcomes=(),
    sampling=None,
    both_sides_work=False,
    law="process_per_task",
)
CAPACITY = Pattern(
    name="capacity",
    words="{tasks} in each of {workers} independent processes{placement}",
    usual={"backend": PROCESSES.name, "start_method": FORK.name},
    module=f"{_HOME}.capacity:Capacity",
    parts={
        "busy": "from first to last instruction",
        "makespan": "from the first start to the last end",
        "skew": "between the first and the last start",
    },
    length=("makespan",),
    unit="second",
    noise_class="compute",
    backends=(PROCESSES.name,),
    uses=frozenset({"kernel", "workers", "tasks", "spins", "placement"}),
    variants=_PLAIN,
    limits=(
        Rule(
            factor="placement",
            only=("", SIBLINGS.name, CORES.name, FASTEST.name, SLOWEST.name),
            because="these have no partner",
        ),
        Rule(
            where={"placement": (SIBLINGS.name, CORES.name)},
            factor="workers",
            only=(2,),
            because="two CPUs of one core are held against those of two",
        ),
        Rule(
            where={"placement": (FASTEST.name, SLOWEST.name)},
            factor="workers",
            only=(1,),
            because="one CPU of each class is held against the other",
        ),
    ),
    outcomes=("trials", "late_starts"),
    sampling=None,
    both_sides_work=False,
    law="window",
)
CONTEND = Pattern(
    name="contend",
    words="one of many small steps by {who} at once{variant}",
    usual={},
    module=f"{_HOME}.contend:Contend",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="message",
    backends=(PROCESSES.name, THREADS.name),
    uses=frozenset({"workers"}),
    variants=MappingProxyType({**variants.BETWEEN_PROCESSES, **variants.BETWEEN_THREADS}),
    limits=(
        Rule(
            where={"backend": (PROCESSES.name,)},
            factor="variant",
            only=tuple(variants.BETWEEN_PROCESSES),
            because="processes share nothing else",
        ),
        Rule(
            where={"backend": (THREADS.name,)},
            factor="variant",
            only=tuple(variants.BETWEEN_THREADS),
            because="threads share their memory already",
        ),
    ),
    outcomes=("trials", "late_starts"),
    sampling=Sampling(values=2, warmups=0, loops=1),
    both_sides_work=False,
    law="increment",
)
MEMORY = Pattern(
    name="memory",
    words="memory of a program with {who}",
    usual={},
    module=f"{_HOME}.memory:Memory",
    parts={"pss": "proportional set size", "uss": "unique set size", "rss": "resident set size, added up"},
    length=("pss", "uss", "rss"),
    unit="byte",
    noise_class="memory",
    backends=(THREADS.name, PROCESSES.name, *_POOLS_OF_PROCESSES),
    uses=frozenset({"workers"}),
    variants=_PLAIN,
    limits=(Rule(factor="workers", never=(0,), because="there is no default number of workers; give 1 or more"),),
    outcomes=(),
    sampling=_ONE_READING,
    both_sides_work=False,
    law="memory",
)
COPY_ON_WRITE = Pattern(
    name="copy_on_write",
    words="a forked child reads {held} of {made_of}{variant}",
    usual={"backend": PROCESSES.name, "start_method": FORK.name},
    module=f"{_HOME}.memory:CopyOnWrite",
    parts={"dirtied": "copied by reading"},
    length=("dirtied",),
    unit="byte",
    noise_class="memory",
    backends=(PROCESSES.name,),
    uses=frozenset({"form", "parent_bytes"}),
    variants=variants.named(variants.PLAIN, variants.FROZEN, variants.COLLECTED),
    limits=(
        Rule(factor="start_method", only=_COPYING, because="only fork shares memory"),
        Rule(factor="parent_bytes", never=(0,), because="there must be something to read"),
    ),
    outcomes=(),
    sampling=_ONE_READING,
    both_sides_work=False,
    law="copies",
)
PATTERNS: Mapping[str, Pattern] = MappingProxyType(
    {
        pattern.name: pattern
        for pattern in (
            PROCESS_LIFECYCLE,
            PROGRAM_LIFECYCLE,
            *PROGRAMS,
            POOL_LIFECYCLE,
            POOL_AS_SHIPPED,
            FOUR_PRINTERS,
            MAP,
            PROCESS_PER_TASK,
            *CARRYING,
            CAPACITY,
            CONTEND,
            MEMORY,
            COPY_ON_WRITE,
            *WAITING,
        )
    }
)
"""Name -> record."""
