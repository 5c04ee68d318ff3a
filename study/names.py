"""Cells in words, for people: two cells never have one name."""

from __future__ import annotations

from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import DEFAULT, Cell
from study.units import count, scale, size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    "dumps": "pickling",
    "loads": "unpickling",
    "busy": "from first to last instruction",
    "makespan": "from the first start to the last end",
    "skew": "between the first and the last start",
    "pss": "proportional set size",
    "uss": "unique set size",
    "rss": "resident set size, added up",
    "dirtied": "copied by reading",
}
_FLOORS = {"os_fork": "os.fork, exit at once and wait", "posix_spawn": "posix_spawn of a trivial program and wait"}
_POOLS = {
    "threads": "{n} threads",
    "processes": "{n} processes{under}",
    "pool": "Pool of {n}{under}",
    "process_executor": "ProcessPoolExecutor of {n}{under}",
    "thread_executor": "ThreadPoolExecutor of {n}",
    "interpreters": "{n} interpreters",
    "interpreter_executor": "InterpreterPoolExecutor of {n}",
    "loky": "joblib with {n} loky workers",
    "dask": "dask.distributed with {n} workers",
}


_FORKED = {"backend": "processes", "start_method": "fork"}
_USUAL: Mapping[str, Mapping[str, str | int]] = MappingProxyType(
    {
        "process_lifecycle": {"backend": "processes"},
        "program_lifecycle": {"backend": "processes"},
        "pool_as_shipped": {"backend": "pool", "start_method": DEFAULT, "workers": 0, "kernel": "square", "tasks": 5},
        "four_printers": {"backend": "processes", "workers": 4, "tasks": 4},
        "process_per_task": {"backend": "processes"},
        "ping_pong": {"backend": "processes"},
        "stream": {"backend": "processes"},
        "capacity": _FORKED,
        "copy_on_write": _FORKED,
    }
)
"""Pattern -> what its words take for granted; a factor that is not here has a cell's default."""


def cell_name(cell: Cell) -> str:
    """The cell in words: what is done, by whom, which part of it, and whatever of it those words do not say."""
    words = _in_words(cell)
    unsaid = [
        f", {name.replace('_', ' ')} {getattr(cell, name)}"
        for name, usual in _usual(cell).items()
        if getattr(cell, name) != usual and _in_words(replace(cell, **{name: usual})) == words  # type: ignore[arg-type]
    ]
    return words + "".join(unsaid)


def _usual(cell: Cell) -> dict[str, str | int]:
    plain = Cell(pattern=cell.pattern)
    defaults = {field.name: getattr(plain, field.name) for field in fields(Cell) if field.name != "pattern"}
    return {**defaults, **_USUAL.get(cell.pattern, {})}


def _in_words(cell: Cell) -> str:
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
    words = _POOLS.get(cell.backend, cell.backend).replace("{n}", number).replace("{under}", under)
    if cell.workers == 1:
        return words.replace("1 threads", "1 thread").replace("1 processes", "1 process")
    return words


def size_name(number: int) -> str:
    """`64 KiB`, and every byte where rounding would make two sizes one: `16 383 B`."""
    words = size(number)
    factor, name = scale([number], "byte")
    rounded = "".join(letter for letter in words.removesuffix(name) if letter in "0123456789.")
    return words if float(rounded) * factor == number else f"{count(number)} B"


def _method(cell: Cell) -> str:
    return "the default start method" if cell.start_method == DEFAULT else cell.start_method


def _what(cell: Cell) -> str:
    describe = _DESCRIBED.get(cell.pattern)
    if describe is not None:
        return describe(cell)
    tasks = f"{count(cell.tasks)} × {KERNEL_WORDS.get(cell.kernel, cell.kernel)}"
    if cell.spins:
        tasks += f" of {count(cell.spins)} iterations"
    if cell.pattern == "process_per_task":
        return f"{tasks}, a process each under {_method(cell)}, {count(cell.workers)} at a time"
    if cell.pattern == "capacity":
        return f"{tasks} in each of {count(cell.workers)} independent processes"
    call = f", {cell.api}" if cell.api else ""
    chunks = f", chunks of {count(cell.chunksize)}" if cell.chunksize else ""
    threads = f", {count(cell.library_threads)} library threads each" if cell.library_threads else ""
    return f"{tasks}, {who(cell)}{call}{chunks}{threads}{_variant(cell)}"


