"""What the workers of `contend` do: one small step over and over, from a moment that all were told until a window ends."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from typing import Any

    Shared = Any
    # Locks, values, proxies, lists: what a variant shares.
    Act = Callable[[int], None]
    Window = tuple[int, int] | None

SPIN_NS = 500_000
"""So long before the moment a worker stops sleeping and looks at the clock: it wakes up on time."""
READS = 99
"""Reads between two writes where what is shared is mostly read."""


def take_part(
    variant: str,
    shared: Shared,
    worker: int,
    receive: Callable[[], Window],
    send: Callable[[tuple[int, int, int]], object],
) -> None:
    """Say that we are there; in every window (moment, end) do steps, and tell (start, end, steps); `None` ends it."""
    make, batch = ACTS[variant]
    act, now_ns = make(shared, worker), time.monotonic_ns
    send((0, 0, 0))
    while (window := receive()) is not None:
        moment_ns, end_ns = window
        time.sleep(max(0, moment_ns - now_ns() - SPIN_NS) / 1e9)
        start_ns = now_ns()
        while start_ns < moment_ns:
            start_ns = now_ns()
        reached_ns, steps = start_ns, 0
        while reached_ns < end_ns:
            act(batch)
            steps += batch
            reached_ns = now_ns()
        if variant == "queue":
            shared.put(None)
        send((start_ns, reached_ns, steps))


def take_part_by_pipe(variant: str, shared: Shared, worker: int, parent: Connection) -> None:
    """Take part as a process of its own."""
    take_part(variant, shared, worker, parent.recv, parent.send)


def _own(_shared: object, _worker: int) -> Act:
    counter = [0]

    def act(times: int) -> None:
        for _ in range(times):
            counter[0] += 1

    return act


def _lock(lock: Shared, _worker: int) -> Act:
    counter = [0]

    def act(times: int) -> None:
        for _ in range(times):
            with lock:
                counter[0] += 1

    return act


def _value(value: Shared, _worker: int) -> Act:
    lock = value.get_lock()

    def act(times: int) -> None:
        for _ in range(times):
            with lock:
                value.value += 1

    return act


def _array(array: Shared, worker: int) -> Act:
    lock = array.get_lock()

    def act(times: int) -> None:
        for _ in range(times):
            with lock:
                array[worker] += 1

    return act


def _list(shared: tuple[Shared, Shared], _worker: int) -> Act:
    numbers, lock = shared

    def act(times: int) -> None:
        for _ in range(times):
            with lock:
                numbers[0] += 1

    return act


def _queue(queue: Shared, worker: int) -> Act:
    def act(times: int) -> None:
        for _ in range(times):
            queue.put(worker)

    return act


def _append(numbers: list[int], worker: int) -> Act:
    def act(times: int) -> None:
        for _ in range(times):
            numbers.append(worker)  # noqa: PERF401 - the append is the step

    return act


def _set(table: dict[int, int], key: int) -> Act:
    def act(times: int) -> None:
        for number in range(times):
            table[key] = number

    return act


def _read_mostly(table: dict[int, int], _worker: int) -> Act:
    def act(times: int) -> None:
        for number in range(times // (READS + 1)):
            for _ in range(READS):
                _read = table[0]
            table[0] = number

    return act


def _refer(box: tuple[object], _worker: int) -> Act:
    def act(times: int) -> None:
        for _ in range(times):
            _held = box[0]

    return act


ACTS: dict[str, tuple[Callable[[Any, int], Act], int]] = {
    "own": (_own, 1000),
    "lock": (_lock, 100),
    "value": (_value, 20),
    "array": (_array, 20),
    "manager": (_list, 2),
    "queue": (_queue, 10),
    "list": (_list, 100),
    "append": (_append, 1000),
    "dict_own": (_set, 1000),
    "dict_shared": (lambda table, _worker: _set(table, 0), 1000),
    "read_mostly": (_read_mostly, 1000),
    "refcounts": (_refer, 1000),
}
"""Variant -> (what is shared, the worker's number) -> its step; and the steps between two looks at the clock."""
