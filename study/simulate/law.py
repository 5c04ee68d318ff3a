"""The law: what each cell would take on a machine without noise, and how the noise falls. Standard library only."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import DEFAULT, Cell, unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASES_GIL = frozenset({"sha256_8mib", "sleep", "zlib", "ep", "sort", "triad", "matmul"})
"""Kernels that threads can run side by side in spite of the GIL."""

INJECTED_RATIO = 21 / 20
"""What the label 'injected' multiplies: 21 operations run, 20 reported."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """One worker's life, seconds from calling `start()`: until it returns, until the child runs, until join returns."""

    start_s: float
    first_s: float
    join_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How the times scatter. Every factor has mean 1, except modes and outliers, which add time.

    Attributes
    ----------
    within_cv : of the values inside a process (lognormal).
    process_cv : of the processes (lognormal; exponential, so skewed, if `skewed`).
    residuals : where given, process factors are drawn from these, scaled to mean 1 (seen in stored A/A data).
    slow_cv, slow_correlation : of noise that all cells share and that lasts: autoregressive from process to process.
    drift_per_hour : how much slower the machine is, relatively, after an hour.
    run_cv : of what a whole run does to one cell, under all its labels (lognormal).
    mode_share, mode_factor : share of the processes that run in a slower mode, and by what factor.
    outlier_share, outlier_factor : the same for single values.
    """

    within_cv: float = 0.02
    process_cv: float = 0.03
    skewed: bool = False
    residuals: tuple[float, ...] = ()
    slow_cv: float = 0.0
    slow_correlation: float = 0.7
    drift_per_hour: float = 0.0
    run_cv: float = 0.0
    mode_share: float = 0.0
    mode_factor: float = 1.0
    outlier_share: float = 0.0
    outlier_factor: float = 1.0


_PRINTERS = 4

_TASK_S = MappingProxyType(
    {
        "noop": 1e-7,
        "square": 2e-7,
        "fannkuch": 5e-3,
        "nbody": 5e-3,
        "sieve": 4e-3,
        "sha256_8mib": 6e-3,
        "sha256_1kib": 12e-3,
        "sleep": 10e-3,
        "json": 3e-3,
        "regex": 2.5e-3,
        "zlib": 3.5e-3,
        "ep": 2.5e-3,
        "sort": 1.7e-3,
        "triad": 1e-3,
        "matmul": 1.7e-3,
        "binary_trees": 2e-3,
        "dict": 2e-3,
        "spin": 1e-7,
        "ragged": 1e-7,
        "count_private": 2.5e-3,
        "count_shared": 2.5e-3,
    }
)
_LIVES = MappingProxyType(
    {
        "threads": Lifecycle(25e-6, 30e-6, 40e-6),
        "thread_executor": Lifecycle(25e-6, 30e-6, 40e-6),
        "interpreters": Lifecycle(10e-3, 11e-3, 14e-3),
        "interpreter_executor": Lifecycle(10e-3, 11e-3, 14e-3),
        "fork": Lifecycle(0.6e-3, 0.9e-3, 1.6e-3),
        "forkserver": Lifecycle(0.8e-3, 4e-3, 5e-3),
        "spawn": Lifecycle(1e-3, 30e-3, 33e-3),
        "os_fork": Lifecycle(0.3e-3, 0.4e-3, 0.6e-3),
        "posix_spawn": Lifecycle(0.4e-3, 0.5e-3, 0.8e-3),
    }
)
_DISPATCH_S = MappingProxyType(
    {
        "pool": 60e-6,
        "process_executor": 150e-6,
        "thread_executor": 30e-6,
        "interpreter_executor": 90e-6,
        "loky": 200e-6,
        "dask": 1e-3,
    }
)
_MESSAGE_S = MappingProxyType({"threads": 10e-6, "processes": 25e-6, "interpreters": 30e-6})
_CHANNELS = MappingProxyType(
    {"": 1.0, "os_pipe": 0.4, "pipe_duplex": 1.2, "simple_queue": 1.1, "queue": 2.0, "manager": 12.0, "shared_memory": 0.8,
     "thread_queue": 2.0, "interpreter_queue": 1.0}
)  # fmt: skip
"""Channel -> its latency over that of the backend's plain one."""
_FORMS = MappingProxyType({"": 1.0, "array": 1.1, "array_out_of_band": 0.8, "list": 20.0, "dict": 60.0})
"""Form -> what a byte of it costs over one of bytes."""
_WORKER_BYTES = MappingProxyType({"": 1e5, "fork": 2e6, "forkserver": 7e6, "spawn": 9e6})
_PROGRAM_BYTES = 12e6
_COPIED = MappingProxyType({"": 1e-4, "bytearray": 1e-4, "array": 1e-4, "ints": 0.9, "strings": 0.9, "dict": 0.9})
"""Form -> share of what is read that a child copies by reading it."""
_INCREMENT_S = MappingProxyType({"private": 1e-6, "lock": 2e-6, "value": 3e-6, "manager": 3e-4})
_VARIANT_S = MappingProxyType(
    {"first_of_all": 20e-3, "bare": 0.0, "main_stdlib": 60e-3, "main_numpy": 80e-3, "preload": 2e-3}
)
"""Variant of a program -> what it adds to the life of a child."""
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
    """

    cpus: int = 2
    gil: bool = True
    serial_fraction: float = 0.02
    contention: float = 0.05
    task_s: Mapping[str, float] = field(default_factory=lambda: _TASK_S)
    spin_s: float = 25e-9
    lives: Mapping[str, Lifecycle] = field(default_factory=lambda: _LIVES)
    default_start_method: str = "fork"
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
    noise: Noise = field(default_factory=Noise)


def true_time_s(cell: Cell, law: Law) -> float:
    """Seconds per event of this cell's part by the law, without noise; with what its label injects.

    Raises
    ------
    ValueError
        for a cell the law does not know.
    """
    try:
        seconds = _PATTERNS[cell.pattern](cell, law)
    except KeyError as error:
        raise ValueError(f"{cell.text!r}: the law has no {error}") from None
    return seconds * (INJECTED_RATIO if cell.label == "injected" else 1.0)


_PARTS_OF_AN_EVENT = MappingProxyType(
    {
        "process_lifecycle": ("join",),
        "program_lifecycle": ("join",),
        "pool_lifecycle": ("total", "warm_map"),
        "pickling": ("dumps", "loads"),
        "capacity": ("makespan",),
    }
)
"""Pattern -> the parts that together make an event's length; of others 'total'."""
_READING_S = 1e-3
"""An event of a pattern whose parts are bytes."""


