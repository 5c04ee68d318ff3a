"""Numbers sorted by NumPy: one long call that releases the GIL."""

from __future__ import annotations

from functools import cache

from study.bench.kernels import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ITEMS = 1 << 18


@cache
def scrambled() -> Any:  # noqa: ANN401 - an array; numpy is not imported for a name
    """0 … ITEMS - 1 in an order that every NumPy makes alike: that of their images under the finaliser of SplitMix64."""
    import numpy as np

    mixed = np.arange(1, ITEMS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.argsort(mixed ^ (mixed >> np.uint64(31)))


def sort(_index: int) -> int:
    """Sort a copy of all numbers, and count those that are then in their place."""
    import numpy as np

    return int(np.count_nonzero(np.sort(scrambled()) == np.arange(ITEMS)))


KERNEL = Kernel(sort, lambda _index: ITEMS, prepare=scrambled)
