"""Patterns of waiting: for servers and files, and for the interpreter while others compute."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things import variants
from study.things.backends import CALL, PROCESS_EXECUTOR, THREAD_EXECUTOR, THREADS
from study.things.events import Pattern, Rule, Sampling
from study.things.kernels import NOOP, REQUEST

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOME = "study.bench.patterns"
_WHOLE: Mapping[str, str] = MappingProxyType({"total": ""})

IO_TASKS = Pattern(
    name="io_tasks",
    words="{tasks} at once, {who}{variant}",
    usual={},
    module=f"{_HOME}.io_tasks:IoTasks",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="message",
    backends=(CALL.name, THREAD_EXECUTOR.name, PROCESS_EXECUTOR.name),
    uses=frozenset({"kernel", "workers", "tasks"}),
    variants=variants.named(variants.PLAIN, variants.TO_THREAD, variants.TASK_GROUP, variants.STREAMS),
    limits=(
        Rule(
            where={"variant": (variants.TO_THREAD.name,)},
            factor="backend",
            only=(THREAD_EXECUTOR.name,),
            because="it hands tasks to threads",
        ),
        Rule(
            where={"variant": (variants.TASK_GROUP.name,)},
            factor="backend",
            never=(CALL.name,),
            because="a task that blocks is given to an executor",
        ),
        Rule(
            where={"variant": (variants.STREAMS.name,)},
            factor="backend",
            only=(CALL.name,),
            because="everything is waited for in one thread",
        ),
        Rule(
            where={"variant": (variants.STREAMS.name,)},
            factor="kernel",
            only=(REQUEST.name,),
            because="nothing else can be waited for in the event loop itself",
        ),
    ),
    outcomes=(),
    sampling=Sampling(values=3, warmups=1, loops=1),
    both_sides_work=False,
    law="io_tasks",
)
IO_LATENCY = Pattern(
    name="io_latency",
    words="a byte on its way to a waiting thread{beside}{variant}",
    usual={},
    module=f"{_HOME}.io_latency:IoLatency",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="message",
    backends=(CALL.name, THREADS.name),
    uses=frozenset({"kernel", "workers"}),
    variants=variants.named(variants.PLAIN, variants.SHORT_SWITCH),
    limits=(
        Rule(
            where={"backend": (CALL.name,)},
            factor="kernel",
            only=(NOOP.name,),
            because="nobody else computes anything",
        ),
        Rule(where={"backend": (CALL.name,)}, factor="workers", only=(1,), because="nobody else computes anything"),
        Rule(
            where={"backend": (THREADS.name,)},
            factor="kernel",
            never=(NOOP.name,),
            because="threads need something to compute",
        ),
    ),
    outcomes=(),
    sampling=Sampling(values=100, warmups=5, loops=1),
    both_sides_work=True,
    law="io_latency",
)
WAITING = (IO_TASKS, IO_LATENCY)
