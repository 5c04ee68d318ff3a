"""What pools take to be made, to be ready and to be ended, with the reader's module and items in memory.

The first pool of a process imports what it needs, and starts the process that watches over semaphores, or the fork server;
later ones find all that. A program has one pool, as a rule: what the first one takes is what counts, so that ways have
processes of their own. Later pools of the same process tell what each worker more adds.
"""

from __future__ import annotations

import time

from . import memory, pools, tasks
from .function import Subject
from .refused import in_one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .answers import Answers

TASK_S = 4e-3
TASKS_EACH = 4
PLACED_STEPS = 400_000
"""Of a worker's part of the short job that a first pool is made for: some 10 ms of pure Python."""


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Of each way its first pool, as a look at its start or as a short job, and later pools as far as there is time.

    What fails under a start method is told, and the method is left alone from there on.
    """
    subject = Subject(order, answers)
    module = order["function"].partition(":")[0]
    until_s = time.perf_counter() + order["budget_s"]
    ways, most = order["ways"], order["workers"][0]
    found: list[dict[str, Any]] = [
        {"backend": way["backend"], "method": way["method"], "first": None, "placed": None, "later": []} for way in ways
    ]
    failed: dict[str, str] = {}
    for way in ways:
        pools.load(way)
    answers.begin("starts")
    chunks = order["chunks"]
    alone_s = min(_alone_s(), _alone_s()) if chunks else 0.0
    later = [workers for _ in range(order["repeats"]) for workers in order["workers"]]
    for turn, workers in enumerate([most, *later]):
        for way, told in zip(ways, found, strict=True):
            if way["method"] in failed or (turn and time.perf_counter() > until_s):
                continue
            try:
                if turn:
                    told["later"].append(_life(way, workers, module))
                elif chunks:
                    told["placed"] = {**_placed(way, workers, chunks), "alone_s": alone_s}
                else:
                    told["first"] = _life(way, workers, module)
            except Exception as error:
                failed[way["method"]] = in_one_line(error)
    del subject
    return {
        "starts": [told for told in found if told["method"] not in failed],
        "failed": failed,
        "resident": memory.resident_bytes(),
    }


def _alone_s() -> float:
    """Seconds of the short job's part of one worker, in this process."""
    began_s = time.perf_counter()
    tasks.counted(PLACED_STEPS)
    return time.perf_counter() - began_s


def _placed(way: dict[str, Any], workers: int, chunks: int) -> dict[str, float]:
    """A pool made for one such part a worker, in so many chunks each: seconds until it can hand out, and until all is done."""
    began_s = time.monotonic()
    with pools.made(way, workers) as pool:
        made_s = time.monotonic() - began_s
        pools.mapped(pool, way, tasks.counted, [PLACED_STEPS // chunks] * (chunks * workers), 1)
        done_s = time.monotonic() - began_s
    return {
        "workers": workers,
        "chunks": chunks,
        "made_s": made_s,
        "done_s": done_s,
        "end_s": time.monotonic() - began_s - done_s,
    }


def _life(way: dict[str, Any], workers: int, module: str) -> dict[str, Any]:
    """One pool from nothing to nothing. Seconds are since it was asked for; `end_s` is what ending it takes."""
    began_s = time.monotonic()
    pool = pools.made(way, workers, initializer=tasks.stamp)
    with pool:
        made_s = time.monotonic() - began_s
        given = [(module, TASK_S)] * (TASKS_EACH * workers)
        touched = pools.mapped(pool, way, tasks.touched, given, 1)
        last_s = time.monotonic()
    ended_s = time.monotonic()
    ready: dict[int, float] = {}
    imports: dict[int, float] = {}
    for process, ready_s, _, import_s, _ in touched:
        ready.setdefault(process, ready_s - began_s)
        imports[process] = max(import_s, imports.get(process, 0.0))
    return {
        "workers": workers,
        "made_s": made_s,
        "ready_s": sorted(ready.values()),
        "handed_s": min(task_s for _, _, task_s, *_ in touched) - began_s,
        "import_s": sorted(imports.values()),
        "end_s": ended_s - last_s,
        "private": max(private for *_, private in touched),
    }
