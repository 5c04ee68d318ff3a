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
SHARE_S = 1.5
"""For one way and number of workers: beyond it no further repetition begins."""


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """For each way and number of workers of the order, the repetitions that its time allows; what fails under a start method."""
    subject = Subject(order, answers)
    module = order["function"].partition(":")[0]
    found: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    servers: dict[str, dict[str, Any]] = {}
    until_s = time.perf_counter() + order["budget_s"]
    for way in order["ways"]:
        method = way["method"]
        if found and time.perf_counter() > until_s:
            break
        if method in failed:
            continue
        try:
            if (
                way["server"] and method not in servers
            ):  # started once for all pools of a process, with the first of them
                answers.begin("server")
                servers[method] = _life(way, 1, module)
            for workers in order["workers"]:
                if found and time.perf_counter() > until_s:
                    break
                answers.begin("starts")
                lives = _lives(way, workers, module, order["repeats"])
                told = {"backend": way["backend"], "method": method, "workers": workers, "lives": lives}
                found.append({**told, "server": servers.get(method)})
        except Exception as error:
            failed[method] = in_one_line(error)
    del subject
    return {"starts": found, "failed": failed, "resident": memory.resident_bytes()}


def _lives(way: dict[str, Any], workers: int, module: str, repeats: int) -> list[dict[str, Any]]:
    """One pool after the other."""
    began_s = time.perf_counter()
    lives: list[dict[str, Any]] = []
    while not lives or (len(lives) < repeats and time.perf_counter() - began_s < SHARE_S):
        lives.append(_life(way, workers, module))
    return lives


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
