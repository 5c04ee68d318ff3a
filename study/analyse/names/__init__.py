"""Cells in words, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.cell import DEFAULT
from study.units import count, size

if TYPE_CHECKING:
    from study.cell import Cell

KERNEL_WORDS = {
    "noop": "nothing",
    "square": "one square",
    "fannkuch": "fannkuch",
    "nbody": "n-body",
    "sieve": "prime sieve",
    "sha256_8mib": "SHA-256 of 8 MiB",
    "sha256_1kib": "SHA-256 of 1 KiB",
    "sleep": "sleep",
    "json": "JSON written and read",
    "regex": "patterns in DNA",
    "zlib": "zlib there and back",
    "ep": "Gaussian pairs (NPB EP)",
    "sort": "NumPy sort",
    "triad": "STREAM triad",
    "matmul": "matrix product",
    "binary_trees": "binary tree",
    "dict": "dictionary of objects",
    "spin": "integer loop",
    "ragged": "integer loop of uneven length",
    "count_private": "reads of an own object",
    "count_shared": "reads of one shared object",
}
_PARTS = {
    "start": "start() alone",
    "first": "start to the child's first instruction",
    "join": "start to the end of join()",
    "create": "making it",
    "first_map": "its first map",
    "warm_map": "a second map",
    "close_join": "close() and join()",
    "total": "",
}
_FLOORS = {"os_fork": "os.fork, exit at once and wait", "posix_spawn": "posix_spawn of a trivial program and wait"}
_POOLS = {
    "threads": "{n} threads",
    "processes": "{n} processes{under}",
    "pool": "Pool of {n}{under}",
    "process_executor": "ProcessPoolExecutor of {n}{under}",
    "thread_executor": "ThreadPoolExecutor of {n}",
}


def cell_name(cell: Cell) -> str:
    """The cell in words: what is done, by whom, which part of it."""
    part = _PARTS.get(cell.part, cell.part)
    words = _what(cell) + (f": {part}" if part else "")
    label = {"again": " (the same again)", "injected": " (21 operations reported as 20)"}.get(cell.label, "")
    return words + label


def who(cell: Cell) -> str:
    """Who carries out the tasks, such as 'plain loop', '2 threads' or 'Pool of 2 under fork'."""
    if cell.backend == "call":
        return "plain loop"
    under = "" if not cell.start_method else f" under {_method(cell)}"
    number = "as many as the library likes" if cell.workers == 0 else count(cell.workers)
    words = _POOLS[cell.backend].format(n=number, under=under)
    return words.replace("1 threads", "1 thread").replace("1 processes", "1 process")


def _method(cell: Cell) -> str:
    return "the default start method" if cell.start_method == DEFAULT else cell.start_method


def _what(cell: Cell) -> str:  # noqa: PLR0911 - one return per pattern
    if cell.pattern == "process_lifecycle":
        if cell.backend in _FLOORS:
            return _FLOORS[cell.backend]
        return "one thread" if cell.backend == "threads" else f"one Process under {_method(cell)}"
    if cell.pattern == "pool_lifecycle":
        return f"a pool of {count(cell.workers)} for five squares under {_method(cell)}"
    if cell.pattern == "pool_as_shipped":
        return "the program of Q5 with every default"
    if cell.pattern == "four_printers":
        return f"four printing processes under {_method(cell)}" + (f", {cell.variant}" if cell.variant else "")
    if cell.pattern == "ping_pong":
        partners = "threads" if cell.backend == "threads" else f"processes under {_method(cell)}"
        return f"{size(cell.payload_bytes)} there and back between {partners}"
    tasks = f"{count(cell.tasks)} × {KERNEL_WORDS.get(cell.kernel, cell.kernel)}"
    if cell.pattern == "process_per_task":
        return f"{tasks}, a process each under {_method(cell)}, {count(cell.workers)} at a time"
    chunks = f", chunks of {count(cell.chunksize)}" if cell.chunksize else ""
    return f"{tasks}, {who(cell)}{chunks}"
