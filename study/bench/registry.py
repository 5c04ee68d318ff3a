"""Name -> "module:attribute" of every kernel, backend and pattern; only what a cell names is imported."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.bench.errors import UnsupportedCellError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.bench.backends import Backend
    from study.bench.kernels import Kernel
    from study.bench.patterns import Session
    from study.cell import Cell

KERNELS: Mapping[str, str] = MappingProxyType(
    {
        "noop": "study.bench.kernels.noop:KERNEL",
        "square": "study.bench.kernels.square:KERNEL",
        "fannkuch": "study.bench.kernels.fannkuch:KERNEL",
        "nbody": "study.bench.kernels.nbody:KERNEL",
        "sieve": "study.bench.kernels.sieve:KERNEL",
        "sha256_8mib": "study.bench.kernels.sha256:KERNEL_8MIB",
        "sha256_1kib": "study.bench.kernels.sha256:KERNEL_1KIB",
        "sleep": "study.bench.kernels.sleep:KERNEL",
        "json": "study.bench.kernels.json:KERNEL",
        "regex": "study.bench.kernels.regex:KERNEL",
        "zlib": "study.bench.kernels.zlib:KERNEL",
        "ep": "study.bench.kernels.ep:KERNEL",
        "sort": "study.bench.kernels.sort:KERNEL",
        "triad": "study.bench.kernels.triad:KERNEL",
        "matmul": "study.bench.kernels.matmul:KERNEL",
        "binary_trees": "study.bench.kernels.binary_trees:KERNEL",
        "dict": "study.bench.kernels.dict:KERNEL",
        "spin": "study.bench.kernels.spin:KERNEL",
        "ragged": "study.bench.kernels.ragged:KERNEL",
        "count_private": "study.bench.kernels.count:KERNEL_PRIVATE",
        "count_shared": "study.bench.kernels.count:KERNEL_SHARED",
    }
)

BACKENDS: Mapping[str, str] = MappingProxyType(
    {
        "call": "study.bench.backends.call:CallBackend",
        "threads": "study.bench.backends.threads:ThreadsBackend",
        "processes": "study.bench.backends.processes:ProcessesBackend",
        "pool": "study.bench.backends.pool:PoolBackend",
        "process_executor": "study.bench.backends.executors:ProcessExecutorBackend",
        "thread_executor": "study.bench.backends.executors:ThreadExecutorBackend",
        "interpreter_executor": "study.bench.backends.executors:InterpreterExecutorBackend",
        "loky": "study.bench.backends.peers:LokyBackend",
        "dask": "study.bench.backends.peers:DaskBackend",
    }
)
"""Who can run tasks. The floors of `study.cell.BACKENDS` run none: see `floor.FLOORS`."""

PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "process_lifecycle": "study.bench.patterns.process_lifecycle:ProcessLifecycle",
        "program_lifecycle": "study.bench.patterns.program_lifecycle:ProgramLifecycle",
        "pool_lifecycle": "study.bench.patterns.pool_lifecycle:PoolLifecycle",
        "pool_as_shipped": "study.bench.patterns.pool_lifecycle:PoolAsShipped",
        "four_printers": "study.bench.patterns.four_printers:FourPrinters",
        "map": "study.bench.patterns.map_tasks:MapTasks",
        "process_per_task": "study.bench.patterns.process_per_task:ProcessPerTask",
        "ping_pong": "study.bench.patterns.ping_pong:PingPong",
        "stream": "study.bench.patterns.stream:Stream",
        "pickling": "study.bench.patterns.pickling:Pickling",
        "capacity": "study.bench.patterns.capacity:Capacity",
        "contend": "study.bench.patterns.contend:Contend",
        "memory": "study.bench.patterns.memory:Memory",
        "copy_on_write": "study.bench.patterns.memory:CopyOnWrite",
    }
)


def _find(kind: str, table: Mapping[str, str], name: str) -> object:
    if name not in table:
        raise UnsupportedCellError(f"{kind} {name!r} is unknown; possible: {', '.join(table)}")
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)


def kernel_of(cell: Cell) -> Kernel:
    """The kernel that the cell names."""
    return _find("kernel", KERNELS, cell.kernel)  # type: ignore[return-value]


def backend_of(cell: Cell) -> Backend:
    """The backend that the cell names, with the cell's start method and workers."""
    kind: type[Backend] = _find("backend", BACKENDS, cell.backend)  # type: ignore[assignment]
    return kind(cell.start_method, cell.workers)


def session_of(cell: Cell) -> Session:
    """A session of the cell's pattern, not yet set up."""
    kind: type[Session] = _find("pattern", PATTERNS, cell.pattern)  # type: ignore[assignment]
    return kind(cell)
