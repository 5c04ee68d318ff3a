"""The law: what each cell would take on a machine without noise. Standard library only."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import Cell, chunksize_of, unit_of, variant_of
from study.lab.simulate.noise import Noise
from study.things import BACKENDS, CHANNELS, DEFAULT, FORMS, KERNELS, PATTERNS, START_METHODS, variants
from study.things.labels import INJECTED
from study.things.payloads import SIBLINGS, SLOWEST
from study.things.start_methods import FORK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.things import Law as LawName
    from study.things import Life

INJECTED_RATIO = 21 / 20
"""What the label 'injected' multiplies: 21 operations run, 20 reported."""

_PRINTERS = 4
_QUOTAS = MappingProxyType({variants.QUOTA_1_EVENTS.name: 1.0, variants.QUOTA_1_5_EVENTS.name: 1.5})

_TASK_S = MappingProxyType({kernel.name: kernel.simulated_s for kernel in KERNELS.values()})
_LIVES = MappingProxyType(
    {
        **{backend.name: backend.life for backend in BACKENDS.values() if backend.life is not None},
        **{method.name: method.life for method in START_METHODS.values()},
    }
)
_DISPATCH_S = MappingProxyType(
    {backend.name: backend.dispatch_s for backend in BACKENDS.values() if backend.dispatch_s is not None}
)
_MESSAGE_S = MappingProxyType(
    {backend.name: backend.message_s for backend in BACKENDS.values() if backend.message_s is not None}
)
_THREAD_BYTES = 1e5
"""What a worker adds to memory that no start method started."""
_PROGRAM_BYTES = 12e6
_ON_ONE_CORE = 1.6
"""Times as long as on cores of their own, where two processes share one."""
_OF_THE_SLOWEST_CLASS = 1.8
"""Times as long as on a core of the fastest class."""
_COPY_S_PER_BYTE = 1e-11
"""What a byte of the parent's memory adds to a fork: its page tables are copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A machine that is known: every time follows from these numbers.

    Attributes
    ----------
    cpus : usable CPUs; more workers than that gain nothing.
    gil : whether threads take turns at kernels that do not release it.
    serial_fraction : share of a map's work that only one worker can do (Amdahl).
    contention : α of the capacity C(p) = p / (1 + α(p − 1)).
    task_s : one task of each kernel, serially; spin_s : and each iteration of the kernels that count them.
    lives : thread, start method or floor -> the life of one worker.
    default_start_method : what 'default' means on this machine.
    dispatch_s : handing out one chunk, per backend; item_s : each task in a chunk, besides its work.
    message_s : one message one way, per backend; byte_s : each byte of payload, copied.
    close_s : closing and joining a pool, per worker; print_s : one printed line.
    torn_share, swapped_share : of the four-printer events, those with a torn line, and in another order.
    late_child_share : of the lifecycles, those where the child ran only after `start()` had returned.
    process_s : what one bench process costs besides its events.
    factors : point's text -> how many times as long its events take: what was made slower.
    """

    cpus: int = 2
    gil: bool = True
    serial_fraction: float = 0.02
    contention: float = 0.05
    task_s: Mapping[str, float] = field(default_factory=lambda: _TASK_S)
    spin_s: float = 25e-9
    lives: Mapping[str, Life] = field(default_factory=lambda: _LIVES)
    default_start_method: str = FORK.name
    dispatch_s: Mapping[str, float] = field(default_factory=lambda: _DISPATCH_S)
    item_s: float = 5e-7
    message_s: Mapping[str, float] = field(default_factory=lambda: _MESSAGE_S)
    byte_s: float = 3e-10
    close_s: float = 0.5e-3
    print_s: float = 20e-6
    torn_share: float = 0.0
    swapped_share: float = 0.1
    late_child_share: float = 0.98
    process_s: float = 0.3
    factors: Mapping[str, float] = field(default_factory=dict)
    noise: Noise = field(default_factory=Noise)


def true_time_s(cell: Cell, law: Law) -> float:
    """Seconds per event of this cell's part by the law, without noise; with what its label injects.

    Raises
    ------
    ValueError
        for a cell the law does not know.
    """
    try:
        seconds = _LAWS[PATTERNS[cell.pattern].law](cell, law)
    except KeyError as error:
        raise ValueError(f"{cell.text!r}: the law has no {error}") from None
    slower = law.factors.get(replace(cell.point, label="").text, 1.0) if law.factors else 1.0
    return seconds * slower * (INJECTED_RATIO if cell.label == INJECTED.name else 1.0)


_WARMING = 3.0
"""How much longer than a warm map the second one takes, while the workers still begin."""
_READING_S = 1e-3
"""An event of a pattern whose parts are bytes."""
_WINDOW_S = 60e-3
"""An event whose value is one of the many steps in it."""


def event_s(point: Cell, law: Law) -> float:
    """Seconds one event of this point lasts, all its parts together."""
    if unit_of(point) == "byte":
        return _READING_S
    if PATTERNS[point.pattern].law == "increment":
        return _WINDOW_S
    parts = PATTERNS[point.pattern].length
    return math.fsum(true_time_s(replace(point, part=part), law) for part in parts)


def parallelism(cell: Cell, law: Law) -> float:
    """How many tasks really run at once: what the CPUs give, 1 where the GIL makes threads take turns."""
    workers = cell.workers or law.cpus
    kernel, kind = KERNELS[cell.kernel], BACKENDS[cell.backend].kind
    if kernel.waits:
        return float(workers)
    if kind == "loop" or (law.gil and kind == "thread" and not kernel.releases_gil):
        return 1.0
    busy = min(workers, law.cpus)
    return busy / (1.0 + law.contention * (busy - 1))


def _life(cell: Cell, law: Law) -> Life:
    """Find the life of one of the cell's workers."""
    if cell.start_method == DEFAULT:
        return law.lives[law.default_start_method]
    return law.lives[cell.start_method or cell.backend]


