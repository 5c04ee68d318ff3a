"""What `crosscheck` sets side by side: cells of the study, and the independent programs that do the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from study.cell import Cell
from study.things import backends, channels, start_methods, variants

IMAP = "concurrent_imap"
"""The benchmark of pyperformance, run with the interpreter and the pyperf of the study."""
CONCURRENT_IMAP = Path("bm_concurrent_imap", "run_benchmark.py")
LOOPS_OF_PERF = "20000"

FORK = Cell(pattern="process_lifecycle", backend=backends.OS_FORK.name, part="join")
TRIAD = Cell(pattern="map", kernel="triad")
POOL = Cell(
    pattern="pool_lifecycle",
    backend=backends.POOL.name,
    start_method=start_methods.FORK.name,
    workers=2,
    tasks=1000,
    chunksize=10,
    part="total",
)
"""A pool of two made, a thousand calls in chunks of ten, closed: what pyperformance's concurrent_imap does with imap."""
PAYLOAD_BYTES = 1_600_000
PAYLOAD = Cell(
    pattern="payload_map",
    backend=backends.POOL.name,
    start_method=start_methods.FORK.name,
    workers=2,
    tasks=40,
    chunksize=1,
    payload_bytes=PAYLOAD_BYTES,
)
"""Forty arguments of 1.6 MB through a pool of two that lives on."""
COUNTED = Cell(
    pattern="contend",
    backend=backends.PROCESSES.name,
    start_method=start_methods.FORK.name,
    variant=variants.VALUE.name,
)
LONG = Cell(pattern="map", kernel="sha256_8mib", tasks=156)
"""8 MiB hashed as often as takes more than half a second."""


def pipe(placement: str = "") -> Cell:
    """A round trip of four bytes, which is what `perf bench sched pipe` sends, through two pipes."""
    return Cell(
        pattern="ping_pong", backend=backends.PROCESSES.name, start_method=start_methods.FORK.name, payload_bytes=4,
        channel=channels.OS_PIPE.name,
        placement=placement,
    )  # fmt: skip


def script(start_method: str) -> Cell:
    """Five squares in a pool of two, from the interpreter's start to its end."""
    return Cell(
        pattern="whole_program",
        kernel="square",
        backend=backends.POOL.name,
        start_method=start_method,
        workers=2,
        tasks=5,
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One pairing of an act: a cell of ours, and the independent program with its words; `name` is the factor's value.

    `pinned` keeps all processes of the program on one CPU.
    """

    name: str
    cell: Cell
    program: str
    words: tuple[str, ...]
    pinned: bool = False


@dataclass(slots=True)
class Act:
    """What both sides do. The first of `sides` is the comparison; the others vary the factor."""

    act: str
    factor: str
    sides: tuple[Side, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    ours: dict[str, list[float]] = field(default_factory=dict)
    theirs: dict[str, list[float]] = field(default_factory=dict)

    @property
    def measured(self) -> tuple[Side, ...]:
        """The sides that could be had; `skipped` says of the others why not."""
        return tuple(side for side in self.sides if side.name not in self.skipped)


def acts(pyperformance: Path | None = None) -> tuple[Act, ...]:
    """What is set side by side, in the order of the report; `pyperformance` is the folder of its benchmarks."""
    imap = () if pyperformance is None else (str(pyperformance / CONCURRENT_IMAP),)
    perf = ("bench", "sched", "pipe", "-l", LOOPS_OF_PERF)
    return (
        Act(
            "fork, end, wait", "memory touched by the parent",
            tuple(
                Side(name, FORK, "fork_floor", (mebibytes, "2"))
                for name, mebibytes in (("none", "0"), ("16 MiB", "16"), ("64 MiB", "64"))
            ),
        ),
        Act(
            "triad over 3 × 8 MiB", "passes over the memory, and who asks for them",
            (
                Side("two passes, C", TRIAD, "triad", ("two", "2")),
                Side("one pass, C", TRIAD, "triad", ("one", "2")),
                Side("two passes, NumPy called from Python", TRIAD, "triad_numpy.py", ("2",)),
            ),
        ),
        Act(
            "round trip through pipes", "placement, and the language",
            (
                Side("placed by the scheduler, C", pipe(), "perf", perf),
                Side("same CPU, C", pipe("same_cpu"), "perf", perf, pinned=True),
                Side("same CPU, Python", pipe("same_cpu"), "pipe_pair.py", ("2",), pinned=True),
                Side("placed by the scheduler, Python", pipe(), "pipe_pair.py", ("2",)),
            ),
        ),
        Act(
            "a pool of two for 1000 calls, made and ended", "how the calls are made",
            (
                Side("imap, pyperf's worker", POOL, IMAP, imap),
                Side("imap, plain program", POOL, "pool_calls.py", ("imap", "6")),
                Side("map, plain program", POOL, "pool_calls.py", ("map", "6")),
            ),
        ),
        Act(
            "forty arguments of 1.6 MB through a pool of two", "the chunk size",
            (
                Side("chunks of one", PAYLOAD, "pool_payload.py", ("one", str(PAYLOAD_BYTES), "3")),
                Side("its own chunks", replace(PAYLOAD, chunksize=0), "pool_payload.py", ("own", str(PAYLOAD_BYTES), "3")),
            ),
        ),
        Act(
            "an increment of one Value", "processes that want it",
            (
                Side("two from a common start", replace(COUNTED, workers=2), "contention.py", ("2", "6")),
                Side("one alone", COUNTED, "contention.py", ("1", "6")),
            ),
        ),
        Act(
            "a job of more than half a second for each worker", "who does it",
            (
                Side("pool of two", replace(LONG, backend=backends.POOL.name, start_method=start_methods.FORK.name, workers=2,
                                            tasks=2 * LONG.tasks), "long_jobs.py", (backends.POOL.name, "2", "3")),
                Side("plain loop", LONG, "long_jobs.py", ("serial", "1", "3")),
                Side("two threads", replace(LONG, backend=backends.THREADS.name, workers=2, tasks=2 * LONG.tasks),
                     "long_jobs.py", (backends.THREADS.name, "2", "3")),
            ),
        ),
        Act(
            "a whole script with a pool of two, timed by the shell", "how the workers start",
            tuple(Side(method, script(method), "whole_script.sh", (method, "3")) for method in start_methods.START_METHODS),
        ),
    )  # fmt: skip
