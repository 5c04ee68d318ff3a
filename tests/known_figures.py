"""What every figure of the known run has to show: the names of its rows or points -> the number with its interval."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from study.cell import Cell
from tests import truth
from tests.known_claims import PRINTERS
from tests.known_run import (
    CHUNKS_S,
    LIVES,
    SPEEDUPS,
    chunked,
    handed,
    in_both,
    life,
    loop,
    means_of,
    memory,
    message,
    outcomes_of,
    pool,
    work,
)
from tests.stored_run import CPUS
from tests.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable

Names = tuple[str, ...]
METHODS = ("fork", "forkserver", "spawn")
LABELS = {"pool": "Pool", "threads": "threads", "process_executor": "ProcessPoolExecutor"}


def average(cell: Cell, per: float = 1.0) -> Truth:
    """The average over the processes of a cell, of one of `per` parts."""
    return Truth(*(end / per for end in truth.average(means_of(cell))))


def speedup(kernel: str, backend: str, workers: int, method: str = "fork") -> Truth:
    """Tasks a second with the workers over those of the plain loop: both have the same tasks."""
    return truth.ratio(*in_both(loop(kernel), work(kernel, backend, workers, method)))


def counted(cell: Cell, name: str) -> Truth:
    """The share of the trials of each process in which something was seen."""
    outcomes = outcomes_of(cell)
    return truth.share([each.get(name, 0) for each in outcomes], [each["trials"] for each in outcomes])


def capacity(workers: int) -> Truth:
    """What independent processes achieve together, of one alone."""
    alone, together = (
        Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", workers=number, tasks=4,
             part="busy")
        for number in (1, workers)
    )  # fmt: skip
    return Truth(*(workers * end for end in truth.ratio(*in_both(alone, together))))


def noise_ratio(cell: Cell, label: str) -> Truth:
    """Ratio of a labelled cell to the plain one."""
    return truth.ratio(*in_both(replace(cell, label=label), cell))


def _q1_speedup() -> dict[Names, Truth]:
    return {
        (kernel, LABELS[backend], "8 (more than CPUs)" if workers > CPUS else str(workers)): speedup(
            kernel, backend, workers
        )
        for kernel in ("fannkuch", "sleep")
        for backend in ("pool", "threads")
        for workers in SPEEDUPS[kernel, backend]
    }


def _q1_pools() -> dict[Names, Truth]:
    title = "fannkuch: a task in the plain loop 32.2 ms [30.1, 34.9]"
    return {
        **{(title, f"Pool, {method}"): speedup("fannkuch", "pool", CPUS, method) for method in METHODS},
        (title, "ProcessPoolExecutor, fork"): speedup("fannkuch", "process_executor", CPUS),
        (title, "threads"): speedup("fannkuch", "threads", CPUS),
    }


def _q2_costs() -> dict[Names, Truth]:
    found: dict[Names, Truth] = {("from start to end of join", "thread"): average(life(""))}
    found |= {("from start to end of join", f"process, {method}"): average(life(method)) for method in METHODS}
    for payload, words in ((64, "64 B"), (65536, "64 KiB"), (1048576, "1 MiB")):
        found[f"{words} there and back", "thread"] = average(message("threads", payload))
        found[f"{words} there and back", "process, fork"] = average(message("processes", payload))
    return found


def _q2_busy() -> dict[Names, Truth]:
    found: dict[Names, Truth] = {}
    for workers in (2, 4, 8):
        for kernel in ("fannkuch", "sleep"):
            outcomes = outcomes_of(work(kernel, "threads", workers))
            used, elapsed = (
                np.array([float(each[name]) for each in outcomes]) for name in ("cpu_time_us", "elapsed_us")
            )
            found[f"{workers} threads", kernel] = truth.ratio(used, elapsed)
    return found


MOMENTS = {
    "start": "start() returns",
    "first": "the child, or the thread, runs",
    "join": "join() returns: the whole life",
}


def _q3_lifecycle() -> dict[Names, Truth]:
    return {
        (words, method or "thread"): average(life(method, part))
        for part, words in MOMENTS.items()
        for method in ("", *METHODS)
    }


def _q4_per_task() -> dict[Names, Truth]:
    ways = {
        "process_per_task": "a process for each task, 4 at a time",
        "map": "a pool that lives on, one task a message",
    }
    return {
        (words, method): average(handed(pattern, method), per=8)
        for pattern, words in ways.items()
        for method in ("fork", "spawn")
    }


OWN_CHUNKS = {"pool": 32, "process_executor": 1}
"""Backend -> how many of 512 tasks it sends at a time to four workers where nothing is chosen."""


def _q4_chunks() -> dict[Names, Truth]:
    return {
        (
            f"{LABELS[backend]}, fork",
            f"chunks of {size}" if size else f"its own chunk size ({OWN_CHUNKS[backend]})",
        ): average(chunked(backend, size), per=512)
        for backend in OWN_CHUNKS
        for size in CHUNKS_S[backend]
    }


PARTS = {
    "create": "making the pool",
    "first_map": "its first map",
    "second_map": "its second map",
    "warm_map": "a map once all workers are warm",
    "close_join": "close and join",
    "total": "its whole life",
}


def _q5_parts() -> dict[Names, Truth]:
    found: dict[Names, Truth] = {
        (words, method): average(pool(method, part)) for part, words in PARTS.items() for method in METHODS
    }
    found["the same squares without a pool", "plain loop"] = average(loop("square", 5))
    return found


def _grain(cell: Cell) -> Truth:
    """Seconds that one task must last: overhead over the share of the tasks that others than the first worker do."""
    return average(cell, per=cell.tasks * (1.0 - 1.0 / min(cell.workers, cell.tasks)))


def _q5_break_even() -> dict[Names, Truth]:
    made = "a pool made for the occasion and closed again"
    found: dict[Names, Truth] = {
        (f"5 tasks, {made}", f"under {method}"): _grain(pool(method, "total")) for method in METHODS
    }
    for method in ("fork", "spawn"):
        found["8 tasks, a process for each task", f"under {method}"] = _grain(handed("process_per_task", method))
        running = "8 tasks, a pool that is already running", f"Pool of 2 under {method}"
        found[running] = _grain(handed("map", method))
    for backend in ("pool", "process_executor"):
        for size, words in {"pool": ((0, ""), (1, ", chunks of 1")), "process_executor": ((0, ""),)}[backend]:
            name = f"{LABELS[backend]} of 4 under fork{words}"
            found["512 tasks, a pool that is already running", name] = _grain(chunked(backend, size))
    return found


PRINTED = {
    "four printing processes under fork": PRINTERS,
    "four printing processes under fork, unbuffered": replace(PRINTERS, variant="unbuffered"),
    "four printing processes under spawn": replace(PRINTERS, start_method="spawn"),
}


def _q6_promises() -> dict[Names, Truth]:
    sides = {
        "in_order": "the lines came in order",
        "torn_events": "a line was torn",
        "closing_line_last": "the closing line came last",
    }
    return {(words, name): counted(cell, outcome) for outcome, words in sides.items() for name, cell in PRINTED.items()}


def _q6_orders() -> dict[Names, Truth]:
    seen = {"fork": ("1234", "2134", "1243"), "spawn": ("2134", "1234", "4321")}
    return {
        (f"four printing processes under {method}", order): counted(
            replace(PRINTERS, start_method=method), f"order_{order}"
        )
        for method, orders in seen.items()
        for order in orders
    }


def _noise_pairs() -> dict[Names, Truth]:
    same, put_in = "the same code twice", "an effect put in by miscounting"
    lives = {
        "start": "one Process under fork: start() alone",
        "first": "one Process under fork: start to the child's first instruction",
        "join": "one Process under fork: start to the end of join()",
    }
    kernels = {"square": "one square", "sieve": "prime sieve", "nbody": "n-body"}
    return {
        (same, "8 × fannkuch, plain loop"): noise_ratio(loop(), "again"),
        (same, "8 × nothing, Pool of 2 under fork"): noise_ratio(handed("map", "fork"), "again"),
        **{(same, name): noise_ratio(life("fork", part), "again") for part, name in lives.items()},
        **{(put_in, f"5 × {name}, plain loop"): noise_ratio(loop(kernel, 5), "injected") for kernel, name in kernels.items()},
    }  # fmt: skip


def _start_lives() -> dict[Names, Truth]:
    until = {"first": "until its first instruction", "join": "until join() returns"}
    return {
        (f"a process under {method}" if method else "a thread", words): average(life(method, part))
        for part, words in until.items()
        for _, method in LIVES
    }


def _start_pools() -> dict[Names, Truth]:
    return {(f"Pool, {method}", f"{CPUS} workers"): average(pool(method, "total")) for method in METHODS}


def _dispatch_calls() -> dict[Names, Truth]:
    return {
        (f"{LABELS[backend]}, fork", "map"): average(chunked(backend, 1), per=512)
        for backend in ("pool", "process_executor")
    }


def _dispatch_chunks() -> dict[Names, Truth]:
    return {
        (f"{LABELS[backend]}, fork", str(size or OWN_CHUNKS[backend])): average(chunked(backend, size), per=512)
        for backend in OWN_CHUNKS
        for size in CHUNKS_S[backend]
    }


CHANNELS = {"processes": "Pipe (one way each)", "threads": "queue.SimpleQueue between threads"}


def _messages_sizes() -> dict[Names, Truth]:
    return {
        (channel, words): average(message(backend, payload), per=2)
        for backend, channel in CHANNELS.items()
        for payload, words in ((64, "64 B"), (65536, "64 KiB"), (1048576, "1 MiB"))
    }


def _messages_latency() -> dict[Names, Truth]:
    return {(channel,): average(message(backend, 64), per=2) for backend, channel in CHANNELS.items()}


def _memory_workers() -> dict[Names, Truth]:
    return {
        (f"processes, {method}", str(workers)): average(memory(method, workers))
        for method in ("fork", "spawn")
        for workers in (1, 2, 4)
    }


def _memory_kinds() -> dict[Names, Truth]:
    return {
        (f"processes, {method}", part.upper()): average(memory(method, CPUS, part))
        for method in ("fork", "spawn")
        for part in ("pss", "uss", "rss")
    }


def _scaling_capacity() -> dict[Names, Truth]:
    return {("fannkuch", f"{workers} processes"): capacity(workers) for workers in (2, 4)}


def _scaling_kernels() -> dict[Names, Truth]:
    return {
        (kernel, LABELS[backend]): speedup(kernel, backend, CPUS)
        for kernel, backends in (("fannkuch", ("pool", "threads", "process_executor")), ("sleep", ("pool", "threads")))
        for backend in backends
    }


def _grain_efficiency() -> dict[Names, Truth]:
    found: dict[Names, Truth] = {}
    for spins, words in ((10, "339 ns"), (1000, "33.8 µs"), (100000, "3.38 ms")):
        serial = replace(loop("spin", 64), spins=spins)
        shared = replace(serial, backend="pool", start_method="fork", workers=CPUS, chunksize=1)
        useful, elapsed = in_both(serial, shared)
        found["Pool, fork, 4 workers, chunks of 1", words] = truth.ratio(useful, CPUS * elapsed)
    return found


TRUTHS: dict[str, Callable[[], dict[Names, Truth]]] = {
    "q1-speedup": _q1_speedup,
    "q1-pools": _q1_pools,
    "q2-costs": _q2_costs,
    "q2-busy": _q2_busy,
    "q3-lifecycle": _q3_lifecycle,
    "q4-per-task": _q4_per_task,
    "q4-chunks": _q4_chunks,
    "q5-parts": _q5_parts,
    "q5-break-even": _q5_break_even,
    "q6-promises": _q6_promises,
    "q6-orders": _q6_orders,
    "noise-pairs": _noise_pairs,
    "start-lives": _start_lives,
    "start-pools": _start_pools,
    "dispatch-calls": _dispatch_calls,
    "dispatch-chunks": _dispatch_chunks,
    "messages-sizes": _messages_sizes,
    "messages-latency": _messages_latency,
    "memory-workers": _memory_workers,
    "memory-kinds": _memory_kinds,
    "scaling-capacity": _scaling_capacity,
    "scaling-kernels": _scaling_kernels,
    "grain-efficiency": _grain_efficiency,
}
CURVES = frozenset({"q1-speedup", "dispatch-chunks", "messages-sizes", "memory-workers", "grain-efficiency"})
"""Figures whose numbers stand upright, over a swept number; those of the others lie in rows."""
HEADS: dict[str, Names] = {
    "q1-speedup": ("Kernel", "Pool", "Workers"),
    "q1-pools": ("Kernel", "Pool"),
    "q2-costs": ("Act", "By whom"),
    "q2-busy": ("Threads", "Kernel"),
    "q3-lifecycle": ("Moment", "Who is started"),
    "q4-per-task": ("What carries the task", "Start method"),
    "q4-chunks": ("Pool", "Chunk size"),
    "q5-parts": ("Part", "Start method"),
    "q5-break-even": ("Tasks", "Way"),
    "q6-promises": ("What was seen", "Start method"),
    "q6-orders": ("Start method", "Order"),
    "noise-pairs": ("What was compared", "Pair"),
    "start-lives": ("Worker", "Until"),
    "start-pools": ("Pool", "Workers"),
    "dispatch-calls": ("Pool", "Call"),
    "dispatch-chunks": ("Pool", "Chunk size"),
    "messages-sizes": ("Channel", "Payload"),
    "messages-latency": ("Channel",),
    "memory-workers": ("Workers are", "Workers"),
    "memory-kinds": ("Workers are", "Counted as"),
    "scaling-capacity": ("Kernel", "Processes"),
    "scaling-kernels": ("Kernel", "Workers are"),
    "grain-efficiency": ("Pool", "Useful work of a task"),
}
"""What each name of a row is, as the table behind the figure and its file have it at their top."""
