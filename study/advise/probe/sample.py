"""Times of items that are spread over the whole list, and what sending them costs, in a process of its own."""

from __future__ import annotations

import time

from . import memory, pickles, sampling
from .function import Subject
from .refused import RefusedError, in_one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .answers import Answers

LONGEST_MESSAGE = 1 << 16
"""Items: a larger chunk says nothing more of what one of its items costs."""
LARGEST_MESSAGE = 32 << 20
"""Bytes of a chunk that is pickled to see what it costs."""
GIVEN_UP_S = 0.5
"""For the results of a chunk: where its items take longer, the message has as many as there was time for."""


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Time the sample; where the order names sizes of chunks, see what messages of that size cost as well."""
    subject = Subject(order, answers)
    first_s, first_cpu_s = 0.0, 0.0
    if not order["brief"]:
        first_s, first_cpu_s = sampling.called(subject.function, subject.items, 0, answers)[:2]
    item_s = order["item_s"]
    groups = sampling.plan(len(subject.items), item_s, order["budget_s"])
    before, slept = sampling.collections(), sampling.sleeps()
    answers.begin("sample")
    longest_s = sampling.PATIENCE * order["budget_s"]
    timed = sampling.timed(subject.function, subject.items, groups, answers, longest_s)
    slept = sampling.sleeps() - slept
    after = sampling.collections()
    found: dict[str, Any] = {
        "import_s": subject.import_s,
        "first_s": first_s,
        "first_cpu_s": first_cpu_s,
        "timed": timed,
        "slept": slept,
        "collected": [late - early for late, early in zip(after, before, strict=True)],
        "resident": memory.resident_bytes(),
    }
    answers.begin("messages")
    if order["chunks"] and order["sends"]:
        sizes = _sizes(order, len(subject.items))
        try:
            found["arguments"] = [_arguments(subject, size) for size in sizes]
            found["results"] = [_results(subject, size, item_s, answers) for size in sizes]
        except RefusedError:
            raise
        except Exception as error:
            raise RefusedError("cannot be sent", last=in_one_line(error)) from None
    return found


def _sizes(order: dict[str, Any], count: int) -> list[int]:
    return sorted({max(1, min(size, count, LONGEST_MESSAGE)) for size in order["chunks"]})


def _arguments(subject: Subject, size: int) -> dict[str, float | int]:
    """A message to a worker, as the library makes it: the function, and a tuple of so many items from the middle."""
    chunk = _chunk_of(subject.items, size)
    return {"items": len(chunk), **pickles.cost_of((subject.function, chunk))}


def _results(subject: Subject, size: int, item_s: float, answers: Answers) -> dict[str, float | int]:
    """A message from a worker: the list of the results of a chunk. Too long or too large a chunk is cut."""
    chunk = _chunk_of(subject.items, size)
    until_s = time.perf_counter() + GIVEN_UP_S
    results: list[Any] = []
    start = (len(subject.items) - len(chunk)) // 2
    largest = 0
    for number in range(len(chunk)):
        if results and (time.perf_counter() + item_s > until_s or (len(results) + 1) * largest > LARGEST_MESSAGE):
            break
        results.append(sampling.called(subject.function, subject.items, start + number, answers)[2])
        if len(results) == 1:
            largest = pickles.size_of(results[0])
    return {"items": len(results), **pickles.cost_of(results)}


def _chunk_of(items: Sequence[Any], size: int) -> tuple[Any, ...]:
    """So many neighbours from the middle of the list, fewer where one of them is large."""
    middle = items[len(items) // 2]
    size = max(1, min(size, LARGEST_MESSAGE // max(1, pickles.size_of(middle))))
    start = (len(items) - size) // 2
    return tuple(items[start : start + size])
