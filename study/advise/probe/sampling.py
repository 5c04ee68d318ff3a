"""Which items are tried, and how they are timed: spread evenly over the whole list, in groups where one is too short."""

from __future__ import annotations

import gc
import math
import operator
import sys
import time

from . import memory
from .refused import RefusedError, in_one_line, place_of, shown

if sys.platform != "win32":
    import resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .answers import Answers

SHORTEST_TIMED_S = 20e-6
"""Anything shorter is timed in groups."""
GROUP_S = 200e-6
"""What a group of short items lasts."""
WANTED_S, MOST_S = 0.15, 1.0
"""At least so much time is sampled where the list has it, and no more."""
SHARE_OF_SHORT_LISTS = 4
MOST_GROUPS = 1500
SCATTERED = 8
MOST_KEPT_BYTES = 256 << 20
"""Of results: those of a sample stay in memory, as a loop's do, until there are so many."""
PATIENCE = 3.0
"""Times the budget that a sample may take where its items are longer than they looked."""


def called(
    function: Callable[[Any], Any], items: Sequence[Any], index: int, answers: Answers
) -> tuple[float, float, Any]:
    """One call: wall seconds, CPU seconds of this process, and what it returned."""
    answers.at(index)
    cpu_s = time.process_time()
    began_s = time.perf_counter()
    try:
        result = function(items[index])
    except BaseException as error:
        raise raised(error, items, index) from None
    ended_s = time.perf_counter()
    cpu_s = time.process_time() - cpu_s
    answers.at(-1)
    answers.alone()
    return ended_s - began_s, cpu_s, result


def raised(error: BaseException, items: Sequence[Any], index: int) -> RefusedError:
    """What is told of a call that raised."""
    return RefusedError(
        "raised",
        item=index,
        shown=shown(items[index]),
        last=in_one_line(error),
        place=place_of(error),
        ends=isinstance(error, (SystemExit, KeyboardInterrupt)),
    )


def size_of_sample(count: int, item_s: float, budget_s: float) -> int:
    """How many of `count` items are tried: `WANTED_S`, or a part of a short list, within `MOST_S` and the budget."""
    item_s = max(item_s, 1e-9)
    wanted = max(math.ceil(WANTED_S / item_s), math.ceil(count / SHARE_OF_SHORT_LISTS))
    allowed = max(1, math.floor(min(MOST_S, budget_s) / item_s))
    return max(1, min(count, wanted, allowed))


def group_size(item_s: float) -> int:
    """How many neighbours are timed together."""
    return 1 if item_s >= SHORTEST_TIMED_S else max(1, math.ceil(GROUP_S / max(item_s, 1e-9)))


def strides(count: int, groups: int, size: int) -> list[range]:
    """Groups of `size` neighbours, evenly spread over `count` items, none of them twice."""
    size = min(size, count)
    groups = max(1, min(groups, count // size))
    starts = [(2 * number + 1) * count // (2 * groups) - size // 2 for number in range(groups)]
    found: list[range] = []
    free = 0
    for start in starts:
        begin = max(free, min(start, count - size))
        if begin + size <= count:
            found.append(range(begin, begin + size))
            free = begin + size
    return found


def plan(count: int, item_s: float, budget_s: float) -> list[range]:
    """The groups of a sample."""
    size = group_size(item_s)
    groups = math.ceil(size_of_sample(count, item_s, budget_s) / size)
    return strides(count, min(groups, MOST_GROUPS), size)


def timed(
    function: Callable[[Any], Any], items: Sequence[Any], groups: Sequence[range], answers: Answers, longest_s: float
) -> list[tuple[int, int, float, float]]:
    """For each group: its first item, how many, wall and CPU seconds of all of them.

    Results are kept, as the loop keeps them: memory that is given back is used again, and costs less than new memory.
    Where they take longer than was thought, so that not all can be timed, those that can are spread over the list too.
    """
    found: list[tuple[int, int, float, float]] = []
    kept: list[list[Any]] = []
    most_bytes = memory.resident_bytes() + MOST_KEPT_BYTES
    index = 0
    until_s = time.perf_counter() + longest_s
    for group in scattered(groups):
        if found and time.perf_counter() > until_s:
            break
        arguments = [items[number] for number in group]
        index = group.start
        answers.at(index)
        waiting = iter(arguments)
        cpu_s = time.process_time()
        began_s = time.perf_counter()
        try:
            results = [function(argument) for argument in waiting]  # as a reader's loop would
        except BaseException as error:
            raise raised(error, items, group.stop - 1 - operator.length_hint(waiting)) from None
        ended_s = time.perf_counter()
        cpu_s = time.process_time() - cpu_s
        answers.alone()
        found.append((index, len(group), ended_s - began_s, cpu_s))
        kept.append(results)
        if memory.resident_bytes() > most_bytes:
            kept.clear()
        del results
    answers.at(-1)
    return sorted(found)


def scattered(groups: Sequence[range]) -> list[range]:
    """The groups in an order whose beginning is spread over all of them: every eighth, then those between."""
    return [group for first in range(SCATTERED) for group in groups[first::SCATTERED]]


def sleeps() -> int:
    """How often this process has given up its CPU by itself, to wait for something; 0 where the system does not say."""
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw) if sys.platform != "win32" else 0


def collections() -> list[int]:
    """How often each generation was collected so far."""
    return [int(generation["collections"]) for generation in gc.get_stats()]
