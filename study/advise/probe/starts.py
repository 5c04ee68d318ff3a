"""What pools take to be made, to be ready and to be ended, with the reader's module and items in memory."""

from __future__ import annotations

import time

from . import memory, pools
from .function import Subject
from .refused import in_one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .answers import Answers

TASK_S = 4e-3
TASKS_EACH = 4


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """For each way and number of workers of the order, the repetitions that its time allows; what fails under a start method.

    Every way has its turn before one has a second: with the number of workers that comes first whatever the time, with the
    others as far as there is time.
    """
    subject = Subject(order, answers)
    module = order["function"].partition(":")[0]
    lives: dict[tuple[int, int], list[dict[str, Any]]] = {}
    failed: dict[str, str] = {}
    servers: dict[str, dict[str, Any]] = {}
    until_s = time.perf_counter() + order["budget_s"]
    ways = order["ways"]
    for way in ways:
        pools.load(way)
    for turn, workers in [(turn, workers) for turn in range(order["repeats"]) for workers in order["workers"]]:
        for number, way in enumerate(ways):
            method = way["method"]
            late = time.perf_counter() > until_s and (turn > 0 or workers != order["workers"][0])
            if late or method in failed:
                continue
            try:
                if way["server"] and method not in servers:  # once for all pools of a process, with the first of them
                    answers.begin("server")
                    servers[method] = _life(way, 1, module)
                answers.begin("starts")
                lives.setdefault((number, workers), []).append(_life(way, workers, module))
            except Exception as error:
                failed[method] = in_one_line(error)
    found = [
        {
            "backend": ways[number]["backend"],
            "method": ways[number]["method"],
            "workers": workers,
            "lives": several,
            "server": servers.get(ways[number]["method"]),
        }
        for (number, workers), several in lives.items()
        if ways[number]["method"] not in failed
    ]
    del subject
    return {"starts": found, "failed": failed, "resident": memory.resident_bytes()}


def _life(way: dict[str, Any], workers: int, module: str) -> dict[str, Any]:
    """One pool from nothing to nothing. Seconds are since it was asked for; `end_s` is what ending it takes."""
    began_s = time.monotonic()
    pool = pools.made(way, workers, initializer=pools.stamp)
    with pool:
        made_s = time.monotonic() - began_s
        tasks = [(module, TASK_S)] * (TASKS_EACH * workers)
        touched = pools.mapped(pool, way, pools.touched, tasks, 1)
        last_s = time.monotonic()
    ended_s = time.monotonic()
    ready: dict[int, float] = {}
    imports: dict[int, float] = {}
    for process, ready_s, import_s, _ in touched:
        ready.setdefault(process, ready_s - began_s)
        imports[process] = max(import_s, imports.get(process, 0.0))
    return {
        "made_s": made_s,
        "ready_s": sorted(ready.values()),
        "import_s": sorted(imports.values()),
        "end_s": ended_s - last_s,
        "private": max(private for *_, private in touched),
    }