def event_s(point: Cell, law: Law) -> float:
    """Seconds one event of this point lasts, all its parts together."""
    if unit_of(point) == "byte":
        return _READING_S
    parts = _PARTS_OF_AN_EVENT.get(point.pattern, ("total",))
    return math.fsum(true_time_s(replace(point, part=part), law) for part in parts)


def parallelism(cell: Cell, law: Law) -> float:
    """How many tasks really run at once: what the CPUs give, 1 where the GIL makes threads take turns."""
    workers = cell.workers or law.cpus
    if cell.kernel == "sleep":
        return float(workers)
    if cell.backend == "call" or (
        law.gil and cell.backend in {"threads", "thread_executor"} and cell.kernel not in RELEASES_GIL
    ):
        return 1.0
    busy = min(workers, law.cpus)
    return busy / (1.0 + law.contention * (busy - 1))


def _life(cell: Cell, law: Law) -> Lifecycle:
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
    if cell.backend == "call":
        return _work_s(cell, law)
    workers = cell.workers or law.cpus
    if cell.backend in {"threads", "processes", "interpreters"}:
        return _shared_work_s(cell, law) + workers * _life(cell, law).join_s
    chunk = cell.chunksize or (math.ceil(cell.tasks / (4 * workers)) if cell.backend == "pool" else 1)
    per_task_s = law.item_s + cell.payload_bytes * law.byte_s
    return (
        _shared_work_s(cell, law)
        + math.ceil(cell.tasks / chunk) * law.dispatch_s[cell.backend]
        + cell.tasks * per_task_s
    )