def _work_s(cell: Cell, law: Law) -> float:
    return cell.tasks * (law.task_s[cell.kernel] + cell.spins * law.spin_s)


def _shared_work_s(cell: Cell, law: Law) -> float:
    work_s = _work_s(cell, law)
    return work_s * (law.serial_fraction + (1.0 - law.serial_fraction) / parallelism(cell, law))


def _map_s(cell: Cell, law: Law) -> float:
    """Add the shared work and what it takes to hand it out; a plain call has neither."""
    backend = BACKENDS[cell.backend]
    if backend.kind == "loop":
        return _work_s(cell, law)
    workers = cell.workers or law.cpus
    made_s = _made_s(cell, law, workers) if cell.variant == variants.MADE.name else 0.0
    if not backend.hands_out:
        each_s = _life(cell, law).join_s if backend.kind == "process" else 2.0 * law.message_s[cell.backend]
        return _shared_work_s(cell, law) + workers * each_s + made_s
    messages = math.ceil(cell.tasks / _chunk_of(cell, law))
    lives_s = messages / cell.tasks_per_child * _life(cell, law).join_s if cell.tasks_per_child else 0.0
    throttled = max(1.0, parallelism(cell, law) / _QUOTAS.get(cell.variant, math.inf))
    return (
        _shared_work_s(cell, law) * throttled
        + messages * law.dispatch_s[cell.backend]
        + cell.tasks * law.item_s
        + lives_s
        + made_s
    )


def _chunk_of(cell: Cell, law: Law) -> int:
    """Say how many tasks go in a message."""
    return chunksize_of(replace(cell, workers=cell.workers or law.cpus)) or 1


def _made_s(cell: Cell, law: Law, workers: int) -> float:
    """Add what it takes to make the workers and to end them."""
    life = _life(cell, law)
    return workers * (life.start_s + law.close_s) + life.first_s - life.start_s


def _payload_s(cell: Cell, law: Law) -> float:
    """A map of what does nothing, and its data twice: into a message and out of it, the first message while nobody waits."""
    backend = BACKENDS[cell.backend]
    handing_s = _map_s(cell, law)
    if backend.kind in {"loop", "thread"}:
        return handing_s
    moved = (cell.payload_bytes + cell.result_bytes) * (cell.tasks + _chunk_of(cell, law))
    return handing_s + moved * law.byte_s * _byte_factor(cell)


