"""One whole run whose truth is known, on four CPUs: its experiments, its claims, and every process mean, chosen by hand.

Means are far from symmetric, so that average and typical differ; all cells share what each round had in common, so that a
pair by another round is another pair; some cells lack rounds; noise classes have unequal floors, one has none.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.cell import Cell, noise_class, under_one_name
from tests import truth
from tests.stored_run import CPUS, Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

ROUNDS = 12
COMMON = np.array([1.00, 1.31, 1.04, 0.97, 1.22, 1.09, 1.45, 1.02, 0.99, 1.13, 1.06, 1.18])
"""What each round did to every cell alike."""
OWN = np.array([0.990, 0.995, 1.000, 1.004, 0.992, 1.070, 0.997, 1.002, 1.035, 0.994, 0.991, 1.006])
"""What a process of one cell adds, in turn from a place of its own: a few are slow."""
ALIKE = np.array([1.0, -0.9, 0.7, -1.0, 0.4, -0.2, 0.9, -0.6, 1.0, -0.8, 0.1, -0.5])
"""Of the second label of an A/A pair: how far it lies from the first, in parts of `APART`."""
APART = {"compute": 0.008, "start": 0.16, "dispatch": 0.25}
"""Noise class -> how far equal cells lie apart; messages have no pair."""
PUT_IN = {"square": 1.05, "sieve": 1.0, "nbody": 1.05}
"""Kernel -> the ratio that its injected arm really has: all are said to have 1.05."""
INJECTED_PPM = 1_050_000
LACKING = {"fannkuch": (1, 6), "sleep": (3,)}
"""Kernel -> rounds in which the plain loop has no process."""

KERNELS = {"fannkuch": 0.240, "sleep": 0.160, "square": 4e-7, "sieve": 0.02, "nbody": 0.03, "noop": 1e-6}
SPEEDUPS = {
    ("fannkuch", "pool"): {1: 0.9, 2: 1.8, 4: 3.1, 8: 2.6},
    ("fannkuch", "threads"): {1: 0.97, 2: 0.95, 4: 0.90, 8: 0.88},
    ("fannkuch", "process_executor"): {4: 2.2},
    ("sleep", "pool"): {1: 0.99, 2: 1.97, 4: 3.8, 8: 7.2},
    ("sleep", "threads"): {1: 0.995, 2: 1.985, 4: 3.82, 8: 7.6},
}
BY_METHOD = {"": 1.0, "fork": 1.0, "forkserver": 0.97, "spawn": 0.8}
"""Of a speedup under another start method."""
LIVES = {
    ("processes", "fork"): (2e-4, 7e-4, 1.1e-3),
    ("processes", "forkserver"): (3e-4, 9.9e-3, 1.00e-2),
    ("processes", "spawn"): (9e-4, 4.1e-2, 4.9e-2),
    ("threads", ""): (3e-5, 4.76e-5, 6e-5),
}
POOL_PARTS = {
    "create": 2e-3,
    "first_map": 6e-4,
    "second_map": 2.1e-4,
    "warm_map": 9e-5,
    "close_join": 3e-3,
    "total": 5.7e-3,
}
POOL_FACTORS = {"fork": 1.0, "forkserver": 4.0, "spawn": 11.0}
MESSAGES = {"processes": (5e-5, 1.2e-4, 1.4e-3), "threads": (8e-6, 9e-6, 1e-5)}
CHUNKS_S = {
    "pool": {0: 4e-7, 1: 1.2e-5, 8: 1.8e-6, 64: 6e-7},
    "process_executor": {0: 9.4e-5, 8: 1.5e-5, 64: 4e-6},
}
"""Seconds of a task, by the size of the chunks; 0 is the library's own: 32 of a Pool, 1 of an executor."""
TASKS_S = {"process_per_task": {"fork": 9e-4, "spawn": 2.5e-2}, "map": {"fork": 3e-5, "spawn": 3.3e-5}}
CAPACITY = {1: 1.0, 2: 1.95, 4: 3.4}
CAPACITY_S = {"busy": 0.12, "makespan": 0.13, "skew": 1e-3}
MEMORY = {("processes", "fork"): (20, 6), ("processes", "spawn"): (16, 15)}
"""Backend and method -> MiB of the parent, and of each worker."""
SPIN_S, SPIN_TASK_S = 3e-8, 4e-6
ORDERS = {"fork": {"1234": 9, "2134": 2, "1243": 1}, "spawn": {"1234": 4, "2134": 5, "4321": 3}}
"""Start method -> how often each order came in the twelve events of a process; how it differs by process: `outcomes_of`."""


def _map_level(cell: Cell) -> float:
    if cell.kernel == "spin":
        useful = cell.tasks * cell.spins * SPIN_S
        return useful if cell.backend == "call" else useful / 3.2 + cell.tasks * SPIN_TASK_S
    if cell.kernel == "noop":
        if cell.tasks == 512:
            return cell.tasks * CHUNKS_S[cell.backend][cell.chunksize]
        return cell.tasks * TASKS_S["map"][cell.start_method]
    alone = KERNELS[cell.kernel]
    if cell.backend == "call":
        return alone
    return alone / (SPEEDUPS[cell.kernel, cell.backend][cell.workers] * BY_METHOD[cell.start_method])


def _memory_level(cell: Cell) -> float:
    parent, worker = MEMORY[cell.backend, cell.start_method]
    return {"pss": 1.0, "uss": 0.6, "rss": 1.7}[cell.part] * (parent + worker * cell.workers) * 2.0**20


