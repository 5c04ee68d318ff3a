"""Which ways are tried for a job: every backend that can be foretold, with start methods, workers and chunks that make sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.advise.model.chunks import own_chunksize
from study.advise.model.job import Way
from study.things import BACKENDS, START_METHODS
from study.things.handing import HANDING

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW_CPUS = 8
"""Up to so many every number of workers is tried, beyond it those that double."""
MOST_THAT_WAIT = 4
"""Times the CPUs: so many workers are tried for items that wait."""
THREADS_THAT_WAIT = 32
"""So many threads at least: the library's own default ends there."""
WAITING = 0.2
"""Share of an item's time from which on more workers than CPUs may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """What the reader's interpreter and machine have.

    Attributes
    ----------
    cpus : CPUs that may be used.
    start_methods : those that exist, the library's own first.
    packages : of other libraries, those that are installed.
    has_interpreters : whether an executor of interpreters exists.
    is_windows : whether waiting for many things at once has its limit.
    """

    cpus: int
    start_methods: tuple[str, ...]
    packages: frozenset[str] = frozenset()
    has_interpreters: bool = False
    is_windows: bool = False

    def __post_init__(self) -> None:
        """Refuse start methods that nobody knows."""
        if unknown := set(self.start_methods) - set(START_METHODS):
            raise ValueError(f"no such start method: {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user wants to be looked at; where nothing is said, all that is possible.

    Attributes
    ----------
    workers : numbers of workers, and no others.
    start_methods : and no others.
    chunksizes : beside those that are tried anyway.
    """

    workers: tuple[int, ...] = ()
    start_methods: tuple[str, ...] = ()
    chunksizes: tuple[int, ...] = ()


ALL = Asked()


def ways_of(items: int, waits: float, possible: Possible, asked: Asked = ALL) -> Iterator[Way]:
    """Every way that is tried, the loop first, then in the order of what is simpler."""
    for name in HANDING:
        backend = BACKENDS[name]
        if backend.package and backend.package not in possible.packages:
            continue
        if backend.needs_interpreters and not possible.has_interpreters:
            continue
        if backend.kind == "loop":
            yield Way(backend=name)
            continue
        for start_method in _start_methods(name, possible, asked):
            for workers in workers_of(waits, possible, asked, threads=backend.kind == "thread"):
                if possible.is_windows and backend.on_windows is not None and workers > backend.on_windows.most:
                    continue
                for chunksize in _chunksizes(name, items, workers, asked):
                    own = own_chunksize(name, items, workers)
                    yield Way(
                        backend=name,
                        start_method=start_method,
                        workers=workers,
                        chunksize=chunksize,
                        is_own=chunksize == own,
                    )


def _start_methods(backend: str, possible: Possible, asked: Asked) -> tuple[str, ...]:
    if not BACKENDS[backend].takes_start_method:
        return ("",)
    wanted = asked.start_methods or possible.start_methods
    return tuple(name for name in possible.start_methods if name in wanted)


def workers_of(waits: float, possible: Possible, asked: Asked = ALL, *, threads: bool = False) -> tuple[int, ...]:
    """Numbers of workers, rising: those asked for, else from two up to the CPUs, and beyond where items wait.

    One worker only adds to the loop, so that none of one is tried where there are more CPUs.
    """
    if asked.workers:
        return tuple(sorted(set(asked.workers)))
    cpus = possible.cpus
    if cpus <= FEW_CPUS:
        numbers = set(range(2, cpus + 1))
    else:
        numbers = {cpus, cpus // 2, *(1 << power for power in range(1, cpus.bit_length()))}
    if waits >= WAITING:
        most = max(MOST_THAT_WAIT * cpus, THREADS_THAT_WAIT if threads else 0)
        numbers |= {cpus << power for power in range(1, most.bit_length()) if cpus << power <= most}
    return tuple(sorted(numbers or {1}))


def _chunksizes(backend: str, items: int, workers: int, asked: Asked) -> tuple[int, ...]:
    """The library's own, 1, 2, 4 and so on up to one chunk for each worker, and what was asked for; the own first.

    What hands out one item at a time has no choice.
    """
    own = own_chunksize(backend, items, workers)
    if not BACKENDS[backend].takes_chunksize:
        return (own,)
    share = -(-items // workers)
    doubled = {1 << power for power in range(share.bit_length()) if 1 << power <= share}
    chosen = {size for size in asked.chunksizes if 0 < size <= items}
    return (own, *sorted((doubled | {share} | chosen) - {own}))


def simpler_first(way: Way, possible: Possible) -> tuple[int, int, bool, int, int]:
    """A key to sort by: what a reader would rather write and run, where it takes as long."""
    methods = (*possible.start_methods, way.start_method)
    return (
        list(HANDING).index(way.backend),
        methods.index(way.start_method),
        not way.is_own,
        way.workers,
        -way.chunksize,
    )
