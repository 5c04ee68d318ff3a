"""Nothing: what remains is the cost of asking for it."""

from __future__ import annotations

from study.bench.kernels import Kernel


def noop(index: int) -> int:
    """Give the argument back."""
    return index


KERNEL = Kernel(noop, lambda index: index)
