"""Named variations of patterns. One that several patterns have means the same in each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.events import Sampling, Variant
from study.things.kernels import NUMPY

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOSTS = "study.bench.hosts"


def named(*variants: Variant) -> Mapping[str, Variant]:
    """Name -> record."""
    return MappingProxyType({variant.name: variant for variant in variants})


def _variant(name: str, words: str = "", *, sampling: Sampling | None = None, simulated_s: float = 0.0) -> Variant:
    """A variation that runs no program of its own; its words are its name where none are given."""
    return Variant(
        name=name,
        words=words or name,
        module="",
        package="",
        sampling=sampling,
        outcomes=(),
        simulated_s=simulated_s,
    )


def _program(
    name: str, words: str, host: str, *, package: str = "", outcomes: tuple[str, ...] = (), simulated_s: float
) -> Variant:
    """A variation whose children are those of a program of the bench."""
    return Variant(
        name=name,
        words=words,
        module=f"{_HOSTS}.{host}",
        package=package,
        sampling=None,
        outcomes=outcomes,
        simulated_s=simulated_s,
    )


PLAIN = _variant("")
EVENTS = _variant("events", "single events", sampling=Sampling(values=200, warmups=20, loops=1))
"""Single events, each a value of its own, so that their quantiles can be told."""
COLD = _variant("cold", "from cold", sampling=Sampling(values=150, warmups=0, loops=1))
"""Single events from the very first on, without warm-up, so that the way to the steady state can be seen."""
_TAIL = Sampling(values=120, warmups=5, loops=1)
FREE_EVENTS = _variant("free_events", "single events without a quota", sampling=_TAIL)
"""As many as under a quota, beside which they stand."""
QUOTA_1_EVENTS = _variant("quota_1_events", "single events with the time of one CPU allowed", sampling=_TAIL)
QUOTA_1_5_EVENTS = _variant(
    "quota_1_5_events", "single events with the time of one CPU and a half allowed", sampling=_TAIL
)
FROZEN = _variant("frozen", "after gc.freeze")
MAPPED = _variant("mapped", "in mappings of 64 KiB", simulated_s=1e-3)
COLLECTED = _variant("collected", "with a collection in the child")
UNBUFFERED = _variant("unbuffered")
ONE_CPU = _variant("one_cpu", "with one CPU allowed")
QUOTA_ONE_CPU = _variant("quota_one_cpu", "with the time of one CPU allowed")
MADE = _variant("made", "workers made and ended for it")
ONE_TASK_PER_CHILD = _variant("one_task_per_child", "a new worker after each chunk")
"""In runs of earlier versions, which carry their experiments: a present one has `tasks_per_child`."""
FIRST_OF_ALL = _program("first_of_all", "the first of its program", "bare", simulated_s=20e-3)
BARE = _program("bare", "of a program that imports nothing", "bare", simulated_s=0.0)
MAIN_STDLIB = _program(
    "main_stdlib", "of a program whose main module imports much of the library", "main_stdlib", simulated_s=60e-3
)
MAIN_NUMPY = _program(
    "main_numpy",
    "of a program whose main module imports NumPy",
    "main_numpy",
    package=NUMPY,
    simulated_s=80e-3,
)
MAIN_HEAVY = _program(
    "main_heavy",
    "of a program that weighs as much as with pandas",
    "main_heavy",
    simulated_s=70e-3,
)
PRELOAD = _program(
    "preload",
    "of a program that imports NumPy, preloaded by the server",
    "main_numpy",
    package=NUMPY,
    outcomes=("preloaded",),
    simulated_s=2e-3,
)
INITIALIZER = _variant("initializer", "given by the initializer")
GLOBAL = _variant("global", "a global of the parent's")
SHARED_MEMORY = _variant("shared_memory", "attached shared memory")
PRELOAD_LIBRARY = _program(
    "preload_library",
    "of a program whose server has preloaded much of the library",
    "bare",
    outcomes=("preloaded",),
    simulated_s=2e-3,
)
PRELOAD_LAZILY = _program(
    "preload_lazily",
    "of the same program with lazy imports throughout",
    "bare",
    outcomes=("preloaded",),
    simulated_s=50e-3,
)
OWN = _variant("own", "each counting for itself", simulated_s=5e-8)
"""Of those that contend: nothing is shared. The words of the others say what is."""
LOCK = _variant("lock", "each counting for itself under one lock", simulated_s=1e-7)
VALUE = _variant("value", "counting in one Value", simulated_s=1.5e-6)
ARRAY = _variant("array", "each counting in its place of one Array", simulated_s=2e-6)
MANAGER = _variant("manager", "counting in one list of a Manager", simulated_s=3e-4)
QUEUE = _variant("queue", "putting into one queue", simulated_s=5e-6)
LIST = _variant("list", "counting in one list under a lock", simulated_s=1.2e-7)
APPEND = _variant("append", "appending to one list", simulated_s=5e-8)
DICT_OWN = _variant("dict_own", "setting keys of their own in one dict", simulated_s=5e-8)
DICT_SHARED = _variant("dict_shared", "setting the same key of one dict", simulated_s=5e-8)
READ_MOSTLY = _variant("read_mostly", "reading one dict and setting it once in a hundred times", simulated_s=4e-8)
REFCOUNTS = _variant("refcounts", "taking one object by a reference of their own", simulated_s=3e-8)
BETWEEN_PROCESSES = named(OWN, LOCK, VALUE, ARRAY, MANAGER, QUEUE)
BETWEEN_THREADS = named(OWN, LOCK, LIST, QUEUE, APPEND, DICT_OWN, DICT_SHARED, READ_MOSTLY, REFCOUNTS)
BUFFERED = _variant("buffered", "with a buffersize")
EMPTY = _variant("empty", "an interpreter that does nothing")
TO_THREAD = _variant("to_thread", "asyncio.to_thread")
TASK_GROUP = _variant("task_group", "asyncio's TaskGroup")
STREAMS = _variant("streams", "asyncio's streams")
SHORT_SWITCH = _variant("short_switch", "threads switched every 0.5 ms")
