"""What handing out a chunk takes, how fresh workers are placed, and how long data travel while workers compute."""

from __future__ import annotations

import time

from . import pools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .answers import Answers

TASKS = 800
BUSY_S = 70e-6
PLACED_S = 17e-3
PLACED_TIMES = 5
MESSAGES_EACH = 12


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """For each way of the order: no-ops, brief tasks, a short job from nothing, and messages of each size."""
    found: list[dict[str, Any]] = []
    steps, alone_s = _steps_of(PLACED_S)
    until_s = time.perf_counter() + order["budget_s"]
    for way in order["ways"]:
        answers.begin("dispatch")
        pools.load(way)
        told: dict[str, Any] = {"backend": way["backend"], "method": way["method"], "workers": order["workers"]}
        with pools.made(way, order["workers"]) as pool:
            pools.mapped(pool, way, pools.brief, [2e-3] * (4 * order["workers"]), 1)
            told["saturated"] = _handed(pool, way, pools.nothing, list(range(TASKS)), 0.0)
            told["busy"] = _handed(pool, way, pools.brief, [BUSY_S] * TASKS, BUSY_S)
            told["busy_s"] = BUSY_S
            if way["carries"]:
                answers.begin("transfer")
                told["gaps"] = [
                    {"bytes": size, "gaps_s": _gaps(pool, way, size, order["workers"]), "works_s": pools.CARRIED_S}
                    for size in order["sizes"]
                    if time.perf_counter() < until_s
                ]
        answers.begin("placement")
        if not found:
            told["placed_s"] = [_placed(way, order["workers"], steps) for _ in range(PLACED_TIMES)]
            told["alone_s"] = alone_s
        found.append(told)
    return {"dispatch": found}


def _handed(
    pool: Any,  # noqa: ANN401 - a pool, an executor
    way: dict[str, Any],
    task: Any,  # noqa: ANN401 - a function
    arguments: list[Any],
    useful_s: float,
) -> dict[str, float]:
    """Chunks of one: wall seconds of all, CPU seconds of the parent and of a worker for each, what is useful left out."""
    cpu_s = time.process_time()
    began_s = time.perf_counter()
    answered = pools.mapped(pool, way, task, arguments, 1)
    wall_s = time.perf_counter() - began_s
    cpu_s = time.process_time() - cpu_s
    clocks: dict[int, list[float]] = {}
    for process, clock_s in answered:
        clocks.setdefault(process, []).append(clock_s)
    steps = sum(len(seen) - 1 for seen in clocks.values())
    worked_s = sum(max(seen) - min(seen) for seen in clocks.values())
    worker_s = worked_s / steps - useful_s if steps else 0.0
    return {
        "tasks": len(arguments), "wall_s": wall_s, "parent_s": cpu_s / len(arguments), "worker_s": max(0.0, worker_s)
    }  # fmt: skip


def _gaps(pool: Any, way: dict[str, Any], size: int, workers: int) -> list[float]:  # noqa: ANN401 - a pool
    """Seconds between the end of a task and the beginning of the next in one worker, each task with so many bytes."""
    data = [bytes(size) for _ in range(MESSAGES_EACH * workers)]
    spans: dict[int, list[tuple[float, float]]] = {}
    for process, began_s, ended_s in pools.mapped(pool, way, pools.carried, data, 1):
        spans.setdefault(process, []).append((began_s, ended_s))
    gaps = [
        later[0] - earlier[1]
        for own in spans.values()
        for earlier, later in zip(sorted(own), sorted(own)[1:], strict=False)
    ]
    return sorted(gaps)


def _steps_of(seconds: float) -> tuple[int, float]:
    """How many steps last so long here, and how long they last when nobody else works: the shorter half of five times."""
    steps = 10_000
    while (took_s := _took(steps)) < seconds / 4:
        steps *= 2
    steps = max(1, round(steps * seconds / took_s))
    return steps, sorted(_took(steps) for _ in range(5))[1]


def _took(steps: int) -> float:
    began_s = time.perf_counter()
    pools.counted(steps)
    return time.perf_counter() - began_s


def _placed(way: dict[str, Any], workers: int, steps: int) -> dict[str, float]:
    """A pool made for one such task a worker: seconds until it can hand out, and until all is done and ended."""
    began_s = time.perf_counter()
    with pools.made(way, workers) as pool:
        made_s = time.perf_counter() - began_s
        pools.mapped(pool, way, pools.counted, [steps] * workers, 1)
        done_s = time.perf_counter() - began_s
    return {"made_s": made_s, "done_s": done_s, "all_s": time.perf_counter() - began_s}