def _variant(cell: Cell) -> str:
    return f", {_VARIANTS.get(cell.variant, cell.variant)}" if cell.variant else ""


def _lifecycle(cell: Cell) -> str:
    if cell.backend in _FLOORS:
        words = _FLOORS[cell.backend]
    else:
        words = {"threads": "one thread", "interpreters": "one interpreter"}.get(
            cell.backend, f"one Process under {_method(cell)}"
        )
    held = f", the parent holding {size_name(cell.parent_bytes)}" if cell.parent_bytes else ""
    return words + held + _variant(cell)


def _pool(cell: Cell) -> str:
    squares = cell.kernel == "square" and cell.tasks == 5
    tasks = "five squares" if squares else f"{count(cell.tasks)} × {KERNEL_WORDS.get(cell.kernel, cell.kernel)}"
    return f"{who(cell)} for {tasks}, made and closed"


def _as_shipped(cell: Cell) -> str:
    return "the program of Q5 with every default" + _variant(cell)


def _printers(cell: Cell) -> str:
    return f"four printing processes under {_method(cell)}" + _variant(cell)


def _message(cell: Cell) -> str:
    partners = {"threads": "threads", "interpreters": "interpreters"}.get(
        cell.backend, f"processes under {_method(cell)}"
    )
    form = f" as {cell.form}" if cell.form else ""
    channel = f" over {_CHANNELS.get(cell.channel, cell.channel)}" if cell.channel else ""
    place = f", {cell.placement.replace('_', ' ').replace('cpu', 'CPU')}" if cell.placement else ""
    return f"{size_name(cell.payload_bytes)}{form} there and back between {partners}{channel}{place}{_variant(cell)}"


def _stream(cell: Cell) -> str:
    form = f" as {cell.form}" if cell.form else ""
    return f"64 messages of {size_name(cell.payload_bytes)}{form} and an acknowledgement, under {_method(cell)}"


def _pickled(cell: Cell) -> str:
    return f"{size_name(cell.payload_bytes)} as {cell.form or 'bytes'}"


def _contended(cell: Cell) -> str:
    return f"an increment while {who(cell)} want it, {cell.variant}"


def _memory(cell: Cell) -> str:
    return f"memory of a program with {who(cell)}"


def _copied(cell: Cell) -> str:
    return f"a forked child reads {size_name(cell.parent_bytes)} of {cell.form or 'bytes'}{_variant(cell)}"


_VARIANTS = {
    "frozen": "after gc.freeze",
    "collected": "with a collection in the child",
    "events": "single events",
    "cold": "from cold",
    "one_cpu": "with one CPU allowed",
    "quota_one_cpu": "with the time of one CPU allowed",
    "one_task_per_child": "a new worker after each chunk",
    "first_of_all": "the first of its program",
    "bare": "of a program that imports nothing",
    "main_stdlib": "of a program whose main module imports much of the library",
    "main_numpy": "of a program whose main module imports NumPy",
    "preload": "of a program that imports NumPy, preloaded by the server",
}
_CHANNELS = {
    "os_pipe": "raw pipes",
    "pipe_duplex": "a duplex Pipe",
    "simple_queue": "SimpleQueue",
    "queue": "Queue",
    "manager": "a manager's queues",
    "shared_memory": "shared memory",
    "thread_queue": "queue.Queue",
    "interpreter_queue": "interpreters' queues",
}
_DESCRIBED: Mapping[str, Callable[[Cell], str]] = {
    "process_lifecycle": _lifecycle,
    "program_lifecycle": _lifecycle,
    "pool_lifecycle": _pool,
    "pool_as_shipped": _as_shipped,
    "four_printers": _printers,
    "ping_pong": _message,
    "stream": _stream,
    "pickling": _pickled,
    "contend": _contended,
    "memory": _memory,
    "copy_on_write": _copied,
}
