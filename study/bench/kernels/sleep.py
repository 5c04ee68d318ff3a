"""Wait 10 ms without using a CPU, like a task that waits for a disk or a server."""

from __future__ import annotations

import time

from study.bench.kernels import Kernel

PAUSE_S = 0.01


def sleep(_index: int) -> bool:
    """Sleep, and tell whether it was long enough."""
    begun_s = time.perf_counter()
    time.sleep(PAUSE_S)
    return time.perf_counter() - begun_s >= PAUSE_S


KERNEL = Kernel(sleep, lambda _index: True)
