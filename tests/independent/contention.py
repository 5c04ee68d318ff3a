"""contention workers [repetitions]: increments of one Value by processes that pass a barrier together.

It shares no code with the study. One line per repetition: seconds of one increment in a worker, its own clock over its own
increments, averaged over the workers.
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


INCREMENTS = 50_000


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
    return statistics.fmean(spent) / times


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    if len(numbers) != len(sys.argv) - 1 or len(numbers) not in {1, 2} or 0 in numbers:
        raise SystemExit("usage: contention workers [repetitions]")
    for _ in range(numbers[1] if len(numbers) > 1 else 6):
        print(increments(numbers[0], INCREMENTS))
