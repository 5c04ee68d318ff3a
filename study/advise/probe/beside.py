"""What several threads of one process gain: the same items through a plain loop, then through an executor, in turns."""

from __future__ import annotations

import itertools
import math
import time
from concurrent.futures import ThreadPoolExecutor

from . import memory, sampling
from .function import Subject
from .refused import RefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from .answers import Answers

SHORTEST_S = 0.1
MOST_ITEMS = 10_000
TURNS = 3
STARTS, NOTHINGS = 5, 1000
MOMENT_S = 0.002
LOOK_EACH_S = 0.005
"""So often it is looked at how much memory the results take."""


class NotInThreadsError(Exception):
    """What the loop does and threads do not: a thing that belongs to the thread which made it, say."""

    def __init__(self, facts: dict[str, Any]) -> None:
        """Keep why."""
        super().__init__(facts["what"])
        self.facts = facts


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """For each number of workers some turns of items, and seconds of a loop, of threads, of their CPUs; or why threads fail."""
    subject = Subject(order, answers)
    if not order["brief"]:
        sampling.called(subject.function, subject.items, 0, answers)
    answers.begin("beside")
    found: list[dict[str, Any]] = []
    share_s = order["budget_s"] / max(1, len(order["workers"]))
    size = sampling.group_size(order["item_s"])
    for workers in order["workers"]:
        rounds = 1 if order["brief"] else max(2, math.ceil(SHORTEST_S / max(order["item_s"] * workers, 1e-9)))
        least = workers * rounds  # whole rounds: where items wait, one that is begun takes as long as any
        shortest_s = 0.0 if order["brief"] else SHORTEST_S
        chosen = chosen_of(len(subject.items), order["item_s"], least, shortest_s)
        turns: list[tuple[int, float, float, float]] = []
        until_s = time.perf_counter() + share_s
        while not turns or (not order["brief"] and len(turns) < TURNS and time.perf_counter() < until_s):
            try:
                turns.append(_turn(subject, chosen, workers, answers, size, sampling.PATIENCE * share_s))
            except NotInThreadsError as error:
                return {"beside": [], "fault": error.facts}
        found.append({"workers": workers, "turns": turns, **_costs(workers)})
    return {"beside": found}


def _costs(workers: int) -> dict[str, float]:
    """What threads take to be made and ended, all of them at work for a moment, and to be handed one item.

    Those that are given nothing to do are fewer than were asked for.
    """
    starts = []
    for _ in range(STARTS):
        began_s = time.perf_counter()
        with ThreadPoolExecutor(workers) as executor:
            list(executor.map(_wait_a_moment, range(workers)))
        starts.append(max(0.0, time.perf_counter() - began_s - MOMENT_S))
    with ThreadPoolExecutor(workers) as executor:
        list(executor.map(_wait_a_moment, range(workers)))
        began_s = time.perf_counter()
        list(executor.map(_nothing, range(NOTHINGS)))
        each_s = (time.perf_counter() - began_s) / NOTHINGS
    return {"start_s": sorted(starts)[STARTS // 2], "each_s": each_s}


def chosen_of(count: int, item_s: float, least: int, shortest_s: float) -> list[int]:
    """Items spread over the list: `least`, or enough for `shortest_s`; short lists are gone through again."""
    wanted = min(MOST_ITEMS, max(least, math.ceil(shortest_s / max(item_s, 1e-9))))
    spread = [group.start for group in sampling.strides(count, wanted, 1)]
    return [spread[number % len(spread)] for number in range(wanted)]


def _turn(
    subject: Subject, chosen: Sequence[int], workers: int, answers: Answers, size: int, longest_s: float
) -> tuple[int, float, float, float]:
    """A loop, then threads, over the same items: how many, the seconds of both, and CPU seconds of the threads.

    The threads are there before the time begins. Where items take longer than was thought, both have those that the loop had
    time for.
    """
    items = [subject.items[index] for index in chosen]
    began_s = time.perf_counter()
    done = _exhaust(map(subject.function, items), subject, chosen, answers, size, began_s + longest_s)
    loop_s = time.perf_counter() - began_s
    chosen, items = chosen[:done], items[:done]
    with ThreadPoolExecutor(workers) as executor:
        list(executor.map(_wait_a_moment, range(workers)))
        cpu_s = time.process_time()
        began_s = time.perf_counter()
        try:
            _exhaust(executor.map(subject.function, items), subject, chosen, answers, size, math.inf)
        except RefusedError as error:
            raise NotInThreadsError(error.facts) from None
        threads_s = time.perf_counter() - began_s
        cpu_s = time.process_time() - cpu_s
    answers.alone()
    return done, loop_s, threads_s, cpu_s


def _exhaust(
    results: Iterable[Any], subject: Subject, chosen: Sequence[int], answers: Answers, size: int, until_s: float
) -> int:
    """Take every result in order, as far as there is time, and say how many; `size` at once, the first of which is marked.

    Of short items several: else marking one would take longer than calling it. Results are kept, as a loop and an executor's
    user keep them: memory that is given back is used again, and costs less than new memory.
    """
    iterator = iter(results)
    kept: list[list[Any]] = []
    most_bytes = memory.resident_bytes() + sampling.MOST_KEPT_BYTES
    look_s = time.perf_counter() + LOOK_EACH_S
    done = 0
    while done < len(chosen) and (not done or time.perf_counter() < until_s):
        answers.at(chosen[done])
        taken: list[Any] = []
        try:
            taken.extend(itertools.islice(iterator, size))
        except BaseException as error:
            raise sampling.raised(error, subject.items, chosen[done + len(taken)]) from None
        done += len(taken)
        kept.append(taken)
        if time.perf_counter() > look_s:  # looking takes as long as a short item
            look_s = time.perf_counter() + LOOK_EACH_S
            there_bytes = memory.resident_bytes()
            if there_bytes > most_bytes or not there_bytes:  # not where it cannot be known how much they are
                kept.clear()
    answers.at(-1)
    return done


def _nothing(number: int) -> int:
    """Do nothing."""
    return number


def _wait_a_moment(number: int) -> int:
    """Keep a thread busy, so that the executor starts another for the next."""
    time.sleep(MOMENT_S)
    return number