_LEVELS: Mapping[str, Callable[[Cell], float]] = {
    "map": _map_level,
    "process_lifecycle": lambda cell: LIVES[cell.backend, cell.start_method][
        ("start", "first", "join").index(cell.part)
    ],
    "pool_lifecycle": lambda cell: POOL_PARTS[cell.part] * POOL_FACTORS[cell.start_method],
    "ping_pong": lambda cell: MESSAGES[cell.backend][(64, 65536, 1048576).index(cell.payload_bytes)],
    "process_per_task": lambda cell: cell.tasks * TASKS_S[cell.pattern][cell.start_method],
    "four_printers": lambda cell: {"fork": 5e-3, "spawn": 1.6e-1}[cell.start_method],
    "capacity": lambda cell: CAPACITY_S[cell.part] * cell.workers / CAPACITY[cell.workers],
    "memory": _memory_level,
}
"""Pattern -> what a process of a cell takes, before what rounds and processes add: seconds, or bytes."""


def _plain(cell: Cell) -> NDArray[np.float64]:
    """The process means of the cell without its label, of all rounds."""
    own = np.roll(OWN, zlib.crc32(replace(cell, label="").text.encode()) % ROUNDS)
    return np.asarray(_LEVELS[cell.pattern](cell) * COMMON * own)


def means_of(cell: Cell) -> NDArray[np.float64]:
    """The process means of the cell, NaN in rounds that lack it."""
    means = _plain(cell)
    if cell.label == "again":
        means = means * (1.0 + APART[noise_class(cell)] * ALIKE)
    if cell.label == "injected":
        means = means * PUT_IN[cell.kernel] * (1.0 + {"nbody": 0.12}.get(cell.kernel, 0.004) * ALIKE)
    if cell.pattern == "map" and cell.backend == "call" and not cell.label:
        means[list(LACKING.get(cell.kernel, ()))] = np.nan
    return means


def in_both(of: Cell, to: Cell) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The process means of two cells in the rounds that have both."""
    return truth.in_both(means_of(of), means_of(to))


def outcomes_of(cell: Cell) -> tuple[dict[str, int], ...]:
    """What was counted in the process of each round."""
    if cell.pattern == "map" and cell.backend == "threads":
        busy = {"fannkuch": 1.02, "sleep": 0.01}[cell.kernel]
        return tuple(
            {"elapsed_us": 1_000_000 + 1000 * index, "cpu_time_us": round(busy * 1_000_000 * OWN[index])}
            for index in range(ROUNDS)
        )
    if cell.pattern == "four_printers":
        return tuple(_printed(cell, index) for index in range(ROUNDS))
    if cell.pattern == "process_lifecycle" and cell.part == "start":
        seen = 12 if cell.backend == "threads" else 0
        return tuple({"trials": 12, "child_change_seen": seen - (index == 3) * (seen > 0)} for index in range(ROUNDS))
    return ()


def _printed(cell: Cell, index: int) -> dict[str, int]:
    """Of twelve events of one process: which orders came, how many were torn, and where the closing line came last."""
    orders = dict(ORDERS[cell.start_method])
    moved = index % 3
    orders["1234"] -= moved
    orders["2134"] += moved
    torn = 0 if cell.variant else index % 2
    counted = {f"order_{order}": times for order, times in orders.items()}
    return {"trials": 12, "in_order": orders["1234"], "torn_events": torn, "closing_line_last": 12, **counted}


def measured(_: str, cell: Cell) -> Measured:
    """What the run has of a cell."""
    means = tuple(None if np.isnan(mean) else float(mean) for mean in means_of(cell))
    metadata = {"injected_ppm": INJECTED_PPM} if cell.label == "injected" else {}
    return Measured(means=means, outcomes=outcomes_of(cell), metadata=metadata)


def loop(kernel: str = "fannkuch", tasks: int = 8) -> Cell:
    """The plain loop."""
    return Cell(pattern="map", kernel=kernel, tasks=tasks)


def work(kernel: str, backend: str, workers: int = CPUS, start_method: str = "fork") -> Cell:
    """Eight tasks shared out."""
    method = "" if backend == "threads" else start_method
    return Cell(pattern="map", kernel=kernel, backend=backend, start_method=method, workers=workers, tasks=8)


def life(start_method: str, part: str = "join") -> Cell:
    """One process, or one thread where no start method is named."""
    backend = "processes" if start_method else "threads"
    return Cell(pattern="process_lifecycle", backend=backend, start_method=start_method, part=part)


def message(backend: str, payload_bytes: int) -> Cell:
    """A message there and back."""
    method = "fork" if backend == "processes" else ""
    return Cell(pattern="ping_pong", backend=backend, start_method=method, payload_bytes=payload_bytes)


def chunked(backend: str, chunksize: int) -> Cell:
    """512 tasks that do nothing."""
    cell = Cell(pattern="map", backend=backend, start_method="fork", workers=CPUS, tasks=512, chunksize=chunksize)
    return under_one_name(cell)


def handed(pattern: str, start_method: str) -> Cell:
    """Eight tasks that do nothing, through a pool that lives on or with a process each."""
    backend, chunksize, workers = ("pool", 1, 2) if pattern == "map" else ("processes", 0, CPUS)
    return under_one_name(
        Cell(pattern=pattern, backend=backend, start_method=start_method, workers=workers, tasks=8, chunksize=chunksize)
    )


def pool(start_method: str, part: str) -> Cell:
    """A part of the life of a pool for five squares."""
    return Cell(
        pattern="pool_lifecycle", kernel="square", backend="pool", start_method=start_method, workers=CPUS, tasks=5,
        part=part,
    )  # fmt: skip


def memory(start_method: str, workers: int = CPUS, part: str = "pss") -> Cell:
    """The memory of parent and workers."""
    return Cell(pattern="memory", backend="processes", start_method=start_method, workers=workers, part=part)
