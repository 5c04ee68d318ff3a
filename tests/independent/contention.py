"""Increments of one Value by several processes that pass a barrier together, beside one process alone.

Run: python tests/independent/contention.py [WORKERS] [INCREMENTS]. Prints nanoseconds of one increment in a worker: its own
clock over its own increments. Shares no code with the study.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Barrier


def count_up(value: Synchronized[int], barrier: Barrier, times: int, answers: SimpleQueue[float]) -> None:
    barrier.wait()
    begun = time.perf_counter()
    for _ in range(times):
        with value.get_lock():
            value.value += 1
    answers.put(time.perf_counter() - begun)


def increments(workers: int, times: int) -> float:
    context = multiprocessing.get_context("fork")
    value = context.Value("q", 0)
    barrier, answers = context.Barrier(workers), context.SimpleQueue()
    processes = [context.Process(target=count_up, args=(value, barrier, times, answers)) for _ in range(workers)]
    for process in processes:
        process.start()
    spent = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    if value.value != workers * times:
        raise SystemExit(f"the count is {value.value} instead of {workers * times}")
    return statistics.fmean(spent) / times * 1e9


if __name__ == "__main__":
    WORKERS = int(sys.argv[1]) if len(sys.argv) > 1 else multiprocessing.cpu_count()
    TIMES = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    for workers in (1, WORKERS):
        tries = [increments(workers, TIMES) for _ in range(7)]
        print(
            f"{workers} processes: {statistics.median(tries):.0f} ns an increment ({min(tries):.0f} to {max(tries):.0f})"
        )
