"""What each choice compares, and how the cells of a run truly lie to each other: worked out apart from the study's rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from study.cell import noise_class
from tests import truth
from tests.known_run import CHUNKS_S, chunked, handed, life, loop, work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from study.cell import Cell

    Means = Callable[[Cell], NDArray[np.float64]]

WORTH, WORKERS, WHO = "Is it worth it for my work?", "How many workers?", "Threads or processes?"
METHOD, POOL, CHUNK, PAYS = (
    "Which start method?",
    "A pool, or a process for each task?",
    "Which chunk size?",
    "When does a pool pay back?",
)
_KERNELS = ("fannkuch", "sleep")
_PAIRS = {"compute": loop(), "start": life("fork"), "dispatch": handed("map", "fork")}
"""Noise class -> the cell that was measured twice."""


def _every_pair(cells: Mapping[str, Cell]) -> dict[str, tuple[Cell, Cell]]:
    return {f"{less} to {more}": (cells[less], cells[more]) for less, more in combinations(cells, 2)}


_COMPARED: Mapping[str, Mapping[str, tuple[Cell, Cell]]] = {
    WORTH: {kernel: (loop(kernel), work(kernel, "pool")) for kernel in _KERNELS},
    WORKERS: {
        f"{kernel}, {less} to {more}": (work(kernel, "pool", less), work(kernel, "pool", more))
        for kernel in _KERNELS
        for less, more in ((1, 4), (4, 8))
    },
    WHO: {
        f"{kernel}, {words}": pair
        for kernel in _KERNELS
        for words, pair in (
            ("loop to pool", (loop(kernel), work(kernel, "pool"))),
            ("loop to threads", (loop(kernel), work(kernel, "threads"))),
            ("pool to threads", (work(kernel, "pool"), work(kernel, "threads"))),
        )
    },
    METHOD: _every_pair({method: life(method) for method in ("fork", "forkserver", "spawn")}),
    POOL: {method: (handed("map", method), handed("process_per_task", method)) for method in ("fork", "spawn")},
    CHUNK: {
        f"{backend}, {name}": pair
        for backend in ("pool", "process_executor")
        for name, pair in _every_pair({str(size): chunked(backend, size) for size in CHUNKS_S[backend]}).items()
    },
}
"""What is asked -> the name of each comparison that its answer needs, and the two cells."""


def floors(means: Means) -> dict[str, float]:
    """Noise class -> what equal cells differ by."""
    return {
        name: truth.floor(*truth.in_both(means(replace(cell, label="again")), means(cell)))
        for name, cell in _PAIRS.items()
    }  # fmt: skip


def sides(means: Means, asked: str) -> dict[str, truth.Side]:
    """How the first cell of each comparison of a choice lies to the second, in a run with these process means."""
    known = floors(means)
    return truth.compared(
        {
            name: (
                *truth.in_both(means(first), means(second)),
                max(known[noise_class(cell)] for cell in (first, second)),
            )
            for name, (first, second) in _COMPARED[asked].items()
        }
    )
