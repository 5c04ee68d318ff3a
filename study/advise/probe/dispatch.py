"""What handing out a chunk takes, and each item in it, and how long data travel while workers compute."""

from __future__ import annotations

import time

from . import pickles, pools, tasks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .answers import Answers

TASKS = 800
BUSY_S = 70e-6
LAGGING_S, LAGGING_TASKS = 400e-6, 240
"""Long enough that both CPUs are taken when who hands out is to be woken, short enough that few ready chunks are soon done."""
CHUNKS = 8
"""Large ones, of many numbers each."""
MESSAGES_EACH = 12


def measure(order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """For each way of the order: no-ops, brief tasks, longer ones, large chunks, and messages of each size."""
    found: list[dict[str, Any]] = []
    until_s = time.perf_counter() + order["budget_s"]
    for way in order["ways"]:
        answers.begin("dispatch")
        pools.load(way)
        told: dict[str, Any] = {"backend": way["backend"], "method": way["method"], "workers": order["workers"]}
        with pools.made(way, order["workers"]) as pool:
            pools.mapped(pool, way, tasks.brief, [2e-3] * (4 * order["workers"]), 1)
            told["inside"], told["inside_again"] = _inside(pool, way)
            told["saturated"] = _handed(pool, way, tasks.nothing, list(range(TASKS)), 0.0)
            told["busy"] = _handed(pool, way, tasks.brief, [BUSY_S] * TASKS, BUSY_S)
            told["busy_s"] = BUSY_S
            longer = [_handed(pool, way, tasks.computing, [LAGGING_S] * LAGGING_TASKS, LAGGING_S) for _ in range(2)]
            told["lagging"] = min(longer, key=lambda timed: timed["wall_s"])
            told["lagging_s"] = LAGGING_S
            if way["carries"]:
                answers.begin("transfer")
                told["gaps"] = [
                    {
                        "bytes": size,
                        "gaps_s": _gaps(pool, way, size, order["workers"]),
                        "works_s": tasks.CARRIED_S,
                        "pickles": pickles.cost_of((tasks.carried, (bytes(size),))),
                    }
                    for size in order["sizes"]
                    if time.perf_counter() < until_s
                ]
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
    worker_s = max(0.0, _between(answered) - useful_s)
    return {"tasks": len(arguments), "wall_s": wall_s, "parent_s": cpu_s / len(arguments), "worker_s": worker_s}


def _inside(pool: Any, way: dict[str, Any]) -> list[dict[str, float]]:  # noqa: ANN401 - a pool, an executor
    """Large chunks of numbers that are given back, twice: CPU seconds of the parent and of a worker for each number.

    Pickling and calling left out. What a library makes of an item is among it, and at the first time, as in a program that has
    one map, that all of it is new memory.
    """
    numbers = list(range(tasks.IN_CHUNK * CHUNKS))
    used: list[tuple[float, float]] = []
    for _ in range(2):
        cpu_s = time.process_time()
        answered = pools.mapped(pool, way, tasks.given_back, numbers, tasks.IN_CHUNK)
        used.append((time.process_time() - cpu_s, _between(answered[:: tasks.IN_CHUNK])))
        del answered
    chunk = numbers[-tasks.IN_CHUNK :]
    there, back = pickles.cost_of((tasks.given_back, tuple(chunk))), pickles.cost_of(chunk)
    called_s = min(_called(chunk), _called(chunk))
    parent_s, worker_s = there["dump_s"] + back["load_s"], there["load_s"] + called_s + back["dump_s"]
    return [
        {
            "parent_s": max(0.0, of_parent_s / CHUNKS - parent_s) / tasks.IN_CHUNK,
            "worker_s": max(0.0, of_worker_s - worker_s) / tasks.IN_CHUNK,
        }
        for of_parent_s, of_worker_s in used
    ]


def _called(chunk: list[int]) -> float:
    """Seconds of the calls for a chunk in this process."""
    began_s = time.perf_counter()
    list(map(tasks.given_back, chunk))
    return time.perf_counter() - began_s


def _between(answered: Iterable[tuple[int, float]]) -> float:
    """CPU seconds of a worker from one task that told its process and clock to the next, on average; 0 where none had two."""
    clocks: dict[int, list[float]] = {}
    for process, clock_s in answered:
        clocks.setdefault(process, []).append(clock_s)
    steps = sum(len(seen) - 1 for seen in clocks.values())
    return sum(max(seen) - min(seen) for seen in clocks.values()) / steps if steps else 0.0


def _gaps(pool: Any, way: dict[str, Any], size: int, workers: int) -> list[float]:  # noqa: ANN401 - a pool
    """Seconds between the end of a task and the beginning of the next in one worker, each task with so many bytes."""
    data = [bytes(size) for _ in range(MESSAGES_EACH * workers)]
    spans: dict[int, list[tuple[float, float]]] = {}
    for process, began_s, ended_s in pools.mapped(pool, way, tasks.carried, data, 1):
        spans.setdefault(process, []).append((began_s, ended_s))
    gaps = [
        later[0] - earlier[1]
        for own in spans.values()
        for earlier, later in zip(sorted(own), sorted(own)[1:], strict=False)
    ]
    return sorted(gaps)
