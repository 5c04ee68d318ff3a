"""A real pool at work on the reader's items, in large chunks and one by one: what all together take that no part alone tells."""

from __future__ import annotations

import time

from . import pools, sampling, tasks
from .function import Subject
from .refused import RefusedError, in_one_line, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .answers import Answers

MOST_TIMES = 6


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Of each size of chunk the seconds of several maps over workers that live on; the first is apart, all is new in it."""
    subject = Subject(order, answers)
    sampling.called(subject.function, subject.items, 0, answers)
    way, workers = order["way"], order["workers"]
    pools.load(way)
    share_s = order["budget_s"] / len(order["sizes"])
    found: list[dict[str, Any]] = []
    answers.begin("pilot")
    with pools.made(way, workers) as pool:
        pools.mapped(pool, way, tasks.brief, [2e-3] * (4 * workers), 1)
        for size, most in order["sizes"]:
            groups = sampling.strides(len(subject.items), most, size)
            items = [subject.items[index] for group in groups for index in group]
            times: list[float] = []
            until_s = time.perf_counter() + share_s
            while len(times) < 2 or (len(times) <= MOST_TIMES and time.perf_counter() < until_s):
                began_s = time.perf_counter()
                try:
                    pools.mapped(pool, way, subject.function, items, size)
                except Exception as error:
                    raise RefusedError("raised in worker", last=in_one_line(error), place=place_of(error)) from None
                times.append(time.perf_counter() - began_s)
            found.append({"chunk": size, "chunks": len(groups), "items": len(items), "times_s": times[1:]})
    return {"backend": way["backend"], "method": way["method"], "workers": workers, "pilots": found}