def _same_data_s(cell: Cell, law: Law) -> float:
    """A pool's life, and the data as often as they are moved."""
    life, workers = _life(cell, law), cell.workers or law.cpus
    once_s = cell.payload_bytes * law.byte_s
    to_each = workers if cell.start_method != FORK.name else 0
    times = {"": cell.tasks, variants.INITIALIZER.name: to_each, variants.SHARED_MEMORY.name: 1}
    brought_s = once_s * times.get(cell.variant, 0)
    create_s = workers * life.start_s + (brought_s if cell.variant else 0.0)
    map_s = life.first_s + cell.tasks * law.dispatch_s[cell.backend] + (0.0 if cell.variant else brought_s)
    return {"create": create_s, "map": map_s, "total": create_s + map_s + workers * law.close_s}[cell.part]


_IO_THREADS_MORE = 4
"""Threads that an executor of the library has by default beyond the CPUs."""
_REQUEST_S = 150e-6
"""What a task handed out by itself costs beside its waiting."""
_WAKE_S, _SWITCH_S, _SHORT_SWITCH_S = 60e-6, 5e-3, 0.5e-3


def _io_tasks_s(cell: Cell, law: Law) -> float:
    """Find how many wait or work at once, and what it costs to hand each task out."""
    kind, kernel = BACKENDS[cell.backend].kind, KERNELS[cell.kernel]
    default = law.cpus + (_IO_THREADS_MORE if kind == "thread" else 0)
    at_once = cell.tasks if cell.variant == variants.STREAMS.name else 1 if kind == "loop" else cell.workers or default
    if not kernel.waits:
        at_once = 1 if law.gil and kind == "thread" and not kernel.releases_gil else min(at_once, law.cpus)
    handed_s = 0.0 if kind == "loop" and not cell.variant else _REQUEST_S
    return math.ceil(cell.tasks / at_once) * law.task_s[cell.kernel] + cell.tasks * handed_s


def _io_latency_s(cell: Cell, law: Law) -> float:
    """Add the interval after which the GIL is given away, where somebody holds it."""
    if not law.gil or BACKENDS[cell.backend].kind == "loop" or KERNELS[cell.kernel].releases_gil:
        return _WAKE_S
    return _WAKE_S + (_SHORT_SWITCH_S if cell.variant == variants.SHORT_SWITCH.name else _SWITCH_S)


def _life_s(cell: Cell, law: Law) -> float:
    """Add what the parent's memory does to a copy of it, and what the variant does to a life, except to start() itself."""
    life, method, variant = _life(cell, law), START_METHODS.get(cell.start_method), variant_of(cell)
    copied = BACKENDS[cell.backend].copies_parent or (method is not None and method.copies_parent)
    copied_s = cell.parent_bytes * _COPY_S_PER_BYTE if copied else 0.0
    added_s = variant.simulated_s if variant and cell.part != "start" else 0.0
    return {"start": life.start_s, "first": life.first_s, "join": life.join_s}[cell.part] + copied_s + added_s


def _pool_s(cell: Cell, law: Law) -> float:
    workers, life = cell.workers or law.cpus, _life(cell, law)
    warm_s = _map_s(cell, law)
    parts = {
        "create": workers * life.start_s,
        "first_map": life.first_s - life.start_s + warm_s,
        "second_map": _WARMING * warm_s,
        "warm_map": warm_s,
        "close_join": workers * law.close_s,
    }
    return parts["create"] + parts["first_map"] + parts["close_join"] if cell.part == "total" else parts[cell.part]


def _four_printers_s(cell: Cell, law: Law) -> float:
    return _PRINTERS * (_life(cell, law).join_s + law.print_s)


def _process_per_task_s(cell: Cell, law: Law) -> float:
    return cell.tasks * _life(cell, law).join_s + _shared_work_s(cell, law)


_INTERPRETER_S = 30e-3
"""A program that does nothing."""
_IMPORTS_S = 10e-3
"""What a script imports for its job."""