def _process_lifecycle_s(cell: Cell, law: Law) -> float:
    life = _life(cell, law)
    copied_s = cell.parent_bytes * _COPY_S_PER_BYTE if cell.start_method == "fork" or cell.backend == "os_fork" else 0.0
    return {"start": life.start_s, "first": life.first_s, "join": life.join_s}[cell.part] + copied_s


def _program_lifecycle_s(cell: Cell, law: Law) -> float:
    """Add what the variant does to a life, except to start() itself."""
    added_s = 0.0 if cell.part == "start" else _VARIANT_S[cell.variant]
    return _process_lifecycle_s(cell, law) + added_s


def _pool_lifecycle_s(cell: Cell, law: Law) -> float:
    workers, life = cell.workers or law.cpus, _life(cell, law)
    warm_s = _map_s(
        replace(cell, pattern="map", backend=cell.backend if cell.backend in law.dispatch_s else "pool"), law
    )
    parts = {
        "create": workers * life.start_s,
        "first_map": life.first_s - life.start_s + warm_s,
        "warm_map": warm_s,
        "close_join": workers * law.close_s,
    }
    return parts["create"] + parts["first_map"] + parts["close_join"] if cell.part == "total" else parts[cell.part]


def _four_printers_s(cell: Cell, law: Law) -> float:
    return _PRINTERS * (_life(cell, law).join_s + law.print_s)


def _process_per_task_s(cell: Cell, law: Law) -> float:
    return cell.tasks * _life(cell, law).join_s + _shared_work_s(cell, law)


def _one_way_s(cell: Cell, law: Law) -> float:
    byte_s = 0.0 if cell.backend == "threads" else law.byte_s * _FORMS[cell.form]
    return law.message_s[cell.backend] * _CHANNELS[cell.channel] + cell.payload_bytes * byte_s


def _ping_pong_s(cell: Cell, law: Law) -> float:
    """There and back."""
    return 2.0 * _one_way_s(cell, law)


def _stream_s(cell: Cell, law: Law) -> float:
    """A window of 64 messages: they overlap, so that the slower side counts, and one way for the acknowledgement."""
    return 64 * _one_way_s(cell, law) / 2.0 + law.message_s[cell.backend]


def _pickling_s(cell: Cell, law: Law) -> float:
    return 1e-6 + cell.payload_bytes * law.byte_s * _FORMS[cell.form] / 2.0


def _capacity_s(cell: Cell, law: Law) -> float:
    busy_s = _work_s(cell, law) * cell.workers / parallelism(cell, law)
    skew_s = 5e-6 * cell.workers
    return {"busy": busy_s, "makespan": busy_s + skew_s, "skew": skew_s}[cell.part]


def _contend_s(cell: Cell, law: Law) -> float:
    del law
    return _INCREMENT_S[cell.variant]


def _memory_bytes(cell: Cell, law: Law) -> float:
    method = law.default_start_method if cell.start_method == DEFAULT else cell.start_method
    own = _WORKER_BYTES[method] * cell.workers
    return {"pss": 1.0, "uss": 0.8, "rss": 1.6}[cell.part] * (_PROGRAM_BYTES + own)


def _copied_bytes(cell: Cell, law: Law) -> float:
    del law
    return max(4096.0, cell.parent_bytes * _COPIED[cell.form])


_PATTERNS = MappingProxyType(
    {
        "map": _map_s,
        "process_lifecycle": _process_lifecycle_s,
        "program_lifecycle": _program_lifecycle_s,
        "pool_lifecycle": _pool_lifecycle_s,
        "pool_as_shipped": _pool_lifecycle_s,
        "four_printers": _four_printers_s,
        "process_per_task": _process_per_task_s,
        "ping_pong": _ping_pong_s,
        "stream": _stream_s,
        "pickling": _pickling_s,
        "capacity": _capacity_s,
        "contend": _contend_s,
        "memory": _memory_bytes,
        "copy_on_write": _copied_bytes,
    }
)
