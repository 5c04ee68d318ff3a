"""The triad of STREAM, a = b + 3 c, over arrays larger than a level-2 cache, and than most last ones: what the memory delivers.

The problem (McCalpin, STREAM): 24 bytes per element, two read and one written; that a cache first reads what will be
written is not counted. NumPy has no such operation in one pass, so it is done piece by piece, each small enough that
what the first pass wrote is still in the level-2 cache when the second needs it. Arrays of 24 MiB leave such a cache but
not always the last one; those of 192 MiB leave nearly every one. Which it is here must be said with the number.
Arrays are made by the first task of a process, and once more for every thread that runs a task at the same time as
another. A forked child makes its own: shared pages would be read into a shared cache once for all workers. So this is
a kernel for plain calls, threads and pools, whose warm-ups make them, not for events that start their processes.
"""

from __future__ import annotations

import os

from study.bench.kernels import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ELEMENTS = 1 << 20
FAR_BEYOND = 1 << 23
"""Elements of arrays of 192 MiB together."""
PIECE = 1 << 13
SCALE = 3.0
SAMPLED_EVERY = 4099
BYTES_MOVED = 24 * ELEMENTS
"""Bytes one task moves, counted as STREAM does."""

_idle: dict[tuple[int, int], list[tuple[Any, Any, Any]]] = {}
"""Process and elements -> arrays that no task is using."""


def make(elements: int = ELEMENTS) -> tuple[Any, Any, Any]:
    """Give (a, b, c), float64: b counts up from 0 by ones, c by twos, a is not set."""
    import numpy as np

    return np.full(elements, np.nan), np.arange(elements, dtype=np.float64), np.arange(0.0, 2.0 * elements, 2.0)


def run(a: Any, b: Any, c: Any) -> None:  # noqa: ANN401 - arrays; numpy is not imported for a name
    """Let a be b + 3 c."""
    import numpy as np

    for start in range(0, len(a), PIECE):
        piece = slice(start, start + PIECE)
        into = a[piece]
        np.multiply(c[piece], SCALE, out=into)
        np.add(into, b[piece], out=into)


def _sum_of_one(elements: int) -> float:
    """Do the triad once, and give the sum of every 4099th element: made invalid before, so none is from another task."""
    idle = _idle.setdefault((os.getpid(), elements), [])
    try:
        arrays = idle.pop()
    except IndexError:
        arrays = make(elements)
    try:
        sample = arrays[0][::SAMPLED_EVERY]
        sample.fill(float("nan"))
        run(*arrays)
        return float(sample.sum())
    finally:
        idle.append(arrays)


def triad(_index: int) -> float:
    """Do the triad once over arrays of 24 MiB."""
    return _sum_of_one(ELEMENTS)


def triad_192mib(_index: int) -> float:
    """Do the triad once over arrays of 192 MiB."""
    return _sum_of_one(FAR_BEYOND)


def closed_form(_index: int, elements: int = ELEMENTS) -> float:
    """The sum of 7 i over the sampled i: b is i and c is 2 i."""
    samples = -(-elements // SAMPLED_EVERY)
    return 7.0 * SAMPLED_EVERY * (samples * (samples - 1) // 2)


def _prepare() -> None:
    """Import NumPy where forked children find it imported, as in any program that uses it."""
    import numpy  # noqa: F401, ICN001 - only to have it loaded


KERNEL = Kernel(triad, closed_form, prepare=_prepare)
KERNEL_192MIB = Kernel(triad_192mib, lambda index: closed_form(index, FAR_BEYOND), prepare=_prepare)