def _program_s(cell: Cell, law: Law) -> float:
    """Add the interpreter's start and what it imports to the workers' lives and the work; the CPUs see all of the work."""
    if cell.variant == variants.EMPTY.name:
        return _INTERPRETER_S
    begun_s = _INTERPRETER_S + _IMPORTS_S
    if BACKENDS[cell.backend].kind == "loop":
        return begun_s + _work_s(cell, law)
    lives_s = cell.workers * _life(cell, law).join_s
    return begun_s + lives_s + (_work_s(cell, law) if cell.part == "cpu" else _shared_work_s(cell, law))


def _byte_factor(cell: Cell) -> float:
    """Find what a byte of the form costs over one of bytes; a form that is no message has no such factor."""
    factor = FORMS[cell.form].byte_factor
    if factor is None:
        raise KeyError(cell.form)
    return factor


def _one_way_s(cell: Cell, law: Law) -> float:
    byte_s = 0.0 if BACKENDS[cell.backend].kind == "thread" else law.byte_s * _byte_factor(cell)
    return law.message_s[cell.backend] * CHANNELS[cell.channel].simulated + cell.payload_bytes * byte_s


def _ping_pong_s(cell: Cell, law: Law) -> float:
    """There and back."""
    return 2.0 * _one_way_s(cell, law)


def _stream_s(cell: Cell, law: Law) -> float:
    """A window of 64 messages: they overlap, so that the slower side counts, and one way for the acknowledgement."""
    return 64 * _one_way_s(cell, law) / 2.0 + law.message_s[cell.backend]


def _pickling_s(cell: Cell, law: Law) -> float:
    return 1e-6 + cell.payload_bytes * law.byte_s * _byte_factor(cell) / 2.0


def _capacity_s(cell: Cell, law: Law) -> float:
    busy_s = _work_s(cell, law) * cell.workers / parallelism(cell, law)
    busy_s *= {SIBLINGS.name: _ON_ONE_CORE, SLOWEST.name: _OF_THE_SLOWEST_CLASS}.get(cell.placement, 1.0)
    skew_s = 5e-6 * cell.workers
    return {"busy": busy_s, "makespan": busy_s + skew_s, "skew": skew_s}[cell.part]


def _contend_s(cell: Cell, law: Law) -> float:
    """One step in a worker: of nothing shared as fast as the CPUs allow, else each waits for all the others."""
    step_s = PATTERNS[cell.pattern].variants[cell.variant].simulated_s
    return step_s * cell.workers / (parallelism(cell, law) if cell.variant == variants.OWN.name else 1.0)


def _trial_s(cell: Cell, law: Law) -> float:
    """What is tried for what comes of it: its time is that of any program."""
    variant = variant_of(cell)
    return (
        _INTERPRETER_S
        + (_life(cell, law).join_s if cell.start_method else 0.0)
        + (variant.simulated_s if variant else 0.0)
    )


def _memory_bytes(cell: Cell, law: Law) -> float:
    method = law.default_start_method if cell.start_method == DEFAULT else cell.start_method
    own = (START_METHODS[method].worker_bytes if method else _THREAD_BYTES) * cell.workers
    return {"pss": 1.0, "uss": 0.8, "rss": 1.6}[cell.part] * (_PROGRAM_BYTES + own)


def _copied_bytes(cell: Cell, law: Law) -> float:
    del law
    share = FORMS[cell.form].copied_share
    if share is None:
        raise KeyError(cell.form)
    return max(4096.0, cell.parent_bytes * share)


_LAWS: Mapping[LawName, Callable[[Cell, Law], float]] = MappingProxyType(
    {
        "copies": _copied_bytes,
        "increment": _contend_s,
        "io_latency": _io_latency_s,
        "io_tasks": _io_tasks_s,
        "life": _life_s,
        "map": _map_s,
        "memory": _memory_bytes,
        "pickling": _pickling_s,
        "payload": _payload_s,
        "pool_life": _pool_s,
        "printers": _four_printers_s,
        "process_per_task": _process_per_task_s,
        "program": _program_s,
        "round_trip": _ping_pong_s,
        "same_data": _same_data_s,
        "stream": _stream_s,
        "trial": _trial_s,
        "window": _capacity_s,
    }
)
"""What a pattern's record calls its law -> the seconds or bytes of a cell."""
