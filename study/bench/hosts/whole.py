"""A script that does a job and ends, as a user writes it: `python -m study.bench.hosts.whole WAY METHOD WORKERS KERNEL TASKS`.

It prints its answers. Only what its way needs is imported; METHOD is '-' where nothing is chosen.
"""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.context import BaseContext
    from typing import Any

    Task = Callable[[int], object]

NOTHING_CHOSEN = "-"


def loop(task: Task, arguments: Sequence[int], _workers: int, _method: str) -> list[object]:
    """One task after the other."""
    return [task(argument) for argument in arguments]


def threads(task: Task, arguments: Sequence[int], workers: int, _method: str) -> list[object]:
    """Bare threads, each with its share."""
    import threading

    answers: list[object] = [None] * len(arguments)

    def work(first: int) -> None:
        for index in range(first, len(arguments), workers):
            answers[index] = task(arguments[index])

    started = [threading.Thread(target=work, args=(first,)) for first in range(workers)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return answers


def thread_executor(task: Task, arguments: Sequence[int], workers: int, _method: str) -> list[object]:
    """`ThreadPoolExecutor.map`."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as executor:
        return list(executor.map(task, arguments))


def interpreter_executor(task: Task, arguments: Sequence[int], workers: int, _method: str) -> list[object]:
    """`InterpreterPoolExecutor.map`, where the library has it."""
    from concurrent import futures

    with futures.InterpreterPoolExecutor(workers) as executor:  # type: ignore[attr-defined,unused-ignore]
        return list(executor.map(task, arguments))


def pool(task: Task, arguments: Sequence[int], workers: int, method: str) -> list[object]:
    """`Pool.map`, the pool closed and joined."""
    made = _context(method).Pool(workers)
    answers = made.map(task, arguments)
    made.close()
    made.join()
    return answers


def process_executor(task: Task, arguments: Sequence[int], workers: int, method: str) -> list[object]:
    """`ProcessPoolExecutor.map`."""
    from concurrent.futures import ProcessPoolExecutor

    context = None if method == NOTHING_CHOSEN else _context(method)
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        return list(executor.map(task, arguments))


def _context(method: str) -> BaseContext:
    import multiprocessing

    return multiprocessing.get_context(None if method == NOTHING_CHOSEN else method)


WAYS: dict[str, Callable[[Task, Sequence[int], int, str], list[object]]] = {
    "call": loop,
    "threads": threads,
    "thread_executor": thread_executor,
    "interpreter_executor": interpreter_executor,
    "pool": pool,
    "process_executor": process_executor,
}
"""Backend -> how the script does the job."""


def main(words: Sequence[str]) -> None:
    """Do the job and print the answers."""
    way, method, workers, place, tasks = words
    module, _, attribute = place.partition(":")
    kernel: Any = getattr(import_module(module), attribute)
    arguments = kernel.arguments(int(tasks))
    print(WAYS[way](kernel.task, arguments, int(workers), method))  # noqa: T201 - what a script is for


if __name__ == "__main__":
    main(sys.argv[1:])
